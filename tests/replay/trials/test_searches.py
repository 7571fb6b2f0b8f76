from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    RandomizedSearchCV,
    cross_val_score,
    cross_validate,
)

from seamcheck.replay.session import current
from tests.replay.trials.conftest import Recorder

X = np.arange(120.0).reshape(60, 2)
Y = np.arange(60) % 2


class Told(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Tells the session of each fit, as a hook does."""

    def __init__(self, a: int = 0) -> None:
        self.a = a

    def fit(self, X: Any, y: Any) -> Told:
        self.classes_ = np.unique(y)
        session = current()
        if session is not None:
            with session.train_call("Told.fit", "predictor", lambda: [("X", 0, X.tolist())]):
                pass
        return self

    def predict(self, X: Any) -> Any:
        return np.full(len(X), self.a % 2)


def _keys(recorder: Recorder) -> list[tuple[int | None, str | None]]:
    return [(event.trial, event.fold) for event in recorder.events if event.loop is not None]


def _by_fold(recorder: Recorder) -> dict[str | None, set[str]]:
    """Digests of X by fold."""
    found: dict[str | None, set[str]] = {}
    for event in recorder.events:
        if event.loop is not None:
            digests = event.roles[0].digests
            assert digests is not None
            found.setdefault(event.fold, set()).add(digests.train)
    return found


@pytest.mark.parametrize("jobs", [{}, {"n_jobs": 2}])
def test_candidates_are_trials_and_splits_are_folds(recorder: Recorder, jobs: dict[str, int]) -> None:
    import joblib

    search = GridSearchCV(Told(), {"a": [1, 2, 3]}, cv=KFold(2), **jobs)
    with joblib.parallel_config("threading"):
        search.fit(X, Y)
    assert sorted(_keys(recorder)) == [(n, fold) for n in range(3) for fold in ("0", "1")]
    assert all(len(digests) == 1 for digests in _by_fold(recorder).values())
    (loop,) = recorder.loops()
    assert (loop.kind, loop.path) == ("search", "test_searches.py")
    refit = [event for event in recorder.events if event.loop is None]
    assert len(refit) == 1


def test_a_random_search_draws_its_splits_once(recorder: Recorder) -> None:
    cv = KFold(3, shuffle=True)
    RandomizedSearchCV(Told(), {"a": [1, 2, 3, 4]}, n_iter=4, cv=cv, refit=False).fit(X, Y)
    assert len(_keys(recorder)) == len(recorder.events) == 12
    assert all(len(digests) == 1 for digests in _by_fold(recorder).values())


def test_candidates_of_halving_go_on_counting(recorder: Recorder) -> None:
    search = HalvingGridSearchCV(Told(), {"a": list(range(4))}, cv=KFold(2), factor=2, min_resources=20)
    search.fit(X, Y)
    assert sorted({trial for trial, _ in _keys(recorder)}) == list(range(sum(search.n_candidates_)))
    assert len(search.n_candidates_) > 1
    assert all(len(digests) == len(search.n_candidates_) for digests in _by_fold(recorder).values())


def test_a_search_that_runs_itself(recorder: Recorder) -> None:
    class Twice(GridSearchCV):  # type: ignore[misc]
        def _run_search(self, evaluate_candidates: Any, *, callback_ctx: Any = None) -> None:
            context = {} if callback_ctx is None else {"callback_ctx": callback_ctx}
            super()._run_search(evaluate_candidates, **context)
            evaluate_candidates([{"a": 7}])

    Twice(Told(), {"a": [1, 2]}, cv=2).fit(X, Y)
    assert sorted({trial for trial, _ in _keys(recorder)}) == [0, 1, 2]
    assert len(recorder.loops()) == 1


def test_a_search_in_each_fold_of_a_cross_validation(recorder: Recorder) -> None:
    cross_validate(GridSearchCV(Told(), {"a": [1, 2]}, cv=2), X, Y, cv=3)
    first = [(event.trial, event.fold) for event in recorder.events if event.loop == recorder.loops()[0]]
    assert first == [(0, "0/0"), (0, "0/1"), (1, "0/0"), (1, "0/1")]
    assert len(recorder.loops()) == 3


def test_a_search_in_an_objective(recorder: Recorder) -> None:
    optuna = pytest.importorskip("optuna")

    def objective(trial: Any) -> float:
        search = GridSearchCV(Told(), {"a": [1, 2]}, cv=2)
        search.fit(X, Y)
        return float(search.best_score_)

    optuna.create_study().optimize(objective, n_trials=2)
    assert [loop.kind for loop in recorder.loops()] == ["search", "optuna", "search"]
    assert [event.trial for event in recorder.events if event.loop and event.loop.kind == "optuna"] == [0, 1]


def test_folds_of_a_cross_validation_are_numbered(recorder: Recorder) -> None:
    with recorder.session.train_call("cross_val_score", "predictor", list, folds=True):
        cross_val_score(Told(), X, Y, cv=3)
    assert [(event.part, event.fold) for event in recorder.events] == [
        ("predictor", None),
        ("fold", "0"),
        ("fold", "1"),
        ("fold", "2"),
    ]


def test_without_a_session_searches_are_searches(recorder: Recorder) -> None:
    from seamcheck.replay import session

    session.start(None)
    search = GridSearchCV(Told(), {"a": [1, 2]}, cv=2).fit(X, Y)
    assert search.best_params_
    assert recorder.written == []
