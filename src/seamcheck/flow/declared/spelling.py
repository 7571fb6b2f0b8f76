"""Attributes that are looked up by a text known in part: ``getattr(self, f"visit_{kind}")``."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from seamcheck.facts.ir import Node
from seamcheck.flow import classes
from seamcheck.flow.declared import specials
from seamcheck.flow.declared.atoms import EMPTY, Inst, Kind, Meth, Spelt, Type, one, union
from seamcheck.flow.declared.scope import Scope
from seamcheck.flow.values import Class

#: Fewer known letters than these say nothing.
MIN_KNOWN = 3
PLACES = re.compile(r"\{[^{}]*\}|%[-+ #0-9.]*[a-zA-Z]")
#: Methods of a text that leave its pattern what it is, for names in lower case.
KEEPS = frozenset({"lower", "strip", "rstrip", "lstrip", "casefold"})


def spelt(found: Type, node: Node | None = None) -> str:
    """The pattern of an expression."""
    if node is not None and node[0] == "const":
        return node[2] if isinstance(node[2], str) else "*"
    patterns = [a.pattern for a in found if isinstance(a, Spelt)]
    return patterns[0] if len(patterns) == 1 else "*"


def argument(found: Type, node: Node) -> Type:
    """What is handed over: of constants, names that something may be looked up by."""
    if node[0] == "const" and isinstance(node[2], str) and node[2].isidentifier():
        return one(Spelt(node[2]))
    return found


def text(pattern: str) -> Type:
    """A text of this pattern, where it says enough."""
    pattern = re.sub(r"\*+", "*", pattern)
    return one(Spelt(pattern)) if len(pattern.replace("*", "")) >= MIN_KNOWN else EMPTY


def joined(node: Node) -> Type:
    """An f-string."""
    return text("".join(p[2] if p[0] == "const" and isinstance(p[2], str) else "*" for p in node[2]))


def operated(op: str, left: str, right: str) -> Type:
    """``"visit_" + kind`` and ``"visit_%s" % kind``."""
    if op == "+":
        return text(left + right)
    return text(PLACES.sub("*", left)) if op == "%" and left != "*" else EMPTY


def method(receiver: str, name: str) -> Type:
    """A method of a text."""
    if name == "format" and receiver != "*":
        return text(PLACES.sub("*", receiver))
    return text(receiver) if name in KEEPS and receiver != "*" else EMPTY


def get(scope: Scope, base: Type, found: Type) -> Type:
    """``getattr(base, text)``: whatever the classes have that is spelled so."""
    named = union(
        specials.get(scope, one(atom), name)
        for spelling in found
        if isinstance(spelling, Spelt)
        for atom in base
        if isinstance(atom, Inst | Kind)
        for name in _names(scope, atom, spelling.pattern)
    )
    return frozenset(a._replace(asked=True) if isinstance(a, Meth) else a for a in named)


def _names(scope: Scope, atom: Inst | Kind, pattern: str) -> list[str]:
    eng = scope.world.eng
    names: set[str] = set()
    for cls in scope.world.classes_of(atom):
        for each in classes.mro(eng, cls):
            if isinstance(each, Class):
                names |= eng.class_frames[each].fields.keys()
    return sorted(n for n in names if fnmatchcase(n, pattern))
