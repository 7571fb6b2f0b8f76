"""What a run says about a claim: the table that decides, and the words around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seamcheck.model.event import TRAINING_ROLES, LoopSeen, Varying
from seamcheck.model.evidence import Location, Step
from seamcheck.model.report import Claim, Loop
from seamcheck.model.verification import Difference, Judgement, Observed, Outcome, Question
from seamcheck.report.words import place
from seamcheck.verify.join import Match, covers
from seamcheck.verify.watched import Watched, spot_of

#: The table: what is claimed, what was seen in all runs of the loop, what follows.
TABLE: dict[tuple[str, Observed], Outcome] = {
    ("invariant", "equal"): "agree",
    ("invariant", "differs"): "contradict",
    ("invariant", "unknown"): "unobserved",
    ("variant", "equal"): "not_seen_to_vary",
    ("variant", "differs"): "explained",
    ("variant", "unknown"): "unobserved",
    ("unknown", "equal"): "unproven",
    ("unknown", "differs"): "unexplained",
    ("unknown", "unknown"): "unobserved",
}
#: The same where the scan has no such loop.
UNCLAIMED: dict[Observed, Outcome] = {"equal": "no_loop", "differs": "unexplained", "unknown": "unobserved"}
CHANGED = "the code changed since the run: replay again"


def judge(
    question: Question,
    loop: Loop | None,
    runs: Sequence[Match],
    watched: Watched | None = None,
    stale: bool = False,
) -> Judgement:
    """Hold one claim of a loop against all its runs. The worst run counts: differs, then unknown, then equal.

    ``stale``: the code is no longer what was run, so nothing that was seen speaks of it.
    """
    watched = watched or Watched()
    claim = None if loop is None else loop.invariance if question == "invariance" else loop.evaluation
    seen = [_of_run(question, match.seen, watched) for match in runs]
    observed, reasons = worst(seen)
    if not runs:
        reasons = ("no trial of it ran in the replay",)
    if stale:
        observed, reasons = "unknown", (CHANGED,)
    outcome = UNCLAIMED[observed] if claim is None else TABLE[claim.verdict, observed]
    varying = [v for match in runs for v in match.seen.varying if concerns(question, v.role)]
    folds = any(match.seen.folds == "differs" for match in runs) and not any(
        v.role == "folds" for v in varying
    )
    said = () if loop is None or claim is None or claim.verdict != "invariant" else said_of(loop, claim)
    found = tuple(dict.fromkeys(difference(v, said) for v in varying))
    if folds:
        found += (_folds(runs, said),)
    todo = None if stale else advice(outcome, loop, claim)
    return Judgement(question, claim, observed, outcome, found, reasons, todo)


def worst(seen: Iterable[tuple[Observed, tuple[str, ...]]]) -> tuple[Observed, tuple[str, ...]]:
    """What several runs show together, with the reasons of those that decide it."""
    runs = tuple(seen)
    for word in ("differs", "unknown", "equal"):
        reasons = [reason for observed, why in runs if observed == word for reason in why]
        if any(observed == word for observed, _ in runs):
            return word, tuple(dict.fromkeys(reasons))
    return "unknown", ()


def concerns(question: Question, role: str) -> bool:
    """Does this role decide this question? Folds decide both: they choose what is trained on and what is scored."""
    if role == "folds":
        return True
    return role in TRAINING_ROLES if question == "invariance" else role.startswith("eval.")


def _of_run(question: Question, seen: LoopSeen, watched: Watched) -> tuple[Observed, tuple[str, ...]]:
    """What one run shows, and why it shows nothing or what it covers."""
    differs = seen.folds == "differs" or any(concerns(question, v.role) for v in seen.varying)
    if question == "invariance":
        differs = differs or seen.verdict == "differs"
    if differs:
        return "differs", ()
    if seen.verdict == "unknown":
        return "unknown", seen.problems or (_too_few(seen),)
    if question == "evaluation" and seen.verdict == "differs" and seen.problems:
        return "unknown", seen.problems  # a difference stands whatever was missed; equality does not
    if watched.blind:
        return "unknown", watched.blind
    if seen.trials < 2:
        return "unknown", (_too_few(seen),)
    if question == "invariance":
        return "equal", ()
    if spot_of(seen) in watched.scored:
        return "equal", ("as far as eval sets were handed to train calls",)
    if seen.folds == "equal":
        return "equal", ("as far as the library split the rows",)
    return "unknown", ("no eval sets were handed to train calls in every trial",)


def _too_few(seen: LoopSeen) -> str:
    return f"{seen.trials} of at least 2 trials" if seen.trials < 2 else "not all trials could be hashed"


def _folds(runs: Sequence[Match], said: tuple[Step, ...]) -> Difference:
    """Different rows chosen inside a call, at the first place where a run has folds."""
    sites = [
        c for match in runs if match.seen.folds == "differs" for c in match.seen.calls if c.part == "fold"
    ]
    first = sites[0] if sites else None
    return difference(
        Varying("folds", None, *((None, None) if first is None else (first.path, first.line))), said
    )


def said_of(loop: Loop, claim: Claim) -> tuple[Step, ...]:
    """The chain behind a claim; where it has none, the train calls that were looked at."""
    if claim.evidence:
        return claim.evidence
    return tuple(Step(f"{call.api} is called with it", call.location) for call in loop.train_calls)


def difference(varying: Varying, said: tuple[Step, ...]) -> Difference:
    """One varying role with the static steps about its train call (all of them, if none is about it)."""
    where = None
    if varying.path is not None and varying.line is not None:
        where = Location(varying.path, varying.line, 1, varying.line)
    here = tuple(step for step in said if covers(step.location, varying.path, varying.line))
    return Difference(varying.role, varying.columns, varying.blocks, where, here or said)


def advice(outcome: Outcome, loop: Loop | None, claim: Claim | None) -> str | None:
    """What to do about an outcome; None where nothing is to be done."""
    named = "" if loop is None else f" `seamcheck explain '{loop.id}'`"
    if outcome == "contradict":
        given = () if claim is None else claim.assumptions
        if claim is not None and claim.assumed:
            comments = ", ".join(place(step.location) for step in claim.assumed)
            noun = "the assumption" if len(claim.assumed) == 1 else "the assumptions"
            return (
                f"do not skip work on this claim; {noun} at {comments} made it: take away what does not hold "
                f"and scan again; if all hold,{named} names the rest of the claim"
            )
        suspects = "check what the claim assumes: " + "; ".join(given) + ". Else" if given else ""
        told = f"a model of a library or seamcheck itself is wrong: report it with{named}"
        return f"do not skip work on this claim; {suspects or 'if the code is as it was run,'} {told}"
    if outcome == "unexplained":
        if loop is None:
            return (
                "STOP: do not compare scores or reuse data between trials. Include the file in the scan, or "
                "describe the tuner in a model file of the project, so that a claim can be made"
            )
        return (
            "STOP: do not compare scores or reuse data between trials until it is known what changes them;"
            f"{named} names the place where knowledge stopped"
        )
    if outcome == "not_seen_to_vary":
        return "replay more trials; if it stays equal, the reason may be wrong"
    if outcome == "unproven":
        return f"evidence, not proof: settle what{named} names before you rely on it"
    if outcome == "unobserved":
        return "replay at least two trials of this loop with `seamcheck replay run`"
    if outcome == "no_loop":
        return "evidence, not proof: the scan makes no claim here"
    return None
