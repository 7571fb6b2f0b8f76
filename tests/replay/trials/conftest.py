from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seamcheck.model.event import Digests, Event, LoopRef, Note, RoleHash
from seamcheck.replay import children, session, trials
from seamcheck.replay.session import Session


class Recorder:
    """A session of this process whose events and notes are lists; train calls are told by hand."""

    def __init__(self, root: Path) -> None:
        self.written: list[Event | Note] = []
        self.session = Session("run", str(root), _hash_role, self.written.append)

    def train(self, data: object) -> None:
        """A train call on these data."""
        with self.session.train_call("train", "predictor", lambda: [("X", 0, data)]):
            pass

    @property
    def events(self) -> list[Event]:
        return [each for each in self.written if isinstance(each, Event)]

    def notes(self, kind: str) -> list[Note]:
        return [each for each in self.written if isinstance(each, Note) and each.kind == kind]

    def trials(self) -> list[tuple[str | None, int | None]]:
        """Loop kind and trial of each event."""
        return [(None if each.loop is None else each.loop.kind, each.trial) for each in self.events]

    def loops(self) -> list[LoopRef]:
        return list(dict.fromkeys(each.loop for each in self.events if each.loop is not None))


def _hash_role(role: str, index: int, handed: Any) -> RoleHash:
    digest = hashlib.md5(repr(handed).encode()).hexdigest()
    return RoleHash(role, "test", None, None, Digests(digest, digest, digest), index=index)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder(Path(__file__).parent)
    session.start(made.session)
    trials.install(made.session)
    children.install(made.session)
    environment = dict(os.environ)
    yield made
    session.start(None)
    # Trackers are redirected by their environment.
    os.environ.clear()
    os.environ.update(environment)
