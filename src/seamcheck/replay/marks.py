"""Trials that a program marks itself: ``with seamcheck.replay.trial(i):`` or the call as a plain statement."""

from __future__ import annotations

import contextlib
import threading
from types import FrameType, TracebackType

from seamcheck.model.event import LoopRef
from seamcheck.replay.session import Place, Session

#: The kind of these loops in reports.
KIND = "marked"


class Mark:
    """One marked trial, begun where it is made."""

    def __init__(self, session: Session, loop: LoopRef, number: int):
        self._open = contextlib.ExitStack()
        self._open.enter_context(session.trial(loop, number))

    def end(self) -> None:
        """The trial is over; saying so twice does no harm."""
        self._open.close()

    def __enter__(self) -> Mark:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


class _Run:
    """One run of a marked loop: the numbers of its trials by name, and the trial that is open."""

    def __init__(self, loop: LoopRef):
        self.loop = loop
        self.numbers: dict[int | str, int] = {}
        self.open: Mark | None = None


#: By thread and place of the mark.
_RUNS: dict[tuple[int, str, int], _Run] = {}


def begin(session: Session, name: int | str, frame: FrameType) -> Mark:
    """Begin a trial at the place of ``frame``; the one that was open there is over."""
    code = frame.f_code
    key = (threading.get_ident(), code.co_filename, frame.f_lineno)
    run = _RUNS.get(key)
    if run is not None and run.open is not None:
        run.open.end()
    if run is None or name in run.numbers:
        place = Place(code.co_filename, frame.f_lineno, code.co_qualname)
        run = _RUNS[key] = _Run(session.loop(KIND, place))
    number = name if isinstance(name, int) else len(run.numbers)
    run.numbers[name] = number
    run.open = Mark(session, run.loop, number)
    return run.open


def leave(path: str, line: int) -> None:
    """The loop around the mark at this place is over, and its last trial with it."""
    run = _RUNS.pop((threading.get_ident(), path, line), None)
    if run is not None and run.open is not None:
        run.open.end()
