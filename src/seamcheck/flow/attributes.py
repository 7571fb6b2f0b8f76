"""Attributes: look-up along classes, modules, library types and data."""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import class_hooks, classes, given, items, names, patches, receivers, records, specials
from seamcheck.flow.bodies import is_abstract, is_declared_abstract
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import (
    DYNAMIC,
    DYNAMICS,
    EXTERNAL,
    LAZY,
    PARAM,
    RANDOM,
    STREAM,
    TRIAL,
    Label,
)
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at
from seamcheck.flow.values import (
    PLAIN,
    Bound,
    Class,
    Const,
    Deferred,
    Func,
    Method,
    Module,
    Super,
    Sym,
    Value,
)

DATA = "seamcheck.types.Data"
#: Methods that train whatever the receiver is: the convention of every estimator library.
TRAIN_METHODS = {
    "fit": ("X", "y"),
    "partial_fit": ("X", "y"),
    "fit_generator": ("X", "y"),
    "train_on_batch": ("X", "y"),
}
#: Overrides of one method that are followed.
MAX_OVERRIDES = 12
CONTAINERS = frozenset({"list", "tuple", "dict", "set", "gen"})
#: What changes the attributes of an instance: by name, or through its dictionary.
CHANGING = frozenset(
    """__setattr__ __delattr__ __setitem__ __delitem__ setdefault update pop popitem clear append extend insert add
    remove""".split()
)
UNKNOWN_KINDS = frozenset({DYNAMIC, EXTERNAL})


def is_unknown(v: Value) -> bool:
    """Does nothing at all say what this value is?"""
    return v.ptrs <= {PLAIN} and any(label.kind in UNKNOWN_KINDS for label in v.labels)


def note_read(eng: Engine, frame: Frame, v: Value, what: str, line: int) -> None:
    """Record that this function reads a value of a training run, plain data, or something unknown."""
    kinds = v.kinds
    labels = v.labels
    data = False
    for ptr in v.holders:
        if isinstance(ptr, Obj):
            data = data or given.is_data(ptr, kinds)
            if ptr.labels:
                labels = labels | ptr.labels
                kinds = kinds.union([label.kind for label in ptr.labels])
    if DYNAMICS in kinds:
        eng.effect(frame, Effect("read", frame.path, line, what))
    elif not UNKNOWN_KINDS.isdisjoint(kinds) or PARAM in kinds:
        if not given.note(eng, frame, labels, what, line):
            eng.effect(frame, Effect("opaque", frame.path, line, what))
    elif data:
        eng.effect(frame, Effect("data", frame.path, line, what))


def get(eng: Engine, frame: Frame, base: Value, name: str, node: Node) -> Value:
    """``base.name``."""
    if not base.ptrs:
        return eng.table.pointer(Method(base, name), base.labels)
    out = eng.table.empty
    pointers = sorted_pointers(base)
    if len(pointers) > receivers.MAX_RECEIVERS:
        pointers, out = _by_property(eng, frame, pointers, name)
    for ptr in pointers:
        if ptr is PLAIN:
            out = eng.table.join(
                out, eng.table.pointer(Method(eng.table.value(frozenset(), base.labels), name))
            )
            continue
        out = eng.table.join(out, _get_one(eng, frame, ptr, name, node))
    return eng.table.labelled(out, base.labels)


def _by_property(
    eng: Engine, frame: Frame, pointers: tuple[Any, ...], name: str
) -> tuple[tuple[Any, ...], Value]:
    """What properties give for instances that share a call of theirs, and the pointers that are left."""
    from seamcheck.flow import calls

    out = eng.table.empty
    if "__getattribute__" in eng.special:
        return pointers, out
    done: set[Any] = set()
    place = call_at(frame.statement[0], frame.statement[0])
    for cls, several in receivers.of_one_class(pointers).items():
        method = classes.lookup(eng, cls, name)
        if method is None or not classes.is_property(method) or cls in eng.generic:
            continue
        shared = calls.Args((eng.table.value(frozenset(several), frozenset()),))
        getters = [eng.heap.read(p, "get") if isinstance(p, Obj) else None for p in sorted_pointers(method)]
        for getter in getters if None not in getters else ():
            if getter is not None:
                got = calls.call(eng, frame, getter, shared, place)
                out = eng.table.join(out, eng.table.labelled(got, method.labels))
                done.update(several)
    return tuple(p for p in pointers if p not in done), out


