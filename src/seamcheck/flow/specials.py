"""Special methods that Python runs where the source calls nothing: operators, conversions, keys, deletion.

``eng.special`` are the names of those that some class of the project defines; as long as there is none of the wanted
ones, nothing here costs anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from seamcheck.facts.ir import Node
from seamcheck.flow import classes, contexts, receivers
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame, bounded_effects
from seamcheck.flow.labels import DYNAMICS, Label
from seamcheck.flow.objects import ANY, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import call_at
from seamcheck.flow.special_names import (
    BINARY,
    BY_FUNCTION,
    BY_METHOD,
    BY_NAME,
    COMPARING,
    CONVERSIONS,
    FORMATTED,
    KEY,
    TEXT,
    WITH_ALIKE,
)
from seamcheck.flow.values import Bound, Class, Value

if TYPE_CHECKING:
    from seamcheck.flow import calls

NO_LABELS: frozenset[Label] = frozenset()
#: Containers whose elements a function asks, too, and how deep.
HOLDING = frozenset({"list", "tuple", "set", "dict", "gen"})
DEPTH = 2
#: Things of a class, holding the same kinds of values, that libraries are seen to use.
MAX_ALIKE = 2
#: Objects of one container that are asked.
MAX_HELD = 24


def kind_of(eng: Engine, ptr: Any) -> Class | None:
    """The class of the project whose special methods Python runs on something: its own, or a class's metaclass."""
    if isinstance(ptr, Obj):
        return ptr.type if ptr.kind == "instance" else None
    return eng.metaclasses.get(ptr) if isinstance(ptr, Class) and eng.metaclasses else None


def defined(eng: Engine, ptr: Any, name: str) -> Value | None:
    """A special method of something, looked up as Python does: on its class."""
    cls = kind_of(eng, ptr)
    found = classes.lookup(eng, cls, name) if cls is not None else None
    return found if found is not None and found.ptrs else None


def _bound(eng: Engine, frame: Frame, ptr: Any, method: Value) -> Value:
    """A special method of one thing, ready to be called."""
    cls = kind_of(eng, ptr)
    assert cls is not None
    return classes.bind(eng, frame, method, eng.table.pointer(ptr), cls)


def run(
    eng: Engine, frame: Frame, v: Value, names: tuple[str, ...], args: tuple[Value, ...], node: Node
) -> Value | None:
    """What the first of these special methods gives that a class has; None where nothing in ``v`` has one."""
    from seamcheck.flow import calls

    if eng.special.isdisjoint(names):
        return None
    found: Value | None = None
    for ptr in sorted_pointers(v):
        for name in names:
            method = defined(eng, ptr, name)
            if method is not None:
                bound = _bound(eng, frame, ptr, method)
                found = bound if found is None else eng.table.join(found, bound)
                break
    if found is None:
        return None
    return calls.call(eng, frame, found, calls.Args(args), call_at(node[1], node[1]))


def has(eng: Engine, v: Value, name: str) -> bool:
    """Has each thing this may be such a special method?"""
    return bool(v.ptrs) and all(defined(eng, ptr, name) is not None for ptr in v.ptrs)


def ask(
    eng: Engine, frame: Frame, v: Value, names: Iterable[str | tuple[str, ...]], node: Node, depth: int = 0
) -> frozenset[Label]:
    """Labels of what all these special methods give, of a value and of what it holds down to a depth."""
    labels = NO_LABELS
    things = list(_held(eng, v, depth)) if _may_hold(eng, v, depth) else None
    if not things:
        return labels
    defined_here = eng.special
    wanted = [
        n for n in names if (n in defined_here if isinstance(n, str) else not defined_here.isdisjoint(n))
    ]
    for name in wanted:
        each = (name,) if isinstance(name, str) else name
        found: dict[str, list[Value]] = {}
        for ptr in things:
            for n in each:
                method = defined(eng, ptr, n)
                if method is not None:
                    found.setdefault(n, []).append(_bound(eng, frame, ptr, method))
                    break
        for n, bound in found.items():
            labels |= eng.labels_of(_with_anything(eng, frame, bound, n in WITH_ALIKE, node))
    return labels


def perhaps(
    eng: Engine, frame: Frame, v: Value, names: Iterable[str | tuple[str, ...]], node: Node
) -> frozenset[Label]:
    """The same for what may be run, of a value or of what lies in it: that is no call for the call graph."""
    if not _may_hold(eng, v, DEPTH):
        return NO_LABELS
    name = eng.graph_name(frame)
    before = dict(eng.edges.get(name, {}))
    labels = ask(eng, frame, v, names, node, DEPTH)
    if name in eng.edges:
        eng.edges[name] = before
    return labels


