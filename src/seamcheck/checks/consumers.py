"""Consumers: who receives something of a training run, and what it needs of it.

Found by a rule: a function outside every objective's call tree that receives, as argument, closure, global,
attribute or from a file the program wrote, a value of a training run. Classified by what it and the
functions it calls read: anything trained makes it ``trial_dynamics``, anything unknown ``unknown``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from seamcheck.checks.decorated import Behind, behind
from seamcheck.checks.evidence import Places
from seamcheck.facts.directives import marked_consumers
from seamcheck.facts.ir import Body, FunctionFacts
from seamcheck.flow.contexts import MANY
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import DYNAMIC_EFFECTS, OPEN_EFFECTS, Effect, Frame
from seamcheck.flow.given import Given, Known
from seamcheck.flow.labels import DYNAMICS, TABLE, Label
from seamcheck.flow.modules import SourceModule
from seamcheck.flow.objects import DEEP, Obj
from seamcheck.flow.values import Value
from seamcheck.model.evidence import Reason, Step
from seamcheck.model.report import Claim, Consumer, Read

Key = tuple[str, int]
MAX_READS = 12
#: How deep results of training are looked for in what a consumer gives back.
HELD = 3


def consumers(eng: Engine, requested: Iterable[str], places: Places) -> list[Consumer]:
    """All consumers by place: those the rule finds, those a comment marks, those asked for as ``path::qualname``."""
    wanted = set(requested)
    known = Known(eng)
    out = []
    for module in sorted(eng.index.by_name.values(), key=lambda m: m.path):
        marks = marked_consumers(module.facts)
        for index, facts in enumerate(module.facts.functions):
            key = (module.name, index)
            named = f"{module.path}::{facts.qualname}" in wanted
            name = marks.get(facts.line)
            frames = visits(eng, key)
            if named or name is not None or receives_run(eng, key, frames):
                out.append(_consumer(eng, module, index, facts, frames, name, places, known))
    count: dict[str, int] = {}
    unique = []
    for consumer in out:
        count[consumer.id] = count.get(consumer.id, 0) + 1
        unique.append(consumer if count[consumer.id] == 1 else _numbered(consumer, count[consumer.id]))
    return unique


def _numbered(consumer: Consumer, number: int) -> Consumer:
    import msgspec

    return msgspec.structs.replace(consumer, id=f"{consumer.id.rpartition('#')[0]}#{number}")


def visits(eng: Engine, key: Key) -> list[Frame]:
    """The contexts to judge by: real call sites of the program, else those of tests and symbolic ones; not both.

    Of symbolic ones, those in which another function calls this one are preferred to what anybody may pass.
    """
    frames = eng.summaries.get(key, [])
    real = [f for f in frames if f.origin == "program"]
    if real:
        return real
    if any(f.origin == "generic" and not alone(f) for f in frames):
        frames = [f for f in frames if f.origin != "generic" or not alone(f)]
    return [f for f in frames if f.origin != "decorator"] or frames


def alone(frame: Frame) -> bool:
    """Was this function run by itself, with symbolic arguments of its own?"""
    here = (frame.path, frame.facts.line if frame.facts is not None else 0)
    return any(
        isinstance(p, Obj) and p.kind == "param" and p.base is None and p.site == here
        for v in frame.key[1]
        for p in v.holders
    )


def asked_of(eng: Engine, frames: list[Frame]) -> Iterator[tuple[Frame, Iterable[Effect]]]:
    """What each context does. What a test leaves open says nothing where symbolic arguments were followed."""
    symbolic = any(frame.origin == "generic" for frame in frames)
    for frame in frames:
        summary = eng.memo.get(frame.key)
        if summary is not None:
            closed = symbolic and frame.origin == "test"
            yield frame, [e for e in summary.effects if not closed or e.kind in DYNAMIC_EFFECTS]


def read_in_tests(eng: Engine, key: Key) -> dict[Effect, None]:
    """What of a training run is read where tests call it: they cannot say that it needs none, but that it does."""
    frames = [f for f in eng.summaries.get(key, ()) if f.origin == "test"]
    done = [summary for f in frames if (summary := eng.memo.get(f.key)) is not None]
    return dict.fromkeys(e for summary in done for e in summary.effects if e.kind in DYNAMIC_EFFECTS)


def receives_run(eng: Engine, key: Key, frames: list[Frame]) -> bool:
    """Is a value of a training run handed to this function, and is it in no call tree of a trial?"""
    return any(frame.receives for frame in frames) and not any(frame.loops for frame in frames)


def _consumer(
    eng: Engine,
    module: SourceModule,
    index: int,
    facts: FunctionFacts,
    frames: list[Frame],
    name: str | None,
    places: Places,
    known: Known,
) -> Consumer:
    effects: dict[Effect, None] = {}
    made = behind(eng, (module.name, index))
    for frame, done in asked_of(eng, [*frames, *made.frames]):
        data = known.arguments(frame)
        effects.update(dict.fromkeys(settled(effect, data) for effect in done))
    effects.update(given_back(eng, facts, frames))
    location = places.at(module.path, facts.line, facts.end_line)
    # What tests pass says nothing about what others may.
    seen = module.is_test or any(frame.origin != "test" for frame in frames)
    inside = any(frame.loops for frame in frames)
    claim = classify(effects, facts, bool(frames) and seen, module.path, places, inside)
    if claim.verdict == "unknown" and (shown := read_in_tests(eng, (module.name, index))):
        effects.update(shown)
        claim = classify(shown, facts, True, module.path, places)
    claim = _as_decorated(claim, made, facts, module.path, places)
    return Consumer(
        id=f"{module.path}::{facts.qualname}::consumer#1",
        name=name or facts.name,
        function=facts.qualname,
        location=location,
        claim=claim,
        reads=reads(effects, places),
    )


def given_back(eng: Engine, facts: FunctionFacts, frames: list[Frame]) -> dict[Effect, None]:
    """What is given back as it is, in a container that was not looked into; not so what was handed in as a whole.

    A container that the call made counts as it was when the call returned: what its caller puts there, or the tests
    that decided whether the call is made at all, say nothing of what it needs.
    """
    out: dict[Effect, None] = {}
    for frame in frames:
        summary = eng.memo.get(frame.key)
        if summary is None or not summary.result.holders:
            continue
        handed = {p for v in frame.key[1] for p in v.holders if isinstance(p, Obj)}
        # Labels of the result itself, and of the tests that led to it, only say what decided about it.
        given = [p for p in summary.result.holders if isinstance(p, Obj) and p.kind in DEEP]
        made = dict(summary.allocated)
        held = (_labels_held(eng, p, HELD, handed, made) for p in given)
        if any(label.kind == DYNAMICS for labels in held for label in labels - frame.exit_labels):
            out[Effect("read", frame.path, facts.line, "what it returns")] = None
    return out


def _labels_held(
    eng: Engine, obj: Obj, depth: int, apart: set[Obj], made: dict[Obj, dict[Any, Value]]
) -> frozenset[Label]:
    """Labels of what an object holds, those that the call made as they were when it returned."""
    fields = made.get(obj)
    if fields is None or depth <= 0:
        return eng.heap.object_labels(obj, depth, apart)
    if obj in apart:
        return frozenset()
    found = obj.labels
    apart = {*apart, obj}
    for v in (*fields.values(), *obj.ctor.values()):
        found |= v.labels
        for ptr in v.holders:
            found |= (
                _labels_held(eng, ptr, depth - 1, apart, made) if isinstance(ptr, Obj) else eng.labels_of(v)
            )
    return found


def _as_decorated(claim: Claim, made: Behind, facts: FunctionFacts, path: str, places: Places) -> Claim:
    """A claim that holds for what the name stands for: with what is assumed of decorators, or given up."""
    if claim.verdict != "xy_only":
        return claim
    if not made.known:
        message = f"what `{facts.name}` stands for after its decorators and assignments is not known"
        why = Reason("dynamic", message, None, places.at(path, facts.line))
        return Claim("unknown", (), (why,))
    return Claim(claim.verdict, claim.evidence, (), (*claim.assumptions, *made.assumptions))


def settled(effect: Effect, data: frozenset[Given]) -> Effect:
    """A read of what callers give, now that all train calls are known: data, or as open as before."""
    if effect.kind != "given":
        return effect
    return effect._replace(kind="data" if effect.key <= data else "opaque")


def trusted(effects: Iterable[Effect]) -> tuple[str, ...]:
    """The assumptions about what callers give."""
    found = {given for e in effects if e.kind == "data" and e.key is not None for given in e.key}
    return tuple(
        f"the file that is read at {path}:{line} holds data"
        if name == TABLE
        else f"`{name}`, given by a caller ({path}:{line}), is data, as it is used as such"
        if name.isidentifier()
        else f"what is trained on is data, although {name} ({path}:{line})"
        for path, line, name in sorted(found)
        if path
    )


def classify(
    effects: dict[Effect, None],
    facts: FunctionFacts,
    visited: bool,
    path: str,
    places: Places,
    inside: bool = False,
) -> Claim:
    """What the effects of a function and of all it calls say about its needs; ``inside``: it is run in trials."""
    dynamics = [e for e in effects if e.kind in DYNAMIC_EFFECTS]
    if not dynamics and not gives_value(facts.body):
        # It only shows what a trial chose: the trial is what it is about.
        dynamics = [e for e in effects if e.kind == "shown"]
    open_ends = [e for e in effects if e.kind in OPEN_EFFECTS]
    if dynamics:
        steps = tuple(Step(_says(e), places.at(e.path, e.line)) for e in _first(dynamics, path))
        return Claim("trial_dynamics", steps)
    if open_ends or not visited:
        found = tuple(
            Reason("dynamic", _open(e), None, places.at(e.path, e.line)) for e in _first(open_ends, path)
        )
        unseen = Reason(
            "dynamic", "no call of this function could be followed", None, places.at(path, facts.line)
        )
        return Claim("unknown", (), found or (unseen,))
    if abstract(facts):
        why = Reason(
            "dynamic",
            "the body does nothing: what implementations read is open",
            None,
            places.at(path, facts.line),
        )
        return Claim("unknown", (), (why,))
    chosen = [e for e in effects if e.kind == "chosen"]
    if chosen and not (inside and gives_value(facts.body)):
        # A suggested value that shapes data of its trial is a matter of invariance. One that is only shown or written
        # is a result, and so is one that a trial has left behind.
        found = tuple(
            Reason("trial", f"`{e.detail}` was chosen in a trial", e.detail, places.at(e.path, e.line))
            for e in _first(chosen, path)
        )
        return Claim("unknown", (), found)
    data = [e for e in effects if e.kind == "data"]
    if not data:
        why = Reason(
            "dynamic", "nothing it reads could be followed to data", None, places.at(path, facts.line)
        )
        return Claim("unknown", (), (why,))
    steps = tuple(
        Step(f"reads `{e.detail}`, which is data", places.at(e.path, e.line)) for e in _first(data, path)
    )
    return Claim("xy_only", steps, (), trusted(data))


def abstract(facts: FunctionFacts) -> bool:
    """Is the body empty (``pass``, ``...``, a docstring, ``raise NotImplementedError``)?"""
    for node in facts.body:
        if node[0] == "pass" or (node[0] == "expr" and node[3][0] == "const"):
            continue
        return bool(node[0] == "raise")
    return True


def gives_value(body: Body) -> bool:
    """Does a function return something?"""
    pending: list[Any] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, tuple) and node:
            if node[0] == "return" and len(node) == 4 and node[3] is not None:
                return True
            if node[0] in ("if", "for", "while", "with", "try", "match"):
                pending.extend(part for part in node[3:] if isinstance(part, tuple))
            elif not isinstance(node[0], str) or node[0] not in ("expr", "assign", "aug", "ann"):
                pending.extend(part for part in node if isinstance(part, tuple))
    return False


def _open(effect: Effect) -> str:
    return effect.detail if effect.detail.endswith(MANY) else f"`{effect.detail}` is not known"


def _says(effect: Effect) -> str:
    if effect.kind == "shown":
        return f"`{effect.detail}` shows what was chosen in a trial"
    return (
        f"`{effect.detail}` trains"
        if effect.kind == "train"
        else f"reads `{effect.detail}`, a result of training"
    )


def _first(effects: list[Effect], path: str) -> list[Effect]:
    """A few effects, those of the consumer's own file first; of every file one before another line, or word, of it."""
    ordered = sorted(effects, key=lambda e: (e.path != path, e.path, e.line, e.detail))
    files, lines, words = ({key(e): e for e in reversed(ordered)} for key in (_file, _line, _word))
    ranked = [e for e in ordered if words[_word(e)] is e]
    ranked.sort(key=lambda e: 0 if files[_file(e)] is e else 1 if lines[_line(e)] is e else 2)
    chosen = set(ranked[:6])
    return [e for e in ordered if e in chosen]


def _file(effect: Effect) -> str:
    return effect.path


def _line(effect: Effect) -> tuple[str, int]:
    return effect.path, effect.line


def _word(effect: Effect) -> tuple[str, int, str]:
    return effect.path, effect.line, effect.detail


def reads(effects: dict[Effect, None], places: Places) -> tuple[Read, ...]:
    """What is read, by place."""
    found: dict[tuple[str, int, str], Effect] = {}
    kinds: dict[str, Literal["data", "dynamics", "unknown"]] = {
        "read": "dynamics",
        "train": "dynamics",
        "data": "data",
        "opaque": "unknown",
        "unresolved": "unknown",
        "external": "unknown",
    }
    for e in sorted(effects, key=lambda e: (e.kind != "read", e.path, e.line, e.detail)):
        if e.kind in kinds and e.detail:
            found.setdefault((e.path, e.line, e.detail), e)
    shown = list(found.values())[:MAX_READS]
    return tuple(Read(e.detail, kinds[e.kind], places.at(e.path, e.line)) for e in shown)
