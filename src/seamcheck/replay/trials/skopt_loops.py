"""scikit-optimize: trials of the minimisers, and of optimizers that are asked and told.

``BayesSearchCV`` is a scikit-learn search.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any

from seamcheck.replay.session import Session, current, user_place
from seamcheck.replay.trials.asked import asked, told
from seamcheck.replay.trials.when_imported import when_imported
from seamcheck.replay.trials.wrapping import Function, bound, called_by_user, counted, wrap


def install() -> None:
    """Hook scikit-optimize as soon as it is imported."""
    when_imported("skopt.optimizer", _patch)


def _patch(package: ModuleType) -> None:
    from skopt.optimizer import base, dummy, forest, gbrt, gp

    # All minimisers end in this one; each module has bound it by name.
    wrap(base, "base_minimize", _minimize)
    holders: tuple[Any, ...] = (package, dummy, forest, gbrt, gp)
    for holder in holders:
        holder.base_minimize = base.base_minimize
    wrap(package.Optimizer, "ask", _ask)
    wrap(package.Optimizer, "tell", _tell)


def _minimize(original: Function) -> Function:
    def base_minimize(*args: Any, **kwargs: Any) -> Any:
        session, given = current(), bound(original, args, kwargs)
        if session is None or given is None:
            return original(*args, **kwargs)
        named = given.arguments
        named["func"] = counted(session.loop("skopt", user_place()), named["func"])
        named["callback"] = _callbacks(session, named.get("callback"))
        return original(*given.args, **given.kwargs)

    return base_minimize


def _callbacks(session: Session, callback: Any) -> list[Any] | None:
    """The callbacks without those that write a file, and one that ends the loop at its limit."""
    given = [] if callback is None else list(callback) if isinstance(callback, Iterable) else [callback]
    kept = [each for each in given if type(each).__name__ != "CheckpointSaver"]
    if len(kept) < len(given):
        session.note("left_out", "callback CheckpointSaver: it writes a file")
    limit = session.limit
    if limit is not None:
        # n_calls itself has a least value, so the loop is ended from within.
        kept.append(lambda result: len(result.func_vals) >= limit)
    return kept or None


def _ask(original: Function) -> Function:
    def ask(self: Any, *args: Any, **kwargs: Any) -> Any:
        point, session = original(self, *args, **kwargs), current()
        if session is not None and called_by_user():
            asked(session, self, "skopt", "asked")
        return point

    return ask


def _tell(original: Function) -> Function:
    def tell(self: Any, *args: Any, **kwargs: Any) -> Any:
        session = current()
        if session is not None and called_by_user():
            told(session, self, "asked")
        return original(self, *args, **kwargs)

    return tell