def formatted(eng: Engine, frame: Frame, v: Value, node: Node) -> None:
    """A value in a text: as it says itself, or by ``__repr__`` where the text asks for that."""
    ask(eng, frame, v, (FORMATTED,), node)
    perhaps(eng, frame, v, TEXT, node)


def _may_hold(eng: Engine, v: Value, depth: int) -> bool:
    """Is there an instance, a class with a metaclass or, to look deeper, a container?"""
    for ptr in v.holders:
        if isinstance(ptr, Obj) and (ptr.kind == "instance" or (depth > 0 and ptr.kind in HOLDING)):
            return True
    return bool(eng.metaclasses) and any(isinstance(ptr, Class) for ptr in v.ptrs)


def _held(eng: Engine, v: Value, depth: int) -> Iterator[Any]:
    """Things with a class of the project in a value and in the containers it is."""
    for ptr in sorted_pointers(v):
        if kind_of(eng, ptr) is not None:
            yield ptr
        elif depth > 0 and isinstance(ptr, Obj) and ptr.kind in HOLDING:
            for field in eng.heap.keys(ptr)[:MAX_HELD]:
                key = field[1] if isinstance(field, tuple) else None
                if isinstance(key, Class) and kind_of(eng, key) is not None:
                    yield key
                if field == ANY or isinstance(field, tuple):
                    yield from _held(eng, ptr.fields[field], depth - 1)


def _with_anything(eng: Engine, frame: Frame, bound: list[Value], alike: bool, node: Node) -> Value:
    """Call special methods of things whose arguments are not known: mostly another thing of the kind, or anything."""
    from seamcheck.flow import opaque

    out = eng.table.empty
    callees = eng.join_all(bound)
    single, shared = receivers.alone(sorted_pointers(callees))
    for ptr in single:
        own = isinstance(ptr, Bound) and alike
        other = eng.table.pointer(ptr.receiver) if own else eng.table.plain
        out = eng.table.join(out, opaque.call_with(eng, frame, ptr, other, node))
    for function, objects in shared.items():
        several = eng.table.value(objects, NO_LABELS)
        out = eng.table.join(
            out, opaque.call_with(eng, frame, function, several if alike else eng.table.plain, node, several)
        )
    return eng.table.labelled(out, callees.labels)


# -- where Python runs them ------------------------------------------------------------------------------


def binary(eng: Engine, frame: Frame, node: Node, op: str, a: Value, b: Value) -> Value | None:
    """``a op b`` where the project's own classes say what that is; also what other operands may give."""
    name = BINARY.get(op)
    if name is None or eng.special.isdisjoint((f"__{name}__", f"__r{name}__")):
        return None
    own = run(eng, frame, a, (f"__{name}__",), (b,), node)
    swapped = run(eng, frame, b, (f"__r{name}__",), (a,), node)
    if own is None or swapped is None:
        out = swapped if own is None else own
    else:
        out = eng.table.join(own, swapped)
    if out is None or has(eng, a, f"__{name}__") or has(eng, b, f"__r{name}__"):
        return out
    return eng.table.labelled(out, eng.labels_of(a) | eng.labels_of(b))


def in_place(eng: Engine, frame: Frame, node: Node, op: str, old: Value, value: Value) -> Value | None:
    """``old op= value`` where the project's own classes say what that is, for all that ``old`` may be."""
    name = f"__i{BINARY.get(op, '')}__"
    made = run(eng, frame, old, (name,), (value,), node)
    return made if made is None or has(eng, old, name) else eng.table.join(made, old)


def compares(eng: Engine, frame: Frame, node: Node, op: str, a: Value, b: Value) -> frozenset[Label]:
    """Labels of what a comparison runs."""
    if op in ("in", "not in"):
        found = run(eng, frame, b, ("__contains__",), (a,), node)
        if found is None and any(kind_of(eng, p) is not None for p in b.ptrs):
            from seamcheck.flow import iteration

            found = iteration.elements(eng, frame, b, node)
        labels = NO_LABELS if found is None else eng.labels_of(found)
        return labels | ask(eng, frame, a, KEY, node, 1) | ask(eng, frame, b, KEY, node, 2)
    labels = NO_LABELS
    for names, mine, other in zip(COMPARING.get(op, ((), ())), (a, b), (b, a), strict=True):
        got = run(eng, frame, mine, names, (other,), node)
        labels |= NO_LABELS if got is None else eng.labels_of(got)
        labels |= ask(eng, frame, mine, names, node, 2) if got is None else NO_LABELS
    return labels


