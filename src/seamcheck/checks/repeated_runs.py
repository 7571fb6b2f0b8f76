"""Training runs that several consumers make: each caller pays for the whole run again."""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.checks.evidence import Places
from seamcheck.checks.findings import make
from seamcheck.flow.engine import Engine
from seamcheck.model.evidence import Step
from seamcheck.model.report import Consumer, Finding


def repeated_runs(eng: Engine, consumers: Iterable[Consumer], places: Places) -> list[Finding]:
    """One finding per function that trains outside every trial and is called by two consumers or more."""
    reported = {(c.location.path, c.function) for c in consumers}
    by_dotted = eng.by_dotted()
    callers: dict[str, set[str]] = {}
    for caller, callees in eng.edges.items():
        for callee in callees:
            callers.setdefault(callee, set()).add(caller)
    out = []
    for name in sorted(_training_functions(eng)):
        module_name, index = by_dotted[name]
        module = eng.index.by_name[module_name]
        facts = module.facts.functions[index]
        found = sorted(
            c for c in callers.get(name, ()) if c in by_dotted and _place(eng, by_dotted[c]) in reported
        )
        if len(found) < 2:
            continue
        flow = []
        for caller in found:
            path, qualname = _place(eng, by_dotted[caller])
            line = eng.index.by_name[by_dotted[caller][0]].facts.functions[by_dotted[caller][1]].line
            flow.append(Step(f"`{qualname}` makes the run", places.at(path, line)))
        names = ", ".join(f"`{_place(eng, by_dotted[c])[1]}`" for c in found)
        where = places.at(module.path, facts.line, facts.end_line)
        message = f"the training run of `{facts.qualname}` is made by {len(found)} consumers: {names}"
        fix = "make the run once and hand its result to every consumer"
        out.append(make("SEAM102", message, where, facts.qualname, "repeated run", tuple(flow), fix))
    return out


def _training_functions(eng: Engine) -> set[str]:
    """Functions of the project whose own body trains outside every trial loop."""
    own = {
        (event.path, event.function) for event in eng.trains.values() if not event.loops and not event.is_test
    }
    return {name for name, key in eng.by_dotted().items() if _place(eng, key) in own}


def _place(eng: Engine, key: tuple[str, int]) -> tuple[str, str]:
    module = eng.index.by_name[key[0]]
    return module.path, module.facts.functions[key[1]].qualname
