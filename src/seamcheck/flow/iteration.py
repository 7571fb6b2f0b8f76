"""Elements of iterables: loops, comprehensions, unpacking."""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import (
    assignment,
    attributes,
    classes,
    cursors,
    hidden_reads,
    items,
    loaders,
    plain_loops,
    results,
    specials,
)
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import DYNAMIC, DYNAMICS, EXTERNAL, LAZY, LOOPVAR, MUTATION, ORDER, STREAM, Label
from seamcheck.flow.objects import ANY, KEYS, LABELS, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at
from seamcheck.flow.values import PLAIN, Bound, Class, Const, Func, Module, Sym, Text, Value

#: Constants spread from a ``range`` or string at most.
MAX_SPREAD = 16


def advanced(eng: Engine, frame: Frame, v: Value, line: int, kinds: frozenset[str]) -> frozenset[Label]:
    """Labels of taking elements from an iterator made before the trial: the next trial goes on where this one stops."""
    out: set[Label] = set() if v.ptrs else set(once_more(eng, frame, v, line))
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind in kinds and ptr.type != "range":
            older = tuple(loop for loop in eng.loops if loop not in ptr.loops)
            if older:
                text = f"an iterator made before the trial ({ptr.site[0]}:{ptr.site[1]}) moves on from trial to trial"
                out.add(eng.label(MUTATION, text, frame, line, loops=older))
    return frozenset(out)


def once_more(eng: Engine, frame: Frame, v: Value, line: int) -> frozenset[Label]:
    """The label of iterating in each trial over something unknown that was made before."""
    unknown = [label for label in v.labels if label.kind in (DYNAMIC, EXTERNAL)]
    older = tuple(loop for loop in eng.loops if any(loop not in label.loops for label in unknown))
    if not older:
        return frozenset()
    text = "something unknown is iterated in each trial, and whether it gives the same again is not known"
    return frozenset((eng.label(DYNAMIC, text, frame, line, loops=older),))


def known_items(eng: Engine, v: Value) -> list[Value] | None:
    """The elements of a sequence in order if there is one and its length is known."""
    if len(v.ptrs) != 1:
        return None
    (obj,) = v.ptrs
    if not isinstance(obj, Obj) or obj.kind not in ("list", "tuple") or (obj.summary and obj.kind == "list"):
        return None
    if obj.type == "zip" and any(loop not in obj.loops for loop in eng.loops):
        return None  # what is left of an iterator that earlier trials have read
    out: list[Value] = []
    labels = v.labels | obj.labels if obj.labels else v.labels
    eng.heap.touched.setdefault((obj, LABELS), obj.labels)
    keys = eng.heap.keys(obj)
    for position in range(len(keys)):
        found = obj.fields.get(item(position))
        if found is None:
            return None
        eng.heap.touched.setdefault((obj, item(position)), found)
        out.append(eng.table.labelled(found, labels))
    return out


def mapping_items(eng: Engine, v: Value) -> tuple[dict[str, Value], Value | None]:
    """What ``**v`` passes: values by known name, and what may come under any other name."""
    known: dict[str, Value] = {}
    rest: Value | None = None
    if not v.ptrs:
        return known, v
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind == "dict":
            for field in eng.heap.keys(ptr):
                inner = eng.table.labelled(ptr.fields[field], v.labels)
                if field != ANY and isinstance(field, tuple) and isinstance(field[1], str):
                    old = known.get(field[1])
                    known[field[1]] = inner if old is None else eng.table.join(old, inner)
                else:
                    rest = inner if rest is None else eng.table.join(rest, inner)
            if ptr.labels:
                rest = (
                    eng.table.value(frozenset(), ptr.labels)
                    if rest is None
                    else eng.table.labelled(rest, ptr.labels)
                )
        else:
            more = eng.table.value(frozenset(), eng.labels_of(v))
            rest = more if rest is None else eng.table.join(rest, more)
    if len(v.ptrs) > 1 and rest is None:
        rest = eng.table.value(frozenset(), eng.labels_of(v))
    return known, rest


