from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.replay.hooks.reading import Replayed, digest, of, roles

catboost = pytest.importorskip("catboost")
PARAMS = {
    "iterations": 2,
    "verbose": 0,
    "allow_writing_files": False,
    "thread_count": 1,
    "loss_function": "RMSE",
}


def test_a_pool_is_hashed_when_it_is_made(replayed: Replayed, X: Any, y: Any) -> None:
    pool = catboost.Pool(X, y, weight=np.arange(len(y), dtype=float))
    catboost.train(pool, PARAMS, eval_set=pool)
    model = catboost.CatBoostRegressor(**PARAMS)
    model.fit(pool)
    train, fit = replayed.events()
    assert (train.api, fit.api) == ("catboost.train", "catboost.CatBoostRegressor.fit")
    assert roles(train) == ["X", "y", "weight", "eval.X", "eval.y", "eval.weight"]
    assert train.roles[:3] == fit.roles
    assert digest(fit, "X") == of(X)


def test_arrays_and_a_pair_to_evaluate_on(replayed: Replayed, X: Any, y: Any) -> None:
    catboost.CatBoostClassifier(**{**PARAMS, "loss_function": "Logloss"}).fit(X, y, eval_set=(X[:30], y[:30]))
    event = replayed.event()
    assert roles(event) == ["X", "y", "eval.X", "eval.y"]
    assert [role for role, _ in replayed.given] == ["X", "y", "eval.X", "eval.y"]


def test_fields_set_later_and_slices(replayed: Replayed, X: Any, y: Any) -> None:
    pool = catboost.Pool(X, y)
    model = catboost.CatBoostRegressor(**PARAMS)
    pool.set_weight(np.arange(len(y), dtype=float))
    model.fit(pool)
    assert digest(replayed.event(), "weight") == of(np.arange(len(y), dtype=float))
    for rows in ([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 5]):
        model.fit(pool.slice(rows))
    one, two, three = replayed.events()
    assert one.roles == two.roles
    assert digest(one, "y") != digest(three, "y")


def test_cross_validation_and_search_are_one_event(replayed: Replayed, X: Any, y: Any, capfd: Any) -> None:
    catboost.cv(catboost.Pool(X, y), PARAMS, fold_count=2)
    catboost.CatBoostRegressor(**PARAMS).grid_search({"depth": [2, 3]}, X, y, cv=2, verbose=False)
    assert [e.api for e in replayed.events()] == ["catboost.cv", "catboost.CatBoostRegressor.grid_search"]


def test_a_file(replayed: Replayed, tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text("".join(f"{n % 3}\t{n}\t{n * n % 7}\n" for n in range(30)))
    catboost.CatBoostRegressor(**PARAMS).fit(catboost.Pool(str(file)))
    event = replayed.event()
    assert [(each.role, each.kind) for each in event.roles] == [("X", "file")]


def test_a_pool_split_by_the_library_is_unknown(replayed: Replayed, X: Any, y: Any) -> None:
    train, _ = catboost.Pool(X, y).train_eval_split(False, False, 0.25, True)
    catboost.CatBoostRegressor(**PARAMS).fit(train)
    assert replayed.event().status == "unknown"
