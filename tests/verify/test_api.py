"""From a run folder and a source tree to a verification: which run, which root, is the code what was run?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from seamcheck import api
from seamcheck.model.errors import LogError
from seamcheck.model.event import ColumnHash, Digests, LoopRef, Note, RoleHash
from seamcheck.model.verification import VerifyReport
from seamcheck.replay import sources
from seamcheck.replay.log import Run, RunLog, create_run
from tests.verify.samples import event

TUNE = """\
import lightgbm as lgb
import optuna
import pandas as pd

frame = pd.read_parquet("prices.parquet")


def objective(trial):
    train = lgb.Dataset(frame.drop(columns="y"), label=frame["y"])
    booster = lgb.train({"num_leaves": trial.suggest_int("n", 4, 31)}, train)
    return booster.best_score["valid"]["l2"]


study = optuna.create_study()
study.optimize(objective, n_trials=3)
"""
LINE, CALL = 15, 10
Record = Callable[..., Run]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / "src").mkdir(parents=True)
    (tmp_path / "project" / "pyproject.toml").touch()
    (tmp_path / "project" / "src" / "tune.py").write_text(TUNE)
    return tmp_path / "project"


@pytest.fixture
def recorded(project: Path) -> Record:
    """Write a run whose trials were given X with these contents."""

    def record(*contents: str, root: Path = project, path: str = "src/tune.py", known: bool = True) -> Run:
        run = create_run(project / ".seamcheck_runs")
        log = RunLog(run.folder)
        loop = LoopRef("optuna", path, LINE)
        for trial, text in enumerate(contents):
            log.write(Note("trial", "", loop, trial))
            role = RoleHash("X", "frame", 3, 1, Digests(text, text, text), (ColumnHash("close", text),))
            made = event(trial, role, loop=loop, run=run.id, path=path, line=CALL, uuid=f"{run.id}{trial}")
            log.write(made)
        log.write(Note("end", "ok"))
        log.close()
        if known:
            sources.record(run.folder, str(root), 1e12, [str(project / "src" / "tune.py")])
        return run

    return record


def verified(project: Path, run: str | None = None, below: str = "") -> VerifyReport:
    options = api.ScanOptions((project / below,), use_cache=False)
    return api.verify(options, run, project / ".seamcheck_runs").report


def outcomes(report: VerifyReport) -> list[str]:
    return [loop.invariance.outcome for loop in report.loops]


@pytest.mark.parametrize(
    ("contents", "outcome"),
    [("aaa", "agree"), ("aab", "contradict"), ("a", "unobserved"), ("", "unobserved")],
)
def test_what_a_run_says_of_the_claim(project: Path, recorded: Record, contents: str, outcome: str) -> None:
    recorded(*contents)
    report = verified(project)
    assert outcomes(report) == [outcome]
    assert report.exit == "ok"


def test_a_contradiction_names_the_column_and_the_chain(project: Path, recorded: Record) -> None:
    recorded("a", "b")
    (loop,) = verified(project).loops
    (difference,) = loop.invariance.differences
    assert (difference.role, difference.columns) == ("X", ("close",))
    assert [(step.location.path, step.location.line) for step in difference.chain] == [("src/tune.py", CALL)]


ASSUMING = TUNE.replace("import pandas", "import acme, pandas").replace(
    'frame.drop(columns="y"), label=frame["y"])',
    'acme.load("x"), label=frame["y"])  # seamcheck: assume[deterministic] -- one file',
)


def test_a_replay_contradicts_the_assumption_that_a_claim_rests_on(project: Path, recorded: Record) -> None:
    (project / "src" / "tune.py").write_text(ASSUMING)
    recorded("a", "b")
    report = verified(project)
    assert outcomes(report) == ["contradict"]
    (found,) = report.findings
    assert (found.code, found.severity) == ("SEAM707", "error")
    assert (found.location.path, found.location.line) == ("src/tune.py", CALL - 1)
    assert "`acme.load` (src/tune.py:9) is deterministic: one file" in found.message
    assert "X (column close)" in found.message
    assert "src/tune.py:9" in (found.fix or "")


def test_a_replay_that_agrees_with_an_assumption(project: Path, recorded: Record) -> None:
    (project / "src" / "tune.py").write_text(ASSUMING)
    recorded("a", "a")
    report = verified(project)
    assert outcomes(report) == ["agree"]
    assert report.findings == ()


def test_which_run(project: Path, recorded: Record) -> None:
    old, new = recorded("a", "b"), recorded("a", "a")
    assert verified(project).run == new.id
    assert verified(project, old.id).run == old.id
    assert verified(project, str(old.folder)).run == old.id
    with pytest.raises(LogError):
        verified(project, "20000101-000000-00000000")


def test_no_run_at_all(project: Path) -> None:
    with pytest.raises(LogError, match="seamcheck replay run"):
        verified(project)


def test_code_that_changed_speaks_of_nothing(project: Path, recorded: Record) -> None:
    recorded("a", "a")
    file = project / "src" / "tune.py"
    file.write_text(TUNE.replace("n_trials=3", "n_trials=4"))
    report = verified(project)
    assert outcomes(report) == ["unobserved"]
    assert report.stale == ("src/tune.py",)
    assert {finding.code for finding in report.findings} == {"SEAM704", "SEAM706"}


def test_without_digests_a_line_that_is_gone_shows_it(project: Path, recorded: Record) -> None:
    recorded("a", "a", known=False)
    assert outcomes(verified(project)) == ["agree"]
    (project / "src" / "tune.py").write_text("\n".join(TUNE.splitlines()[: CALL - 1]) + "\n")
    assert verified(project).stale == ("src/tune.py",)


def test_a_replay_with_another_root(project: Path, recorded: Record) -> None:
    recorded("a", "b", root=project.parent, path="project/src/tune.py")
    assert outcomes(verified(project)) == ["contradict"]


def test_a_loop_in_a_file_that_was_not_scanned(project: Path, recorded: Record) -> None:
    recorded("a", "b", path="other/study.py")
    report = verified(project)
    # Its place is nowhere in the scan, and so are its calls.
    assert outcomes(report) == ["unobserved", "unexplained"]


def test_lost_records_are_never_equal(project: Path, recorded: Record) -> None:
    run = recorded("a", "a")
    (run.folder / "complete").rename(run.folder / "records-lost")
    report = verified(project)
    assert outcomes(report) == ["unobserved"]
    assert report.blind
