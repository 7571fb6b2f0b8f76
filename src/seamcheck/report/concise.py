"""One line per loop, consumer, finding and problem, for editors and grep: ``path:line:column: ...``."""

from __future__ import annotations

from seamcheck.model.evidence import Location
from seamcheck.model.report import Consumer, Finding, Loop, Problem, ScanReport
from seamcheck.report.scope import scope_rows, shown
from seamcheck.report.summary import active
from seamcheck.report.words import clip, loop_title, place, seam_verdict, verdict


def render(report: ScanReport) -> str:
    """Loops, consumers, findings and problems, each in the order of the report."""
    left_out = scope_rows(report) if report.narrowed is not None and report.narrowed.since else []
    report = shown(report)
    rows = [loop_row(loop) for loop in report.loops]
    rows += [consumer_row(consumer) for consumer in report.consumers]
    rows += [finding_row(finding) for finding in active(report)]
    told = {(finding.location.path, finding.location.line) for finding in active(report)}
    rows += [problem_row(p) for p in report.problems if (p.path, p.line) not in told]
    if not report.loops and report.narrowed is None:
        rows += [
            f"{place(miss.location, column=True)}: near miss: {clip(miss.message, 300)}"
            for miss in report.near_misses
        ]
        rows.append("no trial loop was found")
    return "".join(row + "\n" for row in (*rows, *left_out))


def loop_row(loop: Loop) -> str:
    """One loop with its three verdicts."""
    verdicts = (
        f"invariance {verdict(loop.invariance)}",
        f"evaluation {verdict(loop.evaluation)}",
        f"seam {seam_verdict(loop.seam, loop.location.path)}",
    )
    return f"{place(loop.location, column=True)}: loop {loop_title(loop)}: {'; '.join(verdicts)}"


def consumer_row(consumer: Consumer) -> str:
    """One consumer with its verdict."""
    return f"{place(consumer.location, column=True)}: consumer {consumer.name}: {verdict(consumer.claim)}"


def finding_row(finding: Finding) -> str:
    """One finding."""
    message = clip(finding.message, 300)
    return f"{place(finding.location, column=True)}: {finding.code} [{finding.severity}] {message}"


def problem_row(problem: Problem) -> str:
    """One file that was not analysed, or not as a whole."""
    line = max(problem.line, 1)
    where = Location(problem.path, line, 1, line, problem.cell, problem.cell_line)
    return f"{place(where, column=True)}: problem: {clip(problem.message, 300)}"
