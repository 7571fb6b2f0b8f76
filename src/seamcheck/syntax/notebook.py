"""Jupyter notebooks to one text: the code cells in the order of the file, joined. Outputs are never kept."""

from __future__ import annotations

import ast
import json
import re
import warnings
from itertools import pairwise
from typing import Any, NamedTuple

from seamcheck.model.evidence import Cells
from seamcheck.model.report import Problem

SUFFIX = ".ipynb"
#: Notebooks carry pictures and tables, so that they may be larger than code.
MAX_BYTES = 128 * 2**20

_CONTINUES = re.compile(r"(?:else|elif|except|finally)\b")
_HEADER = re.compile(
    r"\s*(?:async|case|class|def|elif|else|except|finally|for|if|match|try|while|with)\b.*:\s*(?:#.*)?$"
)
_LINE_ENDS = re.compile(r"\r\n?")


class Notebook(NamedTuple):
    """``text`` is the Python of all code cells, ``source`` the same lines as they were written.

    ``cells`` are the first line of each with its number among all cells, from 1; ``caveats`` lines whose effect is
    not known: with a message, and whether that is a problem of the file.
    """

    text: str
    source: str
    cells: Cells
    caveats: tuple[tuple[int, str, bool], ...]


class NotebookError(Exception):
    """What makes a file no notebook; ``args`` are the message and, where there is one, the line in the file."""


def is_notebook(shown: str) -> bool:
    """Is this path that of a notebook?"""
    return shown.endswith(SUFFIX)


def read_notebook(data: bytes, shown: str) -> Notebook | Problem:
    """The program that a notebook holds, or why there is none. Lines in a Problem are those of the JSON text."""
    try:
        return _join(_code_cells(_document(data)))
    except NotebookError as error:
        message, line = error.args[0], error.args[1] if len(error.args) > 1 else 1
        return Problem(shown, line, f"{message}: repair the notebook or exclude it")
    except (RecursionError, MemoryError):
        return Problem(shown, 1, "nested too deeply for a notebook: repair the notebook or exclude it")


def _document(data: bytes) -> dict[str, Any]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise NotebookError(f"not valid utf-8 as notebooks should be (byte {error.start})", line) from None
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        merge = ", it holds git conflict markers" if re.search(r"^<{7} ", text, re.MULTILINE) else ""
        raise NotebookError(f"not valid JSON ({error.msg}){merge}", error.lineno) from None
    except ValueError as error:
        raise NotebookError(f"not valid JSON ({error})") from None
    if not isinstance(document, dict):
        raise NotebookError("the JSON holds no notebook")
    major = document.get("nbformat", 4)
    if major not in (3, 4) or isinstance(major, (bool, float)):
        raise NotebookError("its nbformat is neither 3 nor 4")
    language = _language(document)
    if language is not None and not re.match(r"i?python|pyspark|sage", language, re.IGNORECASE):
        raise NotebookError(f"a notebook in {language[:40]}, of which nothing is read")
    return document


def _language(document: dict[str, Any]) -> str | None:
    metadata = document.get("metadata")
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        section = metadata.get(part) if isinstance(metadata, dict) else None
        found = section.get(key) if isinstance(section, dict) else None
        if isinstance(found, str) and found.strip():
            return found.strip()
    return None


def _code_cells(document: dict[str, Any]) -> list[tuple[int, str]]:
    """Number and source of the code cells."""
    cells = document.get("cells")
    if cells is None and isinstance(document.get("worksheets"), list):
        sheets = document["worksheets"]
        if not all(isinstance(sheet, dict) and isinstance(sheet.get("cells", []), list) for sheet in sheets):
            raise NotebookError("its worksheets are no lists of cells")
        cells = [cell for sheet in sheets for cell in sheet.get("cells", [])]
    if not isinstance(cells, list):
        raise NotebookError("the JSON holds no list of cells")
    found = []
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            raise NotebookError(f"cell {number} is no cell")
        if cell["cell_type"] == "code" and cell.get("language", "python") in ("python", "python3"):
            found.append((number, _source(cell, number)))
    return found


def _source(cell: dict[str, Any], number: int) -> str:
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NotebookError(f"the source of cell {number} is no text")
    text = _LINE_ENDS.sub("\n", source)
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise NotebookError(f"cell {number} holds a character that is no text")
    return text


def _join(sources: list[tuple[int, str]]) -> Notebook:
    from seamcheck.syntax.magics import mask  # most projects have no notebook

    lines: list[str] = []
    written: list[str] = []
    cells: list[tuple[int, int]] = []
    caveats: list[tuple[int, str, bool]] = []
    for number, source in sources:
        masked = mask(source)
        start = len(lines)
        cells.append((start + 1, number))
        torn = _torn(masked.lines, masked.open_end)
        if torn is not None:
            lines += [""] * len(masked.lines)
            caveats.append((start + 1, f"{torn}, so the cell was left out: correct it", True))
        else:
            lines += masked.lines
            caveats += [(start + line, message, False) for line, message in masked.caveats]
        written += source.split("\n")
        written += [""] * (len(lines) - len(written))
    return Notebook(_text(lines), _text(written), tuple(cells), tuple(caveats))


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + ("\n" if lines else "")


def program(source: str, cells: Cells) -> str:
    """The Python of the joined cells, with a blank line for each one that is none."""
    from seamcheck.syntax.magics import mask

    lines = source.split("\n")
    bounds = [start - 1 for start, _ in cells] + [len(lines)]
    for first, end in pairwise(bounds):
        masked = mask("\n".join(lines[first:end]))
        usable = _torn(masked.lines, masked.open_end) is None
        lines[first:end] = masked.lines[: end - first] if usable else [""] * (end - first)
    return "\n".join(lines)


def _torn(lines: list[str], open_end: bool) -> str | None:
    """Why a cell would run into its neighbours once they are joined, which they never do in a notebook."""
    code = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if open_end:
        return "syntax error: a statement is not finished"
    if code and _CONTINUES.match(code[0]):
        return "syntax error: the cell starts inside a statement"
    if code and code[-1].startswith("@"):
        return "syntax error: a decorator decorates nothing"
    if code and _HEADER.match(code[-1]) and not _parses("\n".join(lines)):
        return "syntax error: a block has no body"
    return None


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def without_cell(notebook: Notebook, line: int, message: str) -> Notebook | None:
    """The notebook without the cell of this line, which is a problem from then on; None if it is empty already."""
    starts = [start for start, _ in notebook.cells]
    index = max((i for i, start in enumerate(starts) if start <= line), default=None)
    if index is None:
        return None
    lines = notebook.text.split("\n")
    end = starts[index + 1] - 1 if index + 1 < len(starts) else len(lines)
    cell = slice(starts[index] - 1, end)
    if not any(text.strip() for text in lines[cell]):
        return None
    lines[cell] = [""] * len(lines[cell])
    caveat = (line, f"{message} (the cell was left out)", True)
    return notebook._replace(text="\n".join(lines), caveats=(*notebook.caveats, caveat))
