"""The abstract interpreter: state shared by all passes, and the driver over statements and expressions.

It runs the project in the order Python would: module bodies as they are imported, then what stands behind
``if __name__ == "__main__"``, then whatever was never called, with symbolic arguments. A call steps into the
callee; :mod:`seamcheck.flow.contexts` keeps a summary per function and context so that the same work is not
done twice. The objective of a trial loop runs twice, so that a change which one trial leaves to the next is
seen (:mod:`seamcheck.flow.trials`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from seamcheck.facts.assumptions import Assumption
from seamcheck.facts.ir import Body, Node
from seamcheck.flow.assumptions import Assumptions
from seamcheck.flow.coverage import Coverage
from seamcheck.flow.events import Records
from seamcheck.flow.files import FileStore
from seamcheck.flow.frames import OPEN_EFFECTS, Effect, Frame
from seamcheck.flow.labels import CLOCK, DYNAMIC, RANDOM, Label
from seamcheck.flow.ledger import Ledger
from seamcheck.flow.modules import ModuleIndex, SourceModule
from seamcheck.flow.objects import Heap, Obj
from seamcheck.flow.ordering import pointer_key
from seamcheck.flow.relevance import Relevance, library_seeds, packages_of
from seamcheck.flow.values import Class, Func, Value, ValueTable
from seamcheck.libraries.models import Models

if TYPE_CHECKING:
    from seamcheck.flow.contexts import Summary
    from seamcheck.flow.likeness import Shape

FALL, EXIT = 0, 1

#: Statements one analysis may run before calls are no longer stepped into: bounds the time of any input.
STATEMENT_BUDGET = 6_000_000
#: Statements after which few calls of each function are followed, as in a large program.
SPARING = 40_000
#: The same below one root (a module body or an uncalled function).
ROOT_BUDGET = 250_000
#: The same for a module that does not lead to training, and for a function that nobody called: with symbolic
#: arguments most of it is unknown anyway.
SMALL_BUDGET = 4_000
#: The same for test code: it shows how a project is used, and there is much of it.
TEST_BUDGET = 1_000

TOO_LARGE = "too large to follow every call; verdicts beyond the bound are unknown"

#: An uncalled function that takes this many times its bound although no call is stepped into any more is given up.
HARD = 2

Evaluator = Callable[["Engine", Frame, Node], Value]
Executor = Callable[["Engine", Frame, Node], int]
EVALUATE: dict[str, Evaluator] = {}
EXECUTE: dict[str, Executor] = {}


class Abandoned(Exception):
    """An uncalled function takes so much work that it is given up; caught where it was started."""


class Engine(Records):
    """Everything one whole-program run knows. Not thread-safe; make one per scan."""

    def __init__(self, index: ModuleIndex, models: Models):
        super().__init__()
        self.index = index
        self.models = models
        self.table = ValueTable()
        files = {m.path: m.facts for m in index.by_path.values()}
        self.relevance = Relevance(files, library_seeds(models, packages_of(files)))
        self.heap = Heap(self.table)
        self.files = FileStore()
        self.assumptions = Assumptions(files)
        self.ledger = Ledger()
        #: The innermost call running that an assumption speaks of.
        self.extent: Assumption | None = None
        self.table.order = pointer_key
        self.stack: list[Frame] = []
        self.trace: list[tuple[str, int, str]] = []
        self.loops: tuple[int, ...] = ()
        self.loop_base: list[int] = []
        self.pass_serial = 0
        self.modules: dict[str, Frame] = {}
        self.deferred: list[tuple[Frame, Body]] = []
        self.generic: dict[Class, Value] = {}
        self.owners: dict[tuple[str, int], Class] = {}
        self.labels: dict[Label, Label] = {}
        self.write_sites: dict[Any, tuple[str, int]] = {}
        self.captured: set[Obj] = set()
        self.dotted_names: dict[str, tuple[str, int]] = {}
        self.trained: set[Value] = set()
        self.recent_feeds: dict[Frame, frozenset[int]] = {}
        self.function_defaults: dict[Func, dict[str, Value]] = {}
        self.control: list[frozenset[Label]] = []
        self.generators: dict[str, Obj] = {}
        self.allocated: list[list[Obj]] = []
        self.mode = "program"
        self.root_is_test = False
        self.runs_tests = True
        #: Does the program have so many functions that few calls of each are followed?
        self.large = False
        #: Are functions run again because of files that were written later?
        self.rereads = False
        #: Names of the functions that were asked for or marked.
        self.asked_names: frozenset[str] = frozenset()
        #: Test files that show how a function which was asked for is used.
        self.telling_tests: set[str] = set()
        #: What was run, in earlier rounds, too.
        self.coverage = Coverage()
        self.steps = 0
        self.root_steps = 0
        self.root_limit = ROOT_BUDGET
        self.hard_limit = STATEMENT_BUDGET
        self.plain_loops: dict[Any, int] = {}
        #: Whose loops run now that may be loops over configurations.
        self.watched: list[Frame] = []
        #: The number of the loop which a script runs now and which may be one over configurations: calls in it are
        #: counted anew.
        self.driving = ""
        self.next_loop = 1
        self.next_pass = 0
        self.start_classes()
        self.start_contexts()

    def start_classes(self) -> None:
        """What is known of classes, and of what is stored in library names: nothing yet."""
        self.class_frames: dict[Class, Frame] = {}
        self.mro_cache: dict[Class, tuple[Any, ...]] = {}
        self.class_bases: dict[Class, tuple[Any, ...]] = {}
        self.open_classes: set[Class] = set()
        self.record_classes: set[Class] = set()
        #: The metaclass of each class that has one of the project's.
        self.metaclasses: dict[Class, Class] = {}
        #: The files that were made, where a branch may decide about it (see :mod:`seamcheck.flow.presence`).
        self.present: Obj | None = None
        #: What the program stored under library names (see :mod:`seamcheck.flow.patches`).
        self.patched: Obj | None = None
        #: Classes that a metaclass is making.
        self.making: list[Class] = []
        #: Special methods that some class of the project defines (see :mod:`seamcheck.flow.specials`).
        self.special: set[str] = set()
        #: What libraries do to things of a class, by what those hold, and the results of training that it gives.
        self.conversions: dict[Any, list[tuple[tuple[Effect, ...], frozenset[Label]]]] = {}
        self.subclasses: dict[Class, dict[Class, None]] = {}
        self.stored_attributes: dict[tuple[str, int], frozenset[str]] = {}

    def start_contexts(self) -> None:
        """What is known of functions and their contexts: nothing yet (see :mod:`seamcheck.flow.contexts`)."""
        self.memo: dict[Any, Summary] = {}
        #: What the decorators of a function made of it, by (module, index).
        self.decorated: dict[tuple[str, int], Value] = {}
        self.latest: dict[Any, Summary] = {}
        #: Of contexts that other calls were compared with (see :mod:`seamcheck.flow.likeness`).
        self.shapes: dict[Any, tuple[Shape, ...]] = {}
        #: Functions with calls that the bound on contexts left out, and those that were run with symbolic arguments
        #: (see :mod:`seamcheck.flow.left_out`).
        self.left_out: set[tuple[str, int]] = set()
        #: Those of them that the program itself calls.
        self.left_out_in_program: set[tuple[str, int]] = set()
        self.run_alone: set[tuple[str, int]] = set()
        self.active: dict[Any, list[Any]] = {}
        #: The partials whose calls run now.
        self.running_partials: list[Obj] = []
        self.active_count: dict[tuple[str, int], int] = {}
        self.runs: dict[Any, int] = {}
        #: Statements that were run below a function, as ``runs`` counts it.
        self.work: defaultdict[Any, int] = defaultdict(int)
        self.handed: defaultdict[tuple[str, int], set[tuple[str, int]]] = defaultdict(set)
        self.flat: dict[Any, dict[str, Value]] = {}
        self.growth: dict[tuple[str, int], int] = {}
        self.merged: dict[Any, dict[str, Value]] = {}
        self.contexts: dict[tuple[str, int], list[Any]] = {}
        self.visited: dict[tuple[str, int], set[str]] = {}
        self.frames: dict[Any, Frame] = {}
        self.summaries: dict[tuple[str, int], list[Frame]] = {}
        #: Where something called is not known; noted for the call graph only.
        self.open_places: set[tuple[str, int]] | None = None
        #: What is known to be called in the statement of a line.
        self.known_places: dict[tuple[str, int], set[str]] = {}
        #: Functions that keep their results, by (module, index), and whether they certainly do; what each gave in
        #: trials, with the loops it was made in; results from before trials by function and arguments (see
        #: :mod:`seamcheck.flow.cached_calls`).
        self.kept_functions: dict[tuple[str, int], bool] = {}
        self.kept_objects: dict[tuple[str, int], dict[Obj, tuple[int, ...]]] = {}
        self.kept_results: dict[Any, Value] = {}

    def forget(self) -> None:
        """Drop what only running needs: a third of the memory of a large program."""
        for summary in self.memo.values():
            summary.touched.clear()
        self.table.forget()

    # -- running -------------------------------------------------------------------------------------

    def evaluate(self, frame: Frame, node: Node) -> Value:
        """The value of an expression, with its effects."""
        found = EVALUATE[node[0]](self, frame, node)
        return self.table.plain if found is self.table.empty else found

    def block(self, frame: Frame, body: Body) -> int:
        """Run statements; EXIT if control never reaches the end."""
        status = FALL
        tails: list[frozenset[Label]] = []
        for node in body:
            self.steps += 1
            self.root_steps += 1
            if self.root_steps > self.hard_limit:
                raise Abandoned
            frame.statement = (node[1], node[2])
            if EXECUTE[node[0]](self, frame, node) == EXIT:
                status = EXIT
                break
            if frame.tail:
                # A branch left early: what follows runs only if its test said so.
                tails.append(frame.tail)
                frame.tail = frozenset()
                self.heap.enter()
        for control in reversed(tails):
            self.heap.leave(control)
            frame.tail |= control  # the statements around this block follow it, too
        return status

    @property
    def surroundings(self) -> Any:
        """What tells contexts of a function apart besides its arguments: trial loops, and an assumption around."""
        return self.loops if self.extent is None else (self.loops, self.extent)

    @property
    def sparing(self) -> bool:
        """Are few calls of each function followed: in a large program, or where much was run already?"""
        return self.large or self.steps > SPARING

    @property
    def over_budget(self) -> bool:
        """Is the bound on work reached, so that calls are no longer stepped into?"""
        return self.root_steps > self.root_limit or self.steps > STATEMENT_BUDGET

    # -- values --------------------------------------------------------------------------------------

    def label(
        self,
        kind: str,
        message: str,
        frame: Frame,
        line: int,
        detail: str = "",
        loops: tuple[int, ...] | None = None,
    ) -> Label:
        """A label born here, with the calls that led here first since the innermost trial began."""
        born = Label(kind, message, frame.path, line, self.loops if loops is None else loops, detail)
        known = self.labels.get(born)
        if known is None:
            start = self.loop_base[-1] if self.loop_base else max(0, len(self.trace) - 3)
            known = self.labels[born] = born._replace(trace=tuple(self.trace[start:][-4:]))
        if self.extent is not None and kind in (RANDOM, CLOCK):
            self.ledger.born[self.extent].add(known)
        return known

    def unknown(self, message: str, frame: Frame, line: int, kind: str = DYNAMIC, detail: str = "") -> Value:
        """A value about which nothing is known, and where knowledge stopped."""
        return self.table.value(frozenset(), frozenset((self.label(kind, message, frame, line, detail),)))

    def join_all(self, values: Any) -> Value:
        """The value that may be any of these."""
        out = self.table.empty
        for v in values:
            out = self.table.join(out, v)
        return out

    def labels_of(self, v: Value) -> frozenset[Label]:
        """All labels of a value and of what it holds."""
        return self.heap.deep_labels(v)

    def allocate(self, node_key: Any, frame: Frame, kind: str, type_: Any, line: int) -> Obj:
        """The object that this place makes in this context; fresh again in each trial.

        A loop over configurations runs once before it is known to be one: what a trial makes is not what was made then.
        """
        key = (node_key, frame, kind, self.loops)
        obj, new = self.heap.allocate(key, kind, type_, (frame.path, line), self.loops)
        if new:
            obj.serial_pass = self.pass_serial
        elif obj.serial_pass != self.pass_serial and self.loops and self.loops[-1] in obj.loops:
            obj.serial_pass = self.pass_serial
            self.heap.renew(obj)
        elif kind != "data":
            obj.summary = True
        if self.allocated:
            self.allocated[-1].append(obj)
        return obj

    def data(
        self,
        node_key: Any,
        frame: Frame,
        line: int,
        labels: frozenset[Label],
        type_: str = "seamcheck.types.Data",
    ) -> Value:
        """A fresh array or frame with these labels."""
        obj = self.allocate(node_key, frame, "data", type_, line)
        obj.site = (frame.path, frame.statement[0])
        return self.table.pointer(obj, labels)

    # -- effects -------------------------------------------------------------------------------------

    def effect(self, frame: Frame, effect: Effect) -> None:
        """Note something this call does."""
        frame.effects[effect] = None
        if self.open_places is not None and effect.kind in OPEN_EFFECTS:
            self.open_places.add((effect.path, effect.line))

    def edge(self, caller: Frame, callee: str) -> None:
        """Add to the call graph."""
        self.edges.setdefault(self.graph_name(caller), {})[callee] = None
        if self.open_places is not None:
            self.known_places.setdefault((caller.path, caller.statement[0]), set()).add(callee)

    def graph_name(self, frame: Frame) -> str:
        """The dotted name of the code a frame runs: a class body belongs to its surroundings."""
        while frame.is_class and frame.parent is not None:
            frame = frame.parent
        return frame.name

    def function_name(self, func: Func) -> str:
        """The dotted name of a function in the call graph."""
        return self.dotted(self.index.by_name[func.module], func.index)

    def by_dotted(self) -> dict[str, tuple[str, int]]:
        """Functions of the project by their dotted name."""
        if not self.dotted_names:
            for module in self.index.by_name.values():
                for index in range(len(module.facts.functions)):
                    self.dotted_names[self.dotted(module, index)] = (module.name, index)
        return self.dotted_names

    def dotted(self, module: SourceModule, index: int) -> str:
        """``package.module.Class.method`` of a function; lambdas count within their scope."""
        facts = module.facts.functions[index]
        name = facts.qualname.replace(".<locals>", "")
        if facts.name == "<lambda>":
            earlier = sum(1 for f in module.facts.functions[:index] if f.qualname == facts.qualname)
            name = f"{name[:-1]}{earlier + 1}>"
        return f"{module.name}.{name}"
