"""Source frames: the lines a message speaks of, the place marked."""

from __future__ import annotations

import re

from seamcheck.model.evidence import Location
from seamcheck.report import Sources
from seamcheck.report.style import Line

WIDTH = 110
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_WORD = re.compile(r"\w[\w.]*")


def frame(location: Location, sources: Sources, before: int = 0, indent: str = "  ") -> list[Line]:
    """The line of ``location`` under up to ``before`` lines of context, with carets; empty if not there."""
    lines = sources(location.path)
    if not 1 <= location.line <= len(lines):
        return []
    # A cell of a notebook has lines of its own, and no context above its first.
    above = location.line - location.cell_line if location.cell else 0
    first = max(1 + above, location.line - before)
    digits = len(str(location.line - above))
    framed: list[Line] = []
    for number in range(first, location.line):
        context = _show(lines[number - 1])
        framed.append([(f"{indent}  {number - above:>{digits}} | ", "dim"), (_window(context, 0)[0], "dim")])
    text = lines[location.line - 1]
    start, length = _span(text, location.column)
    offset = len(_show(text[:start]))
    shown, shift = _window(_show(text), offset)
    framed.append(
        [(f"{indent}> ", "marker"), (f"{location.line - above:>{digits}} | ", "dim"), (shown, "plain")]
    )
    length = max(1, min(length, len(shown) - (offset - shift)))
    framed.append(
        [(f"{indent}  {'':>{digits}} | ", "dim"), (" " * (offset - shift) + "^" * length, "marker")]
    )
    return framed


def _show(text: str) -> str:
    """Source as it may stand on a terminal: tabs as blanks, no control characters."""
    return _CONTROL.sub("·", text.rstrip("\r\n").expandtabs(4))


def _span(text: str, column: int) -> tuple[int, int]:
    """Where the marked word starts and how long it is; column 1 means the first thing on the line."""
    blank = len(text) - len(text.lstrip())
    start = column - 1 if 1 < column <= len(text) else min(blank, max(len(text) - 1, 0))
    word = _WORD.match(text, start)
    return start, len(word[0]) if word else 1


def _window(text: str, offset: int) -> tuple[str, int]:
    """The part of a long line around ``offset``, and how far it was moved to the left."""
    if len(text) <= WIDTH:
        return text, 0
    left = max(0, min(offset - WIDTH // 2, len(text) - WIDTH))
    part = text[left : left + WIDTH]
    if left:
        part = "…" + part[1:]
    if left + WIDTH < len(text):
        part = part[:-1] + "…"
    return part, left
