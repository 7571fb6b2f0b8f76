"""Which findings a baseline knows, and which of its entries stand for nothing any more."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from seamcheck.baseline.place import Place, locate, missing
from seamcheck.baseline.read import read_baseline
from seamcheck.baseline.schema import Baseline, Entry, Key
from seamcheck.checks.codes import all_codes, selected, severity_of
from seamcheck.checks.findings import make
from seamcheck.config.discovery import Discovery
from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.model.evidence import Location
from seamcheck.model.report import BaselineUse, Finding, ScanReport
from seamcheck.model.scan import ScanOptions

SUPPRESSED = "baseline"
STALE = "SEAM906"
PRUNE = "run `seamcheck baseline prune`"


class Match(NamedTuple):
    """The findings with those of the baseline suppressed, how many these are, and the stale entries."""

    findings: tuple[Finding, ...]
    matched: int
    stale: tuple[Entry, ...]


class Opened(NamedTuple):
    """A baseline that was read, and where."""

    place: Place
    known: Baseline


def opened(options: ScanOptions, config: Config, root: str) -> Opened | None:
    """The project's baseline, if it has one and is to be heeded.

    Raises ConfigError for a baseline that cannot be read, or that was asked for and is not there.
    """
    if not options.use_baseline:
        return None
    place = locate(options, config, root)
    if os.path.lexists(place.file):
        return Opened(place, read_baseline(place.file, place.shown))
    if place.named:
        raise missing(place, options, config)
    return None


def with_baseline(
    report: ScanReport, baseline: Opened, options: ScanOptions, config: Config, found: Discovery
) -> ScanReport:
    """The report with the findings of the baseline suppressed and its stale entries among the findings."""
    place, known = baseline
    match = held_against(report, known, options, config, found, place.base)
    # With a file less, verdicts are unknown and findings gone that will be back.
    fix = ("repair the files that could not be read, then " if report.problems else "") + PRUNE
    about = [_about(entry, place, config, fix) for entry in match.stale if selected(STALE, config)]
    ordered = sorted([*match.findings, *about], key=lambda f: (f.location, f.code, f.message))
    use = BaselineUse(place.shown, match.matched, len(match.stale), tuple(_notes(known, config)))
    return msgspec.structs.replace(report, findings=tuple(ordered), baseline=use)


def keys(report: ScanReport, base: str) -> Iterator[tuple[Finding, Key]]:
    """Every finding of a report with the key of its entry; paths become relative to ``base``."""
    count: Counter[tuple[str, ...]] = Counter()
    for finding in report.findings:
        path = relative(os.path.join(report.root, finding.location.path), base)
        parts = (path, finding.function, finding.code, finding.statement)
        count[parts] += 1
        yield finding, Key(*parts, count[parts])


def held_against(
    report: ScanReport, known: Baseline, options: ScanOptions, config: Config, found: Discovery, base: str
) -> Match:
    """The findings of ``report`` against the entries of a baseline.

    A finding that a comment silences needs no entry. A code that no baseline takes is matched by none.
    """
    entries = {entry.key: entry for entry in known.entries}
    used: set[Key] = set()
    findings = []
    for finding, key in keys(report, base):
        if key in entries and finding.suppressed is None and not all_codes()[key.code].never_baseline:
            used.add(key)
            findings.append(msgspec.structs.replace(finding, suppressed=SUPPRESSED))
        else:
            findings.append(finding)
    judged = _Judged(report, known, options, config, found, base)
    stale = tuple(entry for entry in known.entries if entry.key not in used and judged(entry.key))
    return Match(tuple(findings), len(used), stale)


class _Judged:
    """Can this scan tell that an entry stands for nothing?

    Not if its file lies elsewhere, was left out or could not be read, not if its code is not wanted now, and not if
    the baseline speaks of test suites that were not followed.
    """

    def __init__(
        self,
        report: ScanReport,
        known: Baseline,
        options: ScanOptions,
        config: Config,
        found: Discovery,
        base: str,
    ) -> None:
        self._config, self._base = config, base
        self._never = known.settings.tests and not options.tests
        self._files = frozenset(found.files)
        self._broken = frozenset(os.path.join(found.root, problem.path) for problem in report.problems)
        self._tops = [os.path.abspath(path) for path in options.paths] or [os.getcwd()]

    def __call__(self, key: Key) -> bool:
        file = os.path.normpath(os.path.join(self._base, key.path))
        if self._never or file in self._broken:
            return False
        if key.code in all_codes() and not selected(key.code, self._config):
            return False
        if file in self._files:
            return True
        below = any(file == top or file.startswith(top.rstrip(os.sep) + os.sep) for top in self._tops)
        return below and not os.path.lexists(file)


def _about(entry: Entry, place: Place, config: Config, fix: str) -> Finding:
    key = entry.key
    message = (
        f"nothing is found any more that this entry stands for: {key.code} in `{key.function or key.path}`"
        f"{f' of {key.path}' if key.function else ''}"
    )
    where = Location(place.shown, entry.line, 1, entry.line)
    finding = make(STALE, message, where, "", "\0".join(map(str, key)), fix=fix)
    return msgspec.structs.replace(
        finding,
        severity=severity_of(STALE, config),
        fingerprint=f"{finding.fingerprint}:1",
        statement=finding.fingerprint[:16],
    )


def fails_under(code: str, config: Config) -> bool:
    """Does a finding of this code fail a scan with this configuration?"""
    return selected(code, config) and severity_of(code, config) != "note"


def newly_failing(known: Baseline, config: Config) -> Sequence[str]:
    """Codes that fail now and did not under the options that made the baseline."""
    then = known.settings.as_config()
    return [
        code
        for code, entry in all_codes().items()
        if not entry.never_baseline and fails_under(code, config) and not fails_under(code, then)
    ]


def _notes(known: Baseline, config: Config) -> Iterator[str]:
    codes = newly_failing(known, config)
    if codes:
        yield (
            f"it was made under laxer options, without {', '.join(codes)}: findings of these may be old ones "
            "(`seamcheck baseline write --force` takes them in)"
        )
