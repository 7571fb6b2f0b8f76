"""Keeps what a full scan needs to be reused, and reuses it where nothing that changed can matter."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from xxhash import xxh3_64_intdigest

from seamcheck import report_cache, sources
from seamcheck.facts.cache import FactCache, content_key
from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts
from seamcheck.facts.suites import Calls, imported_parts, imports_by_text, is_test_path, module_name
from seamcheck.flow.coverage import functions_in, is_large
from seamcheck.flow.relevance import packages_of, training_packages
from seamcheck.incremental import sliced
from seamcheck.incremental.alignment import Alignment, align
from seamcheck.incremental.lines import LineMap
from seamcheck.incremental.memory import Memory, load, load_names
from seamcheck.incremental.relocation import Stale, locations, relocate
from seamcheck.incremental.sliced import Slice
from seamcheck.model.report import ScanReport
from seamcheck.syntax.notebook import is_notebook
from seamcheck.syntax.source import read

if TYPE_CHECKING:
    from seamcheck.flow.engine import Engine

#: Files that may have changed since the last full scan: with more, one is as good as due.
MAX_CHANGED = 40
#: Libraries that find functions by name, in ways of their own.
WIRING = frozenset({"hamilton", "kedro", "langgraph"})


def remember(
    engine: Engine,
    report: ScanReport,
    key: str,
    contents: Mapping[str, str],
    fixed: frozenset[str] | None,
    left: frozenset[str],
    calls: Calls,
) -> Memory:
    """The record of a full scan.

    ``key`` names its report, ``contents`` are the keys of what it read; ``fixed``, ``left`` and ``calls`` are as in
    Memory.
    """
    files = {module.path: module.facts for module in engine.index.by_path.values()}
    followed: dict[str, list[int]] = {
        engine.index.by_name[name].path: [] for name in engine.coverage.imported
    }
    objectives = {each for record in engine.loop_records.values() for each in record.objectives}
    for name, index in sorted(engine.coverage.followed | objectives):
        followed.setdefault(engine.index.by_name[name].path, []).append(index)
    packages = {entry.partition(":")[0].partition(".")[0] for f in files.values() for entry in f.imports}
    return Memory(
        files=dict(contents),
        report=key,
        followed={path: tuple(indexes) for path, indexes in sorted(followed.items())},
        first_lines=_first_lines(report, lambda path: sources.text_of(report.root, path)),
        problems=frozenset(problem.path for problem in report.problems),
        rigid=not WIRING.isdisjoint(packages) or any(f.cells or f.caveats for f in files.values()),
        fixed=fixed,
        slice=_slice(engine),
        looked_up=frozenset(engine.coverage.looked_up),
        enumerated=frozenset(engine.index.by_name[name].path for name in engine.coverage.enumerated),
        left=left,
        calls=calls,
        functions=functions_in(files),
    )


def _slice(engine: Engine) -> Slice:
    relevance = engine.relevance
    training = frozenset(training_packages(engine.models))
    files = {module.path: module.facts for module in engine.index.by_path.values()}
    return Slice(
        names=frozenset(relevance.names),
        holders=frozenset(relevance.holders),
        defined=relevance.defined,
        training=training,
        packages=training & packages_of(files),
        library_names=relevance.library.names,
        library_methods=relevance.library.methods,
        asked=engine.asked_names,
        runs_tests=engine.runs_tests,
    )


def _first_lines(report: ScanReport, text_of: Callable[[str], str]) -> dict[str, dict[int, int]]:
    """Checksums of the lines that a report names: what a column was told from."""
    texts: dict[str, list[str]] = {}
    found: dict[str, dict[int, int]] = {}
    for place in locations(report):
        if place.path not in texts:
            texts[place.path] = text_of(place.path).split("\n")
        found.setdefault(place.path, {})[place.line] = _checksum(texts[place.path], place.line)
    return found


def _checksum(lines: list[str], line: int) -> int:
    return xxh3_64_intdigest(lines[line - 1].encode("utf-8", "surrogatepass")) if line <= len(lines) else 0


def reuse(root: str, settings: str, contents: Mapping[str, str]) -> ScanReport | None:
    """The report of an earlier full scan under these settings, if it still holds; None where that is not certain.

    ``contents`` are the keys of the files' contents now, by path relative to ``root``.
    """
    known = [memory for memory in load(root, settings) if memory.files.keys() == contents.keys()]
    known.sort(key=lambda memory: len(_changed(memory, contents)))
    for memory in known:
        changed = _changed(memory, contents)
        report = report_cache.load(root, memory.report) if len(changed) <= MAX_CHANGED else None
        found = _moved_report(root, settings, memory, contents, report) if report is not None else None
        if found is not None:
            return found
    return None


def _changed(memory: Memory, contents: Mapping[str, str]) -> list[str]:
    return [path for path, key in contents.items() if memory.files[path] != key]


def _moved_report(
    root: str, settings: str, memory: Memory, contents: Mapping[str, str], report: ScanReport
) -> ScanReport | None:
    cache = FactCache(root)
    pairs: dict[str, tuple[FileFacts, FileFacts]] = {}
    moved: dict[str, LineMap] = {}
    added: set[str] = set()
    for path in _changed(memory, contents):
        if path in memory.left:
            if not _stays_left(root, path, memory, contents[path]):
                return None
            continue
        pair = _versions(root, path, memory, cache, contents[path])
        found = _moved(root, path, pair, memory) if pair is not None else None
        if pair is None or found is None:
            return None
        if _functions(pair[0], memory.fixed) != _functions(pair[1], memory.fixed):
            return None
        if not _calls_in_the_same(root, path, pair, memory):
            return None
        pairs[path] = pair
        moved[path] = found.lines
        if found.added and path in memory.enumerated:
            return None
        added |= found.added
    more = sum(len(new.functions) - len(old.functions) for old, new in pairs.values())
    if is_large(memory.functions) != is_large(memory.functions + more):
        return None
    if report.root != root or not _slice_holds(root, settings, memory, pairs, added):
        return None
    try:
        return relocate(report, {path: lines for path, lines in moved.items() if path in memory.first_lines})
    except Stale:
        return None


def _stays_left(root: str, path: str, memory: Memory, key: str) -> bool:
    """Is there still nothing that calls a changed file of a test suite into the scan?"""
    data = read(os.path.join(root, path), path)
    return isinstance(data, bytes) and content_key(data) == key and not memory.calls.reads(path, data)


def _calls_in_the_same(root: str, path: str, pair: tuple[FileFacts, FileFacts], memory: Memory) -> bool:
    """Does a changed file leave it as it was which files of test suites are read?"""
    old, new = pair
    tests = {each for each in memory.files if is_test_path(PurePosixPath(each))}
    if not tests:
        return True
    if imports_by_text(old) or imports_by_text(new):
        return False
    if path in tests:
        data = read(os.path.join(root, path), path)
        if not isinstance(data, bytes) or not memory.calls.reads(path, data):
            return False
    moved = imported_parts(old) ^ imported_parts(new)
    return moved.isdisjoint(map(module_name, tests))


def _functions(facts: FileFacts, fixed: frozenset[str] | None) -> list[str]:
    """The functions of a file that may neither come nor go."""
    return [f.qualname for f in facts.functions if fixed is None or f.name in fixed]


def _versions(
    root: str, path: str, memory: Memory, cache: FactCache, key: str
) -> tuple[FileFacts, FileFacts] | None:
    """Facts of a changed file at the full scan and now; None where either is not known, or it has changed again."""
    if is_notebook(path) or path in memory.problems:
        return None
    old = cache.load(memory.files[path])
    new = extract(os.path.join(root, path), path, cache) if old is not None else None
    if old is None or not isinstance(new, FileFacts) or cache.seen.get(path) != key:
        return None
    return old, new


def _moved(root: str, path: str, pair: tuple[FileFacts, FileFacts], memory: Memory) -> Alignment | None:
    """Where the lines of a changed file stand now, if nothing that was read of it has changed."""
    old, new = pair
    ran = path in memory.followed
    named = memory.first_lines.get(path, {})
    if not (ran or named or memory.rigid or old.directives or new.directives):
        return Alignment(LineMap()) if not old.caveats and not new.caveats else None
    found = align(old, new, None if memory.rigid else memory.followed.get(path, ()))
    if found is None:
        return None
    text = sources.text_of(root, path).split("\n") if named else []
    for line, checksum in named.items():
        now = found.lines.get(line)
        if now is None or _checksum(text, now) != checksum:
            return None
    return found


def _slice_holds(
    root: str,
    settings: str,
    memory: Memory,
    changed: Mapping[str, tuple[FileFacts, FileFacts]],
    added: set[str],
) -> bool:
    """Would a scan follow the same code? ``added`` are names that modules which were run define now."""
    pairs = {
        path: pair
        for path, pair in changed.items()
        if sliced.names_only(pair[0]) != sliced.names_only(pair[1])
    }
    if not pairs and not added:
        return True
    if memory.rigid or not added.isdisjoint(memory.looked_up):
        return False
    names = load_names(root, settings, memory)
    if names is None or names.keys() != memory.files.keys() - memory.left:
        return False
    if sliced.uses(names.values(), added):
        return False
    tests = {path: is_test_path(PurePosixPath(path)) for path in pairs}
    now = {path: new for path, (_, new) in pairs.items()}
    return sliced.keeps(memory.slice, names, now, memory.followed, tests, added)
