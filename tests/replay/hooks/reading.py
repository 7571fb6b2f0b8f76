"""What tests ask of events."""

from __future__ import annotations

from typing import Any, NamedTuple

from seamcheck.model.event import Event, Note
from seamcheck.replay.canonical import hash_object
from seamcheck.replay.session import Session


class Replayed(NamedTuple):
    """A session whose messages stay in memory."""

    session: Session
    messages: list[Event | Note]
    given: list[tuple[str, Any]]

    def events(self) -> list[Event]:
        """The events since the last time this was asked."""
        found = [m for m in self.messages if isinstance(m, Event)]
        problems = [m for m in self.messages if isinstance(m, Note) and m.kind in ("problem", "canary")]
        assert not problems
        self.messages.clear()
        return found

    def event(self) -> Event:
        """The one event."""
        (found,) = self.events()
        return found


def digest(event: Event, role: str, index: int = 0) -> str | None:
    """The digest of a role of an event (profile train); None where it could not be hashed."""
    (found,) = [each for each in event.roles if (each.role, each.index) == (role, index)]
    return None if found.digests is None else found.digests.train


def roles(event: Event) -> list[str]:
    return [each.role for each in event.roles]


def of(thing: Any) -> str | None:
    """The digest of an object as it is."""
    found = hash_object(thing, "X", 0).digests
    return None if found is None else found.train
