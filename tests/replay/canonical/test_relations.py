"""What is equal and what differs, across layouts, libraries and profiles: the relations of vectors A to Z."""

from __future__ import annotations

import datetime
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from seamcheck.replay.canonical.hashing import canonical_hash
from tests.replay.canonical import vectors
from tests.replay.canonical.vectors import BLOCK, FLOATS, MATRIX, NANS, bits, categories, counter, stamps


def equal(*objects: Any, profile: Any = "train") -> bool:
    return len({canonical_hash(each, profile) for each in objects}) == 1


def differ(*objects: Any, profile: Any = "value") -> bool:
    return len({canonical_hash(each, profile) for each in objects}) == len(objects)


def test_a_to_e_floats() -> None:
    floats = np.array(FLOATS)
    swapped = np.array([-0.0, 0.0, *FLOATS[2:]])
    assert equal(floats, swapped, profile="strict")
    assert equal(*(bits(each, each) for each in NANS), profile="strict")
    assert equal(bits(NANS[0], 0, NANS[3]), bits(NANS[0], 0, NANS[0]), profile="strict")
    assert differ(floats, floats.astype("f4"), floats.astype("f2"))
    assert differ(np.array([vectors.DENORMAL]), np.array([0.0]), np.array([2 * vectors.DENORMAL]))


@pytest.mark.parametrize("kind", ["f2", "f4", "f8"])
def test_every_nan_and_zero_of_each_width(kind: str) -> None:
    width = np.dtype(kind).itemsize
    whole = np.arange(2**16, dtype="u2") if width == 2 else np.arange(2**16, dtype="u8") << (8 * width - 16)
    values = whole.astype(f"u{width}").view(kind)
    with np.errstate(all="ignore"):
        plain = np.where(np.isnan(values), np.array(np.nan, kind), values + np.array(0, kind)).astype(kind)
    assert equal(values, plain, profile="strict")


@pytest.mark.parametrize("rows", [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 1])
def test_f_chunks_do_not_matter(rows: int) -> None:
    values = counter(rows)
    whole = pa.array(values)
    cuts = [[1], [BLOCK], [70_000], [1, BLOCK, 70_000], [0, 0, 5]]
    chunked = [pa.chunked_array([pa.array(part) for part in np.split(values, each)]) for each in cuts]
    assert equal(whole, *chunked, profile="strict")
    assert equal(whole, values)


def test_g_empty() -> None:
    shapes = [np.zeros((0, 3)), np.zeros((0, 2)), np.zeros((5, 0)), np.zeros((4, 0)), np.zeros(0)]
    assert differ(*shapes)
    assert equal(pd.DataFrame(index=range(5)), pd.DataFrame(index=list("abcde")))


def test_h_nulls_of_integers() -> None:
    some, other = (vectors.beneath([1, under, 3], [True, False, True]) for under in (99, np.iinfo("i8").min))
    assert equal(some, other, profile="strict")
    assert equal(some, pd.array([1, None, 3], dtype="Int64"), pd.Series([1, None, 3], dtype=object))
    assert differ(some, np.array([1, 0, 3]))


def test_i_bitmaps() -> None:
    absent = pa.array([1, 2, 3])
    data = absent.buffers()[1]
    full = pa.Array.from_buffers(pa.int64(), 3, [pa.py_buffer(b"\x07"), data])
    shifted = pa.array([None, None, None, 1, 2, 3])[3:]
    assert equal(absent, full, shifted, profile="strict")
    nulls = pa.array([1, None, 3])
    assert equal(nulls, pa.array([9, 9, 9, 1, None, 3])[3:], profile="strict")


def test_j_text() -> None:
    assert differ(["é"], ["e\u0301"], [""], [None, ""], ["ab", "c"], ["a", "bc"], ["abc"])
    assert differ(pa.array([""]), pa.array([None], pa.string()))
    assert equal(vectors.text_beneath(), pa.array(["a", None, "b"]), profile="strict")


