"""Trials from files: natural order, every format, no pickle, indexes are no data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seamcheck.model.errors import ConfigError
from seamcheck.model.event import ReplayReport
from seamcheck.replay.snapshots import found, natural, replay_snapshots

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")


def frame(seed: int = 0, rows: int = 50) -> Any:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"a": rng.normal(size=rows), "b": rng.integers(0, 9, rows), "c": list("xy" * (rows // 2))}
    )


def compared(folder: Path, **patterns: str) -> ReplayReport:
    return replay_snapshots({role: str(folder / each) for role, each in patterns.items()}, folder / "runs")


def test_equal_snapshots_whatever_their_index(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        (tmp_path / f"run_{number}").mkdir()
        data = frame()
        if number == 2:
            data.index = range(100, 150)
        data.to_parquet(tmp_path / f"run_{number}" / "X.parquet", index=number != 10)
        np.save(tmp_path / f"run_{number}" / "y.npy", np.arange(50))
    report = compared(tmp_path, X="run_*/X.parquet", y="run_*/y.npy")
    (loop,) = report.loops
    assert (loop.trials, loop.verdict, loop.kind, report.exit) == (3, "equal", "snapshots", "ok")


def test_the_column_that_differs_is_named(tmp_path: Path) -> None:
    for number in range(3):
        data = frame()
        if number == 2:
            data.loc[7, "a"] += 1e-9
        data.to_feather(tmp_path / f"{number}.feather")
    (loop,) = compared(tmp_path, X="*.feather").loops
    assert loop.verdict == "differs"
    assert [(each.role, each.columns) for each in loop.varying] == [("X", ("a",))]


def test_csv_and_what_cannot_be_read(tmp_path: Path) -> None:
    frame().to_csv(tmp_path / "0.csv", index=False)
    frame().to_csv(tmp_path / "1.csv", index=False)
    assert compared(tmp_path, X="*.csv").loops[0].verdict == "equal"
    (tmp_path / "1.csv").rename(tmp_path / "1.pkl")
    (loop,) = compared(tmp_path, X="[01].*").loops
    assert loop.verdict == "unknown"
    assert any("are read" in problem for problem in loop.problems)
    (tmp_path / "2.parquet").write_bytes(b"PAR1")
    assert compared(tmp_path, X="[02].*").loops[0].verdict == "unknown"


def test_object_arrays_would_be_pickles(tmp_path: Path) -> None:
    for number in range(2):
        np.save(tmp_path / f"{number}.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
    assert compared(tmp_path, X="*.npy").loops[0].verdict == "unknown"


def test_patterns(tmp_path: Path) -> None:
    for name in ("run_10", "run_9", "run_1"):
        (tmp_path / name).touch()
    assert [Path(each).name for each in found(str(tmp_path / "run_*"))] == ["run_1", "run_9", "run_10"]
    assert natural("a2/b10") < natural("a10/b1")
    with pytest.raises(ConfigError):
        found(str(tmp_path / "nothing*"))
    (tmp_path / "y").touch()
    with pytest.raises(ConfigError):
        compared(tmp_path, X="run_*", y="y")
