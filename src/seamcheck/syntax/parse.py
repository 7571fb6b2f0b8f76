"""Text to facts: parse and lower, turning whatever cannot be parsed into a Problem. Imports libcst."""

from __future__ import annotations

import re

import libcst as cst

from seamcheck.facts.ir import FileFacts
from seamcheck.model.report import Problem
from seamcheck.syntax.lower import LoweringError, lower_module

_PYTHON_2 = (
    (re.compile(r"^\s*print\s+(?![=(.\[,:)])\S"), "print statement"),
    (re.compile(r"^\s*print\s*>>"), "print statement"),
    (re.compile(r"^\s*exec\s+[\w\"']"), "exec statement"),
    (re.compile(r"^\s*except\b[^:(]*,\s*\w+\s*:"), "except with a comma"),
    (re.compile(r"^\s*raise\s+[\w.]+\s*,"), "raise with a comma"),
    (re.compile(r"<>"), "the <> operator"),
    (re.compile(r"`"), "backquotes"),
    (re.compile(r"\b[uU][rR][\"']"), "ur'' strings"),
    (re.compile(r"(?<![\w.])0[0-7]+[lL]?\b(?!\.)|\b\d+[lL]\b"), "an old octal or long number"),
)


def parse(text: str, shown: str) -> FileFacts | Problem:
    """Facts of a file, or a Problem; ``text`` comes from :func:`seamcheck.syntax.source.load`.

    Recurses as deeply as the code is nested: call it through :func:`seamcheck.syntax.deep.run_deep`.
    """
    try:
        return lower_module(cst.parse_module(text), text)
    except cst.ParserSyntaxError as error:
        return _syntax_problem(text, shown, error)
    except LoweringError as error:
        return Problem(shown, error.args[1], f"{error.args[0]}: Python refuses this file too")
    except (RecursionError, MemoryError):
        return Problem(shown, 1, "nested too deeply to be analysed: split the code up or exclude the file")
    except cst.CSTValidationError as error:
        return Problem(
            shown, 1, f"the parser could not represent this file ({error}): exclude it and report this"
        )
    except BaseException as error:
        # A panic of the native parser derives from BaseException and has no importable class.
        if type(error).__name__ != "PanicException":
            raise
        return Problem(shown, 1, f"the parser gave up on this file ({error}): exclude it and report this")


def _syntax_problem(text: str, shown: str, error: cst.ParserSyntaxError) -> Problem:
    lines = text.split("\n")
    line = min(max(error.raw_line, 1), max(len(lines), 1))
    # The parser reports the token at which it gave up, which can stand on the line after the cause.
    for candidate in (line, line - 1):
        if 1 <= candidate <= len(lines):
            for pattern, what in _PYTHON_2:
                if pattern.search(lines[candidate - 1]):
                    message = f"Python 2 syntax ({what}): port the file to Python 3 or exclude it"
                    return Problem(shown, candidate, message)
    detail = error.message.strip().split("\n")[0]
    return Problem(shown, line, f"syntax error: {detail}; correct the file or exclude it")
