from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from lightgbm import Dataset

from seamcheck.replay.hooks.kept import RECORDS
from tests.replay.hooks.reading import Replayed, digest, of, roles

PARAMS = {"verbose": -1, "num_leaves": 4, "min_data_in_leaf": 5, "num_threads": 1}


def test_a_dataset_of_each_trial(replayed: Replayed, X: Any, y: Any) -> None:
    for _ in range(3):
        lightgbm.train(PARAMS, Dataset(X, y), 2)
    events = replayed.events()
    assert [(e.api, e.ordinal, e.status) for e in events] == [("lightgbm.train", n, "ok") for n in range(3)]
    assert {(digest(e, "X"), digest(e, "y")) for e in events} == {(of(X), of(y))}


def test_rows_that_change_between_trials_are_seen(replayed: Replayed, X: Any, y: Any) -> None:
    for seed in range(3):
        rows = np.random.default_rng(seed).choice(len(y), 80)
        lightgbm.train(PARAMS, Dataset(X[rows], y[rows]), 2)
    assert len({digest(e, "X") for e in replayed.events()}) == 3


def test_a_shared_dataset_whose_raw_data_is_freed(replayed: Replayed, X: Any, y: Any) -> None:
    shared = Dataset(X, y, weight=np.arange(len(y), dtype=float), free_raw_data=True)
    valid = shared.create_valid(X[:40], y[:40])
    for _ in range(3):
        lightgbm.train(PARAMS, shared, 2, valid_sets=[valid, shared])
    assert shared.data is None
    events = replayed.events()
    assert len({e.roles for e in events}) == 1
    assert roles(events[0]) == ["X", "y", "weight", "eval.X", "eval.y", "eval.X", "eval.y", "eval.weight"]
    assert digest(events[2], "eval.X", 0) == of(X[:40])
    assert digest(events[2], "eval.X", 1) == digest(events[2], "X") == of(X)


def test_data_is_hashed_when_it_is_read_and_not_when_it_is_handed_over(
    replayed: Replayed, X: Any, y: Any
) -> None:
    data = Dataset(X, y, params=PARAMS)
    X[0, 0] += 1
    read = of(X)
    data.construct()
    X[0, 0] += 1
    lightgbm.train(PARAMS, data, 2)
    assert digest(replayed.event(), "X") == read


def test_a_dataset_constructed_anew_for_other_parameters(replayed: Replayed, X: Any, y: Any) -> None:
    shared = Dataset(pd.DataFrame(X, columns=list("abcd")), y, free_raw_data=False)
    for bins in (15, 31, 63):
        lightgbm.train({**PARAMS, "max_bin": bins}, shared, 2)
    events = replayed.events()
    assert len({e.roles for e in events}) == 1
    assert digest(events[2], "y") == of(y)


def test_raw_data_changed_after_construction_is_unknown(replayed: Replayed, X: Any, y: Any) -> None:
    shared = Dataset(X, y, free_raw_data=False)
    lightgbm.train(PARAMS, shared, 2)
    X[3, 1] = 9
    lightgbm.train(PARAMS, shared, 2)
    one, two = replayed.events()
    assert (one.status, two.status) == ("ok", "unknown")
    assert "changed after this Dataset was constructed" in str(two.reason)
    assert digest(two, "X") is None
    assert digest(two, "y") == of(y)


def test_fields_that_are_set_later(replayed: Replayed, X: Any, y: Any) -> None:
    shared = Dataset(X, y, params=PARAMS).construct()
    lightgbm.train(PARAMS, shared, 2)
    shared.set_label(1 - y)
    lightgbm.train(PARAMS, shared, 2)
    shared.set_field("label", y).set_weight(np.arange(len(y), dtype=float))
    lightgbm.train(PARAMS, shared, 2)
    shared.set_init_score(np.zeros(len(y)))
    lightgbm.train(PARAMS, shared, 2)
    events = replayed.events()
    assert [digest(e, "y") for e in events] == [of(y), of(1 - y), of(y), of(y)]
    assert [roles(e) for e in events] == [
        ["X", "y"],
        ["X", "y"],
        ["X", "y", "weight"],
        ["X", "y", "weight", "init_score"],
    ]


