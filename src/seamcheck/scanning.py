"""The scan from files to report: discovery, facts, flow, checks."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from seamcheck import __version__, sources
from seamcheck.checks.assumptions import assumption_findings
from seamcheck.checks.consumers import consumers
from seamcheck.checks.evidence import Places
from seamcheck.checks.findings import findings
from seamcheck.checks.grounds import settle
from seamcheck.checks.identity import identify
from seamcheck.checks.loops import loops
from seamcheck.checks.near_misses import LOOKED_FOR, near_misses
from seamcheck.checks.repeated_runs import repeated_runs
from seamcheck.checks.suppressions import suppress
from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.facts.cache import FactCache
from seamcheck.facts.ir import FileFacts
from seamcheck.facts.suites import Calls
from seamcheck.flow.engine import Engine
from seamcheck.flow.program import analyse, tests_left
from seamcheck.libraries.load import load_models
from seamcheck.model.errors import NothingAnalysed
from seamcheck.model.report import Problem, ScanReport
from seamcheck.model.scan import ScanOptions, ScanResult
from seamcheck.reading import read_project
from seamcheck.registry.compare import compare, with_registered
from seamcheck.registry.model import Entry, Registry
from seamcheck.registry.read import Written, read_entries, tied
from seamcheck.registry.tie import scope_of
from seamcheck.sources import discovered


class Project(NamedTuple):
    """What was read and what running it abstractly recorded; ``seen`` are keys of the contents that were read.

    ``left`` are files of test suites that were not parsed, ``calls`` what would have called one of them in.
    """

    root: str
    files: Mapping[str, FileFacts]
    problems: tuple[Problem, ...]
    engine: Engine
    timings: dict[str, float]
    registry: Registry = Registry(False)
    seen: Mapping[str, str] = {}
    left: frozenset[str] = frozenset()
    calls: Calls = Calls()


def _scanned_folders(options: ScanOptions, root: str) -> tuple[str, ...]:
    """Where names in the call graph start: what is asked for, whatever project surrounds it."""
    paths = [path if os.path.isdir(path) else os.path.dirname(path) for path in options.paths]
    inside = (relative(os.path.abspath(path), root) for path in paths)
    return tuple(dict.fromkeys(path for path in inside if path not in ("", ".") and path[:2] != ".."))


def analyse_project(
    options: ScanOptions, config: Config, everything: bool = False, also: tuple[Entry, ...] = ()
) -> Project:
    """Discover, parse and run a project; raises NothingAnalysed where there is no Python file.

    ``everything`` runs all functions, those that no verdict needs included: for the call graph.
    ``also`` are entries to classify as if they were in the registry.
    """
    timings: dict[str, float] = {}
    clock = time.perf_counter()
    found = discovered(options, config)
    if not found.files:
        shown = ", ".join(str(p) for p in options.paths) or "."
        raise NothingAnalysed(
            f"no Python file was found in {shown}",
            hint="give a folder or a .py file; `--show-files` lists what would be read",
        )
    clock = _lap(timings, "discovery", clock)
    cache = FactCache(options.cache_root or found.root) if options.use_cache else None
    # A registry that cannot be used is told before anything is parsed.
    written = None if everything else read_entries(config, found.root, cache)
    read = read_project(found, options, cache, *_asked(options, written, also))
    files = read.files
    clock = _lap(timings, "facts", clock)
    own = (Path(found.root) / rule for rule in config.rules)
    models = load_models(own, (options.cache_root or found.root) if options.use_cache else None)
    clock = _lap(timings, "models", clock)
    registry = Registry(False)
    if written is not None:
        scope = scope_of(options.paths, found.root)
        registry = tied(written, config, found.root, files, read.problems, scope, also)
    asked = None if everything else (*options.consumers, *registry.asked)
    roots = (*_scanned_folders(options, found.root), *config.src) if everything else config.src
    engine = analyse(files, models, roots, options.progress, asked, options.tests)
    _lap(timings, "flow", clock)
    more = [Problem(path, line, message) for path, line, message in dict.fromkeys(engine.problems)]
    for name, first, second in engine.index.duplicates:
        more.append(
            Problem(
                second, 1, f"the module name `{name}` also belongs to {first}; imports mean the nearest one"
            )
        )
    every = tuple(sorted([*found.problems, *read.problems, *more]))
    seen = cache.seen if cache is not None else {}
    return Project(found.root, files, every, engine, timings, registry, seen, read.left, read.calls)


def _asked(
    options: ScanOptions, written: Written | None, also: tuple[Entry, ...]
) -> tuple[list[str] | None, list[str]]:
    """What was asked for, None for everything, and patterns of what was."""
    if written is None:
        return None, []
    entries = [entry.entry for entry in (*written.entries, *also) if entry.entry]
    return [*options.consumers, *entries], [p for p in written.patterns.values() if p is not None]


def _lap(timings: dict[str, float], name: str, since: float) -> float:
    now = time.perf_counter()
    timings[name] = now - since
    return now


def run(options: ScanOptions, config: Config, project: Project | None = None) -> ScanResult:
    """The report of a project, analysed here unless it is given."""
    # Values and frames live to the end: collecting among them costs seconds and frees nothing.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _run(options, config, project or analyse_project(options, config))
    finally:
        if collecting:
            gc.enable()


def _run(options: ScanOptions, config: Config, project: Project) -> ScanResult:
    clock = time.perf_counter()
    texts: dict[str, str] = {}

    def text_of(path: str) -> str:
        if path not in texts:
            texts[path] = sources.text_of(project.root, path, options.unsaved)
        return texts[path]

    places = Places(text_of, project.files)
    found_loops = loops(project.engine, places)
    asked = (*options.consumers, *project.registry.asked)
    found_consumers = consumers(project.engine, asked, places)
    found_loops, found_consumers = settle(project.files, found_loops, found_consumers, places)
    found_consumers = with_registered(project.registry, found_consumers)
    extra = [
        *repeated_runs(project.engine, found_consumers, places),
        *compare(project.registry, found_consumers),
        *assumption_findings(project.engine, places),
    ]
    raw = findings(found_loops, found_consumers, project.problems, extra, config)
    not_run = tests_left(project.engine) | project.left
    told = identify(suppress(raw, project.files, config, not_run), project.files)
    report = ScanReport(
        version=__version__,
        root=project.root,
        analysed=len(project.files.keys() - not_run),
        problems=project.problems,
        loops=tuple(found_loops),
        consumers=tuple(found_consumers),
        findings=tuple(told),
        near_misses=near_misses(project.engine, places),
        looked_for=LOOKED_FOR,
        tests_left=len(not_run),
    )
    _lap(project.timings, "checks", clock)
    return ScanResult(report, project.timings, lambda path: text_of(path).splitlines())
