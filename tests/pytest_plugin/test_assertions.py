from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from seamcheck.api import replayed
from seamcheck.model.event import Event, Note
from seamcheck.pytest_plugin import assert_same_capture, assert_trial_invariant
from seamcheck.replay.log import RunLog, create_run
from seamcheck.replay.summary import summarise
from tests.replay.made_events import LOOP, event, role, run, table

END = Note("end", "ok")


def recorded(base: Path, events: Iterable[Event], *notes: Note) -> Path:
    """A run on disk."""
    made = create_run(base)
    log = RunLog(made.folder)
    for record in (*events, *notes):
        log.write(msgspec.structs.replace(record, run=made.id) if isinstance(record, Event) else record)
    log.close()
    return made.folder


def fails(*args: object, **more: object) -> str:
    with pytest.raises(AssertionError) as caught:
        assert_trial_invariant(*args, **more)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_run_is_named_by_folder_id_report_or_not_at_all(tmp_path: Path) -> None:
    folder = recorded(tmp_path, [event(0), event(1)], END)
    assert_trial_invariant(folder)
    assert_trial_invariant(folder.name[:20], runs=tmp_path)
    assert_trial_invariant(runs=tmp_path)
    assert_trial_invariant(replayed(str(folder)))


def test_what_varies_is_named_by_role_column_and_call(tmp_path: Path) -> None:
    trials = [event(at, table("X", a="1", vol_10=str(at)), role("y", str(at))) for at in range(3)]
    text = fails(recorded(tmp_path, trials, END))
    assert text.startswith(
        "differs: train.py::optuna#1: its trials were not given the same training data (X, y)"
    )
    assert "X at train.py:40: 1 column: vol_10" in text


@pytest.mark.parametrize(
    ("events", "notes", "words"),
    [
        ([], [END], "unknown: no trial was seen in this run: no events prove nothing"),
        ([event(None)], [END], "unknown: no trial was seen"),
        ([event(0)], [END], "only one trial was hashed"),
        ([event(0), event(1, role("X", None), role("y", "y"))], [END], "could not be hashed"),
        ([event(0), event(1)], [END, Note("trial", "", LOOP, 2)], "trial 2 made no train call"),
        (
            [event(0), event(1)],
            [],
            "unknown: the program did not come to its end (not known: the run was killed",
        ),
        ([event(0), event(1)], [Note("end", "ValueError: no")], "did not come to its end (ValueError: no)"),
        (
            [event(0), event(1)],
            [END, Note("canary", "a hook")],
            "unknown: train.py::optuna#1: canary: a hook",
        ),
    ],
)
def test_what_is_not_known_never_passes(
    tmp_path: Path, events: list[Event], notes: list[Note], words: str
) -> None:
    text = fails(recorded(tmp_path, events, *notes))
    assert text.startswith("unknown")
    assert words in text


def test_eval_sets_do_not_decide_but_folds_inside_calls_do() -> None:
    scored = [event(at, role("X", "x"), role("eval.X", str(at))) for at in range(2)]
    assert_trial_invariant(summarise(run(scored)))
    report = summarise(run([event(0), event(1)]))
    (loop,) = report.loops
    for folds, words in (("differs", "split the rows another way"), (None, "not seen as a whole")):
        calls = tuple(msgspec.structs.replace(call, part="fold") for call in loop.calls)
        changed = msgspec.structs.replace(loop, folds=folds, calls=calls)
        assert words in fails(msgspec.structs.replace(report, loops=(changed,)))
    one = msgspec.structs.replace(loop, trials=1)
    assert "only one trial" in fails(msgspec.structs.replace(report, loops=(loop, one)))


def test_no_such_run(tmp_path: Path) -> None:
    assert fails(runs=tmp_path).startswith("unknown: ")
    assert "there is no such run" in fails(tmp_path / "none")


# -- two captures ------------------------------------------------------------------------------------


def differ(a: object, b: object, **more: object) -> str:
    with pytest.raises(AssertionError) as caught:
        assert_same_capture(a, b, **more)  # type: ignore[arg-type]
    return str(caught.value)


def test_two_runs(tmp_path: Path) -> None:
    one, same = (recorded(tmp_path, [event(0), event(1)], END) for _ in range(2))
    other = recorded(tmp_path, [event(0), event(1, table("X", a="2"))], END)
    assert_same_capture(one, same)
    assert_same_capture(one.name, str(same), runs=tmp_path)
    text = differ(one, other)
    assert text.startswith("differs: the two runs were not given the same data")
    assert "X at train.py:40" in text
    empty = recorded(tmp_path, [], END)
    assert differ(empty, empty).startswith("unknown: not all was seen")
    assert differ(one, tmp_path / "none").startswith("unknown: ")
    assert "cannot be compared" in differ(one, {"X": [1]})


def test_data_in_memory() -> None:
    pd = pytest.importorskip("pandas")
    np = pytest.importorskip("numpy")
    X = pd.DataFrame({"a": np.arange(5.0), "b": np.arange(5)})
    y = pd.Series([0, 1, 0, 1, 1])
    assert_same_capture(X, X.copy())
    assert_same_capture({"X": X, "y": y}, {"X": X.copy(), "y": y.copy()})
    changed = X.copy()
    changed.loc[3, "b"] = 9
    text = differ({"X": X, "y": y}, {"X": changed, "y": y})
    assert text == "differs: X: column b: blocks of 65 536 rows 0, first rows 3"
    assert differ({"X": X}, {"X": X, "y": y}) == "differs: y is only in the second capture"
    assert "shape 5 x 2 and 4 x 2" in differ(X, X.head(4))
    assert "only in the first: b" in differ(X, X[["a"]])
    assert "column b: type" in differ(X, X.astype({"b": "float64"}))
    assert "another order" in differ(X, X[["b", "a"]])
    assert_same_capture(X, X.set_index(y))
    assert "the index" in differ(X, X.set_index(y), profile="strict")


def test_what_cannot_be_hashed_is_not_the_same() -> None:
    pytest.importorskip("numpy")
    thing = object()
    assert differ({"X": thing}, {"X": thing}).startswith("unknown: X cannot be hashed: ")
    assert differ({}, {}) == "unknown: both captures are empty: there is nothing to compare"
