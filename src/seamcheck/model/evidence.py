"""Where something is and why something is said: locations, steps of a chain, reasons."""

from __future__ import annotations

from typing import Literal

import msgspec

ReasonKind = Literal[
    "trial", "random", "mutation", "clock", "environment", "io", "lazy", "external", "dynamic"
]


class Location(msgspec.Struct, frozen=True, order=True):
    """A place in a scanned file: ``path`` relative to the root with "/" separators, lines and columns from 1."""

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    cell: int | None = None


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
