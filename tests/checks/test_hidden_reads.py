"""Reads that no attribute access shows: text, comparison and truth of objects, and what was written through a view."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.tiny import AUDITS, RUN, project, scan, told

OLD = "return run.X.isna().mean()"
KEEP = "    run = Run("


def verdict(folder: Path, body: str, run: str = RUN) -> str:
    """What is said of ``coverage`` with this body."""
    project(folder, audits=AUDITS.replace(OLD, body), run=run)
    report = scan(folder)
    found = {each.function: each.claim.verdict for each in report.consumers}["coverage"]
    assert any(code in ("SEAM105", "SEAM106") for code, _, _ in told(report)) is (found != "xy_only")
    return found


@pytest.mark.parametrize(
    "body",
    [
        'return f"{len(run.X)} {run}"', 'return f"{run!r}", len(run.X)', 'return "%s" % run, len(run.X)',
        'return "%d %s" % (len(run.X), run)', "return len(run.X), run == run", "return run in [run], len(run.X)",
    ],
)  # fmt: skip
def test_text_and_equality_of_a_run_read_all_of_it(tmp_path: Path, body: str) -> None:
    assert verdict(tmp_path, body) == "trial_dynamics"


@pytest.mark.parametrize(
    "body",
    [
        'return f"{len(run.X)} {run.X.shape} {run.y}"', 'return "%s" % run.X.shape[0]',
        "return len(run.X) if run is not None else 0", "return len(run.X) if run != None else 0",
        "return len(run.X) if run else 0",
    ],
)  # fmt: skip
def test_those_of_its_data_do_not(tmp_path: Path, body: str) -> None:
    assert verdict(tmp_path, body) == "xy_only"


@pytest.mark.parametrize(
    "line",
    [
        'X.attrs["r"] = booster.best_iteration', "X.attrs.update(r=booster.best_iteration)",
        "X.values[:, 0] = booster.predict(X)", "a = X.to_numpy()\n    a[:, 0] = booster.predict(X)",
    ],
)  # fmt: skip
def test_what_is_written_into_a_view_is_in_the_data(tmp_path: Path, line: str) -> None:
    run = RUN.replace(KEEP, f"    {line}\n{KEEP}")
    assert verdict(tmp_path, "return run.X.sum(), run.X.attrs", run) == "trial_dynamics"


def test_a_new_column_of_a_part_stays_there(tmp_path: Path) -> None:
    line = 'part = X[X["a"] > 0]\n    part["p"] = booster.predict(part)'
    run = RUN.replace(KEEP, f"    {line}\n{KEEP}")
    assert verdict(tmp_path, "return run.X.sum()", run) == "xy_only"


@pytest.mark.parametrize(
    "body",
    [
        "return len(run.X) if run.gains else 0", "if not run.gains:\n        return 0\n    return len(run.X)",
        "if run.gains:\n        return 0\n    return len(run.X)", "return run.gains and run.X",
        "for _ in run.gains:\n        print(len(run.X))", "return [len(run.X) for _ in run.gains]",
    ],
)  # fmt: skip
def test_whether_there_are_results_and_how_many_is_a_read(tmp_path: Path, body: str) -> None:
    run = RUN.replace("    rounds: int\n", "    rounds: int\n    gains: list\n").replace(
        "booster.best_iteration)", "booster.best_iteration, [g for g in booster.feature_importance()])"
    )
    assert verdict(tmp_path, body, run) == "trial_dynamics"


def test_a_class_says_itself_when_it_is_true(tmp_path: Path) -> None:
    run = RUN.replace(
        "    rounds: int\n", "    rounds: int\n\n    def __bool__(self):\n        return self.rounds > 3\n"
    )
    assert verdict(tmp_path, "return len(run.X) if run else 0", run) == "trial_dynamics"