def merge_mapping(eng: Engine, frame: Frame, obj: Obj, v: Value, node: Node) -> None:
    """``obj.update(v)``: known names as fields, the rest under any key."""
    known, rest = mapping_items(eng, v)
    for name, inner in known.items():
        eng.heap.write(obj, item(name), inner)
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind == "dict":
            for field in eng.heap.keys(ptr):
                if isinstance(field, tuple) and not isinstance(field[1], str):
                    eng.heap.write(obj, field, ptr.fields[field])
    if rest is not None:
        eng.heap.write(obj, ANY, rest, weak=True)


def concatenate(eng: Engine, frame: Frame, node: Node, a: Value, b: Value) -> Value | None:
    """``a + b`` of sequences whose items are known."""
    left, right = known_items(eng, a), known_items(eng, b)
    if left is None or right is None:
        return None
    obj = eng.allocate((anchor(node), "+"), frame, "list", None, node[1])
    obj.fields.clear()
    for position, v in enumerate([*left, *right]):
        eng.heap.write(obj, item(position), v)
    return eng.table.pointer(obj)


def elements(eng: Engine, frame: Frame, v: Value, node: Node) -> Value:
    """What iterating over a value gives, as one value."""
    if not v.ptrs:
        return eng.table.labelled(v, once_more(eng, frame, v, node[1]))
    out = eng.table.empty
    for ptr in sorted_pointers(v):
        if ptr is PLAIN:
            out = eng.table.join(out, eng.table.plain)
            continue
        out = eng.table.join(out, _elements_one(eng, frame, ptr, node))
    return eng.table.labelled(out, v.labels)


def _elements_one(eng: Engine, frame: Frame, ptr: Any, node: Node) -> Value:
    if isinstance(ptr, Obj):
        if ptr.kind in ("list", "tuple", "set", "gen"):
            out = eng.table.empty
            for field in eng.heap.keys(ptr):
                found = eng.heap.read(ptr, field)
                if found is not None and (field == ANY or isinstance(field, tuple)):
                    out = eng.table.join(out, found)
            if ptr.kind == "gen" and ptr.type == "generator":
                out = eng.table.labelled(
                    out,
                    frozenset(
                        (eng.label(STREAM, "a generator gives the data piece by piece", frame, node[1]),)
                    ),
                )
            if eng.loops and (ptr.kind == "gen" or ptr.type == "zip"):
                out = eng.table.labelled(
                    out, advanced(eng, frame, eng.table.pointer(ptr), node[1], frozenset({"gen", "list"}))
                )
            return eng.table.labelled(out, ptr.labels)
        if ptr.kind == "dict":
            return _keys(eng, ptr)
        if ptr.kind == "data":
            return part_of(eng, frame, ptr, node)
        if ptr.kind == "instance":
            return _instance_elements(eng, frame, ptr, node)
        if ptr.kind == "lib":
            return _library_elements(eng, frame, ptr, node)
        if ptr.kind == "param":
            message = (
                f"`{ptr.type}` is iterated in each trial, "
                "and only the caller knows whether it gives the same again"
            )
            more = {eng.label(DYNAMIC, message, frame, node[1])} if eng.loops else set()
            inner = items.get_item(eng, frame, eng.table.pointer(ptr), eng.table.empty, node)
            return eng.table.labelled(inner, frozenset(more))
    if isinstance(ptr, Const):
        if isinstance(ptr.value, str) and len(ptr.value) <= MAX_SPREAD:
            return eng.join_all(eng.table.const(c) for c in ptr.value)
        return eng.table.empty
    if isinstance(ptr, Text | Func | Bound | Module):
        return eng.table.empty
    if isinstance(ptr, Class):
        made = specials.run(eng, frame, eng.table.pointer(ptr), ("__iter__",), (), node)
        if made is not None:
            return elements(eng, frame, made, node)
        members = [m for name, m in classes.namespace(eng, ptr).fields.items() if not name.startswith("__")]
        return eng.join_all(
            m for m in members if not any(isinstance(p, Func | Obj) for p in sorted_pointers(m))
        )
    if isinstance(ptr, Sym):
        return eng.unknown(f"elements of `{ptr.name}`", frame, node[1])
    return eng.table.value(frozenset(), eng.labels_of(eng.table.pointer(ptr)))


