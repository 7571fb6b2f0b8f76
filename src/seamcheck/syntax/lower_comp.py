"""Lowering of comprehensions and generator expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from seamcheck.facts.ir import Node
from seamcheck.syntax.state import State
from seamcheck.syntax.targets import bind

_Clause = tuple[Node, Node, tuple[Node, ...]]


def _clauses(s: State, first: cst.CompFor) -> tuple[_Clause, ...]:
    result: list[_Clause] = []
    clause: cst.CompFor | None = first
    while clause is not None:
        s.skip(clause.whitespace_before)
        if clause.asynchronous is not None:
            s.skip(clause.asynchronous.whitespace_after)
        s.skip(clause.whitespace_after_for)
        # The targets are local to the comprehension: their names go nowhere.
        names, s.names = s.names, {}
        target = s.expr(s, clause.target)
        bind(s, target)
        s.names = names
        s.skip(clause.whitespace_before_in)
        s.skip(clause.whitespace_after_in)
        iterable = s.expr(s, clause.iter)
        conditions = []
        for condition in clause.ifs:
            s.skip(condition.whitespace_before)
            s.skip(condition.whitespace_before_test)
            conditions.append(s.expr(s, condition.test))
        result.append((target, iterable, tuple(conditions)))
        clause = clause.inner_for_in
    return tuple(result)


def _generator(s: State, node: cst.GeneratorExp) -> Node:
    line = s.line
    element = s.expr(s, node.elt)
    return ("comp", line, "gen", element, _clauses(s, node.for_in))


def _list(s: State, node: cst.ListComp) -> Node:
    line = s.line
    s.skip(node.lbracket.whitespace_after)
    element = s.expr(s, node.elt)
    clauses = _clauses(s, node.for_in)
    s.skip(node.rbracket.whitespace_before)
    return ("comp", line, "list", element, clauses)


def _set(s: State, node: cst.SetComp) -> Node:
    line = s.line
    s.skip(node.lbrace.whitespace_after)
    element = s.expr(s, node.elt)
    clauses = _clauses(s, node.for_in)
    s.skip(node.rbrace.whitespace_before)
    return ("comp", line, "set", element, clauses)


def _dict(s: State, node: cst.DictComp) -> Node:
    line = s.line
    s.skip(node.lbrace.whitespace_after)
    key = s.expr(s, node.key)
    s.skip(node.whitespace_before_colon)
    s.skip(node.whitespace_after_colon)
    value = s.expr(s, node.value)
    clauses = _clauses(s, node.for_in)
    s.skip(node.rbrace.whitespace_before)
    return ("comp", line, "dict", (key, value), clauses)


def _starred_dict(s: State, node: Any) -> Node:
    line = s.line
    s.skip(node.lbrace.whitespace_after)
    s.skip(node.whitespace_before_value)
    value = s.expr(s, node.value)
    clauses = _clauses(s, node.for_in)
    s.skip(node.rbrace.whitespace_before)
    return ("comp", line, "dict", (None, value), clauses)


COMPREHENSIONS: dict[type, Callable[[State, Any], Node]] = {
    cst.GeneratorExp: _generator, cst.ListComp: _list, cst.SetComp: _set, cst.DictComp: _dict,
}  # fmt: skip
# ``{**d for d in ds}`` is known to LibCST from 1.9 on.
if hasattr(cst, "StarredDictComp"):
    COMPREHENSIONS[cst.StarredDictComp] = _starred_dict
