"""Branches: which alternatives run, and what holds after them."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import expressions, hidden_reads, iteration, names, passes
from seamcheck.flow.engine import EXIT, FALL, Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import DYNAMICS, LAZY, REASONS, Label
from seamcheck.flow.places import Place
from seamcheck.flow.values import Value

CONTROL_KINDS = (REASONS | {DYNAMICS, "loopvar"}) - {LAZY}


def control_of(eng: Engine) -> frozenset[Label]:
    """Labels of the tests that decide whether this point is reached."""
    out: frozenset[Label] = frozenset()
    for labels in eng.control:
        out |= labels
    return out


def control_labels(labels: frozenset[Label]) -> frozenset[Label]:
    """The labels of a test that matter for what it decides."""
    return frozenset(label for label in labels if label.kind in CONTROL_KINDS)


def exec_if(eng: Engine, frame: Frame, node: Node) -> int:
    """Both branches, unless the test is certain or asks for ``__main__``."""
    _, _, _, test_node, body, orelse = node
    if is_main_guard(test_node):
        if frame.facts is None:
            eng.deferred.append((frame, body))
        return FALL
    test = names.look(eng, frame, test_node)
    hidden_reads.asks_truth(eng, frame, test, node)
    truth = expressions.truth_of(test)
    if truth is not None and not test.labels and foldable(frame, test_node):
        return eng.block(frame, body if truth else orelse)
    return branches(eng, frame, [body, orelse], control_labels(eng.labels_of(test)))


def is_main_guard(node: Node) -> bool:
    """``__name__ == "__main__"`` in either order."""
    if node[0] != "cmp" or len(node[3]) != 1 or node[3][0][0] != "==":
        return False
    sides = (node[2], node[3][0][1])
    return any(s[0] == "name" and s[2] == "__name__" for s in sides) and any(
        s[0] == "const" and s[2] == "__main__" for s in sides
    )


def foldable(frame: Frame, node: Node) -> bool:
    """Does a test rest on literals and on this function's own variables only? Anybody may change module state."""
    if frame.facts is None:
        return bool(node[0] == "const" or (node[0] == "name" and node[2] == "TYPE_CHECKING"))
    op = node[0]
    if op == "const":
        return True
    if op == "name":
        return node[2] in frame.fields
    if op == "cmp":
        return foldable(frame, node[2]) and all(foldable(frame, right) for _, right in node[3])
    if op == "bool":
        return foldable(frame, node[3]) and foldable(frame, node[4])
    return op == "unary" and foldable(frame, node[3])


def branches(eng: Engine, frame: Frame, bodies: list[tuple[Node, ...]], control: frozenset[Label]) -> int:
    """Run alternatives from one state and join what they leave; what differs depends on the test."""
    before = frame.fields
    ends: list[dict[str, Value]] = []
    written = []
    returned = frame.result
    eng.control.append(control)
    exits = 0
    left = False
    watched = passes.deciding(eng, control) if control and eng.table.running else None
    did: list[dict[Effect, None]] = []
    effects = frame.effects
    for body in bodies:
        frame.fields = dict(before)
        eng.heap.enter()
        if watched:
            frame.effects = {}
        status = eng.block(frame, body)
        if watched:
            did.append(frame.effects)
            effects.update(frame.effects)
        written.append(eng.heap.swap())
        if status == FALL:
            ends.append(frame.fields)
        else:
            exits += 1
            left = left or body[-1][0] != "raise"
    eng.control.pop()
    frame.effects = effects
    if watched:
        passes.note(eng, control, did)
    for cells in written:
        eng.heap.merge({cell: _controlled(eng, v, control) for cell, v in cells.items()})
    if control and exits:
        if frame.result is not returned:
            frame.exit_labels |= control
        frame.raised |= control
    if not ends:
        frame.fields = before
        return EXIT
    frame.fields = join_environments(eng, ends, control)
    if left:
        frame.tail |= control
        frame.guard |= control
    return FALL


def under(eng: Engine, frame: Frame, control: frozenset[Label], node: Node) -> Value:
    """An expression that is evaluated where a test says so."""
    if not (control and eng.table.running and passes.deciding(eng, control)):
        return eng.evaluate(frame, node)
    effects, frame.effects = frame.effects, {}
    v = eng.evaluate(frame, node)
    passes.note(eng, control, [frame.effects])
    effects.update(frame.effects)
    frame.effects = effects
    return v


def _controlled(eng: Engine, v: object, control: frozenset[Label]) -> object:
    if control and isinstance(v, Value):
        return eng.table.labelled(v, control)
    return v


def join_environments(
    eng: Engine, ends: list[dict[str, Value]], control: frozenset[Label]
) -> dict[str, Value]:
    """Variables after a join; those that differ between the ends carry the labels of the test."""
    first = ends[0]
    if len(ends) == 1:
        return first
    out = dict(first)
    for other in ends[1:]:
        for name, v in other.items():
            mine = out.get(name)
            if mine is v:
                continue
            joined = v if mine is None else eng.table.join(mine, v)
            out[name] = eng.table.labelled(joined, control)
    return out


def exec_match(eng: Engine, frame: Frame, node: Node) -> int:
    """Each case as a branch; captured names derive from the subject."""
    subject = eng.evaluate(frame, node[3])
    control = control_labels(eng.labels_of(subject))
    bodies: list[tuple[Node, ...]] = []
    for bound, guard, body in node[4]:
        head = tuple(("bind", body[0][1] if body else node[1], node[2], name, subject) for name in bound)
        test = () if guard is None else (("expr", guard[1], guard[1], guard),)
        bodies.append((*head, *test, *body))
    return branches(eng, frame, [*bodies, ()], control)


def exec_bind(eng: Engine, frame: Frame, node: Node) -> int:
    """A name captured by a pattern."""
    subject = node[4]
    names.store(
        eng,
        frame,
        node[3],
        eng.table.join(subject, iteration.elements(eng, frame, subject, Place(("name", node[1], node[3])))),
    )
    return FALL
