"""What the arguments of a train call carry: labels of data, where they were completed, how they are spelled."""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import drawing, given, hooks, names, rows
from seamcheck.flow.binding import Site
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import DataPart
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import LAZY, ORDER, SUBSET, Label
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Const, Value

#: Roles of constructor arguments that are not part of a data set.
NOT_DATA = frozenset(
    {"params", "options", "seed", "callback", "space", "estimator", "model", "rows", "steps", "objective"}
)


def data_labels(eng: Engine, v: Value, depth: int = 5, seen: set[Obj] | None = None) -> frozenset[Label]:
    """Labels of the data that a value holds: hyperparameters packed with a data set do not count."""
    labels = v.labels
    if not v.holders:
        return labels
    seen = set() if seen is None else seen
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr not in seen and depth >= 0:
            seen.add(ptr)
            labels |= ptr.labels
            eng.heap.touched.setdefault((ptr, "<labels>"), ptr.labels)
            if ptr.base is not None:
                labels |= rows.changed_behind(eng, ptr)
            roles = constructor_roles(eng, ptr)
            for field in eng.heap.keys(ptr):
                inner = eng.heap.read(ptr, field)
                if inner is not None and field != drawing.SEEDED:
                    labels |= data_labels(eng, inner, depth - 1, seen)
            for name, inner in ptr.ctor.items():
                if roles.get(name) not in NOT_DATA:
                    labels |= data_labels(eng, inner, depth - 1, seen)
        elif not isinstance(ptr, Obj | Const):
            labels |= eng.labels_of(eng.table.pointer(ptr))
    return labels


def constructor_roles(eng: Engine, obj: Obj) -> dict[str, str]:
    """Roles of the constructor arguments of a library object."""
    roles: dict[str, str] = {}
    if obj.kind == "lib":
        for kind in reversed(eng.models.lineage(obj.type)):
            roles.update(kind.roles)
    return roles


def named_in(node: Node | None) -> tuple[str, ...]:
    """The variables an argument expression names, in order."""
    found: dict[str, None] = {}
    pending: list[Any] = [] if node is None else [node]
    while pending:
        here = pending.pop(0)
        if not isinstance(here, tuple) or not here:
            continue
        if here[0] == "name" and len(here) == 3 and isinstance(here[2], str):
            found[here[2]] = None
        elif here[0] == "attr" and len(here) == 4 and here[2][0] == "name":
            found[f"{here[2][2]}.{here[3]}"] = None
        elif here[0] == "call" and len(here) == 6:
            pending.extend(here[4])
            pending.extend(v for _, v in here[5])
        else:
            pending.extend(part for part in here[2:] if isinstance(part, tuple))
    return tuple(found)


def spell(node: Any) -> str:
    """An expression without its lines: equal for equal source."""
    if isinstance(node, tuple):
        inner = (
            node[2:] if len(node) > 1 and isinstance(node[0], str) and isinstance(node[1], int) else node[1:]
        )
        return f"{node[0] if node else ''}({','.join(spell(part) for part in inner)})"
    return repr(node)


def argument_node(site: Site, name: str) -> Node | None:
    """The expression that was passed for a parameter."""
    node = site.node
    if len(node) < 6:
        return None
    for keyword, value in node[5]:
        if keyword == name:
            return value  # type: ignore[no-any-return]
    params = [p for p in site.model.params if not p.startswith("*")]
    if name in params and params.index(name) < len(node[4]):
        return node[4][params.index(name)]  # type: ignore[no-any-return]
    return None


def sites_of(
    eng: Engine, v: Value, depth: int = 3, seen: set[Obj] | None = None
) -> tuple[tuple[str, int], ...]:
    """Where the data that a value holds were completed."""
    if not v.holders:
        return ()
    seen = set() if seen is None else seen
    out: dict[tuple[str, int], None] = {}
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr not in seen:
            seen.add(ptr)
            if ptr.kind in ("data", "lib") and ptr.site[1]:
                out[ptr.site] = None
                if ptr in eng.write_sites:
                    out[eng.write_sites[ptr]] = None
            if depth > 0 and ptr.kind != "data":
                for inner in (*ptr.fields.values(), *ptr.ctor.values()):
                    out.update(dict.fromkeys(sites_of(eng, inner, depth - 1, seen)))
    return tuple(out)


def bound_at(eng: Engine, frame: Frame, node: Node | None) -> tuple[tuple[str, int], ...]:
    """Where the variables that an argument names were bound last.

    Parameters have no place, nor has a name that a trial gives to data from before it.
    """
    out: dict[tuple[str, int], None] = {}
    for name in named_in(node):
        home = names.find(eng, frame, name)
        if home is None or name not in home.defs:
            continue
        held = home.fields.get(name)
        if eng.loops and home.loops == eng.loops and held is not None and _older(eng, held):
            continue
        out[home.path, home.defs[name][0]] = None
    return tuple(out)


def _older(eng: Engine, v: Value) -> bool:
    """Are these only arrays and frames made before the trial, or parts of them?"""
    found = [ptr for ptr in sorted_pointers(v) if isinstance(ptr, Obj)]
    for position, ptr in enumerate(found):
        for _ in range(8):
            if ptr.base is None:
                break
            ptr = ptr.base
        found[position] = ptr
    return bool(found) and not any(ptr.loops == eng.loops for ptr in found)


def part(eng: Engine, frame: Frame, role: str, v: Value, node: Node | None) -> DataPart:
    """What one argument of a train call carries; what is produced while training is asked for its samples."""
    labels = data_labels(eng, v)
    remember(eng, v)
    given.handed_to_training(eng, v)
    if role not in ("cv", "folds"):
        labels |= hooks.produced(eng, frame, v, frame.statement[0])
    if any(label.kind == LAZY for label in labels):
        # A stream is shuffled anew whenever it is iterated, also one that was made before the trials.
        labels |= {x._replace(loops=eng.loops) for x in labels if x.kind in (ORDER, SUBSET) and not x.loops}
    return DataPart(role, labels, named_in(node), sites_of(eng, v), spell(node), bound_at(eng, frame, node))


def remember(eng: Engine, v: Value) -> None:
    """The arrays and frames that a model was trained on: who receives them later reads the data of a run."""
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj):
            if ptr.kind == "data":
                eng.captured.add(ptr)
            for inner in ptr.ctor.values():
                eng.captured.update(
                    p for p in sorted_pointers(inner) if isinstance(p, Obj) and p.kind == "data"
                )
