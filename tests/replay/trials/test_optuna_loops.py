from __future__ import annotations

import threading
from typing import Any

import optuna
import pytest

from seamcheck.replay import session
from tests.replay.trials.conftest import Recorder

optuna.logging.set_verbosity(optuna.logging.ERROR)


def _line() -> int:
    import sys

    return sys._getframe(1).f_lineno


def test_each_objective_call_is_a_trial_of_the_optimize_call(recorder: Recorder) -> None:
    def objective(trial: optuna.Trial) -> float:
        recorder.train("same")
        return trial.suggest_float("x", 0, 1)

    study = optuna.create_study()
    line = _line() + 1
    study.optimize(objective, n_trials=3)
    study.optimize(objective, n_trials=2)
    assert recorder.trials() == [("optuna", n) for n in (0, 1, 2, 0, 1)]
    first, second = recorder.loops()
    assert (first.path, first.line, first.serial) == ("test_optuna_loops.py", line, 0)
    assert second.line == line + 1
    assert len(study.trials) == 5


def test_one_place_reached_again_is_a_run_of_its_own(recorder: Recorder) -> None:
    for _ in range(2):
        optuna.create_study().optimize(lambda trial: recorder.train(1) or 0.0, n_trials=2)
    assert [loop.serial for loop in recorder.loops()] == [0, 1]


def test_threads_of_optimize(recorder: Recorder) -> None:
    seen = set()

    def objective(trial: optuna.Trial) -> float:
        seen.add(threading.get_ident())
        recorder.train("same")
        return 0.0

    optuna.create_study().optimize(objective, n_trials=6, n_jobs=2)
    assert sorted(recorder.trials()) == [("optuna", n) for n in range(6)]
    assert {event.fold for event in recorder.events} == {None}
    assert threading.get_ident() not in seen


def test_pruned_and_failed_trials_count(recorder: Recorder) -> None:
    def objective(trial: optuna.Trial) -> float:
        recorder.train("same")
        if trial.number == 0:
            raise optuna.TrialPruned
        if trial.number == 1:
            raise ValueError("a fault of the program")
        return 0.0

    study = optuna.create_study()
    study.optimize(objective, n_trials=3, catch=ValueError)
    assert [trial.state.name for trial in study.trials] == ["PRUNED", "FAIL", "COMPLETE"]
    assert recorder.trials() == [("optuna", n) for n in range(3)]
    recorder.train("after")
    assert recorder.trials()[-1] == (None, None)


@pytest.mark.parametrize("given", [{"n_trials": 10}, {"n_trials": None, "timeout": 60}, {}])
def test_the_limit_holds_for_each_optimize_call(recorder: Recorder, given: dict[str, Any]) -> None:
    recorder.session.limit = 2
    study = optuna.create_study()
    study.optimize(lambda trial: 0.0, **given)
    study.optimize(lambda trial: 0.0, **given)
    assert len(study.trials) == 4


def test_a_study_inside_an_objective_has_trials_of_its_own(recorder: Recorder) -> None:
    def inner(trial: optuna.Trial) -> float:
        recorder.train("inner")
        return 0.0

    def outer(trial: optuna.Trial) -> float:
        optuna.create_study().optimize(inner, n_trials=2)
        recorder.train("outer")
        return 0.0

    optuna.create_study().optimize(outer, n_trials=2)
    loops = [(event.loop, event.trial) for event in recorder.events]
    assert [number for _, number in loops] == [0, 1, 0, 0, 1, 1]
    assert loops[2][0] == loops[5][0]
    assert len(recorder.loops()) == 3


def test_a_trial_runs_from_ask_until_tell(recorder: Recorder) -> None:
    study = optuna.create_study()
    for _ in range(3):
        line = _line() + 1
        trial = study.ask()
        x = trial.suggest_float("x", 0, 1)
        recorder.train("same")
        study.tell(trial, x)
        recorder.train("between")
    assert recorder.trials() == [
        ("optuna", 0),
        (None, None),
        ("optuna", 1),
        (None, None),
        ("optuna", 2),
        (None, None),
    ]
    assert [(loop.line, loop.serial) for loop in recorder.loops()] == [(line, 0)]
    assert not recorder.notes("problem")


def test_tell_by_number(recorder: Recorder) -> None:
    study = optuna.create_study()
    for _ in range(2):
        trial = study.ask()
        recorder.train("same")
        study.tell(trial.number, 1.0)
    recorder.train("after")
    assert recorder.trials() == [("optuna", 0), ("optuna", 1), (None, None)]