def test_k_text_of_all_kinds() -> None:
    words = ["a", None, "", "longer than the twelve bytes of a view", "é"]
    arrow = pa.array(words)
    kinds: list[Any] = [arrow, arrow.cast(pa.large_string()), arrow.dictionary_encode().dictionary_decode()]
    if hasattr(pa, "string_view"):
        kinds += [pa.array(words, pa.string_view()), pa.array(["x", *words], pa.string_view())[1:]]
    assert equal(*kinds, profile="strict")
    kinds += [
        pd.Series(words, dtype="string"),
        pd.Series(words, dtype=object),
        words,
        np.array(words, object),
    ]
    kinds += [pd.Series(words, dtype=pd.ArrowDtype(pa.string()))]
    assert equal(*kinds)
    assert differ(arrow, arrow.cast(pa.binary()), arrow.dictionary_encode())
    assert equal(np.array(["a", "é"]), ["a", "é"])


def test_l_categories() -> None:
    plain = categories([0, 1, 0], ["a", "b"])
    swapped = categories([1, 0, 1], ["b", "a"])
    unused = categories([0, 1, 0], ["a", "b", "unused"])
    ordered = categories([0, 1, 0], ["a", "b"], ordered=True)
    assert equal(plain, swapped, unused, ordered, profile="value")
    assert differ(plain, swapped, unused, ordered, profile="train")
    chunked = pa.chunked_array([categories([0], ["a"]), categories([0, 1], ["b", "a"])])
    assert equal(plain, chunked)
    assert equal(plain, pd.Categorical(["a", "b", "a"]), pd.Series(["a", "b", "a"], dtype="category"))
    assert equal(categories([0, None], ["a"]), pd.Categorical(["a", None]), categories([0, 1], ["a", None]))
    wide = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int32()), pa.array(["a", "b"]))
    assert equal(plain, wide, profile="strict")
    assert differ(plain, categories([0, 1, 0], [0, 1]), pa.array(["a", "b", "a"]))


def test_m_times() -> None:
    ticks = [0, 10**12, None]
    naive, utc, paris = (stamps("ns", zone, ticks) for zone in (None, "UTC", "Europe/Paris"))
    assert differ(naive, utc, stamps("us", None, [0, 10**9, None]))
    assert equal(utc, paris)
    assert differ(utc, paris, profile="strict")
    assert equal(utc, stamps("ns", "Etc/UTC", ticks), stamps("ns", "+00:00", ticks), profile="strict")
    nat = np.array([0, 10**12, "NaT"], "M8[ns]")
    assert equal(naive, nat, pd.Series(nat), profile="train")
    assert equal(
        utc,
        pd.Series(nat).dt.tz_localize("UTC"),
        pd.Series(nat).dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"),
    )
    assert equal(
        pa.array([0, None], pa.duration("ns")),
        np.array([0, "NaT"], "m8[ns]"),
        pd.to_timedelta([0, None]).astype("m8[ns]"),
    )
    day = [datetime.date(2020, 1, 1), None]
    assert equal(pa.array(day), pa.array(day, pa.date64()), np.array(["2020-01-01", "NaT"], "M8[D]"))


def test_n_bools() -> None:
    truth = [True, False, True]
    odd = np.array([7, 0, 1], "u1").view(bool)
    assert equal(
        np.array(truth), odd, pa.array(truth), pa.array([False, *truth])[1:], truth, np.array(truth, object)
    )
    assert differ(np.array(truth), np.array(truth, "u1"))
    assert equal(pa.array([True, None]), pd.array([True, None], dtype="boolean"))


def test_o_layouts() -> None:
    backwards = MATRIX[::-1].copy()[::-1]
    wide = np.zeros((4, 9))
    wide[:, 1:7:2] = MATRIX
    frozen = MATRIX.copy()
    frozen.flags.writeable = False
    layouts = [MATRIX, np.asfortranarray(MATRIX), backwards, MATRIX.astype(">f8"), frozen, wide[:, 1:7:2]]
    assert equal(*layouts, pickle.loads(pickle.dumps(MATRIX)), profile="strict")
    assert equal(MATRIX, MATRIX.tolist())


