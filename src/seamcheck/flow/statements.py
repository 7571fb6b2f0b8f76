"""Statements: assignment, branches, loops, exceptions, context managers."""

from __future__ import annotations

from seamcheck.flow.ordering import sorted_pointers
from seamcheck.facts.ir import Node
from seamcheck.flow import attributes, calls, classes, expressions, iteration, names, trials
from seamcheck.flow.engine import EXECUTE, EXIT, FALL, Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import CLOCK, TRIAL, DYNAMICS, LAZY, ORDER, PARAM, RANDOM, REASONS, STREAM, Label
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.values import Class, Func, Sym, Value

#: Runs of a loop body until variables are stable.
MAX_PASSES = 24
CONTROL_KINDS = (REASONS | {DYNAMICS, "loopvar"}) - {LAZY}


def exec_expr(eng: Engine, frame: Frame, node: Node) -> int:
    """An expression for its effects."""
    eng.evaluate(frame, node[3])
    return FALL


def exec_assign(eng: Engine, frame: Frame, node: Node) -> int:
    """``a = b = value``."""
    value = eng.evaluate(frame, node[4])
    for target in node[3]:
        assign(eng, frame, target, value, node[4])
    return FALL


def exec_ann(eng: Engine, frame: Frame, node: Node) -> int:
    """``name: T = value``; the annotation is not evaluated."""
    if node[5] is not None:
        assign(eng, frame, node[3], eng.evaluate(frame, node[5]), node[5])
    return FALL


def assign(eng: Engine, frame: Frame, target: Node, value: Value, source: Node) -> None:
    """Store a value into any kind of target."""
    op = target[0]
    if op == "name":
        names.store(eng, frame, target[2], value)
    elif op == "attr":
        assign_attribute(eng, frame, eng.evaluate(frame, target[2]), target[3], value, target)
    elif op == "sub":
        base, index = eng.evaluate(frame, target[2]), eng.evaluate(frame, target[3])
        assign_item(eng, frame, base, index, value, target)
    elif op in ("tuple", "list"):
        unpack(eng, frame, target, value, source)
    elif op == "star":
        assign(eng, frame, target[2], value, source)


def unpack(eng: Engine, frame: Frame, target: Node, value: Value, source: Node) -> None:
    """``a, *b, c = value``."""
    targets = target[2]
    starred = next((k for k, t in enumerate(targets) if t[0] == "star"), None)
    items = iteration.known_items(eng, value)
    if items is None:
        _unpack_open(eng, frame, targets, starred, value, source)
        return
    if starred is None:
        for position, part in enumerate(targets):
            assign(eng, frame, part, items[position] if position < len(items) else eng.table.empty, source)
        return
    after = len(targets) - starred - 1
    for position in range(starred):
        assign(eng, frame, targets[position], items[position] if position < len(items) else eng.table.empty, source)
    middle = items[starred : len(items) - after if after else len(items)]
    rest = eng.allocate((id(target), "star"), frame, "list", None, target[1])
    rest.fields.clear()
    for position, v in enumerate(middle):
        eng.heap.write(rest, item(position), v)
    assign(eng, frame, targets[starred][2], eng.table.pointer(rest), source)
    for offset in range(after):
        position = len(items) - after + offset
        assign(eng, frame, targets[starred + 1 + offset], items[position] if 0 <= position < len(items) else eng.table.empty, source)


def _unpack_open(eng: Engine, frame: Frame, targets: tuple[Node, ...], starred: int | None, value: Value, source: Node) -> None:
    """Unpacking of something whose length is not known: by position where some values are known so."""
    for position, part in enumerate(targets):
        if starred is None or position < starred:
            index = eng.table.const(position)
            v = eng.table.empty
            for ptr in sorted_pointers(value):
                if isinstance(ptr, Obj) and ptr.kind in ("list", "tuple"):
                    v = eng.table.join(v, attributes.container_item(eng, frame, ptr, index, source))
                else:
                    v = eng.table.join(v, iteration.elements(eng, frame, eng.table.pointer(ptr), (part[0], part[1], position)))
            v = eng.table.labelled(v, value.labels)
        else:
            v = iteration.elements(eng, frame, value, part)
        if part[0] == "star":
            rest = eng.allocate((id(part), "star"), frame, "list", None, part[1])
            eng.heap.write(rest, ANY, v, weak=True)
            v = eng.table.pointer(rest)
            part = part[2]
        assign(eng, frame, part, v, source)


