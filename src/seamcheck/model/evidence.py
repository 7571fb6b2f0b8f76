"""Where something is and why something is said: locations, steps of a chain, reasons."""

from __future__ import annotations

from bisect import bisect_right
from typing import Literal

import msgspec

ReasonKind = Literal[
    "trial", "random", "mutation", "clock", "environment", "io", "lazy", "external", "dynamic"
]


#: The code cells of a notebook: the first line of each in all of them joined, and its number among all cells.
Cells = tuple[tuple[int, int], ...]


class Location(msgspec.Struct, frozen=True, order=True):
    """A place in a scanned file: ``path`` relative to the root with "/" separators, lines and columns from 1.

    In a notebook ``line`` and ``end_line`` count the lines of all code cells joined in the order of the file, so
    that they tell which place comes first; ``cell`` counts all cells (Markdown, too) from 1, and ``cell_line`` the
    lines of that cell. Both are 0 elsewhere.
    """

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    cell: int = 0
    cell_line: int = 0


def in_cell(cells: Cells, line: int) -> tuple[int, int]:
    """The cell and the line in it that a line of the joined cells is; zeros where there are no cells."""
    index = bisect_right(cells, (line, 1 << 62)) - 1
    return (cells[index][1], line - cells[index][0] + 1) if index >= 0 else (0, 0)


def spot(location: Location) -> str:
    """``line 5``, or ``cell 3, line 5``: the place within its file, in words."""
    if not location.cell:
        return f"line {location.line}"
    return f"cell {location.cell}, line {location.cell_line}"


class Step(msgspec.Struct, frozen=True):
    """One link of an evidence chain."""

    message: str
    location: Location


class Reason(msgspec.Struct, frozen=True):
    """Why a verdict is not the good one: its cause, the variable that carries it and the way it took."""

    kind: ReasonKind
    message: str
    variable: str | None
    location: Location
    flow: tuple[Step, ...] = ()
