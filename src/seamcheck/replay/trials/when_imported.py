"""Callbacks that run when a library has been imported, with its module in hand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType

from seamcheck.replay.hooks.imports import watch
from seamcheck.replay.session import current


def when_imported(name: str, callback: Callable[[ModuleType], None]) -> None:
    """Call back with the module ``name``: now if it is there, else right after its code ran.

    What goes wrong in a callback is a note of the session, never an error of the program.
    """

    def loaded(name: str) -> None:
        try:
            callback(sys.modules[name])
        except Exception as error:  # a hook must never disturb the program
            session = current()
            if session is not None:
                session.note("problem", f"hook for {name} failed: {type(error).__name__}: {error}")

    watch([name], loaded)
