"""Functions that a framework calls with the configuration or the words of the command line.

The program calls such a function without arguments, or not at all: what it gets comes from files of settings and from
whoever starts the program, as with ``argparse``. It may differ from run to run, and it is no result of a training.
"""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import ENVIRONMENT
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Func, Sym, Value

#: Decorators that make a function into one.
DECORATORS = frozenset({"hydra.main", "click.command", "click.group", "click.option", "click.argument"})


def note(eng: Engine, frame: Frame, value: Value, decorator: Node) -> None:
    """Remember a function that is decorated as one that a framework calls."""
    if decorator[0] != "call" or decorator[3][0] not in ("name", "attr"):
        return
    for ptr in sorted_pointers(value):
        if isinstance(ptr, Func):
            for symbol in sorted_pointers(eng.evaluate(frame, decorator[3])):
                if isinstance(symbol, Sym) and eng.models.canonical(symbol.name) in DECORATORS:
                    eng.commands.add((ptr.module, ptr.index))


def settings(eng: Engine, frame: Frame, func: Func, name: str, line: int) -> Value | None:
    """What a framework gives for an argument that the program does not, if it is one that calls this function."""
    if (func.module, func.index) not in eng.commands:
        return None
    text = f"`{name}` comes from the configuration or the command line"
    return eng.table.value(frozenset(), frozenset((eng.label(ENVIRONMENT, text, frame, line),)))
