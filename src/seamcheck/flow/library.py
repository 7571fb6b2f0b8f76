"""Calls into libraries: what the models in ``rules/`` say happens."""

from __future__ import annotations

from typing import Any, NamedTuple

from seamcheck.flow.ordering import sorted_pointers
from seamcheck.facts.ir import Node
from seamcheck.flow import calls, drawing, intrinsics, iteration
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import OpaqueCall
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import CLOCK, DYNAMIC, DYNAMICS, ENVIRONMENT, EXTERNAL, IO, LAZY, ORDER, RANDOM, STREAM, SUBSET, TEST, TRIAL, Label
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.values import Bound, Class, Func, Sym, Value, only_constant
from seamcheck.libraries.schema import Call

DATA = "seamcheck.types.Data"
#: Roles of arguments that say how something is done, not with which data.
SIDE_ROLES = frozenset({"options", "callback"})
NO_LABELS: frozenset[Label] = frozenset()


class Site(NamedTuple):
    """A library call as it is interpreted: the model, where it stands, its arguments by parameter name."""

    model: Call
    api: str
    node: Node
    bound: dict[str, Value]
    receiver: Value | None
    roles: dict[str, str]


def is_modelled(eng: Engine, name: str) -> bool:
    """Does a model (or an intrinsic) say what calling this name does?"""
    return name in intrinsics.TABLE or eng.models.call(name) is not None or eng.models.type(name) is not None


def graph_name(name: str) -> str:
    """The name of a library function in the call graph."""
    return "<builtin>." + name[9:] if name.startswith("builtins.") else name


def call_symbol(eng: Engine, frame: Frame, name: str, args: calls.Args, node: Node) -> Value:
    """Call a library name: an intrinsic, a modelled function or class, a method through its class, a default."""
    eng.edge(frame, graph_name(name))
    special = intrinsics.TABLE.get(name)
    if special is not None:
        if name not in intrinsics.LOOKING:
            note_handed_over(eng, frame, calls.labels_of_args(eng, args), name, node)
        result = special(eng, frame, args, node)
        if result is not None:
            return result
    model = eng.models.call(name)
    if model is not None:
        return apply(eng, frame, model, name, args, node, None)
    kind = eng.models.type(name)
    if kind is not None:
        return construct(eng, frame, name, args, node)
    head, _, tail = name.rpartition(".")
    if head and eng.models.type(head) is not None:
        method = eng.models.method(head, tail)
        if method is not None:
            return apply(eng, frame, method, name, args, node, None)
        if eng.models.policy(head) == "pure":
            return derived(eng, frame, args, node)
    return by_default(eng, frame, name, args, node)


def by_default(eng: Engine, frame: Frame, name: str, args: calls.Args, node: Node) -> Value:
    """A name without a model of its own: what its package says of unlisted names, else opaque."""
    default = eng.models.default(name)
    if default is not None and default.policy != "opaque":
        labels = calls.labels_of_args(eng, args) | run_callables(eng, frame, args, node)
        note_handed_over(eng, frame, labels, name, node)
        if default.random is not None:
            labels |= drawing.draw(eng, frame, default.random, Site(Call(name), name, node, dict(args.keywords), None, {}))
        if default.policy == "dynamics":
            return dynamics_value(eng, frame, labels, f"`{name}` gives a result of training", node[1])
        return eng.data((id(node), "call"), frame, node[1], labels)
    last = name.rpartition(".")[2]
    if last[:1].isupper() and last.endswith(("Error", "Exception", "Warning")):
        return eng.table.empty
    opaque_call(eng, frame, name, args, node)
    return opaque_result(eng, frame, args, node, f"`{name}` has no model", EXTERNAL, NO_LABELS)


