"""Calls that are like one which was followed: beyond the bound on contexts, that one stands for them.

Two calls are alike if whatever the second is given the first was given as well: the same constants and functions,
objects of the same kinds, labels of the same kinds. What the first one did, the second does, too, to data of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from seamcheck.flow.engine import Engine
from seamcheck.flow.labels import DYNAMICS
from seamcheck.flow.objects import Obj
from seamcheck.flow.values import Func, Value

if TYPE_CHECKING:
    from seamcheck.flow.contexts import Summary


class Shape(NamedTuple):
    """What decides which way a call goes: constants and functions, kinds of objects, kinds of labels."""

    fixed: frozenset[Any]
    objects: frozenset[Any]
    kinds: frozenset[str]

    def covers(self, other: Shape) -> bool:
        """Is the other one a case of this? What is handed no result of training does not read one either."""
        return (
            other.fixed <= self.fixed
            and other.objects <= self.objects
            and other.kinds <= self.kinds
            and (DYNAMICS in other.kinds) == (DYNAMICS in self.kinds)
        )


def shape(eng: Engine, v: Value) -> Shape:
    """The shape of an argument, with all that it holds."""
    return Shape(
        frozenset([p for p in v.ptrs if not isinstance(p, Obj)]),
        frozenset([(p.kind, None if p.kind == "param" else p.type) for p in v.ptrs if isinstance(p, Obj)]),
        frozenset([label.kind for label in eng.labels_of(v)]),
    )


def like(eng: Engine, func: Func, bound: dict[str, Value]) -> Summary | None:
    """What a context did that was followed and covers this call, the last one first; None if there is none."""
    wanted = [shape(eng, v) for v in bound.values()]
    for frame in reversed(eng.summaries.get((func.module, func.index), ())):
        key = frame.key
        summary = eng.memo.get(key)
        if summary is None or key[0] != func or key[2] != eng.surroundings or len(key[1]) != len(wanted):
            continue
        known = eng.shapes.get(key)
        if known is None:
            known = eng.shapes[key] = tuple(shape(eng, v) for v in key[1])
        alike = all(old.covers(new) for old, new in zip(known, wanted, strict=True))
        if alike and _holds_around(eng, key[1], summary.touched):
            return summary
    return None


def _holds_around(eng: Engine, given: tuple[Value, ...], touched: dict[Any, Any]) -> bool:
    """Is all as it was that a call touched of what it was not given itself? The other call is given something else."""
    own = frozenset[Any]().union(*(v.ptrs for v in given))
    return eng.heap.valid(touched, own)
