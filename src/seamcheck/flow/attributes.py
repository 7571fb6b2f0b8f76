"""Attributes and items: look-up along classes, modules, library types, data and containers."""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import classes, names
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import DYNAMIC, DYNAMICS, EXTERNAL, LAZY, PARAM, STREAM, TRIAL, Label
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.ordering import pointer_key, sorted_pointers
from seamcheck.flow.values import PLAIN, Bound, Class, Const, Deferred, Func, Method, Module, Super, Sym, Text, Value, only_constant

DATA = "seamcheck.types.Data"
#: Methods that train whatever the receiver is: the convention of every estimator library.
TRAIN_METHODS = {"fit": ("X", "y"), "partial_fit": ("X", "y"), "fit_generator": ("X", "y"), "train_on_batch": ("X", "y")}
#: Overrides of one method that are followed.
MAX_OVERRIDES = 12
CONTAINERS = frozenset({"list", "tuple", "dict", "set", "gen"})
UNKNOWN_KINDS = frozenset({DYNAMIC, EXTERNAL})

class_lookup = classes.lookup


def bind(eng: Engine, frame: Frame, found: Value, receiver: Value, owner: Class) -> Value:
    """Turn functions found on a class into bound methods; properties and static methods are honoured."""
    return classes.bind(eng, frame, found, receiver, owner)


def is_unknown(v: Value) -> bool:
    """Does nothing at all say what this value is?"""
    return v.ptrs <= {PLAIN} and any(label.kind in UNKNOWN_KINDS for label in v.labels)


def note_read(eng: Engine, frame: Frame, v: Value, what: str, line: int) -> None:
    """Record that this function reads a value of a training run, plain data, or something unknown."""
    kinds = {label.kind for label in v.labels}
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj):
            kinds.update(label.kind for label in ptr.labels)
    if DYNAMICS in kinds:
        eng.effect(frame, Effect("read", frame.path, line, what))
    elif kinds & UNKNOWN_KINDS or PARAM in kinds:
        eng.effect(frame, Effect("opaque", frame.path, line, what))
    elif any(isinstance(p, Obj) and p.kind == "data" for p in sorted_pointers(v)):
        eng.effect(frame, Effect("data", frame.path, line, what))


def get(eng: Engine, frame: Frame, base: Value, name: str, node: Node) -> Value:
    """``base.name``."""
    if not base.ptrs:
        return eng.table.pointer(Method(base, name), base.labels)
    out = eng.table.empty
    for ptr in sorted_pointers(base):
        if ptr is PLAIN:
            out = eng.table.join(out, eng.table.pointer(Method(eng.table.value(frozenset(), base.labels), name)))
            continue
        out = eng.table.join(out, _get_one(eng, frame, base, ptr, name, node))
    shared = frozenset(label for label in base.labels)
    return eng.table.labelled(out, shared) if shared else out


def _get_one(eng: Engine, frame: Frame, base: Value, ptr: Any, name: str, node: Node) -> Value:
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
        found = eng.function_attributes.get((ptr, name))
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
    if name[:1].islower() and full != dotted and eng.models.type(full) is not None:
        # An instance that the library keeps at module level (`wandb.config`).
        obj, _ = eng.heap.allocate(("module level", full), "lib", full, ("", 0), ())
        return eng.table.pointer(obj)
    return eng.table.pointer(Sym(full))


def _class_attribute(eng: Engine, frame: Frame, ptr: Class, name: str, node: Node) -> Value:
    found = classes.lookup(eng, ptr, name)
    if found is not None:
        return classes.bind_class(eng, found, ptr)
    base = classes.library_base(eng, ptr)
    if base is not None:
        return eng.table.pointer(Sym(f"{base}.{name}"))
    if name.startswith("__"):
        return eng.table.empty
    return eng.unknown(f"class `{classes.facts_of(eng, ptr).name}` has no attribute `{name}`", frame, node[1])


