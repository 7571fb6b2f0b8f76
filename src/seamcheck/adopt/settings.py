"""The first configuration of a project: a file of its own, or a section of pyproject.toml.

A file of its own is the default: nothing of the project is changed, the hook runs when it changes, and editors
know its schema by its name.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from seamcheck.config.load import OWN_FILE, PYPROJECT
from seamcheck.model.adoption import Change
from seamcheck.model.errors import ConfigError

_HEAD = "# How seamcheck reads this project; `seamcheck config show` prints every option with its value.\n"


def own_file(root: Path, src: tuple[str, ...]) -> Change:
    """A new ``seamcheck.toml``."""
    text = _HEAD + _options(src)
    return Change(str(root), OWN_FILE, OWN_FILE, "create", after=text, added=text)


def section(root: Path, src: tuple[str, ...]) -> Change:
    """``[tool.seamcheck]`` behind everything that pyproject.toml holds; raises ConfigError where that cannot be."""
    path = root / PYPROJECT
    if not path.is_file():
        raise ConfigError("does not exist", str(path), hint=f"without --pyproject, {OWN_FILE} is written")
    try:
        before = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8", str(path)) from error
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", str(path)) from error
    newline = "\r\n" if "\r\n" in before else "\n"
    gap = "" if not before.strip() else newline if before.endswith("\n") else 2 * newline
    added = gap + f"[tool.seamcheck]\n{_HEAD}{_options(src)}".replace("\n", newline)
    _verify(path, before, before + added)
    return Change(str(root), PYPROJECT, PYPROJECT, "extend", before, before + added, added)


def _options(src: tuple[str, ...]) -> str:
    return f"src = {json.dumps(list(src), ensure_ascii=False)}\n" if src else ""


def _verify(path: Path, before: str, after: str) -> None:
    """The new text must say what the old one said, and our section besides."""
    try:
        old = _without_bom(before)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not TOML: {error}", str(path)) from error
    try:
        new = _without_bom(after)
        ours = new["tool"].pop("seamcheck")
        if not new["tool"] and "tool" not in old:
            del new["tool"]
    except (tomllib.TOMLDecodeError, KeyError, AttributeError, TypeError) as error:
        raise ConfigError(
            "has a `tool` that takes no new section",
            str(path),
            hint=f"without --pyproject, {OWN_FILE} is written",
        ) from error
    if new != old or not isinstance(ours, dict):
        raise ConfigError(
            "could not be extended without a change", str(path), hint="write the section by hand"
        )


def _without_bom(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix("\ufeff"))
