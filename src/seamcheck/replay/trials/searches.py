"""scikit-learn searches: each candidate is a trial, compared with the others fold by fold."""

from __future__ import annotations

from contextvars import ContextVar
from types import ModuleType
from typing import Any, NamedTuple

from seamcheck.model.event import LoopRef
from seamcheck.replay.carried import carry
from seamcheck.replay.session import current, current_fold, user_place
from seamcheck.replay.trials.when_imported import when_imported
from seamcheck.replay.trials.wrapping import Function, wrap


class Search(NamedTuple):
    """A search that runs. ``offset``: candidates of its earlier iterations. ``fold``: of what runs around it."""

    loop: LoopRef
    offset: int
    fold: str | None


_SEARCH: ContextVar[Search | None] = ContextVar("seamcheck_search", default=None)


def install() -> None:
    """Hook scikit-learn's searches, and all built on them, as soon as they are imported."""
    carry(_SEARCH)
    when_imported("sklearn.model_selection._search", _patch)


def _patch(module: ModuleType) -> None:
    wrap(module.BaseSearchCV, "fit", _fit)
    module._fit_and_score = fit_and_score  # type: ignore[attr-defined]


def _fit(original: Function) -> Function:
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        # Late, so that it does not matter when the class of this search was made.
        for cls in type(self).__mro__:
            if "_run_search" in vars(cls):
                wrap(cls, "_run_search", _run_search)
        return original(self, *args, **kwargs)

    return fit


def _run_search(original: Function) -> Function:
    def _run_search(self: Any, evaluate_candidates: Function, *args: Any, **kwargs: Any) -> Any:
        session = current()
        if session is None or hasattr(evaluate_candidates, "__seamcheck_search__"):
            return original(self, evaluate_candidates, *args, **kwargs)
        search = Search(session.loop("search", user_place()), 0, current_fold())

        def evaluate(candidate_params: Any, *more: Any, **named: Any) -> Any:
            nonlocal search
            candidates = list(candidate_params)
            token = _SEARCH.set(search)
            search = search._replace(offset=search.offset + len(candidates))
            try:
                return evaluate_candidates(candidates, *more, **named)
            finally:
                _SEARCH.reset(token)

        evaluate.__seamcheck_search__ = True  # type: ignore[attr-defined]
        return original(self, evaluate, *args, **kwargs)

    return _run_search


def fit_and_score(*args: Any, **kwargs: Any) -> Any:
    """Stands for scikit-learn's function of that name in searches: one candidate on one split, in any process."""
    from sklearn.model_selection import _validation

    session, search = current(), _SEARCH.get()
    candidate, split = kwargs.get("candidate_progress"), kwargs.get("split_progress")
    if session is None or search is None or candidate is None or split is None:
        return _validation._fit_and_score(*args, **kwargs)
    fold = str(split[0]) if search.fold is None else f"{search.fold}/{split[0]}"
    with session.trial(search.loop, search.offset + candidate[0]), session.marked(None, fold):
        return _validation._fit_and_score(*args, **kwargs)
