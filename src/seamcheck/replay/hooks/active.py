"""Which session a hook speaks to, and how a failing hook is kept from the user's program."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from seamcheck.replay import session as sessions
from seamcheck.replay.session import Session, Trial

Result = TypeVar("Result")

#: The session of a canary: seen by its own context alone, never by another thread of the user's.
PRIVATE: ContextVar[Session | None] = ContextVar("seamcheck_private", default=None)


def active() -> Session | None:
    """The session to tell; None where nothing is replayed."""
    private = PRIVATE.get()
    return private if private is not None else sessions.current()


def trial() -> Trial | None:
    """The trial that runs now."""
    found: Trial | None = sessions.context()[0]
    return found


def guarded(session: Session, what: str, look: Callable[[], Result]) -> Result | None:
    """The result of our own code; whatever goes wrong in it is a note, never an error of the program."""
    try:
        return look()
    except Exception as error:  # a hook must never disturb the program
        session.note("problem", f"{what}: {type(error).__name__}: {error}")
        return None
