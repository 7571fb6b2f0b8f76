"""The report of a verification for people: one row per loop, then what is to be acted on, then the rest."""

from __future__ import annotations

from seamcheck.model.verification import OUTCOMES, Difference, Judgement, LoopVerdict, Outcome, VerifyReport
from seamcheck.report import Sources, details
from seamcheck.report.style import Line, Span, plain, severity_role, table, to_terminal, to_text, verdict_role
from seamcheck.report.verify_words import OUTCOME_ROLES, OUTCOME_WORDS, claimed, nothing_new, observed, tell
from seamcheck.report.words import QUESTIONS, count, place

#: Steps of a chain that are shown.
STEPS = 8
#: Outcomes that are told at length; the others have a line each.
LOUD: tuple[Outcome, ...] = ("contradict", "unexplained")


def render(report: VerifyReport, sources: Sources, color: bool = False) -> str:
    """The whole report; with ``color`` for a terminal."""
    sections = [_head(report), _warnings(report), _loops(report)]
    for outcome in LOUD:
        for loop in report.loops:
            told = loop.judgements[:1] if nothing_new(loop) else loop.judgements
            sections += [_loud(loop, each, sources) for each in told if each.outcome == outcome]
    sections += [_quiet(report), _not_run(report), _findings(report), _totals(report)]
    lines: list[Line] = []
    for section in sections:
        if section:
            lines += [*section, plain()]
    return (to_terminal if color else to_text)(lines[:-1])


def _head(report: VerifyReport) -> list[Line]:
    ended = f"; the script ended: {report.exit}" if report.exit else ""
    return [plain(f"seamcheck {report.version}: claims held against run {report.run}{ended}", "dim")]


def _warnings(report: VerifyReport) -> list[Line]:
    """What makes the run say less than it seems to; nothing below counts as seen equal then."""
    lines: list[Line] = []
    if report.stale:
        lines.append(plain("The code changed since the run: replay again.", "bad"))
        lines += [plain(f"  changed: {path}") for path in report.stale]
    if report.blind:
        lines.append(plain("The replay could not see everything: no loop counts as seen equal.", "warn"))
        lines += [plain(f"  {text}") for text in report.blind]
    if report.problems:
        lines.append(plain("Problems of the replay", "warn"))
        lines += [plain(f"  {text}") for text in report.problems]
    return lines


def _loops(report: VerifyReport) -> list[Line]:
    if not report.loops:
        return [plain("Neither the scan nor the replay has a trial loop: nothing was verified.", "warn")]
    rows: list[tuple[Span, ...]] = []
    for loop in report.loops:
        if not loop.runs:
            continue
        for judgement in loop.judgements:
            if judgement.question == "evaluation" and nothing_new(loop):
                continue
            first = judgement.question == "invariance"
            role = verdict_role(claimed(judgement))
            rows.append(
                (
                    (_where(loop) if first else "", "code"),
                    (_title(loop) if first else "", "plain"),
                    (QUESTIONS[judgement.question], "plain"),
                    (claimed(judgement), role),
                    (observed(judgement, loop), "plain"),
                    (OUTCOME_WORDS[judgement.outcome], OUTCOME_ROLES[judgement.outcome]),
                )
            )
    if not rows:
        return [plain("No trial loop ran in the replay: nothing was verified.", "warn")]
    header = ("where", "trial loop", "question", "claimed", "replayed", "verdict")
    return [plain("Trial loops", "title"), *table(header, rows)]


def _where(loop: LoopVerdict) -> str:
    return place(loop.location) if loop.location is not None else "(place not known)"


def _title(loop: LoopVerdict) -> str:
    return loop.kind if loop.function in (None, "<module>") else f"{loop.kind} in {loop.function}"


def _trials(loop: LoopVerdict) -> int:
    return sum(run.trials for run in loop.runs)


