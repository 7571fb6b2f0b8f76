"""What brings a registry and the code together again: pure decisions over entries and consumers."""

from __future__ import annotations

import glob
import os
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

from seamcheck.config.consumers import Requires, base_of
from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.facts.ir import FileFacts
from seamcheck.flow.modules import SOURCE_FOLDERS
from seamcheck.model.evidence import Location
from seamcheck.model.report import Consumer
from seamcheck.registry.compare import by_function, free_name, names, unregistered
from seamcheck.registry.edit import Home, Plan, Update, home_of
from seamcheck.registry.fingerprint import fingerprint
from seamcheck.registry.keys import key_of, marked_name
from seamcheck.registry.model import Entry, Registry, Tied

#: "kept": left as it is although something is wrong with it, and why.
What = Literal["demoted", "promoted", "fingerprint", "added", "removed", "kept"]


class Change(NamedTuple):
    """One thing that is changed (or, "kept", left alone), in words."""

    what: What
    name: str
    message: str


class Decision(NamedTuple):
    """What to change, and the same in words."""

    plan: Plan
    changes: tuple[Change, ...]


def sync(
    registry: Registry,
    consumers: Iterable[Consumer],
    promote: bool,
) -> Decision:
    """Entries as the code has them: less is promised where it is not proven, more only with ``promote``."""
    found = by_function(consumers)
    updates: list[Update] = []
    changes: list[Change] = []
    for each in registry.tied:
        entry = each.entry
        consumer = found.get((each.path, each.function)) if each.state == "found" else None
        if consumer is None:
            changes.extend(_not_judged(each, updates))
            continue
        requires, verdict = entry.requires, consumer.claim.verdict
        if requires == "xy_only" and verdict != "xy_only":
            requires = "trial_dynamics"
            changes.append(Change("demoted", entry.name, f"xy_only -> trial_dynamics: {_why(consumer)}"))
        elif requires == "trial_dynamics" and verdict == "xy_only":
            if promote:
                requires = "xy_only"
                changes.append(Change("promoted", entry.name, "trial_dynamics -> xy_only: it is proven"))
            else:
                message = "xy_only is proven; --promote writes it"
                changes.append(Change("kept", entry.name, message))
        new = fingerprint(consumer) if entry.variable is None else None
        if requires == entry.requires and new is not None and new != entry.fingerprint:
            message = (
                "a fingerprint is written" if entry.fingerprint is None else "what is proven has changed"
            )
            changes.append(Change("fingerprint", entry.name, message))
        if requires != entry.requires or (new is not None and new != entry.fingerprint):
            updates.append(Update(entry, requires, new))
    return Decision(Plan(tuple(updates)), tuple(changes))


def _not_judged(each: Tied, updates: list[Update]) -> Iterable[Change]:
    """An entry without a consumer: nothing proves that it needs little."""
    entry = each.entry
    if each.state == "gone":
        yield Change("kept", entry.name, f"{each.why}: `seamcheck registry prune` removes it")
    elif each.state == "ambiguous":
        yield Change("kept", entry.name, each.why)
    elif each.state != "outside" and entry.requires == "xy_only":
        updates.append(Update(entry, "trial_dynamics", None))
        why = each.why or "it was not analysed"
        yield Change("demoted", entry.name, f"xy_only -> trial_dynamics: {why}")


def _why(consumer: Consumer) -> str:
    claim = consumer.claim
    if claim.evidence:
        first = claim.evidence[0]
        return f"{first.message} ({_at(first.location)})"
    if claim.reasons:
        return f"not proven, {claim.reasons[0].message} ({_at(claim.reasons[0].location)})"
    return "nothing was proven"


def _at(location: Location) -> str:
    return f"{location.path}:{location.line}"


def proven(consumer: Consumer) -> Requires:
    """What to register a consumer with: what is proven, and the full replay where nothing is."""
    return "xy_only" if consumer.claim.verdict == "xy_only" else "trial_dynamics"


def new_entry(consumer: Consumer, name: str, entry: str, requires: Requires, home: Home, root: str) -> Entry:
    """An entry of a function for the place where new entries go."""
    mark = fingerprint(consumer) if home.variable is None else None
    shown = relative(home.file, root)
    return Entry(name, entry, requires, home.file, shown, 1, -1, fingerprint=mark, variable=home.variable)


def add_missing(
    registry: Registry,
    consumers: Iterable[Consumer],
    config: Config,
    root: str,
    files: Mapping[str, FileFacts],
    skip: Collection[Location],
) -> Decision:
    """Entries for the consumers that have none, but for those at the places to ``skip``."""
    home = home_of(config, root)
    base = base_of(config, root)
    taken = names(registry)
    added: list[Entry] = []
    changes: list[Change] = []
    for consumer in unregistered(registry, consumers):
        if consumer.location in skip:
            continue
        path = relative(os.path.join(root, consumer.location.path), base)
        name = free_name(consumer, taken)
        if home.variable is not None:
            key = marked_name(files, consumer) or key_of(home.pattern, path, consumer.function)
            if key is None or key in taken:
                message = (
                    f"write `# seamcheck: consumer[{name}]` on the def at {_at(consumer.location)} first"
                )
                changes.append(Change("kept", name, f"no key of {home.variable} stands for it: {message}"))
                continue
            name = key
        taken.add(name)
        requires = proven(consumer)
        entry = new_entry(consumer, name, f"{path}::{consumer.function}", requires, home, root)
        added.append(entry)
        changes.append(Change("added", name, f"{entry.entry}: {told(consumer, requires)}"))
    return Decision(Plan(additions=tuple(added)), tuple(changes))


def told(consumer: Consumer, requires: Requires) -> str:
    """What an entry is registered with, and why."""
    if consumer.claim.verdict == "unknown":
        return f"{requires}, because what it needs is not known: full replay"
    if consumer.claim.verdict == requires:
        return f"{requires}, as proven"
    return f"{requires}, although {consumer.claim.verdict} is proven"


def prune(registry: Registry, config: Config, root: str, files: Mapping[str, FileFacts]) -> Decision:
    """Removes the entries whose function is gone; those whose file is there and was not read stay."""
    removed: list[Entry] = []
    changes: list[Change] = []
    for each in registry.tied:
        if each.state != "gone":
            continue
        hidden = _hidden(each, config, root, files)
        if hidden is None:
            removed.append(each.entry)
            changes.append(Change("removed", each.entry.name, each.why))
        else:
            message = f"{hidden} is there, and was not read: is it excluded?"
            changes.append(Change("kept", each.entry.name, message))
    return Decision(Plan(removals=tuple(removed)), tuple(changes))


def _hidden(each: Tied, config: Config, root: str, files: Mapping[str, FileFacts]) -> str | None:
    """A file on disk that may hold the function, and that the scan did not read."""
    entry = each.entry
    candidates: list[str] = []
    if each.path is not None:
        candidates = [each.path]
    elif entry.variable is None and entry.entry is not None:
        parts = entry.entry.partition(":")[0].replace(".", "/")
        tops = ("", *config.src, *SOURCE_FOLDERS)
        candidates = [os.path.join(top, f"{parts}{end}") for top in tops for end in (".py", "/__init__.py")]
    elif entry.entry is not None:
        pattern = os.path.join(glob.escape(base_of(config, root)), entry.entry.partition("::")[0])
        candidates = [relative(found, root) for found in sorted(glob.iglob(pattern, recursive=True))]
    for path in candidates:
        if path not in files and os.path.isfile(os.path.join(root, path)):
            return path
    return None
