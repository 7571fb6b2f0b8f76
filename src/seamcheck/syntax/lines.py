"""Exact lines without metadata providers: a cursor that counts newlines as the lowering walks in source order.

LibCST keeps no positions, but every newline of a file is owned by exactly one node: trailing whitespace and
empty lines, parenthesized whitespace, strings, and backslash continuations in simple whitespace. Walking the
children of each node in the order of the source and counting these gives the lines that PositionProvider
computes, at a fraction of its cost. As there, the parentheses around an expression are not part of it.
"""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst
from libcst import MaybeSentinel, ParenthesizedWhitespace, SimpleWhitespace

from seamcheck.facts.ir import Directive
from seamcheck.syntax.comments import mentions_directive, parse_directive

Whitespace = cst.BaseParenthesizableWhitespace | MaybeSentinel


class Cursor:
    """The current line (from 1) of a walk over one file, and the directives passed so far."""

    __slots__ = ("continued", "directives", "line", "watch")

    def __init__(self, text: str) -> None:
        self.line = 1
        #: Whether simple whitespace can hold newlines (backslash continuations); saves looking elsewhere.
        self.continued = "\\\n" in text
        self.watch = mentions_directive(text)
        self.directives: list[Directive] = []

    def skip(self, space: Whitespace) -> None:
        """Pass whitespace between tokens; a sentinel stands for none."""
        if space.__class__ is ParenthesizedWhitespace:
            self._parenthesized(space)
        elif self.continued and isinstance(space, SimpleWhitespace):
            self.line += space.value.count("\n")

    def _parenthesized(self, space: ParenthesizedWhitespace) -> None:
        if self.watch or self.continued:
            self.trailing(space.first_line)
            self.leading(space.empty_lines)
            self.skip(space.last_line)
        else:
            self.line += 1 + len(space.empty_lines)

    def trailing(self, end: cst.TrailingWhitespace) -> None:
        """Pass the end of a line of code: whitespace, comment, newline."""
        if self.continued:
            self.skip(end.whitespace)
        if self.watch and end.comment is not None:
            self._comment(end.comment, trailing=True)
        self.line += 1

    def leading(self, lines: Iterable[cst.EmptyLine]) -> None:
        """Pass lines that hold nothing but a comment."""
        for empty in lines:
            if self.continued:
                self.skip(empty.whitespace)
            if self.watch and empty.comment is not None:
                self._comment(empty.comment, trailing=False)
            self.line += 1

    def opening(self, expression: cst.BaseExpression) -> None:
        """Pass the parentheses before an expression."""
        for parenthesis in expression.lpar:
            self.skip(parenthesis.whitespace_after)

    def closing(self, expression: cst.BaseExpression) -> None:
        """Pass the parentheses after an expression."""
        for parenthesis in expression.rpar:
            self.skip(parenthesis.whitespace_before)

    def around(self, token: cst.CSTNode | MaybeSentinel) -> None:
        """Pass a token that owns the whitespace on both sides (comma, colon, ``=``, dot); a sentinel is no token."""
        if not isinstance(token, MaybeSentinel):
            self.skip(token.whitespace_before)  # type: ignore[attr-defined]
            self.skip(token.whitespace_after)  # type: ignore[attr-defined]

    def whole(self, node: cst.CSTNode) -> None:
        """Pass a subtree that is not lowered (type parameters, patterns): generic and slower."""
        stack = [node]
        while stack:
            current = stack.pop()
            if isinstance(current, (SimpleWhitespace, ParenthesizedWhitespace)):
                self.skip(current)
            elif isinstance(current, (cst.SimpleString, cst.FormattedStringText, cst.TemplatedStringText)):
                self.line += current.value.count("\n")
            else:
                stack.extend(reversed(current.children))

    def _comment(self, comment: cst.Comment, trailing: bool) -> None:
        directive = parse_directive(comment.value, self.line, trailing)
        if directive is not None:
            self.directives.append(directive)
