"""bayesian-optimization: trials of ``maximize``, and of optimizers asked by ``suggest`` and told by ``register``."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from seamcheck.replay.session import current, user_place
from seamcheck.replay.trials.asked import asked, closed, told
from seamcheck.replay.trials.when_imported import when_imported
from seamcheck.replay.trials.wrapping import Function, bound, called_by_user, counted, wrap

#: What ``maximize`` does unasked.
_INIT_POINTS, _ITERATIONS = 5, 25


def install() -> None:
    """Hook bayesian-optimization as soon as it is imported."""
    when_imported("bayes_opt.bayesian_optimization", _patch)


def _patch(module: ModuleType) -> None:
    wrap(module.BayesianOptimization, "maximize", _maximize)
    wrap(module.BayesianOptimization, "suggest", _suggest)
    wrap(module.BayesianOptimization, "register", _register)


def _maximize(original: Function) -> Function:
    def maximize(self: Any, *args: Any, **kwargs: Any) -> Any:
        session, given = current(), bound(original, (self, *args), kwargs)
        space: Any = getattr(self, "_space", None)
        target = getattr(space, "target_func", None)
        if session is None or given is None or target is None:
            return original(self, *args, **kwargs)
        closed(self)
        if session.limit is not None:
            named = given.arguments
            named["init_points"] = min(named.get("init_points", _INIT_POINTS), session.limit)
            left = session.limit - named["init_points"]
            named["n_iter"] = min(named.get("n_iter", _ITERATIONS), left)
        space.target_func = counted(session.loop("bayes_opt", user_place()), target)
        try:
            return original(*given.args, **given.kwargs)
        finally:
            space.target_func = target

    return maximize


def _suggest(original: Function) -> Function:
    def suggest(self: Any, *args: Any, **kwargs: Any) -> Any:
        point, session = original(self, *args, **kwargs), current()
        if session is not None and called_by_user():
            asked(session, self, "bayes_opt", "asked")
        return point

    return suggest


def _register(original: Function) -> Function:
    def register(self: Any, *args: Any, **kwargs: Any) -> Any:
        session = current()
        if session is not None and called_by_user():
            told(session, self, "asked")
        return original(self, *args, **kwargs)

    return register
