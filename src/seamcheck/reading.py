"""Reads the files of a project: all of the program, and of its test suites what may matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from seamcheck.config.discovery import Discovery
from seamcheck.config.paths import relative
from seamcheck.facts.cache import FactCache, content_key
from seamcheck.facts.extract import extract_all
from seamcheck.facts.ir import FileFacts
from seamcheck.facts.suites import Calls, called, imports_by_text, split
from seamcheck.model.report import Problem
from seamcheck.model.scan import ScanOptions, Unsaved
from seamcheck.sources import text_of
from seamcheck.syntax.source import read

Progress = Callable[[str, int, int], None]


class Read(NamedTuple):
    """Facts of the files that were read, by path relative to the root, and problems.

    ``left`` are the files of test suites that were not, ``calls`` what would have called one of them in.
    """

    files: Mapping[str, FileFacts]
    problems: tuple[Problem, ...]
    left: frozenset[str] = frozenset()
    calls: Calls = Calls()


def read_project(
    found: Discovery,
    options: ScanOptions,
    cache: FactCache | None,
    asked: Iterable[str] | None,
    patterns: Iterable[str] = (),
) -> Read:
    """Read what a scan needs. ``asked`` are functions that were asked for, None for all; see Calls for both."""
    everything = options.tests or asked is None
    plain, tests = ([*map(str, found.files)], {}) if everything else split(found.files, found.root)
    if options.unsaved is not None:  # what somebody looks at is read
        shown = relative(options.unsaved.path, found.root)
        plain += [tests.pop(shown)] if shown in tests else []
    files, problems = _extract(plain, found.root, options, cache)
    if not tests:
        return Read(files, tuple(problems))
    # Of a file that cannot be read the report says why.
    texts = {shown: data for shown, path in tests.items() if isinstance(data := read(path, shown), bytes)}
    left = dict(tests)
    importing = _importing_by_text(files, found.root, options.unsaved)
    while True:
        calls = called(asked or (), patterns, files, importing)
        wanted = [path for path in left if path not in texts or calls.reads(path, texts[path])]
        if not wanted:
            break
        more, new_problems = _extract([left.pop(path) for path in wanted], found.root, options, cache)
        files.update(more)
        importing.update(_importing_by_text(more, found.root, options.unsaved))
        problems += new_problems
    if cache is not None:
        cache.seen.update((path, content_key(texts[path])) for path in left)
    ordered = {path: files[path] for path in sorted(files)}
    return Read(ordered, tuple(sorted(problems)), frozenset(left), calls)


def _importing_by_text(files: Mapping[str, FileFacts], root: str, unsaved: Unsaved | None) -> dict[str, str]:
    """Texts of the files that may import what a text names."""
    return {path: text_of(root, path, unsaved) for path, facts in files.items() if imports_by_text(facts)}


def _extract(
    paths: list[str], root: str, options: ScanOptions, cache: FactCache | None
) -> tuple[dict[str, FileFacts], list[Problem]]:
    progress = options.progress
    return extract_all(
        paths,
        root,
        cache,
        None if progress is None else lambda done, total: progress("files", done, total),
        options.jobs,
        {} if options.unsaved is None else {options.unsaved.path: options.unsaved.data},
    )
