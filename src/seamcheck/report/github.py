"""Annotations of GitHub Actions: one workflow command per line, the worst first, for GitHub shows ten of each kind."""

from __future__ import annotations

from collections import Counter

from seamcheck.model.evidence import Location
from seamcheck.model.report import Finding
from seamcheck.report.escapes import visible
from seamcheck.report.gathered import AnyReport, Gathered, Note, gather, totals
from seamcheck.report.ranking import varied
from seamcheck.report.telling import body, in_cell, somewhere, title
from seamcheck.report.words import count

#: What each severity is called there, in the order in which they are written.
COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
#: Annotations of one kind that GitHub shows for one step; the others stand in its log.
SHOWN = 10


def render(report: AnyReport) -> str:
    """Findings and notes as workflow commands, then the counts as a line of the log."""
    found = gather(report)
    rows: list[tuple[str, str]] = [(f.severity, _finding(f)) for f in varied(found.active)]
    rows += [(note.level, _note(note)) for note in found.notes if not note.told]
    lines = [row for level in COMMANDS for severity, row in rows if severity == level]
    lines += [*_unseen(Counter(severity for severity, _ in rows)), _last(found)]
    return "".join(line + "\n" for line in lines)


def _finding(finding: Finding) -> str:
    return command(COMMANDS[finding.severity], finding.location, title(finding), body(finding))


def _note(note: Note) -> str:
    text = visible(note.message) if note.location is None else in_cell(note.location, note.message)
    return command(COMMANDS[note.level], note.location, "seamcheck", text)


def command(name: str, location: Location | None, heading: str, message: str) -> str:
    """``::error file=a.py,line=3,endLine=3,col=5,title=...::message``, escaped so that it can be nothing else."""
    parts: list[tuple[str, str]] = []
    if location is not None and somewhere(location):
        parts.append(("file", location.path))
        if location.cell:
            # The lines of a notebook's file are those of its JSON: the message names the cell.
            parts.append(("line", "1"))
        else:
            line, last = max(location.line, 1), max(location.line, location.end_line, 1)
            parts += [("line", str(line)), ("endLine", str(last))]
            # GitHub refuses columns for more than one line.
            parts += [("col", str(max(location.column, 1)))] if last == line else []
    parts.append(("title", heading))
    return f"::{name} {','.join(f'{key}={_property(value)}' for key, value in parts)}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _unseen(counts: Counter[str]) -> list[str]:
    """A word on annotations that stand in the log alone."""
    over = [count(counts[level] - SHOWN, name) for level, name in COMMANDS.items() if counts[level] > SHOWN]
    if not over:
        return []
    return [f"GitHub shows {SHOWN} annotations of each kind; only this log has: {', '.join(over)}"]


def _last(found: Gathered) -> str:
    return visible(totals(found))
