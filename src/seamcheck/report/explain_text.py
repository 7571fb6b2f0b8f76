"""An explanation as text: the whole chain with source frames, up to where knowledge stopped."""

from __future__ import annotations

from seamcheck.checks.codes import Code
from seamcheck.model.report import Claim, Consumer, Finding, Loop
from seamcheck.report import Sources, details
from seamcheck.report.explanation import Explanation
from seamcheck.report.settling import Stop, first_stop
from seamcheck.report.style import Line, plain, to_terminal, to_text
from seamcheck.report.words import QUESTIONS, count, place


def render(explanations: list[Explanation], sources: Sources, color: bool = False) -> str:
    """All explanations, one after the other."""
    lines: list[Line] = []
    for explanation in explanations:
        subject = explanation.subject
        if isinstance(subject, Finding):
            lines += details.finding(subject, sources)
        elif isinstance(subject, Loop):
            lines += details.loop(subject, None, sources)
            claims = (subject.invariance, subject.evaluation, subject.seam.claim)
            lines += _stopped(dict(zip(QUESTIONS.values(), claims, strict=True)))
        else:
            lines += details.consumer(subject, None, sources)
            lines += _stopped({"needs": subject.claim})
        lines += _related(subject, explanation.related)
        lines.append(plain())
    return (to_terminal if color else to_text)(lines[:-1])


def _stopped(claims: dict[str, Claim]) -> list[Line]:
    """Of each verdict that is unknown: the first place where knowledge stopped, and what would settle it."""
    found: dict[Stop, list[str]] = {}
    for question, claim in claims.items():
        stop = first_stop(claim, question in (QUESTIONS["invariance"], QUESTIONS["evaluation"]))
        if stop is not None:
            found.setdefault(stop, []).append(question)
    lines: list[Line] = []
    for stop, questions in found.items():
        about = f" ({', '.join(questions)})" if len(claims) > 1 else ""
        lines.append(
            [
                ("    Knowledge stopped at ", "unknown"),
                (place(stop.location), "code"),
                (f"{about}: {stop.message}", "plain"),
            ]
        )
        lines += details.paragraph(f"To settle it: {stop.advice}", "      ")
        if stop.others:
            lines.append([(f"      It stopped at {count(stop.others, 'other place')}, too.", "dim")])
    return lines


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
    if code.never_baseline:
        lines += [plain(), plain("No baseline takes findings of this code.")]
    return to_text(lines)