def assign_attribute(eng: Engine, frame: Frame, base: Value, name: str, value: Value, node: Node) -> None:
    """``base.name = value``; properties run their setter."""
    weak = len(base.ptrs) > 1
    for ptr in sorted_pointers(base):
        if isinstance(ptr, Obj):
            if ptr.kind == "instance":
                hook = classes.lookup(eng, ptr.type, name)
                if hook is not None and classes.is_property(hook):
                    _set_property(eng, frame, ptr, hook, value, node)
                    continue
            eng.write_sites[ptr] = (frame.path, node[1])
            if ptr.kind == "data":
                attributes_mutated(eng, frame, ptr, value, node)
            eng.heap.write(ptr, name, value, weak)
        elif isinstance(ptr, Class):
            eng.heap.write(classes.namespace(eng, ptr), name, value, weak)  # type: ignore[arg-type]
        elif isinstance(ptr, Func):
            eng.function_attributes[ptr, name] = value
        elif getattr(ptr, "tag", "") == "module":
            home = eng.modules.get(ptr.name)
            if home is not None:
                eng.heap.write(home, name, value, weak)  # type: ignore[arg-type]


def _set_property(eng: Engine, frame: Frame, obj: Obj, hook: Value, value: Value, node: Node) -> None:
    for ptr in sorted_pointers(hook):
        if isinstance(ptr, Obj) and ptr.kind == "property":
            setter = eng.heap.read(ptr, "set")
            if setter is not None:
                calls.call(eng, frame, setter, calls.Args((eng.table.pointer(obj), value)), ("call", node[1], node[1]))


def attributes_mutated(eng: Engine, frame: Frame, obj: Obj, value: Value, node: Node) -> None:
    """An attribute of an array or frame was set (``df.columns = ...``): part of its content."""
    labels = eng.labels_of(value)
    eng.heap.taint(obj, labels)


def assign_item(eng: Engine, frame: Frame, base: Value, index: Value, value: Value, node: Node) -> None:
    """``base[index] = value``."""
    weak = len(base.ptrs) > 1
    for ptr in sorted_pointers(base):
        if not isinstance(ptr, Obj):
            continue
        if ptr.kind == "instance":
            method = classes.lookup(eng, ptr.type, "__setitem__")
            if method is not None:
                bound = classes.bind(eng, frame, method, eng.table.pointer(ptr), ptr.type)
                calls.call(eng, frame, bound, calls.Args((index, value)), ("call", node[1], node[1]))
                continue
        if ptr.type == "namespace" and ptr.kind == "dict":
            _set_global(eng, frame, index, value, node)
        if ptr.kind in attributes.CONTAINERS or ptr.kind in ("instance", "lib"):
            eng.write_sites[ptr] = (frame.path, node[1])
            if weak:
                eng.heap.write(ptr, ANY, eng.table.labelled(value, eng.labels_of(index)), weak=True)
            else:
                expressions.store_item(eng, frame, ptr, index, value)
            if ptr.kind == "lib":
                eng.heap.taint(ptr, frozenset())
        elif ptr.kind == "data":
            store_column(eng, frame, ptr, index, value, node, weak)
        elif ptr.kind == "param":
            eng.heap.taint(ptr, eng.labels_of(value) | eng.labels_of(index))


