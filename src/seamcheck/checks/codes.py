"""The table of finding codes (``rules/codes.toml``) and which of them a configuration wants, how severely."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from seamcheck.config.schema import Config
from seamcheck.libraries.load import rules_folder
from seamcheck.model.errors import RulesError
from seamcheck.model.report import Severity

FILE_NAME = "codes.toml"
_SHAPE = re.compile(r"SEAM[1-9]\d\d")


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of finding: what it is called, how severe it is by default, and its page.

    ``never_baseline``: no baseline takes it, because it costs little to settle at once and what hides behind it is
    the gate itself (a registry, a suppression, the baseline) or a claim that is wrong.
    """

    code: str
    name: str
    severity: Severity
    since: str
    summary: str
    explanation: str
    example: str
    remedy: str
    never_baseline: bool = False


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: tuple[Code, ...]


def read_codes(path: Path) -> dict[str, Code]:
    """The codes of one table in order; raises RulesError for a table that breaks its own rules."""
    try:
        table = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Table)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise RulesError(str(error), str(path)) from error
    except OSError as error:
        raise RulesError(f"cannot be read: {error.strerror}", str(path)) from error
    found: dict[str, Code] = {}
    names: set[str] = set()
    for entry in table.code:
        if not _SHAPE.fullmatch(entry.code):
            raise RulesError(f"{entry.code!r} is no code: SEAM and three digits are expected", str(path))
        if entry.code in found or entry.name in names:
            raise RulesError(f"{entry.code} {entry.name} stands twice in the table", str(path))
        found[entry.code] = entry
        names.add(entry.name)
    return dict(sorted(found.items()))


@cache
def all_codes() -> Mapping[str, Code]:
    """Every code of this version, by code."""
    return read_codes(rules_folder() / FILE_NAME)


def find_code(word: str) -> Code | None:
    """The code that ``word`` names, by code (``SEAM302``) or name (``unseeded-randomness``)."""
    table = all_codes()
    if word.upper() in table:
        return table[word.upper()]
    return next((entry for entry in table.values() if entry.name == word), None)


def selected(code: str, config: Config) -> bool:
    """Does the configuration want this code? The longest matching prefix decides, ``ignore`` on a tie."""
    chosen = max((len(p) for p in config.select if code.startswith(p)), default=-1)
    ignored = max((len(p) for p in config.ignore if code.startswith(p)), default=-1)
    return chosen > ignored


def severity_of(code: str, config: Config) -> Severity:
    """The severity of a code: the configuration's, else the table's."""
    return config.severity.get(code) or all_codes()[code].severity
