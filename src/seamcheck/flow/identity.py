"""What differs from object to object or from run to run: ``id``, ``hash``, the text of a plain object, "now"."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import calls, classes, handlers
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.handlers import Handler
from seamcheck.flow.labels import CLOCK, ENVIRONMENT, Label
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Bound, Const, Func, Sym, Value

#: Words that stand for the moment they are read.
NOW = frozenset({"now", "today"})
#: Methods that give an object its text.
TEXT = ("__str__", "__repr__", "__format__")


def id_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``id(x)``: where an object lies in memory."""
    text = "`id` of an object depends on where it lies in memory"
    return eng.table.value(
        frozenset(), calls.labels_of_args(eng, args) | {eng.label(ENVIRONMENT, text, frame, node[1])}
    )


def hash_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``hash(x)``: certain for numbers only; that of a string depends on the process, of an object on its address."""
    labels = calls.labels_of_args(eng, args)
    given = handlers.first(eng, args)
    if not given.ptrs or not all(
        isinstance(p, Const) and p.tag in ("int", "float", "bool") for p in given.ptrs
    ):
        text = "`hash` depends on the process or on where an object lies in memory"
        labels |= {eng.label(ENVIRONMENT, text, frame, node[1])}
    return eng.table.value(frozenset(), labels)


def moment(name: str) -> Handler:
    """A maker of dates that understands "now": the clock then, else what the model says."""

    def handler(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value | None:
        words = {str(p.value).lower() for v in args.all() for p in v.ptrs if isinstance(p, Const)}
        if words.isdisjoint(NOW):
            return None
        labels = calls.labels_of_args(eng, args)
        labels |= {eng.label(CLOCK, f"`{name}` reads the clock", frame, node[1])}
        return eng.table.value(frozenset(), labels)

    return handler


def address(eng: Engine, frame: Frame, v: Value, line: int) -> frozenset[Label]:
    """Labels of the text of objects that say nothing of themselves but where they lie in memory."""
    if not eng.loops or not v.ptrs or not any(_nameless(eng, p) for p in sorted_pointers(v)):
        return frozenset()
    text = "the text of an object without `__repr__` is where it lies in memory"
    return frozenset((eng.label(ENVIRONMENT, text, frame, line),))


def _nameless(eng: Engine, ptr: object) -> bool:
    if not isinstance(ptr, Obj):
        return isinstance(ptr, Func | Bound)
    if ptr.kind == "lib":
        return ptr.type == PLAIN_OBJECT or eng.models.category(ptr.type) == "trial"
    if ptr.kind != "instance" or any(c in eng.record_classes for c in classes.mro(eng, ptr.type)):
        return False
    if any(classes.lookup(eng, ptr.type, name) is not None for name in TEXT):
        return False
    return all(not isinstance(c, Sym) or c.name == PLAIN_OBJECT for c in classes.mro(eng, ptr.type))


#: An instance of ``object`` itself.
PLAIN_OBJECT = "builtins.object"


def object_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``object()``: something that is nothing but itself."""
    obj = eng.allocate((node[1], node[2], "object"), frame, "lib", PLAIN_OBJECT, node[1])
    return eng.table.pointer(obj)


FUNCTIONS: dict[str, Handler] = {
    "builtins.id": id_,
    "builtins.hash": hash_,
    "builtins.object": object_,
    "pandas.Timestamp": moment("pandas.Timestamp"),
    "pandas.to_datetime": moment("pandas.to_datetime"),
    "numpy.datetime64": moment("numpy.datetime64"),
}