def derived(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """Data that derives from the arguments and from nothing else."""
    labels = calls.labels_of_args(eng, args) | run_callables(eng, frame, args, node)
    return eng.data((id(node), "call"), frame, node[1], labels)


def opaque_call(eng: Engine, frame: Frame, name: str, args: calls.Args, node: Node) -> None:
    """Remember a call into a library without a model, and whether it was handed something that trains."""
    before = len(eng.trains)
    run_callables(eng, frame, args, node, unknown=True)
    trains = len(eng.trains) > before
    key = (frame.path, node[1], name)
    old = eng.opaque_calls.get(key)
    eng.opaque_calls[key] = OpaqueCall(frame.path, node[1], name, frame.qualname, trains or (old is not None and old.takes_training))


def opaque_result(eng: Engine, frame: Frame, args: calls.Args, node: Node, message: str, kind: str, extra: frozenset[Label]) -> Value:
    """The unknown result of a call nobody can see into; in a trial it may have changed what it was given."""
    label = eng.label(kind, message, frame, node[1])
    labels = calls.labels_of_args(eng, args) | extra | {label}
    eng.effect(frame, Effect("opaque", frame.path, node[1], message))
    if eng.loops:
        touched = eng.label(kind, f"{message}, so what it was given may have been changed", frame, node[1])
        for v in args.all():
            for ptr in sorted_pointers(v):
                if isinstance(ptr, Obj) and ptr.kind in ("data", "list", "dict", "instance", "lib"):
                    eng.heap.taint(ptr, frozenset((touched,)))
    return eng.table.value(frozenset(), labels)


def run_callables(eng: Engine, frame: Frame, args: calls.Args, node: Node, unknown: bool = False) -> frozenset[Label]:
    """Call every function that is handed over, since the library may; labels of what they give.

    For pure functions their arguments derive from the other arguments, for opaque ones they are unknown.
    """
    labels: frozenset[Label] = frozenset()
    for v in args.all():
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Func) or (isinstance(ptr, Bound) and isinstance(ptr.function, Func)) or (isinstance(ptr, Obj) and ptr.kind == "partial"):
                if unknown:
                    passed = eng.unknown("called by a library without a model", frame, node[1])
                else:
                    passed = eng.data((id(node), "element"), frame, node[1], calls.labels_of_args(eng, args))
                labels |= eng.labels_of(call_with(eng, frame, ptr, passed, node))
    return labels


def call_with(eng: Engine, frame: Frame, ptr: Any, passed: Value, node: Node) -> Value:
    """Call a function of the project with the same value for each parameter without default."""
    count = required_parameters(eng, ptr)
    return calls.call_pointer(eng, frame, ptr, calls.Args(tuple(passed for _ in range(count))), ("call", node[1], node[2]))


def required_parameters(eng: Engine, ptr: Any) -> int:
    """How many positional arguments a function needs."""
    skip = 0
    if isinstance(ptr, Bound):
        ptr, skip = ptr.function, 1
    if isinstance(ptr, Func):
        params = eng.index.by_name[ptr.module].facts.functions[ptr.index].params
        return max(0, sum(1 for p in params if p.kind in ("pos", "posonly") and p.default is None) - skip)
    if isinstance(ptr, Obj) and ptr.kind == "partial":
        inner = eng.heap.read(ptr, "function")
        for target in sorted_pointers(inner) if inner is not None else ():
            return max(0, required_parameters(eng, target) - len(ptr.ctor))
    return 1


# -- binding -------------------------------------------------------------------------------------------------------


def bind(eng: Engine, frame: Frame, params: tuple[str, ...], args: calls.Args, node: Node) -> dict[str, Value]:
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
            obj, new = eng.heap.allocate(("*", id(node), frame, tuple(queue)), "tuple", None, (frame.path, node[1]), eng.loops)
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
                bound[plain] = eng.table.value(frozenset(), eng.labels_of(bound["**"]) | {open_argument(eng, frame, plain, node)})
    if catch_all is not None:
        bound.setdefault(catch_all, eng.table.empty)
    return bound


def open_argument(eng: Engine, frame: Frame, name: str, node: Node) -> Label:
    """An argument that an open ``*args`` or ``**kwargs`` may or may not pass."""
    return eng.label("open", f"`{name}` may come through `**`", frame, node[1], loops=())


# -- applying a model ------------------------------------------------------------------------------------------------


def apply(eng: Engine, frame: Frame, model: Call, api: str, args: calls.Args, node: Node, receiver: Value | None, type_roles: dict[str, str] | None = None) -> Value:
    """One call of a modelled function or method."""
    from seamcheck.flow import training, trials

    bound = bind(eng, frame, model.params, args, node)
    roles: dict[str, str] = {**(type_roles or {}), **model.roles}
    site = Site(model, api, node, bound, receiver, roles)
    if "opaque" in model.effects:
        opaque_call(eng, frame, api, args, node)
        return opaque_result(eng, frame, args, node, f"`{api}` is opaque", EXTERNAL, NO_LABELS)
    labels = argument_labels(eng, site)
    note_handed_over(eng, frame, labels, api, node)
    if "trial_loop" in model.effects:
        return trials.run_tuner(eng, frame, site, labels)
    if "search" in model.effects:
        return training.search(eng, frame, site, labels)
    labels |= call_callables(eng, frame, site)
    labels |= effect_labels(eng, frame, site, labels)
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
        training.step(eng, frame, site)
    elif "feed" in model.effects:
        return training.feed(eng, frame, site, labels)
    elif "dynamics" in model.effects:
        training.note_evaluation(eng, frame, site)
        labels |= {eng.label(DYNAMICS, f"`{short(api)}` gives a result of training", frame, node[1])}
    mutate(eng, frame, site, labels)
    return result_of(eng, frame, site, labels)


