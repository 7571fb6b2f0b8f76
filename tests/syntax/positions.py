"""Lines by LibCST's own PositionProvider and lines in lowered facts, in one comparable form."""

from __future__ import annotations

from collections import Counter
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from seamcheck.facts.ir import FileFacts

Mark = tuple[str, int, int | None]

_EXPRESSIONS = {
    "Attribute": "attr", "Subscript": "sub", "List": "list", "Set": "set", "Dict": "dict",
    "BinaryOperation": "bin", "UnaryOperation": "unary", "BooleanOperation": "bool", "Comparison": "cmp",
    "IfExp": "ifexp", "ListComp": "comp", "SetComp": "comp", "DictComp": "comp", "GeneratorExp": "comp",
    "Await": "await", "NamedExpr": "walrus",
}  # fmt: skip
_STATEMENTS = {
    "Expr": "expr", "AugAssign": "aug", "AnnAssign": "ann", "Return": "return", "If": "if",
    "For": "for", "While": "while", "With": "with", "Try": "try", "TryStar": "try", "FunctionDef": "def",
    "ClassDef": "class", "Import": "import", "ImportFrom": "from", "Raise": "raise", "Assert": "assert",
    "Del": "del", "Global": "global", "Nonlocal": "nonlocal", "Match": "match", "Pass": "pass",
    "Break": "break", "Continue": "continue", "Assign": "assign", "TypeAlias": "assign",
}  # fmt: skip
_STATEMENT_OPS = frozenset(_STATEMENTS.values())
_EXPRESSION_OPS = frozenset(_EXPRESSIONS.values())
#: Parts that the facts leave out or spell differently: not compared.
_SKIPPED = (cst.MatchCase, cst.TypeParameters, cst.ImportAlias, cst.AsName)


class _Collector(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.marks: Counter[Mark] = Counter()

    def on_visit(self, node: cst.CSTNode) -> bool:
        name = type(node).__name__
        where: Any = None
        if name in _STATEMENTS:
            where = self.get_metadata(PositionProvider, node)
            self.marks[_STATEMENTS[name], where.start.line, where.end.line] += 1
        elif name == "Call":
            where = self.get_metadata(PositionProvider, node)
            self.marks["call", where.start.line, where.end.line] += 1
        elif name == "Lambda":
            where = self.get_metadata(PositionProvider, node)
            self.marks["lambda", where.start.line, where.end.line] += 1
        elif name in _EXPRESSIONS:
            where = self.get_metadata(PositionProvider, node)
            self.marks[_EXPRESSIONS[name], where.start.line, None] += 1
        return not isinstance(node, (cst.MatchPattern, cst.TypeParameters, cst.Import, cst.ImportFrom))


def expected(module: cst.Module) -> Counter[Mark]:
    """Kind, start line and end line (statements, calls and lambdas only) of every node, by PositionProvider."""
    collector = _Collector()
    MetadataWrapper(module, unsafe_skip_copy=True).visit(collector)
    return collector.marks


def lowered(facts: FileFacts) -> Counter[Mark]:
    """The same of the lowered facts."""
    marks: Counter[Mark] = Counter()
    stack: list[Any] = [facts.body]
    for function in facts.functions:
        stack += [function.params, function.decorators, function.returns]
        if function.name == "<lambda>":
            marks["lambda", function.line, function.end_line] += 1
            stack.append(function.body[0][3])
        else:
            stack.append(function.body)
    for klass in facts.classes:
        stack += [klass.bases, klass.keywords, klass.body, klass.decorators]
    while stack:
        item = stack.pop()
        if not isinstance(item, tuple):
            continue
        if len(item) >= 2 and isinstance(item[0], str) and isinstance(item[1], int):
            _mark(item, marks)
        if item and item[0] != "const":
            stack.extend(item)
    return marks


def _mark(item: tuple[Any, ...], marks: Counter[Mark]) -> None:
    op = item[0]
    if op == "call" or (op in _STATEMENT_OPS and len(item) > 2):
        marks[op, item[1], item[2]] += 1
    elif op in _EXPRESSION_OPS:
        marks[op, item[1], None] += 1
