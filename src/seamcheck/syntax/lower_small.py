"""Lowering of simple statements, those that fit on one logical line with others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from seamcheck.facts.ir import Node
from seamcheck.syntax.lower_def import lower_annotation
from seamcheck.syntax.lower_expr import lower
from seamcheck.syntax.operators import AUGMENTED
from seamcheck.syntax.state import State
from seamcheck.syntax.targets import bind


def _expression(s: State, node: cst.Expr) -> Node:
    line = s.line
    value = lower(s, node.value)
    return ("expr", line, s.line, value)


def _assign(s: State, node: cst.Assign) -> Node:
    line = s.line
    targets = []
    for part in node.targets:
        target = lower(s, part.target)
        bind(s, target)
        targets.append(target)
        s.skip(part.whitespace_before_equal)
        s.skip(part.whitespace_after_equal)
    value = lower(s, node.value)
    return ("assign", line, s.line, tuple(targets), value)


def _augmented(s: State, node: cst.AugAssign) -> Node:
    line = s.line
    target = lower(s, node.target)
    bind(s, target)
    s.around(node.operator)
    value = lower(s, node.value)
    return ("aug", line, s.line, target, AUGMENTED[node.operator.__class__], value)


def _annotated(s: State, node: cst.AnnAssign) -> Node:
    line = s.line
    target = lower(s, node.target)
    bind(s, target)
    annotation = lower_annotation(s, node.annotation)
    s.around(node.equal)
    value = None if node.value is None else lower(s, node.value)
    return ("ann", line, s.line, target, annotation, value)


def _type_alias(s: State, node: cst.TypeAlias) -> Node:
    """``type X = v`` is an assignment of a type to ``X``, which is all that matters to a value flow."""
    line = s.line
    s.skip(node.whitespace_after_type)
    target = lower(s, node.name)
    bind(s, target)
    s.skip(node.whitespace_after_name)
    if node.type_parameters is not None:
        s.whole(node.type_parameters)
    s.skip(node.whitespace_after_type_parameters)
    s.skip(node.whitespace_after_equals)
    value = lower(s, node.value)
    return ("assign", line, s.line, (target,), value)


def _return(s: State, node: cst.Return) -> Node:
    line = s.line
    s.skip(node.whitespace_after_return)
    value = None if node.value is None else lower(s, node.value)
    return ("return", line, s.line, value)


def _raise(s: State, node: cst.Raise) -> Node:
    line = s.line
    s.skip(node.whitespace_after_raise)
    value = None if node.exc is None else lower(s, node.exc)
    cause = None
    if node.cause is not None:
        s.skip(node.cause.whitespace_before_from)
        s.skip(node.cause.whitespace_after_from)
        cause = lower(s, node.cause.item)
    return ("raise", line, s.line, value, cause)


def _assert(s: State, node: cst.Assert) -> Node:
    line = s.line
    s.skip(node.whitespace_after_assert)
    test = lower(s, node.test)
    s.around(node.comma)
    message = None if node.msg is None else lower(s, node.msg)
    return ("assert", line, s.line, test, message)


def _delete(s: State, node: cst.Del) -> Node:
    line = s.line
    s.skip(node.whitespace_after_del)
    target = lower(s, node.target)
    bind(s, target)
    bare_tuple = isinstance(node.target, cst.Tuple)
    return ("del", line, s.line, target[2] if bare_tuple else (target,))


def _keyword(op: str) -> Callable[[State, Any], Node]:
    def lowered(s: State, node: Any) -> Node:
        return (op, s.line, s.line)

    return lowered


def _names(s: State, names: Any) -> tuple[str, ...]:
    result = []
    for item in names:
        s.around(item.comma)
        result.append(item.name.value)
    return tuple(result)


def _global(s: State, node: cst.Global) -> Node:
    line = s.line
    s.skip(node.whitespace_after_global)
    names = _names(s, node.names)
    s.scope.globals.update(dict.fromkeys(names))
    return ("global", line, s.line, names)


def _nonlocal(s: State, node: cst.Nonlocal) -> Node:
    line = s.line
    s.skip(node.whitespace_after_nonlocal)
    names = _names(s, node.names)
    s.scope.nonlocals.update(dict.fromkeys(names))
    return ("nonlocal", line, s.line, names)


def _dotted(s: State, node: cst.Attribute | cst.Name) -> str:
    parts = []
    current: cst.BaseExpression = node
    while isinstance(current, cst.Attribute):
        parts.append(current.attr.value)
        s.around(current.dot)
        current = current.value
    assert isinstance(current, cst.Name)
    parts.append(current.value)
    return ".".join(reversed(parts))


def _aliases(s: State, names: Any) -> tuple[tuple[str, str | None], ...]:
    result = []
    for item in names:
        name, alias = _dotted(s, item.name), None
        if item.asname is not None:
            alias = as_name(s, item.asname)[2]
        result.append((name, alias))
        s.names[alias or name.partition(".")[0]] = None
        s.around(item.comma)
    return tuple(result)


def as_name(s: State, node: cst.AsName) -> Node:
    """The target after ``as``."""
    s.skip(node.whitespace_before_as)
    s.skip(node.whitespace_after_as)
    return lower(s, node.name)


def _import(s: State, node: Any) -> Node:
    line = s.line
    _lazily(s, node)
    s.skip(node.whitespace_after_import)
    aliases = _aliases(s, node.names)
    s.imports.update([name for name, _ in aliases])
    return ("import", line, s.line, aliases)


def _lazily(s: State, node: Any) -> None:
    if not isinstance(node, (cst.Import, cst.ImportFrom)):
        s.skip(node.whitespace_after_lazy)


def _import_from(s: State, node: Any) -> Node:
    line = s.line
    _lazily(s, node)
    s.skip(node.whitespace_after_from)
    for dot in node.relative:
        s.around(dot)
    module = None if node.module is None else _dotted(s, node.module)
    s.skip(node.whitespace_before_import)
    s.skip(node.whitespace_after_import)
    if isinstance(node.names, cst.ImportStar):
        s.imports.add(f"{module or ''}:*")
        return ("from", line, s.line, module, len(node.relative), "*")
    if node.lpar is not None:
        s.skip(node.lpar.whitespace_after)
    aliases = _aliases(s, node.names)
    if node.rpar is not None:
        s.skip(node.rpar.whitespace_before)
    s.imports.update([f"{module or ''}:{name}={alias or name}" for name, alias in aliases])
    return ("from", line, s.line, module, len(node.relative), aliases)


SMALL: dict[type, Callable[[State, Any], Node]] = {
    cst.Expr: _expression, cst.Assign: _assign, cst.AugAssign: _augmented, cst.AnnAssign: _annotated,
    cst.Return: _return, cst.Raise: _raise, cst.Assert: _assert, cst.Del: _delete, cst.Global: _global,
    cst.Nonlocal: _nonlocal, cst.Import: _import, cst.ImportFrom: _import_from, cst.TypeAlias: _type_alias,
    cst.Pass: _keyword("pass"), cst.Break: _keyword("break"), cst.Continue: _keyword("continue"),
}  # fmt: skip
# Lazy imports (PEP 810) are known to LibCST from 1.9 on.
if hasattr(cst, "LazyImport"):
    SMALL[cst.LazyImport] = _import
    SMALL[cst.LazyImportFrom] = _import_from
