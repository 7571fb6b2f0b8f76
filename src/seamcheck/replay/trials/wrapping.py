"""How functions of libraries are replaced, and objectives counted."""

from __future__ import annotations

import functools
import inspect
import itertools
import sys
from collections.abc import Callable
from typing import Any

from seamcheck.model.event import LoopRef
from seamcheck.replay.session import current, current_fold, is_foreign

Function = Callable[..., Any]
#: Wrappers carry this mark, and hand it on to what wraps them, so that nothing is wrapped twice.
_MARK = "__seamcheck_trials__"
_COUNTED = "__seamcheck_counted__"


def wrap(owner: Any, name: str, make: Callable[[Function], Function]) -> None:
    """Replace a function of a module or a method that this very class defines. Missing ones are left alone.

    ``make`` takes the original and gives what stands in its place.
    """
    original = vars(owner).get(name)
    if original is None or hasattr(original, _MARK):
        return
    replacement = functools.wraps(original)(make(original))
    setattr(replacement, _MARK, True)
    setattr(owner, name, replacement)


def bound(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> inspect.BoundArguments | None:
    """Arguments by name; None where the call does not fit, which the function itself then says best."""
    try:
        return inspect.signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return None


def counted(loop: LoopRef, objective: Function, numbers: itertools.count[int] | None = None) -> Function:
    """The objective; each call is the next trial of the loop, counted from 0 (or by ``numbers``)."""
    if hasattr(objective, _COUNTED):
        return objective
    count = itertools.count() if numbers is None else numbers
    fold = current_fold()  # of the loop; a worker may run each trial in a task of its own

    def trial(*args: Any, **kwargs: Any) -> Any:
        session = current()
        if session is None:
            return objective(*args, **kwargs)
        with session.trial(loop, next(count)), session.marked(None, fold):
            return objective(*args, **kwargs)

    functools.update_wrapper(trial, objective)
    setattr(trial, _COUNTED, True)
    return trial


def capped(wanted: int | None, limit: int | None) -> int | None:
    """A number of trials under ``--trials``; None is no bound."""
    if limit is None:
        return wanted
    return limit if wanted is None else min(wanted, limit)


def is_counted(objective: Function) -> bool:
    """Do calls of this objective already count as trials?"""
    return hasattr(objective, _COUNTED)


def called_by_user() -> bool:
    """Asked by a wrapper: does user code itself call it, rather than a library?"""
    return not is_foreign(sys._getframe(2).f_code.co_filename)
