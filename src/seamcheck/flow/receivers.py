"""Many receivers of one method: the first few are followed one by one, all others in one call.

What a method does to a value that may be one of many objects, it does to each of them: fewer calls, and nothing lost
but which of them came from where.
"""

from __future__ import annotations

from typing import Any

from seamcheck.flow.objects import Obj
from seamcheck.flow.values import Bound, Class, Func

#: Receivers of one function that are followed one by one.
MAX_RECEIVERS = 3


def alone(pointers: tuple[Any, ...]) -> tuple[list[Any], dict[Func, frozenset[Any]]]:
    """The callees to follow one by one, and for each function the receivers that share a call."""
    seen: dict[Func, list[Any]] = {}
    single: list[Any] = []
    for ptr in pointers:
        if isinstance(ptr, Bound) and isinstance(ptr.function, Func):
            receivers = seen.setdefault(ptr.function, [])
            receivers.append(ptr.receiver)
            if len(receivers) > MAX_RECEIVERS:
                continue
        single.append(ptr)
    shared = {f: frozenset(r[MAX_RECEIVERS:]) for f, r in seen.items() if len(r) > MAX_RECEIVERS}
    return single, shared


def of_one_class(pointers: tuple[Any, ...]) -> dict[Class, list[Obj]]:
    """Instances by class, of classes with more of them than are followed one by one: those that are left."""
    seen: dict[Class, list[Obj]] = {}
    for ptr in pointers:
        if isinstance(ptr, Obj) and ptr.kind == "instance":
            seen.setdefault(ptr.type, []).append(ptr)
    return {cls: found[MAX_RECEIVERS:] for cls, found in seen.items() if len(found) > MAX_RECEIVERS}
