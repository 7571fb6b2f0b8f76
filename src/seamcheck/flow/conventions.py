"""``.fit(...)`` of something unknown: what every estimator library means by it, stated as an assumption."""

from __future__ import annotations

from collections.abc import Iterator

from seamcheck.facts.ir import Node
from seamcheck.flow import calls, hyperparameters, training, training_data
from seamcheck.flow.binding import Site
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMICS, TRIAL
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Const, Text, Value

POSITIONAL = ("X", "y", "weight")
#: Keywords of ``fit`` whose role is the same in every library.
ROLES = {
    "x": "X", "y": "y", "sample_weight": "weight", "sample_weights": "weight", "weights": "weight",
    "groups": "group", "group": "group",
}  # fmt: skip
#: Words of keywords that hold no rows.
SETTINGS = (
    "param", "config", "kwarg", "option", "setting", "callback", "metric", "loss", "optimi", "model", "estimator",
    "scheduler", "logger", "verbose", "verbosity", "epoch", "batch_size", "steps", "seed", "random_state",
    "learning_rate", "time_limit", "space", "device", "n_jobs", "num_workers", "trainer", "accelerator", "name",
    "path", "dir", "objective", "tags",
)  # fmt: skip
#: Words of keywords that choose rows or columns, whatever their value is.
CHOOSING = (
    "rows",
    "sample",
    "frac",
    "idx",
    "index",
    "indices",
    "column",
    "feature",
    "subset",
    "mask",
    "fold",
    "cv",
)
HELD_OUT = ("eval", "valid", "val_", "test")


def train_unknown(
    eng: Engine, frame: Frame, receiver: Value, name: str, args: calls.Args, node: Node
) -> Value:
    """``.fit(X, y)`` of something unknown: taken for a train call, its result is a result of training."""
    event = training.event_for(eng, frame, f"?.{name}", node, is_estimator(eng, receiver))
    event.incremental = name != "fit"
    event.params |= receiver.labels
    for ptr in sorted_pointers(receiver):
        if isinstance(ptr, Obj):
            event.params |= hyperparameters.model_params(eng, ptr, 4, set())
            event.explicit |= hyperparameters.explicit_params(eng, ptr, 4, set())
    arg_nodes = node[4] if len(node) > 5 else ()
    for position, v in enumerate(args.positional):
        role = POSITIONAL[position] if position < len(POSITIONAL) else "data"
        arg = arg_nodes[position] if position < len(arg_nodes) else None
        event.add(training_data.part(eng, frame, role, v, arg))
    keyword_nodes = dict(node[5]) if len(node) > 5 else {}
    for key, v in args.keywords:
        found = role_of_keyword(key, v)
        if found is not None:
            event.add(training_data.part(eng, frame, found, v, keyword_nodes.get(key)))
        else:
            labels = eng.labels_of(v)
            event.params |= labels
            event.explicit |= labels
    if args.rest is not None or args.keyword_rest is not None:
        extra = eng.join_all(v for v in (args.rest, args.keyword_rest) if v is not None)
        event.add(training_data.part(eng, frame, "data", extra, None))
    dynamics = eng.label(DYNAMICS, f"result of `.{name}(...)`", frame, node[1])
    for ptr in sorted_pointers(receiver):
        if isinstance(ptr, Obj):
            for held in given_in(ptr):
                eng.heap.taint(held, frozenset((dynamics,)))
    labels = eng.labels_of(receiver) | calls.labels_of_args(eng, args) | {dynamics}
    return eng.table.value(receiver.ptrs, labels)


def given_in(obj: Obj) -> Iterator[Obj]:
    """An object, and the containers a caller gave that it is an element of: they hold it as it is now."""
    yield obj
    for _ in range(4):
        base = obj.base
        if base is None or obj.kind != "param" or base.kind != "param" or not obj.type.endswith("]"):
            return
        yield base
        obj = base


def note_estimators(eng: Engine, site: Site) -> None:
    """What is handed to scikit-learn as an estimator is one: its ``fit`` takes arrays and frames."""
    if site.api.startswith("sklearn.") and "estimator" in site.roles.values():
        for name, v in site.bound.items():
            if site.roles.get(name) == "estimator":
                eng.estimators.update(p for p in v.holders if isinstance(p, Obj) and p.kind == "param")


def is_estimator(eng: Engine, receiver: Value) -> bool:
    """Is this certainly something that was handed to scikit-learn as an estimator?"""
    return bool(receiver.ptrs) and all(isinstance(p, Obj) and p in eng.estimators for p in receiver.ptrs)


def role_of_keyword(key: str, v: Value) -> str | None:
    """What a keyword of ``fit`` hands over: rows unless its name or its value says that it is a setting."""
    name = key.lower()
    if name in ROLES:
        return ROLES[name]
    if name.startswith(HELD_OUT) or name.endswith(("_val", "_valid", "_test", "_eval")):
        return "eval"
    if any(word in name for word in CHOOSING):
        return "data"
    if any(word in name for word in SETTINGS) or _is_setting(v):
        return None
    return "data"


def _is_setting(v: Value) -> bool:
    """A number, a string, a truth value, or something the tuner suggests: no container and nothing unknown."""
    if v.holders or not v.kinds <= {TRIAL}:
        return False
    return all(isinstance(p, Const | Text) or p.tag in ("plain", "sym", "func", "class") for p in v.ptrs)
