"""The consumer registry as people write it: its entries, what may stand in them, and the files it is made of."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec

from seamcheck.config.complaint import Complaint, shown, suggest

if TYPE_CHECKING:
    from seamcheck.config.schema import Config

#: What a consumer may be registered as; undecided ones are ``trial_dynamics``, the full replay.
Requires = Literal["xy_only", "trial_dynamics"]
REQUIREMENTS: tuple[str, ...] = get_args(Requires)
MAX_TEXT = 500
PLACEHOLDER = "{name}"

_WILDCARDS = frozenset("*?[]{}")
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_QUALNAME = re.compile(r"(?:[^\W\d]\w*|<locals>|<lambda>)(?:\.(?:[^\W\d]\w*|<locals>|<lambda>))*")
_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_DRIVE = re.compile(r"[A-Za-z]:")


class ConsumerEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One ``[[consumer]]``. ``line`` is that of its header, 0 where it is written as an inline table."""

    name: str
    entry: str
    requires: Requires
    owner: str = ""
    reason: str = ""
    fingerprint: str | None = None
    line: int = 0


class LiteralSource(msgspec.Struct, frozen=True, omit_defaults=True):
    """One ``[[registry-literal]]``: a dict in a Python file, and how its keys name functions."""

    path: str
    variable: str
    entry: str | None = None
    line: int = 0


ENTRY_KEYS = ("name", "entry", "requires", "owner", "reason", "fingerprint")
LITERAL_KEYS = ("path", "variable", "entry")


def base_of(config: Config, root: str) -> str:
    """The folder that paths of the registry start from: that of the configuration, if the project is in it."""
    if config.file is None:
        return root
    folder = os.path.dirname(os.path.abspath(config.file))
    inside = root == folder or root.startswith(folder.rstrip(os.sep) + os.sep)
    return folder if inside else root


def registry_files(config: Config, root: str) -> list[str]:
    """Absolute paths of the files, besides the configuration, that the registry is read from."""
    base = base_of(config, root)
    named = [config.registry] if config.registry is not None else []
    return [os.path.join(base, path) for path in (*named, *(each.path for each in config.registry_literal))]


def has_registry(config: Config) -> bool:
    """Does the project have a registry, be it an empty file?"""
    return bool(config.consumer or config.registry_literal) or config.registry is not None


def check_consumers(key: str, value: Any, complaints: list[Complaint]) -> list[dict[str, Any]]:
    """The usable entries of ``[[consumer]]`` tables by field, with what is wrong with the others."""
    found: list[dict[str, Any]] = []
    names: dict[str, int] = {}
    entries: dict[str, int] = {}
    for index, table in _tables(key, value, ENTRY_KEYS, ("name", "entry", "requires"), complaints):
        checks = {
            "name": name_problem, "entry": entry_problem, "requires": requires_problem,
            "owner": text_problem, "reason": text_problem, "fingerprint": _fingerprint_problem,
        }  # fmt: skip
        if _fields(key, index, table, checks, complaints):
            found.append({**{k: table[k] for k in ENTRY_KEYS if k in table}, "line": 0})
        for field, seen in (("name", names), ("entry", entries)):
            word = table.get(field)
            if not isinstance(word, str):
                continue
            if word in seen:
                first = f"it stands in entry {seen[word] + 1} already: remove one of the two"
                message = f"`{field}` {shown(word)} is registered twice"
                complaints.append(Complaint((key, field), message, first, None, index))
            seen.setdefault(word, index)
    return found


def check_literals(key: str, value: Any, complaints: list[Complaint]) -> list[dict[str, Any]]:
    """The usable ``[[registry-literal]]`` tables by field, with what is wrong with the others."""
    found: list[dict[str, Any]] = []
    seen: set[tuple[Any, Any]] = set()
    for index, table in _tables(key, value, LITERAL_KEYS, ("path", "variable"), complaints):
        checks = {
            "path": source_problem, "variable": _variable_problem, "entry": pattern_problem
        }  # fmt: skip
        if not _fields(key, index, table, checks, complaints):
            continue
        where = (table["path"], table["variable"])
        if where in seen:
            message = f"`{where[1]}` of `{where[0]}` is named twice"
            complaints.append(Complaint((key, "variable"), message, "remove one of the two", None, index))
        seen.add(where)
        found.append({**{k: table[k] for k in LITERAL_KEYS if k in table}, "line": 0})
    return found


def _tables(
    key: str, value: Any, known: tuple[str, ...], needed: tuple[str, ...], complaints: list[Complaint]
) -> list[tuple[int, dict[str, Any]]]:
    """The tables of an array with their index; complains of unknown and missing keys."""
    if not isinstance(value, list):
        complaints.append(Complaint((key,), f"`{key}` must be tables", f"write [[{key}]] above each"))
        return []
    found = []
    for index, table in enumerate(value):
        if not isinstance(table, dict):
            complaints.append(Complaint((key,), f"`{key}` must hold tables, not {shown(table)}"))
            continue
        for word in table:
            if word not in known:
                hint = suggest(word, known) or "known keys: " + ", ".join(known)
                message = f"unknown key {shown(word)} in `{key}`"
                complaints.append(Complaint((key, word), message, hint, None, index))
        missing = [word for word in needed if word not in table]
        if missing:
            message = f"`{key}` lacks " + ", ".join(f"`{word}`" for word in missing)
            complaints.append(Complaint((key,), message, _EXAMPLES[key], None, index))
        found.append((index, table))
    return found


