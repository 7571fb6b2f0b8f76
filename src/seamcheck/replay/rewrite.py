"""Makes each pass of a plain loop a trial, in the tree of its module: no line moves, no frame is added.

``for x in ITEMS`` becomes ``for x in trials(..., iter(ITEMS))``: a chain of C iterators, so that what ``ITEMS`` raises
has no frame of ours in its traceback. ``while TEST`` becomes ``while before(...) and TEST and begin(...)`` in a
``try`` whose ``finally`` ends the last trial. ``break``, ``continue``, ``else``, ``yield`` and ``return`` stay what
they are. The names stand in builtins, see :mod:`seamcheck.replay.passes`.
"""

from __future__ import annotations

import ast
from typing import TypeVar

#: Names in builtins; they cannot be mistaken for the program's.
TRIALS, ITER, TASK = "__seamcheck_trials__", "__seamcheck_iter__", "__seamcheck_task__"
BEFORE, BEGIN, END = "__seamcheck_before__", "__seamcheck_begin__", "__seamcheck_end__"
UNMARK, ENDED = "__seamcheck_unmark__", "__seamcheck_ended__"

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
N = TypeVar("N", bound=ast.AST)


def rewrite(tree: ast.Module, path: str, lines: frozenset[int], guard: bool = False) -> frozenset[int]:
    """Change the loops on these lines, in place; the lines that were found.

    ``guard``: a pass may be ended early by an exception of ours, and the loop goes on with the next one.
    """
    wanted = {line: _at(tree, line) for line in lines}
    loops = {id(node): line for line, node in wanted.items() if node is not None}
    _Rewriter(path, loops, guard, _names_of_trial(tree)).visit(tree)
    return frozenset(line for line, node in wanted.items() if node is not None)


def _at(tree: ast.Module, line: int) -> ast.AST | None:
    """The loop on a line: the statement first, then the outermost comprehension."""
    inner: Comprehension | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.While) and node.lineno == line:
            return node
        if inner is None and isinstance(node, _COMPREHENSIONS):
            element = node.key if isinstance(node, ast.DictComp) else node.elt
            if line in (node.lineno, element.lineno) and not node.generators[0].is_async:
                inner = node
    return inner


class _Rewriter(ast.NodeTransformer):
    """Inside out, so that nested loops are both changed."""

    def __init__(self, path: str, loops: dict[int, int], guard: bool, marks: frozenset[str]):
        self._path, self._loops, self._guard, self._marks = path, loops, guard, marks

    def visit_For(self, node: ast.For) -> ast.AST:
        """A ``for`` statement."""
        line = self._loops.get(id(node))
        self.generic_visit(node)
        if line is not None:
            node.iter = self._trials(node.iter, line, self._guard)
            self._guarded(node)
        return self._unmarked(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        """A ``while`` statement."""
        line = self._loops.get(id(node))
        self.generic_visit(node)
        if line is None:
            return self._unmarked(node)
        before, begin = self._call(BEFORE, line, node.test), self._call(BEGIN, line, node.test)
        node.test = _like(ast.BoolOp(ast.And(), [before, node.test, begin]), node.test)
        self._guarded(node)
        return _finally(self._unmarked(node), self._call(END, line, node.test))

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        """A list comprehension."""
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        """A set comprehension."""
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        """A dict comprehension."""
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        """A generator expression."""
        return self._comprehension(node)

    def _comprehension(self, node: Comprehension) -> ast.AST:
        line = self._loops.get(id(node))
        self.generic_visit(node)
        if line is not None:
            first = node.generators[0]
            first.iter = self._trials(first.iter, line, False)
            if not isinstance(node, ast.DictComp) and _is_delayed(node.elt):
                node.elt = _like(ast.Call(_name(TASK, node.elt), [node.elt], []), node.elt)
        return node

    def _trials(self, items: ast.expr, line: int, guarded: bool) -> ast.expr:
        made = _like(ast.Call(_name(ITER, items), [items], []), items)
        return self._call(TRIALS, line, items, _like(ast.Constant(guarded), items), made)

    def _call(self, name: str, line: int, place: ast.expr, *more: ast.expr) -> ast.Call:
        key = [_like(ast.Constant(value), place) for value in (self._path, line)]
        return _like(ast.Call(_name(name, place), [*key, *more], []), place)

    def _guarded(self, node: ast.For | ast.While) -> None:
        if self._guard:
            first = node.body[0]
            handler = _like(ast.ExceptHandler(_name(ENDED, first), None, [_like(ast.Pass(), first)]), first)
            node.body = [_like(ast.Try(node.body, [handler], [], []), first)]

    def _unmarked(self, node: ast.For | ast.While) -> ast.stmt:
        """A loop with ``seamcheck.replay.trial(i)`` as a statement of its body: its end is that of the last trial."""
        out: ast.stmt = node
        for each in node.body:
            if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call):
                if self._is_mark(each.value.func):
                    out = _finally(out, self._call(UNMARK, each.value.lineno, each.value))
        return out

    def _is_mark(self, called: ast.expr) -> bool:
        if isinstance(called, ast.Name):
            return called.id in self._marks
        return isinstance(called, ast.Attribute) and f".{ast.unparse(called)}".endswith(".replay.trial")


def _names_of_trial(tree: ast.Module) -> frozenset[str]:
    """What the module calls ``seamcheck.replay.trial``."""
    return frozenset(
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "seamcheck.replay"
        for alias in node.names
        if alias.name == "trial"
    )


def _is_delayed(element: ast.expr) -> bool:
    """``delayed(f)(x)``: joblib runs it later, maybe elsewhere."""
    if not (isinstance(element, ast.Call) and isinstance(element.func, ast.Call)):
        return False
    return ast.unparse(element.func.func).rpartition(".")[2] == "delayed"


def _finally(node: ast.stmt, call: ast.expr) -> ast.stmt:
    return _like(ast.Try([node], [], [], [_like(ast.Expr(call), node)]), node)


def _name(name: str, place: ast.AST) -> ast.Name:
    return _like(ast.Name(name, ast.Load()), place)


def _like(new: N, old: ast.AST) -> N:
    return ast.copy_location(new, old)
