"""Data in batches: the digest of the whole, held a block at a time, read only where it may be."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from seamcheck.replay.canonical.hashing import canonical_hash, hash_object
from tests.replay.canonical.vectors import BLOCK

ROWS = BLOCK + 1234


def table() -> pa.Table:
    rng = np.random.default_rng(0)
    words = pa.array(["a", None, "ccc"] * (ROWS // 3 + 1))[:ROWS]
    floats = pa.array(rng.normal(size=ROWS), mask=rng.random(ROWS) < 0.1)
    return pa.table(
        {"x": floats, "s": words, "c": words.dictionary_encode(), "b": pa.array(rng.random(ROWS) < 0.5)}
    )


def test_a_reader_is_read_only_where_it_may_be() -> None:
    whole = table()
    reader = whole.to_reader(999)
    assert hash_object(reader).digests is None
    assert hash_object(reader, consume=True).digests == hash_object(whole).digests
    assert reader.read_all().num_rows == 0


def test_a_dataset_is_read_again_and_again(tmp_path: Path) -> None:
    dataset = pytest.importorskip("pyarrow.dataset")
    parquet = pytest.importorskip("pyarrow.parquet")
    whole = table().drop_columns(["c"])
    parquet.write_table(whole[:1000], tmp_path / "1.parquet")
    parquet.write_table(whole[1000:], tmp_path / "2.parquet", row_group_size=5000)
    found = dataset.dataset(tmp_path)
    assert canonical_hash(found) == canonical_hash(found) == canonical_hash(whole)
    assert hash_object(found).rows == ROWS


def test_batches_of_any_library_that_are_overwritten() -> None:
    values = np.random.default_rng(0).normal(size=(ROWS, 3))

    def batches() -> Iterator[Any]:
        buffer = np.empty((1000, 3))
        for low in range(0, ROWS, 1000):
            some = values[low : low + 1000]
            buffer[: len(some)] = some
            yield buffer[: len(some)]
            buffer[:] = -1

    assert hash_object(batches(), consume=True).digests == hash_object(values).digests
    frames = (pd.DataFrame(values[low : low + 1000], columns=list("abc")) for low in range(0, ROWS, 1000))
    frame = pd.DataFrame(values, columns=list("abc"))
    streamed = hash_object(frames, consume=True)
    assert streamed.digests is not None
    assert streamed.digests.train == canonical_hash(frame)
    assert streamed.digests.strict == ""


def test_batches_are_let_go() -> None:
    alive: list[Any] = []

    class Batch(np.ndarray):
        pass

    def batches() -> Iterator[Any]:
        for at in range(20):
            assert sum(each() is not None for each in alive) <= 2
            batch = np.full((10, 2), float(at)).view(Batch)
            alive.append(weakref.ref(batch))
            yield batch
            del batch

    assert hash_object(batches(), consume=True).rows == 200


def test_batches_that_do_not_continue() -> None:
    reason = hash_object(iter([np.zeros((2, 2)), np.zeros((2, 3))]), consume=True).reason
    assert reason == "batches of different columns or types follow each other"
    assert hash_object(iter([]), consume=True).reason == "a stream without batches"
    assert hash_object(iter([{"a": [1]}]), consume=True).reason == "a stream of what are no tables"


def test_a_reader_without_rows_has_columns() -> None:
    empty = table()[:0].drop_columns(
        ["c"]
    )  # a reader leaves out batches without rows, and their dictionaries
    assert hash_object(empty.to_reader(), consume=True).digests == hash_object(empty).digests
