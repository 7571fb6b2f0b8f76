"""Finds and reads model files: the ones shipped with seamcheck and a project's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from seamcheck.libraries.models import Models
from seamcheck.libraries.schema import RuleFile
from seamcheck.model.errors import InternalError, RulesError

NOT_MODELS = frozenset({"codes.toml"})


def rules_folder() -> Path:
    """The folder of shipped models: inside the installed package, or ``rules/`` of a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "rules_data", package.parent.parent / "rules"):
        if folder.is_dir():
            return folder
    raise InternalError("the library models are missing from this installation", hint="reinstall seamcheck")


def read_rule_file(path: Path) -> RuleFile:
    """One model file, checked against the schema; raises RulesError naming the file and the offending key."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), RuleFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise RulesError(str(error), str(path), hint="see rules/README.md for the format") from error
    except OSError as error:
        raise RulesError(f"cannot be read: {error.strerror}", str(path)) from error


def model_files(folder: Path) -> list[Path]:
    """The model files of a folder in a fixed order."""
    return sorted(p for p in folder.glob("*.toml") if p.name not in NOT_MODELS)


def read_rule_files(paths: Iterable[Path]) -> list[RuleFile]:
    """These model files."""
    return [read_rule_file(path) for path in paths]


def load_models(extra: Iterable[Path] = (), cache: str | None = None) -> Models:
    """All shipped models and then a project's own, which win; ``cache`` is the root of a project that has one."""
    from seamcheck.libraries.cache import cached

    shipped = model_files(rules_folder())
    found = read_rule_files(shipped) if cache is None else cached(cache, shipped, read_rule_files)
    return Models([*found, *read_rule_files(extra)])
