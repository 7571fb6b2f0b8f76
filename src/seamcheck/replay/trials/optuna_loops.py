"""optuna: trials of ``Study.optimize``, and of studies that are asked and told."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from seamcheck.replay.modes import TrialEnded, catches
from seamcheck.replay.session import Session, current, user_place
from seamcheck.replay.trials.asked import asked, closed, told, touched
from seamcheck.replay.trials.when_imported import when_imported
from seamcheck.replay.trials.wrapping import Function, bound, capped, counted, wrap

#: Callbacks of optuna's integrations that write somewhere: to a tracking server, a run, a folder.
_WRITING = {
    "CometCallback",
    "MLflowCallback",
    "TensorBoardCallback",
    "TrackioCallback",
    "WeightsAndBiasesCallback",
}


def install() -> None:
    """Hook optuna as soon as it is imported."""
    when_imported("optuna.study.study", _patch_study)
    when_imported("optuna.trial._trial", _patch_trial)


def _patch_study(module: ModuleType) -> None:
    wrap(module.Study, "optimize", _optimize)
    wrap(module.Study, "ask", _ask)
    wrap(module.Study, "tell", _tell)


def _patch_trial(module: ModuleType) -> None:
    wrap(module.Trial, "_suggest", _suggest)


def _optimize(original: Function) -> Function:
    def optimize(*args: Any, **kwargs: Any) -> Any:
        session, given = current(), bound(original, args, kwargs)
        if session is None or given is None:
            return original(*args, **kwargs)
        named = given.arguments
        closed(named["self"])
        loop = session.loop("optuna", user_place())
        catches(loop)
        named["func"] = counted(loop, _ending(named["func"]))
        if session.limit is not None:
            named["n_trials"] = capped(named.get("n_trials"), session.limit)
        if named.get("callbacks") is not None:
            named["callbacks"] = _harmless(session, named["callbacks"])
        return original(*given.args, **given.kwargs)

    return optimize


def _ending(objective: Function) -> Function:
    """The objective of trials that a mode may end early: such a trial is pruned."""

    @functools.wraps(objective, updated=())
    def trial(*args: Any, **kwargs: Any) -> Any:
        try:
            return objective(*args, **kwargs)
        except TrialEnded as ended:
            from optuna import TrialPruned

            raise TrialPruned(str(ended)) from None

    return trial


def _harmless(session: Session, callbacks: Iterable[Any]) -> list[Any]:
    """The callbacks without those that write."""
    kept = []
    for callback in callbacks:
        name = type(callback).__name__
        if name in _WRITING and "optuna" in type(callback).__module__:
            session.note("left_out", f"callback {name}: it writes outside the program")
        else:
            kept.append(callback)
    return kept


def _ask(original: Function) -> Function:
    def ask(self: Any, *args: Any, **kwargs: Any) -> Any:
        trial, session = original(self, *args, **kwargs), current()
        # optimize() asks too, in the thread that runs the trial: then the objective is the trial.
        optimizing = getattr(getattr(self, "_thread_local", None), "in_optimize_loop", False)
        if session is not None and not optimizing:
            asked(session, self, "optuna", trial.number)
        return trial

    return ask


def _tell(original: Function) -> Function:
    def tell(self: Any, trial: Any, *args: Any, **kwargs: Any) -> Any:
        session = current()
        if session is not None:
            told(session, self, trial if isinstance(trial, int) else trial.number)
        return original(self, trial, *args, **kwargs)

    return tell


def _suggest(original: Function) -> Function:
    def _suggest(self: Any, *args: Any, **kwargs: Any) -> Any:
        session = current()
        if session is not None:
            touched(session, self.study, self.number)
        return original(self, *args, **kwargs)

    return _suggest
