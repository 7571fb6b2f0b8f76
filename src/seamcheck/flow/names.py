"""Names: where a variable lives, and what an import binds."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import given, patches
from seamcheck.flow.builtin_names import BUILTIN_NAMES
from seamcheck.flow.engine import EVALUATE, EXECUTE, FALL, ROOT_BUDGET, SMALL_BUDGET, TOO_LARGE, Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import DYNAMIC, DYNAMICS, EXTERNAL, PARAM, TRIAL
from seamcheck.flow.modules import SourceModule
from seamcheck.flow.objects import Obj
from seamcheck.flow.values import Deferred, Module, Sym, Value

UNKNOWN = frozenset({DYNAMIC, EXTERNAL})


def module_frame(eng: Engine, frame: Frame) -> Frame:
    """The frame of the module that a frame's code stands in."""
    return eng.modules[frame.module.name]


def find(eng: Engine, frame: Frame, name: str) -> Frame | None:
    """The frame whose variable a name means, or None where no frame binds it (yet)."""
    if name in frame.declared_global:
        return module_frame(eng, frame)
    here: Frame | None = frame
    while here is not None:
        if name in here.fields and not (here.is_class and here is not frame):
            return here
        if here.facts is not None and name in here.facts.assigned and name not in here.declared_nonlocal:
            return here
        here = here.parent
    outer = module_frame(eng, frame)
    return outer if name in outer.fields else None


def load(eng: Engine, frame: Frame, name: str, line: int) -> Value:
    """The value of a variable; builtins last."""
    home = find(eng, frame, name)
    if home is not None:
        found = home.fields.get(name)
        if home is not frame:
            if home.facts is None:
                eng.heap.settle(home, name, found)
            else:
                eng.heap.touched.setdefault((home, name), found)
        if found is not None:
            return undefer(eng, found) if len(found.ptrs) == 1 else found
        return eng.table.empty
    if name in BUILTIN_NAMES:
        builtin = "builtins." + name
        return eng.table.pointer(Sym(builtin)) if eng.patched is None else patches.symbol(eng, builtin)
    if name in ("__name__", "__file__", "__doc__", "__qualname__", "__package__", "__spec__", "__module__"):
        return eng.table.empty
    return from_star(eng, frame, name, line)


def undefer(eng: Engine, value: Value) -> Value:
    """Look up a name whose module was still running when it was imported."""
    (ptr,) = value.ptrs
    if isinstance(ptr, Deferred):
        home = eng.modules.get(ptr.module)
        found = home.fields.get(ptr.name) if home is not None else None
        return found if found is not None and found is not value else eng.table.empty
    return value


def from_star(eng: Engine, frame: Frame, name: str, line: int) -> Value:
    """A name that only a star import of a library can have bound."""
    stars = module_frame(eng, frame).stars
    for star in stars:
        full = eng.models.canonical(f"{star}.{name}")
        if eng.models.call(full) is not None or eng.models.type(full) is not None:
            return eng.table.pointer(Sym(full))
    if len(stars) == 1:
        return eng.table.pointer(Sym(eng.models.canonical(f"{stars[0]}.{name}")))
    reason = "may come from one of several star imports" if stars else "is not defined in the project"
    return eng.unknown(f"`{name}` {reason}", frame, line)


def store(eng: Engine, frame: Frame, name: str, value: Value) -> None:
    """Bind a variable in the frame that owns it."""
    if value is eng.table.empty:
        value = eng.table.plain
    home: Frame | None = frame
    if name in frame.declared_global:
        home = module_frame(eng, frame)
    elif name in frame.declared_nonlocal:
        home = frame.parent
        while home is not None and (home.facts is None or name not in home.facts.assigned):
            home = home.parent
    if home is None or home is frame:
        if frame.facts is None and frame.fields.get(name, value) is not value:
            eng.heap.unsettle(frame, name)
        frame.fields[name] = value
        for states in frame.partials:
            old = states.get(name)
            states[name] = value if old is None else eng.table.join(old, value)
        frame.defs[name] = frame.statement
    else:
        eng.heap.write(home, name, value)


