"""What a report says about assumptions: the claims that rest on them, and the comments that are no use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seamcheck import api
from seamcheck.model.report import ScanReport

PROGRAM = """\
import lib
import numpy as np
import optuna
from sklearn.linear_model import LogisticRegression

def load(path):{on_def}
    return lib.load(path){inside}

def objective(trial):
    X, y = load("x.csv"), lib.load("y.csv")  # seamcheck: assume[deterministic] -- one file
    return LogisticRegression().fit(X, y).score(X, y)

study = optuna.create_study()
study.optimize(objective, n_trials=5)
"""


def scan(folder: Path, text: str, name: str = "tune.py") -> ScanReport:
    (folder / "pyproject.toml").write_text("")
    (folder / name).write_text(text, encoding="utf-8")
    return api.scan(api.ScanOptions((folder,), use_cache=False)).report


def program(on_def: str = "", inside: str = "") -> str:
    told = f"  # seamcheck: {on_def}" if on_def else ""
    return PROGRAM.format(on_def=told, inside=inside)


def codes(report: ScanReport) -> list[tuple[str, int]]:
    return [(f.code, f.location.line) for f in report.findings if f.code.startswith("SEAM90")]


def test_a_claim_lists_each_assumption_once_and_where_it_stands(tmp_path: Path) -> None:
    report = scan(tmp_path, program())
    (loop,) = report.loops
    text = "`lib.load` and `load` (tune.py:10) are deterministic: one file (assumed)"
    for claim in (loop.invariance, loop.evaluation):
        assert claim.verdict == "invariant"
        assert claim.assumptions.count(text) == 1
        assert [(s.message, s.location.line) for s in claim.assumed] == [(text, 10)]
    assert loop.seam.claim.assumed == ()
    assert codes(report) == []


def test_a_function_and_a_statement_are_both_listed(tmp_path: Path) -> None:
    (loop,) = scan(tmp_path, program("assume[pure] -- a copy")).loops
    assert [s.location.line for s in loop.invariance.assumed] == [6, 10]
    assert "`load` (tune.py:6) is deterministic and changes nothing it is given: a copy (assumed)" in (
        loop.invariance.assumptions
    )


def test_what_the_source_shows_is_not_assumed_away(tmp_path: Path) -> None:
    report = scan(tmp_path, program("assume[deterministic] -- one file", " * np.random.rand()"))
    assert report.loops[0].invariance.verdict == "variant"
    (found,) = [f for f in report.findings if f.code == "SEAM909"]
    assert (found.location.line, found.severity) == (6, "error")
    assert "tune.py:7" in found.message


def test_a_comment_without_a_reason_settles_nothing(tmp_path: Path) -> None:
    text = program().replace(" -- one file", "")
    report = scan(tmp_path, text)
    assert report.loops[0].invariance.verdict == "unknown"
    assert codes(report) == [("SEAM908", 10)]


def test_a_comment_on_what_is_known_is_unused(tmp_path: Path) -> None:
    text = program().replace(
        "study = ", "study = np.abs(1)  # seamcheck: assume[deterministic] -- known\nstudy = "
    )
    assert codes(scan(tmp_path, text)) == [("SEAM907", 13)]


def test_code_that_did_not_run_is_not_judged(tmp_path: Path) -> None:
    text = "def helper(x):  # seamcheck: assume[deterministic] -- never called\n    return x\n"
    assert codes(scan(tmp_path, text)) == []


def test_a_finding_about_an_assumption_can_be_suppressed(tmp_path: Path) -> None:
    text = program().replace(
        "study = ",
        "# seamcheck: ignore[SEAM907] -- kept for the next version\n"
        "study = np.abs(1)  # seamcheck: assume[deterministic] -- known\nstudy = ",
    )
    (found,) = [f for f in scan(tmp_path, text).findings if f.code == "SEAM907"]
    assert found.suppressed == "kept for the next version"


def test_a_consumer_is_not_classified_by_an_assumption(tmp_path: Path) -> None:
    text = program() + (
        "\ndef report(X):  # seamcheck: consumer[table]\n"
        "    Z = lib.table(X)  # seamcheck: assume[pure] -- a copy\n"
        "    print(Z)\n\nreport(lib.load('x.csv'))\n"
    )
    (consumer,) = [c for c in scan(tmp_path, text).consumers if c.name == "table"]
    assert consumer.claim.verdict == "unknown"
    assert consumer.claim.assumed == ()


def notebook(*cells: str) -> str:
    made = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for source in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize("torn", [False, True])
def test_in_a_notebook_a_comment_ends_with_its_cell(tmp_path: Path, torn: bool) -> None:
    first = (
        "import lib, optuna\nfrom sklearn.linear_model import LogisticRegression\n"
        "# seamcheck: assume[deterministic] -- one file"
    )
    rest = program().split("LogisticRegression\n", 1)[1].replace(
        "  # seamcheck: assume[deterministic] -- one file", ""
    ).lstrip("\n").replace("    X, y =", "    X, y =", 1)  # fmt: skip
    cells = [first, rest] if torn else [f"{first}\n{rest}"]
    text = notebook(*cells).replace('lib.load(\\"y.csv\\")', 'load(\\"y.csv\\")')
    report = scan(tmp_path, text, "tune.ipynb")
    (loop,) = report.loops
    assert loop.invariance.verdict == ("unknown" if torn else "invariant")
    assert [f.code for f in report.findings if f.code == "SEAM907"] == (["SEAM907"] if torn else [])
    if not torn:
        (step,) = loop.invariance.assumed
        assert (step.location.cell, step.location.cell_line) == (1, 3)
        assert "cell 1, line 3" in step.message


def test_a_verdict_and_its_assumptions_do_not_depend_on_the_cache(tmp_path: Path) -> None:
    scan(tmp_path, program("assume[pure] -- a copy"))
    options = api.ScanOptions((tmp_path,))
    first = api.scan(options).report.loops
    assert api.scan(options).report.loops == first
    assert first[0].invariance.assumed
