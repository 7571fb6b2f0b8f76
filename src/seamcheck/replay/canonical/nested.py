"""Leaves of lists and structs, recursively over Arrow arrays (rule 15)."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from seamcheck.replay.canonical import leaf as leaves
from seamcheck.replay.canonical.leaf import Leaf
from seamcheck.replay.canonical.spec import NESTED, SIZE, digest, pack


def nested_leaf(array: Any) -> Leaf:
    """The leaf of a list or struct array: lengths and child, or named children; nulls pushed down."""
    import pyarrow as pa

    from seamcheck.replay.canonical.adapters.arrow import array_column

    of = array.type
    nulls = np.asarray(array.is_null().to_numpy(zero_copy_only=False), bool) if array.null_count else None
    if pa.types.is_struct(of):
        children = [(field.name, child) for field, child in zip(of, array.flatten(), strict=True)]
        head = pack("struct", len(children))
    else:
        lengths = _lengths(array, of)
        children = [("", array.flatten())]  # leaves out what lies under nulls
        head = pack("list", digest(lengths, seed=NESTED))
    values, exact = [head, struct.pack("<Q", len(array))], []
    for name, child in children:
        column = array_column(child)
        part = column.chunks[0].take(0, len(child)).leaf(column.type) if len(child) else Leaf(bytes(SIZE))
        values.append(pack(name, part.values, part.validity))
        exact.append(part.exact)
    whole = digest(b"".join(values), seed=NESTED)
    only_strict = digest(pack(*exact), seed=NESTED) if any(exact) else b""
    return Leaf(whole, leaves.validity(nulls), only_strict)


def _lengths(array: Any, of: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_fixed_size_list(of):
        valid = np.asarray(array.is_valid().to_numpy(zero_copy_only=False), np.int64)
        return np.ascontiguousarray(valid * of.list_size, "<i8")
    counted = pc.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False)
    return np.ascontiguousarray(counted, "<i8")