def _set_global(eng: Engine, frame: Frame, index: Value, value: Value, node: Node) -> None:
    """``globals()[name] = value``: a variable of the module if the name is known, else anything may have changed."""
    keys = expressions.keys_of(index)
    if keys is None or not all(isinstance(k, str) for k in keys):
        eng.effect(frame, Effect("code", frame.path, node[1], "globals()"))
        return
    for key in keys:
        eng.heap.write(names.module_frame(eng, frame), key, value, weak=len(keys) > 1)  # type: ignore[arg-type]


def store_column(eng: Engine, frame: Frame, obj: Obj, index: Value, value: Value, node: Node, weak: bool) -> None:
    """A column by constant name replaces that column; anything else changes the content in place."""
    wanted = attributes.column_names(eng, index)
    labels = eng.labels_of(value)
    eng.write_sites[obj] = (frame.path, node[1])
    if wanted is not None and len(wanted) <= 16:
        stored = eng.table.value(frozenset(), labels | eng.labels_of(index))
        for name in sorted(wanted):
            eng.heap.write(obj, item(name), stored, weak)
        base = obj.base
        if base is not None and obj.site == base.site:
            trials.view_written(eng, frame, obj, labels, node[1])
    else:
        eng.heap.taint(obj, labels | eng.labels_of(index))
        trials.changed_in_place(eng, frame, obj, node[1], definite=False)


def exec_aug(eng: Engine, frame: Frame, node: Node) -> int:
    """``target op= value``: in place on arrays and lists, else a new value."""
    _, line, _, target, op, value_node = node
    old = eng.evaluate(frame, target)
    value = eng.evaluate(frame, value_node)
    changed = False
    for ptr in sorted_pointers(old):
        if isinstance(ptr, Obj) and ptr.kind in ("data", "list", "set", "dict"):
            changed = True
            if ptr.kind == "data":
                eng.heap.taint(ptr, eng.labels_of(value))
                trials.changed_in_place(eng, frame, ptr, line, definite=True)
            elif ptr.kind == "list":
                eng.heap.write(ptr, ANY, iteration.elements(eng, frame, value, value_node), weak=True)
            elif ptr.kind == "dict":
                iteration.merge_mapping(eng, frame, ptr, value, value_node)
            else:
                eng.heap.write(ptr, ANY, iteration.elements(eng, frame, value, value_node), weak=True)
    if changed:
        assign(eng, frame, target, old, value_node)
        return FALL
    result = eng.evaluate(frame, ("bin", line, op, ("value", line, old), ("value", line, value)))
    assign(eng, frame, target, result, value_node)
    return FALL


def exec_return(eng: Engine, frame: Frame, node: Node) -> int:
    """Join what the function gives; it depends on the tests that led here."""
    v = eng.table.const(None) if node[3] is None else eng.evaluate(frame, node[3])
    v = eng.table.labelled(v, frame.exit_labels | control_of(eng))
    frame.result = v if frame.result is None else eng.table.join(frame.result, v)
    return EXIT


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
    test = eng.evaluate(frame, test_node)
    truth = expressions.truth_of(test)
    if truth is not None and not test.labels and foldable(frame, test_node):
        return eng.block(frame, body if truth else orelse)
    return branches(eng, frame, [body, orelse], control_labels(eng.labels_of(test)))


def is_main_guard(node: Node) -> bool:
    """``__name__ == "__main__"`` in either order."""
    if node[0] != "cmp" or len(node[3]) != 1 or node[3][0][0] != "==":
        return False
    sides = (node[2], node[3][0][1])
    return any(s[0] == "name" and s[2] == "__name__" for s in sides) and any(s[0] == "const" and s[2] == "__main__" for s in sides)


