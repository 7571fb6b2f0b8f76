"""Who calls a function that no run of the program reached: its call sites say what it is given.

A call site behind an option that the program itself never sets is a call site all the same. The functions it stands
in are run with symbolic arguments, outermost first, so that what the asked one is given has passed through them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from seamcheck.facts.directives import marked_consumers
from seamcheck.facts.ir import FunctionFacts
from seamcheck.flow.engine import Engine
from seamcheck.flow.modules import SourceModule

Key = tuple[str, int]
#: Functions between a root and the one that is asked for.
MAX_DEPTH = 4
#: Functions run for the sake of one that is asked for.
MAX_ROOTS = 6


def unseen(
    eng: Engine, modules: Iterable[SourceModule], asked: frozenset[str] | None
) -> list[tuple[SourceModule, int]]:
    """Functions to run because one that is asked for is called below them and was not reached."""
    known = [m for m in modules if not m.is_test]
    sites: dict[str, list[Key]] = {}
    for module in known:
        for index, facts in enumerate(module.facts.functions):
            for name in facts.calls if facts.parent == -1 else ():
                sites.setdefault(name.lstrip("."), []).append((module.name, index))
    found: dict[Key, None] = {}
    for module, index in asked_for(known, asked):
        if "program" not in eng.visited.get((module.name, index), set()):
            facts = module.facts.functions[index]
            found.update(dict.fromkeys(_roots(eng, (module.name, index), facts, sites)))
    return [(eng.index.by_name[module], index) for module, index in found]


def asked_for(
    modules: Iterable[SourceModule], asked: frozenset[str] | None
) -> Iterator[tuple[SourceModule, int]]:
    """The functions that were asked for as ``path::qualname``, or that a comment marks."""
    for module in modules:
        marked = marked_consumers(module.facts)
        for index, facts in enumerate(module.facts.functions):
            if facts.line in marked or f"{module.path}::{facts.qualname}" in (asked or ()):
                yield module, index


@contextmanager
def afresh(eng: Engine) -> Iterator[None]:
    """Count contexts anew: what is given here was given nowhere before, however often the program made the call."""
    kept = eng.runs, eng.contexts, eng.merged, eng.flat, eng.growth, eng.conversions
    eng.runs, eng.contexts, eng.merged, eng.flat, eng.growth, eng.conversions = {}, {}, {}, {}, {}, {}
    try:
        yield
    finally:
        eng.runs, eng.contexts, eng.merged, eng.flat, eng.growth, eng.conversions = kept


def _roots(eng: Engine, key: Key, facts: FunctionFacts, sites: dict[str, list[Key]]) -> list[Key]:
    """The nearest callers, by name, that the program ran; those it did not are run in their turn anyway."""
    roots: dict[Key, None] = {}
    seen = {key}
    level = [facts]
    for _ in range(MAX_DEPTH):
        above: list[FunctionFacts] = []
        for function in level:
            for caller in sites.get(function.name, ()):
                if caller in seen:
                    continue
                seen.add(caller)
                if "program" in eng.visited.get(caller, set()):
                    roots[caller] = None
                else:
                    above.append(eng.index.by_name[caller[0]].facts.functions[caller[1]])
        level = above
    return sorted(roots)[:MAX_ROOTS]
