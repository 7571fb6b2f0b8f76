"""Which nodes one function of a Hamilton module stands for: what its decorators say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from seamcheck.facts.ir import FunctionFacts, Node
from seamcheck.flow import calls, iteration, wiring
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import Label
from seamcheck.flow.objects import ANY, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Const, Func, Sym, Value, constants

PREFIX = "hamilton.function_modifiers."
#: Name of a step that stands for nodes of unknown names.
ANY_NAME = "*"
#: Decorators without a model that change nothing but the node itself.
LOCAL = frozenset(
    {"inject", "does", "pipe", "pipe_input", "pipe_output", "load_from", "save_to", "dataloader", "datasaver"}
)
#: Decorators that describe a node and change neither what it computes nor what it depends on.
TRANSPARENT = frozenset(
    {"tag", "tag_outputs", "schema.output", "check_output", "check_output_custom", "cache", "schema"}
)
CONDITIONS = {"config.when": (True, False), "config.when_not": (False, False),
              "config.when_in": (True, True), "config.when_not_in": (False, True)}  # fmt: skip


class Step(NamedTuple):
    """One node: a function with its parameters wired, or a part (``pick``) of what node ``base`` gives.

    ``maybe`` says that it may not be there, ``doubt`` why what it computes is not known.
    """

    name: str
    func: Func | None
    wired: Mapping[str, str | Value] = MappingProxyType({})
    base: str | None = None
    pick: object = None
    maybe: bool = False
    conditional: bool = False
    labels: frozenset[Label] = frozenset()
    doubt: str = ""


def steps_of(
    eng: Engine,
    home: Frame,
    func: Func,
    facts: FunctionFacts,
    config: dict[str, Value] | None,
    listed: dict[str, Value],
) -> list[Step]:
    """The nodes of a function; ``config`` is None where the configuration is not known, ``listed`` what is."""
    base = Step(facts.name, func)
    expanders: list[tuple[str, Node]] = []
    spread = False
    for decorator in facts.decorators:
        name = decorator_name(eng, home, decorator)
        if not name.startswith("hamilton."):
            continue
        kind = name.removeprefix(PREFIX)
        if kind in CONDITIONS:
            said, labels = _holds(eng, home, decorator, kind, config, listed)
            if said is False:
                return []
            named = _keyword(eng, home, decorator, "name")
            plain = facts.name[: facts.name.rfind("__")] if "__" in facts.name else facts.name
            base = base._replace(
                name=(wiring.words(named) or [plain])[0] if named is not None else plain,
                maybe=base.maybe or said is None,
                conditional=True,
                labels=base.labels | labels,
            )
        elif kind == "hamilton_exclude":
            return []
        elif kind in EXPANDERS:
            expanders.append((kind, decorator))
        elif kind not in TRANSPARENT:
            base = base._replace(doubt=f"what `@{kind}` makes of `{facts.name}` is not modelled")
            spread = spread or kind not in LOCAL
    if len(expanders) > 1:
        return _open(base, f"several decorators expand `{facts.name}`")
    steps = EXPANDERS[expanders[0][0]](eng, home, expanders[0][1], base) if expanders else [base]
    return [*steps, *_open(base, base.doubt)] if spread else steps


def _open(base: Step, text: str) -> list[Step]:
    """The function itself, not known, and nodes whose names are not known either."""
    return [base._replace(doubt=text), base._replace(name=ANY_NAME, doubt=text)]


def decorator_name(eng: Engine, home: Frame, decorator: Node) -> str:
    """The library name of a decorator, "" if it is none."""
    node = decorator[3] if decorator[0] == "call" else decorator
    if node[0] not in ("name", "attr"):
        return ""
    found = [p.name for p in sorted_pointers(eng.evaluate(home, node)) if isinstance(p, Sym)]
    return found[0] if len(found) == 1 else ""


def _arguments(eng: Engine, home: Frame, decorator: Node) -> calls.Args:
    return calls.arguments(eng, home, decorator) if decorator[0] == "call" else calls.Args()


def _keyword(eng: Engine, home: Frame, decorator: Node, name: str) -> Value | None:
    return dict(_arguments(eng, home, decorator).keywords).get(name)


def _holds(
    eng: Engine,
    home: Frame,
    decorator: Node,
    kind: str,
    config: dict[str, Value] | None,
    listed: dict[str, Value],
) -> tuple[bool | None, frozenset[Label]]:
    """Does the configuration select this function? None if that is not known; labels of what decides."""
    wanted, several = CONDITIONS[kind]
    args = _arguments(eng, home, decorator)
    labels: frozenset[Label] = frozenset()
    found: list[bool | None] = [None] if args.keyword_rest is not None else []
    for key, v in args.keywords:
        if key == "name":
            continue
        given = listed.get(key, eng.table.const(None))
        labels |= wiring.choice(eng, given)
        accepted = _constants(eng, v) if several else constants(v)
        actual = constants(given)
        if (
            config is None
            or actual is None
            or len(actual) != 1
            or accepted is None
            or (len(accepted) != 1 and not several)
        ):
            found.append(None)
        else:
            found.append((actual[0] in accepted) is wanted)
    return (False if False in found else None if None in found else True), labels


def _constants(eng: Engine, v: Value) -> list[object] | None:
    """The constants in a list or tuple."""
    elements = wiring.listed(eng, v)
    if elements is None:
        return None
    out: list[object] = []
    for each in elements:
        known = constants(each)
        if known is None:
            return None
        out.extend(known)
    return out


# -- decorators that make several nodes of one ------------------------------------------------------------------


def _extract(eng: Engine, home: Frame, decorator: Node, base: Step) -> list[Step]:
    """``@extract_columns("a", "b")``, ``@extract_fields({"a": int})``: parts of the result by name."""
    args = _arguments(eng, home, decorator)
    found: list[str] = []
    known = args.rest is None and args.keyword_rest is None
    for v in args.positional:
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Const) and isinstance(ptr.value, str):
                found.append(ptr.value)
            elif isinstance(ptr, Obj) and ptr.kind == "dict":
                fields = eng.heap.keys(ptr)
                known = known and ANY not in fields
                found.extend(f[1] for f in fields if isinstance(f, tuple) and isinstance(f[1], str))
            elif isinstance(ptr, Obj) and ptr.kind in ("list", "tuple"):
                inner = wiring.listed(eng, eng.table.pointer(ptr)) or []
                texts = [word for each in inner for word in wiring.words(each) or []]
                found.extend(texts[:1] if ptr.kind == "tuple" else texts)
            else:
                known = False
    found.extend(name for name, _ in args.keywords if name not in ("fill_with", "fields", "columns"))
    text = f"which parts of `{base.name}` are nodes is not known"
    whole = base if known else base._replace(doubt=text)
    others = [] if known else _open(base, text)[1:]
    return [
        whole,
        *others,
        *(whole._replace(name=n, func=None, base=base.name, pick=n) for n in dict.fromkeys(found)),
    ]


def _unpack(eng: Engine, home: Frame, decorator: Node, base: Step) -> list[Step]:
    """``@unpack_fields("a", "b")``: elements of a tuple by place."""
    args = _arguments(eng, home, decorator)
    texts = [wiring.words(v) for v in args.positional]
    if args.rest is not None or any(t is None or len(t) != 1 for t in texts):
        return _open(base, f"which parts of `{base.name}` are nodes is not known")
    parts = [t[0] for t in texts if t]
    return [base, *(base._replace(name=n, func=None, base=base.name, pick=k) for k, n in enumerate(parts))]


def _parameterize(eng: Engine, home: Frame, decorator: Node, base: Step) -> list[Step]:
    """``@parameterize(a={"x": source("b"), "n": value(3)})``: a node per keyword."""
    args = _arguments(eng, home, decorator)
    out = []
    for name, v in args.keywords:
        wired, known = _wires(eng, v, plain=False)
        text = base.doubt or ("" if known else f"how `{name}` is parameterized is not known")
        out.append(base._replace(name=name, wired=wired, doubt=text))
    return out + _rest(args, base)


def _sources(eng: Engine, home: Frame, decorator: Node, base: Step) -> list[Step]:
    """``@parameterize_sources(a=dict(x="b"))``: a node per keyword, its parameters taken from other nodes."""
    args = _arguments(eng, home, decorator)
    out = []
    for name, v in args.keywords:
        wired, known = _wires(eng, v, plain=True)
        text = base.doubt or ("" if known else f"how `{name}` is parameterized is not known")
        out.append(base._replace(name=name, wired=wired, doubt=text))
    return out + _rest(args, base)


def _values(eng: Engine, home: Frame, decorator: Node, base: Step) -> list[Step]:
    """``@parameterize_values("n", {"a": 1, ("b", "text"): 2})``: a node per value of one parameter."""
    text = f"how `{base.name}` is parameterized is not known"
    parameter = wiring.argument(_arguments(eng, home, decorator), 0, "parameter")
    names = wiring.words(parameter) if parameter is not None else None
    given = dict(decorator[5]) if decorator[0] == "call" else {}
    literal = (
        decorator[4][1] if given.keys() == set() and len(decorator[4]) == 2 else given.get("assigned_output")
    )
    if names is None or len(names) != 1 or literal is None or literal[0] != "dict":
        return _open(base, text)
    out: list[Step] = []
    for key, inner in literal[2]:
        if key is not None and key[0] == "tuple":
            key = key[2][0]
        if key is None or key[0] != "const" or not isinstance(key[2], str):
            return _open(base, text)
        out.append(base._replace(name=key[2], wired={names[0]: eng.evaluate(home, inner)}))
    return out


def _wires(eng: Engine, v: Value, plain: bool) -> tuple[dict[str, str | Value], bool]:
    """Parameters with their sources; ``plain`` strings name nodes, else they are wrapped in ``source``."""
    known, rest = iteration.mapping_items(eng, _undocumented(eng, v))
    wired: dict[str, str | Value] = {}
    sure = rest is None and len(v.ptrs) == 1
    for param, inner in known.items():
        (ptr,) = inner.ptrs if len(inner.ptrs) == 1 else (None,)
        if plain or (isinstance(ptr, Obj) and ptr.type == f"{PREFIX}source"):
            told = inner if plain else ptr.ctor.get("dependency_on") if isinstance(ptr, Obj) else None
            names = wiring.words(told) if told is not None else None
            if names is None or len(names) != 1:
                sure = False
            else:
                wired[param] = names[0]
        elif isinstance(ptr, Obj) and ptr.type == f"{PREFIX}value" and "literal_value" in ptr.ctor:
            wired[param] = ptr.ctor["literal_value"]
        else:
            sure = False
    return wired, sure


def _undocumented(eng: Engine, v: Value) -> Value:
    """``(mapping, "what it is")`` is the mapping."""
    pair = iteration.known_items(eng, v)
    return pair[0] if pair else v


def _rest(args: calls.Args, base: Step) -> list[Step]:
    if args.keyword_rest is None and args.rest is None and not args.positional:
        return []
    return _open(base, f"which nodes `{base.name}` is parameterized to is not known")


EXPANDERS = {
    "extract_columns": _extract,
    "extract_fields": _extract,
    "unpack_fields": _unpack,
    "parameterize": _parameterize,
    "parameterize_sources": _sources,
    "parameterize_values": _values,
}
