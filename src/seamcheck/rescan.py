"""A scan that looks first whether anything has changed since the last one. Imports nothing heavy before it must."""

from __future__ import annotations

import time

import msgspec

from seamcheck import report_cache, sources
from seamcheck.baseline import opened, with_baseline
from seamcheck.config.discovery import Discovery
from seamcheck.config.schema import Config
from seamcheck.model.scan import ScanOptions, ScanResult


def run(options: ScanOptions, config: Config) -> ScanResult:
    """The report of a project, from the cache if it still holds, with the baseline applied.

    Reports are kept as they are without a baseline: whether one is heeded costs no analysis.
    """
    found = sources.discovered(options, config)
    baseline = opened(options, config, found.root)  # a broken one is told before the work
    result = _run(options, config, found)
    if baseline is None:
        return result
    report = with_baseline(result.report, baseline, options, config, found)
    return msgspec.structs.replace(result, report=report)


def _run(options: ScanOptions, config: Config, found: Discovery) -> ScanResult:
    clock = time.perf_counter()
    key = None
    # What is typed in an editor would push out the reports of what is saved.
    kept = options.unsaved is None and options.cache_root is None
    if options.use_cache and kept and found.files:
        key = report_cache.fingerprint(options, config, found.root, found.files, found.problems)
        known = report_cache.load(found.root, key) if key is not None else None
        if known is not None:
            timings = {"unchanged": time.perf_counter() - clock}
            return ScanResult(known, timings, lambda path: sources.text_of(found.root, path).splitlines())
    from seamcheck.scanning import run as scan

    result = scan(options, config)
    if key is not None:
        report_cache.store(found.root, key, result.report)
    return result
