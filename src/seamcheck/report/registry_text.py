"""The registry in words: what does not agree, the table of entries, and what an edit changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamcheck.model.report import Finding, ScanReport
from seamcheck.report import Sources, details
from seamcheck.report.concise import finding_row
from seamcheck.report.json_text import to_text as to_json
from seamcheck.report.scan_json import of_finding
from seamcheck.report.style import Line, Span, plain, table, to_terminal, to_text, verdict_role
from seamcheck.report.summary import active
from seamcheck.report.words import clip, count

if TYPE_CHECKING:
    from seamcheck.registry.view import Outcome, Row, View

CHECK_FORMATS = ("full", "concise", "json")
SHOW_FORMATS = ("table", "json")
CHECK_SCHEMA = "seamcheck.registry-check/1"
SHOW_SCHEMA = "seamcheck.registry/1"
_GOOD = frozenset({"agrees", "not scanned"})


def render_check(form: str, report: ScanReport, sources: Sources, color: bool = False) -> str:
    """The findings about the registry, of a report that holds no others."""
    registered = [each for each in report.consumers if each.registered is not None]
    if form == "json":
        return to_json(
            {
                "schema": CHECK_SCHEMA,
                "version": report.version,
                "registered": [
                    {
                        "function": f"{each.location.path}::{each.function}",
                        "requires": each.registered,
                        "verdict": each.claim.verdict,
                    }
                    for each in registered
                ],
                "findings": [of_finding(finding) for finding in report.findings],
            }
        )
    found = active(report)
    if form == "concise":
        return "".join(f"{finding_row(finding)}\n" for finding in found)
    xy = sum(each.registered == "xy_only" for each in registered)
    lines = [plain(_headline(found, len(registered), xy), "title")]
    for number, finding in enumerate(found, start=1):
        lines += [plain(), *details.finding(finding, sources, number, 6)]
    return to_terminal(lines) if color else to_text(lines)


def _headline(found: list[Finding], registered: int, xy: int) -> str:
    what = f"{count(registered, 'consumer')} registered, {xy} as xy_only"
    if not found:
        return f"The registry agrees with the code: {what}."
    words = [
        count(number, severity)
        for severity in ("error", "warning", "note")
        if (number := sum(finding.severity == severity for finding in found))
    ]
    return f"The registry and the code do not agree: {', '.join(words)} ({what})."


def render_show(form: str, view: View, color: bool = False) -> str:
    """Every entry with what is proven now."""
    if form == "json":
        return to_json(
            {
                "schema": SHOW_SCHEMA,
                "entries": [_json(row) for row in view.rows],
                "findings": [of_finding(finding) for finding in view.findings],
            }
        )
    if not view.rows:
        return "The registry has no entries.\n"
    header = ("name", "registered as", "proven now", "standing", "function", "owner")
    lines = table(header, [_cells(row) for row in view.rows], indent="")
    wrong = sum(row.standing not in _GOOD for row in view.rows)
    missing = sum(finding.code == "SEAM103" and finding.suppressed is None for finding in view.findings)
    told = f"{len(view.rows)} {'entry' if len(view.rows) == 1 else 'entries'}, {wrong} to look at"
    told += f", {count(missing, 'consumer')} without an entry" if missing else ""
    if wrong or missing:
        told += "; `seamcheck registry check` says what to do"
    lines += [plain(), plain(told)]
    return to_terminal(lines) if color else to_text(lines)


def _cells(row: Row) -> tuple[Span, ...]:
    place = f"{row.path}::{row.function}" if row.path and row.function else row.entry or ""
    return (
        (clip(row.name, 40), "title"),
        (row.requires, "plain"),
        (row.proven or "-", verdict_role(row.proven or "")),
        (row.standing, "plain" if row.standing in _GOOD else "warn"),
        (place, "code"),
        (clip(row.owner, 30), "dim"),
    )


def _json(row: Row) -> dict[str, object]:
    return {
        "name": row.name,
        "entry": row.entry,
        "requires": row.requires,
        "proven": row.proven,
        "standing": row.standing.replace(" ", "_").replace("-", "_"),
        "path": row.path,
        "function": row.function,
        "line": row.line,
        "owner": row.owner or None,
        "reason": row.reason or None,
        "registered_at": {"path": row.file, "line": row.file_line},
    }


def render_changes(outcome: Outcome) -> str:
    """What an edit does, one line each."""
    width = max((len(change.name) for change in outcome.changes), default=0)
    lines: list[Line] = [
        plain(f"{change.what:<11}  {change.name:<{width}}  {' '.join(change.message.split())}")
        for change in outcome.changes
    ]
    if not outcome.edits:
        lines.append(plain("nothing to change"))
    verb = "wrote" if outcome.written else "would write"
    lines += [plain(f"{verb} {edit.shown}") for edit in outcome.edits]
    return to_text(lines)


def render_diff(outcome: Outcome) -> str:
    """The edits as unified diffs."""
    from seamcheck.registry.edit import diff

    return "".join(diff(edit) for edit in outcome.edits)
