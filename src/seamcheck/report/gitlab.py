"""GitLab's code quality report: a list of findings as JSON, each with a fingerprint of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seamcheck.model.evidence import Location
from seamcheck.model.report import Finding, Severity
from seamcheck.report.escapes import visible
from seamcheck.report.gathered import AnyReport, gather
from seamcheck.report.json_text import to_text
from seamcheck.report.telling import headline, somewhere, title

SEVERITIES: dict[Severity, str] = {"error": "critical", "warning": "major", "note": "info"}


def render(report: AnyReport) -> str:
    """All findings that nobody suppressed, in the order of the report."""
    active = gather(report).active
    issues = [_issue(f, mark) for f, mark in zip(active, fingerprints(active), strict=True)]
    return to_text(issues)


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """One fingerprint for each, no two alike: GitLab shows only the first of those that share one."""
    seen: set[str] = set()
    found = []
    for finding in findings:
        start = visible(finding.fingerprint or f"{finding.code}:{finding.location.path}")
        mark, number = start, 1
        while mark in seen:
            number += 1
            mark = f"{start}#{number}"
        seen.add(mark)
        found.append(mark)
    return found


def _issue(finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "description": f"{title(finding)}: {headline(finding)}",
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[finding.severity],
        "location": _location(finding.location),
    }


def _location(location: Location) -> dict[str, Any]:
    if not somewhere(location):
        return {"path": ".", "lines": {"begin": 1}}
    if location.cell:
        # The lines of a notebook's file are those of its JSON: the description names the cell.
        return {"path": visible(location.path), "lines": {"begin": 1}}
    begin = max(location.line, 1)
    return {
        "path": visible(location.path),
        "lines": {"begin": begin, "end": max(location.end_line, begin)},
    }
