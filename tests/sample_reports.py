"""Reports made by hand, with every shape that a renderer must cope with."""

from __future__ import annotations

import msgspec

from seamcheck.model import (
    Claim,
    Consumer,
    Finding,
    Location,
    Loop,
    NearMiss,
    Objective,
    Problem,
    Read,
    Reason,
    ScanReport,
    Seam,
    Step,
    TrainCall,
)

TUNE = """\
import optuna
import lightgbm as lgb

frame = load("prices.parquet")


def objective(trial):
    frame["x"] *= trial.suggest_float("scale", 0.5, 2.0)
\tpart = frame.sample(frac=0.5)
    return lgb.train({}, lgb.Dataset(part.drop(columns="y"), part["y"])).best_score


def main():
    study = optuna.create_study()
    study.optimize(objective, n_trials=10)
"""
SOURCES = {
    "tune.py": TUNE,
    "book.ipynb": "X, y = load()\nmodel = make()\n\nsteps = []\nsearch = GridSearchCV(model, {})\nsearch.fit(X, y)\n",
    "s40.py": "def report(X, y):\n    print(X.describe())\n",
    "s28.py": "def probe(run, what):\n    return getattr(run, what)\n",
}


def sources(path: str) -> list[str]:
    """The lines of a made-up file; none for one that has vanished."""
    return SOURCES.get(path, "").splitlines()


def at(
    path: str, line: int, column: int = 1, end_line: int = 0, cell: int = 0, cell_line: int = 0
) -> Location:
    return Location(path, line, column, end_line, cell, cell_line)


MUTATION = Reason(
    "mutation",
    "`frame` outlives the trial and is changed in place",
    "frame",
    at("tune.py", 8, 5),
    (Step("`frame` is made once, before the loop", at("tune.py", 4)),),
)
DRAW = Reason("random", "`sample` draws rows without a seed", "part", at("tune.py", 9, 9))

LOOP = Loop(
    id="tune.py::main::optuna.optimize::0",
    kind="optuna.optimize",
    function="main",
    location=at("tune.py", 15, 5, 15),
    objective=Objective("objective", at("tune.py", 7)),
    train_calls=(TrainCall("lightgbm.train", "objective", at("tune.py", 10, 12)),),
    invariance=Claim("variant", reasons=(MUTATION, DRAW)),
    evaluation=Claim(
        "unknown", reasons=(Reason("external", "`load` is not part of the scan", None, at("tune.py", 4, 9)),)
    ),
    seam=Seam(
        Claim(
            "clean",
            (Step("X and y are complete here", at("tune.py", 9)),),
            assumptions=("`load` reads eagerly",),
        ),
        at("tune.py", 9),
        ("part",),
    ),
    data=("train",),
)
SEARCH = Loop(
    id="book.ipynb::<module>::sklearn.GridSearchCV::0",
    kind="sklearn.GridSearchCV",
    function="<module>",
    location=at("book.ipynb", 5, 1, 6, cell=4, cell_line=2),
    objective=None,
    train_calls=(),
    invariance=Claim(
        "invariant", (Step("X and y are made before the search", at("book.ipynb", 1, cell=2, cell_line=1)),)
    ),
    evaluation=Claim("invariant"),
    seam=Seam(
        Claim(
            "none",
            reasons=(
                Reason(
                    "lazy",
                    "a resampler runs inside the fitted pipeline",
                    "X",
                    at("book.ipynb", 4, cell=4, cell_line=1),
                ),
            ),
        )
    ),
)
CONSUMERS = (
    Consumer(
        "s28.py::probe::consumer::0",
        "s28",
        "probe",
        at("s28.py", 1),
        Claim(
            "unknown",
            reasons=(Reason("dynamic", "the attribute is decided at run time", "what", at("s28.py", 2, 12)),),
        ),
        (Read("getattr(run, what)", "unknown", at("s28.py", 2, 12)),),
    ),
    Consumer(
        "s40.py::report::consumer::0",
        "report",
        "report",
        at("s40.py", 1),
        Claim(
            "xy_only",
            (Step("`X` is the captured frame", at("s40.py", 1)),),
            assumptions=("callers pass what `capture` stored",),
        ),
        (Read("X", "data", at("s40.py", 2, 11)),),
        "xy_only",
    ),
    Consumer(
        "audit.py::Audit.run::consumer::0",
        "Audit.run",
        "Audit.run",
        at("audit.py", 30),
        Claim(
            "trial_dynamics", (Step("`booster.best_iteration` is a result of training", at("audit.py", 31)),)
        ),
        (
            Read("booster.best_iteration", "dynamics", at("audit.py", 31)),
            Read("X", "data", at("audit.py", 32)),
        ),
    ),
)
FINDINGS = (
    Finding(
        "SEAM101",
        "unknown-consumer",
        "note",
        "s28 needs the full replay: the attribute is decided at run time",
        at("s28.py", 2, 12),
    ),
    Finding(
        "SEAM302",
        "unseeded-randomness",
        "warning",
        "`part` is drawn anew in every trial",
        at("tune.py", 9, 9),
        fix="add `random_state=0` at line 9",
    ),
    Finding(
        "SEAM305",
        "mutated-across-trials",
        "error",
        "trials train on what earlier trials left in `frame`",
        at("tune.py", 8, 5),
        MUTATION.flow,
        "copy it first in the objective: `frame = frame.copy()` before line 8",
        "f1",
    ),
    Finding(
        "SEAM302",
        "unseeded-randomness",
        "warning",
        "another draw",
        at("audit.py", 3),
        suppressed="drawn anew on purpose",
    ),
    Finding(
        "SEAM201",
        "no-clean-seam",
        "warning",
        "a resampler runs inside the fitted pipeline",
        at("book.ipynb", 5, 10, 5, cell=4, cell_line=2),
    ),
    Finding("SEAM901", "unparsable-file", "warning", "Python 2 print statement", at("old.py", 2)),
)
FULL = ScanReport(
    "0.0.0",
    "/nowhere",
    5,
    (
        Problem("old.py", 2, "Python 2 print statement"),
        Problem("gone.py", 0, "vanished while it was read"),
        Problem("book.ipynb", 9, "a statement is not finished", 7, 2),
    ),
    (LOOP, SEARCH),
    CONSUMERS,
    FINDINGS,
)
NO_LOOP = ScanReport(
    "0.0.0", "/nowhere", 2, (), (), (), (),
    (NearMiss("`sweeper.Sweep` looks like a tuner; there is no model for `sweeper`", at("train.py", 12, 5)),),
    ("optuna", "scikit-learn searches", "loops over configurations that train"),
)  # fmt: skip
CLEAN = msgspec.structs.replace(FULL, problems=(), loops=(SEARCH,), consumers=(), findings=())
EMPTY = ScanReport("0.0.0", "/nowhere", 0, (), (), (), ())
