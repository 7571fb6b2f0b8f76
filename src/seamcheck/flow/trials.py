"""Trial loops: a trial runs twice, so that what it leaves to the next one is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import drawing
from seamcheck.flow.engine import TOO_LARGE, Abandoned, Engine
from seamcheck.flow.events import LoopRecord
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import DYNAMIC, EXTERNAL, MUTATION, Label
from seamcheck.flow.objects import KEYS, LABELS, LEARNT, STATE, Cell, Obj
from seamcheck.flow.places import anchor
from seamcheck.flow.values import Const, Value

#: Field of what a trial made and then changed in place.
CHANGED = "[changed]"


def record_for(eng: Engine, frame: Frame, node: Node, kind: str) -> LoopRecord:
    """The record of the trial loop at this node; one for all contexts of a function."""
    key = (frame.path, anchor(node), kind)
    record = eng.loop_records.get(key)
    if record is None:
        line, end = (node[1], node[2]) if node[0] != "comp" else (node[1], frame.statement[1])
        record = LoopRecord(eng.next_loop, kind, frame.path, frame.qualname, line, end)
        record.is_test = frame.module.is_test
        record.ledger = eng.ledger
        eng.next_loop += 1
        eng.loop_records[key] = eng.loop_ids[record.id] = record
    return record


def run_trials(eng: Engine, frame: Frame, record: LoopRecord, body: Callable[[], Any]) -> None:
    """Run the body of a trial twice. Before the second run everything older that the first one changed is marked."""
    if record.id in eng.loops:
        return
    record.depth = len(eng.heap.regions) + 1
    outer_loops, outer_effects, outer_pass = eng.loops, frame.effects, eng.pass_serial
    eng.loops = (*eng.loops, record.id)
    eng.loop_base.append(len(eng.trace))
    frame.effects = {}
    try:
        for attempt in (1, 2):
            eng.next_pass += 1
            eng.pass_serial = eng.next_pass
            variables = dict(frame.fields)
            eng.heap.enter()
            body()
            log = eng.heap.leave()
            if attempt == 1:
                mark_stale(eng, frame, record, log)
                _mark_variables(eng, frame, record, variables)
    except (Abandoned, RecursionError):
        # Contexts that were run to the end say nothing about this one.
        record.unresolved.append(Label(DYNAMIC, TOO_LARGE, record.path, record.line, eng.loops))
        raise
    finally:
        eng.loops, eng.pass_serial = outer_loops, outer_pass
        eng.loop_base.pop()
        inner, frame.effects = frame.effects, outer_effects
    collect(eng, record, inner)
    frame.effects.update(inner)


def collect(eng: Engine, record: LoopRecord, effects: dict[Effect, None]) -> None:
    """What a trial did, from the effects of its code."""
    for effect in effects:
        if effect.kind == "train":
            record.trains[effect.key] = None
        elif effect.kind == "eval":
            record.evals[effect.key] = None
        elif effect.kind == "unresolved":
            record.unresolved_calls[effect] = None
        elif effect.kind == "code":
            record.unresolved.append(
                Label(DYNAMIC, f"`{effect.detail}` may change anything", effect.path, effect.line)
            )
        elif effect.kind == "external":
            record.external.append(
                Label(EXTERNAL, f"`{effect.detail}` runs outside what can be seen", effect.path, effect.line)
            )


def mutation(eng: Engine, what: str, path: str, line: int, certain: bool = True) -> Label:
    """The label of a value that an earlier trial left behind; of one of several objects each trial may meet another."""
    kind, text = (MUTATION, "still holds") if certain else (DYNAMIC, "may still hold")
    return Label(kind, f"{what} {text} what an earlier trial left in it", path, line, (*eng.loops,))


def mark_stale(eng: Engine, frame: Frame, record: LoopRecord, log: dict[tuple[Cell, Any], Any]) -> None:
    """Older fields that a trial changed hold, at the start of the next trial, what it left."""
    for (obj, field), old in log.items():
        if record.id in obj.loops or field in (drawing.SEEDED,):
            if field == drawing.SEEDED and record.id not in obj.loops:
                pass
            else:
                continue
        if isinstance(obj, Frame) and _belongs(obj, record):
            continue
        if field == LABELS:
            continue
        now = obj.fields.get(field)
        if now is None or now is old or field == KEYS or _only_read(obj, field, now):
            continue
        if isinstance(obj, Obj) and obj in eng.heap.kept and _as_given(eng, obj, field, now):
            continue
        name = field if isinstance(field, str) else str(field[1])
        if isinstance(obj, Obj) and field in (STATE, LEARNT):
            name = str(obj.type).rpartition(".")[2]
        path, line = (
            (obj.path, frame.statement[0]) if isinstance(obj, Frame) else eng.write_sites.get(obj, obj.site)
        )
        certain = not (isinstance(obj, Obj) and obj.summary)
        label = mutation(eng, f"`{name}`", path, line, certain)
        obj.fields[field] = eng.table.labelled(now, frozenset((label,)))


def _as_given(eng: Engine, obj: Obj, field: Any, now: Value) -> bool:
    """Does a field of what a cached function gave still hold what it came with, whatever decided that it was made?"""
    given = eng.heap.kept[obj].get(field)
    if given is None or given is now:
        return given is now
    same = given.ptrs == now.ptrs and all(isinstance(p, Obj | Const) for p in now.ptrs)
    if same and now.ptrs:
        obj.fields[field] = given
    return same and bool(now.ptrs)


def _only_read(obj: Cell, field: Any, now: Value) -> bool:
    """Is this field of something handed in just a part of it that was looked at?"""
    return (
        isinstance(obj, Obj)
        and obj.kind == "param"
        and all(
            isinstance(p, Obj) and p.kind == "param" and p.base is obj and p.type == f"{obj.type}.{field}"
            for p in now.ptrs
        )
        and bool(now.ptrs)
    )


def _belongs(frame: Frame, record: LoopRecord) -> bool:
    return record.id in frame.loops


def _mark_variables(eng: Engine, frame: Frame, record: LoopRecord, before: dict[str, Value]) -> None:
    """The same for variables of the function around a plain loop."""
    for name, old in before.items():
        now = frame.fields.get(name)
        if now is not None and now is not old:
            line = frame.defs.get(name, frame.statement)[0]
            label = mutation(eng, f"`{name}`", frame.path, line)
            frame.fields[name] = eng.table.labelled(now, frozenset((label,)))


def changed_in_place(
    eng: Engine, frame: Frame, obj: Obj, line: int, definite: bool, shared: bool = True
) -> None:
    """An array or frame is changed in place: if it is older than the trial, the next trial meets it changed.

    ``shared``: whatever it may share its memory with is changed, too.
    """
    eng.heap.taint(obj, change_labels(eng, frame, obj, line, definite and not obj.summary))
    note_change(eng, obj)
    if shared:
        bases_changed_in_place(eng, frame, obj, line)


def bases_changed_in_place(eng: Engine, frame: Frame, obj: Obj, line: int) -> None:
    """What an array may share its memory with may have changed with it."""
    for target in _bases(obj):
        eng.heap.taint(target, change_labels(eng, frame, target, line, definite=False))
        note_change(eng, target)


def note_change(eng: Engine, obj: Obj) -> None:
    """A change below a test: leaving the branch, the field gets the labels of the test, which labels alone do not."""
    if all(loop in obj.loops for loop in eng.loops) and (obj.kind in ("data", "param") or conditional(eng)):
        eng.heap.write(obj, CHANGED, eng.table.plain, weak=True)


def conditional(eng: Engine) -> bool:
    """Does a branch or loop of the trial decide whether this point is reached?"""
    record = eng.loop_ids.get(eng.loops[-1]) if eng.loops else None
    return len(eng.heap.regions) > (record.depth if record is not None else 0)


def change_labels(eng: Engine, frame: Frame, obj: Obj, line: int, definite: bool) -> frozenset[Label]:
    """The label of a change in place: of an array that this trial made itself there is none."""
    older = tuple(loop for loop in eng.loops if loop not in obj.loops)
    if not older:
        return frozenset()
    text = (
        "is changed in place, so that the next trial meets it changed"
        if definite
        else "may be changed in place, and whether the next trial meets it changed is not known"
    )
    where = f" (made at {obj.site[0]}:{obj.site[1]})" if obj.site[1] else ""
    message = f"data made before the trial{where} {text}"
    kind = MUTATION if definite else DYNAMIC
    return frozenset((Label(kind, message, frame.path, line, older, "", tuple(eng.trace[-3:])),))


def _bases(obj: Obj) -> list[Obj]:
    """The objects whose memory an object may share."""
    out: list[Obj] = []
    while obj.base is not None and obj.base not in out and len(out) < 4:
        obj = obj.base
        if obj.kind in ("data", "param"):
            out.append(obj)
    return out
