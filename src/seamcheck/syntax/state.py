"""What the lowering of one file carries along: the cursor, the scope it stands in, and the facts so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seamcheck.facts.ir import ClassFacts, FunctionFacts, Node
from seamcheck.syntax.lines import Cursor


class LoweringError(Exception):
    """Code that LibCST accepts and Python does not; ``args`` are the message and the line."""


class Scope:
    """Names of one function, lambda, class body or module, in the order in which they are first bound."""

    __slots__ = (
        "calls", "function", "generator", "globals", "inside", "mentions", "names", "nonlocals", "owner", "prefix",
    )  # fmt: skip

    def __init__(self, prefix: str, function: int, owner: int, inside: bool) -> None:
        self.prefix = prefix
        """Start of the qualnames of what is defined here: "", ``Class.`` or ``f.<locals>.``."""
        self.function = function
        """Index of the innermost enclosing function, this one included, or -1."""
        self.owner = owner
        """Index of the class whose body this is, or -1."""
        self.inside = inside
        """Whether this is a function or lambda, so that a ``yield`` counts."""
        self.names: dict[str, None] = {}
        self.globals: dict[str, None] = {}
        self.nonlocals: dict[str, None] = {}
        self.generator = False
        self.mentions: set[str] = set()
        self.calls: set[str] = set()

    def assigned(self) -> tuple[str, ...]:
        """The local names: bound here and not declared global or nonlocal."""
        return tuple([n for n in self.names if n not in self.globals and n not in self.nonlocals])


class State(Cursor):
    """The walk over one file. ``names`` receives the names that targets bind: those of ``scope``, except for
    the targets of a comprehension, which are local to it."""

    __slots__ = ("classes", "expr", "functions", "imports", "names", "scope")

    def __init__(self, text: str, expr: Callable[[State, Any], Node]) -> None:
        super().__init__(text)
        self.expr = expr
        self.functions: list[FunctionFacts | None] = []
        self.classes: list[ClassFacts | None] = []
        self.imports: set[str] = set()
        self.scope = Scope("", -1, -1, inside=False)
        self.names = self.scope.names

    def enter(self, scope: Scope) -> Scope:
        """Make ``scope`` the current one and return the one to go back to."""
        previous = self.scope
        self.scope, self.names = scope, scope.names
        return previous

    def qualname(self, name: str) -> str:
        """Python's qualname of a function or class defined here."""
        return name if name in self.scope.globals else self.scope.prefix + name
