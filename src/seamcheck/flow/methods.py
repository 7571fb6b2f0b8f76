"""Method calls on things that are not instances of the project's own classes."""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import (
    attributes,
    binding,
    calls,
    class_hooks,
    classes,
    containers,
    conventions,
    given,
    gradient_steps,
    instances,
    iteration,
    library,
    library_effects,
    loaders,
    opaque,
    patches,
    records,
    results,
    scoring,
    specials,
    trials,
    wiring,
)
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import DYNAMIC, DYNAMICS, EXTERNAL, FEED, TRIAL
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor
from seamcheck.flow.values import PLAIN, Class, Const, Func, Sym, Text, Value
from seamcheck.libraries.schema import Call


def call_method(eng: Engine, frame: Frame, receiver: Value, name: str, args: calls.Args, node: Node) -> Value:
    """``receiver.name(...)``."""
    if not receiver.ptrs:
        return on_nothing_known(eng, frame, receiver, name, args, node)
    asked = specials.asked_method(eng, frame, receiver, name, args, node) if eng.special else None
    out = eng.table.empty
    for ptr in sorted_pointers(receiver):
        if ptr is PLAIN:
            bare = eng.table.value(frozenset(), receiver.labels)
            out = eng.table.join(out, on_nothing_known(eng, frame, bare, name, args, node))
            continue
        single = eng.table.pointer(ptr, receiver.labels)
        out = eng.table.join(out, _call_one(eng, frame, single, ptr, name, args, node))
    return eng.table.labelled(out, asked) if asked else out


def _call_one(
    eng: Engine, frame: Frame, receiver: Value, ptr: Any, name: str, args: calls.Args, node: Node
) -> Value:
    if isinstance(ptr, Obj):
        if ptr.kind in attributes.CONTAINERS:
            return containers.call_method(eng, frame, ptr, name, args, node)
        if ptr.kind == "lib":
            return on_type(eng, frame, receiver, ptr, ptr.type, name, args, node)
        if ptr.kind == "data":
            return on_data(eng, frame, receiver, ptr, name, args, node)
        if ptr.kind == "instance":
            return on_instance(eng, frame, receiver, ptr, name, args, node)
        if ptr.kind == "property":
            return eng.table.pointer(ptr)
        return on_param(eng, frame, receiver, ptr, name, args, node)
    if isinstance(ptr, Const | Text):
        return containers.call_string(eng, frame, receiver, name, args, node)
    if isinstance(ptr, Sym):
        return library.call_symbol(eng, frame, f"{ptr.name}.{name}", args, node)
    if isinstance(ptr, Class):
        if name == class_hooks.PLAIN_CALL:
            return instances.instantiate(eng, frame, ptr, args, node, plain=True)
        if (made := class_hooks.of_type(eng, ptr, name)) is not None:
            return made
        if records.makes_one(eng, ptr, name):
            return instances.instantiate(eng, frame, ptr, records.fields_of_one(eng, args), node)
    if isinstance(ptr, Func | Class):
        if name == "__call__":
            return calls.call_pointer(eng, frame, ptr, args, node)
        labels = calls.labels_of_args(eng, args)
        if name == "cache_info" and eng.loops:
            text = "how often a function was called that keeps its results is counted over all trials"
            labels |= {eng.label(DYNAMIC, text, frame, node[1])}
        return eng.table.value(frozenset(), labels)
    if name == "__call__":
        return calls.call_pointer(eng, frame, ptr, args, node)
    return opaque.opaque_result(
        eng, frame, args, node, f"`{name}` of something unknown", DYNAMIC, eng.labels_of(receiver), receiver
    )


def on_type(
    eng: Engine,
    frame: Frame,
    receiver: Value,
    obj: Obj,
    type_name: str,
    name: str,
    args: calls.Args,
    node: Node,
) -> Value:
    """A method of an instance of a library type."""
    eng.edge(frame, f"{type_name}.{name}")
    if (
        name == "__call__"
        and eng.models.category(type_name) == "model"
        and eng.models.method(type_name, name) is None
    ):
        return gradient_steps.call_model(eng, frame, obj, args, node)
    wired = wiring.handler(eng, type_name, name)
    if wired is not None and (made := wired(eng, frame, obj, args, node)) is not None:
        return eng.table.labelled(made, receiver.labels)
    model = eng.models.method(type_name, name)
    if name == "__call__" and (
        noise := loaders.augmentations(eng, frame, eng.table.pointer(obj), node[1], 4)
    ):
        labels = eng.labels_of(receiver) | calls.labels_of_args(eng, args) | noise
        return eng.data((anchor(node), "method"), frame, node[1], labels)
    if model is not None:
        roles: dict[str, str] = {}
        for kind in reversed(eng.models.lineage(type_name)):
            roles.update(kind.roles)
        return library.apply(eng, frame, model, f"{type_name}.{name}", args, node, receiver, roles)
    policy = eng.models.policy(type_name)
    if policy == "opaque":
        if name in attributes.TRAIN_METHODS and args.all():
            return conventions.train_unknown(eng, frame, receiver, name, args, node)
        eng.effect(frame, Effect("unresolved", frame.path, node[1], f"{type_name}.{name}"))
        opaque.opaque_call(eng, frame, f"{type_name}.{name}", args, node)
        return opaque.opaque_result(
            eng,
            frame,
            args,
            node,
            f"`{binding.short(type_name)}.{name}` has no model",
            EXTERNAL,
            eng.labels_of(receiver),
            receiver,
        )
    labels = (
        eng.labels_of(receiver)
        | calls.labels_of_args(eng, args)
        | opaque.run_callables(eng, frame, args, node)
    )
    if policy == "dynamics":
        return results.dynamics_value(eng, frame, labels, f"`{name}` gives a result of training", node[1])
    return eng.data((anchor(node), "method"), frame, node[1], labels)


