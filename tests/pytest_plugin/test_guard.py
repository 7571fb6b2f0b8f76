from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seamcheck.pytest_plugin.guard import CheckedGuard
from tests.pytest_plugin.conftest import Run

pytest_plugins = ["pytester"]

FIXTURE = Path(__file__).parents[2] / "fixtures" / "captured_fold"
RUN = {"X": [1, 2], "model": "booster"}
Consumers = dict[str, Callable[[Any], object]]


def fails(guard: CheckedGuard, run: Any, consumers: Consumers) -> list[str]:
    with pytest.raises(AssertionError) as caught:
        guard.assert_enforced(run, consumers)
    first, *rest = str(caught.value).splitlines()
    assert first == "the registry does not hold:"
    return rest


def test_a_registry_that_holds() -> None:
    guard = CheckedGuard({"X"}, requirements={"a": "xy_only", "b": "trial_dynamics"})
    guard.assert_enforced(RUN, {"a": lambda run: len(run["X"]), "b": lambda run: run["model"]})
    assert guard.assert_runs("a", lambda run, times: run["X"] * times, RUN, 2) == [1, 2, 1, 2]


def swallows(run: Any) -> object:
    try:
        return run["model"]
    except Exception:
        return None


def test_every_wrong_registration_is_named_at_once() -> None:
    names = ["reads", "swallows", "fails", "missing"]
    guard = CheckedGuard({"X"}, requirements=dict.fromkeys(names, "xy_only"))
    consumers: Consumers = {
        "reads": lambda run: run["model"],
        "swallows": swallows,
        "fails": lambda run: run["X"][9],
        "extra": len,
    }
    missing, extra, reads, swallowed, failed = fails(guard, RUN, consumers)
    assert "`missing` is registered" in missing
    assert "`extra` is not registered" in extra
    assert "`reads` is xy_only" in reads
    assert "`model`" in reads
    assert "`swallows` is xy_only" in swallowed
    assert "`fails` failed on its view: IndexError" in failed
    with pytest.raises(AssertionError, match="`swallows` is xy_only"):
        guard.assert_runs("swallows", swallows, RUN)
    with pytest.raises(AssertionError, match="`nobody` is not registered"):
        guard.assert_runs("nobody", len, RUN)


def test_nothing_closed_proves_nothing() -> None:
    guard = CheckedGuard({"X"}, requirements={"a": "xy_only"})
    assert "nothing is proved" in fails(guard, {"X": [1]}, {"a": len})[0]
    assert (
        "nothing is proved"
        in fails(CheckedGuard({"X", "model"}, requirements={"a": "xy_only"}), RUN, {"a": len})[0]
    )
    assert "there is nothing to enforce" in fails(CheckedGuard({"X"}, requirements={}), RUN, {})[0]


def test_the_fixture_reads_the_registry_of_the_project(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makefile(".toml", seamcheck='[[consumer]]\nname = "a"\nrequires = "xy_only"\n')
    pytester.makepyfile(
        """
        def test_good(seamcheck_guard):
            guard = seamcheck_guard(data={"X"})
            guard.assert_enforced({"X": [1], "model": 1}, {"a": lambda run: run["X"]})

        def test_bad(seamcheck_guard):
            guard = seamcheck_guard(data={"X"})
            guard.assert_enforced({"X": [1], "model": 1}, {"a": lambda run: run["model"]})

        def test_given(seamcheck_guard):
            assert seamcheck_guard({"X"}, requirements={"b": "xy_only"}).consumers == ("b",)
        """
    )
    result = run()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*`a` is xy_only (*seamcheck.toml:1) and may not read `model` of dict. *"])
    # The failure stands at the line of the test, not inside of the plugin.
    result.stdout.no_fnmatch_line("*guard.py:*")


ENFORCEMENT = """
from functools import partial
from pathlib import Path

import pytest
from captured_fold.prep import make_fold
from captured_fold.s22a1_importance import s22a1
from captured_fold.s22a2_rounds import s22a2
from captured_fold.s22a3_curves import s22a3
from captured_fold.s23_stable_columns import s23
from captured_fold.s24_cost_sheet import s24
from captured_fold.s26_row_budget import s26
from captured_fold.s27_timing import s27
from captured_fold.s28_panel import s28
from captured_fold.s40_feature_coverage import s40
from captured_fold.settings import CELLS
from captured_fold.step0_replay import replay_fold
from captured_fold.step1_capture import capture

CONFIG = {"s28": {"panel": "X"}}
CONSUMERS = {
    "s22a1": s22a1,
    "s22a2": s22a2,
    "s22a3": partial(s22a3, tail=5),
    "s23": s23,
    "s24": s24,
    "s27": s27,
    "s28": lambda run: s28(run, CONFIG),
    "s40": s40,
}

@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("capture")

@pytest.fixture(scope="session")
def run(folder):
    return capture(replay_fold(make_fold(CELLS[0], 0), n_trials=2), folder)

@pytest.fixture
def guard_for(seamcheck_guard):
    return partial(seamcheck_guard, {"X", "y", "sheet.n_rows", "sheet.n_columns"}, {"cell", "fold"})

def test_right(guard_for, run, folder):
    guard_for().assert_enforced(run, {**CONSUMERS, "s26": lambda _: s26(folder)})

@pytest.mark.parametrize("name", CONSUMERS)
def test_as_xy_only(guard_for, run, name):
    guard_for(requirements={name: "xy_only"}).assert_runs(name, CONSUMERS[name], run)
"""


@pytest.mark.slow
def test_the_captured_fold(
    pytester: pytest.Pytester, run_alone: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("lightgbm", "optuna", "pandas", "pyarrow"):
        pytest.importorskip(library)
    shutil.copytree(FIXTURE / "src" / "captured_fold", pytester.path / "captured_fold")
    names = ["s22a1", "s22a2", "s22a3", "s23", "s24", "s26", "s27", "s28"]
    tables = [(name, "trial_dynamics") for name in names] + [("s40", "xy_only")]
    pytester.makefile(
        ".toml", seamcheck="".join(f'[[consumer]]\nname = "{n}"\nrequires = "{r}"\n\n' for n, r in tables)
    )
    pytester.makepyfile(test_enforcement=ENFORCEMENT)
    # Warnings of the libraries are none of ours.
    result = run_alone("-W", "default")
    lines = result.outlines
    found = {
        word: {
            line.partition("test_as_xy_only[")[2].partition("]")[0]
            for line in lines
            if line.startswith(f"{word} ")
        }
        for word in ("PASSED", "FAILED")
    }
    assert "PASSED test_enforcement.py::test_right" in lines
    # s27 reads only X and y and trains itself, s28 reads what its configuration names, which is X: a guard at run
    # time cannot tell, the scan can.
    assert found == {
        "PASSED": {"", "s27", "s28", "s40"},
        "FAILED": {"s22a1", "s22a2", "s22a3", "s23", "s24"},
    }
    result.stdout.fnmatch_lines(["*`s24` is xy_only (*) and may not read `budget` of FoldSheet.*"])
