"""Trials of a tuner that is asked for points and told their values: one runs from ask until tell or the next ask."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable
from typing import Any
from weakref import WeakKeyDictionary

from seamcheck.model.event import LoopRef
from seamcheck.replay.session import Session, user_place


class _Asked:
    """The ask/tell trials of one tuner."""

    def __init__(self) -> None:
        self.loops: dict[tuple[str | None, int | None], LoopRef] = {}
        self.counts: dict[LoopRef, int] = {}
        self.open: dict[Hashable, tuple[LoopRef, int]] = {}
        self.current: Hashable = None
        self.leave = contextlib.ExitStack()
        self.mixed: set[LoopRef] = set()

    def close(self) -> None:
        self.leave.close()
        self.current = None

    def enter(self, session: Session, key: Hashable) -> None:
        self.close()
        self.leave.enter_context(session.trial(*self.open[key]))
        self.current = key


_ASKED: WeakKeyDictionary[Any, _Asked] = WeakKeyDictionary()


def asked(session: Session, tuner: Any, kind: str, key: Hashable) -> None:
    """The tuner was asked: a trial of the loop at this place begins. ``key`` names it in :func:`told`."""
    state = _ASKED.setdefault(tuner, _Asked())
    state.close()
    place = user_place()
    loop = state.loops.get(place[:2])
    if loop is None:
        loop = state.loops[place[:2]] = session.loop(kind, place)
    number = state.counts.get(loop, 0)
    state.counts[loop] = number + 1
    state.open[key] = (loop, number)
    state.enter(session, key)


def touched(session: Session, tuner: Any, key: Hashable) -> None:
    """The program works on this trial: of several that were asked for at once, it is the one that runs now."""
    state = _ASKED.get(tuner)
    if state is not None and key in state.open and state.current != key:
        state.enter(session, key)


def told(session: Session, tuner: Any, key: Hashable) -> None:
    """The tuner was told a value. For another trial than the current one: train calls may belong to either."""
    state = _ASKED.get(tuner)
    if state is None or key not in state.open:
        return
    loop, number = state.open.pop(key)
    if state.current == key:
        state.close()
    elif loop not in state.mixed:
        state.mixed.add(loop)
        message = "trials were asked for at once: which of them a train call belongs to is not known"
        session.note("problem", message, loop, number)


def closed(tuner: Any) -> None:
    """No asked trial of this tuner runs any more."""
    state = _ASKED.get(tuner)
    if state is not None:
        state.close()
        state.open.clear()
