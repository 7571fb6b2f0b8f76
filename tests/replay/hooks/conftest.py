from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from seamcheck.libraries.load import load_models
from seamcheck.libraries.models import Models
from seamcheck.model.event import Event, Note, RoleHash
from seamcheck.replay import hooks
from seamcheck.replay import session as sessions
from seamcheck.replay.canonical import hash_object
from seamcheck.replay.session import Session
from tests.replay.hooks.reading import Replayed


@pytest.fixture(scope="session")
def models() -> Models:
    return load_models()


@pytest.fixture
def replayed(models: Models) -> Iterator[Replayed]:
    messages: list[Event | Note] = []
    given: list[tuple[str, Any]] = []

    def hash_role(role: str, index: int, thing: Any) -> RoleHash:
        given.append((role, type(thing)))
        return hash_object(thing, role, index)

    session = Session("test", "/", hash_role, messages.append)
    sessions.start(session)
    hooks.install(session, models)
    try:
        yield Replayed(session, messages, given)
    finally:
        hooks.uninstall()
        sessions.start(None)


@pytest.fixture
def X() -> np.ndarray:
    return np.random.default_rng(7).random((120, 4))


@pytest.fixture
def y(X: np.ndarray) -> np.ndarray:
    return (X[:, 0] > 0.5).astype(int)
