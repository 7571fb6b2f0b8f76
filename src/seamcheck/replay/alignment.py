"""Which train calls of two trials belong together, and what differs between them.

Calls are aligned by their place in the program, by cell and fold, and by their count there, never by their position
in the trial: one extra call would shift all others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from seamcheck.model.event import TRAINING_ROLES, ColumnHash, Event, RoleHash, Varying

#: A role of an event: its name, its index, and which of several that have both.
RoleKey = tuple[str, int, int]
#: The events of a site, by trial.
Trials = Mapping[int, list[Event]]


class Difference(NamedTuple):
    """A role of which two calls were given something else. ``event`` is the later one."""

    role: str
    columns: frozenset[str] | None
    blocks: frozenset[int]
    event: Event


def roles(event: Event) -> dict[RoleKey, RoleHash]:
    """The roles of an event by name and index; none hides another that has the same."""
    seen: Counter[tuple[str, int]] = Counter()
    found = {}
    for role in event.roles:
        key = (role.role, role.index)
        found[*key, seen[key]] = role
        seen[key] += 1
    return found


def training_data(event: Event) -> tuple[tuple[RoleKey, str | None], ...]:
    """What the call trained on: the digests of its training roles (profile train)."""
    return tuple(
        (key, None if role.digests is None else role.digests.train)
        for key, role in sorted(roles(event).items())
        if role.role in TRAINING_ROLES
    )


def is_hashed(event: Event) -> bool:
    """Is it known what this call trained on? Its rows or labels were hashed, and all else that it trained on."""
    if event.status == "unknown" and all(role.digests is not None for role in event.roles):
        return False  # what is not known of it is in none of the roles
    data = training_data(event)
    has_rows = any(key[0] in ("X", "y") for key, _ in data)
    return has_rows and all(digest is not None for _, digest in data)


def differences(one: Event, other: Event) -> list[Difference]:
    """The roles in which two calls differ. A role that one of the two could not hash is no difference."""
    first, second = roles(one), roles(other)
    # A call without any training data was not understood: what it lacks is not known to be missing.
    known = bool(training_data(one)) and bool(training_data(other))
    found = []
    for key in sorted(first.keys() | second.keys()):
        a, b = first.get(key), second.get(key)
        if a is None or b is None:
            given = a or b
            if known and given is not None and given.digests is not None:
                found.append(Difference(key[0], None, frozenset(), other))
        elif a.digests is not None and b.digests is not None and a.digests.train != b.digests.train:
            columns, blocks = _columns(a, b)
            found.append(Difference(key[0], columns, blocks, other))
    return found


def _columns(one: RoleHash, other: RoleHash) -> tuple[frozenset[str] | None, frozenset[int]]:
    """The names of the columns that differ, or are in one of the two only; None where they cannot be told apart."""
    if not one.columns or not other.columns:
        return None, frozenset()
    first, second = _named(one.columns), _named(other.columns)
    names = {key[0] for key in first.keys() ^ second.keys()}
    blocks: set[int] = set()
    for key in first.keys() & second.keys():
        a, b = first[key], second[key]
        if a.digest != b.digest:
            names.add(key[0])
            blocks |= _blocks(a.leaves, b.leaves)
    if not names:
        # The same columns in another order.
        names = {a.name for a, b in zip(one.columns, other.columns, strict=True) if a.name != b.name}
    return frozenset(names) or None, frozenset(blocks)


def _named(columns: Iterable[ColumnHash]) -> dict[tuple[str, int], ColumnHash]:
    """Columns by name; the second of two equal names is the second one in the other table, too."""
    seen: Counter[str] = Counter()
    found = {}
    for column in columns:
        found[column.name, seen[column.name]] = column
        seen[column.name] += 1
    return found


def _blocks(one: tuple[str, ...], other: tuple[str, ...]) -> set[int]:
    if not one or not other:
        return set()
    longest = max(len(one), len(other))
    return {number for number in range(longest) if one[number : number + 1] != other[number : number + 1]}


class Compared(NamedTuple):
    """What differs at a place. ``shifted``: trials that made fewer calls there, each with data that the longest trial
    had in another call, in the same order: which call is which cannot be told, so neither can whether they differ."""

    differences: list[Difference]
    shifted: tuple[int, ...]


# -- sites ----------------------------------------------------------------------------------------


def by_site(events: Iterable[Event]) -> list[Trials]:
    """The events of a loop that belong to one place, cell and fold, by trial, each in its order there.

    The model is no data: where one line trains a model of another class in each trial, these are compared. Where a
    line trains models of several classes within a trial (a helper that everything goes through), the class tells
    them apart if their order does not.
    """
    places: dict[tuple[str | int | None, ...], dict[int, list[Event]]] = {}
    for event in sorted(events, key=lambda e: (e.monotonic, e.ordinal)):
        key = (event.path, event.line, event.cell, event.fold, event.part)
        places.setdefault(key, {}).setdefault(event.trial or 0, []).append(event)
    found: list[Trials] = []
    for _, trials in sorted(places.items(), key=lambda item: [(part is not None, part) for part in item[0]]):
        found += [trials] if _by_position(trials) else _by_api(trials)
    return found


def _by_position(trials: Trials) -> bool:
    """May the n-th call of one trial at this place be held against the n-th of another, whatever their classes?"""
    courses = {tuple(event.api for event in events) for events in trials.values()}
    if all(len(set(course)) == 1 for course in courses):
        return True
    longest = max(courses, key=len)
    if all(course == longest[: len(course)] for course in courses):
        return True
    same_classes = len({tuple(sorted(course)) for course in courses}) == 1
    return not same_classes and len({len(course) for course in courses}) == 1


def _by_api(trials: Trials) -> list[Trials]:
    found: dict[str, dict[int, list[Event]]] = {}
    for number, events in trials.items():
        for event in events:
            found.setdefault(event.api, {}).setdefault(number, []).append(event)
    return list(found.values())


def compare_site(trials: Trials) -> Compared:
    """What differs between the trials at one place. Each call is held against the first trial that has it, role by
    role against the first in which that could be hashed."""
    if any(unordered(events) for events in trials.values()):
        return Compared(compare_as_sets(trials), _astray(trials))
    found: list[Difference] = []
    shifted = []
    reference: dict[int, Event] = {}
    longest = [training_data(event) for event in max(trials.values(), key=len)]
    for number in sorted(trials):
        differ: list[Difference] = []
        for position, event in enumerate(trials[number]):
            first = reference.get(position)
            if first is not None:
                differ += differences(first, event)
            reference[position] = event if first is None else _filled(first, event)
        data = [training_data(event) for event in trials[number]]
        if decides(differ) and len(data) < len(longest) and _within(data, longest):
            shifted.append(number)
        else:
            found += differ
    return Compared(found, tuple(shifted))


def _filled(reference: Event, event: Event) -> Event:
    """The reference, with what could not be hashed of it taken from a later trial: those after it are held against
    that."""
    if not training_data(reference):
        return event
    if all(role.digests is not None for role in reference.roles):
        return reference
    later = roles(event)
    known = (later.get(key, role) if role.digests is None else role for key, role in roles(reference).items())
    return msgspec.structs.replace(reference, roles=tuple(known))


def decides(found: Iterable[Difference]) -> bool:
    """Is a training role among these?"""
    return any(each.role in TRAINING_ROLES for each in found)


def _astray(trials: Trials) -> tuple[int, ...]:
    """Trials with fewer unordered calls than another, of which none has all data of the other."""
    most = max(map(len, trials.values()))
    short = {
        number: Counter(map(training_data, events)) for number, events in trials.items() if len(events) < most
    }
    return tuple(
        number
        for number, data in sorted(short.items())
        if any(not data <= other and not other <= data for other in short.values())
    )


def _within(short: Sequence[object], long: Sequence[object]) -> bool:
    """Is this the longer list with something left out?"""
    rest = iter(long)
    return all(any(each == other for other in rest) for each in short)


def unordered(events: list[Event]) -> bool:
    """Did several threads or processes make these calls? Then their order says nothing."""
    return len({(event.host, event.pid, event.thread) for event in events}) > 1


def compare_as_sets(trials: Trials) -> list[Difference]:
    """Calls made at the same time: what a trial was given must be among what the trial with most calls was given."""
    longest = max(sorted(trials), key=lambda number: len(trials[number]))
    found: list[Difference] = []
    for number in sorted(trials):
        if number == longest:
            continue
        left = list(trials[longest])
        strange = []
        for event in trials[number]:
            same = next((each for each in left if not differences(each, event)), None)
            if same is None:
                strange.append(event)
            else:
                left.remove(same)
        for event, other in zip(strange, left, strict=False):
            found += differences(other, event)
    return found


def merged(found: Iterable[Difference]) -> tuple[Varying, ...]:
    """One entry per role and call, with all columns and blocks that differed anywhere."""
    groups: dict[tuple[str, str, int], list[Difference]] = {}
    for each in found:
        key = (each.role, each.event.path or "", each.event.line or 0)
        groups.setdefault(key, []).append(each)
    out = []
    for (role, _, _), group in sorted(groups.items(), key=lambda item: (_rank(item[0][0]), item[0])):
        known = [each.columns for each in group if each.columns is not None]
        columns = tuple(sorted(frozenset().union(*known), key=_natural)) if len(known) == len(group) else None
        blocks = tuple(sorted(frozenset().union(*(each.blocks for each in group))))
        out.append(Varying(role, columns, group[0].event.path, group[0].event.line, blocks))
    return tuple(out)


_ORDER = ("X", "y", "weight", "group", "init_score")


def _rank(role: str) -> int:
    return _ORDER.index(role) if role in _ORDER else len(_ORDER)


def _natural(name: str) -> list[tuple[int, str]]:
    """Columns of a matrix are called by their numbers: 2 comes before 10."""
    return [(len(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", name)]
