"""Wording that the reports and findings of a verification share."""

from __future__ import annotations

from seamcheck.model.verification import Difference, Judgement, LoopVerdict, Outcome
from seamcheck.report.style import Role
from seamcheck.report.words import count

#: Rows of one block of the canonical hash.
BLOCK_ROWS = 65_536
OUTCOME_WORDS: dict[Outcome, str] = {
    "agree": "agree",
    "explained": "agree, explained",
    "contradict": "CONTRADICT",
    "not_seen_to_vary": "not seen to vary",
    "unproven": "unproven: evidence, not proof",
    "unexplained": "STOP: unexplained divergence",
    "unobserved": "unobserved",
    "no_loop": "the scan found no loop here",
}
OUTCOME_ROLES: dict[Outcome, Role] = {
    "agree": "good",
    "explained": "good",
    "contradict": "bad",
    "not_seen_to_vary": "warn",
    "unproven": "unknown",
    "unexplained": "bad",
    "unobserved": "unknown",
    "no_loop": "unknown",
}


def nothing_new(loop: LoopVerdict) -> bool:
    """Is what there is to say of the scored rows nothing new?

    Rows that are scored outside of train calls are never seen, and that is no news. Where the scan has no loop, eval
    sets that follow the training data are no second divergence.
    """
    outcome = loop.evaluation.outcome
    if outcome in ("unobserved", "no_loop"):
        return True
    return loop.id is None and loop.invariance.outcome == outcome


def claimed(judgement: Judgement) -> str:
    """The claim in a word."""
    return "no claim" if judgement.claim is None else judgement.claim.verdict


def observed(judgement: Judgement, loop: LoopVerdict) -> str:
    """``differs: X, y``, ``equal in 5 trials``, ``not seen``."""
    if judgement.observed == "equal":
        trials = count(sum(run.trials for run in loop.runs), "trial")
        return f"equal in {trials}" + (f" ({len(loop.runs)} runs)" if len(loop.runs) > 1 else "")
    if judgement.observed == "unknown":
        return "not seen"
    return "differs: " + ", ".join(dict.fromkeys(each.role for each in judgement.differences))


def tell(found: Difference, columns: int = 8) -> str:
    """``X (columns a, b; row blocks 3)``: what differs, in words."""
    parts = []
    if found.columns:
        shown = ", ".join(found.columns[:columns])
        more = len(found.columns) - columns
        parts.append(
            f"{_noun('column', len(found.columns))} {shown}" + (f" and {more} more" if more > 0 else "")
        )
    if found.blocks:
        parts.append(f"{_noun('row block', len(found.blocks))} {blocks(found.blocks)}")
    return found.role + (f" ({'; '.join(parts)})" if parts else "")


def blocks(numbers: tuple[int, ...], limit: int = 6) -> str:
    """``0, 3 (rows 196608 to 262143)``: blocks, and the rows of a single one, counted from 0."""
    shown = ", ".join(str(each) for each in numbers[:limit])
    if len(numbers) == 1:
        return f"{shown} (rows {numbers[0] * BLOCK_ROWS} to {(numbers[0] + 1) * BLOCK_ROWS - 1})"
    return shown + (f" and {len(numbers) - limit} more" if len(numbers) > limit else "")


def _noun(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"
