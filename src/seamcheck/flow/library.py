"""Calls into libraries: what the models in ``rules/`` say happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import (
    attributes,
    binding,
    calls,
    conventions,
    cursors,
    drawing,
    gradient_steps,
    iteration,
    library_effects,
    opaque,
    patches,
    plain_loops,
    results,
    scoring,
    specials,
    tuners,
)
from seamcheck.flow.binding import Site, by_role, short
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMICS, EXTERNAL, LAZY, PARAM, Label
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import Place, anchor, call_at
from seamcheck.flow.values import Bound, Class, Func, Sym, Value
from seamcheck.libraries.schema import Call

DATA = "seamcheck.types.Data"
#: Classes of Python's own containers, and the kinds of objects they make.
CONTAINER_CLASSES = {
    "builtins.list": ("list", "instance"),
    "builtins.dict": ("dict", "instance"),
    "builtins.set": ("set", "instance"),
    "collections.deque": ("list", "instance"),
    "collections.OrderedDict": ("dict", "instance"),
    "collections.defaultdict": ("dict", "instance"),
    "collections.Counter": ("data", "instance"),
}
NO_LABELS: frozenset[Label] = frozenset()


def is_modelled(eng: Engine, name: str) -> bool:
    """Does a model (or an intrinsic) say what calling this name does?"""
    from seamcheck.flow import intrinsics

    return name in intrinsics.TABLE or eng.models.call(name) is not None or eng.models.type(name) is not None


def graph_name(name: str) -> str:
    """The name of a library function in the call graph."""
    return "<builtin>." + name[9:] if name.startswith("builtins.") else name


def call_symbol(eng: Engine, frame: Frame, name: str, args: calls.Args, node: Node) -> Value:
    """Call a library name, which may run special methods of what it is given."""
    asked = specials.handed(eng, frame, name, args, node) if eng.special else NO_LABELS
    result = _call_symbol(eng, frame, name, args, node)
    return eng.table.labelled(result, asked) if asked else result


def _call_symbol(eng: Engine, frame: Frame, name: str, args: calls.Args, node: Node) -> Value:
    """Call a library name: an intrinsic, a modelled function or class, a method through its class, a default."""
    from seamcheck.flow import intrinsics

    eng.edge(frame, graph_name(name))
    special = intrinsics.TABLE.get(name)
    if special is not None:
        if name not in intrinsics.LOOKING:
            opaque.note_handed_over(eng, frame, calls.labels_of_args(eng, args), name, node)
        result = special(eng, frame, args, node)
        if result is not None:
            if name in intrinsics.LOOKING:
                return result
            return eng.table.labelled(result, cursors.moved_on(eng, frame, args.all(), node[1]))
    model = eng.models.call(name)
    if model is not None:
        return apply(eng, frame, model, name, args, node, None)
    kind = eng.models.type(name)
    if kind is not None:
        return construct(eng, frame, name, args, node)
    head, _, tail = name.rpartition(".")
    if args.positional and _is_unbound(eng, head, args.positional[0]):
        from seamcheck.flow import methods

        rest = args._replace(positional=args.positional[1:])
        return methods.call_method(eng, frame, args.positional[0], tail, rest, node)
    if head and eng.models.type(head) is not None:
        method = eng.models.method(head, tail)
        if method is not None:
            return apply(eng, frame, method, name, args, node, None)
        if eng.models.policy(head) == "pure":
            return derived(eng, frame, args, node)
    return by_default(eng, frame, name, args, node)


def _is_unbound(eng: Engine, head: str, first: Value) -> bool:
    """Is a method called through its class (``list.append(rows, 1)``), with an object of that class?"""
    kinds = CONTAINER_CLASSES.get(head)
    if kinds is None and (not head or eng.models.type(head) is None):
        return False
    found = [p for p in first.holders if isinstance(p, Obj)]
    if kinds is not None:
        return any(p.kind in kinds for p in found)
    holds_data = eng.models.category(head) in ("array", "frame")  # any other class may make itself from data
    return any(
        holds_data
        if p.kind == "data"
        else p.kind == "lib" and head in {k.name for k in eng.models.lineage(str(p.type))}
        for p in found
    )


def by_default(eng: Engine, frame: Frame, name: str, args: calls.Args, node: Node) -> Value:
    """A name without a model of its own: what its package says of unlisted names, else opaque."""
    last = name.rpartition(".")[2]
    if last[:1].isupper() and last.endswith(("Error", "Exception", "Warning")):
        return eng.table.value(frozenset(), calls.labels_of_args(eng, args))
    if eng.loops and last in attributes.CHANGING:
        patches.note_changed(eng, frame, name.rpartition(".")[0], node)
    default = eng.models.default(name)
    if default is not None and default.policy != "opaque":
        labels = calls.labels_of_args(eng, args) | opaque.run_callables(eng, frame, args, node)
        labels |= cursors.moved_on(eng, frame, args.all(), node[1])
        opaque.note_handed_over(eng, frame, labels, name, node)
        if default.random is not None:
            labels |= drawing.draw(
                eng, frame, default.random, Site(Call(name), name, node, dict(args.keywords), None, {})
            )
        if default.policy == "dynamics":
            return results.dynamics_value(eng, frame, labels, f"`{name}` gives a result of training", node[1])
        return eng.data((anchor(node), "call"), frame, node[1], labels)
    opaque.opaque_call(eng, frame, name, args, node)
    return opaque.opaque_result(eng, frame, args, node, f"`{name}{opaque.NO_MODEL}", EXTERNAL, NO_LABELS)


def derived(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """Data that derives from the arguments and from nothing else."""
    labels = calls.labels_of_args(eng, args) | opaque.run_callables(eng, frame, args, node)
    return eng.data((anchor(node), "call"), frame, node[1], labels)


def apply(
    eng: Engine,
    frame: Frame,
    model: Call,
    api: str,
    args: calls.Args,
    node: Node,
    receiver: Value | None,
    type_roles: Mapping[str, str] | None = None,
) -> Value:
    """One call of a modelled function or method."""
    from seamcheck.flow import training

    bound = binding.bind(eng, frame, model.params, args, node)
    roles: dict[str, str] = {**(type_roles or {}), **model.roles}
    site = Site(model, api, node, bound, receiver, roles)
    if "opaque" in model.effects and not library_effects.names_columns_only(site):
        library_effects.mutate(eng, frame, site, binding.argument_labels(eng, site))
        opaque.opaque_call(eng, frame, api, args, node)
        return opaque.opaque_result(
            eng, frame, args, node, f"`{api}` is opaque", EXTERNAL, NO_LABELS, receiver
        )
    labels = binding.argument_labels(eng, site)
    if "reads_file" in model.effects and eng.models.category(model.returns) in ("array", "frame"):
        # Who gives the path of a table does not give what it holds.
        labels = frozenset(label for label in labels if label.kind != PARAM)
    opaque.note_handed_over(eng, frame, labels, api, node)
    conventions.note_estimators(eng, site)
    if "writes_file" not in model.effects:
        given = (*args.all(), receiver) if receiver is not None else args.all()
        labels |= cursors.moved_on(eng, frame, given, node[1])
    if "trial_loop" in model.effects:
        return tuners.run_tuner(eng, frame, site, labels)
    if "search" in model.effects:
        return training.search(eng, frame, site, labels)
    labels |= call_callables(eng, frame, site)
    labels |= library_effects.effect_labels(eng, frame, site, labels)
    drawn = drawing.draw_method(eng, frame, model.random, site) if model.random is not None else NO_LABELS
    labels |= drawn
    labels |= _inner_draws(eng, frame, site)
    if model.seeds:
        drawing.reseed(eng, frame, site)
    if api.endswith((".manual_seed", ".seed")) and receiver is not None:
        drawing.reseed_receiver(eng, frame, site)
    if "train" in model.effects:
        labels = training.train(eng, frame, site, labels, drawn)
    elif "step" in model.effects:
        gradient_steps.step(eng, frame, site)
    elif "feed" in model.effects:
        return gradient_steps.feed(eng, frame, site, labels)
    elif "dynamics" in model.effects:
        scoring.note_evaluation(eng, frame, site)
        labels |= {eng.label(DYNAMICS, f"`{short(api)}` gives a result of training", frame, node[1])}
    library_effects.mutate(eng, frame, site, labels)
    return results.result_of(eng, frame, site, labels)


def _inner_draws(eng: Engine, frame: Frame, site: Site) -> frozenset[Label]:
    """What an estimator draws that a transformer fits out of sight."""
    labels: frozenset[Label] = frozenset()
    if (
        site.receiver is None
        or not site.api.rpartition(".")[2].startswith("fit")
        or "train" in site.model.effects
    ):
        return labels
    for ptr in sorted_pointers(site.receiver):
        if isinstance(ptr, Obj) and ptr.kind == "lib":
            for name, v in ptr.ctor.items():
                if site.roles.get(name) == "estimator":
                    for inner in sorted_pointers(v):
                        if isinstance(inner, Obj) and inner.kind == "lib":
                            labels |= drawing.draw_from_type(eng, frame, inner, site.node[1])
    return labels


#: What looks at functions that it is given.
LOOKS_AT = frozenset(
    """builtins.issubclass builtins.hasattr builtins.callable builtins.id builtins.repr builtins.vars builtins.dir
    builtins.hash builtins.print builtins.str builtins.format""".split()
)


def call_callables(eng: Engine, frame: Frame, site: Site) -> frozenset[Label]:
    """Call the callables that the model names; any other function handed over is called as well."""
    labels: frozenset[Label] = frozenset()
    if eng.open_places is not None and (site.api in LOOKS_AT or site.api.startswith("inspect.")):
        return labels  # no edge of the call graph: this looks at a function and does not call it
    named = {c.param for c in site.model.calls}
    for spec in site.model.calls:
        v = drawing.argument(eng, site, spec.param)
        if v is None:
            continue
        labels |= eng.labels_of(_call_named(eng, frame, site, spec.passes, spec.of, spec.param, v))
    others = tuple(
        v
        for name, v in site.bound.items()
        if name not in named and site.roles.get(name) not in ("objective", "callback")
    )
    return labels | opaque.run_callables(eng, frame, calls.Args(others), site.node)


def _call_named(
    eng: Engine, frame: Frame, site: Site, passes: str, of: str | None, param: str, v: Value
) -> Value:
    node = call_at(site.node[1], site.node[2])
    if passes == "rest":
        skip = {param, "**"}
        rest: list[Value] = []
        keywords = []
        for name, arg in site.bound.items():
            if name in skip:
                continue
            spread = (
                iteration.known_items(eng, arg) if f"*{name}" in site.model.params or name == "args" else None
            )
            if spread is not None:
                rest.extend(spread)
            elif name in site.model.params or name == "*":
                rest.append(arg)
            elif arg is not eng.table.empty:
                keywords.append((name, arg))
        return calls.call(eng, frame, v, calls.Args(tuple(rest), tuple(keywords)), node)
    if passes == "none":
        return calls.call(eng, frame, v, calls.Args(), node)
    out = eng.table.empty
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Func | Bound | Class) or (
            isinstance(ptr, Obj) and ptr.kind in ("partial", "instance")
        ):
            if passes == "elements":
                source = site.bound.get(of or "")
                passed = (
                    iteration.elements(eng, frame, source, Place((param, node[1], anchor(site.node))))
                    if source is not None
                    else eng.table.empty
                )
            elif passes == "self" and site.receiver is not None:
                passed = eng.data((anchor(site.node), "self"), frame, node[1], eng.labels_of(site.receiver))
            else:
                passed = eng.data(
                    (anchor(site.node), "passed"), frame, node[1], binding.argument_labels(eng, site)
                )
            out = eng.table.join(out, _for_each(eng, frame, site, ptr, passed, passes == "elements"))
        elif isinstance(ptr, Sym):
            passed = eng.data(
                (anchor(site.node), "passed"), frame, node[1], binding.argument_labels(eng, site)
            )
            out = eng.table.join(
                out, call_symbol(eng, frame, ptr.name, calls.Args((passed,)), Place((*node, ptr.name)))
            )
    return out


def _for_each(eng: Engine, frame: Frame, site: Site, ptr: Any, passed: Value, many: bool) -> Value:
    """A callable is run on what it is passed; ``many``: on each of the elements of something."""
    node = call_at(site.node[1], site.node[2])

    def run(marker: plain_loops.Marker | None) -> Value:
        return opaque.call_with(eng, frame, ptr, passed if marker is None else marker(passed), node)

    return plain_loops.over_elements(eng, frame, site.node, run) if many else run(None)


def construct(eng: Engine, frame: Frame, name: str, args: calls.Args, node: Node) -> Value:
    """An instance of a modelled class; it remembers what it was made from."""
    kind = eng.models.type(name)
    assert kind is not None
    params = next((k.params for k in eng.models.lineage(name) if k.params), ())
    bound = binding.bind(eng, frame, params, args, node)
    roles: dict[str, str] = {}
    for base in reversed(eng.models.lineage(name)):
        roles.update(base.roles)
    model = Call(
        name=name,
        params=params,
        defaults=kind.defaults,
        effects=kind.effects,
        calls=kind.calls,
        returns=name,
        view=kind.view,
    )
    site = Site(model, name, node, bound, None, roles)
    if kind.calls:
        call_callables(eng, frame, site)
    labels = library_effects.effect_labels(
        eng, frame, site, binding.argument_labels(eng, site) if "truncates" in kind.effects else NO_LABELS
    )
    if eng.models.category(name) == "loader":
        labels = frozenset(label for label in labels if label.kind != LAZY)  # as lazy as its data set
    if eng.models.category(name) in ("array", "frame"):
        return results.data_result(eng, frame, site, labels | binding.argument_labels(eng, site), name)
    obj = eng.allocate((anchor(node), name), frame, "lib", name, node[1])
    obj.site = (frame.path, frame.statement[0])
    obj.ctor = bound
    if kind.objective is not None:
        obj.fields["<objective>"] = bound.get(kind.objective.param, eng.table.empty)
    path = by_role(site, "path")
    if path is not None:
        obj.fields["<path>"] = path
    if labels:
        eng.heap.taint(obj, frozenset(label for label in labels if label.kind != "open"))
    if eng.models.category(name) == "generator":
        drawing.new_generator(eng, frame, obj, site)
        return drawing.same_generator(eng, obj, site)
    return eng.table.pointer(obj)
