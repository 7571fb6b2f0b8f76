"""LibCST tree to facts: the entry of the lowering."""

from __future__ import annotations

import libcst as cst

from seamcheck.facts.ir import Body, FileFacts, Node
from seamcheck.syntax.lower_expr import lower
from seamcheck.syntax.lower_stmt import lower_body
from seamcheck.syntax.state import LoweringError, State

__all__ = ["LoweringError", "lower_module"]


def lower_module(module: cst.Module, text: str) -> FileFacts:
    """Lower a parsed file. ``text`` is its source with "\\n" newlines.

    Recurses as deeply as the code is nested: call it through :func:`seamcheck.syntax.deep.run_deep` unless
    the code is known to be flat. Raises :class:`LoweringError` for code that Python itself refuses.
    """
    state = State(text, lower)
    state.leading(module.header)
    body = lower_body(state, module.body)
    state.leading(module.footer)
    lines = text.count("\n") + (1 if text and not text.endswith("\n") else 0)
    functions = tuple([f for f in state.functions if f is not None])
    classes = tuple([c for c in state.classes if c is not None])
    exports = _exports(body) if "__all__" in text else None
    sets = (state.scope.mentions, state.scope.calls, state.imports)
    mentions, calls, imports = (tuple(sorted(found)) for found in sets)
    directives = tuple(state.directives)
    return FileFacts(lines, body, functions, classes, directives, exports, mentions, calls, imports)


def _exports(body: Body) -> tuple[str, ...] | None:
    """Names in ``__all__`` where module-level statements build it from literals alone, else None."""
    names: tuple[str, ...] | None = None
    for statement in body:
        op = statement[0]
        if op == "assign" and any(_is_all(target) for target in statement[3]):
            names = _literal_names(statement[4])
        elif op == "ann" and _is_all(statement[3]) and statement[5] is not None:
            names = _literal_names(statement[5])
        elif op == "aug" and _is_all(statement[3]):
            more = _literal_names(statement[5])
            names = None if names is None or more is None or statement[4] != "+" else names + more
            if names is None:
                return None
        elif op not in ("def", "class", "import", "from") and _mentions_all(statement):
            return None
    return names


def _is_all(target: Node) -> bool:
    return target[:1] == ("name",) and target[2:] == ("__all__",)


def _literal_names(value: Node) -> tuple[str, ...] | None:
    if value[0] == "bin" and value[2] == "+":
        left, right = _literal_names(value[3]), _literal_names(value[4])
        return None if left is None or right is None else left + right
    if value[0] not in ("list", "tuple"):
        return None
    names = [item[2] for item in value[2] if item[0] == "const" and isinstance(item[2], str)]
    return tuple(names) if len(names) == len(value[2]) else None


def _mentions_all(statement: Node) -> bool:
    stack: list[object] = [statement]
    while stack:
        item = stack.pop()
        if item == "__all__":
            return True
        if isinstance(item, tuple):
            stack.extend(item)
    return False
