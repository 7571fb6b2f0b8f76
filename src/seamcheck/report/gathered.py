"""What reports of scans and of verifications have in common for a platform: findings, notes about the run, counts."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from seamcheck.model.evidence import Location
from seamcheck.model.report import Finding, Problem, ScanReport
from seamcheck.model.verification import OUTCOMES, VerifyReport
from seamcheck.report.summary import SEVERITY, summarise
from seamcheck.report.words import count

AnyReport = ScanReport | VerifyReport


class Note(NamedTuple):
    """Something about the run itself: a file that was not read, a loop that was not found.

    ``told``: a finding at the same place says it, too.
    """

    level: Literal["warning", "note"]
    message: str
    location: Location | None = None
    told: bool = False


class Gathered(NamedTuple):
    """A report as platforms take it. ``ran`` is False where nothing could be analysed or verified."""

    command: Literal["scan", "verify"]
    version: str
    ran: bool
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    summary: dict[str, Any]

    @property
    def active(self) -> list[Finding]:
        """The findings nobody has given a reason to live with, in the order of the report."""
        return [finding for finding in self.findings if finding.suppressed is None]


def gather(report: AnyReport) -> Gathered:
    """Of either report."""
    return _of_scan(report) if isinstance(report, ScanReport) else _of_verification(report)


def problem_place(problem: Problem) -> Location:
    """Where a problem is; its first line where it has none of its own."""
    line = max(problem.line, 1)
    return Location(problem.path, line, 1, line, problem.cell, problem.cell_line)


def _of_scan(report: ScanReport) -> Gathered:
    told = {(f.location.path, f.location.line) for f in report.findings if f.suppressed is None}
    notes = [
        Note(
            "warning",
            f"not analysed, or not as a whole: {p.message}",
            problem_place(p),
            (p.path, p.line) in told,
        )
        for p in report.problems
    ]
    if not report.analysed:
        notes.append(Note("warning", "no Python file was analysed: nothing is said about any data"))
    elif not report.loops:
        # Silence must not be taken for a clean bill.
        looked = f" (looked for: {', '.join(report.looked_for)})" if report.looked_for else ""
        notes.append(Note("note", f"no trial loop was found: nothing is said about any data{looked}"))
        notes += [Note("note", f"near miss: {miss.message}", miss.location) for miss in report.near_misses]
    summary = {"files": {"analysed": report.analysed, "problems": len(report.problems)}, **summarise(report)}
    return Gathered("scan", report.version, report.analysed > 0, report.findings, tuple(notes), summary)


def _of_verification(report: VerifyReport) -> Gathered:
    told = {finding.location.path for finding in report.findings if finding.code == "SEAM706"}
    notes = [
        Note(
            "warning",
            "the code has changed since the run: replay again",
            Location(path, 1, 1, 1),
            path in told,
        )
        for path in report.stale
    ]
    notes += [
        Note("warning", f"the replay could not see everything, so no loop counts as seen equal: {text}")
        for text in report.blind
    ]
    notes += [Note("warning", f"problem of the replay: {text}") for text in report.problems]
    judged = [judgement for loop in report.loops for judgement in loop.judgements]
    if not judged:
        notes.append(
            Note("warning", "neither the scan nor the replay has a trial loop: nothing was verified")
        )
    summary = {
        "loops": {
            "total": len(report.loops),
            **{
                question: {
                    outcome: sum(j.question == question and j.outcome == outcome for j in judged)
                    for outcome in OUTCOMES
                }
                for question in ("invariance", "evaluation")
            },
        },
        "findings": {
            "total": len(report.findings),
            **{word: sum(f.severity == word for f in report.findings) for word in SEVERITY},
        },
    }
    return Gathered("verify", report.version, bool(judged), report.findings, tuple(notes), summary)


def totals(found: Gathered) -> str:
    """The counts in a line: of loops by verdict, of consumers, of findings."""
    loops = found.summary["loops"]
    rows = [count(loops["total"], "loop") + _parts(loops["invariance"])]
    if "consumers" in found.summary:
        consumers = dict(found.summary["consumers"])
        rows.append(count(consumers.pop("total"), "consumer") + _parts(consumers))
    findings = {word: found.summary["findings"][word] for word in SEVERITY}
    words = ", ".join(count(number, word) for word, number in findings.items() if number)
    rows.append(count(sum(findings.values()), "finding") + (f" ({words})" if words else ""))
    return f"seamcheck {found.version}: " + "; ".join(rows)


def _parts(counts: dict[str, int]) -> str:
    shown = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
    return f" ({shown})" if shown else ""
