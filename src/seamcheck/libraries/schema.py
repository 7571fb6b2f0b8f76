"""The shape of ``rules/*.toml``: what a library's public API does, as data.

One file per library. ``rules/README.md`` explains each field with examples. The scan reads it to follow
values, the replay to know what to hook. Unknown keys and unknown words are errors: a typo must never turn
into a silent "does nothing".
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Role = Literal[
    "X", "y", "weight", "group", "data", "folds", "cv",
    "eval_X", "eval_y", "eval",
    "params", "space", "estimator", "model", "objective", "callback",
    "seed", "rows", "steps", "columns", "path", "value", "options",
]  # fmt: skip
Effect = Literal[
    "train", "trial_loop", "search", "ask", "tell",
    "feed", "step", "dynamics",
    "reads_file", "writes_file", "finds_file", "lists_files", "opens_file", "makes_folder", "clock",
    "environment", "trial", "lazy", "order", "truncates", "augments", "external", "interacts", "opaque", "wires",
]  # fmt: skip
Policy = Literal["pure", "opaque", "dynamics"]
Category = Literal[
    "array", "frame", "dataset", "splitter", "generator",
    "estimator", "transformer", "resampler", "pipeline", "model", "booster",
    "map_dataset", "loader", "stream", "datamodule",
    "loss", "optimizer", "trainer", "search", "tuner", "study", "trial", "sampler",
    "history", "callback", "space", "environment", "path", "file", "config", "other",
]  # fmt: skip
Generator = Literal["numpy", "python", "torch", "tensorflow", "os"]


class Random(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A draw. ``seed`` names the argument that fixes it; without it ``generator`` is drawn from.

    ``default`` says what leaving the seed out (or None) means: "unseeded", or "constant" when the library
    then uses a fixed seed. ``when`` / ``unless`` are conditions on constant arguments; with ``when`` an
    argument left out takes its value from ``defaults`` of the call. ``perhaps``: where these hold, the library decides
    by the size of the data whether it draws.
    """

    generator: Generator = "numpy"
    seed: str | None = None
    default: Literal["unseeded", "constant"] = "unseeded"
    when: dict[str, Any] = {}
    unless: dict[str, Any] = {}
    perhaps: dict[str, Any] = {}


class Calls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A callable argument that the library calls.

    ``passes``: "rest" (the other arguments), "elements" (elements of ``of``), "self" (the receiver's content),
    "none", or "unknown".
    """

    param: str
    passes: Literal["rest", "elements", "self", "none", "unknown"] = "unknown"
    of: str | None = None


class Overwrites(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments whose memory the call uses for its result, if all conditions ``when`` hold.

    A condition looks at the call, then at the receiver's constructor. ``certain = false``: it may.
    """

    params: tuple[str, ...]
    when: dict[str, Any] = {}
    certain: bool = True


class Objective(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a tuner runs the user's function: which argument it is and what it is called with.

    ``passes`` lists the positional arguments of one call: a type name (``optuna.trial.Trial``), "params"
    (a mapping chosen by the tuner), "value" (one chosen value), "values" (a sequence of them); a single
    "**params" stands for keyword arguments chosen by the tuner, ``"budget=value"`` for one that comes by name, and
    ``"seed=seed"`` for one whose number of values settings of the tuner decide. ``methods`` names the methods that a
    trial runs where the objective is a class or an instance.
    """

    param: str
    passes: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One function, method or constructor."""

    name: str
    params: tuple[str, ...] = ()
    defaults: dict[str, Any] = {}
    roles: dict[str, Role] = {}
    returns: str = "data"
    effects: tuple[Effect, ...] = ()
    random: Random | None = None
    seeds: tuple[Generator, ...] = ()
    mutates: tuple[str, ...] = ()
    mutates_when: dict[str, Any] = {}
    idempotent: bool = False
    rebuilds: bool = False
    forgets: bool = False
    overwrites: tuple[Overwrites, ...] = ()
    view: bool = False
    calls: tuple[Calls, ...] = ()
    objective: Objective | None = None
    kind: str | None = None
    redraws: tuple[Role, ...] = ()
    note: str | None = None


class Type(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One class of a library: its constructor and what its instances do."""

    name: str
    category: Category = "other"
    bases: tuple[str, ...] = ()
    params: tuple[str, ...] = ()
    defaults: dict[str, Any] = {}
    roles: dict[str, Role] = {}
    effects: tuple[Effect, ...] = ()
    random: Random | None = None
    view: bool = False
    calls: tuple[Calls, ...] = ()
    objective: Objective | None = None
    attributes: dict[str, str] = {}
    elements: str = "data"
    default: Policy | None = None
    method: tuple[Call, ...] = ()
    note: str | None = None


class Default(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every name below ``prefix`` does unless it is listed: the longest prefix wins."""

    prefix: str
    policy: Policy
    random: Random | None = None
    category: Category | None = None


class Library(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Head of a model file."""

    name: str
    packages: tuple[str, ...]
    versions: str = ""
    provenance: Literal["manual", "observed", "inferred"] = "manual"
    alias: dict[str, str] = {}


class RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ``rules/*.toml`` file."""

    library: Library
    default: tuple[Default, ...] = ()
    type: tuple[Type, ...] = ()
    call: tuple[Call, ...] = ()
