"""Lowering of bodies and compound statements: one small function per LibCST class, dispatched by type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from seamcheck.facts.ir import Body, Node
from seamcheck.syntax.lower_def import lower_class, lower_function
from seamcheck.syntax.lower_expr import arguments, lower
from seamcheck.syntax.lower_match import lower_match
from seamcheck.syntax.lower_small import SMALL, as_name
from seamcheck.syntax.state import State
from seamcheck.syntax.targets import bind


def lower_body(s: State, statements: Any) -> Body:
    """Lower the statements of a module or an indented block."""
    result: list[Node] = []
    for statement in statements:
        if statement.__class__ is cst.SimpleStatementLine:
            if statement.leading_lines:
                s.leading(statement.leading_lines)
            _small(s, statement.body, result)
            s.trailing(statement.trailing_whitespace)
        else:
            result.append(_COMPOUND[statement.__class__](s, statement))
    return tuple(result)


def _small(s: State, statements: Any, into: list[Node]) -> None:
    for statement in statements:
        into.append(SMALL[statement.__class__](s, statement))
        semicolon = statement.semicolon
        if s.continued:
            s.around(semicolon)


def lower_suite(s: State, suite: Any) -> tuple[Body, int]:
    """Lower what follows the colon of a compound statement: its statements and the last line of the last one."""
    if suite.__class__ is cst.IndentedBlock:
        s.trailing(suite.header)
        body = lower_body(s, suite.body)
        end = body[-1][2] if body else s.line
        s.leading(suite.footer)
        return body, end
    s.skip(suite.leading_whitespace)
    result: list[Node] = []
    _small(s, suite.body, result)
    s.trailing(suite.trailing_whitespace)
    return tuple(result), result[-1][2]


def _if(s: State, node: cst.If) -> Node:
    s.leading(node.leading_lines)
    line = s.line
    s.skip(node.whitespace_before_test)
    test = lower(s, node.test)
    s.skip(node.whitespace_after_test)
    body, end = lower_suite(s, node.body)
    orelse: Body = ()
    if isinstance(node.orelse, cst.If):
        alternative = _if(s, node.orelse)
        orelse, end = (alternative,), alternative[2]
    elif node.orelse is not None:
        orelse, end = _else(s, node.orelse)
    return ("if", line, end, test, body, orelse)


def _else(s: State, node: cst.Else | cst.Finally) -> tuple[Body, int]:
    s.leading(node.leading_lines)
    s.skip(node.whitespace_before_colon)
    return lower_suite(s, node.body)


def _while(s: State, node: cst.While) -> Node:
    s.leading(node.leading_lines)
    line = s.line
    s.skip(node.whitespace_after_while)
    test = lower(s, node.test)
    s.skip(node.whitespace_before_colon)
    body, end = lower_suite(s, node.body)
    orelse: Body = ()
    if node.orelse is not None:
        orelse, end = _else(s, node.orelse)
    return ("while", line, end, test, body, orelse)


def _for(s: State, node: cst.For) -> Node:
    s.leading(node.leading_lines)
    line = s.line
    if node.asynchronous is not None:
        s.skip(node.asynchronous.whitespace_after)
    s.skip(node.whitespace_after_for)
    target = lower(s, node.target)
    bind(s, target)
    s.skip(node.whitespace_before_in)
    s.skip(node.whitespace_after_in)
    iterable = lower(s, node.iter)
    s.skip(node.whitespace_before_colon)
    body, end = lower_suite(s, node.body)
    orelse: Body = ()
    if node.orelse is not None:
        orelse, end = _else(s, node.orelse)
    return ("for", line, end, target, iterable, body, orelse)


def _with(s: State, node: cst.With) -> Node:
    s.leading(node.leading_lines)
    line = s.line
    if node.asynchronous is not None:
        s.skip(node.asynchronous.whitespace_after)
    s.skip(node.whitespace_after_with)
    if isinstance(node.lpar, cst.LeftParen):
        s.skip(node.lpar.whitespace_after)
    items = []
    for item in node.items:
        context, target = lower(s, item.item), None
        if item.asname is not None:
            target = as_name(s, item.asname)
            bind(s, target)
        s.around(item.comma)
        items.append((context, target))
    if isinstance(node.rpar, cst.RightParen):
        s.skip(node.rpar.whitespace_before)
    s.skip(node.whitespace_before_colon)
    body, end = lower_suite(s, node.body)
    return ("with", line, end, tuple(items), body)


def _handler(s: State, node: Any) -> tuple[tuple[Node | None, str | None, Body], int]:
    s.leading(node.leading_lines)
    s.skip(node.whitespace_after_except)
    if isinstance(node, cst.ExceptStarHandler):
        s.skip(node.whitespace_after_star)
    kind = None if node.type is None else lower(s, node.type)
    name = None
    if node.name is not None:
        name = as_name(s, node.name)[2]
        s.names[name] = None
    s.skip(node.whitespace_before_colon)
    body, end = lower_suite(s, node.body)
    return (kind, name, body), end


def _try(s: State, node: cst.Try | cst.TryStar) -> Node:
    s.leading(node.leading_lines)
    line = s.line
    s.skip(node.whitespace_before_colon)
    body, end = lower_suite(s, node.body)
    handlers = []
    for part in node.handlers:
        handler, end = _handler(s, part)
        handlers.append(handler)
    orelse: Body = ()
    final: Body = ()
    if node.orelse is not None:
        orelse, end = _else(s, node.orelse)
    if node.finalbody is not None:
        final, end = _else(s, node.finalbody)
    return ("try", line, end, body, tuple(handlers), orelse, final)


def _function(s: State, node: cst.FunctionDef) -> Node:
    return lower_function(s, node, lower_suite)


def _class(s: State, node: cst.ClassDef) -> Node:
    return lower_class(s, node, lower_suite, arguments)


def _match(s: State, node: cst.Match) -> Node:
    return lower_match(s, node, lower_suite)


_Handlers = dict[type, Callable[[State, Any], Node]]
_COMPOUND: _Handlers = {
    cst.If: _if, cst.For: _for, cst.While: _while, cst.With: _with, cst.Try: _try, cst.TryStar: _try,
    cst.FunctionDef: _function, cst.ClassDef: _class, cst.Match: _match,
}  # fmt: skip
