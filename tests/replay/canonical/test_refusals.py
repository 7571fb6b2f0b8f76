"""What has no digest is refused with a reason: never a constant, never an address (rule 17, vector U)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from seamcheck.model.errors import SeamcheckError
from seamcheck.replay.canonical import spec, tree
from seamcheck.replay.canonical.hashing import canonical_hash, hash_object
from seamcheck.replay.canonical.refusal import Unhashable

PERIODS = pd.period_range("2020", periods=2, freq="D")
REFUSED: dict[str, tuple[Any, str]] = {
    "mixed objects": (pd.DataFrame({"ok": [1, 2], "bad": [1, "x"]}), "column 'bad': objects of mixed types: int, str"),
    "lists in objects": (pd.Series([[1], [2]]), "objects of type list"),
    "any object": (np.array([object(), object()]), "objects of type object"),
    "a list of anything": ([1, "x"], "objects of mixed types"),
    "ragged rows": ([[1, 2], [3]], "rows of different lengths"),
    "integers beyond": ([2**70], "integers beyond 64 bits"),
    "integers among floats": ([2**53 + 1, 0.5], "is not one exactly"),
    "longdouble": (np.zeros(2, "g"), "128 bits have no digest"),
    "complex": (np.zeros(2, "c16"), "dtype complex128"),
    "structured": (np.zeros(2, [("a", "i4")]), "structured arrays"),
    "masked": (np.ma.array([1, 2]), "masked arrays"),
    "no dimensions": (np.array(1.0), "without dimensions"),
    "years": (np.array(["2020"], "M8[Y]"), "datetime64[Y]"),
    "period": (pd.Series(PERIODS), "dtype period[D]"),
    "period frame": (pd.DataFrame({"p": PERIODS}), "column 'p': dtype period[D]"),
    "interval": (pd.Series(pd.interval_range(0, 2)), "dtype interval"),
    "sparse column": (pd.DataFrame({"a": pd.arrays.SparseArray([0, 1])}), "column 'a': dtype Sparse"),
    "time of day": (pa.array([1], pa.time32("s")), "time32"),
    "map": (pa.MapArray.from_arrays([0, 1], ["a"], [1]), "map<"),
    "run end": (pa.array([1]), "") if not hasattr(pa, "RunEndEncodedArray") else (
        pa.RunEndEncodedArray.from_arrays([1], [1]), "run_end_encoded"),
    "union": (pa.UnionArray.from_dense(pa.array([0], pa.int8()), pa.array([0], pa.int32()), [pa.array([1])]), "union"),
    "list of dictionaries": (pa.ListArray.from_arrays([0, 1], pa.array(["a"]).dictionary_encode()), "dictionary<"),
    "reader": (pa.table({"a": [1]}).to_reader(), "stream: reading a RecordBatchReader"),
    "generator": ((each for each in [1]), "stream: reading a generator"),
    "nothing": (None, "nothing was given"),
    "no file": ("/no/such/file", "a file that cannot be read"),
    "module": (np, "no digest for type builtins.module"),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, (_, why) in REFUSED.items() if why])
def test_refused(name: str) -> None:
    obj, why = REFUSED[name]
    role = hash_object(obj, role="eval.X", index=3)
    assert role.digests is None
    assert (role.role, role.index, role.columns) == ("eval.X", 3, ())
    assert role.reason is not None
    assert why in role.reason
    with pytest.raises(Unhashable):
        canonical_hash(obj)


def test_it_is_one_of_our_errors() -> None:
    assert issubclass(Unhashable, SeamcheckError)


def test_no_buffer_of_objects_is_ever_hashed() -> None:
    with pytest.raises(Unhashable, match="not its values"):
        spec.data(np.array(["a"], dtype=object))
    with pytest.raises(Unhashable):
        spec.data(np.array(["a"]))


def test_text_that_is_none() -> None:
    ends = pa.py_buffer(np.array([0, 1, 2], "i4"))  # cuts a letter in two
    broken = pa.Array.from_buffers(pa.string(), 2, [None, ends, pa.py_buffer(b"\xc3\xa9")])
    assert hash_object(broken).reason == "text that is not UTF-8"
    assert hash_object(["\ud800"]).reason == "text that is not UTF-8"


def test_a_library_that_fails_is_a_reason() -> None:
    class Broken(pd.DataFrame):
        @property
        def columns(self) -> Any:
            raise RuntimeError("gone")

    role = hash_object(Broken())
    assert role.digests is None
    assert role.reason == "it could not be read: RuntimeError: gone"


def test_an_index_without_digest_costs_strict_only() -> None:
    frame = pd.DataFrame({"a": [1, 2]}, index=PERIODS)
    role = hash_object(frame)
    assert role.digests is not None
    assert role.digests.train == canonical_hash(pd.DataFrame({"a": [1, 2]}))
    assert role.digests.strict == ""
    assert role.reason == "no strict digest: index: dtype period[D] has no digest"
    with pytest.raises(Unhashable, match="index"):
        canonical_hash(frame, "strict")


def test_a_change_meanwhile_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.zeros((4, 2))
    original = tree.matrix_nodes

    def meddling(*args: Any) -> Any:
        made = original(*args)
        values.resize((2, 4), refcheck=False)
        return made

    monkeypatch.setattr(tree, "matrix_nodes", meddling)
    assert hash_object(values).reason == "it was changed while it was hashed"


def test_polars() -> None:
    polars = pytest.importorskip("polars")
    assert (
        hash_object(polars.DataFrame({"a": [1]}).lazy()).reason
        == "stream: reading a polars.LazyFrame would run it"
    )
    assert hash_object(polars.Series([object()])).reason == "objects in polars have no digest"
    assert "column 'o'" in (hash_object(polars.DataFrame({"o": [object()]})).reason or "")
    assert "time64" in (hash_object(polars.Series([0]).cast(polars.Time)).reason or "")


def test_boosters_alone() -> None:
    values = np.arange(40.0).reshape(20, 2)
    lightgbm = pytest.importorskip("lightgbm")
    data = lightgbm.Dataset(values, label=np.arange(20), params={"verbose": -1, "min_data_in_bin": 1})
    assert hash_object(data) == hash_object(values)
    data.construct()
    assert "raw data was freed" in (hash_object(data).reason or "")
    kept = lightgbm.Dataset(values, free_raw_data=False, params={"verbose": -1})
    assert "subset" in (hash_object(kept.subset([1, 2])).reason or "")


@pytest.mark.parametrize(("library", "name"), [("xgboost", "DMatrix"), ("catboost", "Pool")])
def test_boosters_with_a_form_of_their_own(library: str, name: str) -> None:
    make = getattr(pytest.importorskip(library), name)
    reason = hash_object(make(np.arange(8.0).reshape(4, 2))).reason
    assert reason == f"a {library}.{name} holds its data in a form of its own, and was not recorded"


def test_files_are_their_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("1,2\n")
    two.write_text("1,2\n")
    assert canonical_hash(str(one)) == canonical_hash(two)
    assert hash_object(str(one)).kind == "file"
    two.write_text("1,3\n")
    assert canonical_hash(one) != canonical_hash(two)


def test_parameters_are_values() -> None:
    roles = [hash_object(each, role="columns") for each in ("auto", ["a"], [0, 1], ["a", "b"])]
    found = [role.digests for role in roles]
    assert None not in found
    assert len(set(map(str, found))) == 4
    assert hash_object("auto", role="columns").digests == hash_object("auto", role="folds").digests


def test_only_pandas_has_missing_values_of_that_name() -> None:
    class NAType:
        pass

    with pytest.raises(Unhashable, match="objects of type NAType"):
        canonical_hash(np.array(["a", NAType()], object))


@pytest.mark.parametrize("nested", [False, True])
def test_an_extension_type_is_refused_whether_or_not_this_process_knows_it(nested: bool) -> None:
    plain = pa.field("a", pa.int64())
    told = plain.with_metadata({"ARROW:extension:name": "somebody.money"})

    def table(field: Any) -> pa.Table:
        kind = pa.struct([field]) if nested else field.type
        values = [{"a": 1}] if nested else [1]
        return pa.table([pa.array(values, kind)], pa.schema([pa.field("s", kind) if nested else field]))

    assert canonical_hash(table(plain))
    with pytest.raises(Unhashable, match=r"extension type somebody\.money"):
        canonical_hash(table(told))


def test_extension_types_of_polars() -> None:
    polars = pytest.importorskip("polars")
    if not hasattr(polars, "BaseExtension"):
        pytest.skip("this polars has no extension types")
    money = type("Money", (polars.BaseExtension,), {})("somebody.money", polars.Int64)
    made = polars.Series("a", [1]).ext.to(money)
    for each in (made, made.to_frame(), polars.DataFrame({"a": [made]})):
        with pytest.raises(Unhashable, match="extension types"):
            canonical_hash(each)
