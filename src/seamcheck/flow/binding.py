"""Arguments of a library call by the names and roles its model gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from seamcheck.facts.ir import Node
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import Label
from seamcheck.flow.objects import LABELS, LEARNT, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor
from seamcheck.flow.values import Value
from seamcheck.libraries.schema import Call

if TYPE_CHECKING:
    from seamcheck.flow import calls

#: Roles of arguments that say how something is done, not with which data.
SIDE_ROLES = frozenset({"options", "callback"})


class Site(NamedTuple):
    """A library call as it is interpreted: the model, where it stands, its arguments by parameter name."""

    model: Call
    api: str
    node: Node
    bound: dict[str, Value]
    receiver: Value | None
    roles: dict[str, str]


def bind(
    eng: Engine, frame: Frame, params: tuple[str, ...], args: calls.Args, node: Node
) -> dict[str, Value]:
    """Arguments by the parameter names of a model; surplus ones under ``*`` and their keyword."""
    bound: dict[str, Value] = {}
    queue = list(args.positional)
    keyword_only = False
    catch_all = None
    for name in params:
        if name == "*":
            keyword_only = True
        elif name.startswith("**"):
            catch_all = name[2:]
        elif name.startswith("*"):
            keyword_only = True
            obj, new = eng.heap.allocate(
                ("*", anchor(node), frame, tuple(queue)), "tuple", None, (frame.path, node[1]), eng.loops
            )
            if new:
                for position, v in enumerate(queue):
                    obj.fields[item(position)] = v
            if queue:
                bound[name[1:]] = eng.table.pointer(obj)
            queue = []
        elif queue and not keyword_only:
            bound[name] = queue.pop(0)
    for name, v in args.keywords:
        bound[name] = v
    if queue:
        bound["*"] = eng.join_all(queue)
    extra = [v for v in (args.rest, args.keyword_rest) if v is not None]
    if extra:
        bound["**"] = eng.join_all(extra)
        for name in params:
            plain = name.lstrip("*")
            if plain and not name.startswith("*") and plain not in bound:
                bound[plain] = eng.table.value(
                    frozenset(), eng.labels_of(bound["**"]) | {open_argument(eng, frame, plain, node)}
                )
    if catch_all is not None:
        bound.setdefault(catch_all, eng.table.empty)
    return bound


def open_argument(eng: Engine, frame: Frame, name: str, node: Node) -> Label:
    """An argument that an open ``*args`` or ``**kwargs`` may or may not pass."""
    return eng.label("open", f"`{name}` may come through `**`", frame, node[1], loops=())


def short(api: str) -> str:
    """The last two segments of a dotted name."""
    return ".".join(api.split(".")[-2:])


def argument_labels(eng: Engine, site: Site) -> frozenset[Label]:
    """Labels of the receiver and of all arguments that matter for the result."""
    labels: frozenset[Label] = frozenset()
    for name, v in site.bound.items():
        if site.roles.get(name) not in SIDE_ROLES:
            labels |= eng.labels_of(v)
    if site.receiver is not None:
        labels |= _afresh(eng, site) if site.model.forgets else eng.labels_of(site.receiver)
    return frozenset(label for label in labels if label.kind != "open")


def forgets(site: Site, obj: Obj) -> bool:
    """Does this call make an object forget what it has learnt, whatever it was made with?"""
    return (
        site.model.forgets and obj.kind == "lib" and {"warm_start", "**"}.isdisjoint({*obj.ctor, *obj.fields})
    )


def _afresh(eng: Engine, site: Site) -> frozenset[Label]:
    """Labels of the receiver but for what it has learnt, which this call forgets."""
    receiver = site.receiver
    assert receiver is not None
    labels = receiver.labels
    for ptr in sorted_pointers(receiver):
        if isinstance(ptr, Obj) and forgets(site, ptr):
            eng.heap.touched.setdefault((ptr, LABELS), ptr.labels)
            labels |= ptr.labels
            kept = [eng.heap.read(ptr, field) for field in eng.heap.keys(ptr) if field != LEARNT]
            for v in (*kept, *ptr.ctor.values()):
                labels |= eng.labels_of(v) if v is not None else frozenset()
        else:
            labels |= eng.labels_of(eng.table.pointer(ptr))
    return labels


def by_role(site: Site, role: str) -> Value | None:
    """The argument with a role."""
    for name, known in site.roles.items():
        if known == role and name in site.bound:
            return site.bound[name]
    return None


def seed_of(site: Site) -> Value | None:
    """The argument with role seed."""
    return by_role(site, "seed")
