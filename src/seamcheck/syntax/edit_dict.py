"""Edits a dict literal in Python source: only the items that change are touched, everything else stays as it is.

LibCST says where the items stand; the text itself is spliced, so that comments, quotes, blanks, line endings and a
byte order mark survive. Imports libcst.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from seamcheck.model.report import Problem
from seamcheck.syntax.literals import string
from seamcheck.syntax.source import encoding_of, load

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_QUOTE = re.compile(r"[A-Za-z]*(\"|')")


class _Unfit(Exception):
    """There is no dict literal of strings; never leaves this module."""


class _Item(NamedTuple):
    """Offsets of one item: its key, its value, and the end of the comma behind it (or of the value)."""

    key: str
    start: int
    value: int
    value_end: int
    end: int
    has_comma: bool
    quoted: str


class _Dict(NamedTuple):
    """Offsets of the braces (``close`` is that of "}") and the items between them."""

    open: int
    close: int
    items: list[_Item]


def edit_dict(
    data: bytes,
    shown: str,
    variable: str,
    put: Mapping[str, str],
    remove: Iterable[str] = (),
) -> bytes | Problem:
    """The file with items of the dict that a module-level variable is given set, added and removed.

    Keys and values are plain strings; ``put`` adds the keys that are not there, at the end. A Problem where there is
    no such literal of strings.
    """
    loaded = load(data, shown)
    if isinstance(loaded, Problem):
        return loaded
    encoding = encoding_of(data)
    bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    text = data.removeprefix(bom).decode("utf-8" if encoding == "utf-8-sig" else encoding)
    try:
        for key in remove:
            text = _removed(text, variable, key)
        for key, value in put.items():
            text = _put(text, variable, key, value)
    except (_Unfit, cst.ParserSyntaxError) as error:
        return Problem(shown, 1, str(error))
    try:
        return bom + text.encode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeEncodeError:
        return Problem(shown, 1, f"the name cannot be written as {encoding}: save the file as UTF-8")


def _removed(text: str, variable: str, key: str) -> str:
    found = _find(text, variable)
    position = next((i for i, item in enumerate(found.items) if item.key == key), None)
    if position is None:
        return text
    item = found.items[position]
    start, end = _line_start(text, item.start), _line_end(text, item.end)
    alone = not text[start : item.start].strip() and re.fullmatch(
        r"[ \t\f]*(?:#[^\r\n]*)?", text[item.end : end].rstrip("\r\n")
    )
    if alone and start > found.open and end <= found.close:
        return text[:start] + text[end:]
    if position + 1 < len(found.items):
        following = found.items[position + 1].start
        gap = text[item.end : following]
        # A comment behind the comma, or a line break, stays.
        return text[: item.start] + (gap if gap.strip() else "") + text[following:]
    if position:
        before = found.items[position - 1]
        if "#" in text[before.end : item.start]:
            return text[: item.start] + text[item.end :]
        return text[: before.value_end] + text[item.value_end :]
    return text[: item.start] + text[item.end :]


def _put(text: str, variable: str, key: str, value: str) -> str:
    found = _find(text, variable)
    for item in found.items:
        if item.key == key:
            return text[: item.value] + _literal(value, item.quoted) + text[item.value_end :]
    if not found.items:
        return _first(text, found, f"{_literal(key)}: {_literal(value)}")
    last = found.items[-1]
    quoted = text[last.start : last.start + 4]
    new = f"{_literal(key, quoted)}: {_literal(value, last.quoted)}"
    start = _line_start(text, last.start)
    if start <= found.open or text[start : last.start].strip():
        return f"{text[: last.value_end]}, {new}{text[last.value_end :]}"
    if not last.has_comma:
        text = f"{text[: last.value_end]},{text[last.value_end :]}"
        last = last._replace(end=last.value_end + 1)
        found = found._replace(close=found.close + 1)
    end = _line_end(text, last.end)
    indent = text[start : last.start]
    if end > found.close:
        # The brace closes on the line of the last item.
        comma = "," if last.has_comma else ""
        return f"{text[: last.end]}{_newline(text)}{indent}{new}{comma}{text[last.end :]}"
    return f"{text[:end]}{indent}{new},{_newline(text)}{text[end:]}"


def _first(text: str, found: _Dict, new: str) -> str:
    """An item for an empty dict."""
    between = text[found.open + 1 : found.close]
    if "\n" not in between and "\r" not in between:
        return f"{text[: found.open + 1]}{new}{text[found.close :]}"
    line = _line_start(text, found.open)
    outer = re.match(r"[ \t]*", text[line:])
    indent = (outer[0] if outer is not None else "") + "    "
    end = _line_end(text, found.open)
    return f"{text[:end]}{indent}{new},{_newline(text)}{text[end:]}"


def _literal(value: str, like: str = '"') -> str:
    """A string literal with the quotes of another one."""
    found = _QUOTE.match(like)
    quote = found[1] if found is not None else '"'
    return quote + value.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n") + quote


def _newline(text: str) -> str:
    found = re.search(r"\r\n|\r|\n", text)
    return found[0] if found is not None else "\n"


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def _line_end(text: str, offset: int) -> int:
    """Behind the line break of the line that ``offset`` is in."""
    found = re.compile(r"\r\n|\r|\n").search(text, offset)
    return found.end() if found is not None else len(text)


def _find(text: str, variable: str) -> _Dict:
    """The literal that the variable is given; _Unfit where it cannot be edited."""
    # Offsets by line: the parser sees "\n" alone, and columns count characters.
    lines = _LINES.findall(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    wrapper = MetadataWrapper(cst.parse_module(plain), unsafe_skip_copy=True)
    places = wrapper.resolve(PositionProvider)

    def span(node: cst.CSTNode) -> tuple[int, int]:
        place = places[node]
        assert isinstance(place, CodeRange)
        first, last = place.start, place.end
        return starts[first.line - 1] + first.column, starts[last.line - 1] + last.column

    value = _value_of(wrapper.module, variable)
    if not isinstance(value, cst.Dict):
        raise _Unfit(f"`{variable}` is not a dict literal")
    items = []
    for element in value.elements:
        if not isinstance(element, cst.DictElement) or not isinstance(element.key, cst.SimpleString):
            raise _Unfit(f"`{variable}` holds something that is no string literal")
        start, (at, end) = span(element.key)[0], span(element.value)
        has_comma = isinstance(element.comma, cst.Comma)
        behind = span(element.comma)[1] if isinstance(element.comma, cst.Comma) else end
        items.append(
            _Item(str(string(element.key.value)), start, at, end, behind, has_comma, text[at : at + 4])
        )
    return _Dict(span(value.lbrace)[0], span(value.rbrace)[1] - 1, items)


def _value_of(module: cst.Module, variable: str) -> cst.BaseExpression | None:
    for statement in module.body:
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        for small in statement.body:
            if isinstance(small, cst.Assign):
                targets: list[cst.BaseExpression] = [each.target for each in small.targets]
            elif isinstance(small, cst.AnnAssign):
                targets = [small.target]
            else:
                continue
            if any(isinstance(each, cst.Name) and each.value == variable for each in targets):
                return small.value
    return None
