"""Loops: the body runs until neither variables nor older objects change any more."""

from __future__ import annotations

from collections.abc import Callable

from seamcheck.facts.ir import Node
from seamcheck.flow import assignment, branches, cursors, hidden_reads, iteration, plain_loops
from seamcheck.flow.engine import EXIT, FALL, Engine
from seamcheck.flow.events import TRAINING_ROLES
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import LAZY, ORDER, PARAM, READ, STREAM, Label, part_of_order
from seamcheck.flow.values import Value

#: Runs of a loop body until variables are stable.
MAX_PASSES = 24


def exec_for(eng: Engine, frame: Frame, node: Node) -> int:
    """A for loop: elements joined, body until stable; a loop over configurations is a trial loop."""
    return plain_loops.watch_loop(eng, frame, node, lambda marker: run_for(eng, frame, node, marker))


def run_for(eng: Engine, frame: Frame, node: Node, marker: object) -> int:
    """The loop itself; ``marker`` labels its elements."""
    source = eng.evaluate(frame, node[4])
    iteration.note_iteration(eng, frame, source, node[1])
    control = branches.control_labels(source.labels) - frozenset(
        label for label in source.labels if label.kind in (PARAM, STREAM)
    )

    control |= cursors.left_behind(eng, source) | cursors.moved_on(eng, frame, (source,), node[1])
    leaves = has_break(node[5])

    def bind() -> None:
        v = iteration.elements(eng, frame, source, node[4])
        iteration.note_elements(eng, frame, v, node[1])
        if leaves:
            v = eng.table.labelled(v, random_subset(eng, v))
        assignment.assign(eng, frame, node[3], marker(v) if callable(marker) else v, node[4])

    status = loop_body(eng, frame, bind, node[5], node[6], control)
    fed_by_files(eng, frame, node[1])
    return status


def has_break(body: tuple[Node, ...]) -> int:
    """The line of a ``break`` or ``return`` that may leave this loop early, or 0."""
    for node in body:
        if node[0] in ("break", "return"):
            return int(node[1])
        if node[0] == "if":
            found = has_break(node[4]) or has_break(node[5])
        elif node[0] == "with":
            found = has_break(node[4])
        elif node[0] == "try":
            found = has_break(node[3]) or has_break(node[5])
        else:
            found = 0
        if found:
            return found
    return 0


def random_subset(eng: Engine, v: Value) -> frozenset[Label]:
    """A shuffled epoch that is left early uses a random subset of the rows."""
    text = "the shuffled epoch is left early, so that a random subset is used"
    return frozenset(part_of_order(label, text) for label in eng.labels_of(v) if label.kind == ORDER)


def exec_while(eng: Engine, frame: Frame, node: Node) -> int:
    """A while loop."""
    return plain_loops.watch_loop(eng, frame, node, lambda marker: run_while(eng, frame, node))


def run_while(eng: Engine, frame: Frame, node: Node) -> int:
    """The loop itself."""
    tested: list[frozenset[Label]] = [frozenset()]

    def test() -> None:
        asked = eng.evaluate(frame, node[3])
        hidden_reads.asks_truth(eng, frame, asked, node)
        tested[0] |= branches.control_labels(eng.labels_of(asked))

    status = loop_body(eng, frame, test, node[4], node[5], frozenset(), tested)
    fed_by_files(eng, frame, node[1])
    return status


def fed_by_files(eng: Engine, frame: Frame, line: int) -> None:
    """A loop that reads files while a model goes on learning in it: the data are complete when training ends only."""
    record = eng.loop_ids.get(eng.loops[-1]) if eng.loops else None
    if record is None or (record.path, record.line) == (frame.path, line):
        return  # each pass is a trial with a model of its own
    if not any(effect.kind == "file" for effect in frame.effects):
        return
    for effect in frame.effects:
        event = eng.trains.get(effect.key) if effect.kind == "train" else None
        if event is None or not (event.incremental or event.feeds):
            continue
        for role, found in list(event.parts.items()):
            read = sorted(label for label in found.labels if label.kind == READ)
            text = "files are read one after another while the model learns"
            if read and role in TRAINING_ROLES:
                lazy = read[0]._replace(kind=LAZY, message=text)
                event.parts[role] = found._replace(labels=found.labels | {lazy})


def loop_body(
    eng: Engine,
    frame: Frame,
    bind: Callable[[], None],
    body: tuple[Node, ...],
    orelse: tuple[Node, ...],
    control: frozenset[Label],
    tested: list[frozenset[Label]] | None = None,
) -> int:
    """Run a body until neither variables nor older objects change any more.

    What changes depends on how often the body ran: on the iterable, the test and the tests before a ``break``.
    """
    start, guard = dict(frame.fields), frame.guard
    cells: dict[object, object] = {}
    eng.heap.enter()
    frame.breaks.append([])
    frame.leaving.append(frozenset())
    eng.control.append(control)
    before = grown = start
    stable = False
    for _ in range(MAX_PASSES):
        frame.fields = dict(start)
        bind()
        status = eng.block(frame, body)
        ends = [start, *([frame.fields] if status == FALL else []), *frame.breaks[-1]]
        after = branches.join_environments(eng, ends, frozenset())
        settled, cells = eng.heap.settled(cells)
        stable = settled and all(after[name] is v for name, v in start.items())
        grown = dict(after)
        if stable:
            break
        start = grown
    eng.control.pop()
    frame.breaks.pop()
    decides = control | frame.leaving.pop() | (tested[0] if tested else frozenset())
    if not stable:
        decides |= eng.unknown("a loop whose variables keep changing", frame, frame.statement[0]).labels
        grown = {name: eng.table.labelled(v, decides) for name, v in grown.items()}
    eng.heap.leave(decides)
    frame.fields = branches.join_environments(eng, [before, grown], decides)
    frame.decided |= decides
    frame.guard = guard
    frame.tail = frozenset()  # ``continue`` and ``break`` lead no further than here
    return eng.block(frame, orelse) if orelse else FALL


def exec_break(eng: Engine, frame: Frame, node: Node) -> int:
    """Leave the loop with the variables as they are."""
    if frame.breaks:
        frame.breaks[-1].append(dict(frame.fields))
        # After ``continue`` too the rest of the pass depends on the test before it.
        frame.leaving[-1] |= branches.control_of(eng)
    return EXIT
