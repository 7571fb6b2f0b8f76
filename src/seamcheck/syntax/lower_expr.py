"""Lowering of expressions: one small function per LibCST class, each walking its children in source order.

Order matters: the cursor counts newlines while the children are passed, so a line is right only when all that
stands before it has been walked. Recursion is as deep as the code; :mod:`seamcheck.syntax.deep` gives it room.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import intern
from typing import Any

import libcst as cst

from seamcheck.facts.ir import Node
from seamcheck.syntax.literals import integer
from seamcheck.syntax.lower_comp import COMPREHENSIONS
from seamcheck.syntax.lower_def import lower_lambda
from seamcheck.syntax.lower_string import STRINGS
from seamcheck.syntax.operators import BINARY, BOOLEAN, COMPARISON, UNARY
from seamcheck.syntax.state import LoweringError, State

_CONSTANTS = {"True": True, "False": False, "None": None}
_PARENTHESIZED = cst.ParenthesizedWhitespace
_COMMA = cst.Comma


def lower(s: State, node: Any) -> Node:
    """Lower any expression, with the parentheses around it."""
    if node.lpar:
        s.opening(node)
        result = _LOWER[node.__class__](s, node)
        s.closing(node)
        return result
    return _LOWER[node.__class__](s, node)


# Names are interned: the cache then stores each once per file, and lookups compare identities.
def _name(s: State, node: cst.Name) -> Node:
    value = node.value
    if value in _CONSTANTS:
        return ("const", s.line, _CONSTANTS[value])
    value = intern(value)
    s.scope.mentions.add(value)
    return ("name", s.line, value)


def _integer(s: State, node: cst.Integer) -> Node:
    try:
        return ("const", s.line, integer(node.value))
    except ValueError:
        raise LoweringError("an integer literal is longer than Python accepts", s.line) from None


def _float(s: State, node: cst.Float) -> Node:
    return ("const", s.line, float(node.value))


def _imaginary(s: State, node: cst.Imaginary) -> Node:
    return ("const", s.line, complex(node.value))


def _ellipsis(s: State, node: cst.Ellipsis) -> Node:
    return ("const", s.line, Ellipsis)


def _attribute(s: State, node: cst.Attribute) -> Node:
    line = s.line
    value = lower(s, node.value)
    dot = node.dot
    if dot.whitespace_before.__class__ is _PARENTHESIZED or s.continued:
        s.skip(dot.whitespace_before)
    if dot.whitespace_after.__class__ is _PARENTHESIZED or s.continued:
        s.skip(dot.whitespace_after)
    name = intern(node.attr.value)
    s.scope.mentions.add(intern("." + name))
    return ("attr", line, value, name)


def _call(s: State, node: cst.Call) -> Node:
    line = s.line
    function = _callee(s, node.func)
    s.skip(node.whitespace_after_func)
    s.skip(node.whitespace_before_args)
    positional, keywords = arguments(s, node.args) if node.args else ((), ())
    if len(positional) > 1 and function[2:] == ("getattr",) and positional[1][0] == "const":
        s.scope.mentions.add(intern(f".{positional[1][2]}"))
    return ("call", line, s.line, function, positional, keywords)


def _callee(s: State, node: Any) -> Node:
    """What is called: its name counts as a call, not as a value that is mentioned."""
    mentions = s.scope.mentions
    name = ""
    if node.__class__ is cst.Name:
        name = node.value
    elif node.__class__ is cst.Attribute:
        name = intern("." + node.attr.value)
    known = name in mentions
    result = lower(s, node)
    s.scope.calls.add(name)
    if not known:
        mentions.discard(name)
    return result


def arguments(s: State, args: Any) -> tuple[tuple[Node, ...], tuple[tuple[str | None, Node], ...]]:
    """Positional and keyword arguments of a call (``star`` for ``*x``, keyword None for ``**x``)."""
    positional: list[Node] = []
    keywords: list[tuple[str | None, Node]] = []
    for arg in args:
        keyword, star = arg.keyword, arg.star
        line = s.line
        if star:
            s.skip(arg.whitespace_after_star)
        if keyword is not None:
            s.around(arg.equal)
            keywords.append((intern(keyword.value), lower(s, arg.value)))
        elif star == "**":
            keywords.append((None, lower(s, arg.value)))
        elif star:
            positional.append(("star", line, lower(s, arg.value)))
        else:
            positional.append(lower(s, arg.value))
        comma = arg.comma
        if comma.__class__ is _COMMA:
            s.skip(comma.whitespace_before)
            s.skip(comma.whitespace_after)
        if arg.whitespace_after_arg.__class__ is _PARENTHESIZED or s.continued:
            s.skip(arg.whitespace_after_arg)
    return tuple(positional), tuple(keywords)


def _subscript(s: State, node: cst.Subscript) -> Node:
    line = s.line
    value = lower(s, node.value)
    s.skip(node.whitespace_after_value)
    s.skip(node.lbracket.whitespace_after)
    start = s.line
    items: list[Node] = []
    several = len(node.slice) > 1
    for element in node.slice:
        items.append(_slice(s, element.slice))
        if isinstance(element.comma, _COMMA):
            several = True
            s.around(element.comma)
    several = several or items[0][0] == "star"
    s.skip(node.rbracket.whitespace_before)
    return ("sub", line, value, ("tuple", start, tuple(items)) if several else items[0])


def _slice(s: State, part: cst.BaseSlice) -> Node:
    line = s.line
    if isinstance(part, cst.Index):
        if part.star is None:
            return lower(s, part.value)
        if part.whitespace_after_star is not None:
            s.skip(part.whitespace_after_star)
        return ("star", line, lower(s, part.value))
    assert isinstance(part, cst.Slice)
    lower_bound = None if part.lower is None else lower(s, part.lower)
    s.around(part.first_colon)
    upper = None if part.upper is None else lower(s, part.upper)
    s.around(part.second_colon)
    step = None if part.step is None else lower(s, part.step)
    return ("slice", line, lower_bound, upper, step)


def _elements(s: State, elements: Any) -> tuple[Node, ...]:
    result = []
    for element in elements:
        if element.__class__ is cst.Element:
            result.append(lower(s, element.value))
        else:
            result.append(lower(s, element))
        comma = element.comma
        if comma.__class__ is _COMMA:
            s.skip(comma.whitespace_before)
            s.skip(comma.whitespace_after)
    return tuple(result)


def _starred(s: State, node: cst.StarredElement) -> Node:
    line = s.line
    s.skip(node.whitespace_before_value)
    return ("star", line, lower(s, node.value))


def _tuple(s: State, node: cst.Tuple) -> Node:
    return ("tuple", s.line, _elements(s, node.elements))


def _list(s: State, node: cst.List) -> Node:
    line = s.line
    s.skip(node.lbracket.whitespace_after)
    elements = _elements(s, node.elements)
    s.skip(node.rbracket.whitespace_before)
    return ("list", line, elements)


def _set(s: State, node: cst.Set) -> Node:
    line = s.line
    s.skip(node.lbrace.whitespace_after)
    elements = _elements(s, node.elements)
    s.skip(node.rbrace.whitespace_before)
    return ("set", line, elements)


def _dict(s: State, node: cst.Dict) -> Node:
    line = s.line
    s.skip(node.lbrace.whitespace_after)
    items: list[tuple[Node | None, Node]] = []
    for element in node.elements:
        key = None
        if isinstance(element, cst.DictElement):
            key = lower(s, element.key)
            s.skip(element.whitespace_before_colon)
            s.skip(element.whitespace_after_colon)
        elif isinstance(element, cst.StarredDictElement):
            s.skip(element.whitespace_before_value)
        items.append((key, lower(s, element.value)))
        s.around(element.comma)
    s.skip(node.rbrace.whitespace_before)
    return ("dict", line, tuple(items))


def _binary(s: State, node: cst.BinaryOperation) -> Node:
    line = s.line
    left = lower(s, node.left)
    s.around(node.operator)
    return ("bin", line, BINARY[node.operator.__class__], left, lower(s, node.right))


def _boolean(s: State, node: cst.BooleanOperation) -> Node:
    line = s.line
    left = lower(s, node.left)
    s.around(node.operator)
    return ("bool", line, BOOLEAN[node.operator.__class__], left, lower(s, node.right))


def _unary(s: State, node: cst.UnaryOperation) -> Node:
    line = s.line
    s.skip(node.operator.whitespace_after)
    return ("unary", line, UNARY[node.operator.__class__], lower(s, node.expression))


def _comparison(s: State, node: cst.Comparison) -> Node:
    line = s.line
    left = lower(s, node.left)
    parts: list[tuple[str, Node]] = []
    for target in node.comparisons:
        operator: Any = target.operator
        s.skip(operator.whitespace_before)
        if isinstance(operator, (cst.NotIn, cst.IsNot)):
            s.skip(operator.whitespace_between)
        s.skip(operator.whitespace_after)
        parts.append((COMPARISON[operator.__class__], lower(s, target.comparator)))
    return ("cmp", line, left, tuple(parts))


def _conditional(s: State, node: cst.IfExp) -> Node:
    line = s.line
    body = lower(s, node.body)
    s.skip(node.whitespace_before_if)
    s.skip(node.whitespace_after_if)
    test = lower(s, node.test)
    s.skip(node.whitespace_before_else)
    s.skip(node.whitespace_after_else)
    return ("ifexp", line, test, body, lower(s, node.orelse))


def _await(s: State, node: cst.Await) -> Node:
    line = s.line
    s.skip(node.whitespace_after_await)
    return ("await", line, lower(s, node.expression))


def _yield(s: State, node: cst.Yield) -> Node:
    line = s.line
    s.scope.generator = s.scope.inside
    s.skip(node.whitespace_after_yield)
    value = node.value
    if value is None:
        return ("yield", line, None)
    if isinstance(value, cst.From):
        s.skip(value.whitespace_before_from)
        s.skip(value.whitespace_after_from)
        return ("yieldfrom", line, lower(s, value.item))
    return ("yield", line, lower(s, value))


def _walrus(s: State, node: cst.NamedExpr) -> Node:
    line = s.line
    target = lower(s, node.target)
    s.skip(node.whitespace_before_walrus)
    s.skip(node.whitespace_after_walrus)
    # Also inside a comprehension the name belongs to the enclosing function, hence not ``s.names``.
    s.scope.names[target[2]] = None
    return ("walrus", line, target[2], lower(s, node.value))


_LOWER: dict[type, Callable[[State, Any], Node]] = {
    cst.Name: _name, cst.Integer: _integer, cst.Float: _float, cst.Imaginary: _imaginary,
    cst.Ellipsis: _ellipsis, cst.Attribute: _attribute, cst.Call: _call, cst.Subscript: _subscript,
    cst.StarredElement: _starred, cst.Tuple: _tuple, cst.List: _list, cst.Set: _set, cst.Dict: _dict,
    cst.BinaryOperation: _binary, cst.BooleanOperation: _boolean, cst.UnaryOperation: _unary,
    cst.Comparison: _comparison, cst.IfExp: _conditional, cst.Await: _await, cst.Yield: _yield,
    cst.NamedExpr: _walrus, cst.Lambda: lower_lambda,
    **STRINGS, **COMPREHENSIONS,
}  # fmt: skip
