"""What a name stands for after decorators: a consumer is what its name calls, and that may be a wrapper around it."""

from __future__ import annotations

from typing import NamedTuple

from seamcheck.checks.evidence import assumptions
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Func

#: Objects that hand the function out as it is.
KEPT = frozenset({"static", "classmethod", "property"})


class Behind(NamedTuple):
    """What runs when the name of a decorated function is called, besides the function itself.

    ``frames`` are the contexts of project functions that wrap it, ``assumptions`` what is assumed of decorators from
    libraries. ``known`` is False where it may be something else.
    """

    frames: tuple[Frame, ...] = ()
    assumptions: tuple[str, ...] = ()
    known: bool = True


def behind(eng: Engine, key: tuple[str, int]) -> Behind:
    """What the decorators of a function make of it; nothing for one that has none or was not defined in this run."""
    value = eng.decorated.get(key)
    if value is None:
        return Behind()
    frames: list[Frame] = []
    known = bool(value.ptrs)
    for ptr in sorted_pointers(value):
        if isinstance(ptr, Obj) and ptr.kind in KEPT:
            continue
        if not isinstance(ptr, Func):
            known = False
        elif (ptr.module, ptr.index) != key:
            # Of a decorator that wraps several functions, the wrapper of this one.
            own = [f for f in eng.summaries.get((ptr.module, ptr.index), ()) if f.parent is ptr.frame]
            called = [f for f in own if f.origin == "program"] or own
            frames.extend(called)
            known = known and bool(called)
    return Behind(tuple(frames), assumptions(value.labels), known)
