"""A scan that looks first what has changed since the last one. Imports nothing heavy before it must."""

from __future__ import annotations

import gc
import time

import msgspec

from seamcheck import report_cache, sources
from seamcheck.baseline import opened, with_baseline
from seamcheck.config.discovery import Discovery
from seamcheck.config.schema import Config
from seamcheck.incremental.place import touch
from seamcheck.model.scan import ScanOptions, ScanResult


def run(options: ScanOptions, config: Config) -> ScanResult:
    """The report of a project, from the cache if it still holds, with the baseline applied.

    Reports are kept as they are without a baseline: whether one is heeded costs no analysis.
    """
    found = sources.discovered(options, config)
    baseline = opened(options, config, found.root)  # a broken one is told before the work
    # What is decoded, compared and kept lives to the end: collecting among it costs time and frees nothing.
    collecting = gc.isenabled()
    gc.disable()
    try:
        result = _run(options, config, found)
    finally:
        if collecting:
            gc.enable()
    if baseline is None:
        return result
    report = with_baseline(result.report, baseline, options, config, found)
    return msgspec.structs.replace(result, report=report)


def _run(options: ScanOptions, config: Config, found: Discovery) -> ScanResult:
    clock = time.perf_counter()
    settings = contents = None
    # What is typed in an editor would push out the reports of what is saved.
    kept = options.unsaved is None and options.cache_root is None
    if options.use_cache and kept and found.files:
        settings = report_cache.settings_key(options, config, found.root, found.files, found.problems)
        contents = report_cache.content_keys(found.root, found.files)
    if settings is None or contents is None:
        from seamcheck.scanning import run as scan

        return scan(options, config)
    key = report_cache.report_key(settings, contents)
    known, phase = report_cache.load(found.root, key), "unchanged"
    if known is not None:
        touch(found.root, settings, key)
    else:
        from seamcheck.incremental.reuse import reuse

        known, phase = reuse(found.root, settings, contents), "reused"
        if known is not None and _unchanged(options, config, found, settings, contents):
            report_cache.store(found.root, key, known)
    if known is not None:
        timings = {phase: time.perf_counter() - clock}
        return ScanResult(known, timings, lambda path: sources.text_of(found.root, path).splitlines())
    return _scan(options, config, found, settings, contents, key)


def _scan(
    options: ScanOptions,
    config: Config,
    found: Discovery,
    settings: str,
    contents: dict[str, str],
    key: str,
) -> ScanResult:
    """A full scan, and what the next one may need of it.

    Nothing is kept of a scan during which something changed: its report is named by what stood there before.
    """
    from seamcheck.incremental.memory import store
    from seamcheck.incremental.reuse import remember
    from seamcheck.scanning import analyse_project
    from seamcheck.scanning import run as scan

    project = analyse_project(options, config)
    result = scan(options, config, project)
    # What was read counts, and also what stands there now: places and registries are read at other times.
    read = {path: project.seen.get(path) for path in contents} == contents
    if not read or not _unchanged(options, config, found, settings, contents):
        return result
    report_cache.store(found.root, key, result.report)
    memory = remember(
        project.engine,
        result.report,
        key,
        contents,
        project.registry.fixed,
        project.left,
        project.calls,
    )
    store(found.root, settings, memory, project.files)
    return result


def _unchanged(
    options: ScanOptions, config: Config, found: Discovery, settings: str, contents: dict[str, str]
) -> bool:
    """Does everything that a report depends on still stand as it did when it was named?"""
    now = report_cache.settings_key(options, config, found.root, found.files, found.problems)
    return now == settings and report_cache.content_keys(found.root, found.files) == contents
