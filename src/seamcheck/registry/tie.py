"""Which function each entry stands for, as far as this scan looked."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from seamcheck.config.paths import relative
from seamcheck.facts.directives import marked_consumers
from seamcheck.facts.ir import FileFacts
from seamcheck.flow.modules import ModuleIndex
from seamcheck.model.errors import RegistryError
from seamcheck.model.report import Problem
from seamcheck.registry.keys import matcher
from seamcheck.registry.model import Entry, Registry, Tied, spot

#: Functions that are named where an entry stands for none, or for several.
MAX_NAMED = 3


class Scope(NamedTuple):
    """What was given to scan, relative to the project root; "." is all of it."""

    paths: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Does ``path`` (a file or folder relative to the root) lie in what was given?"""
        return any(
            set(given.split("/")) <= {".", ".."} or path == given or path.startswith(f"{given}/")
            for given in self.paths
        )


def scope_of(paths: Iterable[str | os.PathLike[str]], root: str) -> Scope:
    """The scope of a scan of these paths (none: the working folder)."""
    given = [os.path.abspath(os.fspath(path)) for path in paths] or [os.getcwd()]
    return Scope(tuple(sorted({relative(path, root) for path in given})))


def tie(
    entries: Iterable[Entry],
    patterns: Mapping[tuple[str, str], str | None],
    above: str,
    source_roots: tuple[str, ...],
    files: Mapping[str, FileFacts],
    problems: Iterable[Problem],
    scope: Scope,
) -> Registry:
    """Each entry with its function.

    ``above`` is the root relative to the folder that entries start from, "" where they are the same. ``patterns``
    are those of the literals by file and variable. Raises RegistryError where two entries stand for one function.
    """
    code = _Code(files, {problem.path for problem in problems}, above, source_roots, scope)
    tied = []
    for entry in entries:
        if entry.variable is not None:
            tied.append(code.by_key(entry, patterns.get((entry.file, entry.variable))))
        elif "::" in (entry.entry or ""):
            tied.append(code.by_path(entry))
        else:
            tied.append(code.by_module(entry))
    first: dict[tuple[str | None, str | None], Entry] = {}
    wrong = []
    for each in tied:
        if each.state != "found":
            continue
        known = first.setdefault((each.path, each.function), each.entry)
        if known is not each.entry:
            wrong.append(
                f"{spot(each.entry)}: `{each.entry.name}` stands for {each.path}::{each.function}, "
                f"as `{known.name}` does ({spot(known)}): one entry for each function"
            )
    if wrong:
        told = "\n".join(f"  {row}" for row in wrong)
        raise RegistryError(f"two entries stand for one function\n{told}")
    return Registry(True, tuple(tied), code.above)


