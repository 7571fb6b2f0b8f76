"""Lowering of strings: plain, formatted, template and implicitly concatenated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from seamcheck.facts.ir import Node
from seamcheck.syntax.literals import string, unescape
from seamcheck.syntax.state import State


def _simple(s: State, node: cst.SimpleString) -> Node:
    line = s.line
    token = node.value
    if "\n" in token:
        s.line += token.count("\n")
    return ("const", line, string(token))


def _text(s: State, part: Any, raw: bool) -> Node:
    """Literal text of a formatted string; ``{{`` and ``}}`` stand for one brace."""
    line, value = s.line, part.value
    s.line += value.count("\n")
    value = value if raw else unescape(value)
    return ("const", line, value.replace("{{", "{").replace("}}", "}"))


def _parts(s: State, parts: Any, raw: bool, into: list[Node], specification: bool = False) -> None:
    """Append the lowered parts; the literal text of a format specification is no text of the string."""
    for part in parts:
        if not hasattr(part, "expression"):
            text = _text(s, part, raw)
            if not specification:
                into.append(text)
            continue
        s.skip(part.whitespace_before_expression)
        into.append(s.expr(s, part.expression))
        if part.equal is not None:
            s.around(part.equal)
        s.skip(part.whitespace_after_expression)
        if part.format_spec is not None:
            _parts(s, part.format_spec, raw, into, specification=True)


def _formatted(s: State, node: Any) -> Node:
    line = s.line
    parts: list[Node] = []
    _parts(s, node.parts, "r" in node.start.lower(), parts)
    return ("fstring", line, tuple(parts))


def _concatenated(s: State, node: cst.ConcatenatedString) -> Node:
    """Adjacent strings; LibCST nests them to the right, thousands deep in generated code, hence the loop."""
    line = s.line
    pieces: list[Node] = []
    current: Any = node
    while isinstance(current, cst.ConcatenatedString):
        pieces.append(STRINGS[current.left.__class__](s, current.left))
        s.skip(current.whitespace_between)
        current = current.right
        if isinstance(current, cst.ConcatenatedString):
            s.opening(current)
    pieces.append(STRINGS[current.__class__](s, current))
    if any(piece[0] == "fstring" for piece in pieces):
        parts: list[Node] = []
        for piece in pieces:
            parts.extend(piece[2] if piece[0] == "fstring" else (piece,))
        return ("fstring", line, tuple(parts))
    values = [piece[2] for piece in pieces]
    if all(isinstance(value, bytes) for value in values):
        return ("const", line, b"".join(values))
    return ("const", line, "".join([v if isinstance(v, str) else v.decode("latin-1") for v in values]))


STRINGS: dict[type, Callable[[State, Any], Node]] = {
    cst.SimpleString: _simple, cst.FormattedString: _formatted, cst.ConcatenatedString: _concatenated,
}  # fmt: skip
# Template strings are known to LibCST from 1.8 on; to us they are formatted strings.
if hasattr(cst, "TemplatedString"):
    STRINGS[cst.TemplatedString] = _formatted
