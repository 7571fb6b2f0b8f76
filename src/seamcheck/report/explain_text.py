"""An explanation as text: the whole chain with source frames, up to where knowledge stopped."""

from __future__ import annotations

from seamcheck.checks.codes import Code
from seamcheck.model.report import Claim, Consumer, Finding, Loop
from seamcheck.report import Sources, details
from seamcheck.report.explanation import Explanation
from seamcheck.report.style import Line, plain, to_terminal, to_text
from seamcheck.report.words import place


def render(explanations: list[Explanation], sources: Sources, color: bool = False) -> str:
    """All explanations, one after the other."""
    lines: list[Line] = []
    for explanation in explanations:
        subject = explanation.subject
        if isinstance(subject, Finding):
            lines += details.finding(subject, sources)
        elif isinstance(subject, Loop):
            lines += details.loop(subject, None, sources)
            for claim in (subject.invariance, subject.evaluation, subject.seam.claim):
                lines += _stopped(claim)
        else:
            lines += details.consumer(subject, None, sources)
            lines += _stopped(subject.claim)
        lines += _related(subject, explanation.related)
        lines.append(plain())
    return (to_terminal if color else to_text)(lines[:-1])


def _stopped(claim: Claim) -> list[Line]:
    """The first place where knowledge stopped, for a verdict that is unknown."""
    if claim.verdict != "unknown" or not claim.reasons:
        return []
    reason = claim.reasons[0]
    return [
        [
            ("    Knowledge stopped at ", "unknown"),
            (place(reason.location), "code"),
            (f": {reason.message}", "plain"),
        ]
    ]


def _related(subject: Loop | Consumer | Finding, findings: tuple[Finding, ...]) -> list[Line]:
    lines: list[Line] = []
    for finding in findings:
        lines.append(plain(f"    {finding.code} {finding.name} at {place(finding.location)}"))
        if finding.fix:
            lines += details.paragraph(f"To settle it: {finding.fix}", "      ")
    return lines


def render_code(code: Code) -> str:
    """The page of a finding code."""
    lines: list[Line] = [
        plain(f"{code.code} {code.name} ({code.severity}, since {code.since})"),
        plain(),
        *details.paragraph(code.summary, ""),
        plain(),
        *details.paragraph(code.explanation, ""),
        plain(),
        *(plain(f"    {line}") for line in code.example.strip("\n").splitlines()),
        plain(),
        *details.paragraph("What to do: " + code.remedy, ""),
    ]
    return to_text(lines)
