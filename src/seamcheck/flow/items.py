"""Items: elements of containers, rows and columns of data."""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import (
    attributes,
    calls,
    classes,
    given,
    names,
    patches,
    pipelines,
    special_names,
    specials,
)
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMIC
from seamcheck.flow.objects import ANY, KEYS, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at
from seamcheck.flow.values import PLAIN, Bound, Class, Const, Func, Module, Sym, Text, Value, only_constant

#: Type of a dictionary that reading makes grow.
GROWING = "defaultdict"
#: Categories of data sets that are read in order.
STREAMS = frozenset({"stream", "loader"})


def is_stream(eng: Engine, ptr: Any) -> bool:
    """A data set that is read in order has no items: what is taken from it is one of several made together."""
    return isinstance(ptr, Obj) and ptr.kind == "lib" and eng.models.category(ptr.type) in STREAMS


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
    if eng.special:
        out = eng.table.labelled(out, specials.ask(eng, frame, index, special_names.INDEX, node, 1))
    # Deep: `X[columns]` depends on what the list holds.
    out = eng.table.labelled(out, base.labels | eng.labels_of(index))
    given.names_columns(eng, base, index)
    attributes.note_read(eng, frame, out, "[...]", node[1])
    return out


def _item_one(eng: Engine, frame: Frame, ptr: Any, index: Value, node: Node) -> Value:
    if isinstance(ptr, Obj):
        if ptr.kind in attributes.CONTAINERS:
            return container_item(eng, frame, ptr, index, node)
        if ptr.kind == "data":
            return column(eng, frame, ptr, index, node)
        if ptr.kind == "instance":
            method = classes.lookup(eng, ptr.type, "__getitem__")
            if method is not None:
                bound = classes.bind(eng, frame, method, eng.table.pointer(ptr), ptr.type)
                return calls.call(eng, frame, bound, calls.Args((index,)), node)
            missing = specials.run(eng, frame, eng.table.pointer(ptr), ("__missing__",), (index,), node)
            base = classes.library_base(eng, ptr.type)
            if missing is not None or base in (
                "builtins.dict",
                "builtins.list",
                "collections.OrderedDict",
                "collections.defaultdict",
                "collections.UserDict",
            ):
                out = container_item(eng, frame, ptr, index, node)
                return out if missing is None else eng.table.join(out, missing)
            if base is None:
                return eng.unknown("subscript of an object without `__getitem__`", frame, node[1])
            return eng.table.value(frozenset(), eng.heap.object_labels(ptr, 3))
        return _library_item(eng, frame, ptr, index, node)
    if isinstance(ptr, Class):
        return _class_item(eng, frame, ptr, index, node)
    if isinstance(ptr, Sym):
        return _symbol_item(eng, frame, ptr, index, node)
    if isinstance(ptr, Module):
        return _by_name(eng, frame, ptr, index, node)
    if isinstance(ptr, Const | Text):
        return eng.table.empty
    return eng.table.value(frozenset(), eng.labels_of(eng.table.pointer(ptr)))


def _library_item(eng: Engine, frame: Frame, ptr: Obj, index: Value, node: Node) -> Value:
    """An item of an object of a library, or of something a caller handed in."""
    labels = eng.heap.object_labels(ptr, 3) | eng.labels_of(index)
    known = eng.heap.read(ptr, item_key(index)) if ptr.kind == "lib" and item_key(index) is not None else None
    if known is not None:
        return known
    if ptr.kind == "lib" and (model := eng.models.method(ptr.type, "__getitem__")) is not None:
        from seamcheck.flow import library

        receiver = eng.table.pointer(ptr)
        return library.apply(
            eng, frame, model, f"{ptr.type}.__getitem__", calls.Args((index,)), node, receiver
        )
    if ptr.kind == "param":
        return attributes.param_attribute(eng, frame, ptr, f"[{_index_text(index)}]", node)
    if ptr.type is None:
        return eng.table.labelled(eng.unknown("an item of something that has none", frame, node[1]), labels)
    category = eng.models.category(ptr.type)
    if category == "pipeline" and (inside := pipelines.steps(ptr)):
        return eng.join_all([eng.table.pointer(step, labels) for step in inside])
    if is_stream(eng, ptr):
        return eng.table.pointer(ptr, eng.labels_of(index))
    if category == "trial" or eng.models.policy(ptr.type) != "opaque" or category != "other":
        return eng.data((anchor(node), "item"), frame, node[1], labels)
    return eng.table.labelled(eng.unknown(f"an item of `{ptr.type}`", frame, node[1]), labels)


