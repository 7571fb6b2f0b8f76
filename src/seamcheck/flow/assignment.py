"""Assignment: names, attributes, items, columns and unpacking."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import (
    assumed,
    attributes,
    calls,
    classes,
    expressions,
    items,
    iteration,
    names,
    patches,
    rows,
    special_names,
    specials,
    trials,
)
from seamcheck.flow.engine import FALL, Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at, part_of
from seamcheck.flow.values import Class, Func, Module, Sym, Value

#: Attributes of what hangs on a frame, its index or its columns, rather than of a part of its own.
OF_VIEWS = frozenset({"name", "names", "allows_duplicate_labels"})


def exec_assign(eng: Engine, frame: Frame, node: Node) -> int:
    """``a = b = value``."""
    value = eng.evaluate(frame, node[4])
    for target in node[3]:
        assign(eng, frame, target, value, node[4])
    return FALL


def exec_ann(eng: Engine, frame: Frame, node: Node) -> int:
    """``name: T = value``; the annotation is not evaluated."""
    if node[5] is not None:
        assign(eng, frame, node[3], eng.evaluate(frame, node[5]), node[5])
    return FALL


def _stored_into(eng: Engine, frame: Frame, node: Node) -> Value:
    """What ``node[...] = value`` stores into: what a container or table held before is not read by that."""
    if node[0] != "attr":
        return eng.evaluate(frame, node)
    seen = Effect("read", frame.path, node[1], node[3])
    before = seen in frame.effects
    base = eng.evaluate(frame, node)
    if not before and all(isinstance(p, Obj) and p.kind in ("dict", "list", "data") for p in base.ptrs):
        frame.effects.pop(seen, None)
    return base


def assign(eng: Engine, frame: Frame, target: Node, value: Value, source: Node) -> None:
    """Store a value into any kind of target."""
    op = target[0]
    if op == "name":
        names.store(eng, frame, target[2], value)
    elif op == "attr":
        assign_attribute(eng, frame, eng.evaluate(frame, target[2]), target[3], value, target)
    elif op == "sub":
        base, index = _stored_into(eng, frame, target[2]), eng.evaluate(frame, target[3])
        assign_item(eng, frame, base, index, value, target, source)
    elif op in ("tuple", "list"):
        unpack(eng, frame, target, value, source)
    elif op == "star":
        assign(eng, frame, target[2], value, source)


def unpack(eng: Engine, frame: Frame, target: Node, value: Value, source: Node) -> None:
    """``a, *b, c = value``."""
    targets = target[2]
    starred = next((k for k, t in enumerate(targets) if t[0] == "star"), None)
    items = iteration.known_items(eng, value)
    if items is None:
        _unpack_open(eng, frame, targets, starred, value, source)
        return
    if starred is None:
        for position, part in enumerate(targets):
            assign(eng, frame, part, items[position] if position < len(items) else eng.table.empty, source)
        return
    after = len(targets) - starred - 1
    for position in range(starred):
        assign(
            eng,
            frame,
            targets[position],
            items[position] if position < len(items) else eng.table.empty,
            source,
        )
    middle = items[starred : len(items) - after if after else len(items)]
    rest = eng.allocate((anchor(target), "star"), frame, "list", None, target[1])
    rest.fields.clear()
    for position, v in enumerate(middle):
        eng.heap.write(rest, item(position), v)
    assign(eng, frame, targets[starred][2], eng.table.pointer(rest), source)
    for offset in range(after):
        position = len(items) - after + offset
        assign(
            eng,
            frame,
            targets[starred + 1 + offset],
            items[position] if 0 <= position < len(items) else eng.table.empty,
            source,
        )


def _unpack_open(
    eng: Engine, frame: Frame, targets: tuple[Node, ...], starred: int | None, value: Value, source: Node
) -> None:
    """Unpacking of something whose length is not known: by position where some values are known so."""
    for position, part in enumerate(targets):
        if starred is None or position < starred:
            index = eng.table.const(position)
            v = eng.table.empty
            for ptr in sorted_pointers(value):
                if isinstance(ptr, Obj) and ptr.kind in ("list", "tuple"):
                    v = eng.table.join(v, items.container_item(eng, frame, ptr, index, source))
                elif items.is_stream(eng, ptr):
                    v = eng.table.join(v, eng.table.pointer(ptr))
                else:
                    v = eng.table.join(
                        v,
                        iteration.elements(eng, frame, eng.table.pointer(ptr), part_of(part, position)),
                    )
            v = eng.table.labelled(v, value.labels)
        else:
            v = iteration.elements(eng, frame, value, part)
        if part[0] == "star":
            rest = eng.allocate((anchor(part), "star"), frame, "list", None, part[1])
            eng.heap.write(rest, ANY, v, weak=True)
            v = eng.table.pointer(rest)
            part = part[2]
        assign(eng, frame, part, v, source)


def assign_attribute(eng: Engine, frame: Frame, base: Value, name: str, value: Value, node: Node) -> None:
    """``base.name = value``; properties run their setter."""
    weak = len(base.ptrs) > 1
    assumed.changed(eng, frame, base, eng.labels_of(value), node[1])
    for ptr in sorted_pointers(base):
        if isinstance(ptr, Obj):
            if ptr.kind == "instance":
                if eng.special and _by_hook(eng, frame, ptr, name, value, node):
                    continue
                if name == "__class__":
                    patches.change_class(eng, frame, ptr, value)
                hook = classes.lookup(eng, ptr.type, name)
                if hook is not None and classes.is_property(hook):
                    _set_property(eng, frame, ptr, hook, value, node)
                    continue
            eng.write_sites[ptr] = (frame.path, node[1])
            if ptr.kind == "data":
                attributes_mutated(eng, frame, ptr, value, node)
            eng.heap.write(ptr, name, value, weak)
        elif isinstance(ptr, Class):
            eng.special |= special_names.NAMES & {name}
            if name == "__bases__":
                patches.change_bases(eng, ptr, value)
            eng.heap.write(classes.namespace(eng, ptr), name, value, weak)
        elif isinstance(ptr, Sym):
            patches.store(eng, frame, f"{ptr.name}.{name}", value, node, weak)
        elif isinstance(ptr, Func):
            patches.set_on_function(eng, frame, ptr, name, value, node, weak)
        elif getattr(ptr, "tag", "") == "module":
            home = eng.modules.get(ptr.name)
            if home is not None:
                eng.heap.write(home, name, value, weak)


def _by_hook(eng: Engine, frame: Frame, obj: Obj, name: str, value: Value, node: Node) -> bool:
    """Run ``__setattr__`` of the class, or ``__set__`` of what stands under this name; does that store the value?"""
    receiver = eng.table.pointer(obj)
    if not _in_method(eng, frame, obj, "__setattr__"):
        specials.run(eng, frame, receiver, ("__setattr__",), (eng.table.const(name), value), node)
    if "__set__" in eng.special and (held := classes.lookup(eng, obj.type, name)) is not None:
        return specials.run(eng, frame, held, ("__set__",), (receiver, value), node) is not None
    return False


def _in_method(eng: Engine, frame: Frame, obj: Obj, name: str) -> bool:
    """Is this the body of that method, for this very object?"""
    return frame.facts is not None and frame.facts.name == name and frame.receiver is obj


def _set_property(eng: Engine, frame: Frame, obj: Obj, hook: Value, value: Value, node: Node) -> None:
    for ptr in sorted_pointers(hook):
        if isinstance(ptr, Obj) and ptr.kind == "property":
            setter = eng.heap.read(ptr, "set")
            if setter is not None:
                calls.call(
                    eng,
                    frame,
                    setter,
                    calls.Args((eng.table.pointer(obj), value)),
                    call_at(node[1], node[1]),
                )


def attributes_mutated(eng: Engine, frame: Frame, obj: Obj, value: Value, node: Node) -> None:
    """An attribute of an array or frame was set (``df.columns = ...``): part of its content."""
    labels = eng.labels_of(value)
    eng.heap.taint(obj, labels)
    if node[3] in OF_VIEWS:
        rows.spread(eng, obj, labels)


def assign_item(
    eng: Engine, frame: Frame, base: Value, index: Value, value: Value, node: Node, source: Node
) -> None:
    """``base[index] = value``."""
    assumed.changed(eng, frame, base, eng.labels_of(value) | eng.labels_of(index), node[1])
    if eng.special:
        specials.ask(eng, frame, index, special_names.INDEX, node, 1)
    base = rows.whole(eng, base, node)
    weak = len(base.ptrs) > 1
    for ptr in sorted_pointers(base):
        if isinstance(ptr, Sym):
            patches.store_item(eng, frame, ptr.name, index, value, node)
        elif isinstance(ptr, Class | Module):
            patches.set_by_name(eng, frame, eng.table.pointer(ptr), index, value, node)
        if not isinstance(ptr, Obj):
            continue
        if ptr.kind == "instance":
            method = classes.lookup(eng, ptr.type, "__setitem__")
            if method is not None:
                bound = classes.bind(eng, frame, method, eng.table.pointer(ptr), ptr.type)
                calls.call(eng, frame, bound, calls.Args((index, value)), call_at(node[1], node[1]))
                continue
            if classes.library_base(eng, ptr.type) is None:
                # Only `run.__dict__[name]` and `vars(run)[name]` store into an object without `__setitem__`.
                patches.set_field(eng, frame, ptr, index, value, node, weak)
                continue
        if ptr.type == "namespace" and ptr.kind == "dict":
            _set_global(eng, frame, index, value, node)
        if ptr.kind in attributes.CONTAINERS or ptr.kind in ("instance", "lib"):
            eng.write_sites[ptr] = (frame.path, node[1])
            if weak:
                eng.heap.write(ptr, ANY, eng.table.labelled(value, eng.labels_of(index)), weak=True)
            else:
                expressions.store_item(eng, frame, ptr, index, value)
            if ptr.kind == "lib":
                eng.heap.taint(ptr, frozenset())
        elif ptr.kind == "data":
            rows.store(eng, frame, ptr, index, value, node, source, weak)
        elif ptr.kind == "param":
            rows.store_handed_in(eng, frame, ptr, index, value, node)


def _set_global(eng: Engine, frame: Frame, index: Value, value: Value, node: Node) -> None:
    """``globals()[name] = value``: a variable of the module if the name is known, else anything may have changed."""
    keys = expressions.keys_of(index)
    if keys is None or not all(isinstance(k, str) for k in keys):
        eng.effect(frame, Effect("code", frame.path, node[1], "globals()"))
        return
    for key in keys:
        eng.heap.write(names.module_frame(eng, frame), key, value, weak=len(keys) > 1)


def exec_aug(eng: Engine, frame: Frame, node: Node) -> int:
    """``target op= value``: in place on arrays and lists, else a new value."""
    _, line, _, target, op, value_node = node
    old = eng.evaluate(frame, target)
    value = eng.evaluate(frame, value_node)
    changed = False
    if eng.special and (made := specials.in_place(eng, frame, node, op, old, value)) is not None:
        assign(eng, frame, target, made, target)
        return FALL
    if target[0] == "name":
        assumed.changed(eng, frame, old, eng.labels_of(value), line)
    for ptr in sorted_pointers(old):
        if isinstance(ptr, Sym) and ptr.name == patches.ENVIRON:
            patches.set_variables(eng, frame, calls.Args((value,)), node)
            return FALL
        if isinstance(ptr, Obj) and ptr.kind in ("data", "list", "set", "dict"):
            changed = True
            if ptr.kind == "data":
                eng.heap.taint(ptr, eng.labels_of(value))
                rows.spread(eng, ptr, eng.labels_of(value))
                trials.changed_in_place(eng, frame, ptr, line, definite=True)
            elif ptr.kind == "list":
                if op != "+":
                    trials.changed_in_place(eng, frame, ptr, line, definite=False)
                eng.heap.write(ptr, ANY, iteration.elements(eng, frame, value, value_node), weak=True)
            elif ptr.kind == "dict":
                iteration.merge_mapping(eng, frame, ptr, value, value_node)
            else:
                eng.heap.write(ptr, ANY, iteration.elements(eng, frame, value, value_node), weak=True)
    if changed:
        assign(eng, frame, target, old, target)
        return FALL
    from seamcheck.flow.expressions import combine

    result = combine(eng, frame, node, op, old, value)
    assign(eng, frame, target, eng.table.plain if result is eng.table.empty else result, target)
    return FALL
