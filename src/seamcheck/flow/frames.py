"""Activations of functions, and the effects that bubble from a call to its callers."""

from __future__ import annotations

from itertools import count
from typing import Any, NamedTuple

from seamcheck.facts.ir import FunctionFacts
from seamcheck.flow.labels import Label
from seamcheck.flow.modules import SourceModule
from seamcheck.flow.values import Class, Value

NUMBERS = count(1)
NO_LABELS: frozenset[Label] = frozenset()


class Effect(NamedTuple):
    """Something a call does that its callers answer for.

    ``kind``: "train" and "eval" (``key`` names the event), "ask", "read" (a value of a training run was
    read: ``detail`` says what), "data" (data was read), "opaque" (something unknown was read), "unresolved"
    (a call whose target is unknown: it might train), "external".
    """

    kind: str
    path: str
    line: int
    detail: str = ""
    key: Any = None


#: Effects that read or make results of training, and those that leave open what is read.
DYNAMIC_EFFECTS = frozenset({"read", "train"})
OPEN_EFFECTS = frozenset({"opaque", "unresolved", "external"})
#: Effects of these kinds say that something is there, and where to look: a few of each are enough.
COUNTED = frozenset({"read", "chosen", "data", "opaque", "unresolved"})
MAX_EFFECTS = 40


def bounded_effects(effects: dict[Effect, None]) -> tuple[Effect, ...]:
    """The effects that a call hands to its callers: all that name an event, the first of the others."""
    if len(effects) <= MAX_EFFECTS:
        return tuple(effects)
    count = dict.fromkeys(COUNTED, 0)
    kept = []
    for effect in effects:
        kind = effect.kind
        if kind in COUNTED:
            count[kind] += 1
            if count[kind] > MAX_EFFECTS:
                continue
        kept.append(effect)
    return tuple(kept)


class Frame:
    """One function in one context (or a module or class body). ``fields`` are its variables.

    Closures hold the frame that defined them and read its variables when called.
    """

    __slots__ = (
        "breaks",
        "cls",
        "decided",
        "declared_global",
        "declared_nonlocal",
        "defs",
        "effects",
        "exit_labels",
        "facts",
        "fields",
        "guard",
        "is_class",
        "key",
        "labels",
        "leaving",
        "loops",
        "module",
        "name",
        "number",
        "origin",
        "parent",
        "partials",
        "path",
        "raised",
        "receiver",
        "receives",
        "result",
        "serial",
        "stars",
        "statement",
        "summary",
        "tail",
        "visited",
        "yields",
    )  # fmt: skip

    def __init__(
        self, module: SourceModule, facts: FunctionFacts | None, name: str, parent: Frame | None, key: Any
    ):
        self.module = module
        #: In the order of making, for a stable order of closures.
        self.number = next(NUMBERS)
        self.facts = facts
        self.name = name
        self.parent = parent
        self.key = key
        self.path = module.path
        self.fields: dict[str, Value] = {}
        self.labels = NO_LABELS
        self.effects: dict[Effect, None] = {}
        self.result: Value | None = None
        self.yields: Value | None = None
        self.statement: tuple[int, int] = (1, 1)
        self.defs: dict[str, tuple[int, int]] = {}
        self.breaks: list[list[dict[str, Value]]] = []
        self.cls: Class | None = None
        self.is_class = False
        self.receiver: Any = None
        self.declared_global: frozenset[str] = frozenset(facts.globals) if facts else frozenset()
        self.declared_nonlocal: frozenset[str] = frozenset(facts.nonlocals) if facts else frozenset()
        self.visited = 0
        self.loops: tuple[int, ...] = ()
        self.serial = -1
        self.origin = "program"
        self.receives = False
        self.summary = False
        self.exit_labels = NO_LABELS
        #: Labels of a test below which a branch was left early, until the statements after it begin.
        self.tail = NO_LABELS
        #: Labels of the tests after which the rest of the function, or of this pass of its loop, may not run.
        self.guard = NO_LABELS
        self.stars: list[str] = []
        #: For each open ``try``: every value its variables had on the way.
        self.partials: list[dict[str, Value]] = []
        #: Labels of the tests that decide whether something is raised.
        self.raised = NO_LABELS
        #: Labels of what decided how often the loops ran so far.
        self.decided = NO_LABELS
        #: For each open loop: labels of the tests before its ``break``.
        self.leaving: list[frozenset[Label]] = []

    @property
    def qualname(self) -> str:
        """Python's qualname, ``<module>`` for a module body."""
        return self.facts.qualname if self.facts else "<module>"

    def reset(self) -> None:
        """Make ready for another run of the same context; closures keep their frame."""
        self.fields = {}
        self.effects = {}
        self.result = self.yields = None
        self.breaks = []
        self.raised = self.tail = NO_LABELS
