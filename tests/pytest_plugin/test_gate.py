from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from seamcheck.api import ScanOptions, scan
from seamcheck.pytest_plugin.gate import checks
from tests.pytest_plugin.conftest import SOURCE, Run
from tests.sample_reports import EMPTY, FULL

pytest_plugins = ["pytester"]

GOOD = """
import optuna
import lightgbm as lgb
import pandas as pd

def main():
    frame = pd.read_parquet("x.parquet")
    X, y = frame[["a"]], frame["y"]

    def objective(trial):
        params = {"num_leaves": trial.suggest_int("n", 2, 9)}
        booster = lgb.train(params, lgb.Dataset(X, label=y))
        return booster.best_score["training"]["l2"]

    study = optuna.create_study()
    study.optimize(objective, n_trials=3)

main()
"""
BAD = GOOD.replace("lgb.Dataset(X,", "lgb.Dataset(X.sample(frac=0.5),")
UNKNOWN = (
    GOOD.replace("import optuna", "import optuna\nimport ours")
    .replace("pd.read_parquet", "ours.load")
    .replace("lgb.Dataset(X,", "lgb.Dataset(ours.shrink(X),")
)


def outcome(result: pytest.RunResult) -> tuple[int, dict[str, int]]:
    return int(result.ret), {k: v for k, v in result.parseoutcomes().items() if k != "warnings"}


