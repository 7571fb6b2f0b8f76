"""Abstract values: what an expression may point to, and the labels it carries.

Values are interned: equal values are one object, so that joins, memo keys and fixpoint tests are identity
tests. Pointers are named tuples, which compare as plain tuples: ``tag`` keeps the kinds apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from seamcheck.flow.labels import (
    DETAILED,
    DYNAMIC,
    ENOUGH,
    EXTERNAL,
    LOOPVAR,
    MAX_GIVEN,
    MAX_PER_KIND,
    PARAM,
    Assumed,
    Label,
    bounded,
)

if TYPE_CHECKING:
    from seamcheck.flow.frames import Frame

#: Labels of what is open that a widening keeps of one kind and set of loops.
OPEN_KEPT = {DYNAMIC: MAX_PER_KIND, EXTERNAL: MAX_PER_KIND, PARAM: MAX_GIVEN}
#: Sets of labels whose bounded form is remembered: most come again soon or never.
MAX_REMEMBERED, MAX_JOINS = 4096, 2**15
#: More pointers than this and a value is "many": nothing definite can be said about what it is.
MAX_POINTERS = 16


class Const(NamedTuple):
    """A constant; ``tag`` keeps 1, 1.0 and True apart."""

    value: Any
    tag: str


class Text(NamedTuple):
    """A string known in part: ``*`` stands for what is not known."""

    pattern: str
    tag: str = "text"


class Plain(NamedTuple):
    """A number, a string or a truth value that nothing is known about: what keeps a constant from being certain."""

    tag: str = "plain"


PLAIN = Plain()


class Func(NamedTuple):
    """A function of the project, closed over the frame that defined it (None at module level)."""

    module: str
    index: int  # type: ignore[assignment]  # not the method of tuples
    frame: Frame | None
    tag: str = "func"


class Bound(NamedTuple):
    """A method bound to its receiver."""

    function: Any
    receiver: Any


class Class(NamedTuple):
    """A class of the project."""

    module: str
    index: int  # type: ignore[assignment]  # not the method of tuples
    frame: Frame | None
    tag: str = "class"


class Module(NamedTuple):
    """A module of the project by its canonical name."""

    name: str
    tag: str = "module"


class Sym(NamedTuple):
    """A name of a library, or of a module nobody showed us: ``sklearn.model_selection.KFold``."""

    name: str
    tag: str = "sym"


class Deferred(NamedTuple):
    """A name imported from a module that is still running (an import cycle): looked up when it is used."""

    module: str
    name: str
    tag: str = "deferred"


class Method(NamedTuple):
    """A method of a library object, by name; ``receiver`` is the value it was read from."""

    receiver: Value
    name: str


class Super(NamedTuple):
    """``super()`` inside a method: look-up starts behind ``owner`` in the order of ``receiver``'s class."""

    owner: Class
    receiver: Any


#: What a memo of :meth:`ValueTable.bounded` holds for sets it does not know.
NOT_YET: tuple[None, frozenset[str]] = (None, frozenset())
#: Pointers that hold no other value.
PLAINLY = frozenset({Const, Text, Plain, Func, Class, Module, Sym, Deferred})


class Value:
    """An interned pair of pointers and labels. Build one with :meth:`ValueTable.value` only.

    ``kinds`` are the kinds of its labels; ``holders`` the pointers that hold further values: objects and bound
    methods, in order. ``order`` caches what :func:`seamcheck.flow.ordering.sorted_pointers` found; ``number`` counts
    values in the order they were made.
    """

    __slots__ = ("holders", "kinds", "labels", "number", "order", "ptrs")

    def __init__(
        self,
        ptrs: frozenset[Any],
        labels: frozenset[Label],
        holders: tuple[Any, ...],
        kinds: frozenset[str],
        number: int,
    ):
        self.number = number
        self.ptrs = ptrs
        self.labels = labels
        self.kinds = kinds
        self.holders = holders
        self.order: tuple[Any, ...] | None = None

    def __repr__(self) -> str:
        kinds = sorted({label.kind for label in self.labels})
        return f"Value({list(self.ptrs)}, {kinds})"