class _Code:
    """The functions of a project, by the ways in which entries name them."""

    def __init__(
        self,
        files: Mapping[str, FileFacts],
        unread: set[str],
        above: str,
        source_roots: tuple[str, ...],
        scope: Scope,
    ) -> None:
        self._files = files
        self._unread = {path for path in unread if path not in files}
        self.above = f"{above}/" if above else ""
        self._roots = source_roots
        self._scope = scope
        self._modules: dict[tuple[str, ...], list[str]] | None = None
        self._marked: dict[str, set[tuple[str, str]]] | None = None

    def by_path(self, entry: Entry) -> Tied:
        """An entry ``path::qualname``."""
        path, _, function = (entry.entry or "").partition("::")
        inside = self._below_root(path)
        if inside is None:
            return Tied(entry, "outside", None, function)
        return self._in_file(entry, inside, function)

    def by_module(self, entry: Entry) -> Tied:
        """An entry ``module:qualname``."""
        name, _, function = (entry.entry or "").partition(":")
        parts = tuple(name.split("."))
        found = self._named().get(parts, [])
        if len(found) == 1:
            return self._in_file(entry, found[0], function)
        if found:
            why = f"`{name}` may be {_and(found)}: write path::qualname"
            names = tuple(f"{self.above}{path}::{function}" for path in found)
            return Tied(entry, "ambiguous", None, function, why, names)
        # Without the module nobody knows where it was: only its top-level package tells whether this scan looked there.
        near = self._scope.covers(".") or any(known[:1] == parts[:1] for known in self._named())
        state, why = self._missing_module(parts) if near else ("outside", "")
        if state == "unread":
            return Tied(entry, "unread", None, function, why)
        if state == "outside":
            return Tied(entry, "outside", None, function)
        return Tied(entry, "gone", None, function, why, self._like(function))

    def _named(self) -> Mapping[tuple[str, ...], list[str]]:
        """The files by the parts of their dotted names."""
        if self._modules is None:
            self._modules = defaultdict(list)
            for module in ModuleIndex(self._files, self._roots).by_path.values():
                if module.path.endswith(".py"):
                    self._modules[module_parts(module.path, module.root)].append(module.path)
        return self._modules

    def _missing_module(self, parts: tuple[str, ...]) -> tuple[str, str]:
        name = ".".join(parts)
        tails = ("/".join(parts) + ".py", "/".join((*parts, "__init__.py")))
        for path in sorted(self._unread):
            if path in tails or path.endswith(tuple(f"/{tail}" for tail in tails)):
                return "unread", f"{path} could not be parsed"
        return "gone", f"no module `{name}` is among the files that were read"

    def by_key(self, entry: Entry, pattern: str | None) -> Tied:
        """A key of a literal: by a comment on the ``def``, else by the pattern of the literal."""
        found = sorted(self._marks().get(entry.name, ()))
        if not found and pattern is not None:
            found = sorted(self._matching(pattern, entry.name))
        if len(found) == 1:
            return Tied(entry, "found", *found[0])
        if found:
            names = [f"{self.above}{path}::{function}" for path, function in found]
            why = f"{len(found)} functions match: {_and(names)}"
            return Tied(entry, "ambiguous", None, None, why, tuple(names))
        where: str | None = "."
        why = f"no function has the comment `# seamcheck: consumer[{entry.name}]`"
        if pattern is None and self._unread:
            return Tied(entry, "unread", None, None, f"{why}, and {min(self._unread)} could not be parsed")
        if pattern is not None:
            shown = pattern.replace("{name}", entry.name)
            path = shown.partition("::")[0]
            where, why = self._below_root(_fixed(path)), f"no function matches {shown}"
            unread = [each for each in sorted(self._unread) if matcher(path).fullmatch(self.above + each)]
            if unread:
                return Tied(entry, "unread", None, None, f"{unread[0]} could not be parsed")
        seen = where is not None and self._scope.covers(where)
        return Tied(entry, "gone" if seen else "outside", None, None, why)

    def _in_file(self, entry: Entry, path: str, function: str) -> Tied:
        facts = self._files.get(path)
        if facts is not None:
            if any(each.qualname == function for each in facts.functions):
                return Tied(entry, "found", path, function)
            why = f"{path} has no function `{function}`"
        elif path in self._unread:
            return Tied(entry, "unread", path, function, f"{path} could not be parsed")
        elif not self._scope.covers(path):
            return Tied(entry, "outside", path, function)
        else:
            why = f"{path} is not among the files that were read"
        return Tied(entry, "gone", path, function, why, self._like(function))

    def _below_root(self, path: str) -> str | None:
        """A path as an entry writes it, relative to the root; None outside of it."""
        if f"{path}/" == self.above or self.above.startswith(f"{path}/") or path == ".":
            return "."
        return path.removeprefix(self.above) if path.startswith(self.above) else None

    def _marks(self) -> dict[str, set[tuple[str, str]]]:
        if self._marked is None:
            self._marked = defaultdict(set)
            for path, facts in self._files.items():
                lines = marked_consumers(facts)
                for function in facts.functions if lines else ():
                    if function.line in lines:
                        self._marked[lines[function.line]].add((path, function.qualname))
        return self._marked

    def _matching(self, pattern: str, name: str) -> set[tuple[str, str]]:
        where, _, function = pattern.replace("{name}", name).partition("::")
        found_by = matcher(where)
        found = set()
        for path, facts in self._files.items():
            if found_by.fullmatch(self.above + path):
                found |= {(path, f.qualname) for f in facts.functions if f.qualname == function}
        return found

    def _like(self, function: str) -> tuple[str, ...]:
        """Functions of the same qualname elsewhere: the file may have moved."""
        found = sorted(
            f"{self.above}{path}::{function}"
            for path, facts in self._files.items()
            if any(each.qualname == function for each in facts.functions)
        )
        return tuple(found) if len(found) <= MAX_NAMED else ()


def module_parts(path: str, root: PurePosixPath) -> tuple[str, ...]:
    """The dotted name of a file below its import root, as parts."""
    parts = PurePosixPath(path).relative_to(root).with_suffix("").parts
    return parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts


def _and(names: list[str]) -> str:
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def _fixed(pattern: str) -> str:
    """The folder that every match of a pattern lies in, or the file itself where it has no wildcard."""
    parts = PurePosixPath(pattern).parts
    fixed = []
    for part in parts:
        if "*" in part or "?" in part:
            break
        fixed.append(part)
    return "/".join(fixed) or "."
