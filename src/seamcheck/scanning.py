"""The scan from files to report: discovery, facts, flow, checks."""

from __future__ import annotations

import gc
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
from seamcheck.checks.loops import loops
from seamcheck.checks.near_misses import LOOKED_FOR, near_misses
from seamcheck.checks.repeated_runs import repeated_runs
from seamcheck.checks.suppressions import suppress
from seamcheck.config.discovery import discover
from seamcheck.config.schema import Config
from seamcheck.facts.cache import FactCache
from seamcheck.facts.extract import extract_all
from seamcheck.facts.ir import FileFacts
from seamcheck.flow.engine import Engine
from seamcheck.flow.program import analyse, tests_left
from seamcheck.libraries.load import load_models
from seamcheck.model.errors import NothingAnalysed
from seamcheck.model.report import Problem, ScanReport
from seamcheck.model.scan import ScanOptions, ScanResult


class Project(NamedTuple):
    """What was read and what running it abstractly recorded."""

    root: str
    files: Mapping[str, FileFacts]
    problems: tuple[Problem, ...]
    engine: Engine
    timings: dict[str, float]


def analyse_project(options: ScanOptions, config: Config, everything: bool = False) -> Project:
    """Discover, parse and run a project; raises NothingAnalysed where there is no Python file.

    ``everything`` runs all functions, those that no verdict needs included: for the call graph.
    """
    timings: dict[str, float] = {}
    clock = time.perf_counter()
    found = discover(options.paths, config.exclude, (*config.extend_exclude, *options.exclude))
    if not found.files:
        shown = ", ".join(str(p) for p in options.paths) or "."
        raise NothingAnalysed(
            f"no Python file was found in {shown}",
            hint="give a folder or a .py file; `--show-files` lists what would be read",
        )
    clock = _lap(timings, "discovery", clock)
    cache = FactCache(found.root) if options.use_cache else None
    progress = options.progress
    files, problems = extract_all(
        found.files,
        found.root,
        cache,
        None if progress is None else lambda done, total: progress("files", done, total),
        options.jobs,
    )
    clock = _lap(timings, "facts", clock)
    models = load_models(Path(found.root) / rule for rule in config.rules)
    clock = _lap(timings, "models", clock)
    asked = None if everything else options.consumers
    engine = analyse(files, models, config.src, progress, asked, options.tests)
    _lap(timings, "flow", clock)
    more = [Problem(path, line, message) for path, line, message in dict.fromkeys(engine.problems)]
    for name, first, second in engine.index.duplicates:
        more.append(
            Problem(
                second, 1, f"the module name `{name}` also belongs to {first}; imports mean the nearest one"
            )
        )
    return Project(found.root, files, tuple(sorted([*found.problems, *problems, *more])), engine, timings)


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
            texts[path] = sources.text_of(project.root, path)
        return texts[path]

    places = Places(text_of, project.files)
    found_loops = loops(project.engine, places)
    found_consumers = consumers(project.engine, options.consumers, places)
    found_loops, found_consumers = settle(project.files, found_loops, found_consumers, places)
    extra = [
        *repeated_runs(project.engine, found_consumers, places),
        *assumption_findings(project.engine, places),
    ]
    raw = findings(found_loops, found_consumers, project.problems, extra, config)
    report = ScanReport(
        version=__version__,
        root=project.root,
        analysed=len(project.files),
        problems=project.problems,
        loops=tuple(found_loops),
        consumers=tuple(found_consumers),
        findings=tuple(suppress(raw, project.files, config)),
        near_misses=near_misses(project.engine, places),
        looked_for=LOOKED_FOR,
        tests_left=tests_left(project.engine),
    )
    _lap(project.timings, "checks", clock)
    return ScanResult(report, project.timings, lambda path: text_of(path).splitlines())
