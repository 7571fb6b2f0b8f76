"""The registry as a table: each entry beside what is proven now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from seamcheck.config.consumers import Requires
from seamcheck.model.report import Consumer, Finding
from seamcheck.registry.compare import by_function
from seamcheck.registry.edit import FileEdit
from seamcheck.registry.fingerprint import fingerprint
from seamcheck.registry.model import Registry, Tied
from seamcheck.registry.sync import Change

#: How an entry and the code go together. "stale": what is proven is no longer what was. The last four have no verdict.
Standing = Literal[
    "agrees", "reads dynamics", "unproven", "over-demanding", "stale", "gone", "ambiguous", "unread", "not scanned"
]  # fmt: skip


class Row(msgspec.Struct, frozen=True):
    """One entry: where it is registered (``file``, ``line``), its function, what is proven (None: not judged)."""

    name: str
    entry: str | None
    requires: Requires
    proven: str | None
    standing: Standing
    path: str | None
    function: str | None
    line: int | None
    owner: str
    reason: str
    file: str
    file_line: int


class View(msgspec.Struct, frozen=True):
    """All entries in the order of their files, and the findings about them."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


class Outcome(msgspec.Struct, frozen=True):
    """What an edit of the registry changes; ``written`` is False where it was only shown."""

    changes: tuple[Change, ...]
    edits: tuple[FileEdit, ...]
    written: bool


def rows(registry: Registry, consumers: Iterable[Consumer]) -> tuple[Row, ...]:
    """One row per entry."""
    found = by_function(consumers)
    return tuple(
        _row(each, found.get((each.path, each.function)) if each.state == "found" else None)
        for each in registry.tied
    )


def _row(each: Tied, consumer: Consumer | None) -> Row:
    entry = each.entry
    return Row(
        entry.name, entry.entry, entry.requires, None if consumer is None else consumer.claim.verdict,
        standing(each, consumer), each.path, each.function, None if consumer is None else consumer.location.line,
        entry.owner, entry.reason, entry.path, entry.line,
    )  # fmt: skip


def standing(each: Tied, consumer: Consumer | None) -> Standing:
    """How an entry and what is proven go together."""
    if consumer is None:
        words: dict[str, Standing] = {"gone": "gone", "ambiguous": "ambiguous", "outside": "not scanned"}
        return words.get(each.state, "unread")
    requires, verdict = each.entry.requires, consumer.claim.verdict
    if requires == "xy_only" and verdict != "xy_only":
        return "reads dynamics" if verdict == "trial_dynamics" else "unproven"
    if each.entry.fingerprint is not None and each.entry.fingerprint != fingerprint(consumer):
        return "stale"
    return "over-demanding" if requires == "trial_dynamics" and verdict == "xy_only" else "agrees"
