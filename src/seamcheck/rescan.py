"""A scan that looks first whether anything has changed since the last one. Imports nothing heavy before it must."""

from __future__ import annotations

import time

from seamcheck import report_cache, sources
from seamcheck.config.discovery import discover
from seamcheck.config.schema import Config
from seamcheck.model.scan import ScanOptions, ScanResult


def run(options: ScanOptions, config: Config) -> ScanResult:
    """The report of a project, from the cache if it still holds."""
    clock = time.perf_counter()
    found = discover(options.paths, config.exclude, (*config.extend_exclude, *options.exclude))
    key = None
    if options.use_cache and found.files:
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
