"""What the program writes to files and reads back: values travel through paths known in part."""

from __future__ import annotations

from fnmatch import fnmatchcase

from seamcheck.flow.formats import ANY_FORMAT
from seamcheck.flow.labels import (
    CLOCK,
    DETAILED,
    DYNAMIC,
    DYNAMICS,
    ENVIRONMENT,
    EXTERNAL,
    IO,
    ORDER,
    RANDOM,
    READ,
    Label,
)
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Const, Text, Value


def patterns(value: Value) -> list[str]:
    """The paths a value may be, ``*`` for what is not known; ["*"] if nothing is."""
    out = []
    for ptr in sorted_pointers(value):
        if isinstance(ptr, Const) and isinstance(ptr.value, str):
            out.append(ptr.value)
        elif isinstance(ptr, Text):
            out.append(ptr.pattern)
        else:
            return ["*"]
    return out or ["*"]


def last_part(pattern: str) -> str:
    """The last part of a path pattern."""
    return pattern.replace("\\", "/").rstrip("/").rpartition("/")[2] or "*"


def basename(pattern: str) -> str:
    """The last part of a path pattern: folders are often arguments, names seldom. A suffix alone says nothing."""
    name = last_part(pattern)
    return "*" if name.partition(".")[0] == "*" else name


def overlap(a: str, b: str) -> bool:
    """May two patterns name one file? Exact when at most one of them has a wildcard."""
    if "*" in a and "*" in b:
        head_a, head_b = a.partition("*")[0], b.partition("*")[0]
        tail_a, tail_b = a.rpartition("*")[2], b.rpartition("*")[2]
        heads = head_a.startswith(head_b) or head_b.startswith(head_a)
        return heads and (tail_a.endswith(tail_b) or tail_b.endswith(tail_a))
    return fnmatchcase(a, b.replace("[", "[[]")) or fnmatchcase(b, a.replace("[", "[[]"))


#: Kinds that tell nothing to who reads a file that was written after: they count within a trial only, and a trial
#: meets what it has written itself.
WITHIN_TRIALS = DETAILED | {CLOCK, ENVIRONMENT, IO, ORDER, RANDOM, READ}
#: Labels of what may be a result of training: known to be one, or not known at all.
RESULTS = frozenset({DYNAMICS, DYNAMIC, EXTERNAL})


def kinds_of(labels: frozenset[Label]) -> frozenset[str]:
    """The kinds of these labels."""
    return frozenset(label.kind for label in labels)


def spelled(value: Value) -> list[str]:
    """The texts among the things that a value may be which look like paths; of others nothing is said."""
    found = []
    for ptr in sorted_pointers(value):
        text = ptr.pattern if isinstance(ptr, Text) else ptr.value if isinstance(ptr, Const) else None
        if isinstance(text, str) and any(mark in text for mark in ("/", ".", "\\", "*")):
            found.append(text)
    return found


#: A function by module and index, or None.
Reader = tuple[str, int] | None
#: All test code: what it reads of an unknown file is unknown, and it is never run again.
TESTS = ("", -1)


class FileStore:
    """Labels written to path patterns, and the patterns that were read before they were written."""

    def __init__(self) -> None:
        self.written: dict[str, frozenset[Label]] = {}
        #: The same by the format that was written.
        self.by_format: dict[str, frozenset[Label]] = {}
        #: The same by the whole last part of a path, suffixes alone too: for looks at what is there.
        self.present: dict[str, frozenset[Label]] = {}
        #: The same by the whole path, known as a whole or not: for looks at what is there.
        self.whole: dict[str, frozenset[Label]] = {}
        #: The same by the whole path, of paths that are known as a whole.
        self.exact: dict[str, frozenset[Label]] = {}
        #: Which pass of a trial wrote such a path last.
        self.written_in: dict[str, int] = {}
        #: What runs now: None for code that the program runs by itself, else the uncalled function.
        self.reader: Reader = None
        #: Who read which pattern, and of these who would have read something else later.
        self.reads: dict[str, dict[Reader, None]] = {}
        self.stale: dict[Reader, None] = {}
        #: Did the program itself read a file before it was known that it may hold a result of training?
        self.news = False
        #: Results go on from file to file and no end was seen: what is read of the program's files is unknown.
        self.unsettled = False

    def write(
        self, names: list[str], labels: frozenset[Label], serial: int = 0, form: str = ANY_FORMAT
    ) -> bool:
        """Something with these labels is stored under each name; is that news?"""
        known = self.by_format.get(form, frozenset())
        news = not labels <= known
        self.by_format[form] = known | labels
        self._mark_stale("*", labels - known, kinds_of(known))
        for name in names if len(names) == 1 and "*" not in names[0] else ():
            self.exact[name] = self.exact.get(name, frozenset()) | labels
            self.written_in[name] = serial
        for name in names:
            self.whole[name] = self.whole.get(name, frozenset()) | labels
        for name in map(last_part, names):
            present = self.present.get(name, frozenset())
            news = news or not labels <= present
            self.present[name] = present | labels
        for name in map(basename, names):
            old = self.written.get(name)
            new = labels if old is None else old | labels
            if new != old:
                self.written[name] = new
                news = True
                self._mark_stale(name, new if old is None else new - old, kinds_of(old or frozenset()))
        return news

    def _mark_stale(self, name: str, labels: frozenset[Label], known: frozenset[str]) -> None:
        """Which reads would have said something else? Those of an unknown path only look for results of runs."""
        found: dict[Reader, None] = {}
        if any(label.kind in RESULTS for label in labels):
            # What nobody calls does not run before what the program itself runs.
            readers = self.reads.get("*", {})
            found.update({r: None for r in readers if r is not None or self.reader is None})
        if name != "*" and any(label.kind not in WITHIN_TRIALS for label in labels):
            for read, readers in self.reads.items():
                if read != "*" and overlap(name, read):
                    found.update(readers)
        self.stale.update(found)
        self.news = self.news or (None in found and not (kinds_of(labels) - known).isdisjoint(RESULTS))

    def read(self, names: list[str]) -> tuple[frozenset[Label], bool]:
        """Labels that may come out of these files, and whether the program itself certainly wrote one."""
        labels: frozenset[Label] = frozenset()
        hit = False
        for name in map(basename, names):
            self.reads.setdefault(name, {})[self.reader] = None
            for written, found in self.written.items():
                if written != "*" and name != "*" and overlap(written, name):
                    labels |= found
                    hit = True
        return labels, hit

    def certain(self, names: list[str], serial: int) -> frozenset[Label]:
        """Labels of what was written to just this path: of other paths it is not known whether they name one file.

        What this very pass wrote is not what an earlier trial left.
        """
        found = self.exact.get(names[0], frozenset()) if len(names) == 1 else frozenset()
        own = bool(found) and self.written_in[names[0]] == serial
        return frozenset(label for label in found if label.kind != IO) if own else found

    def written_as(self, names: list[str], everything: bool) -> frozenset[Label]:
        """Labels of the files whose presence a look at these paths tells: folders are not kept, so it may be any."""
        found: frozenset[Label] = frozenset()
        wanted = [last_part(name) for name in names]
        for written, labels in self.present.items():
            if written == "*" or any((everything and "*" not in n) or overlap(written, n) for n in wanted):
                found |= labels
        return found

    def anything_written(self, readable: frozenset[str] | None = None) -> frozenset[Label]:
        """All labels that went to a file of a format that can be read: what an unknown path may hold."""
        out: frozenset[Label] = frozenset()
        for form, labels in self.by_format.items():
            if readable is None or form == ANY_FORMAT or form in readable:
                out |= labels
        return out
