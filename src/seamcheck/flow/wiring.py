"""Frameworks that call functions of the project by name: what their models of execution share.

A framework keeps what it was told (modules, nodes, edges) in fields of the object that the program builds, so that
branches, loops and copies treat it like any other object. When the program runs that object, the functions are
called as plain calls would be. What cannot be resolved makes the result unknown and the trial, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from seamcheck.facts.ir import FunctionFacts, Node
from seamcheck.flow.engine import Engine
from seamcheck.flow.files import patterns
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.handlers import Handler
from seamcheck.flow.labels import CLOCK, DYNAMIC, EXTERNAL, IO, LOOPVAR, MUTATION, PARAM, RANDOM, TRIAL, Label
from seamcheck.flow.objects import ANY, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import Place, call_at
from seamcheck.flow.values import Const, Func, Value

if TYPE_CHECKING:
    from seamcheck.flow import calls

#: A method of an object of a framework: None hands the call back to the model in ``rules/``.
MethodHandler = Callable[[Engine, Frame, Obj, "calls.Args", Node], "Value | None"]
METHODS: dict[str, MethodHandler] = {}
#: Constructors and functions of the frameworks, for the table of intrinsics.
FUNCTIONS: dict[str, Handler] = {}
#: What a choice (of a node, an output, a branch) brings to what was chosen.
CHOICE = frozenset({TRIAL, RANDOM, CLOCK, MUTATION, LOOPVAR, DYNAMIC, EXTERNAL, PARAM})
#: Field in which an object keeps why it is not known.
DOUBT = "<doubt>"
NOTHING: frozenset[Label] = frozenset()


def handler(eng: Engine, type_name: str, name: str) -> MethodHandler | None:
    """What a method of a framework's object does; ``TYPE.*`` stands for those that no model lists."""
    found = METHODS.get(f"{type_name}.{name}")
    if found is None and f"{type_name}.*" in METHODS and eng.models.method(type_name, name) is None:
        return METHODS[f"{type_name}.*"]
    return found


def not_followed(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value | None:
    """A method that may change what an object will run; its own result is unknown."""
    doubt(eng, frame, obj, "a method without a model may have changed what is wired", node[1])
    return None


def place(node: Node, name: str = "") -> Node:
    """A node for what a framework does at a call."""
    return Place(("call", node[1], node[2], name)) if name else call_at(node[1], node[2])


def facts_of(eng: Engine, func: Func) -> FunctionFacts:
    """What the source says of a function."""
    return eng.index.by_name[func.module].facts.functions[func.index]


def is_top_level(eng: Engine, ptr: object) -> bool:
    """A function that stands by itself in a module, undecorated or kept as it was by its decorators."""
    return (
        isinstance(ptr, Func)
        and ptr.frame is None
        and (facts := facts_of(eng, ptr)).parent == -1
        and facts.owner == -1
        and facts.name != "<lambda>"
    )


def stopped(eng: Engine, frame: Frame, node: Node, api: str, message: str) -> Value:
    """Something of the wiring that is not known: the value is unknown, and so is the trial that runs it."""
    eng.effect(frame, Effect("external", frame.path, node[1], f"{api} ({message})"))
    return eng.unknown(message, frame, node[1])


def call(
    eng: Engine, frame: Frame, func: Value, positional: tuple[Value, ...], named: dict[str, Value], node: Node
) -> Value:
    """Call what stands for a node."""
    from seamcheck.flow import calls

    return calls.call(eng, frame, func, calls.Args(positional, tuple(named.items())), place(node))


def run_blindly(eng: Engine, frame: Frame, func: Value, node: Node) -> None:
    """Run a function of which only the body is known: what it trains is seen, with unknown arguments."""
    from seamcheck.flow import calls, opaque

    opaque.run_callables(eng, frame, calls.Args((func,)), node, unknown=True)


def choice(eng: Engine, v: Value) -> frozenset[Label]:
    """What the result of a choice carries on from what decided it."""
    return frozenset(label for label in eng.labels_of(v) if label.kind in CHOICE)


def words(v: Value) -> list[str] | None:
    """The strings a value may be, or None if it may be anything else."""
    found = [p.value for p in sorted_pointers(v) if isinstance(p, Const) and isinstance(p.value, str)]
    return found if found and len(found) == len(v.ptrs) else None


def listed(eng: Engine, v: Value) -> list[Value] | None:
    """The elements of a list, tuple or set if all are known: in order where it has one."""
    from seamcheck.flow import iteration

    items = iteration.known_items(eng, v)
    if items is not None:
        return items
    out: list[Value] = []
    for ptr in sorted_pointers(v):
        if not isinstance(ptr, Obj) or ptr.kind not in ("list", "tuple", "set"):
            return None
        for field in eng.heap.keys(ptr):
            inner = eng.heap.read(ptr, field) or eng.table.empty
            if field == ANY and not inner.ptrs:
                return None
            out.append(eng.table.labelled(inner, v.labels | ptr.labels))
    return out if out else None


def argument(args: calls.Args, position: int, name: str) -> Value | None:
    """An argument by place or by name."""
    if len(args.positional) > position:
        return args.positional[position]
    return dict(args.keywords).get(name)


def is_given(v: Value | None) -> bool:
    """Is this argument there, and not certainly None, False or an empty default?"""
    if v is None:
        return False
    return not all(isinstance(p, Const) and not p.value for p in v.ptrs) or (not v.ptrs and bool(v.labels))


def write_file(eng: Engine, frame: Frame, path: Value | None, labels: frozenset[Label], node: Node) -> None:
    """A framework stores a value: code that reads the file gets these labels."""
    from seamcheck.flow import library_effects

    names = patterns(library_effects.resolve_path(eng, path)) if path is not None else ["*"]
    if eng.loops:
        labels |= {eng.label(IO, "written in a trial and read again", frame, node[1])}
    if eng.files.write(names, labels, eng.pass_serial):
        eng.heap.epoch += 1  # summaries made before may have read the file


def symbolic(eng: Engine, frame: Frame, name: str, key: object) -> Value:
    """Data that are given from outside the program, the same for every trial: one object per name."""
    obj, _ = eng.heap.allocate(
        ("param", "wired", key, name), "param", name, (frame.path, frame.statement[0]), ()
    )
    label = Label(PARAM, f"`{name}` is given from outside", frame.path, frame.statement[0], (), name)
    return eng.table.pointer(obj, frozenset((label,)))


def doubt(eng: Engine, frame: Frame, obj: Obj, message: str, line: int) -> None:
    """Note on an object why what it runs is not known."""
    eng.heap.write(obj, DOUBT, eng.unknown(message, frame, line), weak=True)


def doubts(eng: Engine, frame: Frame, obj: Obj, api: str, node: Node) -> frozenset[Label]:
    """What was noted, stated again where the object runs."""
    noted = eng.heap.read(obj, DOUBT)
    if noted is None:
        return NOTHING
    for label in sorted(noted.labels)[:1]:
        stopped(eng, frame, node, api, label.message)
    return noted.labels
