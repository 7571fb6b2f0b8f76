"""Intrinsics that make and go through containers: ``list``, ``dict``, ``zip``, ``map``, ``next``."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import attributes, calls, cursors, handlers, items, iteration, opaque, plain_loops
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.handlers import Handler
from seamcheck.flow.labels import ORDER, Label, part_of_order
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at, part_of
from seamcheck.flow.values import Bound, Class, Func, Method, Sym, Value

#: Type of a list that is gone through once.
ITERATOR = "zip"
#: Objects that ``next`` moves on.
STATEFUL = frozenset({"gen", "lib", "instance", "data"})


def sequence(kind: str) -> Handler:
    """``list``, ``tuple``, ``set``, ``sorted``, ``reversed``: a new sequence of the same elements."""

    def handler(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
        if not args.positional:
            obj = eng.allocate((anchor(node), kind), frame, kind, None, node[1])
            obj.fields.clear()
            return eng.table.pointer(obj)
        key = dict(args.keywords).get("key")
        if key is not None:
            element = iteration.elements(eng, frame, args.positional[0], node)
            calls.call(eng, frame, key, calls.Args((element,)), call_at(node[1], node[1]))
        return iteration.as_sequence(eng, frame, args.positional[0], node, kind)

    return handler


def reversed_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``reversed``: an iterator that starts with the last element."""
    out = eng.allocate((anchor(node), "reversed"), frame, "list", ITERATOR, node[1])
    out.fields.clear()
    items = iteration.known_items(eng, handlers.first(eng, args))
    if items is None:
        element = iteration.elements(eng, frame, handlers.first(eng, args), node)
        eng.heap.write(out, ANY, element, weak=True)
    for position, v in enumerate(reversed(items or ())):
        eng.heap.write(out, item(position), v)
    return eng.table.pointer(out, handlers.first(eng, args).labels)


