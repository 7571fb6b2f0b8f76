"""Logical types under our own names (rule 4): a library's spelling of a type is never hashed."""

from __future__ import annotations

from typing import Literal, NamedTuple

#: How values of a type become bytes: see :mod:`seamcheck.replay.canonical.leaf`.
Form = Literal["int", "float", "bool", "ticks", "decimal", "bytes", "cat", "nested", "null", "sparse"]


class Type(NamedTuple):
    """A logical type. ``dtype`` is the little-endian numpy type of its canonical values, where they have a width.

    ``bf16`` is a float whose dtype is that of its bits; ``train`` and ``strict`` is what only these profiles fold.
    """

    name: str
    form: Form
    dtype: str = ""


BOOL = Type("bool", "bool", "|u1")
UTF8, BINARY = Type("utf8", "bytes"), Type("binary", "bytes")
DATE, NULL = Type("date32", "int", "<i4"), Type("null", "null")
BF16 = Type("bf16", "float", "<u2")
_KINDS = {"i": "i", "u": "u", "f": "f"}
_INTEGERS = {
    f"{kind}{8 * width}": Type(f"{kind}{8 * width}", "int", f"{'|' if width == 1 else '<'}{kind}{width}")
    for kind in "iu"
    for width in (1, 2, 4, 8)
}
_FLOATS = {f"f{8 * width}": Type(f"f{8 * width}", "float", f"<f{width}") for width in (2, 4, 8)}
#: Numbers by name: i8..i64, u8..u64, f16..f64.
NUMBERS = {**_INTEGERS, **_FLOATS}
I32, I64, U64, F64 = NUMBERS["i32"], NUMBERS["i64"], NUMBERS["u64"], NUMBERS["f64"]


def timestamp(unit: str, aware: bool) -> Type:
    """Instants in ticks of ``unit``; the zone's name is no part of the type (rule 13)."""
    return Type(f"ts[{unit},{'aware' if aware else 'naive'}]", "ticks", "<i8")


def duration(unit: str) -> Type:
    """Lengths of time in ticks of ``unit``."""
    return Type(f"dur[{unit}]", "ticks", "<i8")


def decimal(precision: int, scale: int) -> Type:
    """Two's complement of 16 bytes, or 32 where 38 digits are not enough (rule 15)."""
    return Type(f"dec[{precision},{scale}]", "decimal", "|V16" if precision <= 38 else "|V32")


def category(values: Type) -> Type:
    """Categories of a type; never equal to the plain values (rule 14)."""
    return Type(f"cat[{values.name}]", "cat")


def number(kind: str, width: int) -> Type | None:
    """The type of numpy's kind ("i", "u", "f") and width in bytes, or None (longdouble is refused, rule 17)."""
    return NUMBERS.get(f"{kind}{8 * width}") if kind in _KINDS else None


_UTC = frozenset(
    "utc etc/utc zulu etc/zulu universal etc/universal uct etc/uct gmt0 +00:00 utc+00:00 z".split()
)


def zone(name: object) -> str:
    """A zone's name as ``strict`` folds it, all spellings of UTC alike (rule 13)."""
    text = str(name)
    return "UTC" if text.lower() in _UTC else text