def note_handed_over(eng: Engine, frame: Frame, labels: frozenset[Label], api: str, node: Node) -> None:
    """Handing a result of training to a library is reading it."""
    if any(label.kind == DYNAMICS for label in labels):
        eng.effect(frame, Effect("read", frame.path, node[1], short(api)))


def short(api: str) -> str:
    """The last two segments of a dotted name."""
    return ".".join(api.split(".")[-2:])


def _inner_draws(eng: Engine, frame: Frame, site: Site) -> frozenset[Label]:
    """What an estimator draws that a transformer fits out of sight."""
    labels: frozenset[Label] = frozenset()
    if site.receiver is None or not site.api.rpartition(".")[2].startswith("fit") or "train" in site.model.effects:
        return labels
    for ptr in sorted_pointers(site.receiver):
        if isinstance(ptr, Obj) and ptr.kind == "lib":
            for name, v in ptr.ctor.items():
                if site.roles.get(name) == "estimator":
                    for inner in sorted_pointers(v):
                        if isinstance(inner, Obj) and inner.kind == "lib":
                            labels |= drawing.draw_from_type(eng, frame, inner, site.node[1])
    return labels


def argument_labels(eng: Engine, site: Site) -> frozenset[Label]:
    """Labels of the receiver and of all arguments that matter for the result."""
    labels: frozenset[Label] = frozenset()
    for name, v in site.bound.items():
        if site.roles.get(name) not in SIDE_ROLES:
            labels |= eng.labels_of(v)
    if site.receiver is not None:
        labels |= eng.labels_of(site.receiver)
    return frozenset(label for label in labels if label.kind != "open")


def call_callables(eng: Engine, frame: Frame, site: Site) -> frozenset[Label]:
    """Call the callables that the model names; any other function handed over is called as well."""
    labels: frozenset[Label] = frozenset()
    named = {c.param for c in site.model.calls}
    for spec in site.model.calls:
        v = drawing.argument(eng, site, spec.param)
        if v is None:
            continue
        labels |= eng.labels_of(_call_named(eng, frame, site, spec.passes, spec.of, spec.param, v))
    others = tuple(v for name, v in site.bound.items() if name not in named and site.roles.get(name) not in ("objective", "callback"))
    return labels | run_callables(eng, frame, calls.Args(others), site.node)


def _call_named(eng: Engine, frame: Frame, site: Site, passes: str, of: str | None, param: str, v: Value) -> Value:
    node = ("call", site.node[1], site.node[2])
    if passes == "rest":
        skip = {param, "**"}
        rest: list[Value] = []
        keywords = []
        for name, arg in site.bound.items():
            if name in skip:
                continue
            spread = iteration.known_items(eng, arg) if f"*{name}" in site.model.params or name == "args" else None
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
        if isinstance(ptr, Func | Bound | Class) or (isinstance(ptr, Obj) and ptr.kind in ("partial", "instance")):
            if passes == "elements":
                source = site.bound.get(of or "")
                passed = iteration.elements(eng, frame, source, (param, node[1], id(site.node))) if source is not None else eng.table.empty
            elif passes == "self" and site.receiver is not None:
                passed = eng.data((id(site.node), "self"), frame, node[1], eng.labels_of(site.receiver))
            else:
                passed = eng.data((id(site.node), "passed"), frame, node[1], argument_labels(eng, site))
            out = eng.table.join(out, call_with(eng, frame, ptr, passed, node))
        elif isinstance(ptr, Sym):
            passed = eng.data((id(site.node), "passed"), frame, node[1], argument_labels(eng, site))
            out = eng.table.join(out, call_symbol(eng, frame, ptr.name, calls.Args((passed,)), (*node, ptr.name)))
    return out


