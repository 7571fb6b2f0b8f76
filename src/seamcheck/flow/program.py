"""Runs the whole project: module bodies, main guards, then whatever nobody called, with symbolic arguments."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from seamcheck.facts.directives import marked_consumers
from seamcheck.facts.ir import FileFacts, FunctionFacts
from seamcheck.flow import (
    callers,
    calls,
    classes,
    commands,
    comparisons,
    contexts,
    expressions,
    left_out,
    names,
    statements,
    wiring_kedro,
)
from seamcheck.flow.coverage import functions_in, is_large
from seamcheck.flow.definitions import enclosing
from seamcheck.flow.engine import (
    HARD,
    ROOT_BUDGET,
    SMALL_BUDGET,
    STATEMENT_BUDGET,
    TEST_BUDGET,
    TOO_LARGE,
    Abandoned,
    Engine,
)
from seamcheck.flow.files import TESTS
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DETAILED, PARAM, Label
from seamcheck.flow.modules import ModuleIndex, SourceModule
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import call_at
from seamcheck.flow.values import Class, Func, Value
from seamcheck.libraries.models import Models

#: Python frames that one analysed call may need, times the analysed call depth, with room to spare.
RECURSION_LIMIT = 30_000
#: Rounds in which files written by one root are read by another.
FILE_ROUNDS = 5
_ = (comparisons, expressions, statements)  # imported for the handlers they register


def analyse(
    files: Mapping[str, FileFacts],
    models: Models,
    source_roots: Iterable[str] = (),
    progress: Callable[[str, int, int], None] | None = None,
    asked: Iterable[str] | None = (),
    tests: bool = False,
) -> Engine:
    """Run the project and return the engine with what it recorded.

    Functions that nobody calls are run where they may lead to training; ``asked`` names others to run, too, as
    ``path::qualname``: None for all. Test suites exercise a program and are no use of it: their code is run where
    other code imports it, where it shows how a function that was asked for is used, with ``tests``, and where
    nothing but tests was given.
    """
    named = None if asked is None else frozenset(asked)
    eng = Engine(ModuleIndex(files, source_roots), models)
    if asked is None:
        for_graph(eng)
    eng.runs_tests = tests or asked is None or all(m.is_test for m in eng.index.by_path.values())
    eng.asked_names = names_asked_for(eng, named)
    eng.telling_tests = {
        m.name for m in eng.index.by_path.values() if m.is_test and is_shown_by(eng.asked_names, m)
    }
    eng.large = is_large(functions_in(files))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    collecting = gc.isenabled()
    gc.disable()  # values and frames live to the end: collecting among them costs time and frees little
    try:
        eng = in_rounds(eng, progress, named)
        reread(eng)
        run_left_out(eng, named)
        if named is None:
            from seamcheck.flow.declared.functions import add_edges

            add_edges(eng)  # for the call graph alone: no verdict rests on what is only declared
        eng.forget()
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()
    return eng


def in_rounds(
    eng: Engine, progress: Callable[[str, int, int], None] | None, asked: frozenset[str] | None
) -> Engine:
    """Run the project until its files bring no news to who reads them; in the last round such reads are unknown.

    What the program does by itself comes to rest before anything else is run: that is run once, mostly.
    """
    first = True
    for number in range(FILE_ROUNDS):
        eng.files.unsettled = last = number == FILE_ROUNDS - 1
        run_modules(eng, progress, asked)
        if last or not more_to_read(eng, number == 0):
            eng.files.stale.pop(None, None)
            eng.files.news = False
            run_rest(eng, progress, asked)
            if last or not more_to_read(eng, first):
                break
            first = False
        eng = again(eng)
    return eng


def more_to_read(eng: Engine, first: bool) -> bool:
    """Would the program read something else now? Later, no news is enough: labels differ by where they were born."""
    return None in eng.files.stale and (first or eng.files.news)


def for_graph(eng: Engine) -> None:
    """Note what the call graph needs."""
    eng.open_places = set()


def tests_left(eng: Engine) -> frozenset[str]:
    """Files of test suites that were not run, not even by an import."""
    return frozenset(m.path for m in eng.index.by_path.values() if m.is_test and m.name not in eng.modules)


def again(old: Engine) -> Engine:
    """A fresh engine that knows what the last round wrote to files; loops and feeds are numbered anew."""
    eng = Engine(old.index, old.models)
    eng.runs_tests, eng.telling_tests = old.runs_tests, old.telling_tests
    eng.asked_names, eng.coverage, eng.large = old.asked_names, old.coverage, old.large
    if old.open_places is not None:
        for_graph(eng)
    for before, now in (
        (old.files.written, eng.files.written),
        (old.files.by_format, eng.files.by_format),
        (old.files.whole, eng.files.whole),
    ):
        for name, labels in before.items():
            kept = (label._replace(loops=()) for label in labels if label.kind not in DETAILED)
            now[name] = frozenset(kept)
    return eng


def reread(eng: Engine) -> None:
    """Run uncalled functions again that read files which others wrote only later."""
    stale, eng.files.stale = eng.files.stale, {}
    eng.rereads = True
    with callers.afresh(eng):
        for reader in stale:
            if reader is not None and reader != TESTS:
                run_one(eng, eng.index.by_name[reader[0]], reader[1])
    eng.rereads = False


def in_order(eng: Engine) -> list[SourceModule]:
    """The modules of the project, tests last."""
    modules = [eng.index.by_name[name] for name in sorted(eng.index.by_name)]
    return sorted(modules, key=lambda m: (m.is_test, m.path))


def run_modules(
    eng: Engine, progress: Callable[[str, int, int], None] | None, asked: frozenset[str] | None
) -> None:
    """What the program does by itself: the bodies of its modules, in the order Python would run them."""
    modules = in_order(eng)
    for position, module in enumerate(modules):
        if progress is not None:
            progress("modules", position, len(modules))
        eng.root_is_test = module.is_test
        if wanted(eng, module, asked):
            eng.files.reader = TESTS if module.is_test else None
            guarded(eng, module, partial(names.run_module, eng, module))
    eng.files.reader = None
    eng.deferred.sort(key=lambda pair: (pair[0].module.is_test, pair[0].path))
    for frame, body in eng.deferred:
        eng.root_is_test = frame.module.is_test
        guarded(eng, frame.module, partial(run_guard, eng, frame, body))


def run_rest(
    eng: Engine, progress: Callable[[str, int, int], None] | None, asked: frozenset[str] | None
) -> None:
    """What the program defines and nobody was seen to call, with symbolic arguments."""
    modules = in_order(eng)
    eng.mode = "generic"
    eng.root_is_test = False
    for module, index in wiring_kedro.definitions(eng, modules):
        run_one(eng, module, index)
    for module, work in wiring_kedro.defined(eng, modules):
        guarded(eng, module, work)
    for module, index in callers.unseen(eng, modules, asked):
        with callers.afresh(eng):
            run_one(eng, module, index)
    for position, module in enumerate(modules):
        if progress is not None:
            progress("functions", position, len(modules))
        eng.root_is_test = module.is_test
        run_uncalled(eng, module, asked)
    eng.root_is_test = False


def run_left_out(eng: Engine, asked: frozenset[str] | None) -> None:
    """Calls that no bound on contexts let in, where a good verdict may rest on them."""
    if asked is None:
        return
    for module_name, index in left_out.loops_below(eng):
        with callers.afresh(eng):
            run_one(eng, eng.index.by_name[module_name], index)
    named = callers.asked_for(eng.index.by_path.values(), asked)
    left_out.open_consumers(eng, [(module.name, index) for module, index in named])


def guarded(eng: Engine, module: SourceModule, work: Callable[[], object]) -> None:
    """Run a root; what cannot be followed is a problem of that file, not the end of the scan."""
    eng.root_steps = 0
    relevant = eng.mode == "program" and not module.is_test and eng.relevance.relevant_module(module.facts)
    small = TEST_BUDGET if module.is_test else SMALL_BUDGET
    eng.root_limit = ROOT_BUDGET if relevant else small
    eng.hard_limit = HARD * small if eng.mode == "generic" else STATEMENT_BUDGET
    state = (
        list(eng.stack),
        list(eng.trace),
        eng.loops,
        list(eng.loop_base),
        list(eng.heap.regions),
        list(eng.allocated),
    )
    try:
        work()
    except RecursionError:
        text = "nested too deeply to follow; verdicts that need this file are unknown"
        eng.problems.append((module.path, 1, text))
        reset(eng, state)
    except Abandoned:
        reset(eng, state)
    if relevant and eng.over_budget:
        eng.problems.append((module.path, 1, TOO_LARGE))


def reset(eng: Engine, state: tuple[Any, ...]) -> None:
    """Back to where a root was started, whatever it was in the middle of."""
    eng.stack, eng.trace, eng.loops, eng.loop_base, eng.heap.regions, eng.allocated = state
    eng.heap.partials, eng.control = [], []
    eng.active.clear()
    eng.running_partials.clear()
    eng.active_count.clear()
    eng.table.running.clear()
    eng.watched.clear()
    eng.driving = ""


def run_guard(eng: Engine, frame: Frame, body: tuple[tuple[object, ...], ...]) -> None:
    """The body behind ``if __name__ == "__main__"``."""
    eng.stack.append(frame)
    eng.heap.touched = {}
    eng.block(frame, body)
    eng.stack.pop()


def run_uncalled(eng: Engine, module: SourceModule, asked: frozenset[str] | None) -> None:
    """Functions of a module that no root reached (or only tests did), with symbolic arguments."""
    frame = eng.modules.get(module.name)
    if frame is None:
        return
    marked = marked_consumers(module.facts)
    for index, facts in enumerate(module.facts.functions):
        seen = eng.visited.get((module.name, index), set())
        if facts.parent != -1 or seen - {"test", "decorator"} or facts.name == "<lambda>":
            continue
        named = asked is None or facts.line in marked or f"{module.path}::{facts.qualname}" in asked
        usual = eng.runs_tests or not module.is_test or module.name in eng.telling_tests
        if named or (usual and eng.relevance.relevant(module.facts, facts)):
            run_one(eng, module, index)


def wanted(eng: Engine, module: SourceModule, asked: frozenset[str] | None) -> bool:
    """Can this file matter by itself? If not, it is run when another one imports it."""
    if asked is None or marked_consumers(module.facts):
        return True
    if any(name.startswith(f"{module.path}::") for name in asked):
        return True
    if module.is_test and not eng.runs_tests:
        return module.name in eng.telling_tests
    return eng.relevance.relevant_module(module.facts) or any(
        eng.relevance.relevant(module.facts, f) for f in module.facts.functions
    )


def names_asked_for(eng: Engine, asked: frozenset[str] | None) -> frozenset[str]:
    """Names of the functions that were asked for or marked, and of their classes: what a test of them mentions."""
    named = {tuple(name.partition("::")[2].split(".")[-2:]) for name in asked or ()}
    for module in eng.index.by_path.values():
        marked = marked_consumers(module.facts)
        named |= {tuple(f.qualname.split(".")[-2:]) for f in module.facts.functions if f.line in marked}
    return frozenset(part for parts in named for part in parts if part != "<locals>")


def is_shown_by(names: frozenset[str], module: SourceModule) -> bool:
    """Does this file mention one of these names?"""
    parts: tuple[FileFacts | FunctionFacts, ...] = (module.facts, *module.facts.functions)
    return bool(names) and any(
        not names.isdisjoint(name.removeprefix(".") for name in (*f.mentions, *f.calls)) for f in parts
    )


def run_one(eng: Engine, module: SourceModule, index: int) -> None:
    """One function with symbolic arguments."""
    frame, facts = eng.modules[module.name], module.facts.functions[index]
    eng.files.reader = TESTS if module.is_test else (module.name, index)
    if facts.owner != -1:
        guarded(eng, module, partial(run_method, eng, module, frame, index, facts))
    else:
        func = Func(module.name, index, None)
        guarded(eng, module, partial(call_symbolic, eng, frame, func, facts, []))
    eng.files.reader = None


def run_method(eng: Engine, module: SourceModule, frame: Frame, index: int, facts: FunctionFacts) -> None:
    """A method on the generic instance of its class."""
    cls = eng.owners.get((module.name, index))
    if cls is None or cls not in eng.class_frames:
        return
    func = Func(module.name, index, enclosing(eng.class_frames[cls]))
    kind = _kind(eng, cls, facts)
    if kind == "static":
        call_symbolic(eng, frame, func, facts, [])
    elif kind == "classmethod":
        call_symbolic(eng, frame, func, facts, [eng.table.pointer(cls)])
    else:
        receiver = generic_instance(eng, frame, cls)
        call_symbolic(eng, frame, func, facts, [receiver])


def _kind(eng: Engine, cls: Class, facts: FunctionFacts) -> str:
    found = classes.own(eng, cls, facts.name)
    for ptr in sorted_pointers(found) if found is not None else ():
        if isinstance(ptr, Obj) and ptr.kind in ("static", "classmethod"):
            return ptr.kind
    return "static" if not facts.params else "method"


def generic_instance(eng: Engine, frame: Frame, cls: Class) -> Value:
    """One instance that stands for all that callers make: built with symbolic arguments, changed only by adding."""
    known = eng.generic.get(cls)
    if known is not None:
        return known
    facts = classes.facts_of(eng, cls)
    init = classes.lookup(eng, cls, "__init__")
    obj, _ = eng.heap.allocate(("generic", cls), "instance", cls, (frame.path, facts.line), ())
    known = eng.generic[cls] = eng.table.pointer(obj)
    if init is not None:
        for ptr in sorted_pointers(init):
            if isinstance(ptr, Func):
                function = eng.index.by_name[ptr.module].facts.functions[ptr.index]
                call_symbolic(eng, frame, ptr, function, [known])
    elif any(c in eng.record_classes for c in classes.mro(eng, cls) if isinstance(c, Class)):
        for name, _default in classes.dataclass_fields(eng, cls):
            eng.heap.write(obj, name, symbolic(eng, frame, f"{facts.name}.{name}", facts.line, (cls, name)))
    obj.summary = True
    return known


def symbolic(eng: Engine, frame: Frame, name: str, line: int, key: object) -> Value:
    """Something a caller hands in."""
    obj, _ = eng.heap.allocate(("param", key), "param", name, (frame.path, line), ())
    label = Label(PARAM, f"`{name}` is given by the caller", frame.path, line, (), name)
    return eng.table.pointer(obj, frozenset((label,)))


def call_symbolic(eng: Engine, frame: Frame, func: Func, facts: FunctionFacts, head: list[Value]) -> None:
    """Call a function with symbolic arguments; parameters with defaults may be either."""
    eng.run_alone.add((func.module, func.index))
    positional = list(head)
    keywords: list[tuple[str, Value]] = []
    defaults = eng.function_defaults.get(func, {})
    rest = keyword_rest = None
    for param in facts.params[len(head) :]:
        v = commands.settings(eng, frame, func, param.name, facts.line) or symbolic(
            eng, frame, param.name, facts.line, (func, param.name)
        )
        if param.name in defaults:
            v = eng.table.join(v, defaults[param.name])
        if param.kind in ("pos", "posonly"):
            positional.append(v)
        elif param.kind == "kwonly":
            keywords.append((param.name, v))
        elif param.kind == "var":
            rest = v
        else:
            keyword_rest = v
    eng.stack.append(frame)
    eng.heap.touched = {}
    saved = frame.effects
    frame.effects = {}
    contexts.call_function(
        eng,
        frame,
        func,
        calls.Args(tuple(positional), tuple(keywords), rest, keyword_rest),
        call_at(facts.line, facts.line),
    )
    frame.effects = saved
    eng.stack.pop()
