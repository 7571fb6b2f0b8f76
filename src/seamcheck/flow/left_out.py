"""Calls beyond the bound on contexts: what they might have done to a verdict.

A function that is called in more ways than were followed did something in those that were not: below it a trial loop
may be given a seed of None, a consumer a result of training. So a function with a trial loop is run with symbolic
arguments, too, which stand for whatever was left out; and a consumer that seems to need X and y only is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from seamcheck.flow.contexts import MANY
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import DYNAMIC_EFFECTS, OPEN_EFFECTS, Effect

Key = tuple[str, int]
#: What a consumer that needs X and y only does nothing of.
TELLING = DYNAMIC_EFFECTS | OPEN_EFFECTS


def loops_below(eng: Engine) -> list[Key]:
    """Functions with a trial loop below a call that was left out, if nobody ran them with symbolic arguments."""
    found = _with_loops(eng) - eng.run_alone
    return sorted(found & _callees_of(eng, eng.left_out)) if found and eng.left_out else []


def open_consumers(eng: Engine, asked: Iterable[Key]) -> None:
    """Consumers below calls that were left out are open, where they seem to need X and y only."""
    candidates = {*_seemingly_plain(eng), *asked} if eng.left_out else set()
    for where in sorted(eng.left_out):
        if not candidates:
            break
        module = eng.index.by_name[where[0]]
        facts = module.facts.functions[where[1]]
        effect = Effect("unresolved", str(module.path), facts.line, f"`{facts.name}` {MANY}")
        for key in sorted(_callees_of(eng, [where]) & candidates):
            frames = eng.summaries.get(key, [])
            if where not in eng.left_out_in_program and any(f.origin == "program" for f in frames):
                continue  # it is judged by what the program calls it with, and of that nothing was left out
            for frame in frames:
                summary = eng.memo.get(frame.key)
                if summary is not None:
                    eng.memo[frame.key] = summary._replace(effects=(*summary.effects, effect))
            candidates.discard(key)


def _with_loops(eng: Engine) -> set[Key]:
    """Functions in which a trial loop stands."""
    found = {_function_of(eng, record.path, record.function) for record in eng.loop_records.values()}
    return {key for key in found if key is not None}


def _seemingly_plain(eng: Engine) -> set[Key]:
    """Consumers that do nothing which needs more than X and y, in any context that was run."""
    found: set[Key] = set()
    for key, frames in eng.summaries.items():
        done = [summary for frame in frames if (summary := eng.memo.get(frame.key)) is not None]
        if any(frame.receives for frame in frames) and not any(
            effect.kind in TELLING for summary in done for effect in summary.effects
        ):
            found.add(key)
    return found


def _function_of(eng: Engine, path: str, qualname: str) -> Key | None:
    module = eng.index.by_path.get(PurePosixPath(path))
    if module is None:
        return None
    indexes = (index for index, facts in enumerate(module.facts.functions) if facts.qualname == qualname)
    return next(((module.name, index) for index in indexes), None)


def _callees_of(eng: Engine, keys: Iterable[Key]) -> set[Key]:
    """These functions and whatever they lead to."""
    known = eng.by_dotted()
    queue = [eng.dotted(eng.index.by_name[module], index) for module, index in keys]
    found = set(queue)
    while queue:
        fresh = eng.edges.get(queue.pop(), {}).keys() - found
        found |= fresh
        queue.extend(fresh)
    return {known[name] for name in found if name in known}