def on_data(
    eng: Engine, frame: Frame, receiver: Value, obj: Obj, name: str, args: calls.Args, node: Node
) -> Value:
    """A method of an array or frame: by its type, else as any array or frame does."""
    if name in opaque.SHOWS and any(label.kind == TRIAL for label in calls.labels_of_args(eng, args)):
        eng.effect(frame, Effect("shown", frame.path, node[1], name))
    for v in args.all() if name in given.NAMING else ():
        given.names_columns(eng, receiver, v, method=True)
    if (out := dict(args.keywords).get("out")) is not None:
        written = eng.labels_of(receiver) | calls.labels_of_args(eng, args)
        library_effects.write_into(eng, frame, out, written, node[1], certain=True)
    model = eng.models.method(obj.type, name) or eng.models.method(attributes.DATA, name)
    if model is not None:
        roles = {r: role for kind in reversed(eng.models.lineage(obj.type)) for r, role in kind.roles.items()}
        return library.apply(eng, frame, model, f"{obj.type}.{name}", args, node, receiver, roles)
    labels = (
        eng.labels_of(receiver)
        | calls.labels_of_args(eng, args)
        | opaque.run_callables(eng, frame, args, node)
    )
    if name in attributes.TRAIN_METHODS and args.all():
        return conventions.train_unknown(eng, frame, receiver, name, args, node)
    if name.endswith("_") and not name.startswith("_"):
        # The convention of tensors: a method whose name ends in "_" changes its receiver in place.
        eng.heap.taint(obj, labels)
        trials.changed_in_place(eng, frame, obj, node[1], definite=True)
        return receiver
    if name == "backward" and any(label.kind == FEED for label in labels):
        return gradient_steps.step_on(eng, frame, receiver, name, node)
    return eng.data((anchor(node), "method"), frame, node[1], labels)


def on_instance(
    eng: Engine, frame: Frame, receiver: Value, obj: Obj, name: str, args: calls.Args, node: Node
) -> Value:
    """A method that an instance of a project class has from a library base."""
    if (inherited := classes.outside_base(eng, obj.type)) is not None:
        eng.edge(frame, f"{inherited}.{name}")
    for kind in classes.mro(eng, obj.type):
        if isinstance(kind, Sym):
            model = eng.models.method(kind.name, name)
            if model is not None:
                roles = {
                    r: role
                    for base in reversed(eng.models.lineage(kind.name))
                    for r, role in base.roles.items()
                }
                return library.apply(eng, frame, model, f"{kind.name}.{name}", args, node, receiver, roles)
    base = classes.library_base(eng, obj.type)
    if base is not None:
        if base.startswith("builtins."):
            return containers.call_method(eng, frame, obj, name, args, node)
        if name in ("__init__", "__init_subclass__", "__new__", "__post_init__"):
            return eng.table.const(None)
        labels = eng.heap.object_labels(obj, 2) | calls.labels_of_args(eng, args)
        policy = eng.models.policy(base)
        if policy == "pure":
            opaque.run_callables(eng, frame, args, node)
            return eng.data((anchor(node), "method"), frame, node[1], labels)
        if policy == "dynamics":
            return results.dynamics_value(eng, frame, labels, f"`{name}` gives a result of training", node[1])
        if name in attributes.TRAIN_METHODS and args.all():
            return conventions.train_unknown(eng, frame, receiver, name, args, node)
        eng.effect(frame, Effect("unresolved", frame.path, node[1], f"{base}.{name}"))
        opaque.opaque_call(eng, frame, f"{base}.{name}", args, node)
        return opaque.opaque_result(
            eng, frame, args, node, f"`{binding.short(base)}.{name}` has no model", EXTERNAL, labels, receiver
        )
    if name == "__call__":
        return calls.unresolved(eng, frame, receiver, args, node)
    if name in attributes.CHANGING:
        _change_fields(eng, frame, obj, name, args, node)
    return eng.table.value(frozenset(), calls.labels_of_args(eng, args))


