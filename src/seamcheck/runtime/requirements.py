"""What each consumer needs of a run: given as a mapping, or read from a registry in TOML."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from seamcheck.runtime.errors import RequirementsError

XY_ONLY, TRIAL_DYNAMICS = "xy_only", "trial_dynamics"
WORDS = (XY_ONLY, TRIAL_DYNAMICS)
OWN_FILE, PYPROJECT = "seamcheck.toml", "pyproject.toml"
_GIVEN = "the requirements given in the program"

Given = Mapping[str, "str | Requirement"] | str | os.PathLike[str]


class Requirement(NamedTuple):
    """``requires``: ``xy_only`` or ``trial_dynamics``; ``declared``: where that stands, for people."""

    requires: str
    declared: str


class Requirements(NamedTuple):
    """Requirements by consumer, and where they come from, for people."""

    by_name: Mapping[str, Requirement]
    source: str


def load_requirements(path: str | os.PathLike[str]) -> dict[str, Requirement]:
    """The ``[[consumer]]`` tables of a registry by ``name``; keys other than ``name`` and ``requires`` are left alone.

    ``path`` is a TOML file, or a folder with a ``seamcheck.toml`` or else a ``pyproject.toml``; in files of the latter
    name the tables are ``[[tool.seamcheck.consumer]]``. A file that ``registry`` names there is read, too; consumers
    that stand in a dict of a program are not: hand over the dict. Raises RequirementsError.
    """
    path = os.fspath(path)
    file = _file_in(path) if os.path.isdir(path) else path
    found: dict[str, Requirement] = {}
    named = _read_tables(file, ("tool", "seamcheck") if os.path.basename(file) == PYPROJECT else (), found)
    if named is not None:
        _read_tables(_beside(file, named), (), found)
    return found


def _read_tables(file: str, section: tuple[str, ...], found: dict[str, Requirement]) -> object:
    """Add the consumers of one file to ``found``; gives what the file says of a registry of its own."""
    text = _read(file)
    table = _section(_parse(text, file), section, file)
    entries = _entries(table, section, file)
    lines = _header_lines(text, ".".join((*section, "consumer")))
    known = lines if len(lines) == len(entries) else [0] * len(entries)
    for entry, line in zip(entries, known, strict=True):
        declared = f"{file}:{line}" if line else file
        name, requires = _entry(entry, declared)
        earlier = found.setdefault(name, Requirement(requires, declared))
        if earlier.requires != requires:
            raise RequirementsError(
                f"{declared}: `{name}` requires {requires} here and {earlier.requires} at {earlier.declared}; "
                "remove one of them"
            )
    return table.get("registry")


def _beside(file: str, named: object) -> str:
    """The registry that a configuration names; it lies in the folder of the configuration or below."""
    parts = named.replace("\\", "/").split("/") if isinstance(named, str) else [".."]
    if not isinstance(named, str) or ".." in parts or os.path.isabs(named):
        raise RequirementsError(f"{file}: `registry` must name a file in this folder or below, not {named!r}")
    return os.path.join(os.path.dirname(file), named)


def gathered(given: Given | None) -> Requirements:
    """Requirements in any form a user may give them; raises RequirementsError."""
    if given is None:
        return Requirements({}, "any requirements (the guard has none)")
    if isinstance(given, str | os.PathLike):
        return Requirements(load_requirements(given), os.fspath(given))
    found = {}
    for name, requires in given.items():
        one = requires if isinstance(requires, Requirement) else Requirement(requires, _GIVEN)
        found[name] = Requirement(checked(one.requires, f"`{name}` in {one.declared}"), one.declared)
    return Requirements(found, _GIVEN)


def checked(word: object, where: str) -> str:
    """The word itself if it is a requirement; raises RequirementsError."""
    for known in WORDS:
        if word == known:
            return known
    raise RequirementsError(
        f"{where}: {word!r} is no requirement; write one of {', '.join(WORDS)} (where it is not known: the latter)"
    )


def _file_in(folder: str) -> str:
    for name in (OWN_FILE, PYPROJECT):
        file = os.path.join(folder, name)
        if os.path.isfile(file):
            return file
    raise RequirementsError(f"{folder}: holds neither {OWN_FILE} nor {PYPROJECT}; name the file itself")


def _read(file: str) -> str:
    try:
        with open(file, encoding="utf-8-sig") as stream:
            return stream.read()
    except OSError as error:
        raise RequirementsError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RequirementsError(f"{file}: is not UTF-8") from error


def _parse(text: str, file: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RequirementsError(f"{file}: is not TOML: {error}") from error


def _section(table: Any, section: tuple[str, ...], file: str) -> dict[str, Any]:
    for key in section:
        table = table.get(key, {})
        if not isinstance(table, dict):
            raise RequirementsError(f"{file}: [{'.'.join(section)}] must be a table")
    found: dict[str, Any] = table
    return found


def _entries(table: dict[str, Any], section: tuple[str, ...], file: str) -> list[Any]:
    entries = table.get("consumer", [])
    if not isinstance(entries, list):
        name = ".".join((*section, "consumer"))
        raise RequirementsError(f"{file}: `consumer` must be tables; write [[{name}]], not [{name}]")
    return entries


def _entry(entry: Any, declared: str) -> tuple[str, str]:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise RequirementsError(f'{declared}: a consumer needs a name; write name = "..."')
    if "requires" not in entry:
        raise RequirementsError(f"{declared}: `{name}` does not say what it requires; write one of {WORDS}")
    return name, checked(entry["requires"], f"{declared}: `{name}`")


def _header_lines(text: str, name: str) -> list[int]:
    """The lines of the ``[[name]]`` headers, from 1; none where the tables are written another way."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        bare = "".join(line.partition("#")[0].split())
        if bare.startswith(f"[[{name}]]"):
            found.append(number)
        elif bare.startswith("consumer="):
            return []
    return found
