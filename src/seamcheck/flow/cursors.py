"""Iterators and open files that were made before a trial: what a call takes from them is gone for the next one."""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMIC, MUTATION, Label
from seamcheck.flow.objects import ANY, KEYS, LABELS, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Value

#: Objects that hold others.
CONTAINERS = frozenset({"list", "tuple", "dict", "set", "instance"})


def moved_on(eng: Engine, frame: Frame, given: Iterable[Value], line: int) -> frozenset[Label]:
    """Labels of handing cursors to a call: it may read on where an earlier trial stopped."""
    out: set[Label] = set()
    for v in given if eng.loops else ():
        for ptr in sorted_pointers(v):
            if not isinstance(ptr, Obj) or not is_cursor(eng, ptr):
                continue
            older = tuple(loop for loop in eng.loops if loop not in ptr.loops)
            if older:
                text = (
                    f"what was opened or begun before the trial ({ptr.site[0]}:{ptr.site[1]}) "
                    "may be read on where an earlier trial stopped"
                )
                out.add(eng.label(DYNAMIC, text, frame, line, loops=older))
    return frozenset(out)


def left_behind(eng: Engine, v: Value) -> frozenset[Label]:
    """Labels of how much containers hold, and whether they hold anything: earlier trials may have left it there."""
    found: set[Label] = set()
    for ptr in v.holders if eng.loops else ():
        if not isinstance(ptr, Obj) or ptr.kind not in CONTAINERS:
            continue
        found.update(ptr.labels)
        eng.heap.touched.setdefault((ptr, LABELS), ptr.labels)
        older = any(loop not in ptr.loops for loop in eng.loops)
        for field in eng.heap.keys(ptr) if older else (ANY, KEYS):
            held = eng.heap.read(ptr, field)
            if held is not None and (MUTATION in held.kinds or field == KEYS):
                found.update(held.labels)
    text = "how much is in a container may depend on what earlier trials left in it"
    return frozenset(
        label._replace(kind=DYNAMIC, message=text) if label.kind == MUTATION else label
        for label in found
        if label.kind in (MUTATION, DYNAMIC) and label.loops
    )


def is_cursor(eng: Engine, obj: Obj) -> bool:
    """Is there a place in it that reading moves?"""
    if obj.kind == "gen":
        return bool(obj.type != "range")
    if obj.kind == "list":
        return bool(obj.type == "zip")
    return obj.kind == "lib" and eng.models.category(obj.type) == "file"