# -- imports -----------------------------------------------------------------------------------------------


def run_module(eng: Engine, module: SourceModule) -> Frame:
    """The namespace of a module; its body runs the first time, outside every loop and branch."""
    known = eng.modules.get(module.name)
    if known is not None:
        return known
    frame = eng.modules[module.name] = Frame(module, None, module.name, None, ("module", module.name))
    eng.coverage.imported.add(module.name)
    saved = (eng.loops, eng.loop_base, eng.heap.regions, eng.heap.touched, eng.allocated, eng.control)
    work = (eng.root_steps, eng.root_limit)
    relevant = eng.relevance.relevant_module(module.facts)
    eng.root_steps, eng.root_limit = 0, ROOT_BUDGET if relevant and not module.is_test else SMALL_BUDGET
    eng.loops, eng.loop_base, eng.heap.regions = (), [], []
    eng.heap.touched, eng.allocated, eng.control = {}, [], []
    eng.stack.append(frame)
    eng.block(frame, module.facts.body)
    eng.stack.pop()
    (eng.loops, eng.loop_base, eng.heap.regions, eng.heap.touched, eng.allocated, eng.control) = saved
    if relevant and eng.over_budget:
        eng.problems.append((module.path, 1, TOO_LARGE))
    eng.root_steps, eng.root_limit = work
    return frame


def modelled(eng: Engine, name: str, module: SourceModule | None) -> str | None:
    """The canonical name if a library model describes it, even where the project is that library."""
    full = eng.models.canonical(name)
    if module is not None and not (
        eng.models.known_package(full) and full != name.partition(".")[0] and _is_library(eng, module)
    ):
        return None
    if eng.models.call(full) is not None or eng.models.type(full) is not None:
        return full
    return None


def _is_library(eng: Engine, module: SourceModule) -> bool:
    """Does this module stand in a regular package (a script beside ours is never a library)?"""
    top = module.name.partition(".")[0]
    package = eng.index.by_name.get(top)
    return package is not None and package.is_package


def module_value(eng: Engine, importer: SourceModule, name: str) -> Value:
    """What ``import name`` gives, by the whole dotted name."""
    module = eng.index.resolve(importer, name)
    if module is not None:
        run_module(eng, module)
        return eng.table.pointer(Module(module.name))
    if name == "__main__":
        return eng.table.pointer(Module(importer.name))
    return patches.symbol(eng, eng.models.canonical(name))


def member(eng: Engine, module: SourceModule, name: str) -> Value | None:
    """An attribute of a module: its variable, else a submodule, else what ``__getattr__`` gives."""
    frame = run_module(eng, module)
    found = frame.fields.get(name)
    eng.heap.settle(frame, name, found)
    if found is not None:
        return undefer(eng, found) if len(found.ptrs) == 1 else found
    inner = eng.index.submodule(module, name)
    if inner is not None:
        run_module(eng, inner)
        return eng.table.pointer(Module(inner.name))
    for star in frame.stars:
        full = eng.models.canonical(f"{star}.{name}")
        if len(frame.stars) == 1 or eng.models.call(full) or eng.models.type(full):
            return eng.table.pointer(Sym(full))
    return None


def exec_import(eng: Engine, frame: Frame, node: Node) -> int:
    """``import a.b`` binds ``a``; ``import a.b as c`` binds ``a.b``."""
    for name, alias in node[3]:
        whole = module_value(eng, frame.module, name)
        if alias:
            store(eng, frame, alias, whole)
            continue
        top = name.partition(".")[0]
        store(eng, frame, top, module_value(eng, frame.module, top) if "." in name else whole)
    return FALL


def exec_from(eng: Engine, frame: Frame, node: Node) -> int:
    """``from m import a as b``, relative and star forms included."""
    _, line, _, name, level, what = node
    if level:
        module = eng.index.relative(frame.module, name, level)
        dotted = ""
    else:
        module = eng.index.resolve(frame.module, name)
        dotted = name
    if what == "*":
        _star(eng, frame, module, dotted)
        return FALL
    for item, alias in what:
        store(eng, frame, alias or item, _imported(eng, frame, module, dotted, level, name, item, line))
    return FALL


