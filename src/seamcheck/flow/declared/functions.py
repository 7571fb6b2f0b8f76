"""Every function of the project once per round: what it returns and assigns, and the calls it makes."""

from __future__ import annotations

from seamcheck.facts.ir import FunctionFacts
from seamcheck.flow import classes
from seamcheck.flow.declared.atoms import EMPTY, Inst, Kind, Map, Seq, Type, held, one, shallow
from seamcheck.flow.declared.expressions import infer
from seamcheck.flow.declared.likely import Families
from seamcheck.flow.declared.scope import Scope
from seamcheck.flow.declared.statements import block
from seamcheck.flow.declared.world import World
from seamcheck.flow.engine import Engine
from seamcheck.flow.modules import SourceModule
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Class

#: In the later ones, what the first found out about results, attributes and arguments is known.
ROUNDS = 3


def add_edges(eng: Engine) -> None:
    """Add to the call graph what declarations say."""
    world = World(eng)
    world.read_fields()
    for number in range(ROUNDS):
        if number:  # what is said comes first, what is likely where nothing is
            world.families = world.families or Families(eng)
        for name in sorted(eng.modules):
            read_module(world, eng.index.by_name[name])
    for caller, callees in sorted(world.edges.items()):
        eng.edges.setdefault(caller, {}).update(dict.fromkeys(sorted(callees)))


def read_module(world: World, module: SourceModule) -> None:
    """The body of a module, and all that is defined in it."""
    top = Scope(world, module, module.name, None, None, None, followed=True)
    try:
        block(top, module.facts.body)
    except RecursionError:
        return
    for kind, index in dict.fromkeys(top.later):
        if kind == "function":
            read_function(world, module, index, top)
    for index, facts in enumerate(module.facts.functions):
        if facts.parent == -1 and facts.name != "<lambda>":
            read_function(world, module, index, None)


def read_function(world: World, module: SourceModule, index: int, parent: Scope | None) -> None:
    """One function, then those inside it."""
    facts = module.facts.functions[index]
    cls = world.eng.owners.get((module.name, index))
    where = (module.name, index)
    followed = "program" in world.eng.visited.get(where, ()) and where not in world.open
    scope = Scope(world, module, world.eng.dotted(module, index), facts, cls, parent, followed)
    bind_parameters(scope, facts, index, kind_of(world, cls, facts))
    try:
        block(scope, facts.body)
    except RecursionError:
        return  # the interpreter says that such a file cannot be followed
    if facts.is_generator:
        scope.result = one(Seq(scope.yields))
    if scope.result:
        world.returned[module.name, index] = shallow(held(scope.result))
    for kind, inner in dict.fromkeys(scope.later):
        if kind != "class":
            read_function(world, module, inner, scope)
            continue
        for number, method in enumerate(module.facts.functions):
            if method.owner == inner and method.name != "<lambda>":
                read_function(world, module, number, scope)


def kind_of(world: World, cls: Class | None, facts: FunctionFacts) -> str:
    """Is this a static or class method?"""
    found = classes.own(world.eng, cls, facts.name) if cls is not None else None
    for ptr in sorted_pointers(found) if found is not None else ():
        if isinstance(ptr, Obj) and ptr.kind in ("static", "classmethod"):
            return ptr.kind
    return "classmethod" if facts.name in ("__new__", "__init_subclass__", "__class_getitem__") else "method"


def bind_parameters(scope: Scope, facts: FunctionFacts, number: int, kind: str) -> None:
    """Parameters as annotated, else what the interpreter saw there; the first of a method is its instance or class."""
    for position, param in enumerate(facts.params):
        found = scope.annotation(param.annotation)
        if position == 0 and scope.cls is not None and facts.owner != -1 and kind != "static":
            found = scope.receiver = found or receivers(scope, number, kind)
        elif param.kind == "var":
            found = one(Seq(found))
        elif param.kind == "kw":
            found = one(Map(EMPTY, found))
        elif not any(isinstance(a, Inst | Kind) for a in found):
            if param.default is not None and param.default[0] in ("name", "attr"):
                found = held(infer(scope, param.default))
            found |= scope.world.seen(scope.module, number, position)
            found |= scope.world.passed.get((scope.module.name, number, param.name), EMPTY)
            if not found and param.annotation is None:
                found = scope.likely(param.name)
        scope.env[param.name] = found


def receivers(scope: Scope, number: int, kind: str) -> Type:
    """``self`` or ``cls``: what the interpreter saw, unless the method is called on what is only declared.

    In a program the interpreter sees all instances that there are. Where it met none, or where an annotation speaks
    of others, any subclass is possible.
    """
    world, where = scope.world, (scope.module.name, number)
    if "program" in world.eng.visited.get(where, ()) and where not in world.open:
        seen = world.seen(scope.module, number, 0)
        if seen:
            return seen
    if scope.cls is None:
        return EMPTY
    return one(Kind(scope.cls) if kind == "classmethod" else Inst(scope.cls))
