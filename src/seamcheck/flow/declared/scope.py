"""One function (or module body) while it is read: its variables, and what narrows them."""

from __future__ import annotations

from seamcheck.facts.ir import FunctionFacts, Node
from seamcheck.flow import classes
from seamcheck.flow.builtin_names import BUILTIN_NAMES
from seamcheck.flow.declared.atoms import EMPTY, Fixed, Inst, Kind, Map, Seq, Type, held, union
from seamcheck.flow.declared.likely import path_of
from seamcheck.flow.declared.world import Annotations, World
from seamcheck.flow.modules import SourceModule
from seamcheck.flow.values import Class

#: Nested functions and classes are read once the function around them is: with its variables as they are then.
Later = tuple[str, int]


class Scope:
    """The state of one function. ``env`` holds names and dotted paths (``self.x``)."""

    def __init__(
        self,
        world: World,
        module: SourceModule,
        name: str,
        facts: FunctionFacts | None,
        cls: Class | None,
        parent: Scope | None,
        followed: bool = False,
    ):
        self.world = world
        self.module = module
        self.name = name
        self.facts = facts
        self.cls = cls
        self.parent = parent
        self.env: dict[str, Type] = {}
        self.result: Type = EMPTY
        self.yields: Type = EMPTY
        self.later: list[Later] = []
        self.receiver: Type = EMPTY
        self.loops = 0
        self.line = 0
        #: Did the interpreter run this in the program, and with all that it is ever given?
        self.followed = followed
        outside = parent is None or parent.closed
        self.closed: bool = followed and outside and (facts is None or not facts.params)
        #: Is what is read just now better known to the interpreter?
        self.settled = False

    def is_settled(self, node: Node) -> bool:
        """Does the interpreter know what a call may call?"""
        return self.followed and self.is_known(node)

    def is_known(self, node: Node) -> bool:
        """Has the interpreter found something that a call calls, and nothing that it does not know?"""
        eng, path = self.world.eng, self.module.path
        if eng.open_places is None or (path, node[1]) in eng.open_places:
            return False
        return (path, self.line) in eng.known_places

    def is_called(self, name: str) -> bool:
        """Has the interpreter seen this statement call something of this name, where it sees all there is?"""
        known = self.world.eng.known_places.get((self.module.path, self.line), ())
        return self.closed and any(callee.endswith("." + name) and callee[0] != "<" for callee in known)

    def load(self, name: str) -> Type:
        """What a variable is."""
        here: Scope | None = self
        while here is not None:
            found = here.env.get(name)
            if found is not None:
                return found
            if here.facts is not None and name in here.facts.assigned:
                return EMPTY
            here = here.parent
        return self.world.global_type(self.module, name)

    def evaluate(self, node: Node) -> Type:
        """What an expression is that stands in a text."""
        from seamcheck.flow.declared.expressions import infer

        return infer(self, node)

    def is_local(self, name: str) -> bool:
        """Is this a variable of the function, and be it of a comprehension?"""
        if self.facts is not None and name in self.facts.assigned:
            return True
        frame = self.world.eng.modules.get(self.module.name)
        return frame is not None and name not in frame.fields and name not in BUILTIN_NAMES

    def likely(self, name: str | None, attribute: str = "") -> Type:
        """What a variable or a path that nothing is said of must be; without one, what has this attribute."""
        families = self.world.families
        if families is None or self.facts is None or self.settled:
            return EMPTY
        if name is None:
            return families.with_all(frozenset((attribute,)))
        return families.of_variable(self.facts, name)

    def annotation(self, node: Node | None) -> Type:
        """What an annotation written here says."""
        reader = Annotations(self.world, self.module, self.cls)
        here: Scope | None = self
        while here is not None:
            if here.facts is not None:
                for name, found in here.env.items():
                    if any(isinstance(a, Kind) for a in found):
                        reader.local.setdefault(name, found)
            here = here.parent
        return reader.read(node)

    def narrowed(self, test: Node, truth: bool) -> dict[str, Type]:
        """The variables where a test is known to have come out so."""
        out = dict(self.env)
        self._narrow(test, truth, out)
        return out

    def _narrow(self, test: Node, truth: bool, out: dict[str, Type]) -> None:
        op = test[0]
        if op == "unary" and test[2] == "not":
            self._narrow(test[3], not truth, out)
        elif op == "bool" and (test[2] == "and") == truth:
            self._narrow(test[3], truth, out)
            self._narrow(test[4], truth, out)
        elif op == "call" and test[3][:1] == ("name",) and test[3][2] == "isinstance" and len(test[4]) == 2:
            path = path_of(test[4][0])
            wanted = self._tested(test[4][1])
            if path is not None and wanted:
                now = out.get(path, EMPTY) or (EMPTY if "." in path else self.load(path))
                out[path] = self._kept(now, wanted) if truth else self._without(now, wanted)

    def _tested(self, node: Node) -> list[Class]:
        """The project's classes that an ``isinstance`` asks for."""
        if node[0] == "tuple":
            return [c for each in node[2] for c in self._tested(each)]
        if node[0] == "bin":
            return self._tested(node[3]) + self._tested(node[4])
        if node[0] == "name":
            found = self.load(node[2])
        else:
            found = Annotations(self.world, self.module, self.cls).read(node)
        return [a.cls for a in sorted(found, key=repr) if isinstance(a, Inst | Kind)]

    def _kept(self, now: Type, wanted: list[Class]) -> Type:
        eng = self.world.eng
        kept: set[Inst] = set()
        for atom in now:
            for cls in wanted:
                if not isinstance(atom, Inst):
                    continue
                if classes.is_subclass(eng, atom.cls, cls):
                    kept.add(atom)
                elif not atom.exact and classes.is_subclass(eng, cls, atom.cls):
                    kept.add(Inst(cls))
        return frozenset(kept) or frozenset(Inst(cls) for cls in wanted)

    def _without(self, now: Type, wanted: list[Class]) -> Type:
        eng = self.world.eng
        return frozenset(
            a
            for a in now
            if not (isinstance(a, Inst) and any(classes.is_subclass(eng, a.cls, c) for c in wanted))
        )


def joined(ends: list[dict[str, Type]]) -> dict[str, Type]:
    """Variables after a join; a path that only some ends know is forgotten."""
    if len(ends) == 1:
        return ends[0]
    out: dict[str, Type] = {}
    for env in ends:
        for name, found in env.items():
            old = out.get(name)
            out[name] = found if old is None else old | found
    return {n: t for n, t in out.items() if "." not in n or all(n in env for env in ends)}


def elements(types: Type) -> Type:
    """What containers hold; instances are iterated where the call is known."""
    out: Type = EMPTY
    for atom in types:
        if isinstance(atom, Seq):
            out |= atom.of
        elif isinstance(atom, Fixed):
            out |= union(atom.parts)
        elif isinstance(atom, Map):
            out |= atom.key
    return held(out)
