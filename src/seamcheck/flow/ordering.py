"""An order of pointers that depends on the program alone, never on hashing: which one comes first can matter."""

from __future__ import annotations

from typing import Any

from seamcheck.flow.objects import Obj
from seamcheck.flow.values import Bound, Class, Func, Method, Super, Value


def sorted_pointers(v: Value) -> tuple[Any, ...]:
    """The pointers of a value in order."""
    order = v.order
    if order is None:
        ptrs = v.ptrs
        order = v.order = tuple(ptrs) if len(ptrs) < 2 else tuple(sorted(ptrs, key=pointer_key))
    return order


def pointer_key(ptr: Any) -> tuple[str, str, int, int, int]:
    """A sort key of a pointer; closures of one function go by the frame that made them."""
    if isinstance(ptr, Obj):
        return ("obj", ptr.site[0], ptr.serial, 0, 0)
    if isinstance(ptr, Func | Class):
        return (ptr.tag, ptr.module, ptr.index, ptr.frame.number if ptr.frame is not None else 0, 0)
    if isinstance(ptr, Bound):
        inner, receiver = pointer_key(ptr.function), pointer_key(ptr.receiver)
        return ("bound", inner[1] + receiver[1], inner[2], receiver[2], inner[3])
    if isinstance(ptr, Method):
        return ("method", ptr.name, ptr.receiver.number, 0, 0)
    if isinstance(ptr, Super):
        return ("super", ptr.owner.module, ptr.owner.index, pointer_key(ptr.receiver)[2], 0)
    return (ptr.tag, repr(ptr[0]), 0, 0, 0)