def effect_labels(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> frozenset[Label]:
    """Labels that the effects of a model add to its result."""
    model, line, api = site.model, site.node[1], short(site.api)
    out: set[Label] = set()
    for effect in model.effects:
        if effect == "clock":
            out.add(eng.label(CLOCK, f"`{api}` reads the clock", frame, line))
        elif effect == "environment":
            out.add(eng.label(ENVIRONMENT, f"`{api}` reads the environment", frame, line))
        elif effect == "trial":
            out.add(eng.label(TRIAL, f"`{api}` is chosen by the tuner", frame, line))
        elif effect == "external":
            out.add(eng.label(EXTERNAL, f"`{api}` runs outside what can be seen", frame, line))
            eng.effect(frame, Effect("external", frame.path, line, api))
        elif effect == "lazy":
            out.add(eng.label(LAZY, f"`{api}` gives its data while training runs", frame, line))
        elif effect == "ask":
            eng.effect(frame, Effect("ask", frame.path, line, site.model.kind or site.api, (frame.path, line)))
        elif effect == "truncates":
            out.update(
                label._replace(kind=SUBSET, message=f"`{api}` may cut a shuffled order short, which makes it a random subset")
                for label in labels if label.kind == ORDER and label.loops
            )  # fmt: skip
        elif effect == "augments" and model.random is None:
            out.add(eng.label(RANDOM, f"`{api}` changes samples at random", frame, line))
        elif effect == "reads_file":
            out |= read_file(eng, frame, site)
        elif effect == "writes_file":
            write_file(eng, frame, site)
    return frozenset(out)


def by_role(site: Site, role: str) -> Value | None:
    """The argument with a role."""
    for name, known in site.roles.items():
        if known == role and name in site.bound:
            return site.bound[name]
    return None


def read_file(eng: Engine, frame: Frame, site: Site) -> frozenset[Label]:
    """What the program wrote to a path that may be this one."""
    from seamcheck.flow.files import patterns

    path = by_role(site, "path")
    if path is None and site.receiver is not None:
        path = site.receiver
    names = patterns(resolve_path(eng, path)) if path is not None else ["*"]
    labels, _ = eng.files.read(names)
    if any(label.kind == DYNAMICS for label in labels):
        eng.effect(frame, Effect("read", frame.path, site.node[1], names[0]))
        frame.receives = True
    if all(name == "*" for name in names):
        held = frozenset(label for label in eng.files.anything_written() if label.kind == DYNAMICS)
        if held:
            text = "a file whose name is not known is read, and the program writes results of training to files"
            labels |= {eng.label(DYNAMIC, text, frame, site.node[1], loops=())}
    return labels


def write_file(eng: Engine, frame: Frame, site: Site) -> None:
    """Values travel through files by name."""
    from seamcheck.flow.files import patterns

    path, value = by_role(site, "path"), by_role(site, "value")
    if value is None:
        value = site.receiver
    labels = eng.labels_of(value) if value is not None else frozenset()
    if path is None and site.receiver is not None:
        path = site.receiver
    if value is not None:
        copied, _ = eng.files.read([n for n in patterns(resolve_path(eng, value)) if n != "*"])
        note_handed_over(eng, frame, copied, site.api, site.node)
        labels |= copied
    if eng.loops:
        labels |= {eng.label(IO, "written in a trial and read again", frame, site.node[1])}
    if path is not None:
        stored = frozenset(label for label in labels if label.kind != "open")
        if eng.files.write(patterns(resolve_path(eng, path)), stored):
            eng.heap.epoch += 1  # summaries made before may have read the file


def resolve_path(eng: Engine, v: Value) -> Value:
    """The text of a path: itself, or what an open file or path object was made from."""
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind in ("lib", "data"):
            inner = ptr.fields.get("<path>")
            if inner is not None:
                return resolve_path(eng, inner)
    return v


def mutate(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> None:
    """Change in place what the model says is changed."""
    from seamcheck.flow import trials

    model = site.model
    if not model.mutates or drawing.holds(eng, site, model.mutates_when) is False:
        return
    for name in model.mutates:
        v = site.receiver if name == "self" else site.bound.get(name)
        for ptr in sorted_pointers(v) if v is not None else ():
            if not isinstance(ptr, Obj):
                continue
            if ptr.kind in ("data", "param"):
                eng.heap.taint(ptr, labels)
                trials.changed_in_place(eng, frame, ptr, site.node[1], definite=not model.idempotent)
            elif ptr.kind in ("list", "dict", "set", "tuple"):
                eng.heap.taint(ptr, labels)
            elif ptr.kind in ("lib", "instance") and eng.models.category(str(ptr.type)) != "generator":
                eng.heap.write(ptr, "<state>", eng.table.value(frozenset(), labels))


# -- results -----------------------------------------------------------------------------------------------------------


def dynamics_value(eng: Engine, frame: Frame, labels: frozenset[Label], message: str, line: int) -> Value:
    """A value that is a result of training."""
    return eng.table.value(frozenset(), labels | {eng.label(DYNAMICS, message, frame, line)})


def result_of(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """What the model says is returned."""
    kind, node, line = site.model.returns, site.node, site.node[1]
    if "reads_file" in site.model.effects and any(_given(site, name) for name in ("chunksize", "iterator")):
        out = eng.allocate((id(node), "reader"), frame, "gen", "generator", line)
        eng.heap.write(out, ANY, eng.data((id(node), "chunk"), frame, line, labels), weak=True)
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
        inner = eng.table.pointer(eng.allocate((id(node), "item"), frame, "lib", eng.models.canonical(kind[5:]), line), labels)
        obj = eng.allocate((id(node), "list"), frame, "list", None, line)
        eng.heap.write(obj, ANY, inner, weak=True)
        return eng.table.pointer(obj)
    if kind == "data":
        return _data_result(eng, frame, site, labels, DATA)
    return typed_result(eng, frame, site, labels, eng.models.canonical(kind))


def _given(site: Site, name: str) -> bool:
    """Is an argument given, and not None or False?"""
    v = site.bound.get(name)
    known = only_constant(v) if v is not None else None
    return v is not None and not (known is not None and known.value in (None, False))


def typed_result(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label], type_name: str) -> Value:
    """A result of a named type; arrays and frames are plain data."""
    if eng.models.category(type_name) in ("array", "frame"):
        return _data_result(eng, frame, site, labels, type_name)
    obj = eng.allocate((id(site.node), "result"), frame, "lib", type_name, site.node[1])
    obj.site = (frame.path, frame.statement[0])
    for name, v in site.bound.items():
        if name in eng_type_params(eng, type_name):
            obj.ctor[name] = v
    path = by_role(site, "path")
    if path is not None:
        obj.fields["<path>"] = path
    if eng.models.category(type_name) == "generator":
        drawing.new_generator(eng, frame, obj, site)
        return eng.table.pointer(obj)
    return eng.table.pointer(obj, labels)


def eng_type_params(eng: Engine, type_name: str) -> frozenset[str]:
    """Constructor parameters of a modelled type."""
    found: set[str] = set()
    for kind in eng.models.lineage(type_name):
        found.update(p.lstrip("*") for p in kind.params)
    return frozenset(found)


def _data_result(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label], type_name: str) -> Value:
    v = eng.data((id(site.node), "call"), frame, site.node[1], labels, type_name)
    if site.model.view:
        source = site.receiver if site.receiver is not None else next(iter(site.bound.values()), None)
        base = next((p for p in sorted_pointers(source) if isinstance(p, Obj)), None) if source is not None else None
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Obj) and base is not ptr:
                ptr.base = base
    return v