def test_p_names() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    others = [
        frame.rename(columns={"a": "z"}),
        frame[["b", "a"]],
        frame.set_axis([0, 1], axis=1),
        frame.to_numpy(),
    ]
    others += [frame.set_axis(["0", "1"], axis=1), frame.set_axis(["a", "a"], axis=1)]
    others += [frame.set_axis(pd.MultiIndex.from_tuples([("a", 1), ("b", 1)]), axis=1)]
    assert differ(frame, *others)


def test_q_how_pandas_stores_it() -> None:
    rng = np.random.default_rng(0)
    whole = pd.DataFrame(rng.normal(size=(50, 4)), columns=list("abcd"))
    pieces = pd.DataFrame(index=whole.index)
    for name in whole:
        pieces[name] = whole[name]
    whole["n"] = pieces["n"] = 1
    columns = pd.DataFrame(np.asfortranarray(whole.to_numpy()), columns=whole.columns)
    assert equal(whole, pieces, whole.copy(), columns.astype({"n": "int64"}), profile="strict")
    arrow = whole.astype(dict.fromkeys("abcd", "float64[pyarrow]") | {"n": "int64[pyarrow]"})
    masked = whole.astype(dict.fromkeys("abcd", "Float64") | {"n": "Int64"})
    assert equal(whole, arrow, masked, pa.Table.from_pandas(whole))
    assert differ(whole, arrow, masked, pa.Table.from_pandas(whole), profile="strict")
    assert equal(whole, whole.set_axis(range(3, 53)))
    assert differ(whole, whole.set_axis(range(3, 53)), profile="strict")
    assert equal(whole, whole.set_axis(list(range(50))), profile="strict")


def test_r_many_chunks() -> None:
    values = np.random.default_rng(0).normal(size=143 * 701)
    parts = [pa.array(part) for part in np.split(values, 143)]
    empty = pa.array([], pa.float64())
    chunked = pa.chunked_array([piece for part in parts for piece in (empty, part)])
    assert equal(pa.array(values), chunked, profile="strict")
    assert equal(values, chunked)


def test_s_sparse() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    clean = sparse.csr_matrix(([5.0, 2.0, 3.0], [0, 2, 1], [0, 2, 3]), shape=(2, 3))
    messy = sparse.csr_matrix(([2.0, 1.0, 4.0, 3.0], [2, 0, 0, 1], [0, 3, 4]), shape=(2, 3))
    before = messy.indices.copy()
    others = [
        clean.tocsc(),
        clean.tocoo(),
        clean.tolil(),
        clean.todok(),
        clean.tobsr((1, 1)),
        sparse.csr_array(clean),
    ]
    assert equal(clean, messy, *others, profile="strict")
    assert (messy.indices == before).all()
    assert not messy.has_sorted_indices
    zero = sparse.csr_matrix(([5.0, 0.0, 2.0, 3.0], [0, 1, 2, 1], [0, 3, 4]), shape=(2, 3))
    assert differ(
        clean,
        zero,
        clean.toarray(),
        sparse.csr_matrix((clean.data, clean.indices, clean.indptr), shape=(2, 4)),
    )


def test_t_tensors() -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.arange(12, dtype=torch.float64).reshape(3, 4)
    assert equal(tensor.t(), tensor.t().contiguous(), tensor.t().clone().requires_grad_(), profile="strict")
    assert equal(tensor, tensor.numpy())
    assert differ(tensor.to(torch.bfloat16), tensor.to(torch.float16), tensor)
    assert differ(tensor.reshape(3, 2, 2), tensor.reshape(3, 4))


def test_u_numbers_of_objects() -> None:
    assert equal(np.array([1, 2], object), [1, 2], np.array([np.int64(1), 2], object))
    assert equal([1.5, None], pd.Series([1.5, None], dtype=object))
    assert equal([1, 2.5], [1.0, 2.5])


def test_v_one_ulp() -> None:
    values = np.random.default_rng(0).normal(size=BLOCK + 10)
    other = values.copy()
    other[-1] = np.nextafter(other[-1], np.inf)
    assert differ(values, other)


def test_w_exchanged_names() -> None:
    assert differ(pa.table({"a": [1.0], "b": [1.0]}), pa.table({"b": [1.0], "a": [1.0]}))


