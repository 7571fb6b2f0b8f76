"""What a rewritten loop calls (see :mod:`seamcheck.replay.rewrite`): begins and ends the trial of each pass."""

from __future__ import annotations

import builtins
import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from seamcheck.model.event import LoopRef
from seamcheck.replay import marks, modes, rewrite
from seamcheck.replay.session import Place, Session, Trial, context, current

#: The kind of these loops in reports, as the scan calls it.
KIND = "loop"


class Passes:
    """One run of a plain loop: at most one of its passes is a trial at any moment."""

    def __init__(self, session: Session, place: Place):
        self._session = session
        self._loop = session.loop(KIND, place)
        self._number = 0
        self._open: contextlib.ExitStack | None = None

    @property
    def loop(self) -> LoopRef:
        """The loop as events name it."""
        return self._loop

    @property
    def full(self) -> bool:
        """Has the loop run as many trials as it may?"""
        return self._session.limit is not None and self._number >= self._session.limit

    def begin(self) -> None:
        """A pass begins."""
        self._open = contextlib.ExitStack()
        self._open.enter_context(self._session.trial(self._loop, self._number))
        self._number += 1

    def end(self) -> None:
        """The pass that is open, if any, is over."""
        opened, self._open = self._open, None
        if opened is not None:
            opened.close()


class _Turns:
    """Asked before each item of a ``for``: the old pass is over, and maybe that was the last one.

    What makes the items so runs in no trial. The interpreter drops the iterator of a loop however it is left, and the
    last pass ends with it.
    """

    def __init__(self, passes: Passes):
        self._passes = passes

    def __iter__(self) -> Iterator[Passes]:
        return self

    def __next__(self) -> Passes:
        self._passes.end()
        if self._passes.full:
            raise StopIteration
        return self._passes

    def __del__(self) -> None:
        self._passes.end()


def _turn(pair: tuple[Passes, Any]) -> Any:
    pair[0].begin()
    return pair[1]


class Task:
    """A task of joblib that belongs to a trial, wherever it runs."""

    def __init__(self, function: Callable[..., Any], trial: Trial):
        self._function, self._trial = function, trial

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it, in its trial if this process is replayed."""
        session = current()
        if session is None:
            return self._function(*args, **kwargs)
        with session.trial(self._trial.loop, self._trial.number):
            return self._function(*args, **kwargs)


def _task(made: Any) -> Any:
    """What ``delayed(f)(...)`` gave, bound to the trial of this pass."""
    trial = context()[0]
    match made:
        case (function, tuple() as args, dict() as kwargs) if trial is not None and callable(function):
            return Task(function, trial), args, kwargs
    return made


def install(session: Session, guard: bool) -> None:
    """Put the functions of rewritten loops where every module finds them; ``guard`` as in :func:`rewrite.rewrite`."""
    running: dict[tuple[int, str, int], Passes] = {}

    def passes(path: str, line: int, function: str, catches: bool) -> Passes:
        made = Passes(session, Place(path, line, function))
        if catches:
            modes.catches(made.loop)
        return made

    def trials(path: str, line: int, guarded: bool, items: Iterator[Any]) -> Iterator[Any]:
        code = sys._getframe(1).f_code
        turns = _Turns(passes(path, line, code.co_qualname, guarded))
        return map(_turn, zip(turns, items, strict=False))

    def before(path: str, line: int) -> bool:
        frame = sys._getframe(1)
        key = (id(frame), path, line)
        if key not in running:
            running[key] = passes(path, line, frame.f_code.co_qualname, guard)
        running[key].end()
        return True

    def begin(path: str, line: int) -> bool:
        run = running[id(sys._getframe(1)), path, line]
        if run.full:
            return False
        run.begin()
        return True

    def end(path: str, line: int) -> None:
        run = running.pop((id(sys._getframe(1)), path, line), None)
        if run is not None:
            run.end()

    functions: dict[str, Any] = {
        rewrite.TRIALS: trials,
        rewrite.ITER: iter,
        rewrite.TASK: _task,
        rewrite.BEFORE: before,
        rewrite.BEGIN: begin,
        rewrite.END: end,
        rewrite.UNMARK: marks.leave,
        rewrite.ENDED: modes.TrialEnded,
    }
    for name, function in functions.items():
        setattr(builtins, name, function)
