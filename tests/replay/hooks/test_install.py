from __future__ import annotations

import functools
import inspect
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import sklearn.base
from lightgbm import Dataset, train
from sklearn.linear_model import Ridge

from seamcheck.libraries.models import Models
from seamcheck.replay import hooks
from seamcheck.replay.hooks.imports import unwatch, watch
from tests.replay.hooks.reading import Replayed, digest, of

PARAMS = {"verbose": -1, "num_leaves": 4, "min_data_in_leaf": 5, "num_threads": 1}
# All of these know the function since before the hooks.
PARTIAL = functools.partial(train, PARAMS)
TABLE = {"train": train}


def closure() -> Any:
    inner = train
    return lambda *args: inner(*args)


CLOSURE = closure()


def test_names_bound_before_the_hooks(replayed: Replayed, X: Any, y: Any) -> None:
    for call in (
        lambda: train(PARAMS, Dataset(X, y), 2),
        lambda: PARTIAL(Dataset(X, y), 2),
        lambda: TABLE["train"](PARAMS, Dataset(X, y), 2),
        lambda: CLOSURE(PARAMS, Dataset(X, y), 2),
        lambda: lightgbm.engine.train(PARAMS, Dataset(X, y), 2),
    ):
        call()
        event = replayed.event()
        assert (event.api, digest(event, "X")) == ("lightgbm.train", of(X))


def test_functions_stay_what_they_were(replayed: Replayed) -> None:
    assert train is lightgbm.train
    assert pickle.loads(pickle.dumps(train)) is train
    assert list(inspect.signature(train).parameters)[:3] == ["params", "train_set", "num_boost_round"]
    assert "def train(" in inspect.getsource(train)
    assert str(train.__doc__).startswith("Perform the training")
    hooks.uninstall()
    assert train.__code__.co_argcount > 3
    assert not hasattr(train, "__signature__")


def test_canaries_come_home(replayed: Replayed) -> None:
    state = np.random.get_state()[1].copy()
    assert hooks.canary(replayed.session) == []
    assert replayed.messages == []
    assert (np.random.get_state()[1] == state).all()


def test_a_hook_that_was_taken_away_is_reported(replayed: Replayed) -> None:
    before = sklearn.base.BaseEstimator.__dict__["__init_subclass__"]
    fit = train.__code__
    try:
        sklearn.base.BaseEstimator.__init_subclass__ = classmethod(lambda cls, **options: None)  # type: ignore[assignment]
        train.__code__ = (lambda *args, **kwargs: None).__code__
        problems = hooks.canary(replayed.session)
    finally:
        sklearn.base.BaseEstimator.__init_subclass__ = before
        train.__code__ = fit
    assert [problem.split(":")[0] for problem in problems] == ["lightgbm.train", "sklearn.base.BaseEstimator"]


def test_installing_again_is_for_another_session_and_wraps_nothing_twice(
    replayed: Replayed, models: Models, X: Any, y: Any
) -> None:
    wrapper = Ridge.__dict__["fit"]
    hooks.install(replayed.session, models)
    assert Ridge.__dict__["fit"] is wrapper
    Ridge().fit(X, y)
    assert len(replayed.events()) == 1


def run(tmp_path: Path, script: str, **modules: str) -> list[str]:
    """What a script prints in a fresh interpreter, hooks installed before anything is imported."""
    for name, text in modules.items():
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
    begin = """
        import sys
        from seamcheck.replay import hooks, session
        from seamcheck.model.event import Event, RoleHash

        def write(message):
            print(message.api, message.part) if isinstance(message, Event) else print(message.kind, message.message)

        def hash_role(role, index, thing):
            return RoleHash(role, "", None, None, None, index=index, reason="")

        here = session.Session("test", "/", hash_role, write)
        session.start(here)
        hooks.install(here)
        assert not {"numpy", "sklearn", "lightgbm", "pandas"} & set(sys.modules)
    """
    (tmp_path / "main.py").write_text(textwrap.dedent(begin) + textwrap.dedent(script))
    done = subprocess.run(
        [sys.executable, "-W", "error", "main.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_libraries_imported_after_the_hooks(tmp_path: Path) -> None:
    script = """
        import importlib.util
        assert importlib.util.find_spec("lightgbm") is not None
        import helper
        import lightgbm, numpy
        X, y = numpy.random.random((60, 3)), numpy.arange(60.0)
        helper.train({"verbose": -1}, helper.Dataset(X, y), 2)
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.linear_model import Ridge
        make_pipeline(StandardScaler(), Ridge()).fit(StandardScaler().fit_transform(X), y)
        helper.Own().fit(X, y)
        lightgbm.LGBMRegressor(n_estimators=2, verbose=-1).fit(X, y)
        assert type(lightgbm.__spec__.loader).__name__ == "SourceFileLoader"
        assert "exec_module" not in vars(lightgbm.__spec__.loader)
        print(hooks.canary(here))
    """
    helper = """
        from lightgbm import Dataset, train
        from sklearn.base import BaseEstimator

        class Own(BaseEstimator):
            def fit(self, X, y):
                return self
    """
    assert run(tmp_path, script, helper=helper) == [
        "lightgbm.train predictor",
        "sklearn.preprocessing.StandardScaler.fit_transform transformer",
        "sklearn.pipeline.Pipeline.fit predictor",
        "helper.Own.fit predictor",
        "lightgbm.LGBMRegressor.fit predictor",
        "[]",
    ]


def test_classes_of_other_libraries_are_hooked_by_their_models(tmp_path: Path) -> None:
    script = """
        import pytorch_lightning

        class Mine(pytorch_lightning.Trainer):
            def fit(self, model, train_dataloaders=None):
                return super().fit(model, train_dataloaders)

        assert pytorch_lightning.Trainer().fit("model", [1, 2]) == [1, 2]
        assert Mine().fit("model", [1, 2]) == [1, 2]
        print(hooks.canary(here))
    """
    lightning = """
        class Trainer:
            def fit(self, model, train_dataloaders=None, val_dataloaders=None, datamodule=None):
                return train_dataloaders
    """
    assert run(tmp_path, script, pytorch_lightning=lightning) == [
        "pytorch_lightning.Trainer.fit predictor",
        "__main__.Mine.fit predictor",
        "[]",
    ]


def test_a_module_that_cannot_be_imported_fails_as_it_does(tmp_path: Path) -> None:
    script = """
        for _ in range(2):
            try:
                import lightgbm
            except RuntimeError as error:
                print(error)
        try:
            import catboost.core.nothing
        except ModuleNotFoundError:
            print("not found")
    """
    assert run(tmp_path, script, lightgbm="raise RuntimeError('broken')", catboost="") == [
        "broken", "broken", "not found",
    ]  # fmt: skip


def test_several_watchers_of_one_module(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "watched_twice.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    seen: list[tuple[str, str, int]] = []

    def saw(who: str) -> Any:
        return lambda name: seen.append((who, name, sys.modules[name].VALUE))

    watchers = [watch(["watched_twice"], saw("one")), watch(["watched_twice"], saw("two"))]
    try:
        __import__("watched_twice")
    finally:
        for watcher in watchers:
            unwatch(watcher)
        sys.modules.pop("watched_twice", None)
    assert sorted(seen) == [("one", "watched_twice", 1), ("two", "watched_twice", 1)]
