"""Records which functions of a package call which while something runs (Python 3.12 or newer, nothing else needed).

A call counts when its target starts with the caller right below it on the stack: also calls that no parenthesis
shows (properties, operators, callbacks given to built-in functions). Generators and coroutines start late and
elsewhere, so for them the call that makes them counts. What reaches the package through Python code of somebody
else has no caller here and is only counted.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from types import CodeType
from typing import Any

LATE = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
FOLDED = ("<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>")

#: caller, callee -> path, line, column, end line, end column of the first call that was seen (0 where unknown).
Edges = dict[tuple[str, str], tuple[str, int, int, int, int]]


class CallTracer:
    """Use as a context manager, around the first import of the package."""

    def __init__(self, source: Path, package: str) -> None:
        self._source = str(source.resolve()) + "/"
        self._below = self._source + package.replace(".", "/")
        self._names: dict[CodeType, str | None] = {}
        self.edges: Edges = {}
        self.ran: set[str] = set()
        self.from_outside = 0

    def __enter__(self) -> CallTracer:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        self._monitoring, self._tool = monitoring, monitoring.PROFILER_ID
        monitoring.use_tool_id(self._tool, "traced_calls")
        events = monitoring.events
        monitoring.register_callback(self._tool, events.PY_START, self._started)
        monitoring.register_callback(self._tool, events.CALL, self._called)
        monitoring.set_events(self._tool, events.PY_START | events.CALL)
        return self

    def __exit__(self, *_: object) -> None:
        self._monitoring.set_events(self._tool, 0)
        self._monitoring.free_tool_id(self._tool)

    def name(self, code: CodeType) -> str | None:
        """The dotted name of code of the package: class bodies and comprehensions belong to what holds them."""
        if code not in self._names:
            self._names[code] = self._name(code)
        return self._names[code]

    def _name(self, code: CodeType) -> str | None:
        path = code.co_filename
        if not (path.startswith(self._below + "/") or path == self._below + ".py"):
            return None
        module = path[len(self._source) :].removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        parts = code.co_qualname.replace(".<locals>", "").split(".")
        while parts and parts[-1] in FOLDED:
            parts.pop()
        if parts and not code.co_flags & inspect.CO_OPTIMIZED:
            parts.pop()  # a class body or a module
        return ".".join([module, *parts])

    def _started(self, code: CodeType, _offset: int) -> Any:
        callee = self.name(code)
        if callee is None:
            return self._monitoring.DISABLE
        self.ran.add(callee)
        if code.co_flags & LATE or code.co_name in FOLDED or not code.co_flags & inspect.CO_OPTIMIZED:
            return None
        frame = sys._getframe(1).f_back
        caller = self.name(frame.f_code) if frame is not None else None
        if frame is None or caller is None:
            self.from_outside += 1
        else:
            self._add(caller, callee, frame.f_code, frame.f_lasti)
        return None

    def _called(self, code: CodeType, offset: int, target: object, _first: object) -> Any:
        caller = self.name(code)
        if caller is None:
            return self._monitoring.DISABLE
        function = getattr(target, "__func__", target)
        made = getattr(function, "__code__", None)
        if isinstance(made, CodeType) and made.co_flags & LATE:
            callee = self.name(made)
            if callee is not None and made.co_name not in FOLDED:
                self._add(caller, callee, code, offset)
        return None

    def _add(self, caller: str, callee: str, code: CodeType, offset: int) -> None:
        if (caller, callee) in self.edges:
            return
        positions = list(code.co_positions())[offset // 2]
        line, end_line, column, end_column = (0 if each is None else each for each in positions)
        path = code.co_filename[len(self._source) :]
        self.edges[caller, callee] = (path, line, column, end_line, end_column)
