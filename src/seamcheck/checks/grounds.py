"""Which files a verdict rests on, and what follows where these were not read as they stand.

A verdict rests on every file of the programs that its own file is part of: on what imports it, what that imports in
turn, and on what writes the files that one of them may read. This is more than what it needs, never less. What is
not known of a notebook speaks against claims about the notebook itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

import msgspec

from seamcheck.checks.evidence import Places
from seamcheck.facts.ir import FileFacts
from seamcheck.facts.suites import is_test_path
from seamcheck.model.evidence import Reason, Step, in_cell
from seamcheck.model.report import Claim, Consumer, Loop, Seam

#: The verdicts that somebody skips work on.
GOOD = frozenset({"invariant", "clean", "xy_only"})
#: Names of functions that import by a computed name.
DYNAMIC = frozenset({"__import__", "import_module", "run_module", "run_path", "spec_from_file_location"})
_READS = re.compile(r"read|load|open|listdir|glob|iterdir|exists", re.IGNORECASE)
_WRITES = re.compile(r"write|save|dump|open|^to_|store", re.IGNORECASE)


def settle(
    files: Mapping[str, FileFacts], loops: Iterable[Loop], consumers: Iterable[Consumer], places: Places
) -> tuple[list[Loop], list[Consumer]]:
    """Loops and consumers whose verdicts heed the caveats of the files they rest on and name their notebooks."""
    found_loops, found_consumers = list(loops), list(consumers)
    if not any(facts.cells or facts.caveats for facts in files.values()):
        return found_loops, found_consumers
    grounds = _Grounds(files, places)
    return [grounds.loop(loop) for loop in found_loops], [grounds.consumer(each) for each in found_consumers]


class _Grounds:
    """What is assumed of, and what speaks against, the claims of one file."""

    def __init__(self, files: Mapping[str, FileFacts], places: Places) -> None:
        self._files = files
        self._places = places
        self._uses = _uses(files)
        self._used_by: dict[str, set[str]] = {path: set() for path in files}
        for user, used in self._uses.items():
            for path in used:
                self._used_by[path].add(user)
        self._known: dict[str, tuple[tuple[Reason, ...], tuple[str, ...]]] = {}
        notebooks = sorted((path for path, facts in files.items() if facts.cells), key=len, reverse=True)
        self._place = re.compile(f"({'|'.join(map(re.escape, notebooks)) or '(?!)'}):(\\d+)")

    def loop(self, loop: Loop) -> Loop:
        """A loop whose three claims heed what they rest on."""
        path = loop.location.path
        seam = self._claim(loop.seam.claim, path)
        kept = seam.verdict == loop.seam.claim.verdict
        return msgspec.structs.replace(
            loop,
            invariance=self._claim(loop.invariance, path),
            evaluation=self._claim(loop.evaluation, path),
            seam=msgspec.structs.replace(loop.seam, claim=seam)
            if kept
            else Seam(msgspec.structs.replace(seam, evidence=())),
        )

    def consumer(self, consumer: Consumer) -> Consumer:
        """A consumer whose claim heeds what it rests on."""
        return msgspec.structs.replace(consumer, claim=self._claim(consumer.claim, consumer.location.path))

    def _claim(self, claim: Claim, path: str) -> Claim:
        against, given = self._of(path)
        told = tuple(self._tell(text) for text in claim.assumptions)
        claim = msgspec.structs.replace(
            claim,
            evidence=self._steps(claim.evidence),
            reasons=tuple(
                msgspec.structs.replace(r, message=self._tell(r.message), flow=self._steps(r.flow))
                for r in claim.reasons
            ),
            assumptions=tuple(dict.fromkeys((*told, *given))),
            assumed=self._steps(claim.assumed),
        )
        if claim.verdict in GOOD and against:
            return msgspec.structs.replace(claim, verdict="unknown", reasons=against)
        return claim

    def _steps(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(msgspec.structs.replace(s, message=self._tell(s.message)) for s in steps)

    def _tell(self, text: str) -> str:
        """A text whose places in notebooks are told by cell."""

        def told(found: re.Match[str]) -> str:
            cell, line = in_cell(self._files[found[1]].cells, int(found[2]))
            return f"{found[1]}: cell {cell}, line {line}"

        return self._place.sub(told, text) if ".ipynb:" in text else text

    def _of(self, path: str) -> tuple[tuple[Reason, ...], tuple[str, ...]]:
        if path not in self._known:
            rests = _closure(_closure({path}, self._used_by), self._uses)
            # What a magic of a notebook does, it does between calls: that speaks against claims about its own code.
            torn = {each for each in rests if each == path or not self._files[each].cells}
            reasons = tuple(
                Reason(
                    "dynamic",
                    f"`{each}` was not read as it stands: {message}",
                    None,
                    self._places.at(each, line),
                )
                for each in sorted(torn)
                for line, message, _ in self._files[each].caveats[:1]
            )
            given = tuple(
                f"the cells of `{each}` are taken in file order, each run once"
                for each in sorted(rests)
                if self._files[each].cells
            )
            self._known[path] = reasons, given
        return self._known[path]


def _closure(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    found, pending = set(start), sorted(start)
    while pending:
        for path in edges.get(pending.pop(), ()):
            if path not in found:
                found.add(path)
                pending.append(path)
    return found


def _uses(files: Mapping[str, FileFacts]) -> dict[str, set[str]]:
    """For each file the ones that it may import or read from, by any reading of its import statements."""
    stems: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for path in files:
        if path.endswith(".py"):
            pure = PurePosixPath(path)
            parts = pure.parent.parts if pure.name == "__init__.py" else pure.with_suffix("").parts
            stems.setdefault(parts[-1] if parts else "", []).append((parts, path))
    uncertain = {path for path, facts in files.items() if facts.caveats}
    writers = {path for path in uncertain if any(map(_WRITES.search, _names(files[path])))}
    uses: dict[str, set[str]] = {}
    for path, facts in files.items():
        found = _implied(path, files)
        for each in facts.imports:
            for wanted in _wanted(each):
                found.update(p for parts, p in stems.get(wanted[-1], ()) if parts[-len(wanted) :] == wanted)
            if each.endswith(":*"):
                found.update(_inside(tuple(each[:-2].split(".")), stems))
        if uncertain:
            names = _names(facts)
            found |= uncertain if not DYNAMIC.isdisjoint(names) else set()
            found |= writers if writers and any(map(_READS.search, names)) else set()
        uses[path] = found
    return uses


def _implied(path: str, files: Mapping[str, FileFacts]) -> set[str]:
    """What runs with a file that never names it: its packages, for tests also what pytest loads."""
    pure = PurePosixPath(path)
    names = ("__init__.py", "conftest.py") if is_test_path(pure) else ("__init__.py",)
    found = {str(folder / name) for folder in pure.parents for name in names}
    return {each for each in found if each in files and each != path}


def _inside(
    package: tuple[str, ...], stems: Mapping[str, list[tuple[tuple[str, ...], str]]]
) -> Iterable[str]:
    """The modules of a package, which a star import may load by ``__all__``."""
    wanted = package if package != ("",) else ()
    for entries in stems.values():
        for parts, path in entries:
            if len(parts) > len(wanted) and parts[len(parts) - 1 - len(wanted) : -1] == wanted:
                yield path


def _wanted(imported: str) -> Iterable[tuple[str, ...]]:
    """The ends of the paths that an entry of ``FileFacts.imports`` may name: modules, packages, what lies in them."""
    module, _, names = imported.partition(":")
    parts = tuple(part for part in module.split(".") if part)
    for length in range(1, len(parts) + 1):
        yield parts[:length]
    name = names.partition("=")[0]
    if name and name != "*":
        yield (*parts, name)


def _names(facts: FileFacts) -> set[str]:
    """The identifiers and attributes that a file mentions anywhere."""
    found = {*facts.mentions, *facts.calls}
    for function in facts.functions:
        found.update(function.mentions, function.calls)
    for cls in facts.classes:
        found.update(cls.mentions)
    return {name.lstrip(".") for name in found}
