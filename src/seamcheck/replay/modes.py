"""How far a replay goes: everything, only to the seam of each trial, only to the first train call, one fit.

A stop is a BaseException, so that ``except Exception`` lets it pass. Code that swallows it all the same is stopped
again at the next train call, and the third time the process ends there, with its reports.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NoReturn

from seamcheck.model.event import Event, LoopRef
from seamcheck.replay.session import Given, Session

MODES = ("full_replay", "hash_only_until_seam", "dataset_only", "single_fit")
#: A program that swallows the stop so often is not asked again.
PATIENCE = 3

#: Gets what the first train call was given. The objects are the program's: read them, keep and change nothing.
OnPayload = Callable[[Event, tuple[Given, ...]], None]


class Ended(BaseException):
    """Base of what a mode raises at a seam; user code should not catch it."""


class TrialEnded(Ended):
    """This trial has shown its data; the loop that runs trials goes on with the next one."""


class SeamReached(Ended):
    """The program has shown what was asked for; it ends here."""


_CATCHING: set[LoopRef] = set()


def catches(loop: LoopRef) -> None:
    """The trials of this loop may end early: whoever runs them catches :class:`TrialEnded`."""
    _CATCHING.add(loop)


class Stop:
    """The stop of a whole program; one per process."""

    def __init__(self, session: Session, let_through: int, on_payload: OnPayload | None):
        self._session, self._left, self._on_payload = session, let_through, on_payload
        self._lock = threading.Lock()
        self._swallowed = 0
        #: Was the program told to stop?
        self.reached = False
        #: Writes the reports and ends the process; set by whoever runs the program.
        self.finish: Callable[[], NoReturn] | None = None

    def __call__(self, event: Event, given: tuple[Given, ...]) -> None:
        """After an event of an outermost predictor call."""
        with self._lock:
            if not self.reached and self._left > 0:
                self._left -= 1
                return
            again, self.reached = self.reached, True
            self._swallowed += again
        if not again:
            if self._on_payload is not None:
                self._on_payload(event, given)
            self._session.note("stopped", f"before {_where(event)}", event.loop, event.trial)
        else:
            self.swallowed(f"the stop was caught by the program, which went on to {_where(event)}")
            if self._swallowed >= PATIENCE and self.finish is not None:
                self.finish()
        raise SeamReached(f"seamcheck stops this program before {_where(event)}")

    def swallowed(self, message: str) -> None:
        """The program went on after it was told to stop."""
        self._session.note("swallowed", message)


class EndTrials:
    """Each trial ends before its first training, where its loop knows how to go on."""

    def __init__(self) -> None:
        #: Was any trial ended?
        self.reached = False

    def __call__(self, event: Event, given: tuple[Given, ...]) -> None:
        """After an event of an outermost predictor call."""
        if event.loop is not None and event.loop in _CATCHING:
            self.reached = True
            raise TrialEnded("seamcheck ends this trial: its data are hashed")


def _where(event: Event) -> str:
    return f"{event.api} ({event.path}:{event.line})" if event.path else event.api


def install(session: Session, mode: str, on_payload: OnPayload | None = None) -> Stop | EndTrials | None:
    """Make the session stop where the mode says; None for a replay to the end."""
    made: Stop | EndTrials | None = None
    if mode == "hash_only_until_seam":
        made = EndTrials()
    elif mode in ("dataset_only", "single_fit"):
        made = Stop(session, 1 if mode == "single_fit" else 0, on_payload)
    session.after_event = made
    return made
