"""A scan with the unsaved text of an editor: the whole program is analysed, one file is reported."""

from __future__ import annotations

import os

import msgspec

from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.model.report import Narrowed, ScanReport
from seamcheck.model.scan import ScanOptions, ScanResult
from seamcheck.rescan import run


def scan_unsaved(options: ScanOptions, config: Config) -> ScanResult:
    """The report of the file that ``options.unsaved`` stands for."""
    assert options.unsaved is not None
    result = run(options, config)
    path = relative(options.unsaved.path, os.path.abspath(result.report.root))
    return msgspec.structs.replace(result, report=only(result.report, path))


def only(report: ScanReport, path: str) -> ScanReport:
    """The report with the findings and problems of one file alone."""
    findings = tuple(finding for finding in report.findings if finding.location.path == path)
    problems = tuple(problem for problem in report.problems if problem.path == path)
    narrowed = Narrowed(
        since=None,
        path=path,
        findings_left=len(report.findings) - len(findings),
        problems_left=len(report.problems) - len(problems),
        loops=tuple(loop.id for loop in report.loops if loop.location.path == path),
        consumers=tuple(each.id for each in report.consumers if each.location.path == path),
    )
    return msgspec.structs.replace(report, findings=findings, problems=problems, narrowed=narrowed)
