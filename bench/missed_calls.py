"""Why a traced call is not in the static graph, as far as the calling expression tells."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_LAMBDA = re.compile(r"<lambda\d*>")
_OPERATORS = (
    ast.BinOp,
    ast.UnaryOp,
    ast.Compare,
    ast.AugAssign,
    ast.Subscript,
    ast.BoolOp,
    ast.FormattedValue,
)
Functions = (ast.FunctionDef, ast.AsyncFunctionDef)


def plain_name(name: str) -> str:
    """Without the numbers of lambdas, which both sides count differently."""
    return _LAMBDA.sub("<lambda>", name)


class Site(NamedTuple):
    """The calling expression: columns count bytes from 0, 0 where Python does not know."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def node(self, source: Path) -> ast.AST | None:
        """The innermost node that covers just this expression."""
        best = None
        for node in ast.walk(_tree(source / self.path)):
            place = [
                getattr(node, name, None) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")
            ]
            if place == [self.line, self.column, self.end_line, self.end_column]:
                best = node
        return best

    def text(self, source: Path) -> str:
        """The expression on one line."""
        node = self.node(source)
        lines = (source / self.path).read_text(encoding="utf-8").splitlines()
        found = ast.unparse(node) if node is not None else lines[self.line - 1] if self.line else ""
        return " ".join(found.split())[:160]


@lru_cache(maxsize=64)
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def is_explicit(source: Path, site: Site) -> bool:
    """Is the traced call written as a call there?"""
    return isinstance(site.node(source), ast.Call)


def cause(source: Path, site: Site, callee: str, known: set[str]) -> str:
    """One of a few classes; ``known`` are the callees that the static graph has for this caller."""
    node, name = site.node(source), callee.rpartition(".")[2]
    if name in ("__getattr__", "__getattribute__"):
        return "an implicit call: __getattr__ of a module or class"
    if node is None:
        return "a decorator" if _decorates(source, site) else "the place is not known"
    if isinstance(node, ast.Call):
        if any(other.rpartition(".")[2] == name for other in known) and _written(node.func) == name:
            base = node.func.value if isinstance(node.func, ast.Attribute) else None
            own = isinstance(base, ast.Name) and base.id in ("self", "cls")
            return f"dispatch: only other classes' `m` is found for {'self.m()' if own else 'x.m()'}"
        return _of_call(source, site, node, callee, name)
    if _decorates(source, site):
        return "a decorator"
    if isinstance(node, ast.Attribute):
        return "an implicit call: property or descriptor"
    if isinstance(node, _OPERATORS):
        return "an implicit call: operator, subscript or comparison"
    if name in ("__enter__", "__exit__"):
        return "an implicit call: with"
    return "an implicit call: iteration, truth value, unpacking or format"


def _decorates(source: Path, site: Site) -> bool:
    """Does the place lie in the decorators of something?"""
    for node in ast.walk(_tree(source / site.path)):
        if isinstance(node, (*Functions, ast.ClassDef)):
            if any(d.lineno <= site.line <= (d.end_lineno or 0) for d in node.decorator_list):
                return True
    return False


def _written(func: ast.AST) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _of_call(source: Path, site: Site, node: ast.Call, callee: str, name: str) -> str:
    func = node.func
    written = _written(func)
    if (written != name and "wrapper" in name) or (written != name and _is_closure(source, callee)):
        return "a decorator's wrapper or another closure"
    if name in ("__init__", "__new__", "__call__", "__post_init__", "__init_subclass__") and written != name:
        return f"{name} of {_receiver(source, site, func)}"
    if name.startswith("__") and written != name:
        return "a special method called by a built-in function or method"
    if isinstance(func, ast.Subscript):
        return "a callback container or registry: called by subscript"
    if isinstance(func, ast.Call):
        inner = func.func
        if isinstance(inner, ast.Name) and inner.id in ("getattr", "attrgetter", "partial"):
            return f"the result of {inner.id}(...) is called"
        return "the result of a call is called"
    if written == name:
        return f"called by its name on {_receiver(source, site, func)}"
    if isinstance(func, ast.Attribute):
        return f"a callback or alias in an attribute of {_receiver(source, site, func)}"
    return f"a callback or alias: {_receiver(source, site, func)}"


def _is_closure(source: Path, callee: str) -> bool:
    """Is the second to last part of a dotted name a function (lower case, not the module)?"""
    parts = callee.split(".")
    if len(parts) < 3 or parts[-2].lstrip("_")[:1].isupper():
        return False
    stem = source.joinpath(*parts[:-1])
    return not (stem.with_suffix(".py").exists() or (stem / "__init__.py").exists())


def _receiver(source: Path, site: Site, func: ast.AST) -> str:
    """What stands before the dot, or what kind of variable a bare name is."""
    if isinstance(func, ast.Name):
        return _variable(source, site, func.id)
    if not isinstance(func, ast.Attribute):
        return "another expression"
    base = func.value
    if isinstance(base, ast.Name):
        return base.id if base.id in ("self", "cls") else _variable(source, site, base.id)
    if isinstance(base, ast.Attribute):
        own = isinstance(base.value, ast.Name) and base.value.id in ("self", "cls")
        return "an attribute of self" if own else "an attribute of something else"
    if isinstance(base, ast.Call):
        is_super = isinstance(base.func, ast.Name) and base.func.id == "super"
        return "super()" if is_super else "the result of a call"
    if isinstance(base, ast.Subscript):
        return "an item of a container"
    return "another expression"


def _variable(source: Path, site: Site, name: str) -> str:
    """Parameter, local variable or module-level name, seen from the innermost function around the call."""
    around = [
        node
        for node in ast.walk(_tree(source / site.path))
        if isinstance(node, Functions) and node.lineno <= site.line <= (node.end_lineno or 0)
    ]
    for function in sorted(around, key=lambda each: -each.lineno):
        every = function.args
        names = [
            a.arg
            for a in (*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg)
            if a
        ]
        if name in names:
            return "a parameter"
        for node in ast.walk(function):
            if isinstance(node, ast.comprehension | ast.For | ast.AsyncFor) and name in _stored(node.target):
                return "a loop variable"
        if any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
            for n in ast.walk(function)
        ):
            return "a local variable"
    if name in (
        "map",
        "filter",
        "sorted",
        "max",
        "min",
        "reduce",
        "next",
        "iter",
        "list",
        "tuple",
        "set",
        "dict",
    ):
        return "what a built-in function is given"
    return "a module-level name"


def _stored(target: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