def foldable(frame: Frame, node: Node) -> bool:
    """Does a test rest on literals and on this function's own variables only? Module state may be changed by anybody."""
    if frame.facts is None:
        return node[0] == "const" or (node[0] == "name" and node[2] == "TYPE_CHECKING")
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
    for body in bodies:
        frame.fields = dict(before)
        eng.heap.enter()
        status = eng.block(frame, body)
        written.append(eng.heap.swap())
        if status == FALL:
            ends.append(frame.fields)
        else:
            exits += 1
    eng.control.pop()
    for cells in written:
        eng.heap.merge({cell: _controlled(eng, cell, v, control) for cell, v in cells.items()})
    if control and exits:
        if frame.result is not returned:
            frame.exit_labels |= control
        frame.raised |= control
    if not ends:
        frame.fields = before
        return EXIT
    frame.fields = join_environments(eng, ends, control)
    return FALL


def _controlled(eng: Engine, cell: tuple[Obj, object], v: object, control: frozenset[Label]) -> object:
    if control and isinstance(v, Value):
        return eng.table.labelled(v, control)
    return v


def join_environments(eng: Engine, ends: list[dict[str, Value]], control: frozenset[Label]) -> dict[str, Value]:
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


def exec_for(eng: Engine, frame: Frame, node: Node) -> int:
    """A for loop: elements joined, body until stable; a loop over configurations is a trial loop."""
    return trials.watch_loop(eng, frame, node, lambda marker: run_for(eng, frame, node, marker))


def run_for(eng: Engine, frame: Frame, node: Node, marker: object) -> int:
    """The loop itself; ``marker`` labels its elements."""
    source = eng.evaluate(frame, node[4])
    iteration.note_iteration(eng, frame, source, node[1])
    control = control_labels(source.labels) - frozenset(label for label in source.labels if label.kind in (PARAM, STREAM))

    leaves = has_break(node[5])

    def bind() -> None:
        v = iteration.elements(eng, frame, source, node[4])
        if leaves:
            v = eng.table.labelled(v, random_subset(eng, frame, v, leaves))
        assign(eng, frame, node[3], marker(v) if callable(marker) else v, node[4])

    return loop_body(eng, frame, bind, node[5], node[6], control)


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


def random_subset(eng: Engine, frame: Frame, v: Value, line: int) -> frozenset[Label]:
    """A shuffled epoch that is left early uses a random subset of the rows."""
    text = f"the shuffled epoch is left early at line {line}, so that a random subset is used"
    return frozenset(label._replace(kind=RANDOM, message=text) for label in eng.labels_of(v) if label.kind == ORDER)


def exec_while(eng: Engine, frame: Frame, node: Node) -> int:
    """A while loop."""
    return trials.watch_loop(eng, frame, node, lambda marker: run_while(eng, frame, node))


def run_while(eng: Engine, frame: Frame, node: Node) -> int:
    """The loop itself."""
    tested: list[frozenset[Label]] = [frozenset()]

    def test() -> None:
        tested[0] |= control_labels(eng.labels_of(eng.evaluate(frame, node[3])))

    return loop_body(eng, frame, test, node[4], node[5], frozenset(), tested)


def loop_body(eng: Engine, frame: Frame, bind: object, body: tuple[Node, ...], orelse: tuple[Node, ...], control: frozenset[Label], tested: list[frozenset[Label]] | None = None) -> int:
    """Run a body until neither variables nor older objects change any more.

    What changes depends on how often the body ran: on the iterable, the test and the tests before a ``break``.
    """
    start = dict(frame.fields)
    cells: dict[object, object] = {}
    eng.heap.enter()
    frame.breaks.append([])
    frame.leaving.append(frozenset())
    eng.control.append(control)
    before = grown = start
    stable = False
    for _ in range(MAX_PASSES):
        frame.fields = dict(start)
        bind()  # type: ignore[operator]
        status = eng.block(frame, body)
        ends = [start, *([frame.fields] if status == FALL else []), *frame.breaks[-1]]
        after = join_environments(eng, ends, frozenset())
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
    frame.fields = join_environments(eng, [before, grown], decides)
    frame.decided |= decides
    return eng.block(frame, orelse) if orelse else FALL