def test_x_concatenation() -> None:
    assert differ([np.arange(2), np.arange(2)], [np.arange(2)], [np.arange(4)], np.arange(2))
    assert differ(pa.table({"ab": [1]}), pa.table({"a": [1], "b": [1]}), pa.table({"a": [1]}))
    assert differ({"a": np.arange(2)}, {"b": np.arange(2)}, [np.arange(2)])


def test_null_and_nan() -> None:
    assert equal(pa.array([1.5, None]), pa.array([1.5, np.nan]))
    assert differ(pa.array([1.5, None]), pa.array([1.5, np.nan]), profile="strict")
    lists = [pa.array([[each]], pa.list_(pa.float64())) for each in (None, np.nan)]
    assert equal(*lists)
    assert differ(*lists, profile="strict")


def test_vectors_of_all_libraries() -> None:
    values = np.array([1.5, 2.5])
    assert equal(
        values, pd.Series(values), pd.Series(values, name="y"), [1.5, 2.5], pa.array(values), profile="value"
    )
    assert equal(values, pd.Series(values))
    assert differ(pd.Series(values), pd.Series(values, name="y"), profile="train")


def test_polars() -> None:
    polars = pytest.importorskip("polars")
    words = ["b", "a", None, "longer than the twelve bytes of a view"]
    table = pa.table(
        {"x": [1.5, None, np.nan, 0.0], "w": words, "n": [1, None, 3, 4], "t": [True, None, False, True]}
    )
    frame = polars.from_arrow(table)
    assert equal(table, frame, polars.concat([frame[:1], frame[1:]], rechunk=False), frame.clone())
    assert equal(table["w"], frame["w"].alias(""), pa.chunked_array([["x", *words]])[1:])
    assert equal(
        polars.Series(words, dtype=polars.Categorical), pa.array(words).dictionary_encode(), profile="value"
    )
    listed = polars.Series(["b", "a"], dtype=polars.Enum(["a", "b", "c"]))
    assert equal(listed, pd.Categorical(["b", "a"], ["a", "b", "c"]), profile="value")
    assert equal(frame.lazy().collect(), frame, profile="strict")


def test_nested() -> None:
    nested = pa.array([[1, 2], None, [], [3]], pa.list_(pa.int64()))
    assert equal(
        nested,
        nested.cast(pa.large_list(pa.int64())),
        pa.chunked_array([nested[:1], nested[1:]]),
        profile="strict",
    )
    assert differ(nested, pa.array([[1], None, [2], [3]]), pa.array([[1, 2], [], [], [3]]))
    struct = pa.array([{"a": 1}, None])
    child = pa.StructArray.from_arrays([pa.array([1, 99])], ["a"], mask=pa.array([False, True]))
    assert equal(struct, child, profile="strict")
    assert differ(struct, pa.array([{"a": 1}, {"a": None}]), pa.array([{"b": 1}, None]))


def test_decimals() -> None:
    small = pa.array(["1.25", None]).cast(pa.decimal128(5, 2))
    assert differ(small, small.cast(pa.decimal128(6, 2)), small.cast(pa.decimal128(6, 3)))
    if hasattr(pa, "decimal64"):
        assert equal(small, pa.array(small.to_pylist(), pa.decimal64(5, 2)), profile="strict")


def test_a_name_is_what_it_is_not_how_it_shows_itself() -> None:
    class Text(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "same"

    class Number(int):
        def __format__(self, spec: str) -> str:
            return "same"

    def named(name: Any) -> pd.DataFrame:
        return pd.DataFrame(np.zeros((1, 1)), columns=pd.Index([name], dtype=object))

    assert differ(*map(named, (Text("p"), Text("q"), Number(1), Number(2))))
    assert equal(named(Text("p")), named("p"))
    assert equal(named(Number(1)), named(1))


def test_listing_a_header_of_several_levels_caches_nothing() -> None:
    header = pd.MultiIndex.from_product([["a"], [1, 2]])
    canonical_hash(pd.DataFrame(np.zeros((1, 2)), columns=header))
    assert "_values" not in getattr(header, "_cache", {})