class ValueTable:
    """The intern tables of one analysis."""

    def __init__(self) -> None:
        self._table: dict[tuple[frozenset[Any], frozenset[Label]], Value] = {}
        self._joins: dict[tuple[Value, Value], Value] = {}
        self._constants: dict[tuple[type, Any], Value] = {}
        #: One object for each set of labels that a value has.
        self._sets: dict[frozenset[Label], frozenset[Label]] = {}
        self._kinds: dict[frozenset[str], frozenset[str]] = {}
        self._widened: dict[tuple[frozenset[Label], frozenset[Label]], frozenset[Label]] = {}
        #: What is left of large sets, and the numbers of the plain loops that it depends on.
        self._bounded: dict[frozenset[Label], tuple[frozenset[Label] | None, frozenset[str]]] = {}
        #: Numbers of the plain loops that run now.
        self.running: dict[str, int] = {}
        #: Sort key of pointers, independent of hashing; set by whoever knows all pointers.
        self.order: Callable[[Any], Any] = repr
        #: Nothing at all: the value of code that was not reached.
        self.empty = self.value(frozenset(), frozenset())
        #: A plain value without labels.
        self.plain = self.value(frozenset((PLAIN,)), frozenset())

    def forget(self) -> None:
        """Drop what is remembered for speed."""
        for memo in (self._joins, self._bounded, self._widened):
            memo.clear()

    def value(self, ptrs: frozenset[Any], labels: frozenset[Label]) -> Value:
        """The one value with these pointers and labels (both bounded)."""
        if len(labels) > ENOUGH:
            labels = self.bounded(labels)
        if len(ptrs) > MAX_POINTERS:
            ptrs, labels = self._many(ptrs, labels)
        found = self._table.get((ptrs, labels))
        if found is None:
            labels = self._sets.setdefault(labels, labels)
            holders = [p for p in ptrs if p.__class__ not in PLAINLY]
            if len(holders) > 1:
                holders.sort(key=self.order)
            found = Value(ptrs, labels, tuple(holders), self._kinds_of(labels), len(self._table))
            self._table[ptrs, labels] = found
        return found

    def _kinds_of(self, labels: frozenset[Label]) -> frozenset[str]:
        """The kinds of labels: one object for each set of kinds, as there are few of them and many values."""
        kinds = frozenset([label[0] for label in labels])
        return self._kinds.setdefault(kinds, kinds)

    def bounded(self, labels: frozenset[Label]) -> frozenset[Label]:
        """:func:`seamcheck.flow.labels.bounded` without variables of finished loops, once per set."""
        found, loops = self._bounded.get(labels, NOT_YET)
        if found is None or (loops and not loops <= self.running.keys()):
            if len(self._bounded) >= MAX_REMEMBERED:
                self._bounded.clear()
            running = self.running
            found = bounded(frozenset([x for x in labels if x[0] != LOOPVAR or x[5] in running]))
            found = self._sets.setdefault(found, found)
            self._bounded[labels] = found, frozenset([x[5] for x in found if x[0] == LOOPVAR])
        return found

    def _many(
        self, ptrs: frozenset[Any], labels: frozenset[Label]
    ) -> tuple[frozenset[Any], frozenset[Label]]:
        """Too many pointers: constants other than None give way first; if that is not enough the value is unknown."""
        kept = [
            p for p in ptrs if not isinstance(p, Const | Text) or (isinstance(p, Const) and p.value is None)
        ]
        if len(kept) < len(ptrs) and len(kept) <= MAX_POINTERS:
            return frozenset(kept), labels
        kept = sorted(kept, key=self.order)[:MAX_POINTERS]
        stop = Label(DYNAMIC, f"may be one of more than {MAX_POINTERS} things", "", 0)
        return frozenset(kept), labels | {stop}

    def join(self, a: Value, b: Value) -> Value:
        """The value that may be either."""
        if a is b or b is self.empty:
            return a
        if a is self.empty:
            return b
        key = (a, b)
        found = self._joins.get(key)
        if found is None:
            if len(self._joins) >= MAX_JOINS:
                self._joins.clear()
            found = self._joins[key] = self.value(self.union(a, b), a.labels | b.labels)
        return found

    @staticmethod
    def union(a: Value, b: Value) -> frozenset[Any]:
        """Pointers of either; where one of them points nowhere, the other is not certain any more."""
        ptrs = a.ptrs | b.ptrs
        return ptrs | {PLAIN} if ptrs and not (a.ptrs and b.ptrs) else ptrs

    def widen(self, a: Value, b: Value) -> Value:
        """A join that settles soon: of labels with one kind and one set of loops those of ``a`` are enough."""
        if a is b or b is self.empty:
            return a
        if a is self.empty:
            return b
        return self.value(self.union(a, b), self.widen_labels(a.labels, b.labels))

    def widen_labels(self, a: frozenset[Label], b: frozenset[Label]) -> frozenset[Label]:
        """Labels of ``a``, and those of ``b`` that say something new; variables of finished loops are dropped.

        Of what is open all are kept up to the bound: a full group is how readers know that there may be more.
        """
        key = (a, b)
        result = self._widened.get(key)
        if result is not None:
            return result
        variables = [x for x in a if x[0] == LOOPVAR and x not in b]
        finished = [x for x in variables if x[5] not in self.running]
        result = _widened(a.difference(finished) if finished else a, b - a)
        if not variables:  # else it depends on what runs
            if len(self._widened) >= MAX_REMEMBERED:
                self._widened.clear()
            self._widened[key] = result
        return result

    def current(self, v: Value, keep: bool) -> Value:
        """The value without loop variables that only tell contexts apart: of finished loops, or all of them."""
        if LOOPVAR in v.kinds and any(
            x.kind == LOOPVAR and not (keep and x.detail in self.running) for x in v.labels
        ):
            return self.value(
                v.ptrs,
                frozenset(x for x in v.labels if x.kind != LOOPVAR or (keep and x.detail in self.running)),
            )
        return v

    def const(self, item: Any) -> Value:
        """A constant of the source."""
        key = (item.__class__, item)
        found = self._constants.get(key)
        # 0.0 and -0.0 are equal and not the same.
        if found is None or item.__class__ in (float, complex):
            found = self.value(frozenset((Const(item, type(item).__name__),)), frozenset())
            self._constants[key] = found
        return found

    def pointer(self, ptr: Any, labels: frozenset[Label] = frozenset()) -> Value:
        """A value that points to exactly this."""
        return self.value(frozenset((ptr,)), labels)

    def labelled(self, v: Value, labels: frozenset[Label]) -> Value:
        """The value with further labels."""
        return v if labels <= v.labels else self.value(v.ptrs, v.labels | labels)