def test_a_proven_program_passes_item_by_item(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(tune=GOOD)
    result = run("--seamcheck")
    result.stdout.fnmatch_lines_random(
        [
            "PASSED seamcheck::tune.py::main::optuna.optimize#1 invariance",
            "PASSED seamcheck::tune.py::main::optuna.optimize#1 seam",
        ]
    )
    assert outcome(result)[0] == 0
    assert "failed" not in result.parseoutcomes()


def test_a_finding_is_a_failed_item_with_its_place_and_what_to_do(
    pytester: pytest.Pytester, run: Run
) -> None:
    pytester.makepyfile(tune=BAD, test_other="def test_fine(): pass")
    result = run("--seamcheck")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "warning: SEAM302 unseeded-randomness",
            "tune.py:11: *differs from trial to trial*",
            "To settle it: *",
            "What it means: seamcheck explain SEAM302",
        ]
    )
    result.stdout.fnmatch_lines_random(
        [
            "FAILED seamcheck::SEAM302 tune.py:11*",
            "XFAIL seamcheck::*invariance - *variant at tune.py:*",
            "PASSED test_other.py::test_fine",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert result.parseoutcomes()["failed"] == 1


def test_unknown_neither_fails_nor_passes(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(tune=UNKNOWN)
    result = run("--seamcheck")
    result.stdout.fnmatch_lines(
        ["XFAIL seamcheck::tune.py::main::optuna.optimize#1 invariance - *unknown at tune.py:*"]
    )
    assert result.ret == 0
    # Who wants no expected failures gets them as failures, never as passed.
    assert run("--seamcheck", "--runxfail").ret == 1


def test_a_suppressed_finding_does_not_fail(pytester: pytest.Pytester, run: Run) -> None:
    line = next(line for line in BAD.splitlines() if "sample(" in line)
    pytester.makepyfile(tune=BAD.replace(line, line + "  # seamcheck: ignore[SEAM302] -- meant"))
    result = run("--seamcheck")
    assert outcome(result)[0] == 0
    result.stdout.fnmatch_lines(["XFAIL seamcheck::*invariance - *variant at*"])


def test_nothing_happens_without_the_option(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(tune=BAD, test_other="def test_fine(): pass")
    assert outcome(run()) == (0, {"passed": 1})
    result = run("--seamcheck-paths=tune.py")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: --seamcheck-paths scans nothing without --seamcheck*"])


def test_paths_come_from_the_ini_file_and_the_command_line(pytester: pytest.Pytester, run: Run) -> None:
    for name, text in (("good", GOOD), ("bad", BAD)):
        pytester.mkdir(name).joinpath("tune.py").write_text(text)
    pytester.makeini("[pytest]\nseamcheck_paths = good\n")
    assert run("--seamcheck", "--strict-config", "--strict-markers").ret == 0
    assert run("--seamcheck", "--seamcheck-paths=bad").ret == 1
    assert run("--seamcheck", "--seamcheck-paths=good", "--seamcheck-paths", "bad").ret == 1
    result = run("--seamcheck", "--seamcheck-paths=none")
    result.stdout.fnmatch_lines(["*seamcheck: there is no *none: correct seamcheck_paths"])


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "seamcheck.toml",
            "selekt = []\n",
            "*seamcheck.toml:1: unknown option `selekt` (did you mean `select`?)",
        ),
        ("readme.txt", "", "seamcheck: no Python file was found in *"),
        ("tune.py", "def (:", "seamcheck: nothing could be analysed: *tune.py:1: *"),
    ],
)
def test_what_cannot_be_scanned_is_an_error_of_collection(
    pytester: pytest.Pytester, run: Run, name: str, text: str, words: str
) -> None:
    pytester.path.joinpath(name).write_text(text)
    if name == "seamcheck.toml":
        pytester.makepyfile(tune=GOOD)
    result = run("--seamcheck")
    assert result.ret == 2
    result.stdout.fnmatch_lines(["*ERROR collecting seamcheck*", words, "*1 error during collection*"])
    assert not {"Traceback", "site-packages", "gate.py"} & set(result.stdout.str().split())


def test_selection_works_as_for_any_test(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(tune=BAD, test_other="def test_fine(): pass")
    assert outcome(run("--seamcheck", "-m", "not seamcheck"))[1]["passed"] == 1
    assert outcome(run("--seamcheck", "-m", "seamcheck", "-k", "SEAM302"))[1]["failed"] == 1
    result = run("--lf", "--seamcheck")
    assert outcome(result)[1]["failed"] == 1
    first, second = (run("--seamcheck", "--collect-only", "-q").outlines for _ in range(2))
    assert [line for line in first if "::" in line] == [line for line in second if "::" in line] != []


def test_workers_collect_the_same(pytester: pytest.Pytester, run_alone: Run) -> None:
    pytest.importorskip("xdist")
    pytester.makepyfile(tune=BAD, test_other="def test_fine(): pass")
    result = run_alone("--seamcheck", "-p", "xdist", "-n", "2")
    assert result.ret == 1
    assert result.parseoutcomes()["failed"] == 1


def test_found_by_its_entry_point_and_left_out_on_request(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tomllib.loads((SOURCE.parent / "pyproject.toml").read_text())["project"]
    points = project["entry-points"]["pytest11"]
    assert points == {"seamcheck": "seamcheck.pytest_plugin"}
    folder = pytester.mkdir("site") / "installed-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: installed\nVersion: 1\n")
    (folder / "entry_points.txt").write_text(
        "[pytest11]\n" + "".join(f"{name} = {module}\n" for name, module in points.items())
    )
    monkeypatch.setenv("PYTHONPATH", f"{folder.parent}:{SOURCE}")
    pytester.makepyfile(
        test_it="import sys\ndef test_light():\n"
        "    heavy = {'msgspec', 'libcst', 'seamcheck.api', 'seamcheck.runtime'}\n"
        "    assert not heavy & set(sys.modules)\n    assert 'seamcheck.pytest_plugin' in sys.modules\n"
    )
    assert pytester.runpytest_subprocess("-W", "error").ret == 0
    result = pytester.runpytest_subprocess("-p", "no:seamcheck", "--seamcheck")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*unrecognized arguments: --seamcheck*"])
    result = pytester.runpytest_subprocess("-p", "no:seamcheck")
    result.stdout.fnmatch_lines(["*assert 'seamcheck.pytest_plugin' in *"])


def test_the_gate_fails_where_a_scan_fails() -> None:
    found = list(checks(FULL))
    failing = [f for f in FULL.findings if f.severity != "note" and f.suppressed is None]
    assert len([check for check in found if check.fails]) == len(failing) > 0
    assert len(found) == 3 * len(FULL.loops) + len(FULL.consumers) + len(failing) + 2
    for check in found:
        assert check.text is None or check.text.strip()


def test_an_empty_report_passes_nothing_silently() -> None:
    by_name = {check.name: check for check in checks(EMPTY)}
    text = by_name["loops were found"].text
    assert text is not None
    assert text.startswith("no trial loop was found")


def test_the_order_of_items_is_that_of_the_report(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(GOOD)
    (tmp_path / "b.py").write_text(BAD)
    options = ScanOptions((tmp_path,), use_cache=False)
    assert list(checks(scan(options).report)) == list(checks(scan(options).report))
    assert "pytest" in sys.modules
