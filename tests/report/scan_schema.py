"""The report schema ``seamcheck.scan/1``, written down a second time from the design, strictly."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Invariance = Literal["invariant", "variant", "unknown"]
Need = Literal["xy_only", "trial_dynamics", "unknown"]
ReasonKind = Literal[
    "trial", "random", "mutation", "clock", "environment", "io", "lazy", "external", "dynamic"
]


class Strict(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    pass


class L(Strict):
    path: str
    line: int
    column: int
    end_line: int
    cell: int | msgspec.UnsetType = msgspec.UNSET
    cell_line: int | msgspec.UnsetType = msgspec.UNSET


class S(Strict):
    message: str
    location: L


class R(Strict):
    kind: ReasonKind
    message: str
    variable: str | None
    location: L
    flow: list[S]


class V(Strict):
    verdict: Invariance
    evidence: list[S]
    reasons: list[R]
    assumptions: list[str]


class SeamV(Strict):
    verdict: Literal["clean", "none", "unknown"]
    evidence: list[S]
    reasons: list[R]
    assumptions: list[str]
    location: L | None
    variables: list[str]


class ObjectiveJson(Strict):
    function: str
    location: L


class TrainCallJson(Strict):
    api: str
    function: str
    location: L


class LoopJson(Strict):
    id: str
    kind: str
    function: str
    location: L
    objective: ObjectiveJson | None
    train_calls: list[TrainCallJson]
    invariance: V
    evaluation: V
    seam: SeamV
    data: list[Literal["train", "validation", "test"]] | None


class ReadJson(Strict):
    what: str
    kind: Literal["data", "dynamics", "unknown"]
    location: L


class ConsumerJson(Strict):
    id: str
    name: str
    function: str
    location: L
    verdict: Need
    evidence: list[S]
    reasons: list[R]
    assumptions: list[str]
    reads: list[ReadJson]
    registered: Need | None


class FindingJson(Strict):
    code: str
    name: str
    severity: Literal["error", "warning", "note"]
    message: str
    location: L
    flow: list[S]
    fix: str | None
    fingerprint: str
    suppressed: str | None


class ProblemJson(Strict):
    path: str
    line: int
    message: str
    cell: int | msgspec.UnsetType = msgspec.UNSET
    cell_line: int | msgspec.UnsetType = msgspec.UNSET


class Files(Strict):
    analysed: int
    problems: list[ProblemJson]


class Scan(Strict):
    schema: Literal["seamcheck.scan/1"]
    version: str
    root: Literal["."]
    files: Files
    loops: list[LoopJson]
    consumers: list[ConsumerJson]
    findings: list[FindingJson]
    summary: dict[str, Any]