def _widened(kept: frozenset[Label], fresh: frozenset[Label]) -> frozenset[Label]:
    """``kept`` and those of ``fresh`` that say something new."""
    if not fresh:
        return kept
    known: dict[tuple[str, tuple[int, ...], Assumed | tuple[()]], int] = {}
    for x in kept:
        group = (x[0], x[4], x[7])
        known[group] = known.get(group, 0) + 1
    more = []
    for x in sorted(fresh) if len(fresh) > 1 else fresh:
        group = (x[0], x[4], x[7])
        count = known.get(group, 0)
        if x[0] in DETAILED or not count or count < OPEN_KEPT.get(x[0], 0):
            more.append(x)
            if x[0] in OPEN_KEPT:
                known[group] = count + 1
    return kept.union(more)


def constants(v: Value) -> list[Any] | None:
    """The constants a value may be, in order, or None if it may be anything else."""
    out = []
    for ptr in v.ptrs:
        if not isinstance(ptr, Const):
            return None
        out.append(ptr.value)
    if len(out) > 1:
        out.sort(key=lambda c: (type(c).__name__, repr(c)))
    return out or None


def only_constant(v: Value) -> Const | None:
    """The single constant a value certainly is, else None (labels do not matter)."""
    if len(v.ptrs) != 1:
        return None
    (ptr,) = v.ptrs
    return ptr if isinstance(ptr, Const) else None
