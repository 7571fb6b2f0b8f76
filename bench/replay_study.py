"""What a replay costs a study, and what it takes to get at its data: ``python -m bench.replay_study --scale 0.1``.

Whole processes, plain and replayed by turns, ratios repeat by repeat. The study is the one that the issue names at
scale 1: a million rows, 50 columns, 20 rounds, 10 trials.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.measure import SEAMCHECK, DidNotFinish, Series, ratios, run

ROWS, COLUMNS, ROUNDS, TRIALS = 1_000_000, 50, 20, 10
STUDY = """
import sys
import numpy as np
import lightgbm as lgb
import optuna

rows, columns, rounds, trials = map(int, sys.argv[1:5])
rng = np.random.default_rng(0)
X = np.asfortranarray(rng.normal(size=(rows, columns)))
y = X[:, 0] - X[:, 1] * X[:, 2] + rng.normal(size=rows)
# Some preparation: rolling means and ranks of each column.
kernel = np.ones(48) / 48
for column in range(columns):
    X[:, column] -= np.convolve(X[:, column], kernel, mode="same")
    X[:, column] += np.argsort(np.argsort(X[:, column])) / rows
if "prep" in sys.argv:
    raise SystemExit

def objective(trial):
    params = {"num_leaves": trial.suggest_int("num_leaves", 8, 64), "verbosity": -1, "num_threads": 2, "seed": 1}
    booster = lgb.train(params, lgb.Dataset(X, y), num_boost_round=rounds)
    return float(booster.num_trees())

optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
study.optimize(objective, n_trials=trials)
"""
Row = tuple[str, str, str]


def rows(scale: float = 1.0, repeats: int = 3, folder: Path | None = None) -> list[Row]:
    """(what, measured, required) for each figure."""
    with tempfile.TemporaryDirectory(prefix="seamcheck-bench-", dir=folder) as name:
        here = Path(name)
        (here / "study.py").write_text(STUDY, encoding="utf-8")
        words = ["study.py", *(str(n) for n in (int(ROWS * scale), COLUMNS, ROUNDS, TRIALS))]
        plain, ours = [sys.executable, *words], [*SEAMCHECK, "replay", "run", "--output", "json:report.json"]
        size = f"{int(ROWS * scale)} × {COLUMNS}, {ROUNDS} rounds, {TRIALS} trials"
        try:
            whole = _pairs(here, repeats, plain, [*ours, *words])
            seam = _pairs(here, repeats, [*plain, "prep"], [*ours, "--dataset-only", *words])
        except DidNotFinish as error:
            return [(f"replayed LightGBM study ({size})", f"**did not finish**: {error}", "completes")]
    return [
        (f"replayed LightGBM study ({size}): wall / plain run", _ratio(whole), "≤ 1.02 ×"),
        ("the same, seconds", _seconds(whole), ""),
        ("dataset_only of the same study: wall / its prep alone", _ratio(seam), "≤ 1.1 ×"),
        ("the same, seconds", _seconds(seam), ""),
    ]


def _pairs(folder: Path, repeats: int, plain: list[str], ours: list[str]) -> tuple[Series, Series]:
    """Seconds on the wall of both, by turns. The first replay scans the program; later ones find it unchanged."""
    first, second = Series(), Series()
    for _ in range(repeats):
        first.add(run(plain, folder).wall)
        second.add(run(ours, folder).wall)
    return first, second


def _ratio(pair: tuple[Series, Series]) -> str:
    return ratios(pair[1], pair[0]).text(" ×", 3)


def _seconds(pair: tuple[Series, Series]) -> str:
    return f"{pair[1].text(' s', 1)}; plain {pair[0].text(' s', 1)}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.replay_study", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="of a million rows")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    for what, measured, required in rows(arguments.scale, arguments.repeats):
        print(f"{what}\n    {measured}    [{required}]")