def _get_one(eng: Engine, frame: Frame, ptr: Any, name: str, node: Node) -> Value:
    if isinstance(ptr, Obj):
        return _get_object(eng, frame, ptr, name, node)
    if isinstance(ptr, Module):
        return module_attribute(eng, frame, ptr, name, node[1])
    if isinstance(ptr, Sym):
        return symbol_attribute(eng, frame, ptr, name)
    if isinstance(ptr, Class):
        return _class_attribute(eng, frame, ptr, name, node)
    if isinstance(ptr, Super):
        return _super_attribute(eng, frame, ptr, name)
    if isinstance(ptr, Const) and ptr.value is None:
        return eng.table.empty
    if isinstance(ptr, Func):
        if name in ("__name__", "__doc__", "__qualname__", "__module__", "__wrapped__"):
            return eng.table.empty
        if name == "__dict__":
            return eng.table.pointer(patches.function_fields(eng, ptr))
        found = patches.of_function(eng, ptr, name)
        return found if found is not None else eng.table.pointer(Method(eng.table.pointer(ptr), name))
    if isinstance(ptr, Bound | Method):
        return eng.table.pointer(Method(eng.table.pointer(ptr), name))
    if isinstance(ptr, Deferred):
        return eng.unknown(f"`{ptr.name}` of an import cycle", frame, node[1])
    return eng.table.pointer(Method(eng.table.pointer(ptr), name))


def module_attribute(eng: Engine, frame: Frame, ptr: Module, name: str, line: int) -> Value:
    """An attribute of a project module."""
    module = eng.index.by_name[ptr.name]
    full = names.modelled(eng, f"{ptr.name}.{name}", module)
    if full is not None:
        return eng.table.pointer(Sym(full))
    found = names.member(eng, module, name)
    if found is not None:
        return found
    if name == "__dict__":
        return eng.table.pointer(ptr)
    if name.startswith("__"):
        return eng.table.empty
    return eng.unknown(f"`{ptr.name}` does not define `{name}`", frame, line)


def symbol_attribute(eng: Engine, frame: Frame, ptr: Sym, name: str) -> Value:
    """An attribute of a library name: a longer library name."""
    dotted = f"{ptr.name}.{name}"
    if not eng.models.known_package(dotted):
        inner = eng.index.resolve(frame.module, dotted)
        if inner is not None:
            names.run_module(eng, inner)
            return eng.table.pointer(Module(inner.name))
    full = eng.models.canonical(dotted)
    if eng.patched is not None and patches.read(eng, full) is not None:
        return patches.symbol(eng, full)
    if name[:1].islower() and full != dotted and eng.models.type(full) is not None:
        # An instance that the library keeps at module level (`wandb.config`).
        obj, _ = eng.heap.allocate(("module level", full), "lib", full, ("", 0), ())
        return eng.table.pointer(obj)
    return eng.table.pointer(Sym(full))


def _class_attribute(eng: Engine, frame: Frame, ptr: Class, name: str, node: Node) -> Value:
    found = classes.lookup(eng, ptr, name)
    if found is not None:
        return classes.bind_class(eng, found, ptr)
    if name == "__dict__":
        return eng.table.pointer(ptr)
    if eng.metaclasses and (meta := eng.metaclasses.get(ptr)) is not None:
        by_meta = classes.lookup(eng, meta, name)
        if by_meta is not None:
            return classes.bind(eng, frame, by_meta, eng.table.pointer(ptr), meta)
        made = specials.run(
            eng, frame, eng.table.pointer(ptr), ("__getattr__",), (eng.table.const(name),), node
        )
        if made is not None:
            return made
    base = classes.library_base(eng, ptr)
    if base is not None and records.makes_one(eng, ptr, name):
        return eng.table.pointer(Method(eng.table.pointer(ptr), name))
    if base is not None:
        return eng.table.pointer(Sym(f"{base}.{name}"))
    if name.startswith("__"):
        return eng.table.empty
    return eng.unknown(f"class `{classes.facts_of(eng, ptr).name}` has no attribute `{name}`", frame, node[1])


def _super_attribute(eng: Engine, frame: Frame, ptr: Super, name: str) -> Value:
    receiver = ptr.receiver
    cls = receiver.type if isinstance(receiver, Obj) else receiver
    order = classes.mro(eng, cls) if isinstance(cls, Class) else classes.mro(eng, ptr.owner)
    if ptr.owner not in order and eng.metaclasses:
        # A method of a metaclass: its receiver is a class.
        order = classes.mro(eng, ptr.owner)
        if name == "__call__" and isinstance(receiver, Class):
            return class_hooks.plain_call(eng, eng.table.pointer(receiver))
    behind = order[order.index(ptr.owner) + 1 :] if ptr.owner in order else order[1:]
    for kind in behind:
        if isinstance(kind, Class):
            found = classes.own(eng, kind, name)
            if found is not None:
                if isinstance(receiver, Obj):
                    return classes.bind(eng, frame, found, eng.table.pointer(receiver), kind)
                return classes.bind_class(eng, found, cls if isinstance(cls, Class) else kind)
        else:
            return eng.table.pointer(Method(eng.table.pointer(receiver), name))
    return eng.table.pointer(Sym(f"builtins.object.{name}"))


