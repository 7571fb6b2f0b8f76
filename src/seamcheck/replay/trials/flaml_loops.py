"""FLAML: trials of ``tune.run``, and those that ``AutoML.fit`` runs through it."""

from __future__ import annotations

import itertools
import sys
from contextvars import ContextVar
from types import ModuleType
from typing import Any, NamedTuple

from seamcheck.model.event import LoopRef
from seamcheck.replay.session import Session, current, user_place
from seamcheck.replay.trials.when_imported import when_imported
from seamcheck.replay.trials.wrapping import Function, bound, capped, counted, wrap


class AutoML(NamedTuple):
    """An AutoML fit that runs: it calls ``tune.run`` once per trial, so its trials are counted here."""

    loop: LoopRef
    numbers: itertools.count[int]


_AUTOML: ContextVar[AutoML | None] = ContextVar("seamcheck_automl", default=None)


def install() -> None:
    """Hook FLAML as soon as it is imported."""
    when_imported("flaml.tune", _patch_tune)
    when_imported("flaml.automl.automl", lambda module: wrap(module.AutoML, "fit", _fit))


def _patch_tune(package: ModuleType) -> None:
    module = sys.modules["flaml.tune.tune"]
    wrap(module, "run", _run)
    package.run = module.run  # type: ignore[attr-defined]


def _run(original: Function) -> Function:
    def run(*args: Any, **kwargs: Any) -> Any:
        session, given = current(), bound(original, args, kwargs)
        if session is None or given is None:
            return original(*args, **kwargs)
        named, automl = given.arguments, _AUTOML.get()
        if automl is not None:
            loop, numbers = automl
        else:
            loop, numbers = session.loop("flaml", user_place()), itertools.count()
            if session.limit is not None:
                wanted = named.get("num_samples", 1)
                named["num_samples"] = capped(None if wanted < 0 else wanted, session.limit)
        named["evaluation_function"] = counted(loop, named["evaluation_function"], numbers)
        for name in ("log_file_name", "local_dir"):
            if named.get(name):
                _leave_out(session, f"{name}={named[name]}")
                named[name] = None
        return original(*given.args, **given.kwargs)

    return run


def _fit(original: Function) -> Function:
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        session, given = current(), bound(original, (self, *args), kwargs)
        if session is None or given is None:
            return original(self, *args, **kwargs)
        named, settings = given.arguments, getattr(self, "_settings", {})
        if session.limit is not None:
            wanted = named.get("max_iter")
            named["max_iter"] = capped(settings.get("max_iter") if wanted is None else wanted, session.limit)
        file = settings.get("log_file_name") if named.get("log_file_name") is None else named["log_file_name"]
        if file:
            _leave_out(session, f"log_file_name={file}")
            named["log_file_name"] = ""
        token = _AUTOML.set(AutoML(session.loop("flaml", user_place()), itertools.count()))
        try:
            return original(*given.args, **given.kwargs)
        finally:
            _AUTOML.reset(token)

    return fit


def _leave_out(session: Session, what: str) -> None:
    session.note("left_out", f"flaml {what}: no log is written")
