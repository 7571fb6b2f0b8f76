"""Lowering of functions, lambdas and classes: parameters, scopes and what their bodies say."""

from __future__ import annotations

from collections.abc import Callable
from sys import intern
from typing import Any

import libcst as cst

from seamcheck.facts.ir import Body, ClassFacts, FunctionFacts, Node, Param
from seamcheck.syntax.state import Scope, State

#: Lowers the suite of a compound statement: its statements and the line of the last one.
Suite = Callable[[State, Any], tuple[Body, int]]


def parameters(s: State, node: cst.Parameters) -> tuple[Param, ...]:
    """The parameters in source order. Defaults and annotations belong to the enclosing scope."""
    result = [_parameter(s, p, "posonly") for p in node.posonly_params]
    if isinstance(node.posonly_ind, cst.ParamSlash):
        s.skip(node.posonly_ind.whitespace_after)
        s.around(node.posonly_ind.comma)
    result += [_parameter(s, p, "pos") for p in node.params]
    if isinstance(node.star_arg, cst.Param):
        result.append(_parameter(s, node.star_arg, "var"))
    elif isinstance(node.star_arg, cst.ParamStar):
        s.around(node.star_arg.comma)
    result += [_parameter(s, p, "kwonly") for p in node.kwonly_params]
    if node.star_kwarg is not None:
        result.append(_parameter(s, node.star_kwarg, "kw"))
    return tuple(result)


def _parameter(s: State, node: cst.Param, kind: str) -> Param:
    s.skip(node.whitespace_after_star)
    annotation = None if node.annotation is None else lower_annotation(s, node.annotation)
    s.around(node.equal)
    default = None if node.default is None else s.expr(s, node.default)
    s.around(node.comma)
    s.skip(node.whitespace_after_param)
    return Param(intern(node.name.value), kind, default, annotation)


def lower_annotation(s: State, node: cst.Annotation) -> Node:
    """The expression of a ``: x`` or ``-> x`` annotation."""
    s.skip(node.whitespace_before_indicator)
    s.skip(node.whitespace_after_indicator)
    return s.expr(s, node.annotation)


def _function_scope(s: State, qualname: str, index: int, params: tuple[Param, ...]) -> Scope:
    scope = Scope(qualname + ".<locals>.", index, -1, inside=True)
    for param in params:
        scope.names[param.name] = None
    return scope


def lower_lambda(s: State, node: cst.Lambda) -> Node:
    """A lambda as an expression; its facts hold one ``return``."""
    line = s.line
    index = len(s.functions)
    s.functions.append(None)
    s.skip(node.whitespace_after_lambda)
    params = parameters(s, node.params)
    s.around(node.colon)
    qualname = s.scope.prefix + "<lambda>"
    outer, names = s.scope, s.names
    scope = _function_scope(s, qualname, index, params)
    s.enter(scope)
    start = s.line
    value = s.expr(s, node.body)
    s.scope, s.names = outer, names
    s.functions[index] = FunctionFacts(
        qualname, "<lambda>", line, s.line, params, (("return", start, s.line, value),), (),
        outer.function, outer.owner, scope.assigned(), (), (), scope.generator, False, None,
        tuple(sorted(scope.mentions)), tuple(sorted(scope.calls)),
    )  # fmt: skip
    return ("lambda", line, index)


def decorators(s: State, node: Any) -> tuple[Node, ...]:
    """Pass the lines and decorators above a ``def`` or ``class``; the decorators in source order."""
    s.leading(node.leading_lines)
    result = []
    for decorator in node.decorators:
        s.leading(decorator.leading_lines)
        s.skip(decorator.whitespace_after_at)
        result.append(s.expr(s, decorator.decorator))
        s.trailing(decorator.trailing_whitespace)
    s.leading(node.lines_after_decorators)
    return tuple(result)


def _type_parameters(s: State, node: Any) -> None:
    if node.type_parameters is not None:
        s.whole(node.type_parameters)
    s.skip(node.whitespace_after_type_parameters)


def lower_function(s: State, node: cst.FunctionDef, suite: Suite) -> Node:
    """A ``def`` statement; ``suite`` lowers its body."""
    decorated = decorators(s, node)
    line = s.line
    index = len(s.functions)
    s.functions.append(None)
    if node.asynchronous is not None:
        s.skip(node.asynchronous.whitespace_after)
    s.skip(node.whitespace_after_def)
    s.skip(node.whitespace_after_name)
    _type_parameters(s, node)
    s.skip(node.whitespace_before_params)
    params = parameters(s, node.params)
    returns = None if node.returns is None else lower_annotation(s, node.returns)
    s.skip(node.whitespace_before_colon)
    name = intern(node.name.value)
    s.names[name] = None
    qualname = s.qualname(name)
    scope = _function_scope(s, qualname, index, params)
    outer = s.enter(scope)
    body, end = suite(s, node.body)
    s.enter(outer)
    s.functions[index] = FunctionFacts(
        qualname, name, line, end, params, body, decorated, outer.function, outer.owner, scope.assigned(),
        tuple(scope.globals), tuple(scope.nonlocals), scope.generator, node.asynchronous is not None, returns,
        tuple(sorted(scope.mentions)), tuple(sorted(scope.calls)),
    )  # fmt: skip
    return ("def", line, end, index)


def lower_class(s: State, node: cst.ClassDef, suite: Suite, arguments: Callable[[State, Any], Any]) -> Node:
    """A ``class`` statement; ``arguments`` lowers bases and keywords as those of a call."""
    decorated = decorators(s, node)
    line = s.line
    index = len(s.classes)
    s.classes.append(None)
    s.skip(node.whitespace_after_class)
    s.skip(node.whitespace_after_name)
    _type_parameters(s, node)
    if isinstance(node.lpar, cst.LeftParen):
        s.skip(node.lpar.whitespace_after)
    bases, keywords = arguments(s, (*node.bases, *node.keywords))
    if isinstance(node.rpar, cst.RightParen):
        s.skip(node.rpar.whitespace_before)
    s.skip(node.whitespace_before_colon)
    name = intern(node.name.value)
    s.names[name] = None
    qualname = s.qualname(name)
    inner = Scope(qualname + ".", s.scope.function, index, inside=False)
    outer = s.enter(inner)
    body, end = suite(s, node.body)
    s.enter(outer)
    s.classes[index] = ClassFacts(
        qualname,
        name,
        line,
        end,
        bases,
        keywords,
        body,
        decorated,
        outer.function,
        tuple(sorted(inner.mentions | inner.calls)),
    )
    return ("class", line, end, index)
