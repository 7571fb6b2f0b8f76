"""Leaves of aligned row ranges, computed elsewhere, give the digest of the whole."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from seamcheck.replay.canonical.hashing import hash_object
from seamcheck.replay.canonical.refusal import Incomparable, Unhashable
from seamcheck.replay.canonical.shards import Shard, merge, shard
from tests.replay.canonical.vectors import BLOCK, categories

ROWS = 2 * BLOCK + 100


def whole() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(ROWS, 3)), columns=list("abc"))
    frame["n"] = pd.array(rng.integers(0, 5, ROWS), dtype="Int64")
    frame.loc[BLOCK + 1, "n"] = pd.NA
    frame["c"] = pd.Categorical.from_codes(rng.integers(-1, 3, ROWS), ["x", "y", "z"])
    frame["s"] = frame["c"].astype("str")
    return frame


def cut(low: int, high: int) -> Shard:
    return shard(whole().iloc[low:high], low)


# Other tests kill processes, and the one that multiprocessing keeps for its resources may be among them.
@pytest.mark.filterwarnings("ignore:resource_tracker")
def test_processes() -> None:
    # Workers import this module by its path as pytest does; plain data comes back.
    ranges = [(0, BLOCK), (BLOCK, ROWS)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        made = list(pool.map(cut, *zip(*ranges, strict=True)))
    assert merge(made[::-1], keep_leaves=True) == hash_object(whole(), keep_leaves=True)


def test_they_are_plain_data() -> None:
    made = cut(0, BLOCK)
    assert pickle.loads(pickle.dumps(made)) == made


def test_dictionaries_of_their_own() -> None:
    first, second = np.zeros(BLOCK, int), [0, 1]
    parts = [categories(first.tolist(), ["a"]), categories(second, ["b", "a"])]
    merged = merge([shard(parts[0]), shard(parts[1], BLOCK)])
    assert merged.digests == hash_object(pa.chunked_array(parts)).digests


def test_streams_are_shards() -> None:
    table = pa.table({"x": np.arange(ROWS)})
    made = [shard(table[:BLOCK].to_reader(1000), consume=True), shard(table[BLOCK:], BLOCK)]
    streamed, plain = merge([made[0]]), hash_object(table[:BLOCK])
    assert streamed.digests == plain.digests
    made[0] = made[0]._replace(head=made[1].head)
    assert merge(made).digests == hash_object(table).digests


def test_what_does_not_belong_together() -> None:
    values = np.zeros((ROWS, 2))
    first, second = shard(values[:BLOCK]), shard(values[BLOCK:], BLOCK)
    assert merge([second, first]) == hash_object(values)
    with pytest.raises(Incomparable, match="multiple of 65536"):
        shard(values, 5)
    with pytest.raises(Incomparable, match="missing or twice"):
        merge([second])
    with pytest.raises(Incomparable, match="missing or twice"):
        merge([first, first, second])
    with pytest.raises(Incomparable, match="missing or twice"):
        merge([shard(values[:10]), second])
    with pytest.raises(Incomparable, match="different columns"):
        merge([first, shard(values[BLOCK:, :1], BLOCK)])
    with pytest.raises(Incomparable, match="f64 in one shard and f32"):
        merge([first, shard(values[BLOCK:].astype("f4"), BLOCK)])
    with pytest.raises(Incomparable, match="seamcheck-ch/0"):
        merge([first._replace(spec="seamcheck-ch/0"), second])
    with pytest.raises(Incomparable, match="no shard"):
        merge([])
    with pytest.raises(Unhashable):
        shard({"a": values})
