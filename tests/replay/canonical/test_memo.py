"""The memo is bounded, exact and its own: it never answers for bytes it has not seen."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from seamcheck.replay.canonical import leaf
from seamcheck.replay.canonical.hashing import canonical_hash, hash_object
from seamcheck.replay.canonical.memo import Memo


@pytest.fixture
def canonicalised(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts leaves that were made."""
    made: list[int] = []
    original = leaf.fixed

    def counting(of: Any, values: Any, nulls: Any) -> Any:
        made.append(len(values))
        return original(of, values, nulls)

    monkeypatch.setattr(leaf, "fixed", counting)
    return made


def frames() -> list[Any]:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(100, 4))
    mixed = pd.DataFrame(
        {"f": values[:, 0], "i": range(100), "s": ["a", "b"] * 50, "n": pd.array([1, None] * 50)}
    )
    mixed["c"] = mixed["s"].astype("category")
    mixed["t"] = pd.to_datetime(mixed["i"])
    return [
        values,
        np.asfortranarray(values),
        values[::2],
        values[:, 1],
        mixed,
        pa.table({"x": [1, None, 3]}),
    ]


@pytest.mark.parametrize("obj", frames(), ids=range(6))
def test_what_was_seen_is_not_made_again(obj: Any, canonicalised: list[int]) -> None:
    memo = Memo()
    first = hash_object(obj, memo=memo)
    assert canonicalised
    canonicalised.clear()
    assert hash_object(obj, memo=memo) == first
    assert not canonicalised
    assert hash_object(obj, memo=None) == first


def test_a_change_in_place_is_seen() -> None:
    memo = Memo()
    values = np.zeros((1000, 50))
    before = canonical_hash(values, memo=memo)
    for row, column in ((0, 0), (999, 49), (517, 23)):
        values[row, column] = 1.0
        assert canonical_hash(values, memo=memo) != before
        values[row, column] = 0.0
        assert canonical_hash(values, memo=memo) == before


def test_equal_bytes_of_another_meaning() -> None:
    memo = Memo()
    data = np.arange(16, dtype="i8")
    kinds = [
        data,
        data.view("f8"),
        data.view("u8"),
        data.view("M8[ns]"),
        data.view("m8[ns]"),
        data.view("M8[us]"),
    ]
    kinds += [data.view("i4"), data.reshape(4, 4), data.reshape(2, 8), data.reshape(4, 4).T, data.view(">i8")]
    found = {canonical_hash(each, memo=memo) for each in kinds * 2}
    assert len(found) == len(kinds)
    assert found == {canonical_hash(each, memo=None) for each in kinds}


def test_it_is_bounded() -> None:
    memo = Memo(limit=20_000)
    for seed in range(200):
        hash_object(np.random.default_rng(seed).normal(size=(10, 3)), memo=memo)
        assert memo.size <= memo.limit
    assert 0 < len(memo) < 20
    assert len(memo._hints) <= len(memo)
    hash_object(np.zeros((10, 1000)), memo=memo)  # larger than all of it
    assert memo.size <= memo.limit
    memo.clear()
    assert (len(memo), memo.size, len(memo._hints)) == (0, 0, 0)


def test_what_was_used_last_stays() -> None:
    memo = Memo(limit=5_000)
    first = np.full((10, 1), 0.5)
    hash_object(first, memo=memo)
    for seed in range(50):
        hash_object(np.full((10, 1), float(seed)), memo=memo)
        hash_object(first, memo=memo)
    assert hash_object(first, memo=memo).digests == hash_object(first, memo=None).digests
    assert len(memo) > 1


def test_many_threads_share_one() -> None:
    memo, found = Memo(limit=10_000), []
    data = [np.full((50, 2), float(at)) for at in range(10)]
    expected = [canonical_hash(each, memo=None) for each in data]

    def work() -> None:
        found.extend([canonical_hash(each, memo=memo) for each in data] == expected for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [True] * 160
