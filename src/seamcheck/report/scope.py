"""What a report for people leaves out, and how it says so: the baseline, and what it was narrowed to."""

from __future__ import annotations

import msgspec

from seamcheck.model.report import ScanReport
from seamcheck.report.words import count


def shown(report: ScanReport) -> ScanReport:
    """The report with the loops and consumers that it was narrowed to."""
    to = report.narrowed
    if to is None:
        return report
    return msgspec.structs.replace(
        report,
        loops=tuple(loop for loop in report.loops if loop.id in to.loops),
        consumers=tuple(each for each in report.consumers if each.id in to.consumers),
    )


def scope_rows(report: ScanReport) -> list[str]:
    """What a whole report (not a shown one) leaves out, one sentence each."""
    rows = []
    to, use = report.narrowed, report.baseline
    if to is not None:
        left = ", ".join(
            (
                count(to.findings_left, "finding"),
                count(len(report.loops) - len(shown(report).loops), "loop"),
                count(len(report.consumers) - len(shown(report).consumers), "consumer"),
                count(to.problems_left, "problem"),
            )
        )
        if to.since is not None:
            rows.append(f"Only what is new since {to.since}; left out as it was before: {left}.")
        else:
            rows.append(f"Only {to.path}; left out in other files: {left}.")
    if use is not None:
        if use.matched:
            verb = "is" if use.matched == 1 else "are"
            rows.append(f"{count(use.matched, 'finding')} {verb} known to the baseline {use.path}.")
        rows += [f"The baseline {use.path}: {note}." for note in use.notes]
    return rows


def no_loop(report: ScanReport) -> str | None:
    """What to say where a narrowed report shows no loop; None where it is not narrowed."""
    to = report.narrowed
    if to is None:
        return None
    if to.since is not None:
        return f"No trial loop is new or has another verdict since {to.since}."
    return f"No trial loop stands in {to.path}."
