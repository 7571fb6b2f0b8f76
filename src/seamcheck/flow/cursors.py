"""Iterators and open files that were made before a trial: what a call takes from them is gone for the next one."""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMIC, Label
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Value


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


def is_cursor(eng: Engine, obj: Obj) -> bool:
    """Is there a place in it that reading moves?"""
    if obj.kind == "gen":
        return bool(obj.type != "range")
    if obj.kind == "list":
        return bool(obj.type == "zip")
    return obj.kind == "lib" and eng.models.category(obj.type) == "file"
