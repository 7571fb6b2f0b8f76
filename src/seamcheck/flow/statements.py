"""Statements: the small ones, and the table of what runs each kind."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import (
    assignment,
    assumed,
    branches,
    exceptions,
    items,
    loop_bodies,
    patches,
    specials,
    trials,
)
from seamcheck.flow.engine import EXECUTE, EXIT, FALL, Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Sym


def exec_expr(eng: Engine, frame: Frame, node: Node) -> int:
    """An expression for its effects."""
    eng.evaluate(frame, node[3])
    return FALL


def exec_return(eng: Engine, frame: Frame, node: Node) -> int:
    """Join what the function gives; it depends on the tests that led here."""
    v = eng.table.const(None) if node[3] is None else eng.evaluate(frame, node[3])
    v = eng.table.labelled(v, frame.exit_labels | branches.control_of(eng))
    frame.result = v if frame.result is None else eng.table.join(frame.result, v)
    if frame.breaks:
        frame.decided |= branches.control_of(eng)  # no further passes
    return EXIT


def exec_del(eng: Engine, frame: Frame, node: Node) -> int:
    """Unbind names, drop items and columns."""
    for target in node[3]:
        if eng.special:
            specials.deletes(eng, frame, target, node)
        if target[0] == "name":
            frame.fields.pop(target[2], None)
        elif target[0] == "sub":
            base, index = eng.evaluate(frame, target[2]), eng.evaluate(frame, target[3])
            key = items.item_key(index)
            assumed.changed(eng, frame, base, eng.labels_of(index), node[1])
            for ptr in sorted_pointers(base):
                if isinstance(ptr, Sym):
                    patches.store_item(eng, frame, ptr.name, index, eng.table.empty, node)
                if isinstance(ptr, Obj):
                    if eng.control:
                        patches.decided(eng, ptr)
                    if ptr.kind in ("data", "list", "dict"):
                        trials.changed_in_place(eng, frame, ptr, node[1], definite=ptr.kind == "list")
                    if ptr.kind == "data":
                        continue
                    if key is not None and len(base.ptrs) == 1:
                        eng.heap.delete(ptr, key)
    return FALL


def exec_nothing(eng: Engine, frame: Frame, node: Node) -> int:
    """``pass``, ``global``, ``nonlocal``: nothing happens when they run."""
    return FALL


EXECUTE.update(
    {
        "expr": exec_expr,
        "assign": assignment.exec_assign,
        "ann": assignment.exec_ann,
        "aug": assignment.exec_aug,
        "return": exec_return,
        "if": branches.exec_if,
        "for": loop_bodies.exec_for,
        "while": loop_bodies.exec_while,
        "with": exceptions.exec_with,
        "try": exceptions.exec_try,
        "raise": exceptions.exec_raise,
        "assert": exceptions.exec_assert,
        "del": exec_del,
        "match": branches.exec_match,
        "bind": branches.exec_bind,
        "pass": exec_nothing,
        "global": exec_nothing,
        "nonlocal": exec_nothing,
        "break": loop_bodies.exec_break,
        "continue": loop_bodies.exec_break,
    }
)
