"""LangGraph: functions take a state and give updates to it; edges say which runs after which."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import calls, classes, iteration, opaque, wiring
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import Label
from seamcheck.flow.mentions import mentioned
from seamcheck.flow.objects import ANY, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor
from seamcheck.flow.values import Bound, Class, Const, Func, Sym, Value

GRAPH, APP = "langgraph.graph.StateGraph", "langgraph.graph.CompiledStateGraph"
NODE, EDGE, BRANCH, LOOSE = "<node>", "<edge>", "<branch>", "<loose>"
START, END = "__start__", "__end__"
#: Arguments that bring in a state of their own, or keep one.
KEEPING = (
    "checkpointer",
    "store",
    "cache",
    "interrupt_before",
    "interrupt_after",
    "cache_policy",
    "input_schema",
)
#: Rounds after which a graph with branches must have settled.
ROUNDS = 5


def new_graph(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``StateGraph(State)``."""
    obj = eng.allocate((anchor(node), "graph"), frame, "lib", GRAPH, node[1])
    schema = wiring.argument(args, 0, "state_schema")
    message = _schema(eng, obj, schema)
    if message or len(args.positional) > 1 or any(k != "state_schema" for k, _ in args.keywords):
        wiring.doubt(eng, frame, obj, message or "arguments of the graph are not modelled", node[1])
    return eng.table.pointer(obj)


def _schema(eng: Engine, obj: Obj, schema: Value | None) -> str:
    """Why a state is not a plain dict, or nothing; values that are not simply replaced make the graph loose."""
    for ptr in sorted_pointers(schema) if schema is not None else ():
        if isinstance(ptr, Sym) and ptr.name in ("builtins.dict", "typing.Dict"):
            continue
        if not isinstance(ptr, Class):
            return "the state of the graph is no plain dict"
        for kind in classes.mro(eng, ptr):
            if isinstance(kind, Sym) and not kind.name.endswith((".TypedDict", ".object")):
                return "the state of the graph is no plain dict"
            if isinstance(kind, Class):
                if kind in eng.record_classes:
                    return "the state of the graph is no plain dict"
                hints = [n[4] for n in classes.facts_of(eng, kind).body if n[0] == "ann"]
                if any({"Annotated", ".Annotated"} & mentioned(hint) for hint in hints):
                    return "updates of the state are merged by functions that are not followed"
    return "" if schema is not None and schema.ptrs else "the state of the graph is not known"


def _one_name(v: Value | None) -> str | None:
    """The name of a node, START and END included."""
    if v is None or len(v.ptrs) != 1:
        return None
    (ptr,) = v.ptrs
    if isinstance(ptr, Sym):
        return {"langgraph.graph.START": START, "langgraph.graph.END": END}.get(ptr.name)
    return ptr.value if isinstance(ptr, Const) and isinstance(ptr.value, str) else None


def _note(eng: Engine, obj: Obj, field: str, v: Value) -> None:
    """Keep something; below a test it may not be there, so the order of nodes is not certain."""
    from seamcheck.flow import trials

    eng.heap.write(obj, field, v, weak=True)
    if trials.conditional(eng):
        eng.heap.write(obj, LOOSE, eng.table.plain)