def _change_fields(eng: Engine, frame: Frame, obj: Obj, name: str, args: calls.Args, node: Node) -> None:
    """``x.__setattr__(...)``, and methods of ``x.__dict__``, which is the object itself here."""
    passed = args.positional
    if name in ("__setattr__", "setdefault", "__setitem__") and len(passed) == 2:
        patches.set_field(eng, frame, obj, passed[0], passed[1], node, weak=name == "setdefault")
    elif name == "update":
        known, rest = args.keywords, args.keyword_rest
        for v in passed:
            more, other = iteration.mapping_items(eng, v)
            known = (*known, *more.items())
            rest = other if rest is None or other is None else eng.table.join(rest, other)
        for field, v in known:
            patches.set_field(eng, frame, obj, eng.table.const(field), v, node)
        if rest is not None:
            patches.set_field(eng, frame, obj, eng.table.plain, rest, node)
    else:
        trials.changed_in_place(eng, frame, obj, node[1], definite=False)


def on_param(
    eng: Engine, frame: Frame, receiver: Value, obj: Obj, name: str, args: calls.Args, node: Node
) -> Value:
    """A method of something a caller hands in: what every array or frame does is taken for that."""
    if name in attributes.TRAIN_METHODS and args.all():
        return conventions.train_unknown(eng, frame, receiver, name, args, node)
    model = eng.models.method(attributes.DATA, name)
    if model is not None and obj.base is None:
        return library.apply(eng, frame, model, f"{attributes.DATA}.{name}", args, node, receiver)
    return on_nothing_known(eng, frame, receiver, name, args, node)


def on_given(eng: Engine, frame: Frame, method: Obj, owner: Obj, args: calls.Args, node: Node) -> Value:
    """A method of something a caller hands in: what only frames and arrays have is known, all else is not."""
    name = str(method.type)[len(str(owner.type)) + 1 :]
    if name == "copy" and given.part_of_frame(owner):
        if str(owner.type).endswith(".copy()"):
            return eng.table.pointer(owner)
        return attributes.param_attribute(eng, frame, owner, "copy()", node)
    if name in attributes.TRAIN_METHODS and args.all():
        return conventions.train_unknown(eng, frame, eng.table.pointer(owner), name, args, node)
    if name not in given.METHODS or not given.part_of_frame(owner):
        return calls.unresolved(eng, frame, eng.table.pointer(method), args, node)
    given.tells(eng, owner)
    receiver = eng.table.pointer(owner)
    for v in args.all() if name in given.NAMING else ():
        given.names_columns(eng, receiver, v, method=True)
    model = eng.models.method(attributes.DATA, name) or eng.models.method("pandas.DataFrame", name)
    if model is not None:
        return library.apply(eng, frame, model, f"pandas.DataFrame.{name}", args, node, receiver)
    labels = calls.labels_of_args(eng, args) | opaque.run_callables(eng, frame, args, node)
    return eng.data((anchor(node), "method"), frame, node[1], eng.labels_of(receiver) | labels)


def on_nothing_known(
    eng: Engine, frame: Frame, receiver: Value, name: str, args: calls.Args, node: Node
) -> Value:
    """A method of a value of which only its labels are known."""
    if (made_by := opaque.made_by(receiver)) is not None:
        eng.edge(frame, f"{made_by}.{name}")
    if name in scoring.PREDICTING:
        scoring.predicts_for(eng, args)
    labels = eng.labels_of(receiver)
    kinds = {label.kind for label in labels}
    if name in ("backward", "apply_gradients", "minimize") and "feed" in kinds:
        return gradient_steps.step_on(eng, frame, receiver, name, node)
    if name in attributes.TRAIN_METHODS and args.all():
        return conventions.train_unknown(eng, frame, receiver, name, args, node)
    if kinds & {DYNAMIC, EXTERNAL} or any(
        isinstance(p, Obj) and p.kind == "param" for p in sorted_pointers(receiver)
    ):
        eng.effect(frame, Effect("unresolved", frame.path, node[1], name))
        before = len(eng.trains)
        opaque.run_callables(eng, frame, args, node, unknown=True)
        message = f"`.{name}(...)` is called on something that is not known"
        result = opaque.opaque_result(eng, frame, args, node, message, DYNAMIC, labels, receiver)
        if len(eng.trains) > before:
            opaque.opaque_call(eng, frame, f"?.{name}", args, node)
        return result
    if DYNAMICS in kinds:
        scoring.note_evaluation_args(eng, frame, args, node, name)
        labels |= calls.labels_of_args(eng, args) | opaque.run_callables(eng, frame, args, node)
        return eng.table.value(frozenset(), labels)
    model = eng.models.method(attributes.DATA, name)
    if model is not None:
        return library.apply(eng, frame, model, f"{attributes.DATA}.{name}", args, node, receiver)
    labels |= calls.labels_of_args(eng, args) | opaque.run_callables(eng, frame, args, node)
    return eng.table.value(frozenset(), labels)


def plain(name: str) -> Call:
    """A model for a method about which only its name is known."""
    return Call(name=name)
