"""What a replay records: one event per outermost train call, with the hashes of what it was given. Never any data."""

from __future__ import annotations

from typing import Literal

import msgspec

#: The canonical hash that digests belong to. Digests of different specifications are incomparable, never different.
SPEC = "seamcheck-ch/1"
#: The profiles of a digest, in the order :class:`Digests` holds them.
PROFILES = ("value", "train", "strict")

Profile = Literal["value", "train", "strict"]
#: "predictor": a model is trained. "transformer": a preprocessing step is fitted by hand. "fold": the same as a
#: predictor, inside an outermost call that splits rows itself (``cross_val_score``).
Part = Literal["predictor", "transformer", "fold"]
#: Roles that decide whether trials saw the same data; all others are listed and decide nothing.
#: ``base_margin`` is xgboost's name for ``init_score``.
TRAINING_ROLES = frozenset({"X", "y", "weight", "group", "init_score", "base_margin"})


class Digests(msgspec.Struct, frozen=True, array_like=True):
    """Hex digests (32 characters) of one object in each profile."""

    value: str
    train: str
    strict: str


class ColumnHash(msgspec.Struct, frozen=True, array_like=True):
    """One column: its name as shown to people, its digest (profile train), and those of its row blocks if kept."""

    name: str
    digest: str
    leaves: tuple[str, ...] = ()


class RoleHash(msgspec.Struct, frozen=True):
    """What one role of a train call was given.

    ``role``: "X", "y", "weight", "group", "init_score", "base_margin", "eval.X", "eval.y", "eval.weight", "folds",
    "columns" (categorical features, feature names). ``index`` counts eval sets. ``digests`` is None where nothing
    could be hashed; ``reason`` then says why, and no verdict may rest on it.
    """

    role: str
    kind: str
    rows: int | None
    cols: int | None
    digests: Digests | None
    columns: tuple[ColumnHash, ...] = ()
    index: int = 0
    reason: str | None = None


class LoopRef(msgspec.Struct, frozen=True):
    """A trial loop as a replay sees it: the place of the call or statement that runs its trials.

    ``path`` is relative to the project root where it lies below it, else absolute; None where the place is not known.
    ``serial`` tells apart several runs of one place within a process (a study optimised twice, a loop in a function).
    """

    kind: str
    path: str | None
    line: int | None
    serial: int = 0


class Event(msgspec.Struct, frozen=True):
    """One train call.

    ``trial`` counts from 0 within its loop (None: outside any trial). ``cell`` and ``fold`` are where the program says
    so (:func:`seamcheck.replay.cell`) or the library splits. ``ordinal`` counts the events of one call site within
    the trial, so that the second fit of a trial is compared with the second of others. ``status`` "unknown": the
    call was seen and something of it could not be hashed. ``wall`` is seconds since the epoch, ``monotonic`` seconds.
    """

    uuid: str
    run: str
    spec: str
    loop: LoopRef | None
    trial: int | None
    cell: str | None
    fold: str | None
    ordinal: int
    api: str
    part: Part
    path: str | None
    line: int | None
    function: str | None
    roles: tuple[RoleHash, ...]
    status: Literal["ok", "unknown"]
    reason: str | None
    host: str
    pid: int
    thread: int
    monotonic: float
    wall: float


class Note(msgspec.Struct, frozen=True):
    """Something a replay has to say besides events.

    ``kind``: "canary" (a hook that did not see its canary), "unhooked" (a child process without hooks), "stopped"
    (dataset_only stopped here), "swallowed" (user code caught the stop), "trial" (a trial began: ``loop``,
    ``trial``), "end" (how the script ended), "problem".
    """

    kind: str
    message: str
    loop: LoopRef | None = None
    trial: int | None = None
    pid: int = 0
    wall: float = 0.0


class Varying(msgspec.Struct, frozen=True):
    """A role that was not the same in all trials: which columns (None: not told apart) and which row blocks."""

    role: str
    columns: tuple[str, ...] | None
    path: str | None
    line: int | None
    blocks: tuple[int, ...] = ()


class CallSeen(msgspec.Struct, frozen=True):
    """A call site of a loop and how many events it gave."""

    api: str
    path: str | None
    line: int | None
    part: Part
    events: int


class LoopSeen(msgspec.Struct, frozen=True):
    """A loop of a replay: were its trials given equal training data?"""

    id: str
    kind: str
    path: str | None
    line: int | None
    trials: int
    verdict: Literal["equal", "differs", "unknown"]
    varying: tuple[Varying, ...]
    folds: Literal["equal", "differs"] | None
    calls: tuple[CallSeen, ...]
    problems: tuple[str, ...] = ()


class ReplayReport(msgspec.Struct, frozen=True):
    """What one run showed. ``exit`` says how the script ended; ``outside`` are calls outside any trial."""

    run: str
    spec: str
    exit: str
    loops: tuple[LoopSeen, ...]
    outside: tuple[CallSeen, ...]
    problems: tuple[str, ...]
