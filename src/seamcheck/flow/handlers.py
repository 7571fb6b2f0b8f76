"""What an intrinsic is: a function that stands for one library name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from seamcheck.facts.ir import Node
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.values import Value

if TYPE_CHECKING:
    from seamcheck.flow import calls

Handler = Callable[[Engine, Frame, "calls.Args", Node], "Value | None"]


def first(eng: Engine, args: calls.Args) -> Value:
    """The first positional argument, or nothing."""
    return args.positional[0] if args.positional else eng.table.empty


def identity(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """Something that gives back what it is given."""
    return first(eng, args)


def second(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``typing.cast(T, x)``."""
    return args.positional[1] if len(args.positional) > 1 else eng.table.empty
