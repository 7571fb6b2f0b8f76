"""What the reports for platforms say of one finding: the verdict and what to do in one line, then how it came about."""

from __future__ import annotations

from seamcheck.model.evidence import Location, Step, spot
from seamcheck.model.report import Finding
from seamcheck.report.escapes import flat
from seamcheck.report.words import count, place

#: The path of a finding whose place nobody knows (a replayed loop that is not in any scanned file).
NOWHERE = "<unknown>"


def somewhere(location: Location | None) -> bool:
    """Is this a place in a file of the project?"""
    return location is not None and location.path not in ("", NOWHERE)


def remedy(code: str) -> str:
    """What the page of a code advises; imported late because only findings without an edit need it."""
    from seamcheck.checks.codes import all_codes

    entry = all_codes().get(code)
    return entry.remedy.strip() if entry is not None else "see the evidence above"


def advice(finding: Finding) -> str:
    """The edit that settles a finding, or what the page of its code advises, on one line."""
    return flat(finding.fix or remedy(finding.code))


def title(finding: Finding) -> str:
    """``SEAM302 unseeded-randomness``."""
    return f"{finding.code} {finding.name}"


def headline(finding: Finding) -> str:
    """One line: what is wrong and what to do. Platforms have no cells, so that a cell is told here."""
    return f"{sentence(in_cell(finding.location, finding.message))} To settle it: {advice(finding)}"


def in_cell(location: Location, message: str) -> str:
    """The message on one line, after its place in a notebook if it is in one."""
    return f"{spot(location)}: {flat(message)}" if location.cell else flat(message)


def sentence(text: str) -> str:
    """The text with something at its end that ends a sentence."""
    return text if text.endswith((".", "!", "?", "…")) else text + "."


def chain(flow: tuple[Step, ...], limit: int) -> list[str]:
    """How a finding comes about, a line for each step, at most ``limit`` of them and a word about the rest."""
    lines = [f"{flat(place(step.location))}  {flat(step.message)}" for step in flow[:limit]]
    if len(flow) > limit:
        lines.append(f"and {count(len(flow) - limit, 'more step')}")
    return lines


def body(finding: Finding, limit: int = 8) -> str:
    """The headline and, below it, how the finding comes about."""
    lines = [headline(finding)]
    if finding.flow:
        lines += ["", "How it comes about:", *(f"  {line}" for line in chain(finding.flow, limit))]
    return "\n".join(lines)
