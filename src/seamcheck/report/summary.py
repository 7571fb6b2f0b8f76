"""Counts over a report: what its ``summary`` holds and what ``--statistics`` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from seamcheck.model.report import Finding, ScanReport

INVARIANCE = ("invariant", "variant", "unknown")
SEAM = ("clean", "none", "unknown")
CONSUMER = ("xy_only", "trial_dynamics", "unknown")
SEVERITY = ("error", "warning", "note")


def _counts(words: Iterable[str], known: tuple[str, ...]) -> dict[str, int]:
    found = Counter(words)
    return {word: found[word] for word in known}


def active(report: ScanReport) -> list[Finding]:
    """The findings nobody has given a reason to live with."""
    return [finding for finding in report.findings if finding.suppressed is None]


def fails(report: ScanReport) -> bool:
    """Does this report fail a gate? Errors and warnings do, notes and suppressed findings never."""
    return any(finding.severity != "note" for finding in active(report))


def summarise(report: ScanReport) -> dict[str, Any]:
    """The counts of a report, every known word present, also at zero."""
    findings = active(report)
    return {
        "loops": {
            "total": len(report.loops),
            "invariance": _counts((loop.invariance.verdict for loop in report.loops), INVARIANCE),
            "evaluation": _counts((loop.evaluation.verdict for loop in report.loops), INVARIANCE),
            "seam": _counts((loop.seam.claim.verdict for loop in report.loops), SEAM),
        },
        "consumers": {
            "total": len(report.consumers),
            **_counts((consumer.claim.verdict for consumer in report.consumers), CONSUMER),
        },
        "findings": {
            "total": len(findings),
            **_counts((finding.severity for finding in findings), SEVERITY),
            "suppressed": len(report.findings) - len(findings),
        },
        "codes": dict(sorted(Counter(finding.code for finding in findings).items())),
    }


def statistics(report: ScanReport) -> str:
    """The counts as text, one line each, zeros left out."""
    summary = summarise(report)
    rows: list[tuple[str, int]] = [
        ("files analysed", report.analysed),
        ("files with problems", len(report.problems)),
    ]
    rows.append(("test files left aside", report.tests_left))
    rows.append(("loops", summary["loops"]["total"]))
    for question in ("invariance", "evaluation", "seam"):
        rows += [(f"loops, {question} {word}", n) for word, n in summary["loops"][question].items()]
    rows.append(("consumers", summary["consumers"]["total"]))
    rows += [(f"consumers, {word}", summary["consumers"][word]) for word in CONSUMER]
    rows += [(f"findings, {word}", summary["findings"][word]) for word in (*SEVERITY, "suppressed")]
    rows += [(f"{code} {name_of(report, code)}", n) for code, n in summary["codes"].items()]
    return "".join(f"{n:7}  {label}\n" for label, n in rows if n)


def name_of(report: ScanReport, code: str) -> str:
    """The name that the findings of a code carry."""
    return next(finding.name for finding in report.findings if finding.code == code)


def timings(seconds: dict[str, float]) -> str:
    """Seconds per phase as text, in the order the phases ran."""
    return "".join(f"{value:9.3f} s  {phase}\n" for phase, value in seconds.items())
