"""Holds the registry against what a scan proves: a pure function of entries and consumers."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

import msgspec

from seamcheck.checks.findings import make
from seamcheck.config.consumers import name_problem
from seamcheck.facts.suites import is_test_path
from seamcheck.model.evidence import Location, Reason, Step
from seamcheck.model.report import Consumer, Finding
from seamcheck.registry.fingerprint import fingerprint
from seamcheck.registry.model import Registry, Tied

#: What settles an entry that promises more than is proven.
_DEMOTE = "let it read data only, or demote the entry with: seamcheck registry sync"
#: From the best verdict to the one that needs most care: of several functions of one name, the worst counts.
_RANK = {"xy_only": 0, "trial_dynamics": 1, "unknown": 2}


def by_function(consumers: Iterable[Consumer]) -> dict[tuple[str | None, str | None], Consumer]:
    """Consumers by path and qualname; of a function that is defined twice the one that needs most."""
    found: dict[tuple[str | None, str | None], Consumer] = {}
    for consumer in consumers:
        key = (consumer.location.path, consumer.function)
        if key not in found or _worse(consumer, found[key]):
            found[key] = consumer
    return found


def _worse(consumer: Consumer, other: Consumer) -> bool:
    return _RANK.get(consumer.claim.verdict, 2) > _RANK.get(other.claim.verdict, 2)


def with_registered(registry: Registry, consumers: Iterable[Consumer]) -> list[Consumer]:
    """The consumers, each with the requirement it is registered with."""
    known = {
        (each.path, each.function): each.entry.requires for each in registry.tied if each.state == "found"
    }
    return [
        msgspec.structs.replace(each, registered=known.get((each.location.path, each.function)))
        for each in consumers
    ]


def compare(registry: Registry, consumers: Iterable[Consumer]) -> list[Finding]:
    """All findings about a registry; none where the project has no registry."""
    if not registry.exists:
        return []
    every = list(consumers)
    found = by_function(every)
    out: list[Finding] = []
    for each in registry.tied:
        consumer = found.get((each.path, each.function)) if each.state == "found" else None
        out.extend(_untied(each) if consumer is None else _tied(each, consumer))
    out.extend(_unregistered(consumer, registry) for consumer in unregistered(registry, every))
    return out


def unregistered(registry: Registry, consumers: Iterable[Consumer]) -> list[Consumer]:
    """The consumers of the program without an entry; helpers of a test suite need none."""
    known = {(each.path, each.function) for each in registry.tied if each.state == "found"}
    # Candidates of an ambiguous entry are told about once, there.
    told = {name for each in registry.tied if each.state == "ambiguous" for name in each.elsewhere}
    return [
        consumer
        for key, consumer in by_function(consumers).items()
        if key not in known
        and f"{registry.prefix}{consumer.location.path}::{consumer.function}" not in told
        and not is_test_path(PurePosixPath(consumer.location.path))
    ]


def free_name(consumer: Consumer, taken: Iterable[str]) -> str:
    """A name for a new entry that no other entry has."""
    used = set(taken)
    stem = PurePosixPath(consumer.location.path).stem
    last = consumer.function.rpartition(".")[2]
    for name in (consumer.name, last, f"{stem}.{last}", f"{stem}.{consumer.function}"):
        if name not in used and name_problem(name) is None:
            return name
    return f"{consumer.location.path}.{consumer.function}"


def names(registry: Registry) -> set[str]:
    """The names that are taken."""
    return {each.entry.name for each in registry.tied}


def _unregistered(consumer: Consumer, registry: Registry) -> Finding:
    entry = f"{registry.prefix}{consumer.location.path}::{consumer.function}"
    name = free_name(consumer, names(registry))
    verdict = consumer.claim.verdict
    proven = f"it needs {verdict}" if verdict != "unknown" else "what it needs is not known: full replay"
    return make(
        "SEAM103",
        f"`{consumer.function}` reads what a training run left behind and is not registered; {proven}",
        consumer.location,
        consumer.function,
        "unregistered",
        consumer.claim.evidence,
        f"seamcheck registry add {shlex.quote(name)} {shlex.quote(entry)}",
    )


def _untied(each: Tied) -> Iterator[Finding]:
    entry = each.entry
    if each.state in ("gone", "ambiguous"):
        yield make(
            "SEAM104",
            f"`{entry.name}` is registered, but {each.why}",
            _place(each),
            entry.name,
            each.state,
            (),
            _fix_gone(each),
        )
    elif each.state != "outside" and entry.requires == "xy_only":
        why = each.why or "it was not analysed"
        yield make(
            "SEAM106",
            f"`{entry.name}` is registered as xy_only, and nothing proves it: {why}; unknown means full replay",
            _place(each),
            entry.name,
            "unproven",
            (),
            "make the file readable, or run: seamcheck registry sync",
        )


def _fix_gone(each: Tied) -> str:
    entry = each.entry
    if each.state == "ambiguous":
        if entry.variable is None:
            return "write the entry as path::qualname"
        return f"write `# seamcheck: consumer[{entry.name}]` on the def of the right one"
    if each.elsewhere and entry.variable is None:
        moved = " or ".join(f'entry = "{name}"' for name in each.elsewhere)
        return f"write {moved} if it has moved, else run: seamcheck registry prune"
    return "correct the entry, or remove what is gone with: seamcheck registry prune"


def _tied(each: Tied, consumer: Consumer) -> Iterator[Finding]:
    entry, verdict = each.entry, consumer.claim.verdict
    told = f"({entry.path}:{entry.line})"
    if entry.requires == "xy_only" and verdict == "trial_dynamics":
        first = consumer.claim.evidence[0].message if consumer.claim.evidence else "it needs training"
        message = f"`{entry.name}` is registered as xy_only {told}, but needs the training: {first}"
        yield _at_def("SEAM105", message, each, consumer, consumer.claim.evidence, _DEMOTE)
    elif entry.requires == "xy_only" and verdict != "xy_only":
        first = consumer.claim.reasons[0].message if consumer.claim.reasons else "nothing was proven"
        message = (
            f"`{entry.name}` is registered as xy_only {told}, and that is not proven: {first}; "
            "unknown means full replay"
        )
        yield _at_def("SEAM106", message, each, consumer, _chain(consumer.claim.reasons), _DEMOTE)
    elif entry.requires == "trial_dynamics" and verdict == "xy_only":
        message = (
            f"`{entry.name}` is registered as trial_dynamics {told}, and reads data only: xy_only is proven"
        )
        fix = "seamcheck registry sync --promote"
        yield _at_def("SEAM107", message, each, consumer, consumer.claim.evidence, fix)
    agrees = not (entry.requires == "xy_only" and verdict != "xy_only")
    if agrees and entry.fingerprint is not None and entry.fingerprint != fingerprint(consumer):
        shown = (
            ", ".join(dict.fromkeys(read.what for read in consumer.reads)) or "nothing that could be followed"
        )
        yield make(
            "SEAM108",
            f"what is proven about `{entry.name}` has changed since its entry was written: now {verdict}, "
            f"it reads {shown}",
            _place(each),
            entry.name,
            "stale",
            consumer.claim.evidence,
            "read what has changed, then run: seamcheck registry sync",
        )


def _at_def(
    code: str, message: str, each: Tied, consumer: Consumer, flow: tuple[Step, ...], fix: str
) -> Finding:
    return make(code, message, consumer.location, consumer.function, each.entry.name, flow, fix)


def _chain(reasons: tuple[Reason, ...]) -> tuple[Step, ...]:
    """The way of the first reason, or where knowledge stopped."""
    if reasons and reasons[0].flow:
        return reasons[0].flow
    return tuple(Step(reason.message, reason.location) for reason in reasons)


def _place(each: Tied) -> Location:
    return Location(each.entry.path, each.entry.line, 1, each.entry.line)
