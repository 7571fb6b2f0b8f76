from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys
from seamcheck.replay import session, trials
from seamcheck.replay.session import Session
notes = []
made = Session("run", ".", None, notes.append)
session.start(made)
trials.install(made)
import mlflow
mlflow.set_tracking_uri("file://" + os.getcwd() + "/mine")
mlflow.set_experiment("an experiment")
with mlflow.start_run():
    mlflow.log_param("a", 1)
    mlflow.log_metric("b", 2.0)
    mlflow.log_dict({"c": 3}, "c.json")
client = mlflow.MlflowClient(tracking_uri="file://" + os.getcwd() + "/theirs")
assert client.get_experiment_by_name("an experiment") is not None
mlflow.autolog()
print(os.environ["SEAMCHECK_MLFLOW"])
print(sorted({note.kind for note in notes}))
"""


def test_mlflow_runs_are_gone_at_the_end(tmp_path: Path) -> None:
    pytest.importorskip("mlflow")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    folder, kinds = done.stdout.split("\n")[:2]
    assert kinds == "['left_out']"
    assert not Path(folder).exists()
    assert list(tmp_path.iterdir()) == []
