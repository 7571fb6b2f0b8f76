"""What a JUnit report counts as tests: each question about each loop, each consumer, each finding."""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple

from seamcheck.model.evidence import Location
from seamcheck.model.report import Claim, Consumer, Finding, Loop, ScanReport
from seamcheck.model.verification import LoopVerdict, Outcome
from seamcheck.report.escapes import flat
from seamcheck.report.gathered import AnyReport, Note, gather
from seamcheck.report.settling import first_stop
from seamcheck.report.telling import chain, headline, in_cell, somewhere, title
from seamcheck.report.verify_words import OUTCOME_WORDS, claimed, nothing_new, observed, tell
from seamcheck.report.words import QUESTIONS, loop_title, place, seam_verdict, verdict

State = Literal["passed", "failed", "skipped"]
#: Verdicts that are an answer to build on. The others prove nothing and, by themselves, break nothing.
SETTLED = ("invariant", "clean", "xy_only", "trial_dynamics")
SEEN: tuple[Outcome, ...] = ("agree", "explained")
#: Steps of a chain that are told.
STEPS = 8


class Case(NamedTuple):
    """One test. ``headline`` is why it failed or was skipped, ``text`` all there is to say.

    ``kind`` is the code of a finding, and for everything else ``verdict`` or ``note``.
    """

    name: str
    location: Location | None
    state: State
    kind: str
    headline: str
    text: str


def cases(report: AnyReport) -> list[Case]:
    """Verdicts, then findings, then notes about the run, each in the order of the report; names are unique per file."""
    found: list[Case] = []
    if isinstance(report, ScanReport):
        for loop in report.loops:
            found += _loop(loop)
        found += [_consumer(consumer) for consumer in report.consumers]
    else:
        for judged in report.loops:
            found += _judged(judged)
    gathered = gather(report)
    found += [_finding(finding) for finding in gathered.findings]
    found += [_note(note) for note in gathered.notes if not note.told]
    return _unique(found)


def _unique(found: list[Case]) -> list[Case]:
    """A second test of the same name in the same file gets a number: platforms keep one of each name."""
    seen: Counter[tuple[str, str]] = Counter()
    out = []
    for case in found:
        key = (case.location.path if case.location else "", case.name)
        seen[key] += 1
        out.append(case if seen[key] == 1 else case._replace(name=f"{case.name} #{seen[key]}"))
    return out


def _loop(loop: Loop) -> list[Case]:
    words = (
        verdict(loop.invariance),
        verdict(loop.evaluation),
        seam_verdict(loop.seam, loop.location.path),
    )
    claims = (loop.invariance, loop.evaluation, loop.seam.claim)
    return [
        _claim(f"{loop_title(loop)}: {question}", loop.location, claim, word)
        for question, claim, word in zip(QUESTIONS.values(), claims, words, strict=True)
    ]


def _consumer(consumer: Consumer) -> Case:
    name = f"consumer {consumer.name}: needs"
    return _claim(name, consumer.location, consumer.claim, verdict(consumer.claim))


def _claim(name: str, where: Location, claim: Claim, word: str) -> Case:
    first = f"{word}{_because(claim)}"
    lines = [in_cell(where, first)]
    lines += [f"  {line}" for line in chain(claim.evidence, STEPS)]
    for reason in claim.reasons[:STEPS]:
        about = f" ({reason.variable})" if reason.variable else ""
        lines.append(f"  {flat(f'{place(reason.location)}  {reason.kind}{about}: {reason.message}')}")
        lines += [f"    {line}" for line in chain(reason.flow, STEPS)]
    lines += [f"  assuming: {flat(text)}" for text in claim.assumptions]
    state: State = "passed" if claim.verdict in SETTLED else "skipped"
    return Case(flat(name), where, state, "verdict", lines[0], "\n".join(lines))


def _because(claim: Claim) -> str:
    """The first cause; of an unknown the place where knowledge stopped, and what to do."""
    stop = first_stop(claim)
    if stop is not None:
        return f": {stop.message} ({place(stop.location)}). To settle it: {stop.advice}"
    if claim.reasons:
        return f": {claim.reasons[0].message} ({place(claim.reasons[0].location)})"
    return ""


def _judged(loop: LoopVerdict) -> list[Case]:
    found = []
    where = f" in {loop.function}" if loop.function not in (None, "<module>") else ""
    for judgement in loop.judgements:
        if judgement.question == "evaluation" and nothing_new(loop):
            continue
        outcome = judgement.outcome
        said = (
            f"{OUTCOME_WORDS[outcome]} (claimed {claimed(judgement)}, replayed {observed(judgement, loop)})"
        )
        first = flat(said + (f". What to do: {judgement.advice}" if judgement.advice else ""))
        lines = [first if loop.location is None else in_cell(loop.location, first)]
        lines += [f"  {flat(text)}" for text in judgement.reasons]
        lines += [f"  differs: {flat(tell(each))}" for each in judgement.differences]
        lines += [f"  {flat(text)}" for text in loop.notes]
        # A contradiction fails whatever the configuration says of its code; so does the exit code.
        state: State = "failed" if outcome == "contradict" else "passed" if outcome in SEEN else "skipped"
        name = flat(f"{loop.kind}{where}: {QUESTIONS[judgement.question]}")
        found.append(Case(name, loop.location, state, "verdict", lines[0], "\n".join(lines)))
    return found


def _finding(finding: Finding) -> Case:
    where = finding.location if somewhere(finding.location) else None
    first = headline(finding)
    # Some platforms show the text alone: it starts with what the headline says.
    lines = [first, *([f"at {flat(place(finding.location, column=True))}"] if where is not None else [])]
    if finding.flow:
        lines += ["How it comes about:", *(f"  {line}" for line in chain(finding.flow, STEPS))]
    state: State = "passed" if finding.severity == "note" else "failed"
    if finding.suppressed is not None:
        state, first = "skipped", f"suppressed: {flat(finding.suppressed)}"
        lines.insert(0, first)
    return Case(flat(title(finding)), where, state, finding.code, first, "\n".join(lines))


def _note(note: Note) -> Case:
    """Something that was not looked at has not been tested."""
    text = flat(note.message) if note.location is None else in_cell(note.location, note.message)
    name, _, _ = flat(note.message).partition(": ")
    return Case(name, note.location, "skipped", "note", text, text)