def test_of_trials_asked_at_once_the_one_that_suggests_runs(recorder: Recorder) -> None:
    study = optuna.create_study()
    for trial in [study.ask() for _ in range(3)]:
        x = trial.suggest_float("x", 0, 1)
        recorder.train("same")
        study.tell(trial, x)
    assert recorder.trials() == [("optuna", n) for n in range(3)]
    assert not recorder.notes("problem")


def test_trials_asked_at_once_and_trained_at_once_are_not_told_apart(recorder: Recorder) -> None:
    study = optuna.create_study()
    asked = [study.ask({"x": optuna.distributions.FloatDistribution(0, 1)}) for _ in range(3)]
    for trial in asked:
        recorder.train(trial.params["x"])
    for trial in asked:
        study.tell(trial, 0.0)
    (note,) = recorder.notes("problem")
    assert note.loop is not None
    assert "not known" in note.message


def test_a_thread_of_the_objective_works_for_its_trial(recorder: Recorder) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def objective(trial: optuna.Trial) -> float:
        thread = threading.Thread(target=recorder.train, args=("by hand",))
        thread.start()
        thread.join()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(recorder.train, range(3)))
        return 0.0

    optuna.create_study().optimize(objective, n_trials=2)
    for number in range(2):
        mine = [event for event in recorder.events if event.trial == number]
        assert sorted(str(event.fold) for event in mine) == ["0", "0", "1", "2"]


def test_a_pool_made_before_the_trials_works_for_each(recorder: Recorder) -> None:
    from concurrent.futures import ThreadPoolExecutor
    from multiprocessing.pool import ThreadPool

    with ThreadPoolExecutor(1) as pool, ThreadPool(1) as other:

        def objective(trial: optuna.Trial) -> float:
            pool.submit(recorder.train, "a").result()
            other.map(recorder.train, "bc")
            other.starmap(recorder.train, [("d",), ("e",)])
            list(other.imap_unordered(recorder.train, iter("f")))
            other.apply(recorder.train, ("g",))
            return 0.0

        optuna.create_study().optimize(objective, n_trials=2)
    for number in range(2):
        mine = [event for event in recorder.events if event.trial == number]
        assert [event.fold for event in mine] == ["0", "0", "1", "0", "1", "0", "0"]


def test_without_a_session_nothing_happens(recorder: Recorder) -> None:
    session.start(None)
    study = optuna.create_study()
    study.optimize(lambda trial: 0.0, n_trials=2)
    study.tell(study.ask(), 0.0)
    assert recorder.written == []


def test_callbacks_that_write_are_left_out(recorder: Recorder) -> None:
    seen = []

    class MLflowCallback:
        __module__ = "optuna_integration.mlflow.mlflow"

        def __call__(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
            raise AssertionError

    optuna.create_study().optimize(
        lambda trial: 0.0,
        n_trials=2,
        callbacks=[MLflowCallback(), lambda study, trial: seen.append(trial.number)],
    )
    assert seen == [0, 1]
    assert [note.message for note in recorder.notes("left_out")] == [
        "callback MLflowCallback: it writes outside the program"
    ]


def test_a_mode_ends_trials_at_their_seam(recorder: Recorder) -> None:
    from seamcheck.replay import modes

    modes.install(recorder.session, "hash_only_until_seam")
    trained = []

    def objective(trial: optuna.Trial) -> float:
        recorder.train("same")
        trained.append(trial.number)
        return 0.0

    study = optuna.create_study()
    study.optimize(objective, n_trials=3)
    assert [trial.state.name for trial in study.trials] == ["PRUNED"] * 3
    assert recorder.trials() == [("optuna", n) for n in range(3)]
    assert trained == []


def test_trials_handed_to_a_pool_are_no_folds(recorder: Recorder) -> None:
    from concurrent.futures import ThreadPoolExecutor

    loop = recorder.session.loop("loop", session.user_place())

    def run(number: int) -> None:
        with recorder.session.trial(loop, number), ThreadPoolExecutor(1) as pool:
            pool.submit(recorder.train, "inner").result()
            with recorder.session.marked("cell", "3"):
                recorder.train("marked")

    with ThreadPoolExecutor(1) as pool:
        list(pool.map(run, range(2)))
    assert [(event.trial, event.fold) for event in recorder.events] == [
        (0, "0"),
        (0, "3"),
        (1, "0"),
        (1, "3"),
    ]
