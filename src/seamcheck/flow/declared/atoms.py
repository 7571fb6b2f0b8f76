"""What a declaration says that an expression is: sets of atoms, empty where nothing is said."""

from __future__ import annotations

from typing import Any, NamedTuple

from seamcheck.flow.values import Class, Func

#: What an expression may be by what is declared.
Type = frozenset[Any]
EMPTY: Type = frozenset()
#: Containers in containers that are told apart.
MAX_NESTED = 3


class Inst(NamedTuple):
    """An instance of a class; of a subclass, too, unless ``exact``."""

    cls: Class
    exact: bool = False
    tag: str = "inst"


class Kind(NamedTuple):
    """A class itself; a subclass, too, unless ``exact``."""

    cls: Class
    exact: bool = False
    tag: str = "kind"


class Seq(NamedTuple):
    """Something whose elements are ``of``: a list, a set, an iterator, a context manager."""

    of: Type
    tag: str = "seq"


class Fixed(NamedTuple):
    """A tuple of known length."""

    parts: tuple[Type, ...]
    tag: str = "fixed"


class Map(NamedTuple):
    """A mapping."""

    key: Type
    value: Type
    tag: str = "map"


class Fn(NamedTuple):
    """A function of the project; ``asked`` for in a table of several."""

    func: Func
    asked: bool = False
    tag: str = "fn"


class Meth(NamedTuple):
    """A method of the project bound to its receiver, an :class:`Inst` or a :class:`Kind`; ``asked`` for by a text."""

    func: Func
    receiver: Any
    asked: bool = False
    tag: str = "meth"


class Mod(NamedTuple):
    """A module of the project."""

    name: str
    tag: str = "mod"


class Above(NamedTuple):
    """``super()`` in a method of a class."""

    cls: Class
    receiver: Any
    tag: str = "above"


class Gives(NamedTuple):
    """A callable whose results are ``of``."""

    of: Type
    tag: str = "gives"


class Library(NamedTuple):
    """A name of a library: ``builtins.len``."""

    name: str
    tag: str = "sym"


class Part(NamedTuple):
    """A method of a builtin container, by name."""

    holder: Any
    name: str
    tag: str = "part"


class Spelt(NamedTuple):
    """A text known in part: ``*`` stands for what is not known."""

    pattern: str
    tag: str = "spelt"


def one(atom: Any) -> Type:
    """The type with this atom only."""
    return frozenset((atom,))


def held(types: Type) -> Type:
    """What is remembered of the content of a container: not which functions, the interpreter knows that better."""
    return frozenset(a for a in types if not isinstance(a, Fn | Meth) or a.asked)


def tabled(types: Type) -> Type:
    """What lies in a table: which of its functions is meant often nobody knows."""
    return frozenset(a._replace(asked=True) if isinstance(a, Fn) else a for a in types)


def shallow(types: Type, depth: int = MAX_NESTED) -> Type:
    """Without containers nested deeper: what a loop wraps again and again must end."""
    if not any(isinstance(a, Seq | Map | Fixed) for a in types):
        return types
    out = set()
    for atom in types:
        if isinstance(atom, Seq):
            atom = Seq(shallow(atom.of, depth - 1) if depth else EMPTY)
        elif isinstance(atom, Map):
            atom = Map(
                shallow(atom.key, depth - 1) if depth else EMPTY,
                shallow(atom.value, depth - 1) if depth else EMPTY,
            )
        elif isinstance(atom, Fixed):
            atom = Fixed(tuple(shallow(t, depth - 1) if depth else EMPTY for t in atom.parts))
        out.add(atom)
    return frozenset(out)


def union(types: Any) -> Type:
    """Any of these."""
    return EMPTY.union(*types)
