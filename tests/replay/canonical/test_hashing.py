"""What hooks and people get: roles, shapes, purity, and no import before it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import seamcheck
from seamcheck.replay import canonical
from seamcheck.replay.canonical import categories
from seamcheck.replay.canonical.adapters import frame as frames
from seamcheck.replay.canonical.hashing import canonical_hash, hash_object
from tests.replay.canonical.vectors import BLOCK


def mixed(rows: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(rows, 3)), columns=list("abc"))
    frame["t"] = pd.to_datetime(np.arange(rows), unit="s")
    frame["z"] = frame["t"].dt.tz_localize("UTC")
    frame["d"] = frame["t"] - frame["t"].iloc[0]
    frame["s"] = ["x", None, "z"] * (rows // 3)
    frame["o"] = pd.Series(["x", None, "z"] * (rows // 3), dtype=object)
    frame["c"] = frame["s"].astype("category")
    frame["n"] = pd.array([1, None, 3] * (rows // 3), dtype="Int64")
    frame["p"] = pd.array([1, None, 3] * (rows // 3), dtype="int64[pyarrow]")
    frame["q"] = pd.array([True, None, False] * (rows // 3), dtype="boolean")
    return frame


def test_roles() -> None:
    frame = mixed()
    role = hash_object(frame, "eval.X", 2)
    assert (role.role, role.index, role.rows, role.cols, role.kind) == (
        "eval.X",
        2,
        60,
        11,
        "pandas.DataFrame",
    )
    assert [column.name for column in role.columns] == list(frame.columns)
    assert all(len(column.digest) == 32 and column.leaves == () for column in role.columns)
    assert role.digests is not None
    assert len({role.digests.value, role.digests.train, role.digests.strict}) == 3
    vector = hash_object(pd.Series([1.0], name="target"), "y")
    assert (vector.rows, vector.cols, vector.columns[0].name) == (1, 1, "target")
    assert hash_object(np.zeros(3), "y").columns[0].name == "0"
    leaves = hash_object(np.zeros(BLOCK + 1), keep_leaves=True).columns[0].leaves
    assert len(leaves) == 2


def test_sparse_matrices_have_their_width() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    role = hash_object(sparse.eye(5, 7, format="csr"))
    assert (role.rows, role.cols, [column.name for column in role.columns]) == (5, 7, ["*"])


def test_top_level() -> None:
    assert seamcheck.canonical_hash is canonical.canonical_hash
    assert seamcheck.diff([1], [1]).equal
    assert canonical.merge is not None
    with pytest.raises(AttributeError):
        _ = seamcheck.no_such_name  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        _ = canonical.no_such_name  # type: ignore[attr-defined]


def test_nothing_heavy_is_imported_early() -> None:
    code = (
        "import sys, seamcheck, seamcheck.replay.canonical;"
        "print(sorted({'numpy', 'pandas', 'pyarrow', 'xxhash'} & set(sys.modules)));"
        "seamcheck.canonical_hash([1.5]);"
        "print(sorted({'pandas', 'pyarrow', 'polars', 'torch', 'scipy', 'lightgbm'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n[]\n"


@pytest.mark.parametrize("missing", ["_blocks", "_ndarray", "_data", "_pa_array"])
def test_without_internals(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    frame = mixed()
    expected = hash_object(frame, memo=None)
    if missing == "_blocks":
        monkeypatch.setattr(frames, "_blocks", lambda _: None)
    else:

        def hidden(obj: Any, name: str, *default: Any) -> Any:
            return default[0] if name == missing and default else getattr(obj, name, *default)

        monkeypatch.setattr(frames, "getattr", hidden, raising=False)
    assert hash_object(frame, memo=None) == expected


def test_threads() -> None:
    frame = mixed()
    values = np.random.default_rng(0).normal(size=(BLOCK + 7, 20))
    for obj in (frame, values, np.asfortranarray(values), pa.Table.from_pandas(frame)):
        alone = hash_object(obj, memo=None, keep_leaves=True)
        assert hash_object(obj, memo=None, keep_leaves=True, threads=8) == alone


def test_purity() -> None:
    frame = mixed()
    copy = frame.copy()
    before = {name: sorted(vars(part)) for name, part in (("frame", frame), ("index", frame.index))}
    blocks = [id(block) for block in frame._mgr.blocks]
    cached = dict(frame.index._cache), dict(frame.columns._cache)
    canonical_hash(frame)
    assert [id(block) for block in frame._mgr.blocks] == blocks
    assert {name: sorted(vars(part)) for name, part in (("frame", frame), ("index", frame.index))} == before
    assert (dict(frame.index._cache), dict(frame.columns._cache)) == cached
    pd.testing.assert_frame_equal(frame, copy)


def test_subclasses_are_what_they_extend(tmp_path: Any) -> None:
    class Mine(pd.DataFrame):
        pass

    frame = pd.DataFrame({"a": [1, 2]})
    assert canonical_hash(Mine(frame)) == canonical_hash(frame)
    mapped = np.memmap(tmp_path / "data", "f8", "w+", shape=(3, 2))
    assert canonical_hash(mapped) == canonical_hash(np.zeros((3, 2)))


def test_many_categories(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit rows are 128-bit hashes; categories that nobody uses do not count."""
    used = pd.Categorical(["a", "b", "c"])
    unused = pd.Categorical(["a", "b", "c"], ["a", "b", "c", "d", "e"])
    narrow = canonical_hash(used, "value", memo=None)
    monkeypatch.setattr(categories, "NARROW_CATEGORIES", 4)
    assert canonical_hash(unused, "value", memo=None) == canonical_hash(used, "value", memo=None) == narrow
    monkeypatch.setattr(categories, "NARROW_CATEGORIES", 2)
    wide = canonical_hash(used, "value", memo=None)
    assert canonical_hash(unused, "value", memo=None) == wide != narrow


def test_a_multi_index() -> None:
    levels = pd.MultiIndex.from_product([[1, 2], ["a", "b"]], names=["n", "s"])
    frame = pd.DataFrame({"x": range(4)}, index=levels)
    assert canonical_hash(frame) == canonical_hash(frame.reset_index(drop=True))
    assert canonical_hash(frame, "strict") != canonical_hash(frame.swaplevel(), "strict")
    assert hash_object(levels).cols == 2


def test_list_members_that_are_refused_say_where() -> None:
    assert hash_object([np.zeros(2), np.zeros(2, "c16")]).reason == "[1]: dtype complex128 has no digest"
    assert hash_object({"left": [np.zeros(1, "c16")]}).reason == "[left]: [0]: dtype complex128 has no digest"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_forked() -> None:
    """A child made while another thread asks the memo goes on with one of its own."""
    code = """
import os, threading
import numpy as np
from seamcheck.replay.canonical.hashing import canonical_hash
from seamcheck.replay.canonical.memo import SHARED
values = np.arange(100.0).reshape(20, 5)
before = canonical_hash(values)
with SHARED._lock:
    child = os.fork()
    if child == 0:
        os._exit(0 if canonical_hash(values) == before and len(SHARED) == 1 else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "0\n", done.stderr
