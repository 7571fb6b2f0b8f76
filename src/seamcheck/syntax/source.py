"""Bytes of a file to text that the parser can be trusted with, or a Problem that says what to do."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import tokenize

from seamcheck.model.evidence import Cells, in_cell
from seamcheck.model.report import Problem
from seamcheck.syntax import notebook
from seamcheck.syntax.bounds import exceeded
from seamcheck.syntax.notebook import Notebook, is_notebook, read_notebook

#: Larger files are not code that somebody wrote: parsing one takes minutes and gigabytes.
MAX_BYTES = 16 * 2**20

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=]", re.MULTILINE)
_NEWLINE = re.compile(rb"\r\n|\r|\n")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(path: str, shown: str) -> bytes | Problem:
    """Bytes of the regular file at ``path``; ``shown`` is its path in a Problem. Never blocks on a pipe or device."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return Problem(shown, 1, "not a regular file: it was not read")
            limit = notebook.MAX_BYTES if is_notebook(shown) else MAX_BYTES
            if status.st_size > limit:
                return Problem(shown, 1, _too_large(limit))
            return stream.read()
    except FileNotFoundError:
        return Problem(shown, 1, "the file vanished before it could be read")
    except IsADirectoryError:
        return Problem(shown, 1, "a folder, not a file: it was not read")
    except PermissionError:
        return Problem(shown, 1, "no permission to read the file: grant it or exclude the file")
    except (OSError, ValueError) as error:
        return Problem(shown, 1, f"the file could not be read: {getattr(error, 'strerror', None) or error}")


def _too_large(limit: int = MAX_BYTES) -> str:
    return f"larger than {limit // 2**20} MiB: exclude it, or split it up if it holds code that matters"


def decode(data: bytes, shown: str) -> str | Problem:
    """Text of a Python file with "\\n" newlines and no BOM, by PEP 263; ``shown`` is the path in a Problem."""
    if data.startswith(_UTF16):
        return Problem(shown, 1, "encoded as UTF-16, which Python cannot read: save it as UTF-8")
    nul = data.find(b"\0")
    if nul >= 0:
        return Problem(
            shown,
            _line_at(data, nul),
            "holds a NUL byte, so it is not Python source: exclude it or repair it",
        )
    try:
        encoding = encoding_of(data)
    except SyntaxError as error:
        return Problem(shown, 1, f"{error.msg}: correct the coding comment or save the file as UTF-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        name = "utf-8" if encoding == "utf-8-sig" else encoding
        message = f"not valid {name} although {'it says so' if name != 'utf-8' else 'it should be'}"
        return Problem(
            shown, _line_at(data, error.start), f"{message} (byte {error.start}): save the file as UTF-8"
        )
    except (LookupError, ValueError) as error:
        return Problem(shown, 1, f"the encoding {encoding} cannot be used ({error}): save the file as UTF-8")
    if "\0" in text:
        return Problem(shown, 1, "holds a NUL character, so it is not Python source: exclude it or repair it")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def encoding_of(data: bytes) -> str:
    """Name of the encoding by PEP 263; SyntaxError for an unknown one or one that contradicts the BOM."""
    head = b"\n".join(_NEWLINE.split(data, maxsplit=2)[:2])
    if not _COOKIE.search(head.removeprefix(codecs.BOM_UTF8)):
        return "utf-8-sig"
    return tokenize.detect_encoding(io.BytesIO(head).readline)[0]


def _line_at(data: bytes, offset: int) -> int:
    before = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


def load(data: bytes, shown: str) -> str | Problem:
    """Text that is safe to parse: decoded, and within the bounds on nesting and on the length of expressions.

    Of a notebook its code cells as they were written, joined.
    """
    source = load_source(data, shown)
    return source if isinstance(source, Problem) else source.source


def load_source(data: bytes, shown: str) -> Notebook | Problem:
    """The same with the cells of a notebook; a plain file has none."""
    if is_notebook(shown):
        source = read_notebook(data, shown)
        if isinstance(source, Problem):
            return source
        if len(source.text) > MAX_BYTES:
            return Problem(shown, 1, _too_large())
    else:
        if len(data) > MAX_BYTES:
            return Problem(shown, 1, _too_large())
        text = decode(data, shown)
        if isinstance(text, Problem):
            return text
        source = Notebook(text, text, (), ())
    found = exceeded(source.text)
    return source if found is None else problem_at(shown, *found, source.cells)


def problem_at(shown: str, line: int, message: str, cells: Cells) -> Problem:
    """A problem on a line of the text, in a notebook with its cell."""
    return Problem(shown, line, message, *in_cell(cells, line))
