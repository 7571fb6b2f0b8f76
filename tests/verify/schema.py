"""The report schema ``seamcheck.verify/1``, written down a second time, strictly."""

from __future__ import annotations

from typing import Literal

from tests.report.scan_schema import FindingJson, L, S, Strict, V

Outcome = Literal[
    "agree", "explained", "contradict", "not_seen_to_vary", "unproven", "unexplained", "unobserved", "no_loop"
]
Observed = Literal["equal", "differs", "unknown"]


class DifferenceJson(Strict):
    role: str
    columns: list[str] | None
    blocks: list[int]
    call: L | None
    chain: list[S]


class JudgementJson(Strict):
    outcome: Outcome
    observed: Observed
    claim: V | None
    differences: list[DifferenceJson]
    reasons: list[str]
    advice: str | None


class RunJson(Strict):
    id: str
    kind: str
    location: L | None
    trials: int
    verdict: Observed
    folds: Literal["equal", "differs"] | None
    matched: Literal["place", "train calls"] | None
    problems: list[str]


class LoopJson(Strict):
    id: str | None
    kind: str
    function: str | None
    location: L | None
    invariance: JudgementJson
    evaluation: JudgementJson
    runs: list[RunJson]
    notes: list[str]


class Summary(Strict):
    loops: int
    invariance: dict[Outcome, int]
    evaluation: dict[Outcome, int]


class Verification(Strict):
    schema: Literal["seamcheck.verify/1"]
    version: str
    run: str
    spec: str
    exit: str
    loops: list[LoopJson]
    findings: list[FindingJson]
    blind: list[str]
    stale: list[str]
    problems: list[str]
    summary: Summary
