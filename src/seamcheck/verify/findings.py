"""From verdicts of loops to findings, one per cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamcheck.checks.codes import selected
from seamcheck.checks.findings import make, number
from seamcheck.config.schema import Config
from seamcheck.model.evidence import Location, Step
from seamcheck.model.report import Finding
from seamcheck.model.verification import Judgement, LoopVerdict, Outcome
from seamcheck.report.verify_words import nothing_new, tell

#: Codes of the outcomes that are findings.
CODES: dict[Outcome, str] = {
    "contradict": "SEAM701",
    "unexplained": "SEAM702",
    "not_seen_to_vary": "SEAM703",
    "unobserved": "SEAM704",
    "no_loop": "SEAM705",
}
WHAT = {"invariance": "trains on", "evaluation": "is scored on"}


def findings(loops: Iterable[LoopVerdict], stale: Iterable[str], config: Config) -> tuple[Finding, ...]:
    """All findings of a verification, in the order of their places, severities as configured."""
    found: list[Finding] = []
    for loop in loops:
        for judgement in loop.judgements:
            found += _of(loop, judgement)
    for path in stale:
        text = f"`{path}` has changed since the run, so that nothing the run showed speaks of it"
        found.append(make("SEAM706", text, Location(path, 1, 1, 1), "", path))
    wanted = [finding for finding in found if selected(finding.code, config)]
    return tuple(number(sorted(wanted, key=lambda f: (f.location, f.code, f.message)), config))


def _of(loop: LoopVerdict, judgement: Judgement) -> Iterator[Finding]:
    code = CODES.get(judgement.outcome)
    if judgement.outcome == "contradict" and assumed(judgement):
        yield from _against(loop, judgement)
        return
    if code is None or (judgement.question == "evaluation" and nothing_new(loop)):
        return
    where = loop.location or Location("<unknown>", 1, 1, 1)
    yield make(
        code,
        _message(loop, judgement),
        where,
        loop.id or loop.kind,
        judgement.question,
        tuple(dict.fromkeys(step for each in judgement.differences for step in each.chain))
        or _reasons(judgement),
        judgement.advice,
    )


def assumed(judgement: Judgement) -> tuple[Step, ...]:
    """The comments in the source that the claim rests on."""
    return () if judgement.claim is None else judgement.claim.assumed


def _against(loop: LoopVerdict, judgement: Judgement) -> Iterator[Finding]:
    """A claim that rests on assumptions does not hold: a finding at each comment, as each of them may be wrong."""
    what = f"what each trial of `{loop.kind}` {WHAT[judgement.question]}"
    differing = "; ".join(tell(each) for each in judgement.differences)
    said = assumed(judgement)
    chain = tuple(dict.fromkeys(step for each in judgement.differences for step in each.chain))
    for step in said:
        others = f" and on {len(said) - 1} more" if len(said) > 1 else ""
        text = (
            f"{what} is claimed to be {judgement.claim.verdict if judgement.claim else ''} on the assumption that "
            f"{step.message.removesuffix(' (assumed)')}{others}, and the replay saw it differ: {differing}"
        )
        yield make(
            "SEAM707", text, step.location, loop.id or loop.kind, f"{judgement.question} {step.message}", chain,
            judgement.advice,
        )  # fmt: skip


def _reasons(judgement: Judgement) -> tuple[Step, ...]:
    """Where knowledge stopped, or what was said to vary."""
    claim = judgement.claim
    if claim is None:
        return ()
    return tuple(Step(f"{reason.kind}: {reason.message}", reason.location) for reason in claim.reasons)


def _message(loop: LoopVerdict, judgement: Judgement) -> str:
    what = f"what each trial of `{loop.kind}` {WHAT[judgement.question]}"
    said = "" if judgement.claim is None else judgement.claim.verdict
    differing = "; ".join(tell(each) for each in judgement.differences)
    if judgement.outcome == "contradict":
        return f"{what} is claimed to be {said}, and the replay saw it differ: {differing}"
    if judgement.outcome == "unexplained":
        why = "the scan found no loop here" if judgement.claim is None else "no known reason"
        return f"STOP, unexplained divergence: {what} differs ({why}): {differing}"
    if judgement.outcome == "not_seen_to_vary":
        trials = sum(run.trials for run in loop.runs)
        return f"{what} is claimed to be {said}, and {trials} trials were given the same"
    if judgement.outcome == "no_loop":
        return "the scan found no loop here; its trials were given the same data"
    return f"{what} was not observed: " + "; ".join(judgement.reasons)
