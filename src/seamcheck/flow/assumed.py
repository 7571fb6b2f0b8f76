"""Assumptions of the source while it runs: which calls they speak of, and which unknown results that settles.

Settled is what nobody can see and somebody says, nothing else. A call is settled only where all that it is given can
be followed as data: a function, a generator of random numbers or an object may bring along anything. A label that is
settled stays a label of something unknown for everybody but the question whether trials get the same
(:mod:`seamcheck.checks.invariance`), and there :class:`seamcheck.flow.ledger.Ledger` has the last word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from seamcheck.facts.assumptions import Assumption, spelled
from seamcheck.facts.ir import Node
from seamcheck.flow import given
from seamcheck.flow.labels import (
    CLOCK,
    DYNAMIC,
    DYNAMICS,
    EXTERNAL,
    MUTATION,
    PARAM,
    RANDOM,
    TRIAL,
    Assumed,
    Label,
)
from seamcheck.flow.ledger import WRITTEN, Origin, origin
from seamcheck.flow.objects import COUNT, LABELS, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import Place, anchor
from seamcheck.flow.values import PLAIN, Const, Method, Text, Value

if TYPE_CHECKING:
    from seamcheck.flow.calls import Args
    from seamcheck.flow.engine import Engine
    from seamcheck.flow.frames import Frame

#: Labels of a value that may be an object which can change: what nobody knows, what a caller gave, a model.
OBJECTS = frozenset({DYNAMIC, EXTERNAL, PARAM, DYNAMICS})
CONTAINERS = frozenset({"list", "tuple", "dict", "set"})
#: Kinds of objects that a call may change.
CHANGEABLE = frozenset({"data", "list", "dict", "set", "instance", "lib"})
#: Objects that are looked at in one call: what holds more is not taken for data.
MAX_HANDED = 400
#: What is known to vary: a function that was seen to give such a thing does not give the same where it is not seen.
KNOWN = frozenset({TRIAL, RANDOM, CLOCK, MUTATION})
#: Fields of what stands for changes of values without an object.
CHANGED = "[changed]"
MAY_CHANGE = (
    "data made before the trial may be changed in place, "
    "and whether the next trial meets it changed is not known"
)
MAY_BE_SHARED = (
    "what an assumed call gave is changed in place, and the next call may give the same object, changed"
)
#: How deep tuples in tuples are settled.
DEEP_TUPLES = 4


class Handed(NamedTuple):
    """What a call is given: all labels, the origins of values without an object, the objects that a change would
    reach, whether all of it is data, and whether all of it was looked at."""

    labels: frozenset[Label]
    origins: frozenset[Origin]
    objects: tuple[Obj, ...]
    plain: bool
    complete: bool = True


class _Look:
    """A walk over everything that is reached from some values; into objects only where assumptions need it."""

    def __init__(self, eng: Engine):
        self.eng = eng
        self.labels: set[Label] = set()
        self.origins: set[Origin] = set()
        self.objects: dict[Obj, None] = {}
        self.seen: set[Obj] = set()
        self.plain = True
        #: Values to look at, and whether they lie in containers only: what objects hold in fields is not changed
        #: by whoever is given the object, as far as anybody can say.
        self.pending: list[tuple[Value, bool]] = []

    def run(self, values: Iterable[Value]) -> Handed:
        self.pending = [(v, True) for v in values]
        complete = True
        while self.pending and complete:
            self._value(*self.pending.pop())
            complete = len(self.seen) <= MAX_HANDED
        return Handed(
            frozenset(self.labels),
            frozenset(self.origins),
            tuple(self.objects),
            self.plain and complete,
            complete,
        )

    def _value(self, v: Value, direct: bool) -> None:
        self.labels |= v.labels
        if not v.ptrs or PLAIN in v.ptrs:
            self.origins.update(origin(label) for label in known_by(self.eng, v.labels))
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Obj):
                if ptr not in self.seen:
                    self.seen.add(ptr)
                    self._object(ptr, direct)
            elif not isinstance(ptr, Const | Text) and ptr is not PLAIN:
                self.plain = False

    def _object(self, obj: Obj, direct: bool) -> None:
        self.labels |= obj.labels
        heap = self.eng.heap
        if obj.kind == "param":
            self.origins.add(given.root(obj))
            self.plain = self.plain and given.part_of_frame(obj)
            return
        if direct:
            self.objects[obj] = None
        held = obj.kind in CONTAINERS or obj.kind == "data"
        if not held and not self.eng.assumptions.any:
            return
        heap.touched.setdefault((obj, LABELS), obj.labels)
        heap.touched.setdefault((obj, COUNT), len(obj.fields))
        for field, inner in obj.fields.items():
            heap.touched.setdefault((obj, field), inner)
            self.pending.append((inner, direct and held))
        self.pending.extend((inner, False) for inner in obj.ctor.values())
        if obj.base is not None:
            self.pending.append((self.eng.table.pointer(obj.base), direct))
        path = obj.kind == "lib" and self.eng.models.category(str(obj.type)) == "path"
        self.plain = self.plain and (held or path)


def handed(eng: Engine, values: Iterable[Value]) -> Handed:
    """Everything that is reached from these values."""
    return _Look(eng).run(values)


def settles(eng: Engine, frame: Frame, node: Node, what: Handed) -> Assumed | tuple[()]:
    """What is assumed of the unknown result of a call nobody can see into."""
    if not what.plain or any(label.kind == DYNAMICS and label.loops for label in what.labels):
        return ()  # what comes of a model is no more certain than its training
    own = eng.assumptions.of_statement(frame.path, node)
    if own is not None:
        eng.ledger.settle(own, _callee(own, node))
        eng.ledger.rests[own] |= what.origins
        return Assumed(own, True)
    return Assumed(eng.extent, False) if eng.extent is not None else ()


def _callee(by: Assumption, node: Node) -> str:
    """What is called, as the source spells it; the function, if the assumption is one about a function."""
    written = len(node) > 5 and node[0] == "call" and node.__class__ is not Place
    return by.about or (spelled(node[3]) if written else "") or "a call"


def from_files(eng: Engine, values: Iterable[Value]) -> frozenset[Label]:
    """What the program wrote to files that are named here: who reads them reads this, too."""
    from seamcheck.flow.files import patterns
    from seamcheck.flow.library_effects import resolve_path

    names = [name for v in values for name in patterns(resolve_path(eng, v)) if name != "*"]
    return eng.files.read(names)[0] if names else frozenset()


def is_pure(eng: Engine, frame: Frame, node: Node, whole: bool) -> Assumption | None:
    """Who says that this call changes nothing it is given; ``whole``: it is the one that the extent speaks of."""
    own = eng.extent if whole else eng.assumptions.of_statement(frame.path, node)
    return own if own is not None and own.word == "pure" else None


def owners(of: Value | None) -> tuple[Value, ...]:
    """What a method belongs to, for a call of it; else what is called itself."""
    if of is None:
        return ()
    methods = [ptr for ptr in sorted_pointers(of) if isinstance(ptr, Method)]
    if not methods:
        return (of,)
    bare = () if len(methods) < len(of.ptrs) else tuple(ptr.receiver for ptr in methods)
    return bare or (of,)


def together(one: Handed, other: Handed) -> Handed:
    """Both."""
    return Handed(
        one.labels | other.labels,
        one.origins | other.origins,
        tuple(dict.fromkeys((*one.objects, *other.objects))),
        one.plain and other.plain,
        one.complete and other.complete,
    )


def touch(
    eng: Engine,
    frame: Frame,
    node: Node,
    what: Handed,
    owner: Handed,
    message: str,
    kind: str,
    whole: bool,
    passing: frozenset[Origin],
) -> None:
    """A call nobody can see into may change what it is given, as long as nobody says that it does not.

    ``passing`` are origins of temporary values: whether these are changed, nobody can see.
    """
    if not eng.loops:
        return
    pure = is_pure(eng, frame, node, whole)
    text = f"{message}, so what it was given may have been changed"
    open_end = eng.label(kind, text, frame, node[1])
    if pure is not None:
        eng.ledger.settle(pure, _callee(pure, node))
        open_end = open_end._replace(assumed=Assumed(pure, True))
    for obj in what.objects:
        if obj.kind in CHANGEABLE:
            eng.heap.taint(obj, frozenset((open_end,)))
    if pure is None:
        for each in (what.origins | owner.origins) - passing - {eng.extent}:
            eng.ledger.doubts.setdefault(each, {}).setdefault(eng.loops, open_end)


def passing(eng: Engine, node: Node, args: Args, of: Value | None) -> frozenset[Origin]:
    """Origins of arguments, and of the receiver, that are results of calls made right here in the trial."""
    if len(node) < 6 or node.__class__ is Place or len(node[4]) != len(args.positional):
        return frozenset()
    named = dict(args.keywords)
    pairs = list(zip(node[4], args.positional, strict=True))
    pairs += [(inner, named[name]) for name, inner in node[5] if name in named]
    if of is not None and node[3][0] == "attr":
        pairs.append((node[3][2], of))
    held = [v for inner, v in pairs if inner[0] != "call"]
    passed = [v for inner, v in pairs if inner[0] == "call"]
    fresh = {o for v in passed for o in _fresh(eng, v)}
    return frozenset(fresh - {origin(label) for v in held for label in eng.labels_of(v)})


def _fresh(eng: Engine, v: Value) -> set[Origin]:
    """Origins of a value without an object that is wholly made in the trials that run."""
    loose = [label for label in v.labels if label.kind in OBJECTS]
    if v.ptrs or any(loop not in label.loops for label in loose for loop in eng.loops):
        return set()
    return {origin(label) for label in loose}


def within(
    eng: Engine, frame: Frame, by: Assumption, args: Args, node: Node, run: Callable[[], Value]
) -> Value:
    """Run a call that an assumption speaks of, and settle what it gives."""
    what = handed(eng, args.all())
    eng.ledger.rests[by] |= what.origins
    outer, eng.extent = eng.extent, by
    try:
        got = run()
    finally:
        eng.extent = outer
    refuting = sorted(label for label in eng.labels_of(got) if label in eng.ledger.born[by])
    if refuting:
        eng.ledger.refuted.setdefault(by, refuting[0])
    if refuting or not what.complete:
        return got
    return _settled(eng, frame, got, by, what.labels, node, DEEP_TUPLES)


def _settled(
    eng: Engine, frame: Frame, v: Value, by: Assumption, before: frozenset[Label], node: Node, depth: int
) -> Value:
    """A result whose unknown labels are settled where they were born in the call, also those in tuples.

    Lists and data may be held by others, too: what they hold stays as open as it is.
    """
    labels = frozenset(_settled_label(eng, label, by, before, node) for label in v.labels)
    if labels != v.labels:
        labels |= before  # on which of its arguments the result depends, nobody can see
    ptrs: set[Any] = set()
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind == "tuple" and depth > 0:
            ptrs.add(_settled_tuple(eng, frame, ptr, by, before, node, depth))
        else:
            ptrs.add(ptr)
    return eng.table.value(frozenset(ptrs), labels)


def _settled_label(eng: Engine, label: Label, by: Assumption, before: frozenset[Label], node: Node) -> Label:
    if label.assumed != Assumed(by, False) or label in before:
        return label
    eng.ledger.settle(by, _callee(by, node))
    return label._replace(assumed=Assumed(by, True))


def _settled_tuple(
    eng: Engine, frame: Frame, obj: Obj, by: Assumption, before: frozenset[Label], node: Node, depth: int
) -> Obj:
    """A tuple of the same with settled labels: one per content, as nothing can change it."""
    fields = {
        field: _settled(eng, frame, inner, by, before, node, depth - 1) for field, inner in obj.fields.items()
    }
    if all(inner is obj.fields[field] for field, inner in fields.items()):
        return obj
    key = ("assumed", anchor(node), frame, obj, tuple(fields.items()))
    made, new = eng.heap.allocate(key, "tuple", None, obj.site, obj.loops)
    if new:
        made.fields.update(fields)
        made.labels = obj.labels
        made.serial_pass = obj.serial_pass
    return made


def changed(eng: Engine, frame: Frame, v: Value, labels: frozenset[Label], line: int) -> None:
    """Something with these labels is written into a value in place: noted where there is no object to write it to.

    A value that derives from an assumption may share memory with what has no object.
    """
    if not eng.loops:
        return
    written = frozenset(label for label in labels if label.kind in WRITTEN)
    loose = not v.ptrs or PLAIN in v.ptrs
    origins = known_by(eng, eng.labels_of(v))
    for label in origins:
        if not (loose or label.assumed):
            continue
        past = tuple(loop for loop in eng.loops if loop not in label.loops)
        more = {Label(DYNAMIC, MAY_CHANGE, frame.path, line, past)} if loose and past else set()
        if label.assumed and loose and label.assumed.by != eng.extent:
            more = {Label(DYNAMIC, MAY_BE_SHARED, frame.path, line, eng.loops)}
        # What derives from several things is one of them at most.
        shadow = _shadow(eng, label, certain=loose and len(origins) == 1)
        eng.heap.taint(shadow, written | more)
        # A field of its own for each way here: leaving a branch, it gets the labels of the test.
        eng.heap.write(shadow, (CHANGED, "a value", frame.path, line, *eng.trace), eng.table.plain, weak=True)


def known_by(eng: Engine, labels: Iterable[Label]) -> list[Label]:
    """Labels that tell which value without an object this is; a result of training is made in its trial."""
    found = [label for label in labels if label.kind in OBJECTS]
    if eng.loops and any(label.kind == DYNAMICS and label.loops == eng.loops for label in found):
        return [label for label in found if label.kind == DYNAMICS or label.assumed]
    return found


def _shadow(eng: Engine, label: Label, certain: bool) -> Obj:
    """The object that stands for what is written into values of an origin."""
    key = (origin(label), certain)
    obj, _ = eng.heap.allocate((CHANGED, key), "data", None, (label.path, label.line), label.loops)
    eng.ledger.changes[key] = obj
    return obj
