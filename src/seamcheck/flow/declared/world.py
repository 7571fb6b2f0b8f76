"""What names, classes and functions of the project are declared to be, and the edges found so far."""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Body, FunctionFacts, Node
from seamcheck.flow import bodies, classes, names
from seamcheck.flow.builtin_names import BUILTIN_NAMES
from seamcheck.flow.declared.annotations import MAX_DEPTH, Reader, instances, last_name
from seamcheck.flow.declared.atoms import (
    EMPTY,
    Fn,
    Gives,
    Inst,
    Kind,
    Library,
    Map,
    Meth,
    Mod,
    Seq,
    Spelt,
    Type,
    one,
    shallow,
    tabled,
    union,
)
from seamcheck.flow.declared.likely import Families, looked_up_by
from seamcheck.flow.engine import Engine
from seamcheck.flow.instances import ENUMS
from seamcheck.flow.modules import SourceModule
from seamcheck.flow.objects import ANY, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Bound, Class, Func, Module, Sym, Value

PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
#: How deep containers at module level are looked into.
DEPTH = 2


class World:
    """Shared by all functions; the interpreter's engine knows classes, modules and what their names are bound to."""

    def __init__(self, eng: Engine):
        self.eng = eng
        self.edges: dict[str, set[str]] = {}
        self.muted = False
        self.families: Families | None = None
        #: Methods that are called on something declared: their receiver may be of any subclass.
        self.open: set[tuple[str, int]] = set()
        self.declared: dict[tuple[Class, str], Type] = {}
        self.assigned: dict[tuple[Class, str], Type] = {}
        #: What the calls seen here pass to parameters, by function and name.
        self.passed: dict[tuple[str, int, str], Type] = {}
        self.returned: dict[tuple[str, int], Type] = {}
        self._members: dict[tuple[Class, bool, str], tuple[Any, ...]] = {}
        self._below: dict[Class, tuple[Class, ...]] = {}
        self._looked_up: dict[Func, frozenset[str]] = {}
        self._bindings: dict[str, dict[str, Node]] = {}
        self._results: dict[tuple[str, int, Any], Type] = {}

    # -- classes -------------------------------------------------------------------------------------

    def below(self, cls: Class) -> tuple[Class, ...]:
        """All known subclasses, at any distance."""
        known = self._below.get(cls)
        if known is None:
            seen: dict[Class, None] = {}
            queue = [*self.eng.subclasses.get(cls, ()), *self._alike(cls)]
            while queue:
                each = queue.pop()
                if each not in seen:
                    seen[each] = None
                    queue.extend(self.eng.subclasses.get(each, ()))
            known = self._below[cls] = tuple(seen)
        return known

    def _alike(self, cls: Class) -> list[Class]:
        """Of a protocol, the classes that have all it asks for."""
        if not self._is_protocol(cls):
            return []
        asked = [name for name, v in self.eng.class_frames[cls].fields.items() if _is_method(v)]
        return [
            other
            for other in self.eng.class_frames
            if asked
            and other != cls
            and all((v := classes.lookup(self.eng, other, n)) is not None and _is_method(v) for n in asked)
        ]

    def of_index(self, module: str, index: int) -> list[Class]:
        """The classes that a class statement made."""
        return [cls for cls in self.eng.class_frames if cls.module == module and cls.index == index]

    def classes_of(self, atom: Inst | Kind) -> tuple[Class, ...]:
        """The class, and unless it is exact its subclasses."""
        return (atom.cls,) if atom.exact else (atom.cls, *self.below(atom.cls))

    def members(self, atom: Inst | Kind, name: str) -> tuple[Any, ...]:
        """Pointers that a name may mean in the namespaces of these classes."""
        key = (atom.cls, atom.exact, name)
        known = self._members.get(key)
        if known is None:
            found: dict[Any, None] = {}
            for cls in self.classes_of(atom):
                value = classes.lookup(self.eng, cls, name)
                found.update(dict.fromkeys(sorted_pointers(value) if value is not None else ()))
            if len(found) > 1:
                # What only says that it must be overridden does not run where something overrides it.
                found = {p: None for p in found if not self._is_stub(p)} or found
            known = self._members[key] = tuple(found)
        return known

    def _is_stub(self, ptr: Any) -> bool:
        """Is this a method that no instance of its very class can have?"""
        inner = ptr.fields.get("get") if isinstance(ptr, Obj) and ptr.kind == "property" else None
        if inner is not None:
            return any(self._is_stub(p) for p in inner.ptrs)
        if not isinstance(ptr, Func):
            return False
        owner = self.eng.owners.get((ptr.module, ptr.index))
        facts = self.facts(ptr)
        return bodies.is_declared_abstract(facts) or (owner is not None and self._is_protocol(owner))

    def _is_protocol(self, cls: Class) -> bool:
        return any(isinstance(b, Sym) and b.name in PROTOCOLS for b in classes.bases(self.eng, cls))

    def _is_callback(self, atom: Any) -> bool:
        """Does this stand for any callable, functions as well?"""
        return (
            isinstance(atom, Inst)
            and self._is_protocol(atom.cls)
            and "__call__" in self.eng.class_frames[atom.cls].fields
        )

    def is_enum(self, cls: Class) -> bool:
        """Is this an enumeration?"""
        return any(isinstance(b, Sym) and b.name in ENUMS for b in classes.mro(self.eng, cls))

    def attribute(self, cls: Class, name: str) -> Type:
        """An attribute of instances: as annotated, else what methods assign."""
        order = [c for c in classes.mro(self.eng, cls) if isinstance(c, Class)]
        for table in (self.declared, self.assigned):
            for each in order:
                found = table.get((each, name))
                if found:
                    return found
        return EMPTY

    def read_fields(self) -> None:
        """The annotated names of class bodies."""
        for cls in self.eng.class_frames:
            module = self.eng.index.by_name[cls.module]
            for node in classes.facts_of(self.eng, cls).body:
                if node[0] == "ann" and node[3][0] == "name":
                    found = Annotations(self, module, cls).read(node[4])
                    if found:
                        self.declared[cls, node[3][2]] = found

    # -- names ---------------------------------------------------------------------------------------

    def global_type(self, module: SourceModule, name: str) -> Type:
        """What a module's name was bound to in the end."""
        frame = self.eng.modules.get(module.name)
        found = frame.fields.get(name) if frame is not None else None
        if found is None:
            return one(Library("builtins." + name)) if name in BUILTIN_NAMES else EMPTY
        return self.of_value(found)

    def of_value(self, v: Value, depth: int = DEPTH) -> Type:
        """The type of a value that the interpreter knows."""
        if len(v.ptrs) == 1:
            v = names.undefer(self.eng, v)
        return union(self.of_pointer(p, depth) for p in sorted_pointers(v))

    def of_pointer(self, ptr: Any, depth: int = DEPTH) -> Type:
        """The type of one thing it may point to."""
        if isinstance(ptr, Class):
            return one(Kind(ptr, True))
        if isinstance(ptr, Func):
            return one(Fn(ptr))
        if isinstance(ptr, Module):
            return one(Mod(ptr.name))
        if isinstance(ptr, Sym):
            return one(Library(ptr.name))
        if isinstance(ptr, Bound) and isinstance(ptr.function, Func):
            return frozenset(Meth(ptr.function, r) for r in self.of_pointer(ptr.receiver, 0))
        if not isinstance(ptr, Obj):
            return EMPTY
        if ptr.kind == "instance":
            return one(Inst(ptr.type, True))
        if depth > 0 and ptr.kind in ("list", "tuple", "set", "dict"):
            held = tabled(
                union(
                    self.of_value(v, depth - 1)
                    for k, v in ptr.fields.items()
                    if k == ANY or isinstance(k, tuple)
                )
            )
            return one(Map(EMPTY, held)) if ptr.kind == "dict" else one(Seq(held))
        return EMPTY

    def bindings(self, module: SourceModule) -> dict[str, Node]:
        """What module-level statements bind: an alias to its expression, an imported name to its import."""
        known = self._bindings.get(module.name)
        if known is None:
            known = self._bindings[module.name] = {}
            _bind(module.facts.body, known)
        return known

    # -- functions -----------------------------------------------------------------------------------

    def facts(self, func: Func) -> FunctionFacts:
        """What the source says of a function."""
        return self.eng.index.by_name[func.module].facts.functions[func.index]

    def seen(self, module: SourceModule, index: int, position: int) -> Type:
        """The instances that the interpreter saw in a parameter: it bounds how many calls of a function it follows."""
        out: Type = EMPTY
        for frame in self.eng.summaries.get((module.name, index), ()):
            out |= self.of_value(frame.key[1][position], 1)
        return frozenset(a for a in out if isinstance(a, Inst | Kind | Seq | Map))

    def hand_over(self, func: Func, skip: int, positional: list[Type], named: dict[str | None, Type]) -> None:
        """Note what a call passes to the parameters of a function, the first ``skip`` of them left out."""
        queue = list(positional)
        looked_up = self._looked_up.get(func)
        if looked_up is None:
            looked_up = self._looked_up[func] = looked_up_by(self.facts(func))
        for param in self.facts(func).params[skip:]:
            if param.kind in ("pos", "posonly") and queue:
                given = queue.pop(0)
            elif param.kind == "var":
                given, queue = (one(Seq(union(queue))) if queue else EMPTY), []
            else:
                given = named.get(param.name, EMPTY)
            if param.name not in looked_up:
                given = frozenset(a for a in given if not isinstance(a, Spelt))
            if given:
                key = (func.module, func.index, param.name)
                self.passed[key] = self.passed.get(key, EMPTY) | shallow(given)

    def result(self, func: Func, receiver: Any = None) -> Type:
        """What a call gives: as annotated, else what its ``return`` statements are."""
        facts = self.facts(func)
        if facts.returns is None:
            found = self.returned.get((func.module, func.index), EMPTY)
            return self.own_instances(found, receiver) if isinstance(receiver, Kind) else found
        key = (func.module, func.index, receiver)
        known = self._results.get(key)
        if known is None:
            owner = self.eng.owners.get((func.module, func.index))
            module = self.eng.index.by_name[func.module]
            known = self._results[key] = Annotations(self, module, owner, receiver).read(facts.returns)
        if all(isinstance(a, Gives) or self._is_callback(a) for a in known):
            return known | self.returned.get((func.module, func.index), EMPTY)
        return known

    def own_instances(self, found: Type, receiver: Kind) -> Type:
        """The result of a class method: what is made with ``cls`` is of the class it was called on."""
        out: set[Any] = set()
        for atom in found:
            related = isinstance(atom, Inst) and (
                classes.is_subclass(self.eng, atom.cls, receiver.cls)
                or classes.is_subclass(self.eng, receiver.cls, atom.cls)
            )
            out.add(Inst(receiver.cls, receiver.exact) if related else atom)
        return frozenset(out)

    def edge(self, caller: str, func: Func) -> None:
        """A call; none that the interpreter has settled."""
        if self.muted:
            return
        self.edges.setdefault(caller, set()).add(self.eng.function_name(func))