def exec_break(eng: Engine, frame: Frame, node: Node) -> int:
    """Leave the loop with the variables as they are."""
    if frame.breaks:
        frame.breaks[-1].append(dict(frame.fields))
        # After ``continue`` too the rest of the pass depends on the test before it.
        frame.leaving[-1] |= control_of(eng)
    return EXIT


def exec_with(eng: Engine, frame: Frame, node: Node) -> int:
    """Enter each context, run the body, leave."""
    exits: list[tuple[Obj, Value]] = []
    for context, target in node[3]:
        eng.heap.partials.append({})
        v = eng.evaluate(frame, context)
        cells = eng.heap.partials.pop()
        if any(isinstance(p, Obj) and p.kind == "gen" for p in sorted_pointers(v)):
            # The body of a context manager function has run to its end: its yield stood somewhere in between.
            for (obj, field), between in cells.items():
                eng.heap.write(obj, field, between, weak=True)
        entered = enter_context(eng, frame, v, context, exits)
        if target is not None:
            assign(eng, frame, target, entered, context)
    before = dict(frame.fields)
    status, states, cells, raised = attempt(eng, frame, node[4])
    swallows = any("suppress" in calls.callee_text(context[3]) for context, _ in node[3] if context[0] == "call")
    for obj, method in reversed(exits):
        bound = classes.bind(eng, frame, method, eng.table.pointer(obj), obj.type)
        none = eng.table.const(None)
        answer = calls.call(eng, frame, bound, calls.Args((none, none, none)), ("call", node[1], node[1]))
        swallows = swallows or expressions.truth_of(answer) is not False
    if swallows:
        for (obj, field), v in cells.items():
            eng.heap.write(obj, field, eng.table.labelled(v, raised), weak=True)  # type: ignore[arg-type]
        frame.fields = join_environments(eng, [before, states, frame.fields], raised)
        return FALL
    return status


def enter_context(eng: Engine, frame: Frame, v: Value, context: Node, exits: list[tuple[Obj, Value]]) -> Value:
    """What ``as`` binds: the result of ``__enter__``, the yield of a context manager function, else itself."""
    out = eng.table.empty
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind == "instance":
            enter = classes.lookup(eng, ptr.type, "__enter__") or classes.lookup(eng, ptr.type, "__aenter__")
            leave = classes.lookup(eng, ptr.type, "__exit__") or classes.lookup(eng, ptr.type, "__aexit__")
            if leave is not None:
                exits.append((ptr, leave))
            if enter is not None:
                bound = classes.bind(eng, frame, enter, eng.table.pointer(ptr), ptr.type)
                out = eng.table.join(out, calls.call(eng, frame, bound, calls.Args(), ("call", context[1], context[1])))
                continue
        if isinstance(ptr, Obj) and ptr.kind == "gen":
            out = eng.table.join(out, iteration.elements(eng, frame, eng.table.pointer(ptr), context))
            continue
        out = eng.table.join(out, eng.table.pointer(ptr))
    return eng.table.labelled(out, v.labels) if v.ptrs else v


def exec_try(eng: Engine, frame: Frame, node: Node) -> int:
    """The body, then each handler from a state in which the body ran in part."""
    _, _, _, body, handlers, orelse, final = node
    before = dict(frame.fields)
    status, states, cells, raised = attempt(eng, frame, body)
    if status == FALL and orelse:
        status = eng.block(frame, orelse)
    ends = [frame.fields] if status == FALL else []
    partial = join_environments(eng, [before, states], raised)
    for kind, name, handler in handlers:
        frame.fields = dict(partial)
        if kind is not None:
            caught = eng.evaluate(frame, kind)
            if name is not None:
                names.store(eng, frame, name, exception_value(eng, frame, caught, kind))
        eng.heap.enter()
        for (obj, field), v in cells.items():
            eng.heap.write(obj, field, eng.table.labelled(v, raised), weak=True)
        eng.control.append(raised)
        if eng.block(frame, handler) == FALL:
            ends.append(frame.fields)
        eng.control.pop()
        eng.heap.leave(raised)
    frame.fields = join_environments(eng, ends, raised) if ends else partial
    if final and eng.block(frame, final) == EXIT:
        return EXIT
    return FALL if ends else EXIT


