"""Reads that no attribute access shows: of what an object holds, by its text, a comparison, or its truth."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import classes, special_names, specials
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.objects import Obj
from seamcheck.flow.opaque import note_handed_over
from seamcheck.flow.values import Value

#: Kinds of objects whose truth is whether they hold anything.
CONTAINERS = frozenset({"list", "tuple", "dict", "set"})


def shows_all(eng: Engine, frame: Frame, v: Value, how: str, node: Node) -> None:
    """The text of an object, and whether it equals another, depend on all that it holds."""
    if any(isinstance(p, Obj) and (p.kind in CONTAINERS or p.kind == "instance") for p in v.ptrs):
        note_handed_over(eng, frame, eng.labels_of(v), how, node)
    if how == "formatted text" and eng.special:
        specials.formatted(eng, frame, v, node)


def asks_truth(eng: Engine, frame: Frame, v: Value, node: Node) -> None:
    """Whether something holds anything is a matter of what it holds; a class may say itself when it is true."""
    if any(isinstance(p, Obj) and _tells(eng, p) for p in v.ptrs):
        note_handed_over(eng, frame, eng.labels_of(v), "truth", node)
    if eng.special:
        specials.ask(eng, frame, v, (special_names.TRUTH,), node)


def _tells(eng: Engine, obj: Obj) -> bool:
    if obj.kind != "instance":
        return obj.kind in CONTAINERS
    return any(classes.lookup(eng, obj.type, name) is not None for name in special_names.TRUTH)
