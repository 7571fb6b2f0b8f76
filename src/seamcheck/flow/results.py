"""What a modelled call returns."""

from __future__ import annotations

from seamcheck.flow import drawing, iteration, library
from seamcheck.flow.binding import Site, by_role
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMICS, TEST, Label
from seamcheck.flow.objects import ANY, WRAPS, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor
from seamcheck.flow.values import Sym, Value, only_constant


def dynamics_value(eng: Engine, frame: Frame, labels: frozenset[Label], message: str, line: int) -> Value:
    """A value that is a result of training."""
    return eng.table.value(frozenset(), labels | {eng.label(DYNAMICS, message, frame, line)})


def result_of(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """What the model says is returned."""
    kind, node, line = site.model.returns, site.node, site.node[1]
    if "reads_file" in site.model.effects and any(_given(site, name) for name in ("chunksize", "iterator")):
        out = eng.allocate((anchor(node), "reader"), frame, "gen", "generator", line)
        eng.heap.write(out, ANY, eng.data((anchor(node), "chunk"), frame, line, labels), weak=True)
        return eng.table.pointer(out)
    if "trial" in site.model.effects and "choices" in site.bound:
        # One of the given things: `getattr(optim, trial.suggest_categorical("optimizer", ["Adam", "SGD"]))`.
        return eng.table.labelled(iteration.elements(eng, frame, site.bound["choices"], node), labels)
    if kind == "none":
        return eng.table.const(None)
    if kind == "scalar":
        return eng.table.value(frozenset(), labels)
    if kind == "self":
        return site.receiver if site.receiver is not None else eng.table.empty
    if kind.startswith("arg:"):
        return site.bound.get(kind[4:], eng.table.empty)
    if kind == "decorator":
        return eng.table.pointer(Sym("seamcheck.identity"))
    if kind == "splits":
        return _splits(eng, frame, site, labels)
    if kind == "folds":
        return _folds(eng, frame, site, labels)
    if kind.startswith("list:"):
        inner = eng.table.pointer(
            eng.allocate((anchor(node), "item"), frame, "lib", eng.models.canonical(kind[5:]), line), labels
        )
        obj = eng.allocate((anchor(node), "list"), frame, "list", None, line)
        eng.heap.write(obj, ANY, inner, weak=True)
        return eng.table.pointer(obj)
    if kind == "data":
        return data_result(eng, frame, site, labels, library.DATA)
    if kind.startswith("iterator"):
        return _iterator(eng, frame, site, labels, kind[9:])
    return typed_result(eng, frame, site, labels, eng.models.canonical(kind))


def _iterator(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label], of: str) -> Value:
    """What can be gone through once: elements of a type (``of``: with its colon), or data."""
    node = site.node
    if of:
        name = eng.models.canonical(of[1:])
        inner = eng.table.pointer(eng.allocate((anchor(node), "item"), frame, "lib", name, node[1]), labels)
    else:
        inner = eng.data((anchor(node), "item"), frame, node[1], labels)
        _share(eng, inner, site)
    out = eng.allocate((anchor(node), "iterator"), frame, "gen", "iterator", node[1])
    eng.heap.write(out, ANY, inner, weak=True)
    return eng.table.pointer(out, labels)


def _given(site: Site, name: str) -> bool:
    """Is an argument given, and not None or False?"""
    v = site.bound.get(name)
    known = only_constant(v) if v is not None else None
    return v is not None and not (known is not None and known.value in (None, False))


def typed_result(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label], type_name: str) -> Value:
    """A result of a named type; arrays and frames are plain data."""
    if eng.models.category(type_name) in ("array", "frame"):
        return data_result(eng, frame, site, labels, type_name)
    obj = eng.allocate((anchor(site.node), "result"), frame, "lib", type_name, site.node[1])
    obj.site = (frame.path, frame.statement[0])
    for name, v in site.bound.items():
        if name in type_params(eng, type_name):
            obj.ctor[name] = v
    path = by_role(site, "path")
    if path is None and site.roles.get("self") == "path":
        path = site.receiver
    if path is not None:
        obj.fields["<path>"] = path
    if eng.models.category(type_name) == "generator":
        drawing.new_generator(eng, frame, obj, site)
        return drawing.same_generator(eng, obj, site)
    return eng.table.pointer(obj, labels)


