"""Comparisons: folded on constants and on identity with None; what they ask of the two sides."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import attributes, cursors, hidden_reads, names, patches, specials
from seamcheck.flow.engine import EVALUATE, Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.objects import WRAPS, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor
from seamcheck.flow.values import Class, Const, Func, Module, Sym, Value, only_constant

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
    "in": lambda a, b: a in b, "not in": lambda a, b: a not in b,
    "is": lambda a, b: a is b, "is not": lambda a, b: a is not b,
}  # fmt: skip
#: Kinds of objects that are never None.
OBJECTS = frozenset({"list", "tuple", "dict", "set", "gen", "instance"})
#: What a switch is compared with.
CONSTANT = frozenset({"const", "tuple", "list", "set"})


def eval_cmp(eng: Engine, frame: Frame, node: Node) -> Value:
    """A comparison: folded on constants, and on identity with None."""
    switch = all(right[0] in CONSTANT for _, right in node[3])
    left = names.look(eng, frame, node[2]) if switch else eng.evaluate(frame, node[2])
    labels, result = left.labels, None
    single = len(node[3]) == 1
    for op, right_node in node[3]:
        right = eng.evaluate(frame, right_node)
        labels |= right.labels
        if single:
            result = compare(op, left, right)
        if op not in ("is", "is not") and not (_is_none(left) or _is_none(right)):
            for v in (left, right):
                hidden_reads.shows_all(eng, frame, v, "comparison", node)
        if op in ("in", "not in"):
            labels |= cursors.moved_on(eng, frame, (right,), node[1]) | cursors.left_behind(eng, right)
            if eng.patched is not None:
                labels |= patches.asks(eng, frame, right, left, node)
        if eng.special:
            labels |= specials.compares(eng, frame, node, op, left, right)
    if not (single and node[3][0][0] in ("is", "is not") and _is_none(right) and given_or_none(left)):
        labels |= eng.labels_of(left)
    if result is not None:
        return eng.table.value(frozenset((Const(result, "bool"),)), labels)
    if any(isinstance(p, Obj) and p.kind in ("data", "param") for p in sorted_pointers(left)):
        return eng.data((anchor(node), "cmp"), frame, node[1], labels)
    return eng.table.value(frozenset(), labels)


def _is_none(v: Value) -> bool:
    known = only_constant(v)
    return known is not None and known.value is None


def given_or_none(v: Value) -> bool:
    """Is each thing this may be certainly None or certainly not, whatever it holds?

    A container, an instance, a frame made as such: its content says nothing about that. A part of a frame may be a
    cell, and a cell may hold None.
    """
    return bool(v.ptrs) and all(
        isinstance(p, Const | Func | Class | Module)
        or (isinstance(p, Obj) and (p.kind in OBJECTS or (p.kind == "data" and not may_be_cell(p))))
        for p in sorted_pointers(v)
    )


def may_be_cell(obj: Obj) -> bool:
    """May what is taken for data be a single value out of a frame or array? Such a value may be None."""
    part = obj.base is not None and WRAPS not in obj.ctor
    return obj.kind == "data" and (part or obj.type == attributes.DATA)


def compare(op: str, a: Value, b: Value) -> bool | None:
    """The outcome of one comparison if it is certain."""
    x, y = only_constant(a), only_constant(b)
    if x is not None and y is not None and op in COMPARE:
        try:
            return bool(COMPARE[op](x.value, y.value))
        except TypeError:
            return None
    if y is not None and y.value is None and op in ("is", "is not", "==", "!=") and a.ptrs:
        if all(
            isinstance(p, Func | Class | Module | Sym)
            or (isinstance(p, Obj) and p.kind != "param" and not may_be_cell(p))
            for p in sorted_pointers(a)
        ):
            return op in ("is not", "!=")
    return None


EVALUATE["cmp"] = eval_cmp
