"""Where a key or value stands in a TOML text, as far as that can be said without a parser that knows."""

from __future__ import annotations

import re

from seamcheck.config.blocks import MAX_LINE

_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def key_line(lines: list[str], keys: tuple[str, ...]) -> int | None:
    """The line of the key with this full path, or of the nearest key or header around it."""
    header: tuple[str, ...] = ()
    best: tuple[int, int] | None = None
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:  # too long for these patterns
            full = (*header, line.partition("=")[0].strip().strip("\"'"))
        elif found := _HEADER.match(line):
            header = full = _parts(found[1])
        elif found := _KEY.match(line):
            full = header + _parts(found[1])
        else:
            continue
        if full == keys[: len(full)] and (best is None or len(full) > best[0]):
            best = (len(full), number)
    return best[1] if best is not None else None


def value_line(lines: list[str], start: int, value: str) -> int:
    """The line of a string inside the value whose key stands on line ``start``; ``start`` if not found."""
    for number in range(start, len(lines) + 1):
        line = lines[number - 1]
        if number > start and len(line) <= MAX_LINE and (_HEADER.match(line) or _KEY.match(line)):
            break
        if f'"{value}"' in line or f"'{value}'" in line:
            return number
    return start
