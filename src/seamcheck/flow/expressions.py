"""Expressions: constants, operators, containers, subscripts, comprehensions, calls."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import (
    attributes,
    calls,
    contexts,
    hidden_reads,
    identity,
    items,
    iteration,
    names,
    special_names,
    specials,
    trials,
)
from seamcheck.flow.engine import EVALUATE, Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import Label
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at
from seamcheck.flow.values import (
    Bound,
    Class,
    Const,
    Func,
    Module,
    Sym,
    Text,
    Value,
    constants,
    only_constant,
)

#: Operators folded on constants; anything that could be slow or huge on hostile input is left out.
FOLD: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod,
}  # fmt: skip
MAX_TEXT = 512


def eval_const(eng: Engine, frame: Frame, node: Node) -> Value:
    """A literal."""
    return eng.table.const(node[2])


def text_pattern(v: Value) -> str | None:
    """A string known at least in part, as a pattern; None if it is no string we know."""
    if len(v.ptrs) != 1:
        return None
    (ptr,) = v.ptrs
    if isinstance(ptr, Text):
        return ptr.pattern
    if (
        isinstance(ptr, Const)
        and isinstance(ptr.value, str | int | float)
        and not isinstance(ptr.value, bool)
    ):
        return str(ptr.value)
    return None


def make_text(eng: Engine, pattern: str, labels: frozenset[Any]) -> Value:
    """A string value: a constant if nothing in it is open."""
    if "*" in pattern:
        while "**" in pattern:
            pattern = pattern.replace("**", "*")
        return eng.table.pointer(Text(pattern[:MAX_TEXT]), labels)
    return eng.table.value(frozenset((Const(pattern, "str"),)), labels)


def eval_fstring(eng: Engine, frame: Frame, node: Node) -> Value:
    """An f-string: what is not a constant becomes ``*``."""
    pattern = ""
    labels: frozenset[Label] = frozenset()
    for part in node[2]:
        v = eng.evaluate(frame, part)
        labels |= eng.labels_of(v)
        hidden_reads.shows_all(eng, frame, v, "formatted text", node)
        if eng.loops and v.holders:
            labels |= identity.address(eng, frame, v, node[1])
        known = text_pattern(v)
        pattern += "*" if known is None else known
    return make_text(eng, pattern, labels)


def eval_bin(eng: Engine, frame: Frame, node: Node) -> Value:
    """A binary operator."""
    _, _, op, left, right = node
    return combine(eng, frame, node, op, eng.evaluate(frame, left), eng.evaluate(frame, right))


def combine(eng: Engine, frame: Frame, node: Node, op: str, a: Value, b: Value) -> Value:
    """``a op b``: folded on constants, joined paths and strings, else data derived from both."""
    x, y = only_constant(a), only_constant(b)
    if x is not None and y is not None and op in FOLD:
        folded = fold(op, x.value, y.value)
        if folded is not None:
            return eng.table.value(frozenset((Const(folded, type(folded).__name__),)), a.labels | b.labels)
    if eng.special:
        if (special := specials.binary(eng, frame, node, op, a, b)) is not None:
            return special
        if op == "*":
            for times in (a, b):
                a = eng.table.labelled(a, specials.ask(eng, frame, times, ("__index__",), node))
    if op in ("+", "/"):
        left_text, right_text = text_pattern(a), text_pattern(b)
        if left_text is not None or right_text is not None:
            if is_string(a) or is_string(b):
                joint = ("/" if op == "/" else "").join((left_text or "*", right_text or "*"))
                return make_text(eng, joint, eng.labels_of(a) | eng.labels_of(b))
    if op == "%" and is_string(a):
        hidden_reads.shows_all(eng, frame, b, "formatted text", node)
    if op == "+" and (merged := iteration.concatenate(eng, frame, node, a, b)) is not None:
        return merged
    labels = eng.labels_of(a) | eng.labels_of(b)
    if any(isinstance(p, Obj) for p in a.ptrs | b.ptrs):
        return eng.data((anchor(node), "bin"), frame, node[1], labels)
    return eng.table.value(frozenset(), labels)


def is_string(v: Value) -> bool:
    """Is this certainly a string (not a number)?"""
    return all(
        isinstance(p, Text) or (isinstance(p, Const) and isinstance(p.value, str)) for p in sorted_pointers(v)
    )


def fold(op: str, a: Any, b: Any) -> Any:
    """The result on small constants, or None if it cannot or should not be computed."""
    if isinstance(a, bool) or not isinstance(a, int | float | str) or not isinstance(b, int | float | str):
        return None
    if isinstance(a, str) and (op != "+" or not isinstance(b, str) or len(a) + len(b) > MAX_TEXT):
        return None
    if isinstance(b, str) and not isinstance(a, str):
        return None
    try:
        return FOLD[op](a, b)
    except (ArithmeticError, TypeError, ValueError):
        return None


def eval_unary(eng: Engine, frame: Frame, node: Node) -> Value:
    """``-x``, ``not x``, ``~x``."""
    v = names.look(eng, frame, node[3]) if node[2] == "not" else eng.evaluate(frame, node[3])
    known = only_constant(v)
    if known is not None and node[2] == "-" and isinstance(known.value, int | float):
        return eng.table.value(frozenset((Const(-known.value, type(-known.value).__name__),)), v.labels)
    if node[2] == "not":
        hidden_reads.asks_truth(eng, frame, v, node)
        truth = truth_of(v)
        return (
            eng.table.const(not truth)
            if truth is not None and not v.labels
            else eng.table.value(frozenset(), v.labels)
        )
    if node[2] in special_names.UNARY and eng.special:
        special = specials.run(eng, frame, v, (special_names.UNARY[node[2]],), (), node)
        if special is not None:
            return special
    labels = eng.labels_of(v)
    return (
        eng.data((anchor(node), "un"), frame, node[1], labels)
        if any(isinstance(p, Obj) for p in sorted_pointers(v))
        else eng.table.value(frozenset(), labels)
    )


def truth_of(v: Value) -> bool | None:
    """The truth of a value if it is certain."""
    known = constants(v)
    if known is not None:
        truths = {bool(k) for k in known}
        return truths.pop() if len(truths) == 1 else None
    if v.ptrs and all(isinstance(p, Func | Class | Module) for p in sorted_pointers(v)):
        return True
    return None


def eval_bool(eng: Engine, frame: Frame, node: Node) -> Value:
    """``a or b``: either operand, the first only if its truth decides."""
    _, _, op, left, right = node
    a = eng.evaluate(frame, left)
    hidden_reads.asks_truth(eng, frame, a, node)
    truth = truth_of(a) if not a.labels else None
    if truth is not None and (op == "and") != truth:
        return a
    if truth is not None:
        return eng.evaluate(frame, right)
    return eng.table.join(a, _perhaps(eng, frame, right, a))


def _perhaps(eng: Engine, frame: Frame, node: Node, test: Value) -> Value:
    """An expression that is evaluated or not as a test says: what it changes depends on the test."""
    from seamcheck.flow.branches import control_labels, under

    eng.heap.enter()
    control = control_labels(eng.labels_of(test))
    v = under(eng, frame, control, node)
    eng.heap.leave(control)
    return v


def eval_ifexp(eng: Engine, frame: Frame, node: Node) -> Value:
    """``a if test else b``: both, unless the test is certain."""
    test = names.look(eng, frame, node[2])
    hidden_reads.asks_truth(eng, frame, test, node)
    truth = truth_of(test) if not test.labels else None
    if truth is not None:
        return eng.evaluate(frame, node[3] if truth else node[4])
    out = eng.table.join(_perhaps(eng, frame, node[3], test), _perhaps(eng, frame, node[4], test))
    return eng.table.labelled(out, eng.labels_of(test))


def eval_sequence(eng: Engine, frame: Frame, node: Node) -> Value:
    """A tuple, list or set display; starred items are spread where their length is known."""
    obj = eng.allocate(anchor(node), frame, node[0], None, node[1])
    obj.fields.clear()
    position: int | None = 0
    for element in node[2]:
        if element[0] == "star":
            inner = eng.evaluate(frame, element[2])
            spread = iteration.known_items(eng, inner)
            if spread is not None and position is not None:
                for v in spread:
                    eng.heap.write(obj, item(position), v)
                    position += 1
            else:
                position = None
                eng.heap.write(obj, ANY, iteration.elements(eng, frame, inner, element), weak=True)
            continue
        v = eng.evaluate(frame, element)
        if eng.special and node[0] == "set":
            specials.ask(eng, frame, v, special_names.KEY, node, 1)
        eng.heap.write(obj, ANY if position is None else item(position), v, weak=position is None)
        position = None if position is None else position + 1
    return eng.table.pointer(obj)


def eval_dict(eng: Engine, frame: Frame, node: Node) -> Value:
    """A dict display: constant keys are fields, ``**x`` is merged."""
    obj = eng.allocate(anchor(node), frame, "dict", None, node[1])
    obj.fields.clear()
    for key, value_node in node[2]:
        v = eng.evaluate(frame, value_node)
        if key is None:
            iteration.merge_mapping(eng, frame, obj, v, value_node)
            continue
        k = eng.evaluate(frame, key)
        if eng.special:
            specials.ask(eng, frame, k, special_names.KEY, node, 1)
        store_item(eng, frame, obj, k, v)
    return eng.table.pointer(obj)


def keys_of(index: Value) -> list[Any] | None:
    """The constant keys an index may be (constants, classes, functions), or None if open."""
    out: list[Any] = []
    for ptr in sorted_pointers(index):
        if isinstance(ptr, Const):
            out.append(ptr.value)
        elif isinstance(ptr, Class | Func | Sym):
            out.append(ptr)
        else:
            return None
    return out or None


def store_item(eng: Engine, frame: Frame, obj: Obj, index: Value, value: Value) -> None:
    """``obj[index] = value``: strong for one constant key, else added to all."""
    keys = keys_of(index)
    extra = index.labels
    if obj.kind == "list" and keys is not None and any(isinstance(k, tuple) for k in keys):
        # A slice: how many elements there are changes, and where each of them stands.
        trials.changed_in_place(eng, frame, obj, frame.statement[0], definite=False)
        inner = iteration.elements(eng, frame, value, call_at(frame.statement[0], frame.statement[1]))
        eng.heap.write(obj, ANY, eng.table.labelled(inner, extra), weak=True)
        return
    if keys is not None and len(keys) <= 8 and obj.kind != "set":
        for key in keys:
            key = (
                key % len(obj.fields)
                if isinstance(key, int)
                and key < 0
                and obj.kind in ("list", "tuple")
                and obj.fields
                and ANY not in obj.fields
                else key
            )
            eng.heap.write(obj, item(key), eng.table.labelled(value, extra), weak=len(keys) > 1)
    else:
        eng.heap.write(obj, ANY, eng.table.labelled(value, eng.labels_of(index)), weak=True)
        if obj.kind == "dict" and keys is None:
            for field in eng.heap.keys(obj):
                if field != ANY and isinstance(field, tuple):
                    eng.heap.write(obj, field, value, weak=True)


def eval_lambda(eng: Engine, frame: Frame, node: Node) -> Value:
    """A function value."""
    from seamcheck.flow import definitions

    return definitions.make_function(eng, frame, node[2])


def eval_comp(eng: Engine, frame: Frame, node: Node) -> Value:
    """A comprehension, run in the surrounding frame with its targets restored afterwards."""
    return iteration.comprehension(eng, frame, node)


def eval_call(eng: Engine, frame: Frame, node: Node) -> Value:
    """A call: evaluate function and arguments, then step in."""
    return calls.eval_call(eng, frame, node)


def eval_attr(eng: Engine, frame: Frame, node: Node) -> Value:
    """An attribute."""
    base = eng.evaluate(frame, node[2])
    found = attributes.get(eng, frame, base, node[3], node)
    attributes.note_read(eng, frame, found, node[3], node[1])
    if (
        not frame.receives
        and frame.cls is not None
        and node[2][0] == "name"
        and frame.receiver in base.ptrs
        and not eng.loops
    ):
        # A method of self is no result, whatever self holds.
        held = frozenset(p for p in found.ptrs if not isinstance(p, Bound))
        if held or not found.ptrs:
            frame.receives = contexts.is_trained(eng, eng.table.value(held, found.labels))
    return found


def eval_sub(eng: Engine, frame: Frame, node: Node) -> Value:
    """A subscript."""
    base = eng.evaluate(frame, node[2])
    index = eng.evaluate(frame, node[3])
    return items.get_item(eng, frame, base, index, node)


def eval_slice(eng: Engine, frame: Frame, node: Node) -> Value:
    """A slice: constants stay known, so that known sequences can be cut."""
    parts = [eng.table.const(None) if part is None else eng.evaluate(frame, part) for part in node[2:5]]
    if eng.special:
        for part in parts:
            specials.ask(eng, frame, part, ("__index__",), node)
    known = [only_constant(p) for p in parts]
    labels = frozenset().union(*(eng.labels_of(p) for p in parts))
    if all(k is not None for k in known):
        bounds = tuple(k.value for k in known if k is not None)
        if all(b is None or isinstance(b, int) for b in bounds):
            return eng.table.value(frozenset((Const(("slice", *bounds), "slice"),)), labels)
    return eng.table.value(frozenset(), labels)


def eval_await(eng: Engine, frame: Frame, node: Node) -> Value:
    """The awaited value itself: coroutines run when they are called."""
    v = eng.evaluate(frame, node[2])
    made = specials.run(eng, frame, v, ("__await__",), (), node) if eng.special else None
    return v if made is None else eng.table.join(v, iteration.elements(eng, frame, made, node))


def eval_yield(eng: Engine, frame: Frame, node: Node) -> Value:
    """Note what the generator gives; what is sent in is unknown but derives from nothing."""
    v = eng.table.const(None) if node[2] is None else eng.evaluate(frame, node[2])
    frame.yields = v if frame.yields is None else eng.table.join(frame.yields, v)
    return eng.table.empty


def eval_yieldfrom(eng: Engine, frame: Frame, node: Node) -> Value:
    """All elements of the inner iterable."""
    v = iteration.elements(eng, frame, eng.evaluate(frame, node[2]), node)
    frame.yields = v if frame.yields is None else eng.table.join(frame.yields, v)
    return eng.table.empty


def eval_walrus(eng: Engine, frame: Frame, node: Node) -> Value:
    """``(name := value)``."""
    v = eng.evaluate(frame, node[3])
    names.store(eng, frame, node[2], v)
    return v


def eval_star(eng: Engine, frame: Frame, node: Node) -> Value:
    """``*x`` where a single value is wanted: its elements."""
    return iteration.elements(eng, frame, eng.evaluate(frame, node[2]), node)


EVALUATE.update(
    {
        "const": eval_const,
        "fstring": eval_fstring,
        "bin": eval_bin,
        "unary": eval_unary,
        "bool": eval_bool,
        "ifexp": eval_ifexp,
        "tuple": eval_sequence,
        "list": eval_sequence,
        "set": eval_sequence,
        "dict": eval_dict,
        "lambda": eval_lambda,
        "comp": eval_comp,
        "call": eval_call,
        "attr": eval_attr,
        "sub": eval_sub,
        "slice": eval_slice,
        "await": eval_await,
        "yield": eval_yield,
        "yieldfrom": eval_yieldfrom,
        "walrus": eval_walrus,
        "star": eval_star,
    }
)
