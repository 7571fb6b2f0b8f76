"""The evidence behind one loop, consumer or finding, as lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from seamcheck.model.evidence import Reason, Step
from seamcheck.model.report import Claim, Consumer, Finding, Loop
from seamcheck.report import Sources
from seamcheck.report.frames import frame
from seamcheck.report.style import Line, plain, severity_role, verdict_role
from seamcheck.report.telling import remedy
from seamcheck.report.words import QUESTIONS, count, loop_title, place

WIDTH = 100


def paragraph(text: str, indent: str) -> list[Line]:
    """Wrapped prose."""
    return [plain(line) for line in textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent=indent,
                                                  subsequent_indent=indent)]  # fmt: skip


def steps(
    chain: Iterable[Step], indent: str, limit: int | None, sources: Sources | None = None
) -> list[Line]:
    """A chain of places, each with its message; with ``sources`` also the source line of each."""
    links = list(chain)
    shown = links if limit is None else links[:limit]
    lines: list[Line] = []
    for step in shown:
        lines.append([(indent, "plain"), (place(step.location), "code"), (f"  {step.message}", "plain")])
        if sources is not None:
            lines += frame(step.location, sources, indent=indent + "  ")
    if len(links) > len(shown):
        lines.append([(f"{indent}and {count(len(links) - len(shown), 'more step')}", "dim")])
    return lines


def reasons(
    found: Iterable[Reason], indent: str, limit: int | None, sources: Sources | None = None
) -> list[Line]:
    """Each reason with its place and the way it took."""
    every = list(found)
    shown = every if limit is None else every[:limit]
    lines: list[Line] = []
    for reason in shown:
        about = f" ({reason.variable})" if reason.variable else ""
        lines.append(
            [
                (indent, "plain"),
                (place(reason.location), "code"),
                (f"  {reason.kind}{about}: {reason.message}", "plain"),
            ]
        )
        if sources is not None:
            lines += frame(reason.location, sources, indent=indent + "  ")
        lines += steps(reason.flow, indent + "    ", limit, sources)
    if len(every) > len(shown):
        lines.append([(f"{indent}and {count(len(every) - len(shown), 'more reason')}", "dim")])
    return lines


def claim(question: str, found: Claim, indent: str, limit: int | None, sources: Sources | None = None,
          suffix: str = "") -> list[Line]:  # fmt: skip
    """One question with its verdict, the evidence, the reasons and the assumptions."""
    head: Line = [
        (f"{indent}{question}: ", "plain"),
        (found.verdict, verdict_role(found.verdict)),
        (suffix, "plain"),
    ]
    lines = [head, *steps(found.evidence, indent + "  ", limit, sources)]
    lines += reasons(found.reasons, indent + "  ", limit, sources)
    return lines + [[(f"{indent}  assuming: {text}", "dim")] for text in found.assumptions]


def loop(found: Loop, limit: int | None = None, sources: Sources | None = None) -> list[Line]:
    """Everything known about one loop."""
    lines: list[Line] = [
        [("  ", "plain"), (place(found.location), "code"), (f"  {loop_title(found)}", "title")]
    ]
    if found.objective is not None:
        lines.append(
            plain(f"    one trial runs: {found.objective.function} ({place(found.objective.location)})")
        )
    calls = [f"{call.api} ({place(call.location)})" for call in found.train_calls]
    lines += paragraph("trains with: " + ", ".join(calls), "    ") if calls else []
    lines += claim(QUESTIONS["invariance"], found.invariance, "    ", limit, sources)
    lines += claim(QUESTIONS["evaluation"], found.evaluation, "    ", limit, sources)
    seam = found.seam
    at = f" after {place(seam.location)}" if seam.location is not None else ""
    names = f" ({', '.join(seam.variables)})" if seam.variables else ""
    lines += claim(QUESTIONS["seam"], seam.claim, "    ", limit, sources, at + names)
    if found.data is not None:
        lines.append(plain(f"    data seen by a trial: {', '.join(found.data)}"))
    return lines


def consumer(found: Consumer, limit: int | None = None, sources: Sources | None = None) -> list[Line]:
    """Everything known about one consumer."""
    name = found.name if found.name == found.function else f"{found.name} ({found.function})"
    lines: list[Line] = [[("  ", "plain"), (place(found.location), "code"), (f"  {name}", "title")]]
    lines += claim("needs", found.claim, "    ", limit, sources)
    shown = found.reads if limit is None else found.reads[:limit]
    for read in shown:
        lines.append(
            [
                ("      reads ", "plain"),
                (read.what, "code"),
                (f"  {read.kind}  {place(read.location)}", "dim"),
            ]
        )
    if len(found.reads) > len(shown):
        lines.append([(f"      and {count(len(found.reads) - len(shown), 'more read')}", "dim")])
    if found.registered is not None:
        lines.append(plain(f"    registered as: {found.registered}"))
    return lines


def finding(
    found: Finding, sources: Sources, number: int | None = None, limit: int | None = None
) -> list[Line]:
    """One finding with its frame, the way it came about and the edit that settles it."""
    head = f"{number}. " if number is not None else "  "
    lines: list[Line] = [
        [
            (head, "title"),
            (f"{found.code} {found.name}", "title"),
            (f"  {found.severity}", severity_role(found.severity)),
            (f"  {place(found.location, column=True)}", "code"),
        ]
    ]
    lines += paragraph(found.message, "   ")
    framed = frame(found.location, sources, before=2, indent="   ")
    lines += [plain(), *framed] if framed else []
    if found.flow:
        lines += [plain(), plain("   How it comes about:"), *steps(found.flow, "     ", limit, sources)]
    lines += [plain(), *paragraph(f"To settle it: {found.fix or remedy(found.code)}", "   ")]
    if found.suppressed is not None:
        lines += paragraph(f"Suppressed: {found.suppressed}", "   ")
    return lines
