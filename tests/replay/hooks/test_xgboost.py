from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.replay.hooks.reading import Replayed, digest, of, roles

xgboost = pytest.importorskip("xgboost")
PARAMS = {"nthread": 1}


def test_a_matrix_is_hashed_when_it_is_made(replayed: Replayed, X: Any, y: Any) -> None:
    before = of(X)
    matrix = xgboost.DMatrix(X, y, weight=np.ones(len(y)))
    X[0, 0] += 1
    for _ in range(2):
        xgboost.train(PARAMS, matrix, 2, evals=[(matrix, "train")], verbose_eval=False)
    one, two = replayed.events()
    assert (one.api, roles(one)) == ("xgboost.train", ["X", "y", "weight", "eval.X", "eval.y", "eval.weight"])
    assert one.roles == two.roles
    assert digest(one, "X") == digest(one, "eval.X") == before


def test_matrices_of_quantiles(replayed: Replayed, X: Any, y: Any) -> None:
    xgboost.train(PARAMS, xgboost.QuantileDMatrix(X, label=y, base_margin=np.zeros(len(y))), 2)
    event = replayed.event()
    assert roles(event) == ["X", "y", "base_margin"]
    assert (digest(event, "X"), digest(event, "y")) == (of(X), of(y))
    assert [role for role, _ in replayed.given].count("y") == 1


def test_fields_that_are_set_later(replayed: Replayed, X: Any, y: Any) -> None:
    matrix = xgboost.DMatrix(X, y)
    matrix.set_label(1 - y)
    xgboost.train(PARAMS, matrix, 2)
    matrix.set_info(label=y, weight=np.ones(len(y)))
    xgboost.train(PARAMS, matrix, 2)
    matrix.set_float_info("label", 1 - y)
    xgboost.train(PARAMS, matrix, 2)
    events = replayed.events()
    assert [digest(e, "y") for e in events] == [of(1 - y), of(y), of(1 - y)]
    assert [roles(e)[2:] for e in events] == [[], ["weight"], ["weight"]]


def test_slices_differ_by_their_rows(replayed: Replayed, X: Any, y: Any) -> None:
    matrix = xgboost.DMatrix(X, y)
    for rows in ([1, 2, 3, 4], np.array([1, 2, 3, 4]), [1, 2, 3, 5]):
        xgboost.train(PARAMS, matrix.slice(rows), 2)
    one, two, three = replayed.events()
    assert one.roles == two.roles
    assert digest(one, "X") != digest(three, "X")


def test_cross_validation_gives_an_event_for_each_fold(replayed: Replayed, X: Any, y: Any) -> None:
    xgboost.cv(PARAMS, xgboost.DMatrix(X, y), 3, nfold=3)
    assert [e.part for e in replayed.events()] == ["predictor", "fold", "fold", "fold"]


def test_the_estimators_are_one_event_and_hash_once(replayed: Replayed, X: Any, y: Any) -> None:
    model = xgboost.XGBClassifier(n_estimators=2, n_jobs=1)
    model.fit(X, y, eval_set=[(X[:30], y[:30])], verbose=False)
    event = replayed.event()
    assert (event.api, roles(event)) == ("xgboost.XGBClassifier.fit", ["X", "y", "eval.X", "eval.y"])
    assert [role for role, _ in replayed.given] == ["X", "y", "eval.X", "eval.y"]


def test_an_iterator_is_unknown(replayed: Replayed, X: Any, y: Any) -> None:
    class Batches(xgboost.DataIter):
        left = 1

        def next(self, input_data: Any) -> bool:
            self.left -= 1
            if self.left == 0:
                input_data(data=X, label=y)
            return self.left >= 0

        def reset(self) -> None:
            self.left = 1

    xgboost.train(PARAMS, xgboost.QuantileDMatrix(Batches()), 2)
    event = replayed.event()
    assert event.status == "unknown"
    assert digest(event, "X") is None
