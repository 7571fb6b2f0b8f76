"""hyperopt: trials of ``fmin``."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from seamcheck.replay.session import current, user_place
from seamcheck.replay.trials.when_imported import when_imported
from seamcheck.replay.trials.wrapping import Function, bound, capped, counted, is_counted, wrap


def install() -> None:
    """Hook hyperopt as soon as it is imported."""
    when_imported("hyperopt", _patch)


def _patch(package: ModuleType) -> None:
    # The package's attribute "fmin" is the function, not the module of that name.
    module: Any = sys.modules["hyperopt.fmin"]
    wrap(module, "fmin", _fmin)
    for holder in (package, sys.modules.get("hyperopt.spark")):
        if holder is not None and hasattr(holder, "fmin"):
            vars(holder)["fmin"] = module.fmin


def _fmin(original: Function) -> Function:
    def fmin(*args: Any, **kwargs: Any) -> Any:
        session, given = current(), bound(original, args, kwargs)
        # ``trials`` calls back with the same objective
        if session is None or given is None or is_counted(given.arguments["fn"]):
            return original(*args, **kwargs)
        named = given.arguments
        named["fn"] = counted(session.loop("hyperopt", user_place()), named["fn"])
        if session.limit is not None:
            before = len(getattr(named.get("trials"), "trials", ()))
            named["max_evals"] = capped(named.get("max_evals"), session.limit + before)
        if named.get("trials_save_file"):
            session.note(
                "left_out", f"hyperopt trials file {named['trials_save_file']}: trials stay in memory"
            )
            named["trials_save_file"] = ""
        return original(*given.args, **given.kwargs)

    return fmin
