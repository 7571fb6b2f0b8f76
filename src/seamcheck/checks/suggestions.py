"""Which calls without a model stand in the way of verdicts, how they are called, and what a model would settle."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from seamcheck.checks.call_sites import Signature, Uses
from seamcheck.facts.ir import FileFacts
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import OpaqueCall
from seamcheck.model.evidence import Location, Reason
from seamcheck.model.report import Claim, ScanReport

#: Reasons that follow from an unknown that came before: no model of its own settles them.
_FOLLOWS = re.compile(r"on something that is not known|of something unknown|the data derive from")
_QUOTED = re.compile(r"`([^`]+)`")
_FROM_BASE = re.compile(r"`(?P<name>[^`]+)` comes from `(?P<base>[^`]+)`, which has no model")


class Blocked(NamedTuple):
    """A verdict that is unknown: of what, which question, where; ``alone``: only for want of this model."""

    subject: str
    question: str
    location: Location
    alone: bool


class Method(NamedTuple):
    """A method of an unmodelled type, as it is called."""

    name: str
    signature: Signature


class Suggestion(NamedTuple):
    """One function or class that needs a model. ``methods`` are of the class, or of what the function returns."""

    name: str
    is_type: bool
    blocks: tuple[Blocked, ...]
    sites: tuple[tuple[str, int], ...]
    signature: Signature
    methods: tuple[Method, ...]
    attributes: tuple[str, ...]
    takes_training: bool

    @property
    def package(self) -> str:
        """The library it belongs to."""
        return self.name.partition(".")[0]


def suggestions(report: ScanReport, eng: Engine, files: Mapping[str, FileFacts]) -> list[Suggestion]:
    """All that a model could settle: what blocks most loops and consumers first, then by name."""
    wanted = _Wanted(eng)
    for subject, question, location, claim in unknown_claims(report):
        wanted.add_claim(subject, question, location, claim)
    for miss in eng.opaque_calls.values():
        if miss.takes_training:
            wanted.add_near_miss(miss)
    uses = Uses(files)
    found = [_suggestion(name, wanted, uses) for name in sorted(wanted.blocks)]
    return sorted(found, key=lambda each: (-_subjects(each.blocks), -_alone(each.blocks), each.name))


def unknown_claims(report: ScanReport) -> Iterator[tuple[str, str, Location, Claim]]:
    """Every unknown verdict with its subject and question."""
    for loop in report.loops:
        subject = f"loop {loop.kind}" + (f" in {loop.function}" if loop.function != "<module>" else "")
        for question, claim in (
            ("invariance", loop.invariance), ("evaluation", loop.evaluation), ("seam", loop.seam.claim)
        ):  # fmt: skip
            if claim.verdict == "unknown":
                yield subject, question, loop.location, claim
    for consumer in report.consumers:
        if consumer.claim.verdict == "unknown":
            yield f"consumer {consumer.name}", "needs", consumer.location, consumer.claim


def owner(name: str) -> str:
    """The class of a method, the class or function itself otherwise."""
    head, _, _ = name.rpartition(".")
    return head if _is_class(head) else name


def _is_class(name: str) -> bool:
    return name.rpartition(".")[2].lstrip("_")[:1].isupper() and "." in name


def _subjects(blocks: Iterable[Blocked]) -> int:
    return len({(each.subject, each.location) for each in blocks})


def _alone(blocks: Iterable[Blocked]) -> int:
    return sum(each.alone for each in blocks)


class _Wanted:
    """Unmodelled names with what they block, where they are called and which of their methods and attributes."""

    def __init__(self, eng: Engine) -> None:
        self._eng = eng
        self._at: dict[tuple[str, int], list[OpaqueCall]] = defaultdict(list)
        self.blocks: dict[str, dict[Blocked, None]] = defaultdict(dict)
        self.calls: dict[str, dict[OpaqueCall, None]] = defaultdict(dict)
        self.attributes: dict[str, dict[str, None]] = defaultdict(dict)
        for call in sorted(eng.opaque_calls.values()):
            if self._can_be_modelled(call.name):
                self._at[call.path, call.line].append(call)

    def _can_be_modelled(self, name: str) -> bool:
        """Is this a name of a library that no model calls opaque on purpose?"""
        if name.startswith(("?", "builtins.", "seamcheck.")) or "." not in name:
            return False
        head, _, last = name.rpartition(".")
        models = self._eng.models
        return models.call(name) is None and models.method(head, last) is None

    def add_claim(self, subject: str, question: str, location: Location, claim: Claim) -> None:
        """One unknown verdict: what its reasons name is to blame."""
        culprits: dict[str, None] = {}
        others = False
        for reason in claim.reasons:
            names = self._culprits(reason)
            culprits.update(dict.fromkeys(names))
            others = others or not (names or _FOLLOWS.search(reason.message))
        for name in culprits:
            alone = len(culprits) == 1 and not others
            self.blocks[name][Blocked(subject, question, location, alone)] = None

    def _culprits(self, reason: Reason) -> list[str]:
        found = []
        quoted = set(_QUOTED.findall(reason.message))
        for call in self._at[reason.location.path, reason.location.line]:
            if call.name in quoted or ".".join(call.name.split(".")[-2:]) in quoted:
                self.calls[owner(call.name)][call] = None
                found.append(owner(call.name))
        base = _FROM_BASE.search(reason.message)
        if base is not None and "." in base["base"]:
            self.attributes[base["base"]][base["name"]] = None
            found.append(base["base"])
        return found

    def add_near_miss(self, call: OpaqueCall) -> None:
        """A call that is handed a function that trains may be a loop that nobody sees."""
        if self._can_be_modelled(call.name):
            name = owner(call.name)
            self.calls[name][call] = None
            place = Location(call.path, call.line, 1, call.line)
            self.blocks[name][Blocked(f"a trial loop that {call.name} may be", "found", place, True)] = None


def _suggestion(name: str, wanted: _Wanted, uses: Uses) -> Suggestion:
    is_type = _is_class(name) or name in wanted.attributes
    own = [call for call in wanted.calls[name] if call.name == name]
    sites = sorted({(call.path, call.line) for call in wanted.calls[name]})
    methods: dict[str, Signature] = {}
    for call in wanted.calls[name]:
        if call.name != name:
            last = call.name.rpartition(".")[2]
            seen = uses.signature([(call.path, call.line)], last)
            methods[last] = methods[last].join(seen) if last in methods else seen
    places = [(call.path, call.line) for call in own]
    for last, seen in uses.methods_of_result(places, name.rpartition(".")[2]):
        methods[last] = methods[last].join(seen) if last in methods else seen
    return Suggestion(
        name,
        is_type,
        tuple(sorted(wanted.blocks[name])),
        tuple(sites),
        uses.signature(places, name.rpartition(".")[2]),
        tuple(Method(*each) for each in sorted(methods.items())),
        tuple(sorted(wanted.attributes[name])),
        any(call.takes_training for call in wanted.calls[name]),
    )
