"""The reports on replays: for people, and as ``seamcheck.replay/1``."""

from __future__ import annotations

import re
from typing import Literal

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from seamcheck.model.comparison import LoopComparison, RunComparison
from seamcheck.model.event import CallSeen, LoopSeen, ReplayReport, Varying
from seamcheck.report import replay_json, replay_text

TRAIN = CallSeen("lightgbm.train", "tune.py", 40, "predictor", 5)
LOST = "records could not be written (full disk?)"
REPORT = ReplayReport(
    "20260131-120000-0a1b2c3d",
    "seamcheck-ch/1",
    "ok",
    (
        LoopSeen("tune.py::optuna#1", "optuna", "tune.py", 60, 5, "equal", (), "differs", (TRAIN,)),
        LoopSeen(
            "tune.py::optuna#2",
            "optuna",
            "tune.py",
            70,
            5,
            "differs",
            (
                Varying("X", tuple(f"feature_{n}" for n in range(9)), "tune.py", 40, (0, 3)),
                Varying("y", None, "tune.py", 40),
                Varying("eval.X", ("a",), "tune.py", 40),
            ),
            None,
            (TRAIN, CallSeen("sklearn.preprocessing.StandardScaler.fit", "tune.py", 30, "transformer", 1)),
            ("a transformer at tune.py:30 was fitted on different X; this decides nothing",),
        ),
        LoopSeen(
            "?::loop#1",
            "loop",
            None,
            None,
            1,
            "unknown",
            (),
            "equal",
            (),
            ("only one trial was hashed", LOST),
        ),
    ),
    (
        CallSeen("sklearn.svm.SVC.fit", "tune.py", 90, "predictor", 1),
        CallSeen("a.B.fit", None, None, "predictor", 2),
    ),
    (LOST, "left out: mlflow"),
)
EQUAL = ReplayReport("r", "seamcheck-ch/1", "ok", REPORT.loops[:1], (), ())
NOTHING = ReplayReport("r", "seamcheck-ch/1", "exit code 1", (), (), ())
REPORTS = {"full": REPORT, "equal": EQUAL, "nothing": NOTHING}
COMPARISON = RunComparison(
    ("20260131-120000-0a1b2c3d", "20260131-130000-0a1b2c3d"),
    "differs",
    (
        LoopComparison("tune.py::optuna#1", (5, 5), "same"),
        LoopComparison("tune.py::optuna#2", (2, 1), "differs", REPORT.loops[1].varying, ("only in one run",)),
    ),
    ("in 20260131-120000-0a1b2c3d: unhooked: child 7",),
)  # fmt: skip


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    pass


class L(Strict):
    path: str
    line: int
    column: int
    end_line: int


class V(Strict):
    role: str
    columns: list[str] | None
    call: L | None


class C(Strict):
    api: str
    location: L | None
    part: Literal["predictor", "transformer", "fold"]
    events: int


class LoopJson(Strict):
    id: str
    kind: str
    location: L | None
    trials: int
    verdict: Literal["equal", "differs", "unknown"]
    varying: list[V]
    folds: Literal["equal", "differs"] | None
    calls: list[C]
    problems: list[str]


class Document(Strict):
    schema: Literal["seamcheck.replay/1"]
    run: str
    spec: str
    exit: str
    loops: list[LoopJson]
    outside: list[C]
    problems: list[str]


@pytest.mark.parametrize("name", REPORTS)
def test_json_has_exactly_the_schema(name: str, snapshot: SnapshotAssertion) -> None:
    text = replay_json.render(REPORTS[name])
    document = msgspec.json.decode(text, type=Document)
    assert msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n" == text
    assert text == snapshot


@pytest.mark.parametrize("name", REPORTS)
def test_text(name: str, snapshot: SnapshotAssertion) -> None:
    assert replay_text.render(REPORTS[name]) == snapshot


def test_comparison(snapshot: SnapshotAssertion) -> None:
    assert replay_text.render_comparison(COMPARISON) == snapshot
    assert replay_json.render_comparison(COMPARISON) == snapshot


def test_colour_changes_nothing_but_colour() -> None:
    for plain, coloured in (
        (replay_text.render(REPORT), replay_text.render(REPORT, color=True)),
        (replay_text.render_comparison(COMPARISON), replay_text.render_comparison(COMPARISON, color=True)),
    ):
        assert "\x1b[" in coloured
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_odd_file_names() -> None:
    odd = msgspec.structs.replace(EQUAL, problems=("\udcff.py",))
    assert "udcff" in replay_json.render(odd)
