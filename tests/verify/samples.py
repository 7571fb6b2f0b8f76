"""Claims and observations made by hand."""

from __future__ import annotations

from typing import Any

import msgspec

from seamcheck.model.event import (
    SPEC,
    CallSeen,
    Digests,
    Event,
    LoopRef,
    LoopSeen,
    Note,
    ReplayReport,
    RoleHash,
    Varying,
)
from seamcheck.model.evidence import Location, Reason, Step
from seamcheck.model.report import Claim, Loop, ScanReport, Seam, TrainCall

TRAINS = Step("lightgbm.train trains on train_set", Location("tune.py", 10, 5, 12))
OTHER = Step("sklearn.linear_model.Ridge.fit trains on X", Location("tune.py", 15, 5, 15))
DRAW = Reason("random", "`sample` draws rows without a seed", "part", Location("tune.py", 9, 9), (TRAINS,))
OPEN = Reason("external", "`load` is not part of the scan", None, Location("tune.py", 4, 9))
CLAIMS = {
    "invariant": Claim("invariant", (TRAINS, OTHER), assumptions=("`cv` given by the caller is the same",)),
    "variant": Claim("variant", (TRAINS,), (DRAW,)),
    "unknown": Claim("unknown", (TRAINS,), (OPEN,)),
}


def loop(
    invariance: str = "invariant",
    evaluation: str = "invariant",
    kind: str = "optuna.optimize",
    path: str = "tune.py",
    line: int = 20,
    end_line: int = 22,
    function: str = "main",
    calls: tuple[tuple[str, int, int], ...] = (("tune.py", 10, 12), ("tune.py", 15, 15)),
) -> Loop:
    scored = Claim(evaluation, reasons=() if evaluation == "invariant" else CLAIMS[evaluation].reasons)
    return Loop(
        id=f"{path}::{function}::{kind}#1",
        kind=kind,
        function=function,
        location=Location(path, line, 5, end_line),
        objective=None,
        train_calls=tuple(
            TrainCall("lightgbm.train", "objective", Location(where, first, 5, last))
            for where, first, last in calls
        ),
        invariance=CLAIMS[invariance],
        evaluation=scored,
        seam=Seam(Claim("clean")),
    )


def scan(*loops: Loop) -> ScanReport:
    return ScanReport("0.0.0", "/nowhere", 1, (), loops, (), ())


X = Varying("X", ("vol_10",), "tune.py", 10, (3,))
EVAL = Varying("eval.X", None, "tune.py", 10)
CALL = CallSeen("lightgbm.train", "tune.py", 10, "predictor", 5)


def seen(verdict: str = "equal", **changes: Any) -> LoopSeen:
    few = {"unknown": 1}
    observed = LoopSeen(
        id="loop-1",
        kind="optuna",
        path="tune.py",
        line=20,
        trials=few.get(verdict, 5),
        verdict=verdict,  # type: ignore[arg-type]
        varying=(X,) if verdict == "differs" else (),
        folds=None,
        calls=(CALL,),
    )
    return msgspec.structs.replace(observed, **changes)


def replay(*loops: LoopSeen, problems: tuple[str, ...] = ()) -> ReplayReport:
    return ReplayReport("20260131-120000-0a1b2c3d", SPEC, "ok", loops, (), problems)


def role(name: str, kind: str = "frame", hashed: bool = True) -> RoleHash:
    return RoleHash(name, kind, 3, 2, Digests("0", "1", "2") if hashed else None)


def event(trial: int, *roles: RoleHash, loop: LoopRef | None = None, **changes: Any) -> Event:
    made = Event(
        uuid=f"{trial}", run="r", spec=SPEC, loop=loop or LoopRef("optuna", "tune.py", 20), trial=trial,
        cell=None, fold=None, ordinal=0, api="lightgbm.train", part="predictor", path="tune.py", line=10,
        function="objective", roles=roles, status="ok", reason=None, host="h", pid=1, thread=1, monotonic=0.0,
        wall=0.0,
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def note(kind: str, message: str = "why") -> Note:
    return Note(kind, message)