def _keys(eng: Engine, obj: Obj) -> Value:
    out = eng.table.value(frozenset(), obj.labels)
    for field in eng.heap.keys(obj):
        if isinstance(field, tuple):
            key = field[1]
            known = eng.table.pointer(key) if isinstance(key, Sym | Func | Class) else eng.table.const(key)
            out = eng.table.join(out, known)
        elif field in (ANY, KEYS):
            out = eng.table.labelled(out, obj.fields[field].labels)
    return out


def part_of(eng: Engine, frame: Frame, obj: Obj, node: Node) -> Value:
    """A part of an array or frame (a row, a batch, a column name)."""
    labels = eng.heap.object_labels(obj, 3)
    part = eng.allocate((anchor(node), "row"), frame, "data", attributes.DATA, node[1])
    part.base, part.site = obj, obj.site
    return eng.table.pointer(part, labels)


def _instance_elements(eng: Engine, frame: Frame, obj: Obj, node: Node) -> Value:
    from seamcheck.flow import calls

    for name in ("__iter__", "__aiter__", "__getitem__", "__next__", "__anext__"):
        method = classes.lookup(eng, obj.type, name)
        if method is None:
            continue
        bound = classes.bind(eng, frame, method, eng.table.pointer(obj), obj.type)
        args = calls.Args((eng.table.empty,)) if name == "__getitem__" else calls.Args()
        got = calls.call(eng, frame, bound, args, call_at(node[1], node[1]))
        if name in ("__iter__", "__aiter__"):
            if got.ptrs == frozenset((obj,)):
                continue
            return elements(eng, frame, got, node)
        return got
    if classes.category(eng, obj.type) in ("loader", "map_dataset", "stream"):
        label = eng.label(STREAM, "samples are read while training", frame, node[1])
        return eng.table.value(frozenset(), eng.heap.object_labels(obj, 3) | {label})
    rest = eng.heap.read(obj, ANY)
    if rest is not None:
        return rest
    return eng.table.value(frozenset(), eng.heap.object_labels(obj, 3))


def _library_elements(eng: Engine, frame: Frame, obj: Obj, node: Node) -> Value:
    """Elements of a library object: batches of a loader, samples of a stream, what the model names."""
    labels = eng.heap.object_labels(obj, 4)
    category = eng.models.category(obj.type)
    if category in ("loader", "stream", "map_dataset", "datamodule"):
        labels |= loaders.loader_labels(eng, frame, obj, node[1])
        return eng.data((anchor(node), "batch"), frame, node[1], labels)
    kind = eng.models.elements(obj.type)
    if kind not in ("data", "scalar", "none"):
        if kind == "dynamics":
            return results.dynamics_value(eng, frame, labels, "an element of a training result", node[1])
        return eng.table.pointer(
            eng.allocate((anchor(node), "element"), frame, "lib", eng.models.canonical(kind), node[1]), labels
        )
    if eng.models.policy(obj.type) == "opaque" and category == "other":
        return eng.table.labelled(eng.unknown(f"elements of `{obj.type}`", frame, node[1]), labels)
    if category == "file":
        moved = cursors.moved_on(eng, frame, (eng.table.pointer(obj),), node[1])
        return eng.table.value(frozenset(), labels | moved)
    return eng.data((anchor(node), "element"), frame, node[1], labels)


def comprehension(eng: Engine, frame: Frame, node: Node) -> Value:
    """Run a comprehension once over joined elements; its targets do not leak."""
    return plain_loops.watch_loop(eng, frame, node, lambda marker: _run(eng, frame, node, marker))


