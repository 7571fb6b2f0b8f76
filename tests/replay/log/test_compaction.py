from __future__ import annotations

import builtins
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seamcheck.model.errors import LogError
from seamcheck.model.event import ColumnHash, Event, LoopRef, Note
from seamcheck.replay.log import Run, RunLog, compact, create_run, read_run
from tests.replay.made_events import event, role, table

pytest.importorskip("pyarrow")


def sample(run: str) -> list[Event | Note]:
    leaves = (ColumnHash("a", "1", ("l0", "l1")), ColumnHash("b", "2"))
    odd = role("X", "x", None, index=2)
    return [
        event(0, table("X", a="1", b="2"), role("y", None), run=run),
        event(1, type(odd)("X", "numpy.ndarray", None, None, None, leaves, reason="why"), run=run, fold="3", cell="c"),
        event(None, run=run, path=None, line=None, function=None, thread=2**47),
        event(2, run=run, roles=(), status="unknown", reason="no", loop=LoopRef("loop", None, None, 7)),
        Note("trial", "", LoopRef("optuna", "a.py", 3, 1), 4, 5, 6.5),
        Note("end", "ok"),
        Note("end", "ok"),
    ]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return create_run(tmp_path)


def fill(run: Run) -> RunLog:
    log = RunLog(run.folder)
    for record in sample(run.id):
        log.write(record)
    return log


def names(run: Run) -> list[str]:
    return sorted(path.name for path in (run.folder / "spool").iterdir())


def test_nothing_changes_but_where_it_is(run: Run) -> None:
    fill(run).close()
    before = read_run(run.folder)
    assert (len(before.events), len(before.notes)) == (4, 3)
    assert compact(run.folder)
    assert names(run) == []
    assert read_run(run.folder) == before
    assert compact(run.folder)
    assert read_run(run.folder) == before
    assert not list(run.folder.glob("*.tmp"))


def test_later_spools_are_added(run: Run) -> None:
    fill(run).close()
    compact(run.folder)
    fill(run).close()
    before = read_run(run.folder)
    assert len(before.events) == 8
    compact(run.folder)
    assert read_run(run.folder) == before


def test_a_file_that_is_written_stays_and_is_read_once(run: Run) -> None:
    log = fill(run)
    other = subprocess.run(
        [sys.executable, "-c", "import sys; from pathlib import Path; from seamcheck.replay.log import compact\n"
         "print(compact(Path(sys.argv[1])))", str(run.folder)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert other.stdout.split() == ["True"]
    assert len(names(run)) == 1
    assert len(read_run(run.folder).events) == 4
    log.write(event(9, run=run.id))
    log.close()
    assert len(read_run(run.folder).events) == 5
    compact(run.folder)
    assert names(run) == []
    assert len(read_run(run.folder).events) == 5


def test_damaged_spools_stay_as_evidence(run: Run) -> None:
    fill(run).close()
    (spool,) = (run.folder / "spool").iterdir()
    spool.write_bytes(spool.read_bytes()[:-5])
    before = read_run(run.folder)
    assert before.lost
    compact(run.folder)
    assert names(run) == [spool.name]
    assert read_run(run.folder) == before


def test_spools_of_other_machines_stay(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with monkeypatch.context() as patch:
        patch.setattr(socket, "gethostname", lambda: "else/where")
        fill(run).close()
    compact(run.folder)
    assert [name.startswith("else_where-") for name in names(run)] == [True]
    assert len(read_run(run.folder).events) == 4


def test_a_crash_between_any_two_steps_loses_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(run).close()
    before = read_run(run.folder)
    real = {"replace": os.replace, "unlink": os.unlink}

    class Crash(BaseException):
        pass

    for survived in range(3):
        count = 0

        def crashing(name: str) -> Any:
            def step(*args: Any, **more: Any) -> Any:
                nonlocal count
                if not str(args[0]).endswith(".tmp") or name == "replace":
                    count += 1
                    if count > survived:  # noqa: B023
                        raise Crash
                return real[name](*args, **more)

            return step

        with monkeypatch.context() as patch:
            for name in real:
                patch.setattr(os, name, crashing(name))
            with pytest.raises(Crash):
                compact(run.folder)
        assert read_run(run.folder) == before
    compact(run.folder)
    assert read_run(run.folder) == before


def test_damaged_parquet_is_reported_and_never_written_over(run: Run) -> None:
    fill(run).close()
    compact(run.folder)
    path = run.folder / "events.parquet"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    found = read_run(run.folder)
    assert "events.parquet cannot be read" in found.lost[0]
    assert len(found.notes) == 3
    fill(run).close()
    with pytest.raises(LogError, match="the spools stay"):
        compact(run.folder)
    assert len(read_run(run.folder).events) == 4


def test_flipped_bytes_in_parquet_never_change_an_event(run: Run) -> None:
    fill(run).close()
    compact(run.folder)
    whole = read_run(run.folder)
    path = run.folder / "events.parquet"
    data = path.read_bytes()
    for at in range(0, len(data), 97):
        flipped = bytearray(data)
        flipped[at] ^= 0x04
        path.write_bytes(flipped)
        found = read_run(run.folder)
        assert found.lost or found.events == whole.events


def test_without_pyarrow(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(run).close()
    before = read_run(run.folder)
    real = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", without)
        assert not compact(run.folder)
        assert read_run(run.folder) == before
    compact(run.folder)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(LogError, match="pyarrow is not installed"):
        read_run(run.folder)


def test_links_are_neither_read_nor_deleted(run: Run, tmp_path: Path) -> None:
    fill(run).close()
    (spool,) = (run.folder / "spool").iterdir()
    outside = tmp_path / "outside.jsonl"
    spool.rename(outside)
    spool.symlink_to(outside)
    assert read_run(run.folder).events == ()
    compact(run.folder)
    assert outside.exists()
    assert spool.is_symlink()
