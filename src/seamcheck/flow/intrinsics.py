"""Library functions whose meaning no model can express: paths, partials and decorators here, and the table of all."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import (
    cached_calls,
    calls,
    handlers,
    identity,
    opaque,
    patches,
    records,
    reflection,
    sequences,
    wiring,
    wiring_hamilton,
    wiring_kedro,
    wiring_langgraph,
)
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.handlers import Handler
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor
from seamcheck.flow.values import Bound, Class, Func, Sym, Value


def partial_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``functools.partial(f, ...)``; one object per distinct content, so that contexts stay apart."""
    identity = ("partial", anchor(node), frame, args)
    obj, new = eng.heap.allocate(identity, "partial", None, (frame.path, node[1]), eng.loops)
    if new:
        obj.fields["function"] = handlers.first(eng, args)
        obj.ctor = {str(k): v for k, v in enumerate(args.positional[1:])}
        obj.ctor.update(dict(args.keywords))
    return eng.table.pointer(obj)


def join_path(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``os.path.join`` and ``Path(...)``: a path known in part."""
    from seamcheck.flow.expressions import make_text, text_pattern

    parts = []
    labels = calls.labels_of_args(eng, args)
    for v in args.positional:
        text = text_pattern(v)
        parts.append("*" if text is None else text)
    if args.rest is not None:
        parts.append("*")
    return make_text(eng, "/".join(parts) or ".", labels)


def text_of(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``str(x)``: text known in part."""
    from seamcheck.flow.expressions import make_text, text_pattern

    known = text_pattern(handlers.first(eng, args))
    labels = calls.labels_of_args(eng, args)
    labels |= identity.address(eng, frame, handlers.first(eng, args), node[1])
    return make_text(eng, "*" if known is None else known, labels)


def shown(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``repr(x)``, ``format(x, spec)``: some text."""
    from seamcheck.flow.expressions import make_text

    labels = calls.labels_of_args(eng, args)
    return make_text(eng, "*", labels | identity.address(eng, frame, handlers.first(eng, args), node[1]))


def cache(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``functools.lru_cache`` with or without arguments: the function itself, which keeps its results now."""
    v = decorator_factory(eng, frame, args, node)
    cached_calls.keep(eng, v)
    return eng.table.pointer(Sym("seamcheck.cache")) if v.ptrs == {Sym("seamcheck.identity")} else v


def decorator_factory(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``contextlib.contextmanager`` and its like, with or without arguments: gives the function itself."""
    v = handlers.first(eng, args)
    if any(
        isinstance(p, Func | Class | Bound)
        or (isinstance(p, Obj) and p.kind in ("partial", "static", "classmethod"))
        for p in sorted_pointers(v)
    ):
        return v
    return eng.table.pointer(Sym("seamcheck.identity"))


def wraps(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``functools.wraps(f)``: a decorator that keeps the wrapper."""
    return eng.table.pointer(Sym("seamcheck.identity"))


def parallel(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``joblib.Parallel(...)``: calling it gives the list of results."""
    return eng.table.pointer(Sym("seamcheck.as_list"))


def nothing(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """Something without a value of interest, derived from its arguments."""
    return eng.table.value(frozenset(), calls.labels_of_args(eng, args))


def none(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """Gives None and changes nothing."""
    opaque.run_callables(eng, frame, args, node)
    return eng.table.const(None)


def namedtuple(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``collections.namedtuple``: a maker of records whose fields are not followed by name."""
    return eng.table.pointer(Sym("seamcheck.record"))


def named_arguments(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``skopt.utils.use_named_args(space)``: a decorator whose function gets every parameter from the tuner."""
    return eng.table.pointer(Sym("seamcheck.named_arguments"))


def by_name(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """A function that the tuner calls by parameter name."""
    out = eng.table.empty
    for ptr in sorted_pointers(handlers.first(eng, args)):
        if not isinstance(ptr, Func):
            continue
        obj, new = eng.heap.allocate(("named", ptr), "partial", "by name", (frame.path, node[1]), eng.loops)
        if new:
            obj.fields["function"] = eng.table.pointer(ptr)
            params = eng.index.by_name[ptr.module].facts.functions[ptr.index].params
            obj.ctor = {p.name: eng.table.empty for p in params if p.kind in ("pos", "kwonly")}
            if any(p.kind == "kw" for p in params):
                obj.fields["rest"] = eng.table.plain
        out = eng.table.join(out, eng.table.pointer(obj))
    return out if out.ptrs else handlers.first(eng, args)


_ = (wiring_hamilton, wiring_kedro, wiring_langgraph)  # imported for what they register
#: Functions of `itertools` that give single elements, or groups of them, one after the other.
ITERTOOLS = """accumulate batched combinations combinations_with_replacement compress count cycle dropwhile filterfalse
    groupby pairwise permutations repeat starmap takewhile""".split()
#: Functions that look at an object without reading what it holds, or whose reads are noted where they happen.
LOOKING = frozenset(
    """builtins.isinstance builtins.hasattr builtins.type builtins.id builtins.object builtins.getattr
    builtins.setattr builtins.super builtins.property builtins.staticmethod builtins.classmethod builtins.map
    builtins.filter functools.reduce functools.partial functools.wraps functools.lru_cache functools.cache
    builtins.list builtins.tuple builtins.dict builtins.enumerate builtins.zip builtins.iter builtins.next
    builtins.reversed typing.cast seamcheck.identity seamcheck.cache seamcheck.as_list joblib.delayed
    joblib.Parallel contextlib.contextmanager seamcheck.record seamcheck.named_arguments
    ray.tune.with_parameters""".split()
)
TABLE: dict[str, Handler] = {
    "builtins.list": sequences.sequence("list"),
    "builtins.tuple": sequences.sequence("tuple"),
    "builtins.set": sequences.sequence("set"),
    "builtins.frozenset": sequences.sequence("set"),
    "collections.deque": sequences.sequence("list"),
    "builtins.reversed": sequences.reversed_,
    "builtins.sorted": sequences.sorted_,
    "builtins.dict": sequences.dict_,
    "collections.OrderedDict": sequences.dict_,
    "collections.defaultdict": sequences.empty_dict,
    "collections.ChainMap": sequences.chain_map,
    "types.SimpleNamespace": sequences.record,
    "builtins.zip": sequences.pairs,
    "itertools.product": sequences.pairs,
    "itertools.zip_longest": sequences.pairs,
    "itertools.islice": sequences.islice,
    "builtins.enumerate": sequences.enumerate_,
    "builtins.map": sequences.map_,
    "builtins.filter": sequences.filter_,
    "functools.reduce": sequences.reduce_,
    "functools.partial": partial_,
    "ray.tune.with_parameters": partial_,
    "functools.partialmethod": partial_,
    "builtins.next": sequences.next_,
    "builtins.iter": sequences.iter_,
    "builtins.getattr": reflection.getattr_,
    "builtins.setattr": reflection.setattr_,
    "builtins.object.__getattribute__": reflection.plain_getattribute,
    "builtins.object.__setattr__": reflection.plain_setattr,
    "builtins.type.__setattr__": reflection.plain_setattr,
    "os.putenv": patches.set_variable,
    "os.unsetenv": patches.perhaps_set_variable,
    "os.environ.setdefault": patches.perhaps_set_variable,
    "os.environ.__setitem__": patches.set_variable,
    "os.environ.pop": patches.perhaps_set_variable,
    "os.path.expandvars": patches.expanded,
    "sys.modules.get": patches.module_by_name,
    "os.environ.update": patches.set_variables,
    "builtins.type.__new__": reflection.type_,
    "builtins.super": reflection.super_,
    "builtins.type": reflection.type_,
    "builtins.isinstance": reflection.isinstance_,
    "copy.copy": reflection.shallow_copy,
    "copy.deepcopy": reflection.copy_,
    "os.path.join": join_path,
    "pathlib.Path": join_path,
    "pathlib.PurePath": join_path,
    "builtins.str": text_of,
    "builtins.repr": shown,
    "builtins.ascii": shown,
    "builtins.format": shown,
    "os.fspath": text_of,
    "os.path.abspath": text_of,
    "os.path.expanduser": text_of,
    "os.path.normpath": text_of,
    "importlib.import_module": reflection.dynamic_import,
    "builtins.__import__": reflection.dynamic_import,
    "builtins.eval": reflection.dynamic_code,
    "builtins.exec": reflection.dynamic_code,
    "builtins.globals": reflection.namespace,
    "builtins.locals": reflection.namespace,
    "builtins.vars": reflection.namespace,
    "builtins.property": reflection.make_property,
    "builtins.staticmethod": reflection.wrapped("static"),
    "builtins.classmethod": reflection.wrapped("classmethod"),
    "functools.lru_cache": cache,
    "functools.cache": cache,
    "seamcheck.cache": cache,
    "functools.wraps": wraps,
    "contextlib.contextmanager": decorator_factory,
    "abc.abstractmethod": handlers.identity,
    "typing.overload": handlers.identity,
    "typing.final": handlers.identity,
    "typing.cast": handlers.second,
    "typing.override": handlers.identity,
    "joblib.Parallel": parallel,
    "joblib.delayed": handlers.identity,
    "seamcheck.identity": handlers.identity,
    "seamcheck.as_list": sequences.sequence("list"),
    "seamcheck.record": sequences.record,
    "collections.namedtuple": namedtuple,
    "itertools.chain": sequences.chain,
    "itertools.chain.from_iterable": sequences.chain,
    "builtins.range": sequences.range_,
    "builtins.max": sequences.pick,
    "builtins.min": sequences.pick,
    "tqdm.tqdm": handlers.identity,
    "tqdm.auto.tqdm": handlers.identity,
    "tqdm.notebook.tqdm": handlers.identity,
    "tqdm.trange": sequences.range_,
    "builtins.print": none,
    "builtins.hasattr": patches.is_there,
    "skopt.utils.use_named_args": named_arguments,
    "skopt.use_named_args": named_arguments,
    "seamcheck.named_arguments": by_name,
    "builtins.setdefault": nothing,
    **identity.FUNCTIONS,
    "itertools.tee": sequences.tee,
    **dict.fromkeys((f"itertools.{name}" for name in ITERTOOLS), sequences.iterator),
    **dict.fromkeys(
        """dataclasses.field attr.ib attr.attrib attr.field attrs.field msgspec.field pydantic.Field
        pydantic.fields.Field pydantic.dataclasses.Field""".split(),
        records.field,
    ),
    "attr.Factory": records.factory,
    "attrs.Factory": records.factory,
    **wiring.FUNCTIONS,
}
