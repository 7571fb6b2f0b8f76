from __future__ import annotations

import inspect
import pickle
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import StackingRegressor
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, cross_validate, learning_curve
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler

from seamcheck.replay.session import context
from tests.replay.hooks.reading import Replayed, digest, of, roles


class Centred(BaseEstimator):
    """Defined before the hooks are there; trains another estimator inside."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Centred:
        self.model_ = Ridge().fit(StandardScaler().fit_transform(X), y)
        return self

    def predict(self, X: Any) -> Any:
        return self.model_.predict(X)


class Fits:
    """A mixin that derives from nothing."""

    def fit(self, features: Any, target: Any = None) -> Any:
        return self


def test_a_fit_is_one_event_with_the_hashes_of_what_it_is_given(replayed: Replayed, X: Any, y: Any) -> None:
    weight = np.arange(len(y), dtype=float)
    LogisticRegression().fit(X, y, weight)
    event = replayed.event()
    assert (event.api, event.part, event.status) == (
        "sklearn.linear_model.LogisticRegression.fit",
        "predictor",
        "ok",
    )
    assert event.path is not None
    assert event.path.endswith("test_estimators.py")
    assert roles(event) == ["X", "y", "weight"]
    assert [digest(event, role) for role in roles(event)] == [of(X), of(y), of(weight)]


def test_arguments_by_keyword_and_by_position_are_the_same(replayed: Replayed, X: Any, y: Any) -> None:
    Ridge().fit(X, y)
    Ridge().fit(y=y, X=X)
    one, two = replayed.events()
    assert one.roles == two.roles


def test_only_the_outermost_call_is_an_event(replayed: Replayed, X: Any, y: Any) -> None:
    make_pipeline(StandardScaler(), PCA(2), Ridge()).fit(X, y)
    assert replayed.event().api == "sklearn.pipeline.Pipeline.fit"
    StackingRegressor([("a", Ridge()), ("b", Ridge(2.0))], cv=2).fit(X, y)
    assert replayed.event().api == "sklearn.ensemble.StackingRegressor.fit"
    Centred().fit(X, y)
    assert replayed.event().api.endswith("Centred.fit")


@pytest.mark.parametrize(
    ("estimator", "part"),
    [
        (Ridge(), "predictor"),
        (KMeans(2, n_init=1), "predictor"),
        (StandardScaler(), "transformer"),
        (PCA(2), "transformer"),
        (SelectKBest(k=2), "transformer"),
        (FeatureUnion([("a", StandardScaler())]), "transformer"),
        (make_pipeline(StandardScaler(), Ridge()), "predictor"),
        (make_pipeline(StandardScaler(), PCA(2)), "transformer"),
        (Pipeline([("a", StandardScaler()), ("b", "passthrough")]), "transformer"),
        (GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=2), "predictor"),
        (Centred(), "predictor"),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_predictors_and_transformers(replayed: Replayed, X: Any, y: Any, estimator: Any, part: str) -> None:
    estimator.fit(X, y)
    assert replayed.event().part == part


def test_what_no_model_lists_is_judged_by_what_it_can_do(replayed: Replayed, X: Any) -> None:
    class Halves(TransformerMixin, BaseEstimator):
        def fit(self, X: Any, y: Any = None) -> Any:
            return self

        def transform(self, X: Any) -> Any:
            return X / 2

    class Mixed(Fits, BaseEstimator):
        def predict(self, X: Any) -> Any:
            return X

    Halves().fit_transform(X)
    event = replayed.event()
    assert (event.api.rpartition(".")[2], event.part, roles(event)) == ("fit_transform", "transformer", ["X"])
    Mixed().fit(X, X[:, 0])
    event = replayed.event()
    assert (event.part, roles(event)) == ("predictor", ["X", "y"])


def test_classes_derived_later_keep_the_init_subclass_of_the_user(replayed: Replayed, X: Any, y: Any) -> None:
    class Registered(BaseEstimator):
        seen: tuple[str, ...] = ()

        def __init_subclass__(cls, label: str, **options: Any) -> None:
            super().__init_subclass__(**options)
            Registered.seen += (label,)

    class Late(Registered, label="late"):
        def fit(self, X: Any, y: Any) -> Any:
            return self

    Late().fit(X, y)
    assert replayed.event().api.endswith("Late.fit")
    assert Registered.seen == ("late",)


def test_cross_validation_is_one_event_with_its_folds(replayed: Replayed, X: Any, y: Any) -> None:
    cross_val_score(make_pipeline(StandardScaler(), Ridge()), X, y, cv=3)
    outer, *folds = replayed.events()
    assert (outer.api, outer.part) == ("sklearn.model_selection.cross_val_score", "predictor")
    assert [(f.api, f.part, f.ordinal) for f in folds] == [
        ("sklearn.pipeline.Pipeline.fit", "fold", n) for n in range(3)
    ]
    train = [rows for rows, _ in KFold(3).split(X)]
    assert [digest(f, "X") for f in folds] == [of(X[rows]) for rows in train]
    learning_curve(Ridge(), X, y, cv=2, train_sizes=[0.5, 1.0])
    assert [e.part for e in replayed.events()] == ["predictor", *["fold"] * 4]


def test_explicit_folds_are_a_role_and_iterators_are_not_used_up(replayed: Replayed, X: Any, y: Any) -> None:
    pairs = list(KFold(2).split(X))
    cross_validate(Ridge(), X, y, cv=pairs)
    outer = replayed.events()[0]
    assert [digest(outer, "folds", n) for n in range(4)] == [of(rows) for pair in pairs for rows in pair]
    assert len(cross_val_score(Ridge(), X, y, cv=KFold(2).split(X))) == 2
    GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=pairs).fit(X, y)
    assert roles(replayed.events()[-1]).count("folds") == 4


def test_weights_of_a_pipeline_and_unlisted_data_are_seen(replayed: Replayed, X: Any, y: Any) -> None:
    class Treated(BaseEstimator):
        def fit(self, X: Any, y: Any, treatment: Any, classes: Any) -> Any:
            return self

    make_pipeline(StandardScaler(), Ridge()).fit(X, y, ridge__sample_weight=np.ones(len(y)))
    assert digest(replayed.event(), "weight") == of(np.ones(len(y)))
    Treated().fit(X, y, treatment=y * 2, classes=np.array([0, 1]))
    event = replayed.event()
    assert roles(event) == ["X", "y", "X"]
    assert event.roles[2].digests is not None


def test_partial_fits_are_told_apart_by_their_number(replayed: Replayed, X: Any, y: Any) -> None:
    model = SGDClassifier()
    for half in (slice(0, 60), slice(60, 120)):
        model.partial_fit(X[half], y[half], classes=[0, 1])
    one, two = replayed.events()
    assert (one.ordinal, two.ordinal) == (0, 1)
    assert digest(one, "X") != digest(two, "X")


def test_data_is_hashed_before_it_is_changed(replayed: Replayed, X: Any) -> None:
    before = of(X)
    StandardScaler(copy=False).fit_transform(X)
    assert digest(replayed.event(), "X") == before != of(X)


def test_estimators_stay_what_they_were(replayed: Replayed, X: Any, y: Any) -> None:
    fit = inspect.getattr_static(Ridge, "fit")
    assert str(inspect.signature(Ridge.fit)).startswith("(self, X, y, sample_weight=None)")
    assert (fit.__qualname__, fit.__module__) == ("Ridge.fit", "sklearn.linear_model._ridge")
    assert fit.__doc__ == fit.__wrapped__.__doc__
    assert "fit" not in vars(Ridge())
    model = pickle.loads(pickle.dumps(clone(Centred()).fit(X, y)))
    assert pickle.loads(pickle.dumps(Ridge.fit)) is Ridge.fit
    assert model.predict(X).shape == y.shape
    assert not hasattr(make_pipeline(StandardScaler(), Ridge()), "fit_transform")
    assert hasattr(make_pipeline(Ridge(), KMeans()), "fit_predict")


def test_errors_and_warnings_pass_unchanged(replayed: Replayed, X: Any, y: Any) -> None:
    class Fails(BaseEstimator):
        def fit(self, X: Any, y: Any) -> Any:
            warnings.warn("careful", UserWarning, stacklevel=1)
            raise StopIteration("no")

    with pytest.warns(UserWarning, match="careful"), pytest.raises(StopIteration) as caught:
        Fails().fit(X, y)
    assert caught.value.__cause__ is None
    assert [frame.name for frame in caught.traceback] == [caught.traceback[0].name, "wrapper", "fit"]
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'"):
        Ridge().fit(X)
    assert [e.part for e in replayed.events()] == ["predictor", "predictor"]
    Ridge().fit(X, y)
    assert replayed.event().part == "predictor"
    assert context()[1] == 0


def test_a_stop_after_the_event_ends_the_call_before_it_trains(replayed: Replayed, X: Any, y: Any) -> None:
    def stop(event: Any, given: Any) -> None:
        raise KeyboardInterrupt

    replayed.session.after_event = stop
    model = Ridge()
    with pytest.raises(KeyboardInterrupt):
        model.fit(StandardScaler().fit_transform(X), y)
    assert [e.part for e in replayed.events()] == ["transformer", "predictor"]
    assert not hasattr(model, "coef_")


def test_arguments_are_not_kept_alive(replayed: Replayed, X: Any, y: Any) -> None:
    import gc
    import weakref

    class Rows(np.ndarray):
        pass

    rows = X.view(Rows)
    gone = weakref.ref(rows)
    Centred().fit(rows, y)
    del rows
    gc.collect()
    assert gone() is None


def test_without_a_session_and_after_uninstall_nothing_is_left(replayed: Replayed, X: Any, y: Any) -> None:
    from seamcheck.replay import hooks
    from seamcheck.replay import session as sessions

    sessions.start(None)
    Ridge().fit(X, y)
    assert replayed.events() == []
    sessions.start(replayed.session)
    hooks.uninstall()
    assert not hasattr(Ridge.fit, "__seamcheck_hook__")
    Ridge().fit(X, y)
    assert replayed.events() == []


def test_a_derived_class_may_name_its_arguments_anew(replayed: Replayed, X: Any, y: Any) -> None:
    class Renamed(Ridge):
        def fit(self, table: Any, target: Any) -> Any:
            return super().fit(table, target)

    class Opaque(Ridge):
        def fit(self, *args: Any, **kwargs: Any) -> Any:
            return super().fit(*args, **kwargs)

    for model in (Renamed(), Opaque()):
        model.fit(X, y)
        event = replayed.event()
        assert [(each.role, digest(event, each.role)) for each in event.roles] == [("X", of(X)), ("y", of(y))]


def test_a_call_without_data_that_is_known_is_unknown(replayed: Replayed, y: Any) -> None:
    class Reads(BaseEstimator):
        def fit(self) -> Any:
            return self

    Reads().fit()
    event = replayed.event()
    assert (event.status, digest(event, "X")) == ("unknown", None)
    LabelEncoder().fit(y)
    event = replayed.event()
    assert (event.status, event.part, roles(event)) == ("ok", "transformer", ["y"])


def test_data_that_no_name_tells(replayed: Replayed, X: Any, y: Any) -> None:
    class Own(BaseEstimator):
        def fit(self, X: Any, y: Any, rows: Any = None, importance: Any = None, X_test: Any = None) -> Any:
            return self

    class Keyword(BaseEstimator):
        def fit(self, *, epochs: int = 1) -> Any:
            return self

    class Count(BaseEstimator):
        def fit(self, epochs: int = 1) -> Any:
            return self

    for first in (0, 1):
        Own().fit(X, y, rows=np.arange(first, 100))
    for first in (0.0, 1.0):
        Own().fit(X, y, importance=[first] + [1.0] * (len(X) - 1))
    Own().fit(X, y, X_test=np.arange(30))
    Keyword().fit(epochs=2)
    Count().fit(2)
    events = replayed.events()
    found = [[r.digests for r in event.roles] for event in events[:4]]
    assert found[0] != found[1]
    assert found[2] != found[3]
    assert [r.index for r in events[4].roles if r.role == "X"] == [0]
    assert [[r.digests for r in event.roles if r.role == "X"] for event in events[5:]] == [[None], [None]]


def test_classes_pickled_by_value(replayed: Replayed, X: Any, y: Any) -> None:
    cloudpickle = pytest.importorskip("cloudpickle")
    space: dict[str, Any] = {"__name__": "__main__", "BaseEstimator": BaseEstimator}
    exec("class Own(BaseEstimator):\n    def fit(self, X, y): return self", space)
    pickled = cloudpickle.dumps(space["Own"]())
    assert b"seamcheck" not in pickled
    cloudpickle.cloudpickle._DYNAMIC_CLASS_TRACKER_BY_ID.clear()
    again = pickle.loads(pickled)
    assert type(again) is not space["Own"]
    again.fit(X, y)
    assert len(replayed.events()) == 1


def test_warnings_point_where_they_did(replayed: Replayed, X: Any) -> None:
    class Old(BaseEstimator):
        def fit(self, X: Any) -> Any:
            warnings.warn("old", DeprecationWarning, stacklevel=2)
            return self

    with pytest.warns(DeprecationWarning, match="old") as caught:
        Old().fit(X)
    assert [warning.filename for warning in caught] == [__file__]


def test_rows_that_the_constructor_was_given(replayed: Replayed, X: Any, y: Any) -> None:
    class Own(BaseEstimator):
        def __init__(self, rows: Any = None):
            self.rows = rows

        def fit(self, X: Any, y: Any) -> Any:
            return self

    for first in (0, 1):
        Own(np.arange(first, 100)).fit(X, y)
    Own(np.arange(3)).fit(X, y)
    first, second, few = replayed.events()
    assert [r.digests for r in first.roles] != [r.digests for r in second.roles]
    assert roles(few) == ["X", "y"]
