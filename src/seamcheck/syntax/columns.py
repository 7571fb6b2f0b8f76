"""Columns, on demand, for the few places that a report names."""

from __future__ import annotations

import ast
import warnings
from typing import TypeVar

from seamcheck.model.evidence import Cells
from seamcheck.syntax.conflicts import first_side
from seamcheck.syntax.notebook import program

_Place = tuple[int, int]
_Key = TypeVar("_Key")


class Columns:
    """Exact 1-based columns (in characters) of statements and calls of one file, parsed at the first question."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._lines = self._text.split("\n")
        self._named: dict[tuple[int, int, str], int] = {}
        self._named_start: dict[tuple[int, str], int] = {}
        self._spans: dict[_Place, int] = {}
        self._starts: dict[int, int] = {}
        self._ready = False

    def find(self, line: int, end_line: int = 0, callee: str | None = None) -> int:
        """Column of what starts on ``line`` and ends on ``end_line`` (0: unknown).

        With ``callee``, the last name of a call's function (``"<lambda>"`` for a lambda), that of the call; the
        first one where several fit. Otherwise that of the statement. Where nothing fits, or the file cannot be
        parsed by the running Python, the first character of the line that is no blank.
        """
        source = self._lines[line - 1] if 1 <= line <= len(self._lines) else ""
        if callee is None and ";" not in source:
            # The first statement on a line starts with it: no need to parse the file for that.
            return len(source) - len(source.lstrip()) + 1
        if not self._ready:
            self._index()
        found = None
        if callee is not None:
            found = self._named.get((line, end_line, callee), self._named_start.get((line, callee)))
        if found is None:
            found = self._spans.get((line, end_line), self._starts.get(line))
        if found is not None:
            return self._characters(line, found)
        return len(source) - len(source.lstrip()) + 1

    def _characters(self, line: int, offset: int) -> int:
        """Column of a UTF-8 offset; the text may be shorter when the file has changed meanwhile."""
        source = self._lines[line - 1] if 1 <= line <= len(self._lines) else ""
        return len(source.encode("utf-8", "replace")[:offset].decode("utf-8", "replace")) + 1

    def _index(self) -> None:
        self._ready = True
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for node in ast.walk(self._tree()):
                    self._add(node)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return

    def _tree(self) -> ast.AST:
        try:
            return ast.parse(self._text)
        except SyntaxError:
            side = first_side(self._text)
            if side is None:
                raise
            return ast.parse(side[0])

    def _add(self, node: ast.AST) -> None:
        name: str | None = None
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                name = function.attr
            elif isinstance(function, ast.Name):
                name = function.id
        elif isinstance(node, ast.Lambda):
            name = "<lambda>"
        elif not isinstance(node, ast.stmt):
            return
        line, end, column = node.lineno, node.end_lineno or node.lineno, node.col_offset
        if isinstance(node, ast.stmt):
            _least(self._starts, line, column)
            _least(self._spans, (line, end), column)
        elif name is not None:
            _least(self._named, (line, end, name), column)
            _least(self._named_start, (line, name), column)


class NotebookColumns(Columns):
    """The same for the joined cells of a notebook, whose lines are not all Python."""

    def __init__(self, text: str, cells: Cells) -> None:
        super().__init__(program(text, cells))
        self._written = text.split("\n")

    def find(self, line: int, end_line: int = 0, callee: str | None = None) -> int:
        """As for Python; where a magic stands before a statement, the column of that statement."""
        column = super().find(line, end_line, callee)
        written = self._written[line - 1] if 1 <= line <= len(self._written) else ""
        rest = self._lines[line - 1][column - 1 :] if 1 <= line <= len(self._lines) else ""
        if written[column - 1 :] == rest:
            return column
        start = written.find(rest) if rest else -1
        return start + 1 if start >= 0 else len(written) - len(written.lstrip()) + 1


def _least(table: dict[_Key, int], key: _Key, value: int) -> None:
    if table.get(key, value) >= value:
        table[key] = value
