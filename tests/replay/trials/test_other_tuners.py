from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.replay.trials.conftest import Recorder

pytestmark = pytest.mark.filterwarnings("ignore")


def _numbers(recorder: Recorder, kind: str) -> list[int | None]:
    assert {event.loop.kind for event in recorder.events if event.loop} == {kind}
    assert {loop.path for loop in recorder.loops()} == {"test_other_tuners.py"}
    return [event.trial for event in recorder.events]


@pytest.mark.parametrize(("limit", "trials"), [(None, 4), (2, 2)])
def test_hyperopt(recorder: Recorder, tmp_path: Path, limit: int | None, trials: int) -> None:
    hyperopt = pytest.importorskip("hyperopt")
    recorder.session.limit = limit

    def objective(x: float) -> float:
        recorder.train("same")
        return x

    arguments: dict[str, Any] = {"algo": hyperopt.rand.suggest, "max_evals": 4, "show_progressbar": False}
    space, file = hyperopt.hp.uniform("x", 0, 1), tmp_path / "trials.pkl"
    hyperopt.fmin(objective, space, trials_save_file=str(file), **arguments)
    history = hyperopt.Trials()
    history.fmin(objective, space, **arguments)
    assert _numbers(recorder, "hyperopt") == [*range(trials), *range(trials)]
    assert len(history.trials) == trials
    assert not file.exists()
    assert len(recorder.notes("left_out")) == 1


@pytest.mark.parametrize("limit", [None, 2])
@pytest.mark.parametrize("name", ["gp_minimize", "forest_minimize"])
def test_skopt(recorder: Recorder, name: str, limit: int | None) -> None:
    skopt = pytest.importorskip("skopt")
    recorder.session.limit = limit

    def objective(x: list[float]) -> float:
        recorder.train("same")
        return x[0]

    getattr(skopt, name)(objective, [(0.0, 1.0)], n_calls=4, n_initial_points=3)
    assert _numbers(recorder, "skopt") == list(range(limit or 4))


def test_skopt_asked_and_told(recorder: Recorder) -> None:
    skopt = pytest.importorskip("skopt")
    optimizer = skopt.Optimizer([(0.0, 1.0)])
    for _ in range(2):
        point = optimizer.ask()
        recorder.train("same")
        optimizer.tell(point, 1.0)
    recorder.train("after")
    assert [event.trial for event in recorder.events] == [0, 1, None]


def test_skopt_search(recorder: Recorder) -> None:
    skopt = pytest.importorskip("skopt")
    from tests.replay.trials.test_searches import Told, X, Y

    skopt.BayesSearchCV(Told(), {"a": (1, 9)}, n_iter=3, cv=2, refit=False).fit(X, Y)
    assert sorted(recorder.trials()) == [("search", n) for n in range(3) for _ in range(2)]
    assert len(recorder.loops()) == 1


@pytest.mark.parametrize(("limit", "trials"), [(None, 5), (3, 3), (1, 1)])
def test_bayes_opt(recorder: Recorder, limit: int | None, trials: int) -> None:
    bayes_opt = pytest.importorskip("bayes_opt")
    recorder.session.limit = limit

    def objective(x: float) -> float:
        recorder.train("same")
        return x

    optimizer = bayes_opt.BayesianOptimization(objective, {"x": (0, 1)}, verbose=0, random_state=1)
    optimizer.maximize(init_points=2, n_iter=3)
    assert _numbers(recorder, "bayes_opt") == list(range(trials))
    assert optimizer.max is not None


def test_bayes_opt_asked_and_told(recorder: Recorder) -> None:
    bayes_opt = pytest.importorskip("bayes_opt")
    optimizer = bayes_opt.BayesianOptimization(None, {"x": (0, 1)}, verbose=0, random_state=1)
    for _ in range(3):
        point = optimizer.suggest()
        recorder.train("same")
        optimizer.register(params=point, target=1.0)
    recorder.train("after")
    assert [event.trial for event in recorder.events] == [0, 1, 2, None]


@pytest.mark.parametrize(("limit", "trials"), [(None, 4), (2, 2)])
def test_flaml_tune(recorder: Recorder, tmp_path: Path, limit: int | None, trials: int) -> None:
    tune = pytest.importorskip("flaml.tune")
    recorder.session.limit = limit

    def objective(config: dict[str, float]) -> dict[str, float]:
        recorder.train("same")
        return {"loss": config["x"]}

    space = {"x": tune.uniform(0, 1)}
    tune.run(
        objective,
        config=space,
        metric="loss",
        mode="min",
        num_samples=4,
        verbose=1,
        local_dir=str(tmp_path / "logs"),
    )
    assert _numbers(recorder, "flaml") == list(range(trials))
    assert list(tmp_path.iterdir()) == []


def test_flaml_automl(recorder: Recorder, tmp_path: Path) -> None:
    pytest.importorskip("flaml")
    try:
        from flaml import AutoML
    except ImportError:
        pytest.skip("flaml without automl")
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    recorder.session.limit = 3
    fits = LogisticRegression.fit

    def fit(self: Any, X: Any, y: Any, *args: Any, **kwargs: Any) -> Any:
        recorder.train(np.asarray(X).tolist())
        return fits(self, X, y, *args, **kwargs)

    generator = np.random.default_rng(1)
    X, y = generator.normal(size=(200, 3)), generator.integers(0, 2, 200)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LogisticRegression, "fit", fit)
        AutoML().fit(
            X,
            y,
            task="classification",
            estimator_list=["lrl1"],
            time_budget=-1,
            max_iter=10,
            verbose=0,
            log_file_name=str(tmp_path / "automl.log"),
        )
    trials = [event.trial for event in recorder.events if event.loop is not None]
    assert set(trials) == {0, 1, 2}
    assert [loop.kind for loop in recorder.loops()] == ["flaml"]
    assert list(tmp_path.iterdir()) == []


def test_wrapped_functions_keep_their_names(recorder: Recorder) -> None:
    optuna = pytest.importorskip("optuna")
    import inspect

    assert optuna.Study.optimize.__name__ == "optimize"
    assert "n_trials" in inspect.signature(optuna.Study.optimize).parameters