_EXAMPLES = {
    "consumer": 'for example name = "s40", entry = "src/audit.py::s40", requires = "xy_only"',
    "registry-literal": 'for example path = "src/needs.py", variable = "REQUIREMENTS"',
}


def _fields(
    key: str, index: int, table: dict[str, Any], checks: Mapping[str, Any], complaints: list[Complaint]
) -> bool:
    """Are all required fields there, and all fields right? What is wrong is added to the complaints."""
    good = all(word in table for word in list(checks)[:2]) and (key != "consumer" or "requires" in table)
    for field, problem in checks.items():
        if field in table and (wrong := problem(table[field])) is not None:
            message, hint = wrong
            complaints.append(Complaint((key, field), f"`{field}` {message}", hint, None, index))
            good = False
    return good and set(table) <= set(checks)


Problem = tuple[str, str | None] | None


def name_problem(value: Any) -> Problem:
    """What is wrong with the name of a consumer, and what to do; None for a good one."""
    if (wrong := text_problem(value)) is not None:
        return wrong
    if not _WILDCARDS.isdisjoint(value):
        return f"holds a wildcard: {shown(value)}", "one entry for each consumer, by its exact name"
    if value != value.strip() or "\n" in value:
        return f"has blanks around it: {shown(value)}", "remove them"
    return None


def requires_problem(value: Any) -> Problem:
    """What is wrong with a requirement."""
    if isinstance(value, str) and value in REQUIREMENTS:
        return None
    if value == "unknown":
        return "cannot be 'unknown'", "register what is undecided as `trial_dynamics`: full replay"
    hint = suggest(value, REQUIREMENTS) if isinstance(value, str) else None
    return f"must not be {shown(value)}", hint or "one of " + ", ".join(REQUIREMENTS)


def entry_problem(value: Any) -> Problem:
    """What is wrong with ``path::qualname`` or ``module:qualname``."""
    if (wrong := text_problem(value)) is not None:
        return wrong
    if not _WILDCARDS.isdisjoint(value):
        return f"holds a wildcard: {shown(value)}", "one entry for each function: write path::qualname"
    path, separator, function = value.partition("::")
    if separator:
        wrong = source_problem(path)
    else:
        module, separator, function = value.partition(":")
        if not separator:
            return f"names no function: {shown(value)}", "write path::qualname or module:qualname"
        wrong = None if _MODULE.fullmatch(module) else (f"names no module: {shown(value)}", "write a.b:f")
    if wrong is not None:
        return wrong
    if not _QUALNAME.fullmatch(function):
        return f"names no function: {shown(value)}", "write path::qualname, as the report shows them"
    return None


def path_problem(value: Any) -> Problem:
    """What is wrong with a path that has to lie inside the project."""
    if (wrong := text_problem(value)) is not None:
        return wrong
    if value.startswith("/") or "\\" in value or _DRIVE.match(value):
        return f"is no path inside the project: {shown(value)}", 'write it relative to the project, with "/"'
    pure = PurePosixPath(value)
    if ".." in pure.parts:
        return f"leaves the project: {shown(value)}", "only files inside the project can be named"
    if str(pure) != value:
        return f"is not written out: {shown(value)}", f"write `{pure}`"
    return None


def source_problem(value: Any) -> Problem:
    """What is wrong with the path of a Python file or notebook of the project."""
    wrong = path_problem(value)
    if wrong is None and not value.endswith((".py", ".ipynb")):
        return f"names no Python file: {shown(value)}", "write path::qualname with the .py or .ipynb file"
    return wrong


def pattern_problem(value: Any) -> Problem:
    """What is wrong with the pattern that ties the keys of a literal to functions."""
    if (wrong := text_problem(value)) is not None:
        return wrong
    example = f"for example src/**/{PLACEHOLDER}_io.py::run_{PLACEHOLDER}"
    path, separator, function = value.partition("::")
    if not separator or PLACEHOLDER not in value:
        return f"must be path::qualname with {PLACEHOLDER} in it, not {shown(value)}", example
    rest = path.replace(PLACEHOLDER, "name")
    if not {"[", "]", "{", "}"}.isdisjoint(rest):
        return f"knows `*`, `**`, `?` and {PLACEHOLDER} only: {shown(value)}", example
    if (wrong := path_problem(rest)) is not None:
        return wrong
    if not _QUALNAME.fullmatch(function.replace(PLACEHOLDER, "name")):
        return f"names no function: {shown(value)}", example
    return None


def text_problem(value: Any) -> Problem:
    """What is wrong with a text that people write."""
    if not isinstance(value, str) or not value.strip():
        return f"must be a non-empty string, not {shown(value)}", None
    if len(value) > MAX_TEXT:
        return f"is longer than {MAX_TEXT} characters", "shorten it"
    if not all(char.isprintable() or char == "\n" for char in value):
        return f"holds control characters: {shown(value)}", "remove them"
    return None


def _variable_problem(value: Any) -> Problem:
    if (wrong := text_problem(value)) is not None:
        return wrong
    if not _IDENTIFIER.fullmatch(value):
        return f"is no name of a variable: {shown(value)}", "for example CONSUMER_REQUIREMENTS"
    return None


def _fingerprint_problem(value: Any) -> Problem:
    if isinstance(value, str) and _FINGERPRINT.fullmatch(value):
        return None
    return f"was not written by seamcheck: {shown(value)}", "remove it and run `seamcheck registry sync`"