def iterator(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """What ``itertools`` makes of its arguments: data that derive from them, to be gone through once."""
    labels = calls.labels_of_args(eng, args) | opaque.run_callables(eng, frame, args, node)
    out = eng.allocate((anchor(node), "iterator"), frame, "gen", "iterator", node[1])
    eng.heap.write(out, ANY, eng.data((anchor(node), "call"), frame, node[1], labels), weak=True)
    return eng.table.pointer(out, labels)


def tee(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``itertools.tee(it, n)``: iterators of their own."""
    out = eng.allocate((anchor(node), "tee"), frame, "tuple", None, node[1])
    element = iteration.elements(eng, frame, handlers.first(eng, args), node)
    single = eng.allocate((anchor(node), "iterator"), frame, "gen", "iterator", node[1])
    eng.heap.write(single, ANY, element, weak=True)
    eng.heap.write(out, ANY, eng.table.pointer(single), weak=True)
    return eng.table.pointer(out)


def sorted_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``sorted``: any element may come first."""
    element = iteration.elements(eng, frame, handlers.first(eng, args), node)
    key = dict(args.keywords).get("key")
    if key is not None:
        calls.call(eng, frame, key, calls.Args((element,)), call_at(node[1], node[1]))
    out = eng.allocate((anchor(node), "sorted"), frame, "list", None, node[1])
    eng.heap.write(out, ANY, element, weak=True)
    return eng.table.pointer(out)


def pick(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value | None:
    """``max`` and ``min``: an element, chosen by all of them."""
    source = args.positional
    key = dict(args.keywords).get("key")
    element = iteration.elements(eng, frame, source[0], node) if len(source) == 1 else eng.join_all(source)
    if key is not None:
        calls.call(eng, frame, key, calls.Args((element,)), call_at(node[1], node[1]))
    return eng.table.labelled(element, calls.labels_of_args(eng, args))


def dict_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``dict(mapping, **kw)``."""
    from seamcheck.flow import instances

    obj = eng.allocate((anchor(node), "dict"), frame, "dict", None, node[1])
    obj.fields.clear()
    for v in args.positional:
        pairs = iteration.known_items(eng, v)
        if pairs is not None:
            for pair in pairs:
                parts = iteration.known_items(eng, pair)
                if parts is not None and len(parts) == 2:
                    from seamcheck.flow.expressions import store_item

                    store_item(eng, frame, obj, parts[0], parts[1])
                else:
                    eng.heap.write(obj, ANY, pair, weak=True)
        elif any(isinstance(p, Obj) and p.kind == "dict" for p in sorted_pointers(v)):
            iteration.merge_mapping(eng, frame, obj, v, node)
        else:
            inner = iteration.elements(eng, frame, v, node)
            eng.heap.write(obj, ANY, iteration.elements(eng, frame, inner, node), weak=True)
    instances.fill_mapping(eng, obj, args)
    return eng.table.pointer(obj)


def empty_dict(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``defaultdict(factory)``: a dict whose missing keys are what the factory makes."""
    obj = eng.allocate((anchor(node), "dict"), frame, "dict", None, node[1])
    obj.fields.clear()
    if args.positional:
        obj.type = items.GROWING
        factory = args.positional[0]
        made = calls.call(eng, frame, factory, calls.Args(), call_at(node[1], node[1]))
        if made.ptrs:
            eng.heap.write(obj, ANY, made, weak=True)
        obj.ctor["default_factory"] = factory
    return eng.table.pointer(obj)


def chain_map(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``collections.ChainMap(a, b)``: stands for the dictionaries themselves, which it reads and writes."""
    if not args.all():
        return empty_dict(eng, frame, args, node)
    return eng.join_all(args.all())


def pairs(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``zip`` and ``itertools.product``: tuples of elements."""
    columns = [iteration.known_items(eng, v) for v in args.positional]
    out = eng.allocate((anchor(node), "zip"), frame, "list", ITERATOR, node[1])
    out.fields.clear()
    if (
        columns
        and all(c is not None and len(c) <= iteration.MAX_SPREAD for c in columns)
        and args.rest is None
    ):
        for position, cells in enumerate(zip(*[c for c in columns if c is not None], strict=False)):
            eng.heap.write(out, item(position), _tuple(eng, frame, node, position, list(cells)))
        return eng.table.pointer(out)
    row = [
        iteration.elements(eng, frame, v, part_of(node, position))
        for position, v in enumerate(args.positional)
    ]
    pair = _tuple(eng, frame, node, -1, row)
    if args.rest is not None:
        for ptr in sorted_pointers(pair):
            eng.heap.write(ptr, ANY, iteration.elements(eng, frame, args.rest, node), weak=True)
    for v in row:
        iteration.note_elements(eng, frame, v, node[1])
    labels = frozenset(label for v in args.positional for label in v.labels | cursors.left_behind(eng, v))
    eng.heap.write(out, ANY, pair, weak=True)
    return eng.table.pointer(out, labels)


def _tuple(eng: Engine, frame: Frame, node: Node, position: int, row: list[Value]) -> Value:
    pair = eng.allocate((anchor(node), "row", position), frame, "tuple", None, node[1])
    pair.fields.clear()
    pair.summary = False
    for k, v in enumerate(row):
        eng.heap.write(pair, item(k), v)
    return eng.table.pointer(pair)


def enumerate_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``enumerate``: (index, element)."""
    items = iteration.known_items(eng, handlers.first(eng, args))
    out = eng.allocate((anchor(node), "enumerate"), frame, "list", ITERATOR, node[1])
    out.fields.clear()
    left = cursors.left_behind(eng, handlers.first(eng, args))
    if items is not None and len(items) <= iteration.MAX_SPREAD:
        for position, v in enumerate(items):
            eng.heap.write(
                out, item(position), _tuple(eng, frame, node, position, [eng.table.const(position), v])
            )
        return eng.table.pointer(out)
    element = iteration.elements(eng, frame, handlers.first(eng, args), node)
    iteration.note_elements(eng, frame, element, node[1])
    counter = eng.table.value(
        frozenset(), frozenset(label for label in element.labels if label.kind == "loopvar")
    )
    eng.heap.write(out, ANY, _tuple(eng, frame, node, -1, [counter, element]), weak=True)
    return eng.table.pointer(out, left)


def _callable(v: Value) -> bool:
    """May this be called, as far as it is known?"""
    return not v.ptrs or any(
        isinstance(p, Func | Bound | Class | Sym | Method)
        or (isinstance(p, Obj) and p.kind not in attributes.CONTAINERS)
        for p in v.ptrs
    )


def map_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``map(f, xs, ...)``: results of calling f on elements.

    A function that stands where the elements should is called as well: as far as anybody can tell it is what is mapped.
    """
    given = args.positional
    if given and not _callable(given[0]):
        given = tuple(sorted(given, key=lambda v: not _callable(v)))
        args = args._replace(positional=given)

    def run(marker: object) -> Value:
        elements = tuple(
            iteration.elements(eng, frame, v, part_of(node, k)) for k, v in enumerate(args.positional[1:])
        )
        if callable(marker):
            elements = tuple(marker(v) for v in elements)
        return calls.call(
            eng, frame, handlers.first(eng, args), calls.Args(elements), call_at(node[1], node[2])
        )

    made = plain_loops.over_elements(eng, frame, node, run)
    if not all(isinstance(p, Func | Bound) for p in handlers.first(eng, args).ptrs):
        # No body of ours tells what `getattr` or `operator.attrgetter(...)` takes out of an element.
        opaque.note_handed_over(eng, frame, eng.labels_of(made), "map", node)
    out = eng.allocate((anchor(node), "map"), frame, "gen", "map", node[1])
    eng.heap.write(out, ANY, made, weak=True)
    return eng.table.pointer(out)


def filter_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``filter(f, xs)``: some of the elements."""
    if len(args.positional) < 2:
        return eng.table.empty
    element = iteration.elements(eng, frame, args.positional[1], node)
    test = (
        calls.call(eng, frame, args.positional[0], calls.Args((element,)), call_at(node[1], node[1]))
        if args.positional[0].ptrs
        else eng.table.empty
    )
    out = eng.allocate((anchor(node), "filter"), frame, "gen", "filter", node[1])
    eng.heap.write(out, ANY, eng.table.labelled(element, eng.labels_of(test)), weak=True)
    return eng.table.pointer(out)


def reduce_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``functools.reduce(f, xs, start)``."""
    if len(args.positional) < 2:
        return eng.table.empty
    element = iteration.elements(eng, frame, args.positional[1], node)
    start = args.positional[2] if len(args.positional) > 2 else element
    once = calls.call(eng, frame, args.positional[0], calls.Args((start, element)), call_at(node[1], node[1]))
    again = calls.call(eng, frame, args.positional[0], calls.Args((once, element)), call_at(node[1], node[1]))
    return eng.table.join(once, again)


def next_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``next(it)``: an element."""
    got = iteration.elements(eng, frame, handlers.first(eng, args), node)
    got = eng.table.labelled(
        got, iteration.advanced(eng, frame, handlers.first(eng, args), node[1], STATEFUL)
    )
    got = eng.table.labelled(got, cut_order(eng, got, "taking single batches"))
    return eng.table.join(got, args.positional[1]) if len(args.positional) > 1 else got


def cut_order(eng: Engine, v: Value, what: str) -> frozenset[Label]:
    """A shuffled order of which only a part is used is a random subset."""
    text = f"{what} of a shuffled epoch uses a random subset"
    return frozenset(part_of_order(label, text) for label in eng.labels_of(v) if label.kind == ORDER)


def islice(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``itertools.islice(it, n)``: some of the elements."""
    got = iteration.elements(eng, frame, handlers.first(eng, args), node)
    labels = cut_order(eng, got, "a slice") | iteration.advanced(
        eng, frame, handlers.first(eng, args), node[1], frozenset({"gen"})
    )
    for v in args.positional[1:]:
        labels |= eng.labels_of(v)
    out = eng.allocate((anchor(node), "islice"), frame, "gen", "islice", node[1])
    eng.heap.write(out, ANY, eng.table.labelled(got, labels), weak=True)
    return eng.table.pointer(out)


def iter_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``iter(x)``: a cursor over the same elements."""
    source = handlers.first(eng, args)
    if len(args.positional) == 2:  # `iter(step, last)` calls the function for each element
        made = calls.call(eng, frame, source, calls.Args(), call_at(node[1], node[2]))
        out = eng.allocate((anchor(node), "iter"), frame, "gen", "iter", node[1])
        eng.heap.write(out, ANY, made, weak=True)
        return eng.table.pointer(out)
    for ptr in sorted_pointers(source):
        if isinstance(ptr, Obj) and ptr.kind == "lib":
            return source
    out = eng.allocate((anchor(node), "iter"), frame, "gen", "iter", node[1])
    eng.heap.write(out, ANY, iteration.elements(eng, frame, source, node), weak=True)
    return eng.table.pointer(out)


def chain(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``itertools.chain(a, b)``: elements of all."""
    out = eng.allocate((anchor(node), "chain"), frame, "gen", "chain", node[1])
    for k, v in enumerate(args.positional):
        eng.heap.write(out, ANY, iteration.elements(eng, frame, v, part_of(node, k)), weak=True)
    return eng.table.pointer(out)


def range_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``range``: numbers that depend on the bounds."""
    out = eng.allocate((anchor(node), "range"), frame, "gen", "range", node[1])
    eng.heap.write(out, ANY, eng.table.value(frozenset(), calls.labels_of_args(eng, args)), weak=False)
    return eng.table.pointer(out, calls.labels_of_args(eng, args))


def record(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """An instance of such a record."""
    obj = eng.allocate((anchor(node), "record"), frame, "tuple", None, node[1])
    obj.fields.clear()
    for position, v in enumerate(args.positional):
        eng.heap.write(obj, item(position), v)
    for name, v in args.keywords:
        eng.heap.write(obj, name, v)
    return eng.table.pointer(obj)
