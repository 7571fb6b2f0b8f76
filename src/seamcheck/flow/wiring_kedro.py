"""Kedro: functions are nodes, wired by the names of the data sets that they take and give.

A pipeline is run where a runner runs it. One that the program only defines (``kedro run`` finds it) is run once,
all such pipelines together, with what no node gives coming from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from seamcheck.facts.ir import Node
from seamcheck.flow import calls, items, iteration, library_effects, reflection, wiring
from seamcheck.flow.binding import Site
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import Label
from seamcheck.flow.modules import SourceModule
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at
from seamcheck.flow.values import Const, Func, Value
from seamcheck.libraries.schema import Call

NODE, PIPELINE, CATALOG = "kedro.pipeline.Node", "kedro.pipeline.Pipeline", "kedro.io.DataCatalog"
SETS, FRAMES = ("kedro.io.", "kedro_datasets."), "kedro_datasets.pandas"
READ = Call(
    f"{FRAMES}.load",
    ("filepath",),
    roles={"filepath": "path"},
    returns="pandas.DataFrame",
    effects=("reads_file",),
)
#: Arguments of ``pipeline`` that rename data sets.
RENAMING = ("inputs", "outputs", "parameters", "namespace")
DEFINING = frozenset({"pipeline", "Pipeline", ".pipeline", ".Pipeline"})
#: Data sets by parameter name (or place), or None where they are not known.
Ports = dict[str, str] | None


def make_node(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``node(func, inputs, outputs)``; one object per distinct content."""
    obj, new = eng.heap.allocate(
        ("node", anchor(node), frame, args), "lib", NODE, (frame.path, node[1]), eng.loops
    )
    if new:
        for position, name in enumerate(("func", "inputs", "outputs")):
            v = wiring.argument(args, position, name)
            if v is not None:
                obj.ctor[name] = v
    return eng.table.pointer(obj)


