"""A function that is given up leaves no good verdict behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck import api
from seamcheck.flow import program
from seamcheck.flow.engine import TOO_LARGE
from seamcheck.model.scan import ScanOptions

HEAD = """import optuna
from sklearn.linear_model import Ridge

def main(X, y):
    def objective(trial):
        model = Ridge(alpha=trial.suggest_float("a", 0, 1)).fit(X, y)
        score = model.score(X, y)
"""
TAIL = """        return score

    optuna.create_study().optimize(objective, n_trials=5)
"""


@pytest.mark.parametrize(("budget", "verdict"), [(program.SMALL_BUDGET, "invariant"), (10, "unknown")])
def test_a_loop_that_was_running(
    budget: int, verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "SMALL_BUDGET", budget)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "main.py").write_text(HEAD + "        score += 1\n" * 100 + TAIL)
    (loop,) = api.scan(ScanOptions((tmp_path,), use_cache=False)).report.loops
    assert loop.invariance.verdict == verdict
    told = [r.message for r in loop.invariance.reasons]
    assert (TOO_LARGE in told) == (verdict == "unknown")
