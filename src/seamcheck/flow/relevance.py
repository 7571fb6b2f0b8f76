"""Which code can matter to a report: a slice by bare name, taken before anything is run.

Most functions of a large project neither train nor lead to training. Running each of them with symbolic
arguments costs time and changes no verdict, so the interpreter starts only from *relevant* ones: those that
mention, directly or through names of functions, classes, aliases and values handed around, something that
trains or tunes in a library the project imports. The slice over-approximates: a name stands for all functions
so called, and a call of a variable for every function that is used as a value somewhere.

Nodes are names: ``x`` for an identifier, ``.x`` for an attribute, :data:`VALUES` for a call of a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from seamcheck.facts.ir import FileFacts, FunctionFacts, Node
from seamcheck.flow.builtin_names import BUILTIN_NAMES
from seamcheck.flow.places import anchor
from seamcheck.libraries.models import Models

#: Methods that train by the convention of every estimator library, whatever the receiver is.
CONVENTIONS = frozenset(
    {".fit", ".partial_fit", ".fit_generator", ".train_on_batch", ".fit_transform", ".fit_predict"}
)
#: Words in the name of an unmodelled call that suggest a tuner.
TUNER_WORDS = (
    "optimi", "tune", "search", "sweep", "fmin", "hyperband", "hyperparam", "bayes", "trial", "study",
)  # fmt: skip
#: Names with such a word that mostly mean something else (``re.search``, ``numpy.searchsorted``).
UNSPECIFIC = frozenset({"search", "searchsorted", "trial", "study"})
TRAINING = frozenset({"train", "trial_loop", "search", "ask", "tell", "step", "wires"})
#: Methods of built-in containers and strings: so many calls bear these names that they say nothing by themselves.
COMMON = frozenset(
    f".{name}" for kind in (list, dict, set, str, tuple) for name in dir(kind) if not name.startswith("__")
)
#: The callee of every call of a value.
VALUES = "()"


def library_seeds(models: Models, packages: Iterable[str]) -> tuple[set[str], set[str]]:
    """Names in these packages that train or tune: of functions and classes, and of methods."""
    wanted = {models.packages[p] for p in packages if p in models.packages}
    tops = {package for package, name in models.packages.items() if name in wanted}
    names: set[str] = set()
    methods: set[str] = set()
    for call in models.calls.values():
        if call.name.partition(".")[0] in tops and (TRAINING.intersection(call.effects) or call.objective):
            names.add(call.name.rpartition(".")[2])
    for kind in models.types.values():
        if kind.name.partition(".")[0] in tops:
            if TRAINING.intersection(kind.effects) or kind.objective:
                names.add(kind.name.rpartition(".")[2])
            for base in models.lineage(kind.name):
                methods.update(m.name for m in base.method if TRAINING.intersection(m.effects) or m.objective)
    return names, methods


class Relevance:
    """The slice of one project."""

    def __init__(self, files: Mapping[str, FileFacts], models: Models):
        packages = {name.partition(":")[0].partition(".")[0] for f in files.values() for name in f.imports}
        packages.update(part for path in files for part in path.removesuffix(".py").split("/"))
        names, methods = library_seeds(models, packages)
        self._seeds = ({f".{name}" for name in names | methods} | CONVENTIONS) - COMMON
        self._edges: dict[str, set[str]] = {}
        self._defined: set[str] = set()
        self._own: set[str] = set()
        self._nested: dict[int, set[str]] = {}
        handed: set[str] = set()
        called: set[str] = set()
        for facts in files.values():
            self._seeds.update(_imported_seeds(facts, names))
            self._define(facts)
            handed.update(facts.mentions, *(f.mentions for f in facts.functions))
            called.update(facts.calls, *(f.calls for f in facts.functions))
        self._seeds.update(name for name in called if self._sounds_like_tuner(name))
        for facts in files.values():
            self._connect(facts)
        self._edges[VALUES] = (handed & (self._defined | CONVENTIONS)) | {".__call__", ".forward"}
        self.names = self._closure()
        self._nodes: dict[int, bool] = {}
        #: Classes whose instances may hold results of training.
        self.holders = self._holders(files.values())

    def _define(self, facts: FileFacts) -> None:
        nested = self._nested[id(facts)] = set()
        for function in facts.functions:
            self._own.update((function.name, "." + function.name))
            if function.parent != -1:
                nested.add(function.name)
        for cls in facts.classes:
            self._own.update((cls.name, "." + cls.name))
        for name in facts.imports:
            alias = name.partition("=")[2]
            if alias:
                self._defined.add(alias)
                nested.add(alias)
        self._defined |= self._own

    def _connect(self, facts: FileFacts) -> None:
        for name in facts.imports:
            original, _, alias = name.partition(":")[2].partition("=")
            if alias and alias != original:
                self._edge(alias, (original,))
        for cls in facts.classes:
            bases = {name for base in cls.bases for name in mentioned(base)}
            self._edge(cls.name, bases.union(cls.mentions))
        for function in facts.functions:
            reached = self._reached(facts, function)
            for name in self._nodes_of(facts, function):
                self._edge(name, reached)
            if function.parent != -1:
                outer = facts.functions[function.parent]
                for name in self._nodes_of(facts, outer):
                    self._edge(name, reached)

    def _edge(self, source: str, targets: Iterable[str]) -> None:
        self._edges.setdefault(source, set()).update(targets)

    def _nodes_of(self, facts: FileFacts, function: FunctionFacts) -> tuple[str, ...]:
        """Names that stand for a function; special methods belong to the construction of their class."""
        name = function.name
        if function.owner != -1 and name.startswith("__") and name != "__call__":
            name = facts.classes[function.owner].name
        return (name,) if "." + name in COMMON else (name, "." + name)

    def _reached(self, facts: FileFacts, function: FunctionFacts) -> set[str]:
        local = self._locals(facts, function)
        reached = {*function.mentions, *function.calls} - local
        for decorator in function.decorators:
            reached.update(mentioned(decorator))
        if any(name in local or self._is_value(name) for name in function.calls):
            reached.add(VALUES)
        return reached

    def _locals(self, facts: FileFacts, function: FunctionFacts) -> set[str]:
        """Variables of a function and of those around it; what a nested ``def`` or import binds is none."""
        names = set(function.assigned)
        if function.parent != -1:
            names |= self._locals(facts, facts.functions[function.parent])
        return names - self._nested.get(id(facts), set())

    def _sounds_like_tuner(self, name: str) -> bool:
        plain = name.lstrip(".").lower()
        return plain not in UNSPECIFIC and any(w in plain for w in TUNER_WORDS) and name not in self._own

    def _is_value(self, name: str) -> bool:
        return not name or not (name.startswith(".") or name in self._defined or name in BUILTIN_NAMES)

    def _closure(self) -> set[str]:
        callers: dict[str, list[str]] = {}
        for source, targets in self._edges.items():
            for target in targets:
                callers.setdefault(target, []).append(source)
        found = set(self._seeds)
        queue = list(found)
        while queue:
            for caller in callers.get(queue.pop(), ()):
                if caller not in found:
                    found.add(caller)
                    queue.append(caller)
        return found

    def relevant(self, facts: FileFacts, function: FunctionFacts) -> bool:
        """May this function train, or belong to an object that code which trains has made?"""
        if self._trains(facts, function):
            return True
        return function.owner != -1 and facts.classes[function.owner].name in self.holders

    def _trains(self, facts: FileFacts, function: FunctionFacts) -> bool:
        names = {*self._reached(facts, function), *self._nodes_of(facts, function)}
        return not self.names.isdisjoint(names)

    def _holders(self, files: Iterable[FileFacts]) -> set[str]:
        """Classes that code which trains calls or belongs to, and their bases: they may hold what was trained."""
        found: set[str] = set()
        bases: dict[str, set[str]] = {}
        for facts in files:
            for cls in facts.classes:
                bases.setdefault(cls.name, set()).update(
                    n.lstrip(".") for b in cls.bases for n in mentioned(b)
                )
            if self.relevant_module(facts):
                found.update(facts.calls)
            for function in facts.functions:
                if self._trains(facts, function):
                    found.update(function.calls)
                    if function.owner != -1:
                        found.add(facts.classes[function.owner].name)
        queue = list({name.lstrip(".") for name in found} & bases.keys())
        holders = set(queue)
        while queue:
            more = (bases.get(queue.pop(), set()) & bases.keys()) - holders
            holders |= more
            queue.extend(more)
        return holders

    def relevant_module(self, facts: FileFacts) -> bool:
        """May importing this file train?"""
        names = {*facts.mentions, *facts.calls, *(n for c in facts.classes for n in c.mentions)}
        return not self.names.isdisjoint(names)

    def leads_to_training(self, function: FunctionFacts) -> bool:
        """The same for one that may be called by its bare name."""
        return function.name in self.names or "." + function.name in self.names

    def may_train(self, node: Node, facts: FileFacts) -> bool:
        """May this loop (or comprehension) train?"""
        known = self._nodes.get(anchor(node))
        if known is None:
            names, calls = mentioned(node, facts), set(called(node, facts))
            known = not self.names.isdisjoint(names) or not self.names.isdisjoint(calls)
            if not known and VALUES in self.names:
                known = any(self._is_value(name) for name in calls)
            self._nodes[anchor(node)] = known
        return known


def _imported_seeds(facts: FileFacts, names: set[str]) -> Iterator[str]:
    for name in facts.imports:
        original, _, alias = name.partition(":")[2].partition("=")
        if original == "*":
            yield from names
        elif original in names:
            yield alias


def _nodes_in(node: Any, facts: FileFacts | None) -> Iterator[Node]:
    """Every tuple inside a piece of code and, with ``facts`` of its file, inside the functions it defines."""
    pending: list[Any] = [node]
    while pending:
        item = pending.pop()
        if not isinstance(item, tuple) or not item:
            continue
        # A tuple of names (``global name, call``) looks like a node but for its line.
        if len(item) > 2 and item[1].__class__ is int and item[0].__class__ is str:
            yield item
            if facts is not None and item[0] in ("def", "lambda"):
                pending.append(facts.functions[item[-1]].body)
        pending.extend(item)


def mentioned(node: Any, facts: FileFacts | None = None) -> set[str]:
    """Identifiers and attribute names in a piece of code."""
    nodes = _nodes_in(node, facts)
    return {n[2] if n[0] == "name" else "." + n[3] for n in nodes if n[0] in ("name", "attr")}


def called(node: Any, facts: FileFacts | None = None) -> Iterator[str]:
    """Identifiers that are called in a piece of code, and "" for a call of anything else but an attribute."""
    for item in _nodes_in(node, facts):
        if item[0] == "call" and item[3][0] != "attr":
            yield item[3][2] if item[3][0] == "name" else ""