def _imported(
    eng: Engine,
    frame: Frame,
    module: SourceModule | None,
    dotted: str,
    level: int,
    name: str | None,
    item: str,
    line: int,
) -> Value:
    full = modelled(eng, f"{dotted or (module.name if module else '')}.{item}", module)
    if full is not None:
        return patches.symbol(eng, full)
    if module is None:
        if not level:
            inner = eng.index.resolve(frame.module, f"{dotted}.{item}")
            if inner is not None and not eng.models.known_package(dotted):
                run_module(eng, inner)
                return eng.table.pointer(Module(inner.name))
            return patches.symbol(eng, eng.models.canonical(f"{dotted}.{item}"))
        stem = eng.index.absolute(frame.module, name, level)
        inner = eng.index.at(stem / item) if stem is not None else None
        if inner is not None:
            run_module(eng, inner)
            return eng.table.pointer(Module(inner.name))
        return eng.unknown(f"`{'.' * level}{name or ''}` is not in the project", frame, line)
    running = any(f.module is module and f.facts is None for f in eng.stack) or module.name not in eng.modules
    found = member(eng, module, item)
    if found is not None:
        return found
    if running:
        return eng.table.pointer(Deferred(module.name, item))
    return eng.unknown(f"`{module.name}` does not define `{item}`", frame, line)


def _star(eng: Engine, frame: Frame, module: SourceModule | None, dotted: str) -> None:
    if module is None:
        if dotted and dotted not in frame.stars:
            frame.stars.append(eng.models.canonical(dotted))
        return
    source = run_module(eng, module)
    exports = module.facts.exports
    eng.coverage.enumerated.add(source.module.name)
    for name, value in list(source.fields.items()):
        if (exports is None and not name.startswith("_")) or (exports is not None and name in exports):
            store(eng, frame, name, value)
    for star in source.stars:
        if star not in frame.stars:
            frame.stars.append(star)


def eval_name(eng: Engine, frame: Frame, node: Node) -> Value:
    """Load a variable; one that holds a result of training is a read of it."""
    found = load(eng, frame, node[2], node[1])
    if found.labels or found.ptrs:
        note_variable(eng, frame, found, node[2], node[1])
    return found


def note_variable(eng: Engine, frame: Frame, found: Value, name: str, line: int) -> None:
    """Record a variable that is itself a result of training, and one that an outer scope hands in."""
    trained = DYNAMICS in found.kinds
    data = False
    for ptr in found.holders:
        if isinstance(ptr, Obj):
            data = data or given.is_data(ptr, found.kinds)
            if ptr.labels and not trained:
                trained = any(label.kind == DYNAMICS for label in ptr.labels)
    if trained:
        eng.effect(frame, Effect("read", frame.path, line, name))
    elif TRIAL in found.kinds:
        eng.effect(frame, Effect("chosen", frame.path, line, name))
    elif (
        PARAM in found.kinds or (name not in frame.fields and not UNKNOWN.isdisjoint(found.kinds))
    ) and given.note(eng, frame, found.labels, name, line):
        pass
    elif data:
        eng.effect(frame, Effect("data", frame.path, line, name))
    if not frame.receives and not eng.loops and frame.facts is not None and name not in frame.fields:
        frame.receives = trained or _holds_result(eng, found)


def look(eng: Engine, frame: Frame, node: Node) -> Value:
    """An expression whose truth alone is asked: what a caller gave is no more than a switch there."""
    if node[0] == "name":
        found = load(eng, frame, node[2], node[1])
        if PARAM in found.kinds and not {DYNAMICS, TRIAL} & found.kinds:
            return found
    return eng.evaluate(frame, node)


def _holds_result(eng: Engine, found: Value) -> bool:
    if not found.holders and DYNAMICS not in found.kinds:
        return False
    from seamcheck.flow.contexts import is_trained

    return is_trained(eng, found)


EVALUATE["name"] = eval_name
EXECUTE["import"] = exec_import
EXECUTE["from"] = exec_from
