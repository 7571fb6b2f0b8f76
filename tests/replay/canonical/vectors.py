"""The test vectors A to Z of ``seamcheck-ch/1``. ``python -m tests.replay.canonical.vectors`` prints their digests.

A digest here never changes; another output is another specification. Vectors are made of numpy, pyarrow and scipy,
whose strict digests depend on nothing installed; what pandas and polars make is compared with these as relations.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import sparse

BLOCK = 65_536
DENORMAL = 5e-324


def bits(*values: int) -> np.ndarray[Any, Any]:
    return np.array(values, "u8").view("f8")


def counter(rows: int) -> np.ndarray[Any, Any]:
    return np.arange(rows, dtype="i8")


def beneath(values: list[int], valid: list[bool]) -> pa.Array:
    """int64 with these bytes, also under nulls."""
    bitmap = np.packbits(valid, bitorder="little").tobytes()
    return pa.Array.from_buffers(
        pa.int64(), len(values), [pa.py_buffer(bitmap), pa.py_buffer(np.array(values, "i8").tobytes())]
    )


def text_beneath() -> pa.Array:
    """["a", null, "b"] with a payload under the null."""
    offsets = np.array([0, 1, 4, 5], "i4").tobytes()
    return pa.Array.from_buffers(
        pa.string(), 3, [pa.py_buffer(b"\x05"), pa.py_buffer(offsets), pa.py_buffer(b"axyzb")]
    )


def categories(codes: list[int | None], listed: list[Any], ordered: bool = False) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(listed), ordered=ordered)


def stamps(unit: str, zone: str | None, ticks: list[int | None]) -> pa.Array:
    return pa.array(ticks, pa.int64()).cast(pa.timestamp(unit, zone))


FLOATS = [0.0, -0.0, 1.5, np.inf, -np.inf, DENORMAL]
NANS = (
    0x7FF8_0000_0000_0000,  # the canonical one
    0xFFF8_0000_0000_0000,  # negative
    0x7FF8_0000_0000_0001,  # a payload
    0x7FF0_0000_0000_0001,  # signalling
    0x7FF0_0000_0000_07A2,  # R's NA
    0xFFF0_0000_0000_0001,
)
MATRIX = np.arange(12, dtype="f8").reshape(4, 3) / 7

VECTORS: dict[str, Callable[[], Any]] = {
    "A floats": lambda: np.array(FLOATS),
    "C nan": lambda: bits(*[NANS[0]] * 3),
    "D nan then signalling": lambda: bits(NANS[0], 0, NANS[3]),
    "E float32": lambda: np.array(FLOATS[:5], "f4"),
    "F 65535 rows": lambda: counter(65_535),
    "F 65536 rows": lambda: counter(65_536),
    "F 65537 rows": lambda: counter(65_537),
    "F 131073 rows": lambda: counter(131_073),
    "G 0 x 3": lambda: np.zeros((0, 3)),
    "G 0 x 2": lambda: np.zeros((0, 2)),
    "G 5 x 0": lambda: np.zeros((5, 0)),
    "G no rows": lambda: np.zeros(0),
    "H int64 with null": lambda: beneath([1, 99, 3], [True, False, True]),
    "H int64 with zero": lambda: np.array([1, 0, 3]),
    "I float with null": lambda: pa.array([1.5, None, np.nan]),
    "J utf8": lambda: pa.array(["", None, "a", "\u00e9"]),
    "J utf8 decomposed": lambda: pa.array(["", None, "a", "e\u0301"]),
    "J ab c": lambda: ["ab", "c"],
    "J a bc": lambda: ["a", "bc"],
    "K binary": lambda: pa.array([b"", None, b"\xff"]),
    "L category": lambda: categories([0, 1, 0], ["a", "b"]),
    "L category reversed": lambda: categories([1, 0, 1], ["b", "a"]),
    "L category ordered": lambda: categories([0, 1, 0], ["a", "b"], ordered=True),
    "L category of int64": lambda: categories([0, 1, None], [7, 8]),
    "M naive": lambda: stamps("ns", None, [0, 1, None]),
    "M utc": lambda: stamps("ns", "UTC", [0, 1, None]),
    "M paris": lambda: stamps("ns", "Europe/Paris", [0, 1, None]),
    "M us": lambda: stamps("us", None, [0, 1, None]),
    "M duration": lambda: np.array([1, "NaT"], "m8[ms]"),
    "M date": lambda: np.array(["1970-01-02", "NaT"], "M8[D]"),
    "N bool": lambda: np.array([True, False, True]),
    "N uint8": lambda: np.array([1, 0, 1], "u1"),
    "O matrix": lambda: MATRIX,
    "P table": lambda: pa.table({"a": [1, 2], "b": [3, 4]}),
    "P duplicate names": lambda: pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"]),
    "Q decimal": lambda: pa.array([None, "1.25", "-3.50"]).cast(pa.decimal128(5, 2)),
    "R list": lambda: pa.array([[1, 2], None, [], [None]], pa.list_(pa.int64())),
    "R struct": lambda: pa.array(
        [{"x": 1, "y": 0.5}, None], pa.struct([("x", pa.int64()), ("y", pa.float64())])
    ),
    "R null": lambda: pa.nulls(3),
    "S sparse": lambda: sparse.csr_matrix(np.array([[0.0, 2.0], [3.0, 0.0]])),
    "S explicit zero": lambda: sparse.csr_matrix(([0.0, 2.0, 3.0], ([0, 0, 1], [0, 1, 0])), shape=(2, 2)),
    "T three dimensions": lambda: MATRIX.reshape(2, 2, 3),
    "V one ulp in the last row": lambda: np.append(np.zeros(BLOCK), np.nextafter(1.0, 2.0)),
    "V the same without": lambda: np.append(np.zeros(BLOCK), 1.0),
    "W equal columns": lambda: pa.table({"a": [1.0, 2.0], "b": [1.0, 2.0]}),
    "X list of arrays": lambda: [np.arange(2), np.arange(3)],
    "X dict of arrays": lambda: {"a": np.arange(2), "b": np.arange(3)},
    "Y float16": lambda: np.array([0.0, -0.0, 1.5, np.nan], "f2"),
}


if __name__ == "__main__":
    from seamcheck.replay.canonical.hashing import hash_object

    found = {}
    for name, make in VECTORS.items():
        digests = hash_object(make()).digests
        assert digests is not None, name
        found[name] = [digests.value, digests.train, digests.strict]
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
