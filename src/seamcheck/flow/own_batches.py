"""Estimators whose batches a class of the project makes (skorch: ``iterator_train``, ``dataset``)."""

from __future__ import annotations

from collections.abc import Iterator

from seamcheck.flow import classes
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMIC, LAZY, Label
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Class, Func, Value

#: Parameters of the nets of skorch that take such a class.
MAKERS = ("iterator_train", "dataset")
NET = "skorch.NeuralNet"


def labels(eng: Engine, frame: Frame, fitted: Value, line: int) -> frozenset[Label]:
    """Labels of data whose batches code of the project makes while the estimator is fitted."""
    out: set[Label] = set()
    for net in _nets(eng, fitted, 3):
        for name in MAKERS:
            v = net.ctor.get(name)
            made = [p for p in sorted_pointers(v) if isinstance(p, Class | Func)] if v is not None else []
            if made:
                text = f"`{name}` of the net is code of this project, which makes its batches while it trains"
                out.add(eng.label(LAZY, text, frame, line))
                out.add(
                    eng.label(DYNAMIC, f"which rows `{name}` of the net gives is not followed", frame, line)
                )
    return frozenset(out)


def _nets(eng: Engine, v: Value, depth: int) -> Iterator[Obj]:
    for ptr in sorted_pointers(v):
        if not isinstance(ptr, Obj) or not ptr.ctor:
            continue
        if ptr.kind == "instance":
            base = classes.library_base(eng, ptr.type)
        else:
            base = ptr.type if ptr.kind == "lib" else None
        if base is not None and any(kind.name == NET for kind in eng.models.lineage(base)):
            yield ptr
        elif depth > 0 and ptr.kind == "lib":
            for inner in ptr.ctor.values():
                yield from _nets(eng, inner, depth - 1)