def make_pipeline(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``Pipeline([...])`` and ``pipeline([...])``."""
    obj, new = eng.heap.allocate(
        ("pipeline", anchor(node), frame, args), "lib", PIPELINE, (frame.path, node[1]), eng.loops
    )
    if new:
        obj.ctor["nodes"] = (
            wiring.argument(args, 0, "nodes") or wiring.argument(args, 0, "pipe") or eng.table.empty
        )
    given = dict(args.keywords)
    if len(args.positional) > 1 or args.rest is not None or args.keyword_rest is not None:
        wiring.doubt(eng, frame, obj, "arguments of the pipeline are not known", node[1])
    if any(wiring.is_given(given.get(name)) for name in RENAMING):
        wiring.doubt(eng, frame, obj, "a pipeline renames its data sets, which is not modelled", node[1])
    return eng.table.pointer(obj)


def make_catalog(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``DataCatalog({...})``: what is not in it comes from outside."""
    obj = eng.allocate((anchor(node), "catalog"), frame, "lib", CATALOG, node[1])
    for v in args.all():
        _add_all(eng, frame, obj, v, node)
    return eng.table.pointer(obj)


def open_catalog(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``DataCatalog.from_config(...)``: data sets described in files."""
    obj = eng.allocate((anchor(node), "catalog"), frame, "lib", CATALOG, node[1])
    return eng.table.pointer(obj, wiring.choice(eng, eng.join_all(args.all())))


def _add_all(eng: Engine, frame: Frame, catalog: Obj, v: Value, node: Node) -> None:
    known, rest = iteration.mapping_items(eng, v)
    for name, inner in known.items():
        eng.heap.write(catalog, item(name), inner)
    if rest is not None and not all(isinstance(p, Const) for p in v.ptrs):
        eng.heap.write(catalog, ANY, eng.table.value(frozenset(), wiring.choice(eng, rest)), weak=True)


def add(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``catalog.add(name, data_set)``."""
    names = wiring.words(args.positional[0]) if args.positional else None
    if names is None or len(args.positional) < 2:
        wiring.doubt(eng, frame, obj, "what is put into the catalog is not known", node[1])
        return eng.table.const(None)
    for name in names:
        eng.heap.write(obj, item(name), args.positional[1], weak=len(names) > 1)
    return eng.table.const(None)


def save(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``catalog.save(name, data)``: into the data set if there is one."""
    names = wiring.words(args.positional[0]) if args.positional else None
    if names is None or len(names) != 1 or len(args.positional) < 2:
        return add(eng, frame, obj, args, node)
    if eng.heap.read(obj, item(names[0])) is None:
        return add(eng, frame, obj, args, node)
    _keep(eng, frame, obj, names[0], args.positional[1], node)
    return eng.table.const(None)


def add_all(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``catalog.add_all({...})`` and ``add_feed_dict({...})``."""
    for v in args.all():
        _add_all(eng, frame, obj, v, node)
    return eng.table.const(None)


def load(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value | None:
    """``catalog.load(name)``."""
    names = wiring.words(args.positional[0]) if args.positional else None
    if names is None:
        return None
    labels = wiring.choice(eng, args.positional[0]) | wiring.doubts(eng, frame, obj, "DataCatalog.load", node)
    found = [_from_catalog(eng, frame, obj, name, node) for name in names]
    return eng.table.labelled(eng.join_all(found), labels)


def _from_catalog(eng: Engine, frame: Frame, catalog: Obj, name: str, node: Node) -> Value:
    """A copy of what the catalog holds: what it was given, else data from outside."""
    held = eng.heap.read(catalog, item(name))
    rest = eng.heap.read(catalog, ANY)
    out = eng.table.empty
    for ptr in sorted_pointers(held) if held is not None else ():
        if isinstance(ptr, Obj) and ptr.kind == "lib" and ptr.type.startswith(SETS):
            out = eng.table.join(out, _from_set(eng, frame, ptr, name, node))
        else:
            out = eng.table.join(out, eng.table.pointer(ptr))
    if held is None or (not held.ptrs and not held.labels):
        out = wiring.symbolic(eng, frame, name, CATALOG)
    labels = (held.labels if held is not None else wiring.NOTHING) | (
        rest.labels if rest is not None else set()
    )
    return reflection.clone(eng, frame, eng.table.labelled(out, labels), wiring.place(node, name), 0)


def _from_set(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value:
    """What a data set holds: data in memory, a frame in a file, else something from outside."""
    labels = frozenset().union(*(wiring.choice(eng, v) for key, v in obj.ctor.items() if key != "data"))
    if obj.type.endswith("MemoryDataset") and "data" in obj.ctor:
        return eng.table.labelled(obj.ctor["data"], labels)
    if obj.type.startswith(f"{FRAMES}."):
        path = obj.ctor.get("filepath", eng.table.empty)
        site = Site(READ, READ.name, node, {"filepath": path}, None, dict(READ.roles))
        labels |= library_effects.effect_labels(eng, frame, site, labels)
        return eng.data((anchor(node), "set", name), frame, node[1], labels, "pandas.DataFrame")
    return eng.table.labelled(wiring.symbolic(eng, frame, name, CATALOG), labels)


def _keep(eng: Engine, frame: Frame, catalog: Obj, name: str, v: Value, node: Node) -> None:
    """What a node gave stays in a data set of the catalog: the next run, or code that reads its file, meets it."""
    held = eng.heap.read(catalog, item(name))
    if held is None:
        return
    stored = [p for p in sorted_pointers(held) if isinstance(p, Obj) and "filepath" in p.ctor]
    eng.heap.write(catalog, item(name), v, weak=bool(stored))
    for ptr in stored:
        wiring.write_file(eng, frame, ptr.ctor["filepath"], eng.labels_of(v), node)


# -- running ---------------------------------------------------------------------------------------------------


class Run:
    """One run of some nodes: data sets by name, and what is known of none of them."""

    def __init__(self, eng: Engine, frame: Frame, node: Node, catalog: Value | None):
        self.eng, self.frame, self.node, self.catalog = eng, frame, node, catalog
        self.sets: dict[str, Value] = {}
        self.stored: dict[str, frozenset[Label]] = {}
        self.labels: frozenset[Label] = wiring.NOTHING

    def stopped(self, message: str) -> None:
        """Say where knowledge of this run ends: it holds for all data sets."""
        self.labels |= wiring.stopped(self.eng, self.frame, self.node, "Runner.run", message).labels

    def nodes_of(self, v: Value, depth: int = 6) -> list[Obj]:
        """The nodes of a pipeline, of pipelines inside it, or of a list of either."""
        out: list[Obj] = []
        if not v.ptrs or depth == 0:
            self.stopped("which nodes a pipeline has is not known")
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Obj) and ptr.kind == "lib" and ptr.type == NODE:
                out.append(ptr)
            elif isinstance(ptr, Obj) and ptr.kind == "lib" and ptr.type == PIPELINE and depth:
                self.labels |= wiring.doubts(self.eng, self.frame, ptr, "Runner.run", self.node)
                out.extend(self.nodes_of(ptr.ctor["nodes"], depth - 1))
            elif isinstance(ptr, Obj) and ptr.kind in ("list", "tuple", "set") and depth:
                if ptr.fields:
                    inner = wiring.listed(self.eng, self.eng.table.pointer(ptr)) or [self.eng.table.empty]
                    out.extend(n for each in inner for n in self.nodes_of(each, depth - 1))
            else:
                self.stopped("which nodes a pipeline has is not known")
        self.labels |= wiring.choice(self.eng, self.eng.table.value(frozenset(), v.labels))
        return list(dict.fromkeys(out))

    def run(self, nodes: list[Obj]) -> None:
        """Each node once, after those whose data sets it takes."""
        ports = {n: (self.ports(n, "inputs"), self.ports(n, "outputs")) for n in nodes}
        for inputs, outputs in ports.values():
            if inputs is None or outputs is None:
                self.stopped("which data sets a node takes or gives is not known")
        makers: dict[str, list[Obj]] = {}
        for n, (_, outputs) in ports.items():
            for name in (outputs or {}).values():
                makers.setdefault(name, []).append(n)
        waiting, done = list(nodes), set[Obj]()
        while waiting:
            ready = [n for n in waiting if self.is_ready(ports[n][0], makers, done)]
            if not ready:
                self.stopped("nodes wait for each other")
                ready = waiting[:]
            for n in ready:
                self.run_node(n, *ports[n])
            done.update(ready)
            waiting = [n for n in waiting if n not in done]

    @staticmethod
    def is_ready(inputs: Ports, makers: dict[str, list[Obj]], done: set[Obj]) -> bool:
        """Is all there that a node takes?"""
        return all(m in done for name in (inputs or {}).values() for m in makers.get(name, ()))

    def ports(self, node: Obj, side: str) -> Ports:
        """Names of data sets: of one, of a list, or by parameter (or key of the result)."""
        v = node.ctor.get(side)
        if v is None or len(v.ptrs) != 1:
            return None
        (ptr,) = v.ptrs
        if isinstance(ptr, Const) and ptr.value is None:
            return {}
        if isinstance(ptr, Const):
            return {"": plain_name(ptr.value)} if isinstance(ptr.value, str) else None
        if not isinstance(ptr, Obj) or ptr.kind not in ("list", "tuple", "dict"):
            return None
        named: list[tuple[str, Value]] = []
        if ptr.kind == "dict":
            known, rest = iteration.mapping_items(self.eng, v)
            if rest is not None:
                return None
            named = [(f".{key}", inner) for key, inner in known.items()]
        else:
            listed = iteration.known_items(self.eng, v)
            if listed is None:
                return None
            named = [(str(position), inner) for position, inner in enumerate(listed)]
        out: dict[str, str] = {}
        for key, inner in named:
            words = wiring.words(inner)
            if words is None or len(words) != 1:
                return None
            out[key] = plain_name(words[0])
        return out

    def load(self, name: str) -> Value:
        """A data set: what a node gave, else what the catalog holds, else data from outside."""
        eng = self.eng
        if name in self.sets:
            # What a node gave is copied for each that takes it: a change in place clears nothing for the others.
            return eng.table.labelled(self.sets[name], self.stored[name] | self.labels)
        out = eng.table.empty
        for ptr in sorted_pointers(self.catalog) if self.catalog is not None else ():
            if isinstance(ptr, Obj) and ptr.type == CATALOG:
                self.labels |= wiring.doubts(eng, self.frame, ptr, "Runner.run", self.node)
                out = eng.table.join(out, _from_catalog(eng, self.frame, ptr, name, self.node))
        if out is eng.table.empty:
            out = wiring.symbolic(eng, self.frame, name, CATALOG)
        if self.catalog is not None:
            out = eng.table.labelled(
                out, wiring.choice(eng, eng.table.value(frozenset(), self.catalog.labels))
            )
        return eng.table.labelled(out, self.labels)

    def run_node(self, node: Obj, inputs: Ports, outputs: Ports) -> None:
        """Call one node and store what it gives."""
        eng, func = self.eng, node.ctor.get("func", self.eng.table.empty)
        if inputs is None:
            wiring.run_blindly(eng, self.frame, func, self.node)
            got = eng.table.value(frozenset(), self.labels)
        else:
            positional = tuple(self.load(name) for key, name in inputs.items() if not key.startswith("."))
            named = {key[1:]: self.load(name) for key, name in inputs.items() if key.startswith(".")}
            got = wiring.call(eng, self.frame, func, positional, named, self.node)
        for key, name in (outputs or {}).items():
            if not key:
                v = got
            else:
                index = key[1:] if key.startswith(".") else int(key)
                v = items.get_item(
                    eng, self.frame, got, eng.table.const(index), wiring.place(self.node, name)
                )
            v = eng.table.labelled(v, self.labels)
            self.sets[name] = eng.table.join(self.sets[name], v) if name in self.sets else v
            self.stored[name] = self.stored.get(name, wiring.NOTHING) | wiring.choice(eng, v)
            for ptr in sorted_pointers(self.catalog) if self.catalog is not None else ():
                if isinstance(ptr, Obj) and ptr.type == CATALOG:
                    _keep(eng, self.frame, ptr, name, v, self.node)


def plain_name(name: str) -> str:
    """A data set without the format that a node wants it in."""
    return name.partition("@")[0]


def run_pipeline(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``SequentialRunner().run(pipeline, catalog)``: a dict of what the nodes gave."""
    run = Run(eng, frame, node, wiring.argument(args, 1, "catalog"))
    pipeline = wiring.argument(args, 0, "pipeline")
    run.run(run.nodes_of(pipeline if pipeline is not None else eng.table.empty))
    out = eng.allocate((anchor(node), "outputs"), frame, "dict", None, node[1])
    if not out.summary:
        out.fields.clear()
    for name in run.sets:
        eng.heap.write(out, item(name), run.load(name))
    return eng.table.pointer(out, run.labels)


# -- pipelines that are only defined ---------------------------------------------------------------------------


def definitions(eng: Engine, modules: list[SourceModule]) -> Iterator[tuple[SourceModule, int]]:
    """Functions nobody called that define pipelines."""
    for module in modules:
        if module.name not in eng.modules or not uses_kedro(module):
            continue
        for index, facts in enumerate(module.facts.functions):
            if (
                facts.parent == -1
                and not _was_run(eng, module.name, index)
                and DEFINING.intersection(facts.calls)
            ):
                yield module, index


def uses_kedro(module: SourceModule) -> bool:
    """Does a module import anything of kedro?"""
    return any(name.partition(":")[0].partition(".")[0] == "kedro" for name in module.facts.imports)


def defined(eng: Engine, modules: list[SourceModule]) -> Iterator[tuple[SourceModule, Callable[[], object]]]:
    """Work that runs all pipelines together if one of their nodes has not been run yet."""
    if not any(uses_kedro(module) for module in modules):
        return
    found = [o for o in eng.heap.sites.values() if o.kind == "lib" and o.type == PIPELINE]
    if found:
        home = eng.index.by_path
        module = next((m for path, m in home.items() if str(path) == found[0].site[0]), None)
        if module is not None and module.name in eng.modules:
            yield module, partial(_run_all, eng, eng.modules[module.name], found)


def _run_all(eng: Engine, frame: Frame, pipelines: list[Obj]) -> None:
    eng.stack.append(frame)
    eng.heap.touched = {}
    saved, frame.effects = frame.effects, {}
    line = pipelines[0].site[1]
    run = Run(eng, frame, wiring.place(call_at(line, line)), None)
    nodes = [n for p in pipelines for n in run.nodes_of(eng.table.pointer(p))]
    nodes = list({tuple(sorted((k, id(v)) for k, v in n.ctor.items())): n for n in nodes}.values())
    funcs = [p for n in nodes for p in n.ctor.get("func", eng.table.empty).ptrs if isinstance(p, Func)]
    if any(not _was_run(eng, f.module, f.index) for f in funcs):
        run.run(nodes)
    frame.effects = saved
    eng.stack.pop()


def _was_run(eng: Engine, module: str, index: int) -> bool:
    return bool(eng.visited.get((module, index), set()) - {"test", "decorator"})


wiring.FUNCTIONS.update(
    {
        "kedro.pipeline.node": make_node,
        NODE: make_node,
        "kedro.pipeline.pipeline": make_pipeline,
        PIPELINE: make_pipeline,
        CATALOG: make_catalog,
        f"{CATALOG}.from_config": open_catalog,
    }
)
wiring.METHODS.update(
    {
        **{
            f"kedro.runner.{kind}.run": run_pipeline
            for kind in ("SequentialRunner", "ThreadRunner", "ParallelRunner")
        },
        f"{CATALOG}.add": add,
        f"{CATALOG}.save": save,
        f"{CATALOG}.add_all": add_all,
        f"{CATALOG}.add_feed_dict": add_all,
        f"{CATALOG}.*": wiring.not_followed,
        f"{CATALOG}.load": load,
    }
)
