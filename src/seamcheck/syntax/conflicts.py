"""Files that git left in the middle of a merge: the first side of each conflict, every line at its place."""

from __future__ import annotations

import re

#: The first character of a marker, and where the file is from there on.
_MARKER = re.compile(r"(?:<<<<<<<|\|\|\|\|\|\|\||>>>>>>>)(?: |$)|=======$")


def first_side(text: str) -> tuple[str, int] | None:
    """The text with only the first side of each conflict, and the line of the first marker.

    Markers and other sides are blank lines. None if there is no conflict, or none that is whole.
    """
    if "<<<<<<<" not in text or ">>>>>>>" not in text:
        return None
    lines = text.split("\n")
    first, where = 0, "="  # outside: "=", first side: "<", base: "|", second side: ">"
    outside = True
    for number, line in enumerate(lines, start=1):
        found = _MARKER.match(line.rstrip("\r "))
        sign = line[0] if found is not None else ""
        if outside:
            if sign in ("|", ">"):
                return None
            if sign == "<":
                outside, where, first = False, "<", first or number
                lines[number - 1] = ""
            continue
        if sign == "<" or (sign == "|" and where != "<") or (sign == "=" and where == ">"):
            return None
        if sign == ">" and where != ">":
            return None
        if sign:
            where = ">" if sign == "=" else "|" if sign == "|" else "="
            outside = sign == ">"
        if sign or where != "<":
            lines[number - 1] = ""
    return ("\n".join(lines), first) if outside and first else None