def _splits(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """Train and test part of each array, in this order; the parts of one array share its columns."""
    arrays = site.bound.get("arrays")
    items = iteration.known_items(eng, arrays) if arrays is not None else None
    out = eng.allocate((id(site.node), "splits"), frame, "list", None, site.node[1])
    out.fields.clear()
    drawn = frozenset().union(*(eng.labels_of(v) for name, v in site.bound.items() if name != "arrays")) if site.bound else NO_LABELS
    held_out = eng.label(TEST, "held out by the split", frame, site.node[1])
    drawn |= labels - (eng.labels_of(arrays) if arrays is not None else NO_LABELS)
    if items is None:
        eng.heap.write(out, ANY, eng.data((id(site.node), "split"), frame, site.node[1], labels), weak=True)
        return eng.table.pointer(out)
    for position, v in enumerate(items):
        own = eng.labels_of(v) | drawn
        train = eng.data((id(site.node), "train", position), frame, site.node[1], own)
        test = eng.data((id(site.node), "test", position), frame, site.node[1], own | {held_out})
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
    rows = frozenset(label for label in labels if label.kind != "open") | {eng.label("fold", "folds", frame, node[1], loops=())}
    pair = eng.allocate((id(node), "fold"), frame, "tuple", None, node[1])
    pair.fields.clear()
    pair.summary = False
    held_out = eng.label(TEST, "held out by the fold", frame, node[1])
    eng.heap.write(pair, item(0), eng.data((id(node), "fold-train"), frame, node[1], rows))
    eng.heap.write(pair, item(1), eng.data((id(node), "fold-test"), frame, node[1], rows | {held_out}))
    out = eng.allocate((id(node), "folds"), frame, "gen", "folds", node[1])
    eng.heap.write(out, ANY, eng.table.pointer(pair), weak=True)
    return eng.table.pointer(out)


def construct(eng: Engine, frame: Frame, name: str, args: calls.Args, node: Node) -> Value:
    """An instance of a modelled class; it remembers what it was made from."""
    kind = eng.models.type(name)
    assert kind is not None
    params = next((k.params for k in eng.models.lineage(name) if k.params), ())
    bound = bind(eng, frame, params, args, node)
    roles: dict[str, str] = {}
    for base in reversed(eng.models.lineage(name)):
        roles.update(base.roles)
    model = Call(name=name, params=params, defaults=kind.defaults, effects=kind.effects, calls=kind.calls, returns=name)
    site = Site(model, name, node, bound, None, roles)
    if kind.calls:
        call_callables(eng, frame, site)
    labels = effect_labels(eng, frame, site, argument_labels(eng, site) if "truncates" in kind.effects else NO_LABELS)
    if eng.models.category(name) == "loader":
        labels = frozenset(label for label in labels if label.kind != LAZY)  # as lazy as its data set
    if eng.models.category(name) in ("array", "frame"):
        return _data_result(eng, frame, site, labels | argument_labels(eng, site), name)
    obj = eng.allocate((id(node), name), frame, "lib", name, node[1])
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
    return eng.table.pointer(obj)


def loader_labels(eng: Engine, frame: Frame, obj: Obj, line: int) -> frozenset[Label]:
    """Labels of what a loader gives: lazy unless its data set is in memory, ordered at random if it shuffles."""
    from seamcheck.flow import hooks

    labels = drawing.draw_from_type(eng, frame, obj, line) | source_labels(eng, frame, obj, line)
    lazy = hooks.laziness(eng, frame, obj, line)
    return labels | ({lazy._replace(kind=STREAM if lazy.kind == LAZY else lazy.kind)} if lazy is not None else frozenset())


def source_labels(eng: Engine, frame: Frame, obj: Obj, line: int) -> frozenset[Label]:
    """Labels of the samples that the data set of a loader computes."""
    from seamcheck.flow import classes, hooks

    labels: frozenset[Label] = frozenset()
    for name in ("sampler", "batch_sampler"):
        given = obj.ctor.get(name)
        for ptr in sorted_pointers(given) if given is not None else ():
            if isinstance(ptr, Obj) and ptr.kind == "lib":
                labels |= drawing.draw_from_type(eng, frame, ptr, line)
            elif isinstance(ptr, Obj):
                labels |= {eng.label(DYNAMIC, "which rows the sampler chooses is not known", frame, line)}
    labels |= run_callables(eng, frame, calls.Args(tuple(obj.ctor.values())), ("call", line, line))
    for v in obj.ctor.values():
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Obj) and ptr.kind == "instance" and classes.category(eng, ptr.type) in hooks.STREAMING:
                labels |= hooks.sample_labels(eng, frame, ptr, line)
            elif isinstance(ptr, Obj) and ptr.kind == "lib" and ptr is not obj and eng.models.category(ptr.type) in ("dataset", "map_dataset"):
                labels |= source_labels(eng, frame, ptr, line)
        labels |= augmentations(eng, frame, v, line, 4)
    return frozenset(label._replace(kind=STREAM) if label.kind == LAZY else label for label in labels)


def augmentations(eng: Engine, frame: Frame, v: Value, line: int, depth: int) -> frozenset[Label]:
    """What random transforms do to the samples, however they are composed."""
    labels: frozenset[Label] = frozenset()
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind in ("lib", "list", "tuple") and depth > 0:
            if ptr.kind == "lib" and any("augments" in kind.effects for kind in eng.models.lineage(ptr.type)):
                labels |= drawing.draw_from_type(eng, frame, ptr, line)
            for inner in (*ptr.ctor.values(), *ptr.fields.values()):
                labels |= augmentations(eng, frame, inner, line, depth - 1)
    return labels


def seed_of(site: Site) -> Value | None:
    """The argument with role seed."""
    return by_role(site, "seed")


def is_none(v: Value | None) -> bool:
    """Is this certainly None?"""
    known = only_constant(v) if v is not None else None
    return known is not None and known.value is None
