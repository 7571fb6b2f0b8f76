"""Which code can matter to a report: a slice by bare name, taken before anything is run.

Most functions of a large project neither train nor lead to training. Running each of them with symbolic
arguments costs time and changes no verdict, so the interpreter starts only from *relevant* ones: those that
mention, directly or through names of functions, classes, aliases and values handed around, something that
trains or tunes in a library the project imports. The slice over-approximates: a name stands for all functions
so called, and a call of a variable for every function that is used as a value somewhere.

What each file contributes, and the nodes that stand for it, are in :mod:`seamcheck.flow.mentions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple

from seamcheck.facts.ir import FileFacts, FunctionFacts, Node
from seamcheck.flow.mentions import (
    COMMON,
    VALUES,
    FileNames,
    called,
    edges,
    file_names,
    is_value,
    mentioned,
    nodes_of,
    reached,
)
from seamcheck.flow.places import anchor

if TYPE_CHECKING:
    from seamcheck.libraries.models import Models

#: Methods that train by the convention of every estimator library, whatever the receiver is.
CONVENTIONS = frozenset(
    {".fit", ".partial_fit", ".fit_generator", ".train_on_batch", ".fit_transform", ".fit_predict"}
)
#: Names of what reads tables, arrays and objects from files, and of what writes them.
READERS = frozenset(
    """read_csv read_table read_parquet read_feather read_pickle read_json read_excel read_hdf scan_csv scan_parquet
    load loadtxt genfromtxt open read_text""".split()
)
WRITERS = frozenset(
    """to_csv to_parquet to_feather to_pickle to_json to_excel to_hdf write_csv write_parquet dump save savez
    savez_compressed savetxt write writelines writerow writerows write_text""".split()
)
#: Words in the name of an unmodelled call that suggest a tuner.
TUNER_WORDS = (
    "optimi", "tune", "search", "sweep", "fmin", "hyperband", "hyperparam", "bayes", "trial", "study",
)  # fmt: skip
#: Names with such a word that mostly mean something else (``re.search``, ``numpy.searchsorted``).
UNSPECIFIC = frozenset({"search", "searchsorted", "trial", "study"})
TRAINING = frozenset({"train", "trial_loop", "search", "ask", "tell", "step", "wires"})


class LibrarySeeds(NamedTuple):
    """Names in the libraries of a project that train or tune: of functions and classes, and of methods."""

    names: frozenset[str]
    methods: frozenset[str]


def packages_of(files: Mapping[str, FileFacts]) -> set[str]:
    """Packages that a project may use, by what it imports and how its own files are called."""
    packages = {name.partition(":")[0].partition(".")[0] for f in files.values() for name in f.imports}
    return packages.union(part for path in files for part in path.removesuffix(".py").split("/"))


def library_seeds(models: Models, packages: Iterable[str]) -> LibrarySeeds:
    """What of these packages trains or tunes."""
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
    return LibrarySeeds(frozenset(names), frozenset(methods))


def sounds_like_tuner(name: str) -> bool:
    """Does a called name suggest a tuner, where the project does not define it?"""
    plain = name.lstrip(".").lower()
    return plain not in UNSPECIFIC and any(w in plain for w in TUNER_WORDS)


def training_packages(models: Models) -> set[str]:
    """The packages from which :func:`library_seeds` takes anything."""
    names = {c.name for c in models.calls.values() if TRAINING.intersection(c.effects) or c.objective}
    for kind in models.types.values():
        trains_itself = TRAINING.intersection(kind.effects) or kind.objective
        if trains_itself or any(TRAINING.intersection(m.effects) or m.objective for m in kind.method):
            names.add(kind.name)
    found = {models.packages.get(name.partition(".")[0]) for name in names}
    # A type may inherit what trains from one of another library.
    for kind in models.types.values():
        if any(
            models.packages.get(base.name.partition(".")[0]) in found for base in models.lineage(kind.name)
        ):
            found.add(models.packages.get(kind.name.partition(".")[0]))
    return {package for package, name in models.packages.items() if name in found}


class Relevance:
    """The slice of one project."""

    def __init__(self, files: Mapping[str, FileFacts], library: LibrarySeeds):
        self.library = library
        self.parts = {path: file_names(facts) for path, facts in files.items()}
        self._by_facts = {id(facts): self.parts[path] for path, facts in files.items()}
        parts = self.parts.values()
        own = frozenset[str]().union(*(part.own for part in parts))
        #: Names that a call may mean as they stand, in the whole project.
        self.defined = own.union(*(part.aliases for part in parts))
        #: Where the slice starts.
        self.seeds = ({f".{name}" for name in library.names | library.methods} | CONVENTIONS) - COMMON
        for facts in files.values():
            self.seeds.update(_imported_seeds(facts, library.names))
        every_call = frozenset[str]().union(*(part.called for part in parts))
        self.seeds.update(name for name in every_call if sounds_like_tuner(name) and name not in own)
        #: Names that lead to training.
        self.names = self._closure(files)
        self._nodes: dict[int, bool] = {}
        #: Classes whose instances may hold results of training.
        self.holders = self._holders(files.values())

    def _closure(self, files: Mapping[str, FileFacts]) -> set[str]:
        callers: dict[str, list[str]] = {}
        for path, facts in files.items():
            for source, targets in edges(facts, self.parts[path].nested, self.defined):
                for target in targets:
                    callers.setdefault(target, []).append(source)
        handed = frozenset[str]().union(*(part.handed for part in self.parts.values()))
        for target in (handed & (self.defined | CONVENTIONS)) | {".__call__", ".forward"}:
            callers.setdefault(target, []).append(VALUES)
        found = set(self.seeds)
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
        return trains(facts, function, self._by_facts[id(facts)], self.defined, self.names)

    def _holders(self, files: Iterable[FileFacts]) -> set[str]:
        """Classes that code which trains calls or belongs to, and their bases: they may hold what was trained."""
        found: set[str] = set()
        bases: dict[str, set[str]] = {}
        for facts in files:
            for name, above in class_bases(facts):
                bases.setdefault(name, set()).update(above)
            found |= held_by(facts, self._by_facts[id(facts)], self.defined, self.names)
        queue = list(found & bases.keys())
        holders = set(queue)
        while queue:
            more = (bases.get(queue.pop(), set()) & bases.keys()) - holders
            holders |= more
            queue.extend(more)
        return holders

    def relevant_module(self, facts: FileFacts) -> bool:
        """May importing this file train, or hand on what another one stored?"""
        return module_trains(facts, self.names) or hands_on(facts)

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
                known = any(is_value(name, self.defined) for name in calls)
            self._nodes[anchor(node)] = known
        return known


def trains(
    facts: FileFacts,
    function: FunctionFacts,
    own: FileNames,
    defined: frozenset[str],
    names: AbstractSet[str],
) -> bool:
    """May this function train, where these names lead to training?"""
    found = {*reached(facts, function, own.nested, defined), *nodes_of(facts, function)}
    return not names.isdisjoint(found)


def module_trains(facts: FileFacts, names: AbstractSet[str]) -> bool:
    """May the module body train?"""
    found = {*facts.mentions, *facts.calls, *(n for c in facts.classes for n in c.mentions)}
    return not names.isdisjoint(found)


def hands_on(facts: FileFacts) -> bool:
    """May running this file read one file and write another? What it read may be the results of a training."""
    if not facts.calls:
        return False
    parts: tuple[FileFacts | FunctionFacts, ...] = (facts, *facts.functions)
    called_here = {name.lstrip(".") for part in parts for name in part.calls}
    return not called_here.isdisjoint(READERS) and not called_here.isdisjoint(WRITERS)


def held_by(facts: FileFacts, own: FileNames, defined: frozenset[str], names: AbstractSet[str]) -> set[str]:
    """Names that code of this file which trains calls, and the classes it belongs to."""
    found: set[str] = set()
    if module_trains(facts, names):
        found.update(facts.calls)
    for function in facts.functions:
        if trains(facts, function, own, defined, names):
            found.update(function.calls)
            if function.owner != -1:
                found.add(facts.classes[function.owner].name)
    return {name.lstrip(".") for name in found}


def class_bases(facts: FileFacts) -> Iterator[tuple[str, set[str]]]:
    """Each class with the names in its bases."""
    for cls in facts.classes:
        yield cls.name, {n.lstrip(".") for b in cls.bases for n in mentioned(b)}


def _imported_seeds(facts: FileFacts, names: frozenset[str]) -> Iterator[str]:
    for name in facts.imports:
        original, _, alias = name.partition(":")[2].partition("=")
        if original == "*":
            yield from names
        elif original in names:
            yield alias
