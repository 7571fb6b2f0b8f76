"""Hand-written training: a model is run on data, a loss is computed, a step is taken."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import attributes, calls, classes, hyperparameters, training, training_data
from seamcheck.flow.binding import Site, short
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import DataPart, FeedEvent
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMIC, DYNAMICS, EXTERNAL, FEED, PARAM, Label
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor
from seamcheck.flow.values import Value


def call_model(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """A model is run on data: remembered, so that a later gradient step knows what it trained on."""
    if obj.kind == "instance":
        for name in ("forward", "call", "__call__"):
            method = classes.lookup(eng, obj.type, name)
            if method is not None:
                bound = classes.bind(eng, frame, method, eng.table.pointer(obj), obj.type)
                calls.call(eng, frame, bound, args, node)
                break
    name = classes.facts_of(eng, obj.type).name if obj.kind == "instance" else short(str(obj.type))
    index = feed_index(eng, frame, node, name)
    fed = eng.feeds[index]
    arg_nodes = node[4] if len(node) > 5 else ()
    for position, v in enumerate(args.all()):
        found = training_data.part(
            eng, frame, "X", v, arg_nodes[position] if position < len(arg_nodes) else None
        )
        _feed(fed, found)
    fed.params |= hyperparameters.model_params(eng, obj, 4, set())
    labels = frozenset(
        (
            eng.label(DYNAMICS, f"output of `{name}`", frame, node[1]),
            Label(FEED, "", frame.path, node[1], (), str(index)),
        )
    )
    eng.heap.taint(obj, frozenset())
    return eng.data((anchor(node), "output"), frame, node[1], labels)


def feed_index(eng: Engine, frame: Frame, node: Node, name: str) -> int:
    """The number of the feed event of this call in this context."""
    key = (anchor(node), frame, eng.loops)
    index = eng.feed_keys.get(key)
    if index is None:
        index = eng.feed_keys[key] = len(eng.feeds)
        eng.feeds.append(FeedEvent(frame.path, node[1], name))
    return index


def _feed(fed: FeedEvent, found: DataPart) -> None:
    old = fed.parts.get(found.role)
    if old is not None:
        found = DataPart(
            found.role,
            old.labels | found.labels,
            tuple(dict.fromkeys((*old.names, *found.names))),
            tuple(dict.fromkeys((*old.sites, *found.sites))),
        )
    fed.parts[found.role] = found


def feed(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """A modelled loss (or model) call: its data and targets are what a gradient step trains on."""
    index = feed_index(eng, frame, site.node, short(site.api))
    for name, v in site.bound.items():
        if not any(label.kind == FEED for label in v.labels) and site.roles.get(name) not in (
            "options",
            "params",
        ):
            _feed(
                eng.feeds[index],
                training_data.part(
                    eng,
                    frame,
                    "y" if "loss" in site.api.lower() or name in ("target", "labels", "y_true") else "X",
                    v,
                    training_data.argument_node(site, name),
                ),
            )
    feeds = frozenset(label for label in labels if label.kind == FEED)
    out = feeds | {
        Label(FEED, "", frame.path, site.node[1], (), str(index)),
        eng.label(DYNAMICS, f"`{short(site.api)}` while training", frame, site.node[1]),
    }
    kind = eng.models.canonical(site.model.returns)
    type_name = kind if eng.models.category(kind) in ("array", "frame") else attributes.DATA
    return eng.data((anchor(site.node), "loss"), frame, site.node[1], out, type_name)


def step(eng: Engine, frame: Frame, site: Site) -> None:
    """A modelled gradient step."""
    if site.receiver is not None:
        _step(eng, frame, site.receiver, eng.join_all(site.bound.values()), site.api, site.node)
    else:
        _step(eng, frame, eng.join_all(site.bound.values()), eng.table.empty, site.api, site.node)


def step_on(eng: Engine, frame: Frame, receiver: Value, name: str, node: Node) -> Value:
    """``loss.backward()`` on a loss known by what it was computed from."""
    _step(eng, frame, receiver, eng.table.empty, f"?.{name}", node)
    return eng.table.const(None)


def _step(eng: Engine, frame: Frame, receiver: Value, passed: Value, api: str, node: Node) -> None:
    event = training.event_for(eng, frame, api, node, False)
    event.incremental = True
    labels = eng.labels_of(receiver) | eng.labels_of(passed)
    indices = {int(label.detail) for label in labels if label.kind == FEED}
    if indices:
        eng.recent_feeds[frame] = frozenset(indices)
    else:
        indices = set(eng.recent_feeds.get(frame, frozenset()))
    event.feeds |= frozenset(indices)
    for index in sorted(indices):
        for found in eng.feeds[index].parts.values():
            event.add(found)
        event.params |= eng.feeds[index].params
    for ptr in sorted_pointers(receiver):
        if isinstance(ptr, Obj) and ptr.kind == "lib":
            event.params |= hyperparameters.model_params(eng, ptr, 4, set())
    if not indices:
        unknown = frozenset(label for label in labels if label.kind in (DYNAMIC, EXTERNAL, PARAM))
        stop = eng.label(DYNAMIC, f"what `{short(api)}` trains on is not known", frame, node[1])
        event.add(DataPart("data", unknown | {stop}, (), ()))