def _loud(loop: LoopVerdict, judgement: Judgement, sources: Sources) -> list[Line]:
    """A contradiction or an unexplained divergence, whole."""
    lines: list[Line] = [
        [
            (OUTCOME_WORDS[judgement.outcome], OUTCOME_ROLES[judgement.outcome]),
            (f"  {_where(loop)}", "code"),
            (f"  {_title(loop)}", "title"),
        ]
    ]
    said = f"claimed {claimed(judgement)}" if judgement.claim is not None else "the scan found no loop here"
    runs = count(len(loop.runs), "run")
    seen = f"{count(_trials(loop), 'trial')} in {runs}"
    lines.append(plain(f"  {QUESTIONS[judgement.question]}: {said}; in the replay ({seen}) these differ:"))
    for each in judgement.differences:
        lines += _difference(each, sources)
    claim = judgement.claim
    if claim is not None:
        lines += [plain(f"  assuming: {text}", "dim") for text in claim.assumptions]
        if claim.reasons:
            lines.append(plain("  What the scan says:"))
            lines += details.reasons(claim.reasons, "    ", STEPS)
    lines += [plain(f"  {note}") for note in loop.notes]
    if judgement.advice:
        lines += details.paragraph(f"What to do: {judgement.advice}", "  ")
    return lines


def _difference(found: Difference, sources: Sources) -> list[Line]:
    at = f"  at {place(found.location)}" if found.location is not None else ""
    lines: list[Line] = [[("    ", "plain"), (tell(found), "marker"), (at, "code")]]
    if found.chain:
        lines.append(plain("      the scan says otherwise:"))
        lines += details.steps(found.chain, "        ", STEPS, sources)
    return lines


def _quiet(report: VerifyReport) -> list[Line]:
    """Why the other loops have the verdict they have, a line or two each."""
    lines: list[Line] = []
    for outcome in OUTCOMES:
        if outcome in LOUD:
            continue
        for loop in report.loops:
            judgement = loop.invariance
            if loop.runs and judgement.outcome == outcome:
                lines += _quiet_loop(loop, judgement)
    return [plain("Because", "title"), *lines] if lines else []


def _not_run(report: VerifyReport) -> list[Line]:
    """Loops of the scan that the replay did not come to: unobserved, and one word on all of them is enough."""
    rows = [loop for loop in report.loops if not loop.runs]
    if not rows:
        return []
    lines = [plain("Unobserved, since no trial of them ran in the replay", "title")]
    lines += [[("  ", "plain"), (_where(loop), "code"), (f"  {_title(loop)}", "plain")] for loop in rows]
    return lines


def _quiet_loop(loop: LoopVerdict, judgement: Judgement) -> list[Line]:
    if judgement.outcome == "agree" and not loop.notes:
        return []
    lines: list[Line] = [
        [
            ("  ", "plain"),
            (_where(loop), "code"),
            (f"  {OUTCOME_WORDS[judgement.outcome]}", OUTCOME_ROLES[judgement.outcome]),
        ]
    ]
    lines += [plain(f"    {reason}") for reason in judgement.reasons]
    lines += [plain(f"    differs: {tell(each)}") for each in judgement.differences]
    if judgement.outcome in ("explained", "not_seen_to_vary") and judgement.claim is not None:
        lines += details.reasons(judgement.claim.reasons, "    ", 2)
    lines += [plain(f"    {note}") for note in loop.notes]
    if judgement.advice:
        lines += details.paragraph(f"What to do: {judgement.advice}", "    ")
    return lines


def _findings(report: VerifyReport) -> list[Line]:
    failing = [finding for finding in report.findings if finding.severity != "note"]
    if not failing:
        return []
    lines: list[Line] = [plain("Findings", "title")]
    for finding in failing:
        lines.append(
            [
                ("  ", "plain"),
                (place(finding.location), "code"),
                (f"  {finding.code} {finding.name} ", "plain"),
                (finding.severity, severity_role(finding.severity)),
            ]
        )
    return lines


def _totals(report: VerifyReport) -> list[Line]:
    counts = [
        f"{n} {OUTCOME_WORDS[outcome]}"
        for outcome in OUTCOMES
        if (n := sum(loop.invariance.outcome == outcome for loop in report.loops))
    ]
    return [plain(count(len(report.loops), "loop") + (": " + ", ".join(counts) if counts else ""))]