def _super_attribute(eng: Engine, frame: Frame, ptr: Super, name: str) -> Value:
    receiver = ptr.receiver
    cls = receiver.type if isinstance(receiver, Obj) else receiver
    order = classes.mro(eng, cls) if isinstance(cls, Class) else classes.mro(eng, ptr.owner)
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
    found = heap.read(obj, name)
    if found is not None:
        return found
    if obj.kind == "lib":
        return _get_library(eng, frame, obj, name, node)
    if obj.kind == "data":
        if eng.models.method(obj.type, name) is None and heap.read(obj, item(name)) is not None:
            return column(eng, frame, obj, eng.table.const(name), node)
        return _data_attribute(eng, frame, obj, name, node)
    if obj.kind == "param":
        return _param_attribute(eng, frame, obj, name, node)
    return eng.table.pointer(Method(eng.table.pointer(obj), name))


def _get_instance(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value:
    found = eng.heap.read(obj, name)
    method = classes.lookup(eng, obj.type, name)
    if found is not None and not (method is not None and classes.is_property(method)):
        if obj.ctor.get("<generic>") is not None and method is None:
            return found
        return found
    if method is not None:
        bound = classes.bind(eng, frame, method, eng.table.pointer(obj), obj.type)
        return _overridden(eng, frame, obj, name, bound)
    if name == "__class__":
        return eng.table.pointer(obj.type)
    if name == "__dict__":
        return eng.table.pointer(obj)
    hook = classes.lookup(eng, obj.type, "__getattr__") or classes.lookup(eng, obj.type, "__getattribute__")
    if hook is not None:
        from seamcheck.flow import calls

        bound = classes.bind(eng, frame, hook, eng.table.pointer(obj), obj.type)
        got = calls.call(eng, frame, bound, calls.Args((eng.table.const(name),)), node)
        return eng.table.join(got, eng.unknown(f"`{name}` is looked up by name in `__getattr__`", frame, node[1]))
    rest = eng.heap.read(obj, ANY)
    if rest is not None:
        return rest
    base = classes.library_base(eng, obj.type)
    if base is not None:
        kind = eng.models.attribute(base, name)
        if kind is not None:
            return _typed(eng, frame, obj, kind, name, node, eng.heap.object_labels(obj, 1, set()))
        inherited = eng.table.pointer(Method(eng.table.pointer(obj), name))
        if eng.models.policy(base) == "opaque" and eng.models.method(base, name) is None:
            stop = eng.unknown(f"`{name}` comes from `{base}`, which has no model", frame, node[1])
            return eng.table.labelled(inherited, stop.labels | eng.heap.object_labels(obj, 1, set()))
        return inherited
    if classes.complete(eng, obj.type):
        later = classes.written_anywhere(eng, obj.type, name)
        if later:
            return eng.unknown(f"`{name}` is set by a method that was not seen to run before", frame, node[1])
    return eng.unknown(f"`{name}` is not set on `{classes.facts_of(eng, obj.type).name}`", frame, node[1])


def _overridden(eng: Engine, frame: Frame, obj: Obj, name: str, bound: Value) -> Value:
    """A method of an instance that stands for whatever callers make: subclasses may override it."""
    known = eng.generic.get(obj.type)
    if known is None or obj not in known.ptrs or name.startswith("__"):
        return bound
    queue, seen = list(eng.subclasses.get(obj.type, ())), set()
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
        bound = eng.table.labelled(bound, eng.unknown(f"`{name}` is overridden in too many classes", frame, frame.statement[0]).labels)
    return bound


def _get_library(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value:
    kind = eng.models.attribute(obj.type, name)
    if kind is not None:
        return _typed(eng, frame, obj, kind, name, node, eng.heap.object_labels(obj, 3, set()))
    return eng.table.pointer(Method(eng.table.pointer(obj), name))


def _typed(eng: Engine, frame: Frame, obj: Obj, kind: str, name: str, node: Node, labels: frozenset[Label]) -> Value:
    """An attribute whose kind a model names: data, dynamics, trial, lazy, scalar, or a type."""
    line = node[1]
    if kind == "dynamics":
        return eng.table.value(frozenset(), labels | {eng.label(DYNAMICS, f"`{name}` is a result of training", frame, line)})
    if kind == "trial":
        return eng.table.value(frozenset(), labels | {eng.label(TRIAL, f"`{name}` differs from trial to trial", frame, line)})
    if kind == "lazy":
        return eng.data((id(node), "attr"), frame, line, labels | {eng.label(LAZY, f"`{name}` is produced while training", frame, line)})
    if kind in ("scalar", "none"):
        return eng.table.value(frozenset(), labels)
    if kind == "data":
        # What is an attribute lies in memory, however its owner gives its samples.
        held = frozenset(label for label in labels if label.kind not in (LAZY, STREAM))
        v = eng.data((id(node), "attr"), frame, line, held)
    elif kind == "self":
        return eng.table.pointer(obj)
    else:
        v = eng.table.pointer(eng.allocate((id(node), name), frame, "lib", eng.models.canonical(kind), line), labels)
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
    if name in TRAIN_METHODS or name == "backward" or (name.endswith("_") and not name.startswith("_")):
        return eng.table.pointer(Method(eng.table.pointer(obj), name))
    labels = eng.heap.object_labels(obj, 3, set())
    view = eng.data((id(node), "view"), frame, node[1], labels, obj.type if name in ("iloc", "loc", "at", "iat", "T") else DATA)
    _set_base(view, obj)
    return view


def _param_attribute(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value:
    """An attribute of something a caller hands in: as opaque as itself, each name an object of its own."""
    inner = eng.allocate((id(obj), name), frame, "param", f"{obj.type}.{name}", node[1])
    inner.base = obj
    inner.summary = False
    eng.heap.write(obj, name, eng.table.pointer(inner, obj.labels), weak=True)
    return eng.table.pointer(inner, obj.labels)


# -- items --------------------------------------------------------------------------------------------------


def get_item(eng: Engine, frame: Frame, base: Value, index: Value, node: Node) -> Value:
    """``base[index]``."""
    if not base.ptrs:
        return eng.table.value(frozenset(), base.labels | eng.labels_of(index))
    out = eng.table.empty
    for ptr in sorted_pointers(base):
        if ptr is PLAIN:
            out = eng.table.join(out, eng.table.value(base.ptrs & {PLAIN}, eng.labels_of(index)))
            continue
        out = eng.table.join(out, _item_one(eng, frame, ptr, index, node))
    out = eng.table.labelled(out, base.labels | index.labels)
    note_read(eng, frame, out, "[...]", node[1])
    return out


def _item_one(eng: Engine, frame: Frame, ptr: Any, index: Value, node: Node) -> Value:
    if isinstance(ptr, Obj):
        if ptr.kind in CONTAINERS:
            return container_item(eng, frame, ptr, index, node)
        if ptr.kind == "data":
            return column(eng, frame, ptr, index, node)
        if ptr.kind == "instance":
            method = classes.lookup(eng, ptr.type, "__getitem__")
            if method is not None:
                from seamcheck.flow import calls

                bound = classes.bind(eng, frame, method, eng.table.pointer(ptr), ptr.type)
                return calls.call(eng, frame, bound, calls.Args((index,)), node)
            if (base := classes.library_base(eng, ptr.type)) in ("builtins.dict", "builtins.list", "collections.OrderedDict", "collections.defaultdict", "collections.UserDict"):
                return container_item(eng, frame, ptr, index, node)
            if base is None:
                return eng.unknown("subscript of an object without `__getitem__`", frame, node[1])
            return eng.table.value(frozenset(), eng.heap.object_labels(ptr, 3, set()))
        labels = eng.heap.object_labels(ptr, 3, set()) | eng.labels_of(index)
        known = eng.heap.read(ptr, item_key(index)) if ptr.kind == "lib" and item_key(index) is not None else None
        if known is not None:
            return known
        if ptr.kind == "lib" and (model := eng.models.method(ptr.type, "__getitem__")) is not None:
            from seamcheck.flow import calls, library

            receiver = eng.table.pointer(ptr)
            return library.apply(eng, frame, model, f"{ptr.type}.__getitem__", calls.Args((index,)), node, receiver)
        if ptr.kind == "param":
            return _param_attribute(eng, frame, ptr, f"[{_index_text(index)}]", node)
        category = eng.models.category(ptr.type)
        if category == "trial" or eng.models.policy(ptr.type) != "opaque" or category != "other":
            return eng.data((id(node), "item"), frame, node[1], labels)
        return eng.table.labelled(eng.unknown(f"an item of `{ptr.type}`", frame, node[1]), labels)
    if isinstance(ptr, Class):
        return eng.table.pointer(ptr)
    if isinstance(ptr, Sym):
        return eng.table.pointer(ptr) if ptr.name.startswith(("typing.", "builtins.", "collections.")) else eng.unknown(f"item of `{ptr.name}`", frame, node[1])
    if isinstance(ptr, Const | Text):
        return eng.table.empty
    return eng.table.value(frozenset(), eng.labels_of(eng.table.pointer(ptr)))


def item_key(index: Value) -> Any:
    """The field of a constant index, or None."""
    known = only_constant(index)
    return None if known is None else item(known.value)


def _index_text(index: Value) -> str:
    known = only_constant(index)
    return "*" if known is None else repr(known.value)[:40]


def container_item(eng: Engine, frame: Frame, obj: Obj, index: Value, node: Node) -> Value:
    """An element of a list, tuple or dict: by constant key where that is known, else any of them."""
    from seamcheck.flow.expressions import keys_of

    heap = eng.heap
    keys = keys_of(index)
    rest = heap.read(obj, ANY)
    if keys is not None and isinstance(keys[0], tuple) and keys[0][:1] == ("slice",):
        return _cut(eng, frame, obj, keys[0], node)
    if keys is not None:
        out = rest if rest is not None else eng.table.empty
        for key in keys:
            if isinstance(key, int) and key < 0 and obj.kind in ("list", "tuple") and rest is None:
                key += sum(1 for field in heap.keys(obj) if isinstance(field, tuple))
            found = heap.read(obj, item(key))
            if found is not None:
                out = eng.table.join(out, found)
        if out is not eng.table.empty or obj.labels:
            return eng.table.labelled(out, obj.labels)
        return eng.table.value(frozenset(), obj.labels)
    out = rest if rest is not None else eng.table.empty
    for field in heap.keys(obj):
        if isinstance(field, tuple) and field[0] == "[]":
            found = heap.read(obj, field)
            out = eng.table.join(out, found) if found is not None else out
    return eng.table.labelled(out, obj.labels | eng.labels_of(index))


def _cut(eng: Engine, frame: Frame, obj: Obj, bounds: tuple[Any, ...], node: Node) -> Value:
    """A slice with constant bounds of a sequence whose items are known; otherwise all of it."""
    from seamcheck.flow import iteration

    whole = eng.table.pointer(obj)
    items = iteration.known_items(eng, whole)
    cut = eng.allocate((id(node), "cut"), frame, "list", None, node[1])
    cut.labels = obj.labels
    if items is None:
        eng.heap.write(cut, ANY, iteration.elements(eng, frame, whole, node), weak=True)
    else:
        cut.fields.clear()
        for position, v in enumerate(items[slice(*bounds[1:])]):
            eng.heap.write(cut, item(position), v)
    return eng.table.pointer(cut)


def column(eng: Engine, frame: Frame, obj: Obj, index: Value, node: Node) -> Value:
    """Part of an array or frame: the columns that were stored under these names, else all of it.

    The result may share memory with the whole (``base``), and is complete where the whole is.
    """
    heap = eng.heap
    wanted = column_names(eng, index)
    labels = obj.labels | eng.labels_of(index)
    heap.touched.setdefault((obj, "<labels>"), obj.labels)
    for field in heap.keys(obj):
        if field == ANY or not isinstance(field, tuple) or wanted is None or field[1] in wanted:
            found = heap.read(obj, field)
            if found is not None:
                labels |= eng.labels_of(found)
    part = eng.allocate((id(node), "part"), frame, "data", obj.type, node[1])
    part.base, part.site = obj, obj.site
    return eng.table.pointer(part, labels)


def column_names(eng: Engine, index: Value) -> frozenset[Any] | None:
    """The constant column names that an index selects, or None for rows, masks and anything open."""
    found: set[Any] = set()
    for ptr in sorted_pointers(index):
        if isinstance(ptr, Const) and isinstance(ptr.value, str):
            found.add(ptr.value)
        elif isinstance(ptr, Obj) and ptr.kind in ("list", "tuple"):
            for field in eng.heap.keys(ptr):
                inner = ptr.fields[field]
                known = only_constant(inner)
                if field == ANY or known is None or not isinstance(known.value, str):
                    return None
                found.add(known.value)
        else:
            return None
    return frozenset(found) if found else None
