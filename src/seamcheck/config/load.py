"""Finds and reads the configuration: the nearest file wins, nothing is merged, every problem is told."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from seamcheck.config.lines import key_line, value_line
from seamcheck.config.schema import Config
from seamcheck.config.validate import Complaint, check, missing_paths
from seamcheck.model.errors import ConfigError

OWN_FILE = "seamcheck.toml"
PYPROJECT = "pyproject.toml"
_SECTION = ("tool", "seamcheck")
#: Longer messages are cut: they quote what somebody wrote.
_TOLD = 400
_MENTION = re.compile(r"seamcheck", re.IGNORECASE)


def find_config(start: Path) -> Path | None:
    """The nearest configuration file at ``start`` or above it, up to the folder that holds ``.git``.

    A ``pyproject.toml`` without ``[tool.seamcheck]`` is none; a ``seamcheck.toml`` beside it wins.
    """
    folder = start if start.is_dir() else start.parent
    for candidate in (folder, *folder.parents):
        if (candidate / OWN_FILE).is_file():
            return candidate / OWN_FILE
        if (candidate / PYPROJECT).is_file() and _has_section(candidate / PYPROJECT):
            return candidate / PYPROJECT
        if (candidate / ".git").exists():
            return None
    return None


def load_config(start: Path, explicit: Path | None = None, codes: Mapping[str, str] | None = None) -> Config:
    """The configuration for a scan that starts at ``start``; ``explicit`` is a file the user named.

    ``codes`` maps every known code to its name; without it only the shape of codes is checked. Raises
    ConfigError that lists every problem of the file.
    """
    path = explicit if explicit is not None else find_config(start.absolute())
    return Config() if path is None else read_config(path, codes)


def read_config(path: Path, codes: Mapping[str, str] | None = None) -> Config:
    """Read one configuration file, whatever its name; only a ``pyproject.toml`` has it under ``tool``."""
    text = _read(path)
    section = _SECTION if path.name == PYPROJECT else ()
    table: Any = _parse(text, path)
    for name in section:
        table = table.get(name, {}) if isinstance(table, dict) else table
    if not isinstance(table, dict):
        raise ConfigError(f"[{'.'.join(section)}] must be a table", str(path))
    values, complaints = check(table, codes)
    complaints += missing_paths(path.parent, values)
    if complaints:
        raise _error(path, text, section, complaints)
    return msgspec.convert({**values, "file": str(path)}, Config)


def _has_section(path: Path) -> bool:
    """A broken ``pyproject.toml`` counts only if it speaks of seamcheck; others are not our business."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    if not _MENTION.search(text):
        return False
    try:
        tool = tomllib.loads(text).get("tool")
    except (ValueError, RecursionError):
        return "[tool.seamcheck" in text
    return isinstance(tool, dict) and "seamcheck" in tool


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8", str(path)) from error
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", str(path)) from error


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else None
        raise ConfigError(f"is not TOML: {_told(str(error))}", str(path), line) from error
    except (ValueError, RecursionError) as error:  # a number or a nesting that no Python can hold
        raise ConfigError(f"is not TOML that can be read: {_told(str(error))}", str(path)) from error


def _told(text: str) -> str:
    """What a file says, fit for a terminal: no control characters, and not without end."""
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[: _TOLD + 1])
    return shown if len(text) <= _TOLD else shown[:_TOLD] + " ..."


def _error(path: Path, text: str, section: tuple[str, ...], complaints: list[Complaint]) -> ConfigError:
    """One error for all complaints, in the order of their lines."""
    lines = text.split("\n")
    complaints = [
        msgspec.structs.replace(each, message=_told(each.message), hint=each.hint and _told(each.hint))
        for each in complaints
    ]
    placed: list[tuple[int, Complaint]] = []
    for complaint in complaints:
        line = key_line(lines, (*section, *complaint.keys))
        if line and complaint.value is not None:
            line = value_line(lines, line, complaint.value)
        placed.append((line or 0, complaint))
    placed.sort(key=lambda item: item[0])
    if len(placed) == 1:
        line, only = placed[0]
        return ConfigError(only.message, str(path), line or None, only.hint)
    rows = [
        (f"line {line}: " if line else "") + one.message + (f" ({one.hint})" if one.hint else "")
        for line, one in placed
    ]
    return ConfigError(f"{len(rows)} problems\n" + "\n".join(f"  {row}" for row in rows), str(path))
