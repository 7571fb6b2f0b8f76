"""What a name stands for: a consumer is what its name calls, and that may be a wrapper around the function."""

from __future__ import annotations

from typing import NamedTuple

from seamcheck.checks.evidence import assumptions
from seamcheck.flow import classes
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Func, Value

#: Objects that hand the function out as it is.
KEPT = frozenset({"static", "classmethod", "property"})


class Behind(NamedTuple):
    """What runs when the name of a function is called, besides the function itself.

    ``frames`` are the contexts of project functions that wrap it, ``assumptions`` what is assumed of decorators from
    libraries. ``known`` is False where it may be something else.
    """

    frames: tuple[Frame, ...] = ()
    assumptions: tuple[str, ...] = ()
    known: bool = True


def behind(eng: Engine, key: tuple[str, int]) -> Behind:
    """What decorators of a function, or a later assignment to its name, make of it; nothing where they keep it."""
    value = _stands_for(eng, key)
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
            called = _contexts(eng, ptr)
            frames.extend(called)
            known = known and bool(called)
    return Behind(tuple(frames), assumptions(value.labels), known)


def _stands_for(eng: Engine, key: tuple[str, int]) -> Value | None:
    """What the name was bound to by the ``def`` with its decorators, and to the end of the run."""
    value = eng.decorated.get(key)
    facts = eng.index.by_name[key[0]].facts.functions[key[1]]
    module, cls = eng.modules.get(key[0]), eng.owners.get(key)
    now = None
    if cls is not None:
        now = classes.own(eng, cls, facts.name)
    elif facts.parent == -1 and facts.owner == -1 and module is not None:
        now = module.fields.get(facts.name)
    if now is None or value is None:
        return value if now is None else now
    return eng.table.join(value, now)


def _contexts(eng: Engine, func: Func) -> list[Frame]:
    """The calls of a function; of a closure those of this one, so that a decorator may wrap several functions."""
    every = eng.summaries.get((func.module, func.index), [])
    own = [f for f in every if func.frame is None or f.parent is func.frame]
    return [f for f in own if f.origin == "program"] or own