def test_a_label_of_a_dataset_not_constructed_yet(replayed: Replayed, X: Any, y: Any) -> None:
    lazy = Dataset(X, y)
    lazy.set_label(1 - y)
    lightgbm.train(PARAMS, lazy, 2)
    assert digest(replayed.event(), "y") == of(1 - y)


def test_subsets_differ_by_their_rows_whether_raw_data_is_there_or_not(
    replayed: Replayed, X: Any, y: Any
) -> None:
    whole = Dataset(X, y)
    for rows in (range(60), range(60), range(1, 61)):
        lightgbm.train(PARAMS, whole.subset(list(rows)), 2)
    one, two, three = replayed.events()
    assert one.roles == two.roles
    assert one.roles[0].rows == 60
    assert digest(one, "X") != digest(three, "X")
    assert digest(one, "y") != digest(three, "y")


def test_cross_validation_gives_an_event_for_each_fold(replayed: Replayed, X: Any, y: Any) -> None:
    for _ in range(2):
        lightgbm.cv(PARAMS, Dataset(X, y), 3, nfold=3)
    events = replayed.events()
    assert [e.part for e in events] == ["predictor", "fold", "fold", "fold"] * 2
    assert [e.roles for e in events[:4]] == [e.roles for e in events[4:]]
    assert len({digest(e, "X") for e in events}) == 4


def test_a_loop_of_updates_is_one_event_for_each_booster(replayed: Replayed, X: Any, y: Any) -> None:
    data = Dataset(X, y)
    for _ in range(2):
        booster = lightgbm.Booster(PARAMS, data)
        for _ in range(4):
            booster.update()
    assert [(e.api, digest(e, "X")) for e in replayed.events()] == [("lightgbm.Booster.update", of(X))] * 2


def test_the_estimators_are_one_event(replayed: Replayed, X: Any, y: Any) -> None:
    lightgbm.LGBMClassifier(n_estimators=2, **PARAMS).fit(X, y, eval_X=X[:30], eval_y=y[:30])
    event = replayed.event()
    assert (event.api, roles(event)) == ("lightgbm.LGBMClassifier.fit", ["X", "y", "eval.X", "eval.y"])
    assert replayed.given == [
        ("X", np.ndarray),
        ("y", np.ndarray),
        ("eval.X", np.ndarray),
        ("eval.y", np.ndarray),
    ]


def test_data_is_hashed_once_for_each_call_and_not_again_inside(replayed: Replayed, X: Any, y: Any) -> None:
    lightgbm.train(PARAMS, Dataset(X, y), 2)
    assert [role for role, _ in replayed.given] == ["X", "y"]


def test_a_file(replayed: Replayed, X: Any, y: Any, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    hashes = []
    for labels in (y, y, 1 - y):
        np.savetxt(file, np.column_stack([labels, X]), delimiter=",")
        lightgbm.train(PARAMS, Dataset(str(file), params={"verbose": -1}), 2)
        event = replayed.event()
        assert [(each.role, each.kind) for each in event.roles] == [("X", "file")]
        hashes.append(digest(event, "X"))
    assert hashes[0] == hashes[1] != hashes[2]
    (tmp_path / "rows.csv.weight").write_text("1\n" * len(y))
    lightgbm.train(PARAMS, Dataset(file, params={"verbose": -1}), 2)
    assert roles(replayed.event()) == ["X", "weight"]


def test_what_was_constructed_where_no_hook_saw_it_is_unknown(replayed: Replayed, X: Any, y: Any) -> None:
    data = Dataset(X, y, params=PARAMS).construct()
    RECORDS.drop(data)
    lightgbm.train(PARAMS, data, 2)
    event = replayed.event()
    assert event.status == "unknown"
    assert [each.digests for each in event.roles] == [None, None]


def test_records_do_not_outlive_their_datasets(replayed: Replayed, X: Any, y: Any) -> None:
    gc.collect()
    before = len(RECORDS)
    data = Dataset(X, y)
    lightgbm.train(PARAMS, data, 2)
    assert len(RECORDS) == before + 1
    del data
    gc.collect()
    assert len(RECORDS) == before