def deletes(eng: Engine, frame: Frame, target: Node, node: Node) -> None:
    """``del target``: what classes do when an attribute, an item or, perhaps, an instance goes."""
    if target[0] == "name":
        gone = frame.fields.get(target[2])
        if gone is not None:
            ask(eng, frame, gone, ("__del__",), node, 1)
    elif target[0] == "attr" and not eng.special.isdisjoint(("__delattr__", "__delete__")):
        base = eng.evaluate(frame, target[2])
        run(eng, frame, base, ("__delattr__",), (eng.table.const(target[3]),), node)
        for ptr in sorted_pointers(base):
            hook = defined(eng, ptr, target[3])
            if hook is not None:
                _take_away(eng, frame, ptr, hook, node)
    elif target[0] == "sub" and "__delitem__" in eng.special:
        base, index = eng.evaluate(frame, target[2]), eng.evaluate(frame, target[3])
        run(eng, frame, base, ("__delitem__",), (index,), node)


def _take_away(eng: Engine, frame: Frame, ptr: Any, hook: Value, node: Node) -> None:
    """``del x.name`` where a property or another descriptor stands under the name."""
    from seamcheck.flow import calls

    receiver = eng.table.pointer(ptr)
    run(eng, frame, hook, ("__delete__",), (receiver,), node)
    for held in sorted_pointers(hook):
        deleter = eng.heap.read(held, "delete") if isinstance(held, Obj) and held.kind == "property" else None
        if deleter is not None:
            calls.call(eng, frame, deleter, calls.Args((receiver,)), call_at(node[1], node[1]))


def handed(eng: Engine, frame: Frame, name: str, args: calls.Args, node: Node) -> frozenset[Label]:
    """Labels of what a function of a library runs of the instances it is given."""
    plain = name.removeprefix("builtins.")
    wanted = BY_FUNCTION.get(plain) if plain is not name else BY_NAME.get(name)
    if name in ("builtins.isinstance", "builtins.issubclass"):
        return _class_check(eng, frame, name, args, node)
    if name.startswith(("builtins.object.", "builtins.type.")):
        return NO_LABELS
    known = wanted is not None
    if wanted is None:
        if eng.loops:
            # What a library runs while training is its model's to say.
            return NO_LABELS
        wanted = ()
    labels = NO_LABELS
    for v in args.all():
        if not _may_hold(eng, v, DEPTH):
            continue
        if known:
            labels |= ask(eng, frame, v, wanted, node)
            labels |= perhaps(eng, frame, v, (*wanted, "__repr__") if TEXT in wanted else wanted, node)
        else:
            for ptr in _held(eng, v, DEPTH):
                labels |= _converted(eng, frame, ptr, node)
    return labels


def _converted(eng: Engine, frame: Frame, ptr: Any, node: Node) -> frozenset[Label]:
    """Labels of results of training in what a library may make of a thing.

    What many libraries are given does much the same each time: a few things of a class are asked, and stand for all
    that hold the same kinds of values.
    """
    v = eng.table.pointer(ptr)
    held = eng.labels_of(v)
    key = (
        kind_of(eng, ptr),
        frozenset([x.kind for x in held]),
        contexts.is_trained(eng, v),
        eng.extent,
        eng.root_is_test,
    )
    known = eng.conversions.setdefault(key, [])
    if len(known) >= MAX_ALIKE:
        for effects, _ in known:
            frame.effects.update(dict.fromkeys(effects))
        own = frozenset([x for x in held if x.kind == DYNAMICS])
        return own.union(*(given for _, given in known))
    outer, frame.effects = frame.effects, {}
    labels = frozenset([x for x in perhaps(eng, frame, v, CONVERSIONS, node) if x.kind == DYNAMICS])
    known.append((bounded_effects(frame.effects), labels))
    outer.update(frame.effects)
    frame.effects = outer
    return labels


def asked_method(
    eng: Engine, frame: Frame, of: Value, name: str, args: calls.Args, node: Node
) -> frozenset[Label]:
    """The same for a method of something that is no instance of a class of the project."""
    wanted = BY_METHOD.get(name)
    if wanted is not None:
        labels = ask(eng, frame, of, wanted, node, 2) if name != "format" else NO_LABELS
        for v in args.all():
            labels |= ask(eng, frame, v, wanted, node, DEPTH)
        return labels
    if all(isinstance(p, Obj) and p.kind in HOLDING for p in of.ptrs):
        return NO_LABELS
    return handed(eng, frame, f".{name}", args, node)


def _class_check(eng: Engine, frame: Frame, name: str, args: calls.Args, node: Node) -> frozenset[Label]:
    """``isinstance(x, C)`` asks the metaclass of C."""
    asked = "__instancecheck__" if name.endswith("isinstance") else "__subclasscheck__"
    if len(args.positional) != 2 or asked not in eng.special:
        return NO_LABELS
    return ask(eng, frame, args.positional[1], (asked,), node, 1)
