"""Methods of built-in containers and strings."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import assignment, calls, cursors, expressions, items, iteration, opaque
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.places import anchor, call_at
from seamcheck.flow.values import Const, Text, Value, only_constant

#: What a path in the source is: its text, with the methods of this class.
PATH = "pathlib.Path"
ADDING = {"append": 0, "add": 0, "appendleft": 0, "insert": 1, "setdefault": 1, "put": 0}
SPREADING = frozenset({"extend", "update", "union", "extendleft", "intersection_update", "difference_update"})
READING = frozenset(
    {"get_chunk", "pop", "get", "popleft", "popitem", "__next__", "next", "send", "__getitem__"}
)
SAME = frozenset(
    {
        "copy",
        "values",
        "items",
        "keys",
        "union",
        "intersection",
        "difference",
        "__iter__",
        "__enter__",
        "elements",
        "most_common",
    }
)


#: Types of Python itself, as call graphs name them.
BUILTIN_TYPES = {"list": "PyList", "tuple": "PyTuple", "dict": "PyDict", "set": "PySet"}


def call_method(eng: Engine, frame: Frame, obj: Obj, name: str, args: calls.Args, node: Node) -> Value:
    """A method of a list, tuple, dict, set or generator."""
    if (shown := BUILTIN_TYPES.get(obj.kind)) is not None:
        eng.edge(frame, f"<**{shown}**>.{name}")
    heap = eng.heap
    passed = args.positional
    if name.startswith("__") and (done := _by_dunder(eng, frame, obj, name, passed, node)) is not None:
        return done
    if name in ADDING:
        return _add(eng, frame, obj, name, passed, node)
    if name in SPREADING and name != "union":
        for v in passed:
            if obj.kind == "dict" or (name == "update" and obj.kind == "instance"):
                iteration.merge_mapping(eng, frame, obj, v, node)
            else:
                if obj.kind == "list":
                    _used_up(eng, frame, obj, node)
                heap.write(obj, ANY, iteration.elements(eng, frame, v, node), weak=True)
        for key, v in args.keywords:
            heap.write(obj, item(key), v)
        return eng.table.const(None)
    if name in READING:
        return _read(eng, frame, obj, name, passed, node)
    if name in ("sort", "reverse", "rotate", "clear", "remove", "discard", "move_to_end"):
        return _reorder(eng, frame, obj, name, args, node)
    if name == "items":
        return _items(eng, frame, obj, node)
    if name == "keys":
        keys = eng.allocate((anchor(node), "keys"), frame, "list", None, node[1])
        heap.write(keys, ANY, iteration.elements(eng, frame, eng.table.pointer(obj), node), weak=True)
        return eng.table.pointer(keys)
    if name in ("values", "copy") and obj.kind in ("dict", "list", "set", "tuple"):
        out = eng.allocate(
            (anchor(node), name), frame, "list" if name == "values" else obj.kind, None, node[1]
        )
        out.fields.clear()
        for position, field in enumerate(heap.keys(obj)):
            found = heap.read(obj, field)
            if found is not None:
                ordered = item(position) if name == "values" and field != ANY else field
                heap.write(out, ordered, found, weak=field == ANY)
        out.labels = obj.labels
        return eng.table.pointer(out)
    if name in SAME:
        return eng.table.pointer(obj)
    labels = heap.object_labels(obj, 3) | calls.labels_of_args(eng, args)
    return eng.table.value(frozenset(), labels)


def _by_dunder(
    eng: Engine, frame: Frame, obj: Obj, name: str, passed: tuple[Value, ...], node: Node
) -> Value | None:
    """What operators do, called by the name of their method."""
    me = eng.table.pointer(obj)
    if name == "__setitem__" and len(passed) == 2:
        place = call_at(node[1], node[2])
        if obj.kind == "instance":  # past its own `__setitem__`, which may be what calls this
            expressions.store_item(eng, frame, obj, passed[0], passed[1])
        else:
            assignment.assign_item(eng, frame, me, passed[0], passed[1], place, place)
        return eng.table.const(None)
    if name in ("__delitem__", "__imul__") and obj.kind != "tuple":
        _used_up(eng, frame, obj, node)
        return me if name == "__imul__" else eng.table.const(None)
    if name in ("__iadd__", "__ior__", "__iand__", "__isub__", "__ixor__") and obj.kind != "tuple":
        call_method(eng, frame, obj, "extend" if name == "__iadd__" else "update", calls.Args(passed), node)
        return me
    return None


def _add(eng: Engine, frame: Frame, obj: Obj, name: str, passed: tuple[Value, ...], node: Node) -> Value:
    heap = eng.heap
    if name == "setdefault" and passed:
        key = only_constant(passed[0])
        v = passed[1] if len(passed) > 1 else eng.table.const(None)
        field = ANY if key is None else item(key.value)
        heap.write(obj, field, v, weak=True)
        return heap.read(obj, field) or v
    where = ADDING[name]
    if obj.kind == "list":
        _used_up(eng, frame, obj, node)
    if len(passed) > where:
        field = ANY
        known = (
            iteration.known_items(eng, eng.table.pointer(obj))
            if name == "append" and obj.kind == "list"
            else None
        )
        if known is not None and not eng.heap.regions and len(known) < iteration.MAX_SPREAD:
            field = item(len(known))
        heap.write(obj, field, passed[where], weak=True)
    return eng.table.const(None)


def _read(eng: Engine, frame: Frame, obj: Obj, name: str, passed: tuple[Value, ...], node: Node) -> Value:
    if name in ("pop", "popleft"):
        _used_up(eng, frame, obj, node)
    if passed and obj.kind in ("dict", "instance") and name in ("get", "pop", "__getitem__"):
        out = items.container_item(eng, frame, obj, passed[0], node)
        if name != "__getitem__" and len(passed) > 1:
            key = items.item_key(passed[0])
            if key is None or eng.heap.read(obj, key) is None:
                out = eng.table.join(out, passed[1])
        elif name == "get" and obj.kind == "dict" and lacks(eng, obj, passed[0]):
            return eng.table.labelled(eng.table.const(None), eng.labels_of(out))
        return out
    if passed and obj.kind == "list" and name == "pop":
        return items.container_item(eng, frame, obj, passed[0], node)
    if name in ("pop", "popitem", "popleft"):
        _used_up(eng, frame, obj, node)
    if name == "popitem":
        return iteration.elements(eng, frame, _items(eng, frame, obj, node), node)
    got = iteration.elements(eng, frame, eng.table.pointer(obj), node)
    return eng.table.labelled(
        got, iteration.advanced(eng, frame, eng.table.pointer(obj), node[1], frozenset({"gen"}))
    )


def lacks(eng: Engine, obj: Obj, index: Value) -> bool:
    """Is there certainly nothing under this key?"""
    key = items.item_key(index)
    return (
        key is not None
        and not obj.summary
        and eng.heap.read(obj, key) is None
        and eng.heap.read(obj, ANY) is None
    )


def _used_up(eng: Engine, frame: Frame, obj: Obj, node: Node) -> None:
    """Elements are taken away or moved: the next trial meets the container changed."""
    from seamcheck.flow import patches, trials

    if eng.control:
        patches.decided(eng, obj)
    trials.changed_in_place(eng, frame, obj, node[1], definite=True)


def _reorder(eng: Engine, frame: Frame, obj: Obj, name: str, args: calls.Args, node: Node) -> Value:
    heap = eng.heap
    if name != "sort":
        _used_up(eng, frame, obj, node)
    if name == "clear" and not obj.summary:
        for field in heap.keys(obj):
            heap.delete(obj, field)
        return eng.table.const(None)
    key = dict(args.keywords).get("key")
    if key is not None:
        element = iteration.elements(eng, frame, eng.table.pointer(obj), node)
        calls.call(eng, frame, key, calls.Args((element,)), call_at(node[1], node[1]))
    known = [field for field in heap.keys(obj) if field != ANY]
    if known and obj.kind == "list":
        joined = iteration.elements(eng, frame, eng.table.pointer(obj), node)
        for field in known:
            heap.delete(obj, field)
        heap.write(obj, ANY, joined, weak=True)
    opaque.run_callables(eng, frame, args._replace(keywords=()), node)
    return eng.table.const(None)


def _items(eng: Engine, frame: Frame, obj: Obj, node: Node) -> Value:
    """``dict.items()``: pairs, one by one while there are few."""
    heap = eng.heap
    out = eng.allocate((anchor(node), "items"), frame, "list", None, node[1])
    out.fields.clear()
    out.labels = obj.labels | cursors.left_behind(eng, eng.table.pointer(obj))
    fields = heap.keys(obj)
    for position, field in enumerate(fields):
        found = heap.read(obj, field)
        if found is None:
            continue
        pair = eng.allocate(
            (anchor(node), "pair", position if position < iteration.MAX_SPREAD else -1),
            frame,
            "tuple",
            None,
            node[1],
        )
        if position < iteration.MAX_SPREAD:
            pair.fields.clear()
            pair.summary = False
        key = eng.table.empty
        if field != ANY and isinstance(field, tuple):
            key = eng.table.pointer(field[1]) if hasattr(field[1], "tag") else eng.table.const(field[1])
        heap.write(pair, item(0), key)
        heap.write(pair, item(1), found)
        small = field != ANY and position < iteration.MAX_SPREAD and ANY not in fields
        heap.write(out, item(position) if small else ANY, eng.table.pointer(pair), weak=not small)
    return eng.table.pointer(out)


def is_text(v: Value) -> bool:
    """Is this a string, as far as it is known?"""
    return any(isinstance(p, Text) or (isinstance(p, Const) and isinstance(p.value, str)) for p in v.ptrs)


def call_string(eng: Engine, frame: Frame, receiver: Value, name: str, args: calls.Args, node: Node) -> Value:
    """A method of a string: formatted text stays known in part."""
    if hasattr(str, name) and is_text(receiver):
        eng.edge(frame, f"<**PyStr**>.{name}")
    from seamcheck.flow.expressions import make_text, text_pattern

    if not hasattr(str, name):
        # A path object is its text: what it does to files is what its class does.
        model = eng.models.method(PATH, name)
        if model is not None and (model.effects or name == "open"):
            from seamcheck.flow import library

            return library.apply(eng, frame, model, f"{PATH}.{name}", args, node, receiver)
    labels = eng.labels_of(receiver) | calls.labels_of_args(eng, args)
    labels |= cursors.moved_on(eng, frame, args.all(), node[1])  # `"".join(lines)`
    pattern = text_pattern(receiver)
    if pattern is not None:
        if name == "format":
            known = ""
            depth = 0
            for char in pattern:
                if char == "{":
                    depth += 1
                    known += "*" if depth == 1 else ""
                elif char == "}":
                    depth = max(0, depth - 1)
                elif depth == 0:
                    known += char
            return make_text(eng, known, labels)
        simple = {"lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize"}
        if name in simple and not args.positional:
            (ptr,) = receiver.ptrs
            if isinstance(ptr, Const) and isinstance(ptr.value, str):
                return eng.table.value(frozenset((Const(getattr(ptr.value, name)(), "str"),)), labels)
        if name == "join":
            for v in args.positional[:1] if eng.special else ():
                labels |= eng.labels_of(iteration.elements(eng, frame, v, node))
            return eng.table.value(eng.table.pointer(_open_text()).ptrs, labels)
    library_labels = frozenset(labels)
    return eng.table.value(frozenset(), library_labels)


def _open_text() -> object:
    return Text("*")