def add_node(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``graph.add_node("name", function)`` and ``add_node(function)``."""
    first, action = wiring.argument(args, 0, "node"), wiring.argument(args, 1, "action")
    name = _one_name(first)
    if action is None and first is not None and len(first.ptrs) == 1:
        (ptr,) = first.ptrs
        if isinstance(ptr, Func):
            name, action = wiring.facts_of(eng, ptr).name, first
    if name is None or action is None or args.rest is not None or args.keyword_rest is not None:
        wiring.doubt(eng, frame, obj, "which function a node runs is not known", node[1])
    else:
        _note(eng, obj, NODE + name, action)
    _check_options(eng, frame, obj, args, node)
    return eng.table.pointer(obj)


def _check_options(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> None:
    for name, v in args.keywords:
        if name in KEEPING and wiring.is_given(v):
            wiring.doubt(eng, frame, obj, f"`{name}` may bring in a state from elsewhere", node[1])


def _connect(eng: Engine, frame: Frame, obj: Obj, start: str | None, end: str | None, line: int) -> None:
    if start is None or end is None:
        wiring.doubt(eng, frame, obj, "which nodes an edge connects is not known", line)
    else:
        _note(eng, obj, f"{EDGE}{start}>{end}", eng.table.plain)


def add_edge(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``graph.add_edge("a", "b")``, also from several nodes."""
    first, last = wiring.argument(args, 0, "start_key"), wiring.argument(args, 1, "end_key")
    several = wiring.listed(eng, first) if first is not None else None
    for start in several if several is not None else [first]:
        _connect(eng, frame, obj, _one_name(start), _one_name(last), node[1])
    return eng.table.pointer(obj)


def entry(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``graph.set_entry_point("a")``."""
    _connect(eng, frame, obj, START, _one_name(wiring.argument(args, 0, "key")), node[1])
    return eng.table.pointer(obj)


def finish(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``graph.set_finish_point("a")``."""
    _connect(eng, frame, obj, _one_name(wiring.argument(args, 0, "key")), END, node[1])
    return eng.table.pointer(obj)


def branch(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``graph.add_conditional_edges("a", route, {...})``: every branch may be taken."""
    start = _one_name(wiring.argument(args, 0, "source"))
    return _branch(eng, frame, obj, start, args._replace(positional=args.positional[1:]), node)


def entry_branch(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``graph.set_conditional_entry_point(route, {...})``."""
    return _branch(eng, frame, obj, START, args, node)


def _branch(eng: Engine, frame: Frame, obj: Obj, start: str | None, args: calls.Args, node: Node) -> Value:
    route = wiring.argument(args, 0, "path")
    if start is None or route is None:
        wiring.doubt(eng, frame, obj, "where the graph branches is not known", node[1])
        return eng.table.pointer(obj)
    _note(eng, obj, BRANCH + start, route)
    _note(eng, obj, LOOSE, eng.table.plain)
    return eng.table.pointer(obj)


def sequence(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``graph.add_sequence([...])`` is not followed."""
    wiring.doubt(eng, frame, obj, "`add_sequence` is not modelled", node[1])
    return eng.table.pointer(obj)


def compile_(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``graph.compile()``: what the graph knows now."""
    made = eng.allocate((anchor(node), "app"), frame, "lib", APP, node[1])
    for field in eng.heap.keys(obj):
        eng.heap.write(made, field, obj.fields[field])
    if obj.summary:
        eng.heap.write(made, LOOSE, eng.table.plain)
    _check_options(eng, frame, made, args, node)
    if args.positional:
        wiring.doubt(eng, frame, made, "arguments of `compile` are not modelled", node[1])
    return eng.table.pointer(made)


# -- running ---------------------------------------------------------------------------------------------------


def invoke(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``app.invoke(state)``: the state after all nodes."""
    labels = wiring.doubts(eng, frame, obj, "graph.invoke", node)
    state = eng.allocate((anchor(node), "state", obj.serial), frame, "dict", None, node[1])
    if not state.summary:
        state.fields.clear()
    given = wiring.argument(args, 0, "input")
    if given is not None:
        iteration.merge_mapping(eng, frame, state, given, node)
        labels |= wiring.choice(eng, eng.table.value(frozenset(), given.labels))
    run = Run(eng, frame, obj, state, wiring.argument(args, 1, "config"), node)
    run.run()
    return eng.table.pointer(state, labels | run.labels)


class Run:
    """One run of a graph on a state."""

    def __init__(self, eng: Engine, frame: Frame, app: Obj, state: Obj, config: Value | None, node: Node):
        self.eng, self.frame, self.state, self.node, self.config = eng, frame, state, node, config
        fields = [f for f in eng.heap.keys(app) if isinstance(f, str)]
        self.nodes = {f[len(NODE) :]: eng.heap.read(app, f) for f in fields if f.startswith(NODE)}
        self.routes = {f[len(BRANCH) :]: eng.heap.read(app, f) for f in fields if f.startswith(BRANCH)}
        self.after: dict[str, list[str]] = {}
        for f in fields:
            if f.startswith(EDGE):
                start, _, end = f[len(EDGE) :].partition(">")
                self.after.setdefault(start, []).append(end)
        self.loose = LOOSE in fields or bool(self.routes) or app.summary or state.summary
        self.labels: frozenset[Label] = wiring.NOTHING
        self.changed: set[object] = set()

    def stopped(self, message: str) -> None:
        """Say where knowledge of this run ends."""
        self.labels |= wiring.stopped(self.eng, self.frame, self.node, "graph.invoke", message).labels

    def run(self) -> None:
        """Along the edges where there is one way, else all nodes until the state settles."""
        chain = self.chain()
        if chain is not None:
            for name in chain:
                self.run_node(name, weak=False)
            return
        before: dict[object, Value] | None = None
        control: frozenset[Label] = wiring.NOTHING
        for _ in range(ROUNDS):
            for name in self.nodes:
                self.run_node(name, weak=True)
            for route in self.routes.values():
                control |= self.route(route)
            now = dict(self.state.fields)
            if now == before:
                break
            before = now
        else:
            self.stopped("the state of the graph does not settle")
        for field in self.changed:
            v = self.state.fields.get(field)
            if v is not None:
                self.eng.heap.write(self.state, field, self.eng.table.labelled(v, control))

    def chain(self) -> list[str] | None:
        """The nodes in order, if there is only one."""
        if self.loose:
            return None
        out: list[str] = []
        here = START
        while here != END:
            following = self.after.get(here, [END] if here != START else [])
            if len(following) != 1 or following[0] in out or len(out) > len(self.nodes):
                return None
            here = following[0]
            if here != END:
                if here not in self.nodes:
                    return None
                out.append(here)
        return out

    def copy(self, name: str) -> Value:
        """The state as a node gets it: what it changes in place is lost unless it returns it."""
        eng = self.eng
        made = eng.allocate((anchor(self.node), "given", name), self.frame, "dict", None, self.node[1])
        if not made.summary:
            made.fields.clear()
        for field in eng.heap.keys(self.state):
            eng.heap.write(made, field, self.state.fields[field], weak=field == ANY)
        made.labels = self.state.labels
        return eng.table.pointer(made)

    def call(self, func: Value, name: str) -> Value:
        """Call a node or route with the state, and with the configuration if it wants one."""
        eng, out = self.eng, self.eng.table.empty
        state = self.copy(name)
        for ptr in sorted_pointers(func):
            if isinstance(ptr, Obj) and ptr.kind == "lib" and ptr.type == APP:
                out = eng.table.join(out, invoke(eng, self.frame, ptr, calls.Args((state,)), self.node))
            elif isinstance(ptr, Func | Bound) or (
                isinstance(ptr, Obj) and ptr.kind in ("partial", "instance")
            ):
                more = max(0, opaque.required_parameters(eng, ptr) - 1)
                config = self.config
                if config is None and more:
                    config = eng.unknown("what the graph passes besides the state", self.frame, self.node[1])
                args = (state, *([config] * more if config is not None else []))
                out = eng.table.join(
                    out, wiring.call(eng, self.frame, eng.table.pointer(ptr), args, {}, self.node)
                )
            else:
                self.stopped(f"what `{name}` runs is not known")
                out = eng.table.labelled(out, eng.labels_of(state) | self.labels)
        return out

    def run_node(self, name: str, weak: bool) -> None:
        """Run a node and put what it returns into the state."""
        eng = self.eng
        got = self.call(self.nodes[name] or eng.table.empty, name)
        if not got.ptrs:
            self.stopped(f"what `{name}` returns is not known")
        labels = got.labels
        for ptr in sorted_pointers(got):
            if isinstance(ptr, Const) and ptr.value is None:
                continue
            if not isinstance(ptr, Obj) or ptr.kind != "dict":
                self.stopped(f"what `{name}` returns is no plain update of the state")
                labels |= eng.labels_of(got)
                continue
            for field in eng.heap.keys(ptr):
                v = eng.table.labelled(ptr.fields[field], got.labels | ptr.labels)
                one = not weak and len(got.ptrs) == 1 and field != ANY and not ptr.summary
                eng.heap.write(self.state, field, v, weak=not one)
                self.changed.add(field)
            labels |= ptr.labels
        kept = wiring.choice(eng, eng.table.value(frozenset(), labels))
        if kept:
            eng.heap.write(self.state, ANY, eng.table.value(frozenset(), kept), weak=True)

    def route(self, route: Value | None) -> frozenset[Label]:
        """What decides about a branch."""
        got = self.call(route or self.eng.table.empty, "route")
        if any(isinstance(p, Obj) and p.kind in ("lib", "list", "gen") for p in sorted_pointers(got)):
            self.stopped("a branch sends states of its own")
        return wiring.choice(self.eng, got)


wiring.FUNCTIONS.update({GRAPH: new_graph})
wiring.METHODS.update(
    {
        f"{GRAPH}.add_node": add_node,
        f"{GRAPH}.add_edge": add_edge,
        f"{GRAPH}.set_entry_point": entry,
        f"{GRAPH}.set_finish_point": finish,
        f"{GRAPH}.add_conditional_edges": branch,
        f"{GRAPH}.set_conditional_entry_point": entry_branch,
        f"{GRAPH}.add_sequence": sequence,
        f"{GRAPH}.*": wiring.not_followed,
        f"{GRAPH}.compile": compile_,
        f"{APP}.invoke": invoke,
        f"{APP}.ainvoke": invoke,
    }
)
