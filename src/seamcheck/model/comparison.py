"""Two replays held against each other."""

from __future__ import annotations

from typing import Literal

import msgspec

from seamcheck.model.event import Varying

Sameness = Literal["same", "differs", "unknown"]


class LoopComparison(msgspec.Struct, frozen=True):
    """One loop in both runs. ``trials`` are their numbers of trials; ``varying`` says what differed, in any role."""

    id: str
    trials: tuple[int, int]
    verdict: Sameness
    varying: tuple[Varying, ...] = ()
    problems: tuple[str, ...] = ()


class RunComparison(msgspec.Struct, frozen=True):
    """Two runs by their ids. "same" is said only if both recorded everything and all of it agrees."""

    runs: tuple[str, str]
    verdict: Sameness
    loops: tuple[LoopComparison, ...]
    problems: tuple[str, ...] = ()
