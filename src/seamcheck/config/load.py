"""Finds and reads the configuration: the nearest file wins, nothing is merged, every problem is told."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from seamcheck.config.blocks import Block, blocks
from seamcheck.config.complaint import Complaint
from seamcheck.config.lines import key_line, value_line
from seamcheck.config.schema import Config
from seamcheck.config.validate import check, missing_paths
from seamcheck.model.errors import ConfigError

OWN_FILE = "seamcheck.toml"
PYPROJECT = "pyproject.toml"
_SECTION = ("tool", "seamcheck")
#: Longer messages are cut: they quote what somebody wrote.
_TOLD = 400
#: Problems that one error lists, and the size in bytes of a file that somebody may have written.
MAX_TOLD = 50
MAX_BYTES = 4 * 2**20
#: tomllib needs quadratic time and memory for keys of very many parts.
_DEEP_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}""")
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
    text = read_toml(path)
    section = section_of(path)
    table: Any = parse_toml(text, path)
    for name in section:
        table = table.get(name, {}) if isinstance(table, dict) else table
    if not isinstance(table, dict):
        raise ConfigError(f"[{'.'.join(section)}] must be a table", str(path))
    values, complaints = check(table, codes)
    complaints += missing_paths(path.parent, values)
    if complaints:
        raise error_of(str(path), text, section, complaints)
    for key in ("consumer", "registry-literal"):
        place(values.get(key, ()), text, (*section, key))
    return msgspec.convert({**values, "file": str(path)}, Config)


def section_of(path: Path) -> tuple[str, ...]:
    """The table of a file that holds our configuration: the file itself, or ``[tool.seamcheck]``."""
    return _SECTION if path.name == PYPROJECT else ()


def place(tables: Iterable[dict[str, Any]], text: str, path: tuple[str, ...]) -> None:
    """Give each table of an array of tables the line of its header; inline tables keep theirs."""
    found = list(tables)
    headers = blocks(text, path) if found else []
    if len(headers) == len(found):
        for table, header in zip(found, headers, strict=True):
            table["line"] = header.start


def _has_section(path: Path) -> bool:
    """A broken ``pyproject.toml`` counts only if it speaks of seamcheck; others are not our business."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    if not _MENTION.search(text):
        return False
    try:
        tool = parse_toml(text, path).get("tool")
    except ConfigError:
        return "[tool.seamcheck" in text
    return isinstance(tool, dict) and "seamcheck" in tool


def read_toml(path: Path) -> str:
    """The text of a TOML file with "\\n" newlines and no BOM; raises ConfigError where it cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"is larger than {MAX_BYTES // 2**20} MiB", str(path), None, "shorten it")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8", str(path)) from error
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", str(path)) from error


def parse_toml(text: str, path: Path | str) -> dict[str, Any]:
    """The tables of a TOML text; raises ConfigError with the line where there is one."""
    deep = _DEEP_KEY.search(text)
    if deep is not None:
        where = text.count("\n", 0, deep.start()) + 1
        raise ConfigError("is not TOML that can be read: a key has too many parts", str(path), where)
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


def error_of(
    path: str,
    text: str,
    section: tuple[str, ...],
    complaints: list[Complaint],
    kind: type[ConfigError] = ConfigError,
) -> ConfigError:
    """One error for all complaints about a file, in the order of their lines."""
    complaints = [
        msgspec.structs.replace(each, message=_told(each.message), hint=each.hint and _told(each.hint))
        for each in complaints
    ]
    placed = placed_complaints(text, section, complaints)
    if len(placed) == 1:
        line, only = placed[0]
        return kind(only.message, path, line or None, only.hint)
    rows = [
        (f"line {line}: " if line else "") + one.message + (f" ({one.hint})" if one.hint else "")
        for line, one in placed[:MAX_TOLD]
    ]
    if len(placed) > MAX_TOLD:
        rows.append(f"and {len(placed) - MAX_TOLD} more")
    return kind(f"{len(placed)} problems\n" + "\n".join(f"  {row}" for row in rows), path)


def placed_complaints(
    text: str, section: tuple[str, ...], complaints: Iterable[Complaint]
) -> list[tuple[int, Complaint]]:
    """Complaints with their lines (0 where not known), sorted by them."""
    lines = text.split("\n")
    headers: dict[str, list[Block]] = {}
    placed: list[tuple[int, Complaint]] = []
    for complaint in complaints:
        line: int | None = None
        if complaint.index is not None:
            key = complaint.keys[0]
            if key not in headers:
                headers[key] = blocks(text, (*section, key))
            if complaint.index < len(headers[key]):
                block = headers[key][complaint.index]
                line = block.keys.get(complaint.keys[-1], block.start)
        if line is None:
            line = key_line(lines, (*section, *complaint.keys)) if len(placed) < MAX_TOLD else 0
        if line and complaint.value is not None:
            line = value_line(lines, line, complaint.value)
        placed.append((line or 0, complaint))
    return sorted(placed, key=lambda item: item[0])