def type_params(eng: Engine, type_name: str) -> frozenset[str]:
    """Constructor parameters of a modelled type."""
    found: set[str] = set()
    for kind in eng.models.lineage(type_name):
        found.update(p.lstrip("*") for p in kind.params)
    return frozenset(found)


def data_result(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label], type_name: str) -> Value:
    """An array or frame; a view shares the memory of what it was taken from."""
    v = eng.data((anchor(site.node), "call"), frame, site.node[1], labels, type_name)
    _share(eng, v, site)
    return v


def _share(eng: Engine, v: Value, site: Site) -> None:
    """The memory of what a view was taken from: the receiver, or the first parameter."""
    if not _shares(site, site.model.view):
        return
    source = site.receiver
    if source is None:
        source = site.bound.get(site.model.params[0]) if site.model.params else None
        source = next(iter(site.bound.values()), None) if source is None else source
    found = [p for p in sorted_pointers(source) if isinstance(p, Obj)] if source is not None else []
    wraps = site.model.name == site.model.returns
    if wraps:
        # A frame made of an array may share its memory; one made of lists or a dictionary has its own.
        found = [p for p in found if p.kind in ("data", "param")]
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr not in found[:1]:
            ptr.base = found[0] if found else None
            if wraps and found:
                ptr.ctor[WRAPS] = source if source is not None else eng.table.empty


def _shares(site: Site, by_itself: bool) -> bool:
    """Does it share memory: was it told not to copy (``copy=False``, ``deep=False``), or does it so ``by_itself``?"""
    for name, v in site.bound.items():
        known = only_constant(v) if name in ("copy", "deep") else None
        if known is not None and isinstance(known.value, bool):
            return not known.value
    return by_itself


def _splits(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """Train and test part of each array, in this order; the parts of one array share its columns."""
    arrays = site.bound.get("arrays")
    items = iteration.known_items(eng, arrays) if arrays is not None else None
    out = eng.allocate((anchor(site.node), "splits"), frame, "list", None, site.node[1])
    out.fields.clear()
    drawn = (
        frozenset().union(*(eng.labels_of(v) for name, v in site.bound.items() if name != "arrays"))
        if site.bound
        else library.NO_LABELS
    )
    held_out = eng.label(TEST, "held out by the split", frame, site.node[1])
    drawn |= labels - (eng.labels_of(arrays) if arrays is not None else library.NO_LABELS)
    if items is None:
        eng.heap.write(
            out, ANY, eng.data((anchor(site.node), "split"), frame, site.node[1], labels), weak=True
        )
        return eng.table.pointer(out)
    for position, v in enumerate(items):
        own = eng.labels_of(v) | drawn
        train = eng.data((anchor(site.node), "train", position), frame, site.node[1], own)
        test = eng.data((anchor(site.node), "test", position), frame, site.node[1], own | {held_out})
        eng.heap.write(out, item(2 * position), train)
        eng.heap.write(out, item(2 * position + 1), test)
    return eng.table.pointer(out)


def _folds(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """An iterator over (train indices, test indices)."""
    node = site.node
    if site.receiver is not None:
        for ptr in sorted_pointers(site.receiver):
            if isinstance(ptr, Obj) and ptr.kind == "lib":
                labels |= drawing.draw_from_type(eng, frame, ptr, node[1])
    rows = frozenset(label for label in labels if label.kind != "open") | {
        eng.label("fold", "folds", frame, node[1], loops=())
    }
    pair = eng.allocate((anchor(node), "fold"), frame, "tuple", None, node[1])
    pair.fields.clear()
    pair.summary = False
    held_out = eng.label(TEST, "held out by the fold", frame, node[1])
    eng.heap.write(pair, item(0), eng.data((anchor(node), "fold-train"), frame, node[1], rows))
    eng.heap.write(pair, item(1), eng.data((anchor(node), "fold-test"), frame, node[1], rows | {held_out}))
    out = eng.allocate((anchor(node), "folds"), frame, "gen", "folds", node[1])
    eng.heap.write(out, ANY, eng.table.pointer(pair), weak=True)
    return eng.table.pointer(out)
