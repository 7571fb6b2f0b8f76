"""Train calls: what they train on, and what their results carry."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import (
    calls,
    classes,
    cursors,
    drawing,
    hooks,
    hyperparameters,
    iteration,
    opaque,
    passes,
    training_data,
    tuners,
)
from seamcheck.flow.binding import Site, short
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import EVALUATION_ROLES, TRAINING_ROLES, DataPart, TrainEvent
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import (
    CLOCK,
    DYNAMIC,
    DYNAMICS,
    EXTERNAL,
    FEED,
    LAZY,
    ORDER,
    RANDOM,
    SUBSET,
    TRIAL,
    Label,
    part_of_order,
)
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at
from seamcheck.flow.values import Class, Func, Value, constants

#: Trainers that need their data in memory: whatever they are given is complete when they start.
EAGER_PACKAGES = frozenset(
    {"sklearn", "lightgbm", "xgboost", "catboost", "imblearn", "tune_sklearn", "skopt"}
)
#: Kinds of objects that are used up by reading them.
CURSORS = frozenset({"gen"})
#: Roles that are no hyperparameters.
NOT_PARAMS = frozenset({*TRAINING_ROLES, *EVALUATION_ROLES, "seed", "callback", "path"})


def event_for(eng: Engine, frame: Frame, api: str, node: Node, eager: bool) -> TrainEvent:
    """The event of this call in this context."""
    key = (anchor(node), frame, eng.loops, api)
    event = eng.trains.get(key)
    if event is None:
        event = eng.trains[key] = TrainEvent(
            key, api, frame.qualname, frame.path, node[1], node[2], eng.loops, eager
        )
        event.is_test = frame.module.is_test
    for labels in eng.control:
        event.control |= frozenset(
            label for label in labels if label.kind in (TRIAL, RANDOM, CLOCK) and label.loops
        )
    if frame.guard and eng.table.running:
        event.passes |= passes.deciding(eng, frame.guard)
    eng.effect(frame, Effect("train", frame.path, node[1], api, key))
    return event


def is_eager(eng: Engine, api: str) -> bool:
    """Does this trainer hold all its data in memory before it starts?"""
    return api.partition(".")[0] in EAGER_PACKAGES


def train(
    eng: Engine, frame: Frame, site: Site, labels: frozenset[Label], drawn: frozenset[Label]
) -> frozenset[Label]:
    """Record a modelled train call; labels of its result. A function that draws draws its folds."""
    node, model = site.node, site.model
    event = event_for(eng, frame, site.api, node, is_eager(eng, site.api))
    event.incremental = event.incremental or site.api.endswith((".partial_fit", ".train_on_batch"))
    for name, v in site.bound.items():
        role = site.roles.get(name)
        if role in TRAINING_ROLES or role in EVALUATION_ROLES:
            event.add(with_cv(eng, frame, role, v, training_data.argument_node(site, name), node))
        elif role not in NOT_PARAMS:
            event.params |= eng.labels_of(v)
            if not hyperparameters.is_text(v):
                event.explicit |= eng.labels_of(v)
    if drawn and site.receiver is None:
        event.add(DataPart("cv", drawn, (), ()))
    event.preparation = hyperparameters.is_preparation(eng, site.receiver)
    hooks.look_into(eng, frame, site, event)
    held_parts(eng, frame, site, event)
    hyperparameters.receiver_parts(eng, frame, site, event)
    hooks.run_hooks(eng, frame, site, event)
    cut_short(eng, site, event)
    if "interacts" in model.effects:
        event.add(interaction(eng, frame, site.api, node))
    dynamics = eng.label(DYNAMICS, f"result of `{short(site.api)}`", frame, node[1])
    out = frozenset(label for label in labels if label.kind != FEED) | {dynamics}
    if site.receiver is not None:
        for ptr in sorted_pointers(site.receiver):
            if isinstance(ptr, Obj) and ptr.kind in ("lib", "instance", "param"):
                eng.heap.taint(ptr, frozenset((dynamics,)))
    for name, v in site.bound.items():
        if site.roles.get(name) == "callback":
            run_callback(eng, frame, v, dynamics, node)
            for ptr in sorted_pointers(v):
                if isinstance(ptr, Obj) and ptr.kind in ("dict", "list", "lib"):
                    eng.heap.taint(ptr, frozenset((dynamics,)))
        elif site.roles.get(name) == "model":
            for ptr in sorted_pointers(v):
                if isinstance(ptr, Obj) and ptr.kind in ("lib", "instance"):
                    eng.heap.taint(ptr, frozenset((dynamics,)))
    return out


def held_parts(eng: Engine, frame: Frame, site: Site, event: TrainEvent) -> None:
    """Data that the receiver was made with: ``LightGBMTunerCV(params, data).run()``, a learner with its loaders."""
    for ptr in sorted_pointers(site.receiver) if site.receiver is not None else ():
        if isinstance(ptr, Obj) and ptr.kind == "lib":
            roles = training_data.constructor_roles(eng, ptr)
            for name, v in ptr.ctor.items():
                role = roles.get(name)
                if (
                    role in (*TRAINING_ROLES, *EVALUATION_ROLES)
                    and role not in event.parts
                    and (role != "cv" or "cv" not in site.roles.values())
                ):
                    event.add(with_cv(eng, frame, role, v, None, site.node))


def cut_short(eng: Engine, site: Site, event: TrainEvent) -> None:
    """An argument that limits the rows of an epoch turns a random order into a random subset.

    A bound on all steps may lie above the length of the data; one on the steps of an epoch is there to cut it.
    """
    bounds = [v for name, v in site.bound.items() if site.roles.get(name) == "rows"]
    for ptr in sorted_pointers(site.receiver) if site.receiver is not None else ():
        if isinstance(ptr, Obj):
            roles = training_data.constructor_roles(eng, ptr)
            bounds.extend(v for name, v in ptr.ctor.items() if roles.get(name) == "rows")
    chosen = frozenset(
        label
        for v in bounds
        for label in eng.labels_of(v)
        if label.kind in (TRIAL, RANDOM, CLOCK) and label.loops
    )
    for role, found in list(event.parts.items()) if chosen else ():
        event.parts[role] = found._replace(labels=found.labels | chosen)
    limits = {
        name: v
        for name, v in site.bound.items()
        if site.roles.get(name) in ("rows", "steps") and not is_none_constant(v)
    }
    if not limits:
        return
    certain = [name for name in limits if site.roles[name] == "rows"]
    name = (certain or list(limits))[0]
    kind, text = (RANDOM, "cuts") if certain else (SUBSET, "may cut")
    for role, found in list(event.parts.items()):
        subset = frozenset(
            part_of_order(label, f"`{name}` {text} a shuffled epoch short: a random subset is used", kind)
            for label in found.labels if label.kind == ORDER
        )  # fmt: skip
        event.parts[role] = found._replace(labels=found.labels | subset)


def interaction(eng: Engine, frame: Frame, api: str, node: Node) -> DataPart:
    """The data of a learner that makes its own by acting."""
    acts = f"`{short(api)}` makes its data by acting in an environment while it learns"
    drawn = eng.label(RANDOM, acts, frame, node[1])
    late = eng.label(LAZY, f"`{short(api)}` makes its data while it learns", frame, node[1])
    return DataPart("data", frozenset((drawn, late)), (), ())


def run_callback(eng: Engine, frame: Frame, v: Value, dynamics: Label, node: Node) -> None:
    """A callback runs during training and is handed its state."""
    passed = eng.table.value(frozenset(), frozenset((dynamics,)))
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind in ("list", "tuple"):
            for field in eng.heap.keys(ptr):
                run_callback(eng, frame, ptr.fields[field], dynamics, node)
        elif (
            isinstance(ptr, Func)
            or getattr(ptr, "function", None) is not None
            or (isinstance(ptr, Obj) and ptr.kind == "partial")
        ):
            opaque.call_with(eng, frame, ptr, passed, node)
        elif isinstance(ptr, Obj) and ptr.kind == "instance":
            _run_hooks(eng, frame, ptr, passed, node)


def _run_hooks(eng: Engine, frame: Frame, obj: Obj, passed: Value, node: Node) -> None:
    """The ``on_...`` hooks and ``__call__`` of a callback object."""
    for kind in classes.mro(eng, obj.type):
        if not isinstance(kind, Class):
            continue
        for name, found in list(classes.namespace(eng, kind).fields.items()):
            if name == "__call__" or name.startswith(("on_", "_on_", "after_", "before_")):
                bound = classes.bind(eng, frame, found, eng.table.pointer(obj), kind)
                for ptr in sorted_pointers(bound):
                    opaque.call_with(eng, frame, ptr, passed, node)


def with_cv(eng: Engine, frame: Frame, role: str, v: Value, arg: Node | None, node: Node) -> DataPart:
    """The part of an argument; a splitter draws now, an unknown one is unknown."""
    found = training_data.part(eng, frame, role, v, arg)
    if role not in ("cv", "folds"):
        return found
    used_up = iteration.advanced(eng, frame, v, node[1], CURSORS) or cursors.moved_on(
        eng, frame, (v,), node[1]
    )
    labels = found.labels | used_up
    if not v.ptrs and any(label.kind == EXTERNAL or label.assumed for label in v.labels):
        # A splitter of a library without a model draws when it is asked.
        labels |= {eng.label(DYNAMIC, "how an object that is not known splits the rows", frame, node[1])}
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind == "lib":
            labels |= drawing.draw_from_type(eng, frame, ptr, node[1])
        elif isinstance(ptr, Obj) and ptr.kind == "param":
            labels |= {
                eng.label(DYNAMIC, f"only the caller knows how `{ptr.type}` splits the rows", frame, node[1])
            }
        elif isinstance(ptr, Obj) and ptr.kind == "instance":
            method = classes.lookup(eng, ptr.type, "split")
            if method is not None:
                bound = classes.bind(eng, frame, method, eng.table.pointer(ptr), ptr.type)
                passed = calls.Args((eng.table.empty, eng.table.empty))
                labels |= eng.labels_of(calls.call(eng, frame, bound, passed, call_at(node[1], node[1])))
    return found._replace(labels=labels)


def search(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """``.fit`` of a search estimator: a loop over candidates and a train call in one."""
    return tuners.run_search(eng, frame, site, labels)


def is_none_constant(v: Value) -> bool:
    """Is this the constant None?"""
    return constants(v) == [None]
