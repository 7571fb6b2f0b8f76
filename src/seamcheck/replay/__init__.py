"""Replays a program and records what every train call was given. Here: the marks that a program can set itself.

Both cost about a microsecond and change nothing where nothing is replayed, so they can stay in the code.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

_NOTHING: AbstractContextManager[Any] = nullcontext()


def trial(name: int | str) -> AbstractContextManager[Any]:
    """What follows is trial ``name`` of a hand-written loop.

    ``with seamcheck.replay.trial(i):`` ends with its block. As a plain statement at the start of a pass it ends with
    the next one at the same place, or with the loop it stands in. A name that was there before starts a new run of
    the loop.
    """
    replaying = _replaying()
    if replaying is None:
        return _NOTHING
    from seamcheck.replay import marks

    return marks.begin(replaying, name, sys._getframe(1))


def cell(ref: str, fold: int | str | None = None) -> AbstractContextManager[Any]:
    """``with seamcheck.replay.cell("BTC-1h", fold=3):`` train calls in here belong to this cell and fold.

    Trials are then compared cell by cell and fold by fold.
    """
    replaying = _replaying()
    if replaying is None:
        return _NOTHING
    marked: AbstractContextManager[Any] = replaying.marked(ref, None if fold is None else str(fold))
    return marked


def _replaying() -> Any:
    """The session of this process. Whoever replays has imported its module; nobody else should pay for that."""
    module = sys.modules.get("seamcheck.replay.session")
    return None if module is None else module.current()
