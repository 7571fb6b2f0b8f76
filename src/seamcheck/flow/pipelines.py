"""Pipelines: the estimators that stand in them."""

from __future__ import annotations

from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers

#: How deep the steps lie in what a pipeline was made with: a list of pairs.
DEPTH = 3


def steps(obj: Obj) -> list[Obj]:
    """The estimators that a pipeline was made of, in order."""
    found: dict[Obj, None] = {}
    pending = [v for name, v in obj.ctor.items() if name != "memory"]
    for _ in range(DEPTH):
        inside = [p for v in pending for p in sorted_pointers(v) if isinstance(p, Obj)]
        found.update(dict.fromkeys(p for p in inside if p.kind in ("lib", "instance")))
        pending = [v for p in inside if p.kind in ("list", "tuple", "dict") for v in p.fields.values()]
    return list(found)
