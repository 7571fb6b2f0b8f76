"""Text to facts: parse and lower, turning whatever cannot be parsed into a Problem. Imports libcst."""

from __future__ import annotations

import ast
import re
import warnings

import libcst as cst

from seamcheck.facts.ir import FileFacts
from seamcheck.model.report import Problem
from seamcheck.syntax.bounds import exceeded
from seamcheck.syntax.conflicts import first_side
from seamcheck.syntax.lower import LoweringError, lower_module
from seamcheck.syntax.notebook import Notebook, without_cell
from seamcheck.syntax.source import load_source, problem_at

#: Cells of a notebook that are left out before it is given up.
MAX_BAD_CELLS = 20

#: Also said where memory runs out: the two cannot be told apart.
TOO_DEEP = "nested too deeply to be analysed"

_POSITION = re.compile(r"error at (\d+):\d+")
#: Python names a second line in some messages: in a notebook it would be one of the joined cells.
_ON_LINE = re.compile(r" on line \d+")
_PYTHON_2 = (
    (re.compile(r"^\s*print\s+(?![=(.\[,:)])\S"), "print statement"),
    (re.compile(r"^\s*exec\s+[\w\"']"), "exec statement"),
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
        return _with_spaces(text) or _syntax_problem(text, shown, error)
    except LoweringError as error:
        return Problem(shown, error.args[1], f"{error.args[0]}: Python refuses this file too")
    except (RecursionError, MemoryError):
        return Problem(shown, 1, f"{TOO_DEEP}: split the code up or exclude the file")
    except cst.CSTValidationError as error:
        return Problem(
            shown, 1, f"the parser could not represent this file ({error}): exclude it and report this"
        )
    except BaseException as error:
        # A panic of the native parser derives from BaseException and has no importable class.
        if type(error).__name__ != "PanicException":
            raise
        return Problem(shown, 1, f"the parser gave up on this file ({error}): exclude it and report this")


def _with_spaces(text: str) -> FileFacts | None:
    """Facts of a file that indents by tabs and spaces, which Python reads and LibCST does not; None for any other."""
    if "\t" not in text:
        return None
    lines = [
        re.sub(r"^[ \t]+", lambda indent: indent.group().expandtabs(8), line) for line in text.split("\n")
    ]
    spaced = "\n".join(lines)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if ast.dump(ast.parse(text)) != ast.dump(ast.parse(spaced)):
                return None  # a text over several lines has tabs of its own
        return lower_module(cst.parse_module(spaced), text)
    except (SyntaxError, ValueError, cst.ParserSyntaxError, LoweringError):
        return None


def _syntax_problem(text: str, shown: str, error: cst.ParserSyntaxError) -> Problem:
    """Where and why, by Python's own parser where it refuses the file too: it is the more exact one."""
    lines = text.split("\n")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as own:
        line, detail = (
            own.lineno or error.raw_line,
            f"syntax error: {own.msg}; correct the file or exclude it",
        )
    except (ValueError, RecursionError, MemoryError):
        line, detail = error.raw_line, "syntax error: correct the file or exclude it"
    else:
        position = _POSITION.search(error.message)
        line = int(position.group(1)) if position else error.raw_line
        detail = "valid Python that LibCST cannot parse: rewrite the statement or exclude the file"
    line = min(max(line, 1), max(len(lines), 1))
    for pattern, what in _PYTHON_2:
        if pattern.search(lines[line - 1]):
            detail = f"Python 2 syntax ({what}): port the file to Python 3 or exclude it"
            break
    return Problem(shown, line, detail)


def read_facts(data: bytes, shown: str) -> FileFacts | Problem:
    """Facts of the bytes of a Python file or notebook, or why there are none.

    Of a merge conflict the first side is read, of a notebook every cell that can be: the facts carry caveats.
    """
    source = load_source(data, shown)
    if isinstance(source, Problem):
        return source
    found = parse(source.text, shown)
    if source.cells:
        return _notebook_facts(source, shown, found)
    side = first_side(source.text) if isinstance(found, Problem) else None
    return found if side is None else _first_side_facts(shown, *side)


def _first_side_facts(shown: str, text: str, line: int) -> FileFacts | Problem:
    found = parse(text, shown) if exceeded(text) is None else None
    if not isinstance(found, FileFacts):
        more = f" (line {found.line}: {found.message})" if found is not None else ""
        message = "git conflict markers, and the first side alone cannot be read either"
        return Problem(shown, line, f"{message}{more}: resolve the conflict")
    message = "git conflict markers: the first side of each conflict was analysed, the other one was not"
    return found._replace(caveats=((line, f"{message}; resolve it", True),))


def _notebook_facts(source: Notebook, shown: str, found: FileFacts | Problem) -> FileFacts | Problem:
    """One bad cell does not lose the others, as in a session."""
    for _ in range(MAX_BAD_CELLS):
        if isinstance(found, FileFacts):
            break
        rest = without_cell(source, found.line, _ON_LINE.sub("", found.message))
        if rest is None:
            break
        source = rest
        found = parse(source.text, shown)
    if isinstance(found, Problem):
        return problem_at(shown, found.line, _ON_LINE.sub("", found.message), source.cells)
    return found._replace(cells=source.cells, caveats=tuple(sorted(source.caveats)))
