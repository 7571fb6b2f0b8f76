"""Text with roles: reports say what a piece of text is, and only a terminal turns that into colour."""

from __future__ import annotations

from typing import Literal

Role = Literal["plain", "title", "dim", "good", "bad", "warn", "unknown", "code", "marker"]
Span = tuple[str, Role]
Line = list[Span]

# What each role looks like on a terminal, in rich's words.
LOOKS: dict[Role, str] = {
    "plain": "",
    "title": "bold",
    "dim": "dim",
    "good": "green",
    "bad": "bold red",
    "warn": "yellow",
    "unknown": "magenta",
    "code": "bold",
    "marker": "bold red",
}

_VERDICTS: dict[str, Role] = {
    "invariant": "good",
    "clean": "good",
    "xy_only": "good",
    "variant": "warn",
    "none": "warn",
    "trial_dynamics": "plain",
    "unknown": "unknown",
}
_SEVERITIES: dict[str, Role] = {"error": "bad", "warning": "warn", "note": "dim"}


def plain(text: str = "", role: Role = "plain") -> Line:
    """A line of one piece."""
    return [(text, role)]


def verdict_role(verdict: str) -> Role:
    """The role of a verdict's word."""
    return _VERDICTS.get(verdict, "plain")


def severity_role(severity: str) -> Role:
    """The role of a severity's word."""
    return _SEVERITIES.get(severity, "plain")


def to_text(lines: list[Line]) -> str:
    """The lines without any colour."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)


def to_terminal(lines: list[Line]) -> str:
    """The lines with terminal colours. rich is imported here and nowhere else in the reports."""
    import io

    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=10_000, highlight=False, soft_wrap=True)
    for line in lines:
        text = Text()
        for piece, role in line:
            text.append(piece, LOOKS[role])
        text.rstrip()
        console.print(text)
    return out.getvalue()


def table(header: tuple[str, ...], rows: list[tuple[Span, ...]], indent: str = "  ") -> list[Line]:
    """Columns as wide as their widest cell, the last one ragged."""
    cells: list[tuple[Span, ...]] = [tuple((name, "dim") for name in header), *rows]
    widths = [max(len(row[i][0]) for row in cells) for i in range(len(header))]
    lines: list[Line] = []
    for row in cells:
        line: Line = [(indent, "plain")]
        for (text, role), width in zip(row, widths, strict=True):
            line += [(text, role), (" " * (width - len(text) + 2), "plain")]
        lines.append(line[:-1])
    return lines