def attempt(eng: Engine, frame: Frame, body: tuple[Node, ...]) -> tuple[int, dict[str, Value], dict[tuple[Obj, object], Value], frozenset[Label]]:
    """Run a body that may be left anywhere: its end, every state on the way, and what decides about leaving it."""
    before = dict(frame.fields)
    frame.partials.append(dict(before))
    eng.heap.partials.append({})
    outer, frame.raised = frame.raised, frozenset()
    status = eng.block(frame, body)
    raised, frame.raised = frame.raised, outer
    for name, v in frame.partials[-1].items():
        # What was computed on the way may have raised: whether it did depends on what it was computed from.
        if v.labels and v is not before.get(name):
            raised |= frozenset(x for x in v.labels if x.kind in (TRIAL, RANDOM, CLOCK) and x.loops)
    return status, frame.partials.pop(), eng.heap.partials.pop(), raised


def exception_value(eng: Engine, frame: Frame, caught: Value, node: Node) -> Value:
    """The exception that a handler names: an instance of what it catches."""
    out = eng.table.empty
    for ptr in sorted_pointers(caught):
        if isinstance(ptr, Class):
            obj = eng.allocate((id(node), "exception"), frame, "instance", ptr, node[1])
            out = eng.table.join(out, eng.table.pointer(obj))
    return out


def exec_raise(eng: Engine, frame: Frame, node: Node) -> int:
    """Evaluate what is raised; a class is instantiated."""
    if node[3] is not None:
        v = eng.evaluate(frame, node[3])
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Class):
                calls.call_pointer(eng, frame, ptr, calls.Args(), ("call", node[1], node[1]))
    if node[4] is not None:
        eng.evaluate(frame, node[4])
    return EXIT


def exec_assert(eng: Engine, frame: Frame, node: Node) -> int:
    """Evaluate both parts."""
    eng.evaluate(frame, node[3])
    if node[4] is not None:
        eng.evaluate(frame, node[4])
    return FALL


def exec_del(eng: Engine, frame: Frame, node: Node) -> int:
    """Unbind names, drop items and columns."""
    for target in node[3]:
        if target[0] == "name":
            frame.fields.pop(target[2], None)
        elif target[0] == "sub":
            base, index = eng.evaluate(frame, target[2]), eng.evaluate(frame, target[3])
            key = attributes.item_key(index)
            for ptr in sorted_pointers(base):
                if isinstance(ptr, Obj):
                    if ptr.kind in ("data", "list"):
                        trials.changed_in_place(eng, frame, ptr, node[1], definite=ptr.kind == "list")
                    if ptr.kind == "data":
                        continue
                    if key is not None and len(base.ptrs) == 1:
                        eng.heap.delete(ptr, key)
    return FALL


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
    names.store(eng, frame, node[3], eng.table.join(subject, iteration.elements(eng, frame, subject, ("name", node[1], node[3]))))
    return FALL


def exec_nothing(eng: Engine, frame: Frame, node: Node) -> int:
    """``pass``, ``global``, ``nonlocal``: nothing happens when they run."""
    return FALL


def is_symbol(v: Value, name: str) -> bool:
    """Is this certainly the library name?"""
    return v.ptrs == frozenset((Sym(name),))


EXECUTE.update(
    {
        "expr": exec_expr, "assign": exec_assign, "ann": exec_ann, "aug": exec_aug, "return": exec_return,
        "if": exec_if, "for": exec_for, "while": exec_while, "with": exec_with, "try": exec_try,
        "raise": exec_raise, "assert": exec_assert, "del": exec_del, "match": exec_match, "bind": exec_bind,
        "pass": exec_nothing, "global": exec_nothing, "nonlocal": exec_nothing,
        "break": exec_break, "continue": exec_break,
    }
)  # fmt: skip
