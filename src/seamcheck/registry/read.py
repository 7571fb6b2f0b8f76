"""Reads the registry of a project: the configuration, the file it names, and dicts in Python files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from seamcheck.config.complaint import Complaint
from seamcheck.config.consumers import base_of, check_consumers, has_registry
from seamcheck.config.load import error_of, parse_toml, place, read_toml
from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.facts.cache import FactCache
from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts
from seamcheck.model.errors import ConfigError, RegistryError
from seamcheck.model.report import Problem
from seamcheck.registry.literal import literal_entries
from seamcheck.registry.model import Entry, Registry, spot
from seamcheck.registry.tie import Scope, tie

KEY = "consumer"


class Written(NamedTuple):
    """What the files of a registry say: all entries, and the patterns of literals by file and variable."""

    entries: tuple[Entry, ...]
    patterns: Mapping[tuple[str, str], str | None]


def read_entries(config: Config, root: str, cache: FactCache | None = None) -> Written:
    """The entries of the project at ``root``; raises RegistryError with every problem of the registry's files."""
    base = base_of(config, root)
    entries = config_entries(config, root)
    wrong: list[RegistryError] = []
    if config.registry is not None:
        try:
            entries += file_entries(inside(base, config.registry, "registry", config), root)
        except RegistryError as error:
            wrong.append(error)
    patterns: dict[tuple[str, str], str | None] = {}
    for source in config.registry_literal:
        try:
            path = inside(base, source.path, "registry-literal", config, source.line)
            shown = relative(path, root)
            entries += literal_entries(_facts(path, shown, cache), source, path, shown)
            patterns[path, source.variable] = source.entry
        except RegistryError as error:
            wrong.append(error)
    raise_all([*wrong, *repeated(entries)])
    return Written(tuple(entries), patterns)


def tied(
    written: Written,
    config: Config,
    root: str,
    files: Mapping[str, FileFacts],
    problems: tuple[Problem, ...],
    scope: Scope,
    also: tuple[Entry, ...] = (),
) -> Registry:
    """The registry, its entries tied to the functions of the scanned files; ``also`` are about to be added.

    Raises RegistryError where two entries have one name or stand for one function.
    """
    if not has_registry(config) and not also:
        return Registry(False)
    entries = [*written.entries, *also]
    raise_all(repeated(entries))
    base = base_of(config, root)
    above = "" if base == root else relative(root, base)
    return tie(entries, written.patterns, above, config.src, files, problems, scope)


def raise_all(wrong: list[RegistryError]) -> None:
    """Nothing for no errors, else one error that tells all of them."""
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        rows = [row for error in wrong for row in str(error).splitlines()]
        raise RegistryError(
            f"the registry has problems in {len(wrong)} places\n" + "\n".join(f"  {row}" for row in rows)
        )


def inside(base: str, path: str, key: str, config: Config, line: int = 0) -> str:
    """The absolute path of a regular file that the configuration names, which links may not lead outside."""
    found = os.path.join(base, path)
    said = f"named by `{key}` in {config.file}" + (f":{line}" if line else "")
    if not os.path.lexists(found):
        raise RegistryError(f"does not exist ({said})", path, None, "create it or correct the path")
    real = os.path.realpath(found)
    if not real.startswith(os.path.realpath(base).rstrip(os.sep) + os.sep):
        raise RegistryError(f"leads out of the project ({said})", path, None, "replace the link by the file")
    if not os.path.isfile(real):
        raise RegistryError(f"is not a regular file ({said})", path)
    return found


def config_entries(config: Config, root: str) -> list[Entry]:
    """The entries that stand in the configuration itself."""
    file = os.path.abspath(config.file) if config.file is not None else ""
    return [
        Entry(
            each.name, each.entry, each.requires, file, relative(file, root), max(each.line, 1), index,
            each.owner, each.reason, each.fingerprint,
        )
        for index, each in enumerate(config.consumer)
    ]  # fmt: skip


def file_entries(file: str, root: str) -> list[Entry]:
    """The entries of a registry file; raises RegistryError that lists all its problems."""
    shown = relative(file, root)
    try:
        text = read_toml(Path(file))
        table = parse_toml(text, shown)
    except ConfigError as error:
        raise RegistryError(error.message, shown, error.line, error.hint) from error
    return parse_entries(table, text, file, shown)


def parse_entries(table: dict[str, Any], text: str, file: str, shown: str) -> list[Entry]:
    """The entries of a parsed registry file."""
    complaints = [
        Complaint((key,), f"unknown table `{key}`", "a registry file holds [[consumer]] entries only")
        for key in table
        if key != KEY
    ]
    found = check_consumers(KEY, table.get(KEY, []), complaints)
    if complaints:
        raise error_of(shown, text, (), complaints, RegistryError)
    place(found, text, (KEY,))
    return [
        Entry(
            each["name"], each["entry"], each["requires"], file, shown, max(each["line"], 1), index,
            each.get("owner", ""), each.get("reason", ""), each.get("fingerprint"),
        )
        for index, each in enumerate(found)
    ]  # fmt: skip


def _facts(path: str, shown: str, cache: FactCache | None) -> FileFacts:
    """Facts of the file of a literal, which may lie outside the scanned paths."""
    found = extract(path, shown, cache)
    if isinstance(found, Problem):
        raise RegistryError(f"the registry cannot be read: {found.message}", shown, found.line)
    for line, message, _ in found.caveats:
        raise RegistryError(f"the registry cannot be read: {message}", shown, line)
    return found


def repeated(entries: list[Entry]) -> list[RegistryError]:
    """Names and entries that stand in two files; within one file that is complained of before."""
    wrong = []
    for field in ("name", "entry"):
        seen: dict[str, Entry] = {}
        for entry in entries:
            word = getattr(entry, field)
            if word is None:
                continue
            first = seen.setdefault(word, entry)
            if first is not entry:
                wrong.append(
                    RegistryError(
                        f"{field} `{word}` is registered twice",
                        entry.path,
                        entry.line or None,
                        f"it stands at {spot(first)} already: remove one of the two",
                    )
                )
    return wrong
