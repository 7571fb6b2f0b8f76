"""Runs ``seamcheck`` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

#: One trial loop that is variant because of an unseeded split.
GOOD = """import optuna
from sklearn.datasets import load_iris
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split


def objective(trial):
    X, y = load_iris(return_X_y=True)
    X_train, X_valid, y_train, y_valid = train_test_split(X, y)
    model = Ridge(alpha=trial.suggest_float("alpha", 0.1, 10.0))
    model.fit(X_train, y_train)
    return model.score(X_valid, y_valid)


study = optuna.create_study()
study.optimize(objective, n_trials=10)
"""


def run(
    command: str, folder: Path, *args: str, seed: str = "0", timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """``seamcheck COMMAND`` in a folder, with a hash seed."""
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    return subprocess.run(
        [sys.executable, "-m", "seamcheck", command, *args],
        cwd=folder, capture_output=True, text=True, env=env, timeout=timeout, encoding="utf-8",
    )  # fmt: skip


def scan(
    folder: Path, *args: str, seed: str = "0", timeout: float = 120, cache: bool = False
) -> subprocess.CompletedProcess[str]:
    """``seamcheck scan`` in a folder, with a hash seed."""
    more = () if cache else ("--no-cache",)
    return run("scan", folder, *more, *args, seed=seed, timeout=timeout)
