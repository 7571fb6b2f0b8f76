"""Code of test suites: followed when asked for or when there is nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck import api
from seamcheck.model.scan import ScanOptions

SEARCH = """import optuna
from sklearn.linear_model import Ridge

def objective(trial):
    return Ridge(trial.suggest_float("a", 0, 1)).fit([[1]], [1]).score([[1]], [1])

optuna.create_study().optimize(objective, n_trials=5)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "app.py").write_text("VALUE = 1\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_search.py").write_text(SEARCH)
    return tmp_path


@pytest.mark.parametrize(("tests", "loops", "left"), [(False, 0, 1), (True, 1, 0)])
def test_they_are_followed_when_asked_for(tests: bool, loops: int, left: int, project: Path) -> None:
    report = api.scan(ScanOptions((project,), use_cache=False, tests=tests)).report
    assert (len(report.loops), report.tests_left, report.analysed) == (loops, left, 2 - left)


def test_they_are_followed_when_nothing_else_is_scanned(project: Path) -> None:
    report = api.scan(ScanOptions((project / "tests",), use_cache=False)).report
    assert (len(report.loops), report.tests_left) == (1, 0)


def test_they_are_followed_where_the_program_imports_them(project: Path) -> None:
    (project / "tests" / "__init__.py").write_text("")
    (project / "app.py").write_text(
        "import tests.test_search\nfrom sklearn.svm import SVC\nSVC().fit([[1]], [1])\n"
    )
    report = api.scan(ScanOptions((project,), use_cache=False)).report
    assert [loop.location.path for loop in report.loops] == ["tests/test_search.py"]


def test_the_report_says_what_was_left_aside(project: Path) -> None:
    from seamcheck.report import render

    result = api.scan(ScanOptions((project,), use_cache=False))
    assert ", 1 test file left aside (--tests follows them)" in render(
        "full", result.report, result.sources, False
    )


def test_they_show_how_a_function_that_was_asked_for_is_used(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def mean(values):\n    return sum(values) / len(values)\n")
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "test_app.py").write_text(
        "from sklearn.svm import SVC\nfrom app import mean\n\n"
        "def test_mean(X, y):\n    assert mean(SVC().fit(X, y).predict(X))\n"
    )
    asked = ScanOptions((tmp_path,), use_cache=False, consumers=("app.py::mean",))
    (consumer,) = api.scan(asked).report.consumers
    assert consumer.claim.verdict == "trial_dynamics"
    assert api.scan(ScanOptions((tmp_path,), use_cache=False)).report.consumers == ()
