"""Registers one function: what may be promised about it, and where the entry goes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import cast

import msgspec

from seamcheck.config.consumers import Requires, base_of, entry_problem, name_problem, text_problem
from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.facts.ir import FileFacts
from seamcheck.model.errors import RegistryError
from seamcheck.model.report import Consumer
from seamcheck.registry.compare import by_function
from seamcheck.registry.edit import Home, Plan, home_of
from seamcheck.registry.fingerprint import fingerprint
from seamcheck.registry.keys import marked_name, stands_for
from seamcheck.registry.model import Entry, Registry, Tied
from seamcheck.registry.sync import Change, Decision, proven, told

#: What errors call the place of an entry that is not written yet.
NEW = "the new entry"


def candidate(
    config: Config, root: str, name: str, entry: str, requires: str | None, owner: str, reason: str
) -> Entry:
    """The entry as it was asked for; raises RegistryError for one that no registry may hold."""
    for what, wrong in (
        ("the name", name_problem(name)),
        ("the entry", entry_problem(entry)),
        ("the owner", text_problem(owner) if owner else None),
        ("the reason", text_problem(reason) if reason else None),
    ):
        if wrong is not None:
            raise RegistryError(f"{what} {wrong[0]}", None, None, wrong[1])
    home = home_of(config, root)
    if home.variable is not None and (owner or reason):
        hint = "leave --owner and --reason out, or name a `registry` file in the configuration"
        raise RegistryError(f"{home.variable} has no room for an owner or a reason", None, None, hint)
    wanted = cast(Requires, requires or "trial_dynamics")
    return Entry(name, entry, wanted, home.file, NEW, 0, -1, owner, reason)


def addition(
    registry: Registry,
    consumers: Iterable[Consumer],
    config: Config,
    root: str,
    files: Mapping[str, FileFacts],
    requires: str | None,
) -> Decision:
    """The plan that writes the last entry of the registry, which is the new one.

    Raises RegistryError for a function that is not there, and for an ``xy_only`` that is not proven.
    """
    tied = registry.tied[-1]
    consumer = by_function(consumers).get((tied.path, tied.function)) if tied.state == "found" else None
    if consumer is None:
        raise RegistryError(
            f"`{tied.entry.entry}` cannot be registered: {_absent(tied)}", None, None, _hint(tied)
        )
    if requires == "xy_only" and consumer.claim.verdict != "xy_only":
        raise _refusal(tied.entry, consumer)
    home = home_of(config, root)
    chosen = cast(Requires, requires) if requires is not None else proven(consumer)
    entry = msgspec.structs.replace(tied.entry, requires=chosen, fingerprint=fingerprint(consumer))
    if home.variable is not None:
        entry = _as_key(entry, home, consumer, config, root, files)
    message = f"{tied.path}::{tied.function}: {told(consumer, chosen)}"
    return Decision(Plan(additions=(entry,)), (Change("added", entry.name, message),))


def _as_key(
    entry: Entry, home: Home, consumer: Consumer, config: Config, root: str, files: Mapping[str, FileFacts]
) -> Entry:
    """The entry as a key of a literal, which must stand for the function."""
    path = relative(os.path.join(root, consumer.location.path), base_of(config, root))
    by_comment = marked_name(files, consumer)
    by_pattern = home.pattern is not None and stands_for(home.pattern, entry.name, path, consumer.function)
    if by_comment != entry.name and not (by_comment is None and by_pattern):
        where = f"{consumer.location.path}:{consumer.location.line}"
        raise RegistryError(
            f"the key `{entry.name}` of {home.variable} would not stand for {path}::{consumer.function}",
            None,
            None,
            f"write `# seamcheck: consumer[{entry.name}]` on the def at {where} first",
        )
    return msgspec.structs.replace(entry, variable=home.variable, fingerprint=None)


def _absent(tied: Tied) -> str:
    if tied.state == "outside":
        return "it lies outside the scanned paths"
    return tied.why or "it was not analysed"


def _hint(tied: Tied) -> str:
    if tied.elsewhere:
        return "is it " + " or ".join(tied.elsewhere) + "?"
    return "write path::qualname as the scan shows it, relative to the configuration"


def _refusal(entry: Entry, consumer: Consumer) -> RegistryError:
    """Why a promise that is not proven is not written, with the first place that speaks against it."""
    claim = consumer.claim
    if claim.verdict == "trial_dynamics" and claim.evidence:
        step = claim.evidence[0]
        why, at = f"it {step.message}" if step.message.startswith("reads") else step.message, step.location
    else:
        first = claim.reasons[0] if claim.reasons else None
        why = first.message if first is not None else "nothing was proven"
        at = first.location if first is not None else consumer.location
    return RegistryError(
        f"`{entry.name}` cannot be registered as xy_only, which is not proven: {why}",
        at.path,
        at.line,
        "leave --requires out to register what is proven; unknown means full replay",
    )
