"""What the single events and notes of a run add to its summary: eval sets, streams, and what nobody saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from seamcheck.model.event import Event, LoopRef, LoopSeen, Note

#: The place of a loop in a replay: kind, path, line.
Spot = tuple[str, str | None, int | None]
#: Kinds of notes after which silence means nothing.
BLINDING = frozenset({"canary", "unhooked"})


Told = Callable[[str | None], str | None]


def _as_is(path: str | None) -> str | None:
    return path


class Watched(NamedTuple):
    """Details of a run.

    ``blind`` says what could not be seen: with it, no loop counts as seen equal. ``scored`` are the loops of which
    every trial's eval sets were hashed, ``streamed`` the roles that came as streams, by loop. ``sites`` are the
    places of all calls.
    """

    blind: tuple[str, ...] = ()
    scored: frozenset[Spot] = frozenset()
    streamed: dict[Spot, tuple[str, ...]] = {}  # noqa: RUF012 - never written to
    sites: frozenset[tuple[str, int]] = frozenset()


def watch(
    events: Iterable[Event], notes: Iterable[Note], lost: Iterable[str] = (), told: Told = _as_is
) -> Watched:
    """The details of these events and notes.

    ``lost`` are the words of a log about records that are missing, ``told`` says how the scan tells a path.
    """
    every = tuple(events)
    unseen = (f"{note.kind}: {note.message}" for note in notes if note.kind in BLINDING)
    blind = dict.fromkeys((*lost, *unseen))
    sites = frozenset((path, e.line) for e in every if (path := told(e.path)) and e.line is not None)
    return Watched(tuple(blind), frozenset(_scored(every, told)), _streamed(every, told), sites)


def spot_of(loop: LoopRef | LoopSeen, told: Told = _as_is) -> Spot:
    """The place of a loop."""
    return (loop.kind, told(loop.path), loop.line)


def _scored(events: tuple[Event, ...], told: Told) -> Iterable[Spot]:
    """Loops with at least two trials, all of which gave eval sets that were hashed."""
    trials: dict[Spot, dict[tuple[int, int | None, str, int], list[bool]]] = {}
    for event in events:
        if event.loop is None or event.part == "transformer":
            continue
        # Trials of several processes have numbers of their own.
        trial = (event.loop.serial, event.trial, event.host, event.pid)
        hashed = trials.setdefault(spot_of(event.loop, told), {}).setdefault(trial, [])
        hashed += [role.digests is not None for role in event.roles if role.role.startswith("eval.")]
    for spot, found in trials.items():
        if len(found) > 1 and all(hashed and all(hashed) for hashed in found.values()):
            yield spot


def _streamed(events: tuple[Event, ...], told: Told) -> dict[Spot, tuple[str, ...]]:
    found: dict[Spot, dict[str, None]] = {}
    for event in events:
        for role in event.roles:
            if event.loop is not None and role.kind == "stream":
                found.setdefault(spot_of(event.loop, told), {})[role.role] = None
    return {spot: tuple(roles) for spot, roles in found.items()}
