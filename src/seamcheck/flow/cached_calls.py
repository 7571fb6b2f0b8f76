"""Functions that keep their results (``functools.lru_cache``): every trial is given the same object.

The body runs whenever it is called, as that of any other function does, so that what it reads counts. What it gives
is older than the trial nevertheless: the objects are taken out of the trial's own when the call returns, and hold then
what earlier trials left in them.
"""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import calls, classes, contexts
from seamcheck.flow.drawing import SEEDED
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import Label
from seamcheck.flow.objects import LABELS, Field, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Bound, Class, Const, Func, Value, constants

#: What an object holds: its fields and its labels.
State = tuple[dict[Field, Value], frozenset[Label]]
#: Objects of one result that are followed.
MAX_KEPT = 200


def keep(eng: Engine, v: Value, certain: bool = True) -> None:
    """The functions among these keep their results from now on, or may do so."""
    for ptr in v.ptrs:
        inner = ptr.function if isinstance(ptr, Bound) else ptr
        if isinstance(inner, Func):
            eng.kept_functions[inner.module, inner.index] = certain
        elif isinstance(ptr, Obj) and ptr.kind in ("static", "classmethod", "property"):
            for field in ("function", "get"):
                if (found := ptr.fields.get(field)) is not None:
                    keep(eng, found, certain)


def call(eng: Engine, frame: Frame, func: Func, args: calls.Args, node: Node) -> Value:
    """Call a function that keeps its results."""
    where = (func.module, func.index)
    mine = eng.kept_objects.setdefault(where, {})
    running = eng.active_count.get(where, 0) > 0
    before: dict[Obj, State] = {}
    if not running:
        for obj, loops in mine.items():
            before[obj] = (dict(obj.fields), obj.labels)
            obj.loops = loops  # while it is made again, it is as new as any other
    result = contexts.call_function(eng, frame, func, args, node)
    if running:
        return result
    asked = (func, args)
    if not eng.loops:
        eng.kept_results[asked] = result
        return result
    outside = _owner_loops(eng, args)
    for obj in _reached(result):
        if obj.loops and obj.loops != outside:
            mine[obj] = obj.loops
            _seeded_before(eng, obj, outside)
    varies = not eng.kept_functions[where] or any(label.loops for label in calls.labels_of_args(eng, args))
    for obj in mine:
        obj.loops = outside
        obj.summary = obj.summary or varies  # one of several things that were kept
        _remember(eng, obj, before.get(obj))
    if eng.allocated:
        eng.allocated[-1][:] = [obj for obj in eng.allocated[-1] if obj not in mine]
    earlier = eng.kept_results.get(asked)
    return result if earlier is None else eng.table.join(earlier, result)


def _seeded_before(eng: Engine, obj: Obj, outside: tuple[int, ...]) -> None:
    """A generator of random numbers was seeded once, not in this trial."""
    state = obj.fields.get(SEEDED)
    if state is not None and constants(state) == [("seeded", eng.loops)]:
        where = Const(("seeded", outside), "seeded")
        eng.heap.write(obj, SEEDED, eng.table.value(frozenset((where,)), state.labels))


def _owner_loops(eng: Engine, args: calls.Args) -> tuple[int, ...]:
    """The trial loops around what the cache belongs to: an instance that a trial makes has a cache of its own."""
    for ptr in sorted_pointers(args.positional[0]) if args.positional else ():
        if isinstance(ptr, Obj) and ptr.kind == "instance" and isinstance(ptr.type, Class):
            if ptr.loops and ptr.type not in eng.record_classes and not _compares(eng, ptr.type):
                return ptr.loops
    return ()


def _compares(eng: Engine, cls: Class) -> bool:
    return classes.lookup(eng, cls, "__eq__") is not None


def _reached(v: Value) -> list[Obj]:
    """The objects of a value, and those that they hold."""
    pending = [p for p in sorted_pointers(v) if isinstance(p, Obj)]
    found: dict[Obj, None] = {}
    while pending and len(found) < MAX_KEPT:
        obj = pending.pop()
        if obj in found or obj.kind == "param":
            continue
        found[obj] = None
        for inner in obj.fields.values():
            pending.extend(p for p in inner.holders if isinstance(p, Obj))
    return list(found)


def _remember(eng: Engine, obj: Obj, before: State | None) -> None:
    """An object that was given before is not made again: it holds what it held before this call, too."""
    snapshot = eng.heap.kept.setdefault(obj, {})
    made = dict(obj.fields)
    fields, labels = before if before is not None else ({}, frozenset())
    for field, v in made.items():
        old = fields.get(field)
        joint = v if old is None else eng.table.join(old, v)
        if old is None or old is snapshot.get(field):
            snapshot[field] = joint  # nobody has changed it since
    for field, old in fields.items():
        now = made.get(field)
        joint = old if now is None else eng.table.join(old, now)
        if joint is not now:
            eng.heap.write(obj, field, joint)
    if labels:
        eng.heap.taint(obj, labels)
    # Whoever called must be run again once a trial has changed it.
    eng.heap.touched.setdefault((obj, LABELS), obj.labels)
    for field, v in obj.fields.items():
        eng.heap.touched.setdefault((obj, field), v)
