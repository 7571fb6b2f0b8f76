"""Events and runs made by hand: what a hook would have written."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from seamcheck.model.event import SPEC, ColumnHash, Digests, Event, LoopRef, Note, RoleHash
from seamcheck.replay.log import RunData

_COUNTER = itertools.count()
LOOP = LoopRef("optuna", "train.py", 30)


def digests(text: str) -> Digests:
    return Digests(f"v-{text}", f"t-{text}", f"s-{text}")


def role(name: str, content: str | None, columns: dict[str, str] | None = None, **more: Any) -> RoleHash:
    """A role whose digest is its content; None cannot be hashed."""
    return RoleHash(
        role=name,
        kind="pandas.DataFrame",
        rows=more.pop("rows", 100),
        cols=len(columns or "x"),
        digests=None if content is None else digests(content),
        columns=tuple(ColumnHash(key, value) for key, value in (columns or {}).items()),
        reason="it is opaque" if content is None else None,
        **more,
    )


def table(name: str, **columns: str) -> RoleHash:
    """A role made of these columns."""
    return role(name, "|".join(f"{key}={value}" for key, value in columns.items()), columns)


def event(trial: int | None, *roles: RoleHash, loop: LoopRef | None = LOOP, **more: Any) -> Event:
    number = next(_COUNTER)
    roles = roles or (role("X", "x"), role("y", "y"))
    why = "; ".join(f"{each.role}: {each.reason}" for each in roles if each.digests is None) or None
    values: dict[str, Any] = {
        "uuid": f"{number:032x}",
        "run": "r",
        "spec": SPEC,
        "loop": None if trial is None else loop,
        "trial": trial,
        "cell": None,
        "fold": None,
        "ordinal": 0,
        "api": "lightgbm.train",
        "part": "predictor",
        "path": "train.py",
        "line": 40,
        "function": "objective",
        "roles": roles,
        "status": "unknown" if why else "ok",
        "reason": why,
        "host": "h",
        "pid": 1,
        "thread": 1,
        "monotonic": float(number),
        "wall": float(number),
    }
    return Event(**{**values, **more})


def run(events: Iterable[Event], *notes: Note, **more: Any) -> RunData:
    end = Note("end", "ok")
    return RunData(None, tuple(events), (*notes, end), **more)
