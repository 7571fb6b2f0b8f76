"""A report whose places moved: the same claims, at the lines where the code stands now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from seamcheck.incremental.lines import LineMap
from seamcheck.model.evidence import Location
from seamcheck.model.report import Claim, Finding, ScanReport

T = TypeVar("T")
_LINE = re.compile(r"\bline (\d+)")


class Stale(Exception):
    """The report cannot be moved: a full scan must say what it says now."""


def locations(value: Any) -> Iterator[Location]:
    """Every location in a report or a part of one."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, Location):
            yield item
        elif isinstance(item, tuple):
            pending.extend(item)
        elif isinstance(item, msgspec.Struct):
            pending.extend(getattr(item, name) for name in item.__struct_fields__)


def relocate(report: ScanReport, moved: Mapping[str, LineMap]) -> ScanReport:
    """The report with its lines moved; raises Stale where it names a line of which nothing is known.

    ``moved`` has the new lines of each changed file that the report may name.
    """
    if not any(lines.moved for lines in moved.values()):
        return report
    found = _Moving(moved).of(report)
    if list(found.findings) != sorted(found.findings, key=_place_and_text):
        raise Stale
    return found


class _Moving:
    def __init__(self, moved: Mapping[str, LineMap]) -> None:
        self._moved = moved
        names = "|".join(re.escape(path) for path in sorted(moved, key=len, reverse=True))
        self._place = re.compile(f"(?<![\\w./-])({names}):(\\d+)")
        self._any = {line for lines in moved.values() for line in lines.moved}

    def of(self, item: T) -> T:
        """A part of the report, moved."""
        if isinstance(item, Location):
            return self._location(item)  # type: ignore[return-value]
        if isinstance(item, str):
            return self._text(item)  # type: ignore[return-value]
        if isinstance(item, tuple):
            return tuple(map(self.of, item))  # type: ignore[return-value]
        if not isinstance(item, msgspec.Struct):
            return item
        new = {name: self.of(getattr(item, name)) for name in item.__struct_fields__ if name != "fix"}
        if isinstance(item, Claim) and _order(item.assumptions) != _order(new["assumptions"]):
            raise Stale  # they stand in the order of their texts
        if isinstance(item, Finding):
            new["fix"] = self._fix(item)
        return type(item)(**new)

    def _fix(self, finding: Finding) -> str | None:
        """A fix names lines of the file it stands in, without its name."""
        lines = self._moved.get(finding.location.path)
        if finding.fix is None:
            return None

        def move(found: re.Match[str]) -> str:
            now = lines.get(int(found[1])) if lines is not None else int(found[1])
            if now is None:
                raise Stale
            return f"line {now}"

        return self._places(_LINE.sub(move, finding.fix))

    def _location(self, place: Location) -> Location:
        lines = self._moved.get(place.path)
        if lines is None:
            return place
        line, end = lines.get(place.line), lines.get(place.end_line) if place.end_line else 0
        if line is None or end is None:
            raise Stale
        return msgspec.structs.replace(place, line=line, end_line=end)

    def _text(self, text: str) -> str:
        if any(int(number) in self._any for number in _LINE.findall(text)):
            raise Stale  # of which file is not said
        return self._places(text)

    def _places(self, text: str) -> str:
        def move(found: re.Match[str]) -> str:
            line = self._moved[found[1]].get(int(found[2]))
            if line is None:
                raise Stale
            return f"{found[1]}:{line}"

        return self._place.sub(move, text)


def _order(texts: tuple[str, ...]) -> list[int]:
    return sorted(range(len(texts)), key=texts.__getitem__)


def _place_and_text(finding: Finding) -> tuple[Location, str, str]:
    return (finding.location, finding.code, finding.message)
