"""What a run notes about values that have no object of their own, and about what assumptions settle.

A value that came out of a call nobody can see into is nothing but its labels: no object that a change in place could
be written to. Such changes are noted here, by the origin of the value, for the whole run and whatever comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seamcheck.facts.assumptions import Assumption
from seamcheck.flow.labels import CLOCK, DYNAMIC, ENVIRONMENT, EXTERNAL, IO, MUTATION, RANDOM, TRIAL, Label

if TYPE_CHECKING:
    from seamcheck.flow.objects import Obj

#: What a value without an object is known by: a label without the way it took, or the assumption it rests on.
Origin = Hashable
#: Labels of what came out of a call that nobody can see into, or the like.
UNSEEN = frozenset({DYNAMIC, EXTERNAL})
#: Labels of what is written that matter: what makes trials differ, or may.
WRITTEN = frozenset({TRIAL, RANDOM, CLOCK, MUTATION, DYNAMIC, EXTERNAL, ENVIRONMENT, IO})


def origin(label: Label) -> Origin:
    """What a value with this label is known by; all that one assumption speaks of is one."""
    return label.assumed.by if label.assumed else label[:6]


@dataclass(slots=True)
class Ledger:
    """The notes of one run.

    ``changes`` are objects that hold what was written into values of an origin, for certain (True) or maybe.
    ``doubts`` are origins that were handed to a call which may have changed them, by the loops that ran, and why.
    ``rests`` are the origins of what the calls of an assumption are given, which is why it settles nothing if one of
    them is in doubt. ``settled`` are the assumptions that settled something, and of which callees; ``refuted`` those
    that the source speaks against, with what it says; ``born`` the randomness and clocks met inside the calls of one.
    """

    changes: dict[tuple[Origin, bool], Obj] = field(default_factory=dict)
    doubts: dict[Origin, dict[tuple[int, ...], Label]] = field(default_factory=dict)
    rests: defaultdict[Assumption, set[Origin]] = field(default_factory=lambda: defaultdict(set))
    settled: dict[Assumption, set[str]] = field(default_factory=dict)
    refuted: dict[Assumption, Label] = field(default_factory=dict)
    born: defaultdict[Assumption, set[Label]] = field(default_factory=lambda: defaultdict(set))

    def grown(self, labels: Iterable[Label]) -> frozenset[Label]:
        """Labels of a value, and those of what was written into values of the same origins."""
        found = set(labels)
        pending = list(found) if self.changes else []
        while pending:
            more = self._written(origin(pending.pop())) - found
            found |= more
            pending.extend(more)
        return frozenset(found)

    def _written(self, where: Origin) -> set[Label]:
        """Labels of what was written into values of an origin; what may have been is open."""
        out: set[Label] = set()
        for certain in (True, False):
            shadow = self.changes.get((where, certain))
            if shadow is None:
                continue
            # That the next trial meets the change is said of the object, and is not certain of the value.
            tests = {x for v in shadow.fields.values() for x in v.labels if x.kind != MUTATION}
            kept = (label for label in shadow.labels | tests if label.kind in WRITTEN)
            out.update(x if certain else x._replace(kind=DYNAMIC, assumed=()) for x in kept)
        return out

    def doubted(self, labels: Iterable[Label], loop: int) -> list[Label]:
        """Why values that were there before a trial of this loop may be changed by it: calls they were handed to."""
        if not self.doubts:
            return []
        older = {origin(x) for x in labels if x.kind in UNSEEN and loop not in x.loops}
        found = {why for each in older for why in self.doubts.get(each, {}).values() if loop in why.loops}
        return sorted(found)

    def settle(self, by: Assumption, callee: str) -> None:
        """Note that an assumption settled something: what a call of ``callee`` gives or leaves as it is."""
        self.settled.setdefault(by, set()).add(callee)

    def holds(self, label: Label) -> bool:
        """Is this a label of something unknown that an assumption settles, and does nothing speak against it?"""
        if not label.assumed or not label.assumed.settled:
            return False
        by = label.assumed.by
        if by in self.refuted or by in self.doubts:
            return False
        given = self.rests.get(by, set())
        return not any(each in self.doubts or (each, True) in self.changes for each in given)
