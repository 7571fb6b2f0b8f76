"""What a replay says about the claims of a scan (schema ``seamcheck.verify/1``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from seamcheck.model.evidence import Location, Step
from seamcheck.model.report import Claim, Finding

#: What a run showed of one question: "unknown" is too few trials, no events, or something that was not seen.
Observed = Literal["equal", "differs", "unknown"]
Question = Literal["invariance", "evaluation"]
#: "agree": claimed invariant, seen equal. "explained": claimed variant, seen to vary. "contradict": claimed invariant,
#: seen to vary. "not_seen_to_vary": claimed variant, seen equal. "unproven": nothing claimed, seen equal.
#: "unexplained": nothing claimed, seen to vary. "unobserved": too little was seen to say anything. "no_loop": seen
#: equal at a loop that the scan does not have.
Outcome = Literal[
    "agree", "explained", "contradict", "not_seen_to_vary", "unproven", "unexplained", "unobserved", "no_loop"
]
#: All outcomes, those to act on first.
OUTCOMES: tuple[Outcome, ...] = (
    "contradict", "unexplained", "unobserved", "unproven", "no_loop", "not_seen_to_vary", "explained", "agree",
)  # fmt: skip


class Difference(msgspec.Struct, frozen=True):
    """One role that was not the same in all trials of a run.

    ``columns`` None: not told apart. ``blocks`` are row blocks counted from 0. ``location`` is the train call.
    ``chain`` are the static steps about this call that said otherwise; empty where nothing did.
    """

    role: str
    columns: tuple[str, ...] | None
    blocks: tuple[int, ...]
    location: Location | None
    chain: tuple[Step, ...] = ()


class Judgement(msgspec.Struct, frozen=True):
    """One claim held against a run: invariance of what is trained on, or of what is scored.

    ``claim`` is None at a loop that the scan does not have. ``reasons`` say why nothing was observed, or what an
    observation covers; ``advice`` what to do.
    """

    question: Question
    claim: Claim | None
    observed: Observed
    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    reasons: tuple[str, ...] = ()
    advice: str | None = None


class SeenLoop(msgspec.Struct, frozen=True):
    """One run of a loop in the replay, and how it was recognised: by its place or by its train calls."""

    id: str
    kind: str
    location: Location | None
    trials: int
    verdict: Observed
    folds: Literal["equal", "differs"] | None
    matched: Literal["place", "train calls"] | None
    problems: tuple[str, ...] = ()


class LoopVerdict(msgspec.Struct, frozen=True):
    """One loop: what the scan claims, what the replay showed, and how the two go together.

    ``id`` is that of the scan, None where the scan has no such loop. ``runs`` are all runs of this loop; the worst
    of them counts.
    """

    id: str | None
    kind: str
    function: str | None
    location: Location | None
    invariance: Judgement
    evaluation: Judgement
    runs: tuple[SeenLoop, ...]
    notes: tuple[str, ...] = ()

    @property
    def judgements(self) -> tuple[Judgement, Judgement]:
        """Both questions."""
        return (self.invariance, self.evaluation)


class VerifyReport(msgspec.Struct, frozen=True):
    """Everything one run showed about the claims of one scan.

    ``exit`` says how the script ended, ``blind`` what the replay could not see, ``stale`` which code has changed
    since. While there is either, no loop that was seen equal counts as observed.
    """

    version: str
    run: str
    spec: str
    exit: str
    loops: tuple[LoopVerdict, ...]
    findings: tuple[Finding, ...]
    blind: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class VerifyResult(msgspec.Struct, frozen=True):
    """A report, and ``sources``: the lines of a scanned file, for frames."""

    report: VerifyReport
    sources: Callable[[str], list[str]]
