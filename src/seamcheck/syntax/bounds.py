"""Bounds on what is handed to the native parser, which overruns its stack or takes minutes beyond them.

Every file gets a cheap test in C; only where that fires, a scanner looks at the tokens.
"""

from __future__ import annotations

import re

#: Nested brackets; CPython itself stops at 200.
MAX_NESTING = 200
#: Nested brackets of a ``case`` pattern: the parser needs exponential time for these.
MAX_PATTERN_NESTING = 10
#: Operators in one expression (between commas and brackets): the parser needs quadratic time.
MAX_OPERATORS = 10_000
#: Attributes, subscripts and calls in one chain: quadratic too, and slower.
MAX_TRAILERS = 6_000

#: Every opening bracket to "(", every closing one to ")": enough to measure nesting.
_ALIKE = bytes.maketrans(b"[{]}", b"(())")
_NOT_BRACKETS = bytes(sorted(set(range(256)) - set(b"()[]{}")))
_NOT_OPERATORS = bytes(sorted(set(range(256)) - set(b"+-*/%@&|^~")))
_NOT_TRAILERS = bytes(sorted(set(range(256)) - set(b".([")))
_QUADRATIC_WORDS = ("not", "if", "lambda", "await")
#: Names, numbers and blanks are passed in one match, strings without a step per character.
_TOKEN = re.compile(
    r"""
    (?P<plain>(?:[ \t\f]+|[0-9][\w.]*|(?!(?:and|or|not|if|lambda|in|is|await|case)\b)\w+(?![\w'"]))+)
    |(?P<lines>\#[^\n]*|\\\n
        |(?i:[rbuft]{0,2})(?:\"\"\"[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:\"\"\"|\Z)
            |\'\'\'[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:\'\'\'|\Z)
            |"[^"\\\n]*(?:\\.[^"\\\n]*)*(?:"|$)|'[^'\\\n]*(?:\\.[^'\\\n]*)*(?:'|$)))
    |(?P<open>[(\[{])|(?P<close>[)\]}])
    |(?P<newline>\n)
    |(?P<separator>[,;])
    |(?P<dot>\.)
    |(?P<case>case\b(?![ \t]*[=.,:]))
    |(?P<operator>[-+*/%@&|^~<>=!:]+|(?:and|or|not|if|lambda|in|is|await)\b)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def exceeded(text: str) -> tuple[int, str] | None:
    """Line and message of the first bound that ``text`` exceeds, or None."""
    data = text.encode("utf-8", "replace")
    nesting = _nesting(data)
    suspicious = nesting > MAX_NESTING or (nesting > MAX_PATTERN_NESTING and "case " in text)
    # An operator and its operand take two characters at least.
    if not suspicious and len(data) > 2 * MAX_TRAILERS:
        operators = len(data.translate(None, _NOT_OPERATORS)) + sum(map(text.count, _QUADRATIC_WORDS))
        suspicious = operators > MAX_OPERATORS or len(data.translate(None, _NOT_TRAILERS)) > MAX_TRAILERS
    return _scan(text) if suspicious else None


def _nesting(data: bytes) -> int:
    """An estimate, from above, of the deepest nesting: brackets in strings and comments count as well."""
    brackets = data.translate(_ALIKE, _NOT_BRACKETS)
    passes = 0
    # Each pass removes the innermost pairs, so that there are as many passes as levels.
    while b"()" in brackets and passes <= MAX_NESTING:
        brackets = brackets.replace(b"()", b"")
        passes += 1
    return passes + brackets.count(b"(")


class _Level:
    """Counts of the expression at hand at one level of brackets."""

    __slots__ = ("operators", "trailers")

    def __init__(self) -> None:
        self.operators = 0
        self.trailers = 0


def _scan(text: str) -> tuple[int, str] | None:
    line = 1
    levels = [_Level()]
    fresh, in_case = True, False
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind == "plain":
            fresh = fresh and found.group().isspace()
            continue
        if kind == "lines":
            line += found.group().count("\n")
            continue
        if kind == "newline":
            line += 1
            if len(levels) == 1:
                levels[-1], fresh, in_case = _Level(), True, False
            continue
        in_case = in_case or (fresh and kind == "case")
        fresh = False
        level = levels[-1]
        if kind == "open":
            level.trailers += 1
            levels.append(_Level())
        elif kind == "close":
            if len(levels) > 1:
                levels.pop()
        elif kind == "separator":
            levels[-1] = _Level()
        elif kind == "dot":
            level.trailers += 1
        elif kind == "operator":
            level.operators += 1
        message = _message(levels, in_case)
        if message is not None:
            return line, message
    return None


def _message(levels: list[_Level], in_case: bool) -> str | None:
    level = levels[-1]
    if len(levels) - 1 > MAX_NESTING:
        return (
            f"more than {MAX_NESTING} nested brackets, which Python cannot compile either: exclude the file"
        )
    if in_case and len(levels) - 1 > MAX_PATTERN_NESTING:
        return (
            f"a case pattern nests more than {MAX_PATTERN_NESTING} brackets: simplify it or exclude the file"
        )
    if level.operators > MAX_OPERATORS:
        return f"an expression with more than {MAX_OPERATORS} operators: split it up or exclude the file"
    if level.trailers > MAX_TRAILERS:
        return f"a chain of more than {MAX_TRAILERS} attributes and calls: split it up or exclude the file"
    return None
