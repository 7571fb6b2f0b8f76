"""``fixtures/captured_fold``: every twin is replayed as it stands and held against what the scan says of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from seamcheck.replay.log import read_run

pytestmark = pytest.mark.slow
FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "captured_fold"
#: Columns of the feature table; those of ``variant_columns`` come and go but for the first two.
COLUMNS = {"ret_1", "ret_2", "ret_3", "ret_5", "ret_8", "vol_10", "vol_30", "dist_20", "volume_z", "hour"}
CHOSEN = {"dist_20", "volume_z", "ret_5", "hour", "vol_30", "ret_8"}
#: For each twin its reason, the columns that must differ and those that may.
VARYING: dict[str, tuple[str, set[str], set[str]]] = {
    "variant_columns": ("trial", {"dist_20"}, CHOSEN),
    "variant_resample": ("random", COLUMNS, COLUMNS),
    "variant_mutation": ("mutation", {"vol_10"}, {"vol_10"}),
    "variant_number": ("trial", COLUMNS, COLUMNS),
    "variant_clock": ("clock", COLUMNS, COLUMNS),
}
#: Twins whose rows change, and with them the labels.
OTHER_ROWS = {"variant_resample", "variant_number", "variant_clock"}


class Held(NamedTuple):
    """A run of one module: its folder, the report of its verification, the one loop that ran, the exit code."""

    folder: Path
    report: dict[str, Any]
    loop: dict[str, Any]
    code: int


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Replays a loop of the fixture, each once, and verifies the run."""
    folder = tmp_path_factory.mktemp("runs")
    environment = {**os.environ, "PYTHONPATH": str(FIXTURE / "src"), "PYTHONDONTWRITEBYTECODE": "1"}

    def seamcheck(*args: str) -> int:
        command = [sys.executable, "-m", "seamcheck", *args]
        done = subprocess.run(
            command, cwd=FIXTURE, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode in (0, 1, 3, 4), done.stderr
        return done.returncode

    @cache
    def replayed(module: str, mode: str = "full_replay", *args: str) -> Held:
        runs, out = folder / f"{module}-{mode}", folder / f"{module}-{mode}.json"
        seamcheck(
            "replay", "run", "--runs", str(runs), "--mode", mode, "-m", f"captured_fold.{module}", *args
        )  # fmt: skip
        code = seamcheck("verify", ".", "--runs", str(runs), "--no-cache", "--output", f"json:{out}")
        report = json.loads(out.read_text())
        (loop,) = [each for each in report["loops"] if each["runs"]]
        (run,) = [each for each in runs.iterdir() if each.is_dir()]
        return Held(run, report, loop, code)

    return replayed


@pytest.mark.parametrize("name", VARYING)
def test_a_variant_twin_is_caught_with_its_reason_and_its_columns(held: Any, name: str) -> None:
    found = held(f"loops.{name}")
    reason, least, most = VARYING[name]
    judgement = found.loop["invariance"]
    assert found.loop["location"]["path"] == f"src/captured_fold/loops/{name}.py"
    assert judgement["outcome"] == "explained"
    assert [each["kind"] for each in judgement["claim"]["reasons"]] == [reason]
    differences = {each["role"]: each for each in judgement["differences"]}
    assert set(differences) == ({"X", "y"} if name in OTHER_ROWS else {"X"})
    assert least <= set(differences["X"]["columns"]) <= most
    assert differences["X"]["call"]["path"].startswith("src/captured_fold/loops/")
    assert found.code == 0


@pytest.mark.parametrize("name", ["invariant", "eager_fit"])
def test_an_invariant_loop_agrees(held: Any, name: str) -> None:
    found = held(f"loops.{name}")
    assert found.loop["invariance"]["outcome"] == "agree"
    assert found.loop["evaluation"]["outcome"] == "agree"
    assert found.loop["runs"][0]["trials"] == 5
    assert found.code == 0


def test_rows_that_are_scored_are_told_apart_from_rows_that_are_trained_on(held: Any) -> None:
    found = held("loops.evaluation_resample")
    assert found.loop["invariance"]["outcome"] == "agree"
    evaluation = found.loop["evaluation"]
    assert evaluation["outcome"] == "explained"
    assert {each["role"] for each in evaluation["differences"]} == {"eval.X", "eval.y"}
    assert [each["kind"] for each in evaluation["claim"]["reasons"]] == ["random"]
    assert found.code == 0


def test_rows_that_come_into_being_in_training_are_never_taken_for_equal(held: Any) -> None:
    found = held("loops.lazy_fit")
    assert found.loop["invariance"]["outcome"] == "unobserved"
    assert any("stream" in reason for reason in found.loop["invariance"]["reasons"])
    assert found.code == 3


def test_the_whole_harness_tunes_each_fold_in_a_run_of_its_own(held: Any, tmp_path: Path) -> None:
    found = held("run_all", "full_replay", "--out", str(tmp_path / "capture"))
    assert found.loop["location"]["path"] == "src/captured_fold/step0_replay.py"
    assert len(found.loop["runs"]) > 1
    assert found.loop["invariance"]["outcome"] == "agree"
    assert found.code == 0


def test_the_refactored_seam_gives_the_same_data_without_training(held: Any) -> None:
    full, short = held("loops.eager_fit"), held("loops.eager_fit", "dataset_only")
    every, first = (read_run(each.folder).events for each in (full, short))
    assert len(every) == 5
    assert len(first) == 1
    assert {role.role for role in first[0].roles} >= {"X", "y", "eval.X", "eval.y"}
    assert first[0].roles == every[0].roles
    # One trial is no proof of anything.
    assert short.loop["invariance"]["outcome"] == "unobserved"
    assert short.code == 3


def test_nothing_is_left_in_the_fixture(held: Any) -> None:
    held("loops.invariant")
    assert not (FIXTURE / ".seamcheck_runs").exists()
