"""Which observed loop is which loop of the scan."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from seamcheck.libraries.load import model_files, rules_folder
from seamcheck.model.event import CallSeen
from seamcheck.verify.join import between, join, relocated
from seamcheck.verify.kinds import OBSERVED, compatible, of_a_project
from tests.verify.samples import loop, replay, scan, seen

MAIN = loop()
#: The same objective, tuned somewhere else.
TWICE = loop(function="again", line=40, end_line=40)
ELSEWHERE = loop(path="other.py", calls=(("other.py", 5, 5),))
OUTER = loop(kind="loop", function="<module>", line=15, end_line=40)


def by(loops: tuple[Any, ...], scanned: tuple[str, ...] = ("tune.py", "other.py"), **changes: Any) -> Any:
    """The id of the loop that the run was recognised as, and how."""
    found = [j for j in join(scan(*loops), replay(seen(**changes)), scanned) if j.runs]
    assert len(found) == 1
    assert len(found[0].runs) == 1
    return found[0].loop and found[0].loop.id, found[0].runs[0].by


@pytest.mark.parametrize("line", [20, 21, 22])
def test_by_a_line_of_the_statement(line: int) -> None:
    assert by((MAIN, TWICE, ELSEWHERE), line=line) == (MAIN.id, "place")


@pytest.mark.parametrize("line", [19, 23, None])
def test_a_line_beside_it_is_another_loop(line: int | None) -> None:
    assert by((MAIN,), line=line) == (None, None)


def test_the_smallest_statement_around_it() -> None:
    assert by((OUTER, MAIN), kind="optuna") == (MAIN.id, "place")
    inner = loop(kind="loop", line=18, end_line=25)
    assert by((OUTER, inner), kind="loop", line=18) == (inner.id, "place")
    assert by((OUTER, inner), kind="marked", line=20) == (inner.id, "place")


def test_a_plain_loop_is_told_by_its_first_line() -> None:
    assert by((OUTER,), kind="loop", line=15) == (OUTER.id, "place")
    assert by((OUTER,), kind="loop", line=18) == (None, None)
    assert by((OUTER,), kind="marked", line=18) == (OUTER.id, "place")


def test_a_loop_of_another_kind_is_not_meant() -> None:
    assert by((OUTER,), kind="search", line=20) == (None, None)


def test_on_the_same_lines_the_very_kind_then_the_calls_decide() -> None:
    asked = loop(kind="optuna.ask_tell")
    same = msgspec.structs.replace(MAIN, kind="optuna", id="exact")
    assert by((asked, same)) == ("exact", "place")
    other = loop(kind="optuna.ask_tell", calls=(("tune.py", 99, 99),))
    assert by((other, MAIN)) == (MAIN.id, "place")


def test_by_train_calls_where_the_place_is_not_in_what_was_scanned() -> None:
    for path, line in ((None, None), ("/somewhere/site-packages/tuner.py", 7)):
        assert by((MAIN, ELSEWHERE), path=path, line=line) == (MAIN.id, "train calls")


def test_train_calls_of_several_loops_name_none() -> None:
    (joined,) = [j for j in join(scan(MAIN, TWICE), replay(seen(path=None, line=None))) if j.runs]
    assert joined.loop is None
    assert joined.runs[0].candidates == (MAIN.id, TWICE.id)


def test_train_calls_do_not_move_a_loop_within_scanned_files() -> None:
    assert by((MAIN,), path="other.py", line=3) == (None, None)


def test_every_call_must_be_one_of_the_loop() -> None:
    stray = (CallSeen("lightgbm.train", "tune.py", 10, "predictor", 5),
             CallSeen("lightgbm.train", "tune.py", 77, "predictor", 5))  # fmt: skip
    assert by((MAIN,), path=None, line=None, calls=stray) == (None, None)
    assert by((MAIN,), path=None, line=None, calls=()) == (None, None)


def test_a_scaler_fitted_by_hand_does_not_matter() -> None:
    calls = (CallSeen("lightgbm.train", "tune.py", 11, "predictor", 5),
             CallSeen("sklearn.preprocessing.StandardScaler.fit", "tune.py", 8, "transformer", 5))  # fmt: skip
    assert by((MAIN,), path=None, line=None, calls=calls) == (MAIN.id, "train calls")


def test_a_tuner_of_the_project_is_known_by_its_calls() -> None:
    own = loop(kind="house.tune")
    assert of_a_project("house.tune")
    assert by((own,), path="/lib/house.py", line=1) == (own.id, "train calls")
    assert by((own,), path="tune.py", line=20) == (None, None)


def test_runs_of_one_place_belong_together() -> None:
    runs = replay(seen(id="a"), seen("unknown", id="b"))
    (joined,) = join(scan(MAIN), runs)
    assert [match.seen.id for match in joined.runs] == ["a", "b"]


def test_a_loop_that_did_not_run_has_no_runs() -> None:
    assert [(j.loop, j.runs) for j in join(scan(MAIN), replay())] == [(MAIN, ())]


@pytest.mark.parametrize(
    ("observed", "static", "wanted"),
    [
        ("optuna", "optuna.optimize", True),
        ("optuna", "optuna.ask_tell", True),
        ("optuna", "loop", False),
        ("loop", "loop", True),
        ("loop", "skopt.ask_tell", True),
        ("loop", "optuna.optimize", False),
        ("search", "GridSearchCV", True),
        ("search", "HalvingRandomSearchCV", True),
        ("search", "catboost.grid_search", True),
        ("search", "flaml.AutoML", False),
        ("hyperopt", "hyperopt.fmin", True),
        ("skopt", "skopt.gp_minimize", True),
        ("skopt", "BayesSearchCV", True),
        ("bayes_opt", "bayes_opt.maximize", True),
        ("flaml", "flaml.tune.run", True),
        ("flaml", "flaml.AutoML", True),
        ("marked", "loop", True),
        ("ray", "ray.tune.run", True),
        ("ray", "optuna.optimize", False),
    ],
)
def test_kinds(observed: str, static: str, wanted: bool) -> None:
    assert compatible(observed, static) is wanted


def test_every_pattern_is_a_kind_that_a_model_gives() -> None:
    import re
    from fnmatch import fnmatchcase

    words = {"loop", "search"}
    for path in model_files(rules_folder()):
        words.update(re.findall(r'kind = "([^"]+)"', path.read_text(encoding="utf-8")))
    for row in OBSERVED.values():
        for pattern in row:
            assert any(fnmatchcase(word, pattern) for word in words), pattern


def test_paths_of_another_root() -> None:
    told = between("/home/project", "/home/project/src")
    assert told("src/tune.py") == "tune.py"
    assert told("setup.py") == "/home/project/setup.py"
    assert told(None) is None
    assert between("/a", "/a")("x.py") == "x.py"
    moved = relocated(replay(seen("differs", path="src/tune.py")), told)
    assert moved.loops[0].path == "tune.py"
    assert moved.loops[0].calls[0].path == "/home/project/tune.py"
    assert moved.loops[0].varying[0].path == "/home/project/tune.py"


def test_another_program_around_the_same_objective_is_another_loop() -> None:
    for path in ("scripts/again.py", "/home/of/another/again.py"):
        assert by((MAIN,), path=path, line=7) == (None, None)