def _get_object(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value:
    heap = eng.heap
    if obj.kind == "instance":
        return _get_instance(eng, frame, obj, name, node)
    if obj.kind == "property":
        return eng.table.pointer(Method(eng.table.pointer(obj), name))
    if obj.kind == "param" and name not in given.ASKED and eng.models.method(DATA, name) is None:
        # No part of a frame: a column of this name, or something else altogether.
        eng.effect(frame, Effect("opaque", frame.path, node[1], name))
    found = heap.read(obj, name)
    if found is not None:
        return found
    if eng.patched is not None and (stored := patches.of_type(eng, frame, obj, name, node)) is not None:
        return eng.table.join(stored, _own(eng, frame, obj, name, node))
    return _own(eng, frame, obj, name, node)


def _own(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value:
    """An attribute of an object as its library, or nobody, defines it."""
    heap = eng.heap
    if obj.kind == "lib":
        return _get_library(eng, frame, obj, name, node)
    if obj.kind == "data":
        if eng.models.method(obj.type, name) is None and heap.read(obj, item(name)) is not None:
            return items.column(eng, frame, obj, eng.table.const(name), node)
        return _data_attribute(eng, frame, obj, name, node)
    if obj.kind == "param":
        return param_attribute(eng, frame, obj, name, node)
    return eng.table.pointer(Method(eng.table.pointer(obj), name))


def _get_instance(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value:
    if "__getattribute__" in eng.special:
        by_hook = specials.run(
            eng, frame, eng.table.pointer(obj), ("__getattribute__",), (eng.table.const(name),), node
        )
        if by_hook is not None:
            return eng.table.join(by_hook, _plain_attribute(eng, frame, obj, name, node))
    return _plain_attribute(eng, frame, obj, name, node)


def _plain_attribute(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value:
    found = eng.heap.read(obj, name)
    method = classes.lookup(eng, obj.type, name)
    if found is not None and not (
        method is not None and (classes.is_property(method) or _is_data_descriptor(eng, method))
    ):
        return found
    if method is not None:
        bound = classes.bind(eng, frame, method, eng.table.pointer(obj), obj.type)
        return _overridden(eng, frame, obj, name, bound)
    if name == "__class__":
        return eng.table.pointer(obj.type)
    if name == "__dict__":
        return eng.table.pointer(obj)
    hook = classes.lookup(eng, obj.type, "__getattr__")
    if hook is not None:
        from seamcheck.flow import calls

        bound = classes.bind(eng, frame, hook, eng.table.pointer(obj), obj.type)
        got = calls.call(eng, frame, bound, calls.Args((eng.table.const(name),)), node)
        return eng.table.join(
            got, eng.unknown(f"`{name}` is looked up by name in `__getattr__`", frame, node[1])
        )
    rest = eng.heap.read(obj, ANY)
    if rest is not None:
        return rest
    base = classes.library_base(eng, obj.type)
    if base is not None:
        kind = eng.models.attribute(base, name)
        if kind is not None:
            return _typed(eng, frame, obj, kind, name, node, eng.heap.object_labels(obj, 1))
        inherited = eng.table.pointer(Method(eng.table.pointer(obj), name))
        if eng.models.policy(base) == "opaque" and eng.models.method(base, name) is None:
            stop = eng.unknown(f"`{name}` comes from `{base}`, which has no model", frame, node[1])
            return eng.table.labelled(inherited, stop.labels | eng.heap.object_labels(obj, 1))
        return inherited
    if name in CHANGING and obj.type not in eng.open_classes:
        return eng.table.pointer(Method(eng.table.pointer(obj), name))
    if classes.complete(eng, obj.type):
        later = classes.written_anywhere(eng, obj.type, name)
        if later:
            return eng.unknown(f"`{name}` is set by a method that was not seen to run before", frame, node[1])
    return eng.unknown(f"`{name}` is not set on `{classes.facts_of(eng, obj.type).name}`", frame, node[1])


def _is_data_descriptor(eng: Engine, held: Value) -> bool:
    """Does what stands in the class come before what the instance holds?"""
    return "__set__" in eng.special and any(
        isinstance(p, Obj) and specials.defined(eng, p, "__set__") is not None for p in held.ptrs
    )


def _overridden(eng: Engine, frame: Frame, obj: Obj, name: str, bound: Value) -> Value:
    """A method of an instance that stands for whatever callers make: subclasses may override it.

    So it is with an abstract method, whatever the instance: nothing is of the very class that declares it.
    """
    known = eng.generic.get(obj.type)
    if (known is None or obj not in known.ptrs or name.startswith("__")) and not _is_abstract(eng, bound):
        return bound
    queue = list(eng.subclasses.get(obj.type, ()))
    seen: set[Class] = set()
    while queue and len(seen) < MAX_OVERRIDES:
        cls = queue.pop(0)
        if cls in seen:
            continue
        seen.add(cls)
        queue.extend(eng.subclasses.get(cls, ()))
        found = classes.own(eng, cls, name)
        if found is not None:
            bound = eng.table.join(bound, classes.bind(eng, frame, found, eng.table.pointer(obj), cls))
    if queue:
        bound = eng.table.labelled(
            bound,
            eng.unknown(f"`{name}` is overridden in too many classes", frame, frame.statement[0]).labels,
        )
    return bound


def _is_abstract(eng: Engine, method: Value) -> bool:
    for ptr in method.ptrs:
        if isinstance(ptr, Bound) and isinstance(ptr.function, Func):
            facts = eng.index.by_name[ptr.function.module].facts.functions[ptr.function.index]
            if is_abstract(facts) or is_declared_abstract(facts):
                return True
    return False


def _get_library(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value:
    if name == "state" and eng.models.category(obj.type) == "generator":
        from seamcheck.flow import drawing

        moved = drawing.from_generator(eng, frame, obj, node[1], name, RANDOM, frozenset())
        return eng.table.value(frozenset(), moved)
    kind = eng.models.attribute(obj.type, name)
    if kind is not None:
        return _typed(eng, frame, obj, kind, name, node, eng.heap.object_labels(obj, 3))
    return eng.table.pointer(Method(eng.table.pointer(obj), name))


def _typed(
    eng: Engine, frame: Frame, obj: Obj, kind: str, name: str, node: Node, labels: frozenset[Label]
) -> Value:
    """An attribute whose kind a model names: data, dynamics, trial, lazy, scalar, or a type."""
    line = node[1]
    if kind == "dynamics":
        return eng.table.value(
            frozenset(), labels | {eng.label(DYNAMICS, f"`{name}` is a result of training", frame, line)}
        )
    if kind == "trial":
        return eng.table.value(
            frozenset(), labels | {eng.label(TRIAL, f"`{name}` differs from trial to trial", frame, line)}
        )
    if kind == "lazy":
        return eng.data(
            (anchor(node), "attr"),
            frame,
            line,
            labels | {eng.label(LAZY, f"`{name}` is produced while training", frame, line)},
        )
    if kind in ("scalar", "none"):
        return eng.table.value(frozenset(), labels)
    if kind == "data":
        # What is an attribute lies in memory, however its owner gives its samples.
        held = frozenset(label for label in labels if label.kind not in (LAZY, STREAM))
        v = eng.data((anchor(node), "attr"), frame, line, held)
    elif kind == "self":
        return eng.table.pointer(obj)
    else:
        v = eng.table.pointer(
            eng.allocate((anchor(node), name), frame, "lib", eng.models.canonical(kind), line), labels
        )
    _set_base(v, obj)
    return v


def _set_base(v: Value, obj: Obj) -> None:
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj):
            ptr.base = obj
            ptr.site = obj.site


def _data_attribute(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value:
    """An attribute of an array or frame: a view, a method, or (unlisted) a column or property derived from it."""
    if eng.models.method(obj.type, name) is not None or eng.models.method(DATA, name) is not None:
        return eng.table.pointer(Method(eng.table.pointer(obj), name))
    if name == "attrs":
        return _notes(eng, obj)
    if name in TRAIN_METHODS or name == "backward" or (name.endswith("_") and not name.startswith("_")):
        return eng.table.pointer(Method(eng.table.pointer(obj), name))
    labels = eng.heap.object_labels(obj, 3)
    view = eng.data(
        (anchor(node), "view"),
        frame,
        node[1],
        labels,
        obj.type if name in ("iloc", "loc", "at", "iat", "T") else DATA,
    )
    _set_base(view, obj)
    return view


def _notes(eng: Engine, obj: Obj) -> Value:
    """``frame.attrs``: a dictionary that hangs on the frame, and on what it is a part of; no part of its rows."""
    while obj.base is not None and obj.base.kind == "data":
        obj = obj.base
    known = eng.heap.read(obj, "attrs")
    if known is None:
        notes, _ = eng.heap.allocate(("attrs", obj), "dict", None, obj.site, obj.loops)
        known = eng.table.pointer(notes)
        eng.heap.write(obj, "attrs", known)
    return known


def param_attribute(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value:
    """An attribute of something a caller hands in: as opaque as itself, each name an object of its own."""
    if name in given.TELLING:
        given.tells(eng, obj)
    inner = eng.allocate((id(obj), name), frame, "param", f"{obj.type}.{name}", node[1])
    inner.base = obj
    inner.summary = False
    eng.heap.write(obj, name, eng.table.pointer(inner, obj.labels), weak=True)
    return eng.table.pointer(inner, obj.labels)
