"""The graph of a Hamilton driver, and one execution of it: each node once, depth first, as Hamilton goes."""

from __future__ import annotations

from seamcheck.facts.ir import FunctionFacts, Node
from seamcheck.flow import items, iteration, names, wiring
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import Label
from seamcheck.flow.mentions import mentioned
from seamcheck.flow.modules import SourceModule
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Const, Func, Module, Value
from seamcheck.flow.wiring_hamilton_nodes import ANY_NAME, Step, decorator_name, steps_of

#: Annotations of nodes that run once per element, in tasks of their own.
PARALLEL = frozenset({"Parallelizable", ".Parallelizable", "Collect", ".Collect"})


class Execution:
    """One call of ``execute``: what is asked for is computed on demand and kept."""

    def __init__(
        self,
        eng: Engine,
        frame: Frame,
        node: Node,
        modules: list[Value],
        config: Value,
        inputs: Value | None,
        overrides: Value | None,
    ):
        self.eng, self.frame, self.node = eng, frame, node
        self.config, self.config_rest = _mapping(eng, config)
        self.inputs, self.inputs_rest = _mapping(eng, inputs)
        self.overrides, self.overrides_rest = _mapping(eng, overrides)
        self.graph: dict[str, list[Step]] = {}
        self.open: list[str] = []
        self.done: dict[str, Value] = {}
        self.active: set[str] = set()
        self.labels: frozenset[Label] = wiring.NOTHING
        if not modules:
            self.open.append("no module is given to the driver")
        for v in modules:
            self._collect(v)

    def stopped(self, message: str) -> Value:
        """Say where knowledge of this execution ends."""
        return wiring.stopped(self.eng, self.frame, self.node, "Driver.execute", message)

    def all_labels(self) -> frozenset[Label]:
        """Labels of everything that ran."""
        return frozenset().union(*(self.eng.labels_of(v) for v in self.done.values()))

    # -- the graph -----------------------------------------------------------------------------------------

    def _collect(self, v: Value) -> None:
        """Nodes of a module; where it may be one of several, of each of them."""
        chosen = wiring.choice(self.eng, v)
        if not v.ptrs or not all(isinstance(p, Module) for p in v.ptrs):
            self.open.append("a module that is wired is not known")
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Module):
                module = self.eng.index.by_name[ptr.name]
                for step in self._module_steps(module):
                    if len(v.ptrs) > 1 or chosen:
                        step = step._replace(maybe=step.maybe or len(v.ptrs) > 1, labels=step.labels | chosen)
                    if step.name == ANY_NAME:
                        self.open.append(step.doubt)
                        continue
                    known = self.graph.setdefault(step.name, [])
                    if not any(
                        s.func == step.func and s.pick == step.pick and s.wired == step.wired for s in known
                    ):
                        known.append(step)

    def _module_steps(self, module: SourceModule) -> list[Step]:
        home = names.run_module(self.eng, module)
        defined = {f.name for f in module.facts.functions if f.parent == -1 and f.owner == -1}
        out: list[Step] = []
        for name in sorted(home.fields):
            v = home.fields[name]
            self.eng.heap.settle(home, name, v)
            found = [p for p in sorted_pointers(v) if isinstance(p, Func)]
            if name.startswith("_"):
                self._private(home, found)
                continue
            if not (found or name in defined):
                continue
            if len(found) == 1 == len(v.ptrs) and wiring.is_top_level(self.eng, found[0]):
                facts = wiring.facts_of(self.eng, found[0])
                if module.name in found[0].module and not facts.name.startswith("_"):
                    out.extend(self._steps(found[0], facts, v.labels))
                continue
            text = f"`{name}` is decorated or defined in a way that is not followed"
            out.append(Step(name, found[0] if found else None, doubt=text))
        return out

    def _private(self, home: Frame, found: list[Func]) -> None:
        """A private function is no node, but ``@mutate`` changes others with it."""
        for func in found:
            for decorator in wiring.facts_of(self.eng, func).decorators:
                if decorator_name(self.eng, self.eng.modules[func.module], decorator).endswith(".mutate"):
                    self.open.append("nodes are changed by `@mutate`")

    def _steps(self, func: Func, facts: FunctionFacts, labels: frozenset[Label]) -> list[Step]:
        home = self.eng.modules[func.module]
        config = None if self.config_rest is not None else self.config
        steps = steps_of(self.eng, home, func, facts, config, self.config)
        kept = frozenset(label for label in labels if label.kind == "assumption") | wiring.choice(
            self.eng, self.eng.table.value(frozenset(), labels)
        )
        out = []
        for step in steps:
            text = step.doubt or _unsupported(facts)
            if self.config_rest is not None and step.conditional:
                kept |= wiring.choice(self.eng, self.config_rest)
            out.append(step._replace(doubt=text, labels=step.labels | kept))
        return out

    # -- values --------------------------------------------------------------------------------------------

    def everything(self) -> None:
        """Run all nodes."""
        for name in self.graph:
            self.need(name)

    def need(self, name: str) -> Value:
        """The value of a node, an input or an entry of the configuration."""
        known = self.done.get(name)
        if known is not None:
            return known
        if name in self.active:
            return self.stopped(f"node `{name}` depends on itself")
        self.active.add(name)
        v = self._compute(name)
        self.active.discard(name)
        self.done[name] = v
        return v

    def _compute(self, name: str) -> Value:
        eng = self.eng
        if name in self.overrides and self.overrides_rest is None:
            return self.overrides[name]
        if name in self.config and self.config_rest is None:
            found = [self.config[name]]
        else:
            steps = self.graph.get(name, [])
            found = [self._run(step) for step in steps]
            if not steps or any(step.maybe for step in steps):
                outside = self._outside(name)
                if outside is not None:
                    found.append(outside)
                elif not found and name not in self.config:
                    found.append(self.stopped(f"`{name}` is neither a node nor an input that is known"))
        found.extend(known[name] for known in (self.overrides, self.config) if name in known)
        v = eng.join_all(found)
        for rest in (self.overrides_rest, self.config_rest):
            if rest is not None:
                v = eng.table.labelled(v, wiring.choice(eng, rest))
        if self.open:
            v = eng.table.labelled(v, self.stopped(self.open[0]).labels)
        return v

    def _outside(self, name: str) -> Value | None:
        """An input, or what an open mapping may give for it."""
        v = self.inputs.get(name)
        if v is not None or self.inputs_rest is None:
            return v
        return self.inputs_rest

    def _is_there(self, name: str) -> bool:
        return (
            name in self.graph
            or name in self.config
            or name in self.inputs
            or name in self.overrides
            or self.inputs_rest is not None
        )

    def _run(self, step: Step) -> Value:
        eng = self.eng
        if step.base is not None:
            whole = self.need(step.base)
            index = eng.table.const(step.pick)
            if step.doubt:
                return eng.table.labelled(self.stopped(step.doubt), eng.labels_of(whole))
            got = items.get_item(eng, self.frame, whole, index, wiring.place(self.node, step.name))
            return eng.table.labelled(got, step.labels)
        if step.func is None:
            return self.stopped(step.doubt or f"node `{step.name}` is not known")
        given: dict[str, Value] = {}
        for param in wiring.facts_of(eng, step.func).params:
            if param.kind not in ("pos", "kwonly"):
                continue
            source = step.wired.get(param.name, param.name)
            if isinstance(source, Value):
                given[param.name] = source
            elif param.default is None or self._is_there(source):
                given[param.name] = self.need(source)
        if step.doubt:
            wiring.run_blindly(eng, self.frame, eng.table.pointer(step.func), self.node)
            labels = frozenset().union(*(eng.labels_of(v) for v in given.values()))
            return eng.table.labelled(self.stopped(step.doubt), labels)
        got = wiring.call(eng, self.frame, eng.table.pointer(step.func), (), given, self.node)
        return eng.table.labelled(got, step.labels)


def _unsupported(facts: FunctionFacts) -> str:
    """Why a function is no plain node, or nothing."""
    hints = {n for p in facts.params if p.annotation for n in mentioned(p.annotation)}
    if facts.returns is not None:
        hints |= mentioned(facts.returns)
    if PARALLEL & hints:
        return f"node `{facts.name}` runs in parallel tasks"
    if facts.is_async or facts.is_generator:
        return f"node `{facts.name}` is not run like a plain function"
    if any(p.kind in ("var", "kw", "posonly") for p in facts.params):
        return f"node `{facts.name}` takes arguments that have no name"
    return ""


def _mapping(eng: Engine, v: Value | None) -> tuple[dict[str, Value], Value | None]:
    """What a mapping holds by name, and what it may hold besides."""
    if v is None or (all(isinstance(p, Const) and p.value is None for p in v.ptrs) and v.ptrs):
        return {}, None
    return iteration.mapping_items(eng, v)
