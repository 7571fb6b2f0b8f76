"""What a variable that nothing is said of must be, by what is asked of it.

Code without annotations still says ``token.get_cases()``: where all that a function asks of a variable is had by the
classes of one family only, and not by what Python brings along, it is an instance of those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seamcheck.facts.ir import Body, FunctionFacts, Node
from seamcheck.flow import classes
from seamcheck.flow.bodies import stored_on
from seamcheck.flow.declared.atoms import EMPTY, Inst, Type
from seamcheck.flow.declared.common_names import COMMON
from seamcheck.flow.values import Class

if TYPE_CHECKING:
    from seamcheck.flow.engine import Engine

#: Functions that a variable is given to where it may be of several kinds.
TESTS = frozenset({"isinstance", "issubclass", "hasattr", "type", "callable"})
#: More families than these that have all that is asked are none in particular.
FAMILIES = 2


class Families:
    """Which classes have which attributes."""

    def __init__(self, eng: Engine):
        self._eng = eng
        self._asked: dict[int, dict[str, frozenset[str]]] = {}
        self._having: dict[str, set[Class]] = {}
        self._tops: dict[frozenset[str], Type] = {}
        for cls in eng.class_frames:
            for name in self._names(cls):
                self._having.setdefault(name, set()).add(cls)

    def _names(self, cls: Class) -> set[str]:
        """All attributes of its instances."""
        found: set[str] = set()
        for each in classes.mro(self._eng, cls):
            if isinstance(each, Class):
                found |= self._eng.class_frames[each].fields.keys()
                facts = self._eng.index.by_name[each.module].facts
                for function in facts.functions:
                    if function.owner == each.index and function.params:
                        found |= stored_on(function.params[0].name, function.body)
        return found

    def of_variable(self, facts: FunctionFacts, name: str) -> Type:
        """What a variable of this function must be."""
        asked = self._asked.get(id(facts))
        if asked is None:
            asked = self._asked[id(facts)] = asked_of(facts.body)
        wanted = asked.get(name)
        return EMPTY if wanted is None else self.with_all(wanted)

    def with_all(self, wanted: frozenset[str]) -> Type:
        """The class whose family alone has all of these attributes."""
        if wanted <= COMMON or all(name.startswith("__") for name in wanted - COMMON):
            return EMPTY
        known = self._tops.get(wanted)
        if known is None:
            having = set.intersection(*(self._having.get(name, set()) for name in wanted))
            tops = [c for c in having if not any(b in having for b in classes.mro(self._eng, c)[1:])]
            known = self._tops[wanted] = frozenset(map(Inst, tops)) if len(tops) <= FAMILIES else EMPTY
        return known


def _called(node: Node) -> str:
    """The name that a call calls; nothing for what is no call of a plain name."""
    if len(node) != 6 or node[0] != "call" or not isinstance(node[3], tuple) or node[3][:1] != ("name",):
        return ""
    return str(node[3][2])


def path_of(node: Node) -> str | None:
    """``self.x`` as a text, for what narrowing can be remembered of."""
    if node[0] == "name":
        return str(node[2])
    if node[0] == "attr":
        inner = path_of(node[2])
        return None if inner is None else f"{inner}.{node[3]}"
    return path_of(("name", node[1], node[2])) if node[0] == "walrus" else None


def asked_of(body: Body) -> dict[str, frozenset[str]]:
    """The attributes that statements ask of each variable, unless they tell several kinds of things apart."""
    found: dict[str, set[str]] = {}
    tested: set[str] = set()
    pending: list[Any] = list(body)
    while pending:
        node = pending.pop()
        if not isinstance(node, tuple):
            continue
        if len(node) == 4 and node[0] == "attr" and isinstance(node[2], tuple):
            path = path_of(node[2])
            if path is not None:
                found.setdefault(path, set()).add(node[3])
        elif _called(node) in TESTS:
            tested.update(path for each in node[4][:1] if (path := path_of(each)) is not None)
        pending.extend(node)
    return {name: frozenset(attributes) for name, attributes in found.items() if name not in tested}


def looked_up_by(facts: FunctionFacts) -> frozenset[str]:
    """Those by which a function looks attributes up."""
    found: set[str] = set()
    names = {param.name for param in facts.params}
    pending: list[Any] = list(facts.body)
    while pending:
        node = pending.pop()
        if not isinstance(node, tuple):
            continue
        if _called(node) == "getattr":
            found.update(n for n in names if any(_mentions(arg, n) for arg in node[4][1:2]))
        pending.extend(node)
    return frozenset(found)


def _mentions(node: Any, name: str) -> bool:
    return isinstance(node, tuple) and (
        (node[:1] == ("name",) and node[2] == name) or any(_mentions(part, name) for part in node)
    )
