"""Where the tables of an array of tables (``[[consumer]]``) stand in a TOML text, line by line."""

from __future__ import annotations

import re
from typing import NamedTuple

#: Longer lines are data, not headers or keys that somebody wrote.
MAX_LINE = 1000

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
    |(?P<string>\"\"\"(?:[^\\"]|\\.|"(?!""))*(?:\"{3,5}|\Z)|'''(?:[^']|'(?!''))*(?:'{3,5}|\Z)
        |"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?)
    |(?P<open>[\[{])|(?P<close>[\]}])|(?P<newline>\n)
    """,
    re.VERBOSE | re.DOTALL,
)
_HEADER = re.compile(r"[ \t]*(\[\[?)([^\]\n]+)\]\]?[ \t\r]*(?:#.*)?$")
_KEY = re.compile(r"""[ \t]*([\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*(?:[.=])""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


class Block(NamedTuple):
    """One table: the lines (from 1) of its header and of the end of its last value, and those of its keys."""

    start: int
    end: int
    keys: dict[str, int]


def blocks(text: str, path: tuple[str, ...]) -> list[Block]:
    """The ``[[path]]`` tables of a text in order; inline tables (``path = [{...}]``) have none."""
    lines = text.split("\n")
    outer = _outer_lines(text)
    found: list[Block] = []
    inside = False
    for number, line in enumerate(lines, start=1):
        header = _header(line) if number in outer else None
        if header is not None:
            inside = header == ("[[", path)
            if inside:
                found.append(Block(number, number, {}))
        elif inside and number in outer and (key := _KEY.match(line[:MAX_LINE])) is not None:
            found[-1].keys.setdefault(key[1].strip("\"'"), number)
            found[-1] = found[-1]._replace(end=number)
        elif inside and number not in outer:
            found[-1] = found[-1]._replace(end=number)
    return found


def _header(line: str) -> tuple[str, tuple[str, ...]] | None:
    if len(line) > MAX_LINE or (found := _HEADER.match(line)) is None:
        return None
    return found[1], tuple(part.strip("\"'") for part in _PART.findall(found[2]))


def _outer_lines(text: str) -> set[int]:
    """The lines that start outside every string, array and inline table."""
    outer = {1}
    line, depth, in_header = 1, 0, _header(text.partition("\n")[0]) is not None
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "newline":
            line += 1
            if depth <= 0:
                depth = 0
                outer.add(line)
                end = text.find("\n", token.end())
                in_header = _header(text[token.end() : end if end >= 0 else len(text)]) is not None
            else:
                in_header = False
        elif kind == "string":
            line += token.group().count("\n")
        elif kind in ("open", "close") and not in_header:
            depth += 1 if kind == "open" else -1
    return outer
