"""Which assumption of the source speaks of a call: by the function that is called, or by the statement that calls."""

from __future__ import annotations

from collections.abc import Mapping

from seamcheck.facts.assumptions import Assumption, Mark, read
from seamcheck.facts.ir import FileFacts, FunctionFacts, Node
from seamcheck.flow.places import Place


class Assumptions:
    """The assumptions of all files: by function, and by the lines of statements."""

    def __init__(self, files: Mapping[str, FileFacts]):
        self.functions: dict[tuple[str, int], Assumption] = {}
        self.lines: dict[str, list[Mark]] = {}
        for path, facts in files.items():
            for mark in read(facts, path)[0]:
                if mark.function >= 0:
                    self.functions.setdefault((path, mark.function), mark.assumption)
                else:
                    self.lines.setdefault(path, []).append(mark)

    @property
    def any(self) -> bool:
        """Is there one at all?"""
        return bool(self.functions or self.lines)

    def of_statement(self, path: str, node: Node) -> Assumption | None:
        """What is said of a call that is written here; what the analysis makes up stands in no statement."""
        if path not in self.lines or node.__class__ is Place:
            return None
        return next((m.assumption for m in self.lines[path] if m.start <= node[1] <= m.end), None)

    def of_function(
        self, path: str, index: int, facts: FunctionFacts, caller: str, node: Node
    ) -> Assumption | None:
        """What is said of a call of this function: by its ``def``, else by the statement that calls it.

        Generators and coroutines give what they do only later, when they are asked.
        """
        if facts.is_generator or facts.is_async:
            return None
        return self.functions.get((path, index)) or self.of_statement(caller, node)