def _symbol_item(eng: Engine, frame: Frame, ptr: Sym, index: Value, node: Node) -> Value:
    """An item of something that a library has: a type, a module by its name, or a container of its own."""
    if ptr.name.startswith(("typing.", "builtins.", "collections.")):
        return eng.table.pointer(ptr)
    known = only_constant(index)
    if ptr.name == patches.MODULES and len(node) > 3 and node[3][0] == "name" and node[3][2] == "__name__":
        return eng.table.pointer(Module(frame.module.name))
    if ptr.name == patches.MODULES and known is not None and isinstance(known.value, str):
        return names.module_value(eng, frame.module, known.value)
    stop = eng.unknown(f"item of `{ptr.name}`", frame, node[1])
    return eng.table.labelled(stop, patches.item_labels(eng, frame, ptr.name, index, node[1]))


def _by_name(eng: Engine, frame: Frame, ptr: Module, index: Value, node: Node) -> Value:
    """``vars(module)[name]``."""
    known = only_constant(index)
    if known is not None and isinstance(known.value, str):
        return attributes.get(eng, frame, eng.table.pointer(ptr), known.value, node)
    return eng.unknown("a variable is looked up by a name that is not known", frame, node[1])


def _class_item(eng: Engine, frame: Frame, cls: Class, index: Value, node: Node) -> Value:
    """``C[...]``: what the class or its metaclass says, else the class itself as a type."""
    for method in ("__class_getitem__", "__getitem__") if eng.special else ():
        found = classes.lookup(eng, cls, method) if method == "__class_getitem__" else None
        if found is not None:
            as_method = found if not found.ptrs else eng.join_all(
                eng.table.pointer(Bound(p, cls) if isinstance(p, Func) else p) for p in sorted_pointers(found)
            )  # fmt: skip
            bound = classes.bind_class(eng, as_method, cls)
            return calls.call(eng, frame, bound, calls.Args((index,)), call_at(node[1], node[1]))
    made = specials.run(eng, frame, eng.table.pointer(cls), ("__getitem__",), (index,), node)
    known = only_constant(index)
    if made is None and known is not None and isinstance(known.value, str):
        # `vars(C)[name]`, or a type whose argument is a name.
        made = classes.lookup(eng, cls, known.value)
    return eng.table.pointer(cls) if made is None else made


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
    if obj.type == GROWING:
        rest = _grow(eng, frame, obj, keys, rest, node)
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


def _grow(
    eng: Engine, frame: Frame, obj: Obj, keys: list[Any] | None, rest: Value | None, node: Node
) -> Value | None:
    """What a default dictionary may hold under a missing key; it keeps that, and from then on the key is there."""
    made = calls.call(eng, frame, obj.ctor["default_factory"], calls.Args(), call_at(node[1], node[1]))
    if made.labels:
        # It is made when it is asked for, not when the dictionary was.
        rest = made if rest is None else eng.table.join(rest, made)
    if keys is not None and len(keys) == 1 and eng.heap.read(obj, item(keys[0])) is not None:
        return rest
    older = tuple(loop for loop in eng.loops if loop not in obj.loops)
    if not older and rest is not None and keys is not None and len(keys) == 1:
        eng.heap.write(obj, item(keys[0]), rest)
    if older:
        where = f"{obj.site[0]}:{obj.site[1]}"
        text = f"reading a missing key of a default dictionary made before the trial ({where}) adds it"
        label = eng.label(DYNAMIC, text, frame, node[1], loops=older)
        eng.heap.write(obj, KEYS, eng.table.value(frozenset(), frozenset((label,))), weak=True)
    return rest


def _cut(eng: Engine, frame: Frame, obj: Obj, bounds: tuple[Any, ...], node: Node) -> Value:
    """A slice with constant bounds of a sequence whose items are known; otherwise all of it."""
    from seamcheck.flow import iteration

    whole = eng.table.pointer(obj)
    items = iteration.known_items(eng, whole)
    cut = eng.allocate((anchor(node), "cut"), frame, "list", None, node[1])
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
    part = eng.allocate((anchor(node), "part"), frame, "data", obj.type, node[1])
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
