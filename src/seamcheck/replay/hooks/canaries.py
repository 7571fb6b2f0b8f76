"""Does a hook see what it should? Each is called in a context of its own, and stops before anything is trained."""

from __future__ import annotations

import contextvars
import inspect
from typing import Any, Literal, NamedTuple

from seamcheck.model.event import Event, Note, RoleHash
from seamcheck.replay.hooks.active import PRIVATE
from seamcheck.replay.hooks.patches import is_ours
from seamcheck.replay.session import Given, Session


class Canary(NamedTuple):
    """One hook to try: a function, or a method of a class."""

    name: str
    hooked: Any
    method: str
    kind: Literal["function", "base", "class", "dataset"]


class _Seen(BaseException):
    """The call was recorded: it must not go on."""


def check(canary: Canary) -> list[str]:
    """What is wrong with this hook; nothing of the user's program or of its random state is touched."""
    if canary.kind == "dataset":
        missing = not is_ours(canary.hooked.__dict__.get("construct", canary.hooked.__dict__.get("__init__")))
        return [f"{canary.name}: another program has taken its hook away"] if missing else []
    if canary.kind == "class":
        defined = canary.hooked.__dict__.get(canary.method)
        missing = defined is not None and not is_ours(defined)
        return [f"{canary.name}.{canary.method}: it has no hook"] if missing else []
    events: list[Event] = []
    try:
        contextvars.Context().run(_try, canary, events)
    except Exception as error:  # the call went past the hook into the library, which refused it
        return [f"{canary.name}: its hook did not see a canary call ({type(error).__name__}: {error})"]
    return [] if len(events) == 1 else [f"{canary.name}: {len(events)} events for one canary call"]


def _try(canary: Canary, events: list[Event]) -> None:
    def write(message: Event | Note) -> None:
        if isinstance(message, Event):
            events.append(message)

    def stop(event: Event, given: tuple[Given, ...]) -> None:
        raise _Seen

    private = Session("canary", "/", _hash, write)
    private.after_event = stop
    PRIVATE.set(private)
    try:
        if canary.kind == "function":
            inspect.unwrap(canary.hooked)()
        else:
            _derived(canary.hooked)().fit([[0.0]], [0.0])
    except _Seen:
        return


def _derived(base: type) -> type:
    """A class that is defined now: does the hook of classes to come see it?"""

    def fit(self: Any, X: Any, y: Any) -> Any:
        return self

    def predict(self: Any, X: Any) -> Any:
        return X

    return type(base)("Canary", (base,), {"fit": fit, "predict": predict, "__module__": __name__})


def _hash(role: str, index: int, given: Any) -> RoleHash:
    return RoleHash(role, "canary", None, None, None, index=index, reason="canary")
