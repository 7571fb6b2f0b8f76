"""Names of columns: typed, so that 0 and "0" are two names, and None is a name as well (rule 19)."""

from __future__ import annotations

import datetime
import math
import struct
from collections.abc import Hashable
from typing import NamedTuple

from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import pack


class Position(NamedTuple):
    """The name of a column that has none: its place in the matrix."""

    place: int

    def __str__(self) -> str:
        return str(self.place)


def encode(name: Hashable) -> bytes:
    """A name as bytes; raises Unhashable for names of other types than labels usually have."""
    if type(name) is str:
        return pack("str", name)
    if isinstance(name, Position):
        return pack("position", name.place)
    if isinstance(name, tuple):  # a level each (a multi-level header)
        return pack("tuple", len(name), *(encode(each) for each in name))
    return _scalar(_plain(name))


def _plain(name: Hashable) -> Hashable:
    """numpy's scalars as Python's; pandas' missing ones as None."""
    root = type(name).__module__.partition(".")[0]
    if root == "numpy" and getattr(name, "dtype", None) is not None and name.dtype.kind in "biufUS":  # type: ignore[attr-defined]
        return name.item()  # type: ignore[attr-defined,no-any-return]
    if root == "pandas" and type(name).__name__ in ("NAType", "NaTType"):
        return None
    return name


def _scalar(name: Hashable) -> bytes:
    if name is None:
        return pack("none")
    if isinstance(name, str):
        return pack("str", str.__str__(name))  # a derived class may show itself otherwise
    if isinstance(name, bool):
        return pack("bool", int(name))
    if isinstance(name, int):
        return pack("int", int.__repr__(name))
    if isinstance(name, float):
        return pack("float", struct.pack("<d", math.nan if math.isnan(name) else float.__add__(name, 0.0)))
    if isinstance(name, bytes):
        return pack("bytes", name)
    if isinstance(
        name, datetime.datetime
    ):  # pandas.Timestamp is one; its nanoseconds are not in isoformat before 2.0
        return pack("datetime", name.isoformat(), int(getattr(name, "nanosecond", 0)))
    if isinstance(name, datetime.date):
        return pack("date", name.isoformat())
    raise Unhashable(f"a column name of type {type(name).__name__}")


def shown(name: Hashable) -> str:
    """A name for people; a vector without one is its first column."""
    if name is None:
        return "0"
    if isinstance(name, Position):
        return str(name)
    return "/".join(map(str, name)) if isinstance(name, tuple) else str(name)
