"""Whatever the data: chunks, layout, threads, the memo and shards change nothing; any change of a value does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamcheck.replay.canonical import compare, leaf, matrix, nodes, shards, spec
from seamcheck.replay.canonical.compare import diff
from seamcheck.replay.canonical.hashing import canonical_hash, hash_object
from seamcheck.replay.canonical.memo import SHARED, Memo
from seamcheck.replay.canonical.shards import merge, shard

SMALL = 8
VALUES: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "int": (pa.int64(), st.integers(-3, 3)),
    "float": (pa.float64(), st.sampled_from([0.0, -0.0, 1.5, float("nan"), float("inf"), 5e-324])),
    "text": (pa.string(), st.sampled_from(["", "a", "ab", "é", "more than twelve bytes"])),
    "bool": (pa.bool_(), st.booleans()),
    "category": (pa.dictionary(pa.int32(), pa.string()), st.sampled_from(["a", "b", "c"])),
    "list": (pa.list_(pa.int64()), st.lists(st.integers(0, 2), max_size=3)),
    "time": (pa.timestamp("us", "UTC"), st.integers(-5, 5)),
}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Blocks of a few rows, so that small data has many; what is remembered of others would not fit."""
    for module in (spec, leaf, nodes, matrix, shards, compare):
        monkeypatch.setattr(module, "BLOCK", SMALL)
    SHARED.clear()
    yield
    SHARED.clear()


@st.composite
def arrays(draw: st.DrawFn) -> pa.Array:
    kind, values = VALUES[draw(st.sampled_from(sorted(VALUES)))]
    found = draw(st.lists(st.none() | values, max_size=40))
    return pa.array(found, kind)


@st.composite
def cut(draw: st.DrawFn) -> tuple[pa.Array, pa.ChunkedArray]:
    """An array, and the same in chunks that are slices of something longer."""
    whole = draw(arrays())
    padded = pa.concat_arrays([whole[:1], whole]) if len(whole) else whole
    shift = len(padded) - len(whole)
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    ends = [0, *cuts, len(whole)]
    chunks = [padded[low + shift : high + shift] for low, high in pairwise(ends)]
    return whole, pa.chunked_array(chunks, whole.type)


MANY = settings(max_examples=150, deadline=None)


@MANY
@given(cut())
def test_chunks_and_slices(pair: tuple[pa.Array, pa.ChunkedArray]) -> None:
    memo = Memo()
    whole, chunked = pair
    for profile in ("value", "train", "strict"):
        plain = canonical_hash(whole, profile, memo=None)
        assert canonical_hash(chunked, profile, memo=None) == plain
        assert canonical_hash(chunked, profile, memo=memo) == plain
        assert canonical_hash(chunked, profile, memo=memo) == plain
        assert canonical_hash(whole, profile, memo=memo) == plain


@MANY
@given(cut())
def test_streams(pair: tuple[pa.Array, pa.ChunkedArray]) -> None:
    whole, chunked = (pa.table({"x": each}) for each in pair)
    reader = chunked.to_reader()
    streamed = hash_object(reader, consume=True)
    assert streamed.digests == hash_object(whole).digests
    assert streamed.rows == len(whole)


@MANY
@given(arrays(), st.lists(st.integers(0, 5), max_size=4))
def test_shards(whole: pa.Array, cuts: list[int]) -> None:
    table = pa.table({"x": whole})
    ends = sorted({min(SMALL * each, len(whole) // SMALL * SMALL) for each in cuts} | {0, len(whole)})
    pairs = list(pairwise(ends)) or [(0, 0)]
    made = [shard(table.slice(low, high - low), low, memo=None) for low, high in pairs]
    assert merge(reversed(made), keep_leaves=True) == hash_object(table, keep_leaves=True)


@MANY
@given(arrays(), st.data())
def test_another_order_of_rows_is_another_digest(whole: pa.Array, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(whole))))
    moved = whole.take(pa.array(order, pa.int64()))
    same = [str(each) for each in whole.to_pylist()] == [str(each) for each in moved.to_pylist()]
    plain = [str(each).replace("-0.0", "0.0").replace("None", "nan") for each in whole.to_pylist()]
    other = [str(each).replace("-0.0", "0.0").replace("None", "nan") for each in moved.to_pylist()]
    if pa.types.is_floating(whole.type):
        same = plain == other
    assert (canonical_hash(whole) == canonical_hash(moved)) == same


@MANY
@given(
    st.integers(0, 30),
    st.integers(1, 20),
    st.sampled_from(["f8", "f4", "i4", "u1", "?", ">f8"]),
    st.sampled_from("CF"),
    st.integers(1, 3),
    st.integers(0, 2**32),
)
def test_layouts_and_threads(rows: int, width: int, kind: str, order: Any, step: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(-1, 3, (rows, width)).astype(kind)
    if values.dtype.kind == "f":
        values[values == 2] = np.nan
        values[values == 0] = -0.0
    memo = Memo()
    plain = hash_object(values, memo=None).digests
    gaps = np.zeros((rows * step, width * step), kind, order)
    gaps[::step, ::step] = values
    layouts = [values, np.array(values, order=order), gaps[::step, ::step], values[::-1].copy(order)[::-1]]
    for each in layouts * 2:
        for threads in (1, 8):
            assert hash_object(each, memo=memo, threads=threads).digests == plain
    columns = pa.table(
        {str(at): np.ascontiguousarray(values[:, at].astype(kind[-2:])) for at in range(width)}
    )
    found = [column.digest for column in hash_object(columns).columns]
    assert found == [column.digest for column in hash_object(values).columns]


@MANY
@given(arrays().filter(len), st.data())
def test_a_change_is_found_where_it_is(whole: pa.Array, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(whole) - 1))
    kind = next(values for of, values in VALUES.values() if of == whole.type)
    values = whole.cast(pa.int64()).to_pylist() if pa.types.is_timestamp(whole.type) else whole.to_pylist()
    changed = [*values[:row], data.draw(kind), *values[row + 1 :]]
    other = pa.array(changed, whole.type)
    found = diff(pa.table({"x": whole}), pa.table({"x": other}), "value")
    if found.equal:
        assert canonical_hash(whole, "value") == canonical_hash(other, "value")
    else:
        assert (found.columns, found.blocks, found.rows) == (("x",), (row // SMALL,), (row,))


def test_blocks_are_small_here() -> None:
    assert len(hash_object(np.arange(20), keep_leaves=True).columns[0].leaves) == 3
