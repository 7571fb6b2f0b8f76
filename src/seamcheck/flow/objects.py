"""Abstract objects and the heap that holds their fields.

The heap is flow-sensitive: it is changed in the order of execution. A *region* is a stretch of code that may
or may not run (a branch, a loop body): leaving it joins what it wrote with what was there before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Union

from seamcheck.flow.labels import DYNAMIC, Label
from seamcheck.flow.values import Value, ValueTable

if TYPE_CHECKING:
    from seamcheck.flow.frames import Frame

#: Field that stands for all elements whose key is not a known constant.
ANY = "[*]"
#: Pseudo-fields: the labels of an object's content, and how many fields it has.
LABELS, COUNT = "<labels>", "<count>"
#: What methods left in an object of a library, and of that what the next fit forgets.
STATE, LEARNT = "<state>", "<learnt>"
#: Field of a dictionary that reading makes grow: which keys it has depends on what was asked before.
KEYS = "[keys]"
#: Set in ``ctor`` of a whole frame made of an array whose memory it may share.
WRAPS = "<wraps>"
#: How deep labels of nested objects are gathered.
DEPTH = 2
#: Containers whose content matters however deep it lies.
DEEP = frozenset({"list", "tuple", "dict", "set", "gen"})
NOTHING: frozenset[Label] = frozenset()
JUST_TOO_DEEP = frozenset((Label(DYNAMIC, "nested too deeply to be followed", "", 0),))

Field = Any  # str for attributes, ("[]", key) for items, ANY


def item(key: Any) -> tuple[str, Any, str]:
    """The field of a constant key or index."""
    kind = "number" if isinstance(key, int | float) else type(key).__name__
    return ("[]", key, kind)


class Obj:
    """One abstract object: what an allocation site makes in one context.

    ``kind``: "instance" (``type`` is a Class), "lib" (``type`` is a modelled type name), "data", "list",
    "tuple", "dict", "set", "gen", "partial", "param", "property", "module". ``summary`` says that it stands
    for several run-time objects, so that a write can only add. ``loops`` are the trial loops that ran when
    it was made. ``base`` is the object whose memory it may share. ``ctor`` holds constructor arguments by
    name.
    """

    __slots__ = (
        "base", "ctor", "fields", "kind", "labels", "loops", "serial", "serial_pass", "site", "summary", "type",
    )  # fmt: skip

    def __init__(self, serial: int, kind: str, type_: Any, site: tuple[str, int], loops: tuple[int, ...]):
        self.serial = serial
        self.kind = kind
        self.type = type_
        self.site = site
        self.loops = loops
        self.fields: dict[Field, Value] = {}
        self.labels: frozenset[Label] = frozenset()
        self.summary = False
        self.base: Obj | None = None
        self.ctor: dict[str, Value] = {}
        self.serial_pass = 0

    def __repr__(self) -> str:
        return f"<{self.kind} {self.type} {self.site[0]}:{self.site[1]} #{self.serial}>"


#: What has fields: an object, or a frame with its variables.
Cell = Union[Obj, "Frame"]


class Heap:
    """All objects of one analysis, and the regions that are open."""

    def __init__(self, table: ValueTable):
        self.table = table
        self.sites: dict[Any, Obj] = {}
        self.regions: list[dict[tuple[Cell, Field], Value | frozenset[Label] | None]] = []
        #: For each open ``try``: every value a field had on the way.
        self.partials: list[dict[tuple[Cell, Field], Value]] = []
        #: Variables of modules and classes that changed after they were first read; all others need no check.
        self.volatile: set[tuple[Cell, Field]] = set()
        #: What cached functions gave, with the fields it came with: no trial has changed those.
        self.kept: dict[Obj, dict[Field, Value]] = {}
        self.epoch = 0
        self.touched: dict[tuple[Cell, Field], Any] = {}
        #: What the innermost call has written into.
        self.written: set[Cell] = set()
        #: One object for each cell that a summary names: many name the same.
        self.cells: dict[tuple[Cell, Field], tuple[Cell, Field]] = {}

    def allocate(
        self, key: Any, kind: str, type_: Any, site: tuple[str, int], loops: tuple[int, ...]
    ) -> tuple[Obj, bool]:
        """The object of this site and context, and whether it is new; a second time it stands for several."""
        found = self.sites.get(key)
        if found is not None:
            return found, False
        obj = self.sites[key] = Obj(len(self.sites), kind, type_, site, loops)
        return obj, True

    def renew(self, obj: Obj) -> None:
        """Empty an object that each trial makes anew."""
        for field, old in list(obj.fields.items()):
            self._note(obj, field, old)
            self._set(obj, field, None)
        self._note(obj, LABELS, obj.labels)
        obj.labels = frozenset()
        obj.summary = False

    def read(self, obj: Cell, field: Field) -> Value | None:
        """What a field holds, or None if nothing was ever stored there."""
        found = obj.fields.get(field)
        self.touched.setdefault((obj, field), found)
        return found

    def valid(self, touched: dict[tuple[Cell, Field], Any], apart: frozenset[Any] = frozenset()) -> bool:
        """Does every field still hold what it held when it was first touched? Those of ``apart`` do not count."""
        for (obj, field), old in touched.items():
            if obj in apart:
                continue
            if field == LABELS:
                if obj.labels != old:
                    return False
            elif field == COUNT:
                if len(obj.fields) != old:
                    return False
            elif obj.fields.get(field) is not old:
                return False
        return True

    def settle(self, frame: Frame, name: str, value: Any) -> None:
        """Note the read of a variable of a module or class: remembered only if such a variable ever changed."""
        if (frame, name) in self.volatile:
            self.touched.setdefault((frame, name), value)

    def unsettle(self, frame: Cell, name: str) -> None:
        """A variable of a module or class changed: summaries made before may have read it."""
        if (frame, name) not in self.volatile:
            self.volatile.add((frame, name))
            self.epoch += 1

    def keys(self, obj: Cell) -> list[Field]:
        """The fields an object has, in the order they were first stored."""
        self.touched.setdefault((obj, COUNT), len(obj.fields))
        return list(obj.fields)

    def write(self, obj: Cell, field: Field, new: Value, weak: bool = False) -> None:
        """Store into a field: replaces, unless ``weak`` or the object stands for several."""
        old = obj.fields.get(field)
        if old is not None and (weak or obj.summary):
            new = self.table.widen(old, new)
        if old is not new and obj.serial < 0:
            self.unsettle(obj, field)
        self._note(obj, field, old)
        for states in self.partials:
            earlier = states.get((obj, field), old)
            states[obj, field] = new if earlier is None else self.table.join(earlier, new)
        if old is not new:
            obj.fields[field] = new

    def delete(self, obj: Cell, field: Field) -> None:
        """Remove a field (``del x[k]``)."""
        old = obj.fields.get(field)
        if old is not None and not obj.summary:
            self._note(obj, field, old)
            del obj.fields[field]

    def taint(self, obj: Cell, labels: frozenset[Label]) -> None:
        """Add labels to the content of an object that was changed in place."""
        self._note(obj, LABELS, obj.labels)
        if not labels <= obj.labels:
            widened = self.table.widen_labels(obj.labels, labels)
            if widened == obj.labels:
                return
            obj.labels = self.table.value(frozenset(), widened).labels

    def _note(self, obj: Cell, field: Field, old: Any) -> None:
        self.written.add(obj)
        self.touched.setdefault((obj, field), old)
        if self.regions:
            self.regions[-1].setdefault((obj, field), old)

    def enter(self) -> None:
        """Open a region."""
        self.regions.append({})

    def leave(self, control: frozenset[Label] = frozenset()) -> dict[tuple[Cell, Field], Any]:
        """Close the region as if it might not have run: each written field may hold the old value too.

        What changed carries ``control``, the labels of what decided how often it ran.
        """
        log = self.regions.pop()
        for (obj, field), old in log.items():
            self._join_back(obj, field, old)
            now = obj.fields.get(field)
            if control and field != LABELS and now is not None and now is not old:
                self._set(obj, field, self.table.labelled(now, control))
        self._hand_up(log)
        return log

    def settled(self, before: dict[Any, Any]) -> tuple[bool, dict[Any, Any]]:
        """Has nothing changed since ``before``, what the last pass left of the innermost region? And the state now."""
        log = self.regions[-1]
        now = {(obj, field): obj.labels if field == LABELS else obj.fields.get(field) for obj, field in log}
        return all(before.get(cell, log[cell]) == v for cell, v in now.items()), now

    def swap(self) -> dict[tuple[Cell, Field], Any]:
        """Close the region and undo it, giving what it had written: the first arm of a branch."""
        log = self.regions.pop()
        written: dict[tuple[Cell, Field], Any] = {}
        for (obj, field), old in log.items():
            written[obj, field] = obj.labels if field == LABELS else obj.fields.get(field)
            self._set(obj, field, old)
        self._hand_up(log)
        return written

    def merge(self, written: dict[tuple[Cell, Field], Any]) -> None:
        """Join in what the other arm had written."""
        for (obj, field), other in written.items():
            self._note(obj, field, obj.labels if field == LABELS else obj.fields.get(field))
            self._join_back(obj, field, other)

    def _join_back(self, obj: Cell, field: Field, other: Any) -> None:
        if field == LABELS:
            if other and not other <= obj.labels:
                obj.labels = obj.labels | other
            return
        now = obj.fields.get(field)
        if other is None or now is other:
            return
        self._set(obj, field, other if now is None else self.table.join(now, other))

    def _set(self, obj: Cell, field: Field, value: Any) -> None:
        if field == LABELS:
            if obj.labels != value:
                obj.labels = value
            return
        if value is None:
            if field in obj.fields:
                del obj.fields[field]
        elif obj.fields.get(field) is not value:
            obj.fields[field] = value

    def _hand_up(self, log: dict[tuple[Cell, Field], Any]) -> None:
        if self.regions:
            outer = self.regions[-1]
            for key, old in log.items():
                outer.setdefault(key, old)

    def deep_labels(self, value: Value) -> frozenset[Label]:
        """All labels of a value and of what it holds."""
        if not value.holders:
            return value.labels
        found = [value.labels]
        self._gather(value.holders, DEPTH, set(), found)
        return _union(found)

    def object_labels(self, obj: Obj, depth: int, apart: Iterable[Obj] = ()) -> frozenset[Label]:
        """Labels of an object's content, through its fields and what it was made from, but for that of ``apart``."""
        found: list[frozenset[Label]] = []
        self._gather((obj,), depth, set(apart), found)
        return _union(found)

    def reached(self, value: Value, depth: int = DEPTH) -> set[Obj]:
        """The objects that a value holds, and what they hold in turn."""
        found: set[Obj] = set()
        level = list(value.holders)
        for _ in range(depth + 1):
            objects = [ptr if isinstance(ptr, Obj) else ptr.receiver for ptr in level]
            fresh = [obj for obj in objects if isinstance(obj, Obj) and obj not in found]
            found.update(fresh)
            level = [ptr for obj in fresh for v in obj.fields.values() for ptr in v.holders]
        return found

    def _gather(
        self, holders: tuple[Any, ...], depth: int, seen: set[Obj], found: list[frozenset[Label]]
    ) -> None:
        """Add the labels of what these hold to ``found``, and note what was looked at."""
        touched = self.touched
        for ptr in holders:
            below = depth
            if ptr.__class__ is not Obj:
                inner = ptr.receiver if depth > 0 else None
                if inner.__class__ is Value:
                    found.append(inner.labels)
                    if inner.holders:
                        self._gather(inner.holders, depth - 1, seen, found)
                    continue
                if inner.__class__ is not Obj:
                    continue
                ptr, below = inner, depth - 1
            if ptr in seen:
                continue
            seen.add(ptr)
            if ptr.labels:
                found.append(ptr.labels)
            touched.setdefault((ptr, LABELS), ptr.labels)
            if ptr.kind == "param":
                continue
            if below < 0:
                if ptr.kind in DEEP and any(isinstance(p, Obj) for v in ptr.fields.values() for p in v.ptrs):
                    found.append(JUST_TOO_DEEP)
                continue
            if ptr.fields:
                touched.setdefault((ptr, COUNT), len(ptr.fields))
                for field, v in ptr.fields.items():
                    touched.setdefault((ptr, field), v)
                    if v.labels:
                        found.append(v.labels)
                    if v.holders:
                        self._gather(v.holders, below - 1, seen, found)
            for v in ptr.ctor.values():
                if v.labels:
                    found.append(v.labels)
                if v.holders:
                    self._gather(v.holders, below - 1, seen, found)


def _union(found: list[frozenset[Label]]) -> frozenset[Label]:
    """All labels of these sets; most of which are the same few objects."""
    different = list({id(labels): labels for labels in found}.values())
    return NOTHING.union(*different) if len(different) > 1 else different[0] if different else NOTHING