def _run(eng: Engine, frame: Frame, node: Node, marker: Any) -> Value:
    _, line, kind, element, generators = node
    saved = dict(frame.fields)
    exact = _exact(eng, frame, node, marker)
    if exact is not None:
        frame.fields = {**frame.fields, **saved}
        return exact
    eng.heap.enter()
    extra: frozenset[Label] = frozenset()
    tests: frozenset[Label] = frozenset()
    for position, (target, iterable, conditions) in enumerate(generators):
        source = eng.evaluate(frame, iterable)
        extra |= frozenset(label for label in source.labels if label.kind != LOOPVAR)
        extra |= cursors.left_behind(eng, source) | cursors.moved_on(eng, frame, (source,), line)
        v = elements(eng, frame, source, iterable)
        note_elements(eng, frame, v, line)
        if position == 0 and marker is not None:
            v = marker(v)
        assignment.assign(eng, frame, target, v, iterable)
        for condition in conditions:
            test = eng.evaluate(frame, condition)
            hidden_reads.asks_truth(eng, frame, test, condition)
            tests |= eng.labels_of(test)
    extra |= tests
    if kind == "dict":
        key, value = eng.evaluate(frame, element[0]), eng.evaluate(frame, element[1])
        obj = eng.allocate((anchor(node), "comp"), frame, "dict", None, line)
        from seamcheck.flow.expressions import store_item

        eng.heap.leave()
        store_item(eng, frame, obj, key, eng.table.labelled(value, extra))
    else:
        from seamcheck.flow.branches import under

        value = under(eng, frame, tests, element)
        eng.heap.leave()
        obj = eng.allocate((anchor(node), "comp"), frame, kind, None, line)
        eng.heap.write(obj, ANY, eng.table.labelled(value, extra), weak=True)
    frame.fields = _restore(frame.fields, saved, generators)
    return eng.table.pointer(obj)


def _restore(now: dict[str, Value], saved: dict[str, Value], generators: Any) -> dict[str, Value]:
    """Drop the targets of a comprehension, keep what a walrus bound."""
    hidden = {n[2] for target, _, _ in generators for n in _names(target)}
    out = {k: v for k, v in now.items() if k not in hidden}
    out.update({k: v for k, v in saved.items() if k in hidden})
    return out


def _names(target: Node) -> list[Node]:
    if target[0] == "name":
        return [target]
    if target[0] in ("tuple", "list"):
        return [n for t in target[2] for n in _names(t)]
    return _names(target[2]) if target[0] == "star" else []


def _exact(eng: Engine, frame: Frame, node: Node, marker: Any = None) -> Value | None:
    """``[f(x) for x in (a, b)]`` over a short known sequence, element by element."""
    _, line, kind, element, generators = node
    if len(generators) != 1 or generators[0][2] or kind not in ("list", "dict"):
        return None
    target, iterable, _ = generators[0]
    if iterable[0] not in ("name", "list", "tuple"):
        return None
    items = known_items(eng, eng.evaluate(frame, iterable))
    if items is None or len(items) > MAX_SPREAD or not items:
        return None
    saved = dict(frame.fields)
    obj = eng.allocate((anchor(node), "comp"), frame, kind, None, line)
    obj.fields.clear()
    for position, v in enumerate(items):
        assignment.assign(eng, frame, target, v if marker is None else marker(v), iterable)
        if kind == "dict":
            from seamcheck.flow.expressions import store_item

            store_item(eng, frame, obj, eng.evaluate(frame, element[0]), eng.evaluate(frame, element[1]))
        else:
            eng.heap.write(obj, item(position), eng.evaluate(frame, element))
    frame.fields = _restore(frame.fields, saved, generators)
    return eng.table.pointer(obj)


def as_sequence(eng: Engine, frame: Frame, v: Value, node: Node, kind: str) -> Value:
    """``list(v)``: a new sequence with the same elements; what was lazy is complete now."""
    obj = eng.allocate((anchor(node), kind), frame, kind, None, node[1])
    obj.fields.clear()
    items = known_items(eng, v)
    if items is not None and kind in ("list", "tuple"):
        for position, inner in enumerate(items):
            eng.heap.write(obj, item(position), inner)
        return eng.table.pointer(obj)
    inner = elements(eng, frame, v, node)
    settled = frozenset(label for label in inner.labels if label.kind not in (LAZY, STREAM, ORDER))
    eng.heap.write(obj, ANY, eng.table.value(inner.ptrs, settled), weak=True)
    order = frozenset(label._replace(kind="order") for label in inner.labels if label.kind == ORDER)
    return eng.table.pointer(obj, order)


def note_elements(eng: Engine, frame: Frame, v: Value, line: int) -> None:
    """How often a loop over results of training runs is read of them, whether or not its variable is."""
    if DYNAMICS in v.kinds:
        eng.effect(frame, Effect("read", frame.path, line, "iteration"))


def note_iteration(eng: Engine, frame: Frame, v: Value, line: int) -> None:
    """Iterating over something opaque is a read of it."""
    if attributes.is_unknown(v):
        eng.effect(frame, Effect("opaque", frame.path, line, "iteration"))
