"""How a library function is called: the arguments seen at its call sites, and the methods of what it gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from seamcheck.facts.ir import FileFacts, Node


class Signature(NamedTuple):
    """Arguments as seen: a name for each position (guessed from what is passed), keywords, ``*`` and ``**``."""

    positional: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    rest: bool = False
    keyword_rest: bool = False

    def join(self, other: Signature) -> Signature:
        """What either saw; the first guess of a name stays."""
        longer, shorter = sorted((self.positional, other.positional), key=len, reverse=True)
        names = tuple(
            a if not a.startswith("arg") or i >= len(shorter) else shorter[i] for i, a in enumerate(longer)
        )
        keywords = tuple(dict.fromkeys((*self.keywords, *other.keywords)))
        return Signature(names, keywords, self.rest or other.rest, self.keyword_rest or other.keyword_rest)

    def params(self) -> list[str]:
        """The parameters as a model spells them, each name once."""
        taken = set(self.keywords)
        out: list[str] = []
        for number, name in enumerate(self.positional, start=1):
            free = name if name not in taken else f"arg{number}"
            taken.add(free)
            out.append(free)
        if self.rest:
            out.append("*args")
        elif self.keywords:
            out.append("*")
        out += self.keywords
        return [*out, "**kwargs"] if self.keyword_rest else out


class Uses:
    """The calls of a project, by place."""

    def __init__(self, files: Mapping[str, FileFacts]) -> None:
        self._files = files
        self._calls: dict[str, dict[int, list[tuple[Node, int]]]] = {}

    def signature(self, places: Iterable[tuple[str, int]], name: str) -> Signature:
        """All calls of ``name`` at these places together."""
        out = Signature()
        for path, line in sorted(set(places)):
            for node, _ in self._at(path, line, name):
                out = out.join(_of_call(node))
        return out

    def methods_of_result(
        self, places: Iterable[tuple[str, int]], name: str
    ) -> Iterator[tuple[str, Signature]]:
        """Methods that are called on a variable which holds the result, in the same function."""
        for path, line in sorted(set(places)):
            for node, scope in self._at(path, line, name):
                held = _holders(self._bodies(path)[scope], node)
                for calls in self._by_line(path).values():
                    for other, where in calls:
                        func = other[3]
                        if (
                            where == scope
                            and func[0] == "attr"
                            and func[2][0] == "name"
                            and func[2][2] in held
                        ):
                            yield func[3], _of_call(other)

    def _at(self, path: str, line: int, name: str) -> list[tuple[Node, int]]:
        """The calls on a line that bear this name; under an alias, the only call there is."""
        calls = self._by_line(path).get(line, [])
        named = [each for each in calls if _last(each[0][3]) == name]
        return named or (calls if len(calls) == 1 else [])

    def _by_line(self, path: str) -> dict[int, list[tuple[Node, int]]]:
        if path not in self._calls:
            found: dict[int, list[tuple[Node, int]]] = defaultdict(list)
            for scope, body in enumerate(self._bodies(path)):
                for node in _walk(body):
                    if node[0] == "call" and len(node) == 6:
                        found[node[1]].append((node, scope))
            self._calls[path] = found
        return self._calls[path]

    def _bodies(self, path: str) -> list[Any]:
        """Module, classes and functions: each is a scope of its own, decorators and defaults belong to none of them."""
        facts = self._files.get(path)
        if facts is None:
            return []
        classes = [(c.body, c.decorators, c.bases) for c in facts.classes]
        functions = [(f.body, f.decorators, tuple(p.default for p in f.params)) for f in facts.functions]
        return [facts.body, *classes, *functions]


def _walk(node: Any) -> Iterator[Node]:
    """All nodes below, in source order."""
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, tuple):
            if each and isinstance(each[0], str):
                yield each
            pending.extend(reversed(each))


def _of_call(node: Node) -> Signature:
    positional, rest = [], False
    for number, arg in enumerate(node[4], start=1):
        if arg[0] == "star":
            rest = True
        elif not rest:
            positional.append(_last(arg) or f"arg{number}")
    keywords = tuple(name for name, _ in node[5] if name is not None)
    return Signature(tuple(positional), keywords, rest, any(name is None for name, _ in node[5]))


def _last(node: Node) -> str:
    """The variable or attribute that an expression is, "" for others."""
    if node[0] == "name":
        return str(node[2])
    return str(node[3]) if node[0] == "attr" else ""


def _holders(body: Any, call: Node) -> set[str]:
    """The variables that are given the result of this call as it is."""
    found: set[str] = set()
    for node in _walk(body):
        if node[0] == "assign" and len(node) == 5 and node[4] is call:
            found.update(target[2] for target in node[3] if target[0] == "name")
        elif node[0] == "with" and len(node) == 5:
            found.update(t[2] for context, t in node[3] if context is call and t and t[0] == "name")
    return found
