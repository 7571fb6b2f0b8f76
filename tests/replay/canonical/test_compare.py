"""A difference is named: columns, blocks, the first rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from seamcheck.replay.canonical.compare import FIRST, diff
from seamcheck.replay.canonical.refusal import Unhashable
from tests.replay.canonical.vectors import BLOCK, categories, stamps

ROWS = 200_010


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(ROWS, 3))


def test_equal(values: np.ndarray) -> None:
    found = diff(values, np.asfortranarray(values))
    assert found.equal
    assert (found.columns, found.blocks, found.rows, found.shape_differs) == ((), (), (), False)


def test_one_ulp_in_the_last_row(values: np.ndarray) -> None:
    other = values.copy()
    other[-1, 1] = np.nextafter(other[-1, 1], 2)
    found = diff(values, other)
    assert (found.equal, found.columns, found.blocks, found.rows) == (False, ("1",), (3,), (ROWS - 1,))
    (detail,) = found.details
    assert (detail.name, detail.types, detail.rows) == ("1", ("f64", "f64"), (ROWS - 1,))


def test_first_rows_only(values: np.ndarray) -> None:
    other = values.copy()
    other[BLOCK + 5 :, 0] += 1
    other[7, 2] = np.nan
    found = diff(values, other)
    assert found.columns == ("0", "2")
    assert found.blocks == (0, 1, 2, 3)
    assert found.rows == (7, *range(BLOCK + 5, BLOCK + 4 + FIRST))
    assert found.details[0].rows == tuple(range(BLOCK + 5, BLOCK + 5 + FIRST))


def test_more_rows(values: np.ndarray) -> None:
    found = diff(values, values[: ROWS - 2])
    assert found.shape_differs
    assert found.shapes == ((ROWS, 3), (ROWS - 2, 3))
    assert (found.blocks, found.rows) == ((3,), (ROWS - 2, ROWS - 1))


def test_names() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    renamed = diff(frame, frame.rename(columns={"b": "z"}))
    assert (renamed.columns, renamed.only_in, renamed.shape_differs) == ((), (("b",), ("z",)), False)
    swapped = diff(frame, frame[["b", "a"]])
    assert (swapped.equal, swapped.reordered, swapped.columns) == (False, True, ())
    more = diff(frame, frame.assign(c=1))
    assert (more.only_in, more.shape_differs) == (((), ("c",)), True)
    retyped = diff(frame, frame.astype({"a": "float64"}))
    assert retyped.details[0].types == ("i64", "f64")
    assert retyped.details[0].blocks == ()


def test_text_categories_and_missing() -> None:
    left = pd.DataFrame({"s": ["a", "b", None, "d"], "c": pd.Categorical(["x", "y", None, "x"])})
    right = left.copy()
    right.loc[1, "s"] = "bb"
    right.loc[2, "c"] = "x"
    found = diff(left, right)
    assert [(each.name, each.rows) for each in found.details] == [("s", (1,)), ("c", (2,))]
    listed = diff(categories([0, 1], ["a", "b"]), categories([1, 0], ["b", "a"]))
    assert (listed.columns, listed.blocks) == (("0",), ())
    assert diff(categories([0, 1], ["a", "b"]), categories([1, 0], ["b", "a"]), "value").equal
    nulls = diff(pa.array([1.0, None]), pa.array([1.0, np.nan]), "strict")
    assert (nulls.blocks, nulls.rows) == ((0,), (1,))


def test_what_only_strict_sees() -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    other = frame.set_axis([5, 6])
    assert diff(frame, other).equal
    assert diff(frame, other, "strict").index_differs
    zones = [stamps("ns", zone, [0]) for zone in ("UTC", "Asia/Tokyo")]
    assert diff(*zones).equal
    assert diff(*zones, "strict").columns == ("0",)


def test_across_libraries_and_lists(values: np.ndarray) -> None:
    frame = pd.DataFrame(values, columns=list("abc"))
    table = pa.Table.from_pandas(frame)
    chunked = pa.concat_tables([table[:100], table[100:]])
    other = frame.copy()
    other.loc[150, "b"] = 0.0
    assert diff(frame, chunked).equal
    assert diff(other, chunked).rows == (150,)
    lists = diff([values[:5, 0], values[:5, 1]], [values[:5, 0], values[:5, 2]])
    assert (lists.columns, lists.rows) == (("[1]",), (0, 1, 2, 3, 4))


def test_sparse() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.random(50, 9, 0.3, "csr", random_state=0)
    other = matrix.copy()
    other.data[other.indptr[20]] += 1
    found = diff(matrix, other)
    assert (found.columns, found.rows) == (("*",), (20,))


def test_refusals() -> None:
    with pytest.raises(Unhashable):
        diff([1, "x"], [1, "x"])
    with pytest.raises(ValueError, match="no profile 'exact'"):
        diff([1], [1], "exact")  # type: ignore[arg-type]