def _is_method(v: Value) -> bool:
    return any(isinstance(p, Func) or (isinstance(p, Obj) and p.kind == "property") for p in v.ptrs)


def _bind(body: Body, found: dict[str, Node]) -> None:
    for node in body:
        op = node[0]
        if op == "assign" and len(node[3]) == 1 and node[3][0][0] == "name":
            found.setdefault(node[3][0][2], node[4])
        elif op == "ann" and node[3][0] == "name" and node[5] is not None:
            found.setdefault(node[3][2], node[5])
        elif op == "from" and node[5] != "*":
            for name, alias in node[5]:
                found.setdefault(alias or name, ("from", node[1], node[3], node[4], name))
        elif op == "if":
            _bind(node[4], found)
            _bind(node[5], found)
        elif op == "try":
            _bind(node[3], found)


class Annotations(Reader):
    """Reads annotations that stand in a module, in a class where there is one."""

    def __init__(self, world: World, module: SourceModule, cls: Class | None = None, receiver: Any = None):
        self._world = world
        self._module = module
        self._cls = cls
        self._receiver = receiver
        self.local: dict[str, Type] = {}

    def itself(self) -> Type:
        """An instance of the class of the receiver."""
        if self._receiver is not None:
            return one(Inst(self._receiver.cls, self._receiver.exact))
        return EMPTY if self._cls is None else one(Inst(self._cls))

    def named(self, node: Node, depth: int) -> Type:
        """Classes by name; aliases and type variables by what they were made of."""
        found = instances(self._kinds(node))
        if found or node[0] != "name" or depth > MAX_DEPTH:
            return found
        return self._alias(self._module, node[2], depth)

    def _kinds(self, node: Node) -> Type:
        if node[0] == "name":
            return self.local.get(node[2]) or self._world.global_type(self._module, node[2])
        if node[0] != "attr":
            return EMPTY
        out: Type = EMPTY
        for base in self._kinds(node[2]):
            if isinstance(base, Mod):
                out |= self._world.global_type(self._world.eng.index.by_name[base.name], node[3])
            elif isinstance(base, Kind):
                out |= union(self._world.of_pointer(p) for p in self._world.members(base, node[3]))
        return out

    def _alias(self, module: SourceModule, name: str, depth: int) -> Type:
        bound = self._world.bindings(module).get(name)
        if bound is None:
            return EMPTY
        if bound[0] == "from":
            _, _, dotted, level, item = bound
            index = self._world.eng.index
            home = index.relative(module, dotted, level) if level else index.resolve(module, dotted)
            if home is None or depth > MAX_DEPTH:
                return EMPTY
            there = Annotations(self._world, home)
            return there.named(("name", 0, item), depth + 1)
        if bound[0] == "call" and last_name(bound[3]) in ("TypeVar", "NewType"):
            limits = [value for keyword, value in bound[5] if keyword == "bound"] or bound[4][1:]
            return union(self.read(limit, depth + 1) for limit in limits)
        return self.read(bound, depth + 1) if bound[0] in ("name", "attr", "sub", "bin") else EMPTY
