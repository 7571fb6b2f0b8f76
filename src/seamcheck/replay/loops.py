"""Plain loops as trials: those the scan finds and those the user names, changed when their module is loaded."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any, NamedTuple

from seamcheck.model.errors import ConfigError
from seamcheck.replay import passes
from seamcheck.replay.program_files import program_files
from seamcheck.replay.rewrite import rewrite
from seamcheck.replay.session import Session

#: Seconds the scan before a run may take.
PATIENCE = 120.0


class LoopMark(NamedTuple):
    """A loop that the user named: ``--loop file.py:LINE``."""

    path: str
    line: int


class Plan(NamedTuple):
    """The lines of trial loops by absolute path, every file that may have marks of its own, and what went wrong."""

    lines: Mapping[str, frozenset[int]]
    problems: tuple[str, ...] = ()


def parse_mark(text: str) -> LoopMark:
    """``file.py:LINE`` with an absolute path; raises ConfigError."""
    path, _, line = text.rpartition(":")
    if not path or not line.isdecimal():
        raise ConfigError(
            f"{text!r} names no loop", hint="write file.py:LINE, the line of its `for` or `while`"
        )
    if not os.path.isfile(path):
        raise ConfigError("there is no such file", path)
    mark = LoopMark(os.path.abspath(path), int(line))
    tree = ast.parse(_read(mark.path), mark.path)
    if not rewrite(tree, mark.path, frozenset([mark.line])):
        raise ConfigError("there is no loop in this line", path, mark.line)
    return mark


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def plan(script: str, search: Sequence[str], root: str, marks: Iterable[LoopMark]) -> Plan:
    """Which loops of the program are trial loops. A scan that fails is a problem to tell, no more."""
    trees = program_files(script, search, root)
    lines: dict[str, set[int]] = {path: set() for path, tree in trees.items() if _has_marks(tree)}
    for mark in marks:
        lines.setdefault(mark.path, set()).add(mark.line)
    candidates = [path for path, tree in trees.items() if _has_loop(tree)]
    problems: tuple[str, ...] = ()
    if candidates:
        try:
            for path, line in scanned(list(trees), root):
                lines.setdefault(path, set()).add(line)
        except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
            problems = (f"plain loops were not looked for, the scan failed: {error}",)
    return Plan({path: frozenset(found) for path, found in lines.items()}, problems)


def _has_marks(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Import | ast.ImportFrom) and "seamcheck" in ast.unparse(node)
        for node in ast.walk(tree)
    )


def _has_loop(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.For | ast.While | ast.comprehension) for node in ast.walk(tree))


def scanned(files: list[str], root: str) -> list[tuple[str, int]]:
    """The plain trial loops of these files. In a process of its own: a scan leaves nothing behind in the program's.

    Raises OSError, ValueError or SubprocessError where it fails.
    """
    command = [sys.executable, "-P", "-m", "seamcheck", "scan", *files, "--jobs", "1", "--exit-zero"]
    done = subprocess.run([*command, "--output", "json"], capture_output=True, timeout=PATIENCE, check=False)
    if done.returncode not in (0, 3):
        raise ValueError(done.stderr.decode(errors="replace").strip()[-300:] or f"exit {done.returncode}")
    report = json.loads(done.stdout)
    return [
        (_absolute(root, loop["location"]), loop["location"]["line"])
        for loop in report["loops"]
        if loop["kind"] == passes.KIND and "cell" not in loop["location"]
    ]


def _absolute(root: str, location: Mapping[str, Any]) -> str:
    return os.path.normpath(os.path.join(root, location["path"]))


class Loader:
    """Compiles the files of a plan with their loops changed."""

    def __init__(self, session: Session, made: Plan, guard: bool):
        self._session, self._plan, self._guard = session, made, guard

    def has(self, path: str) -> bool:
        """Is this one of the files to change?"""
        return os.path.abspath(path) in self._plan.lines

    def compile(self, source: bytes, path: str) -> CodeType:
        """The code of a file. Raises what ``compile`` raises, for the program's own reasons."""
        lines = self._plan.lines.get(os.path.abspath(path))
        if lines is None:
            return compile(source, path, "exec", dont_inherit=True)
        tree = ast.parse(source, path)
        found = rewrite(tree, path, lines, self._guard)
        for line in sorted(lines - found):
            self._session.note("problem", f"no loop was found in {self._session.relative(path)}:{line}")
        return compile(tree, path, "exec", dont_inherit=True)


def install(session: Session, made: Plan, guard: bool = False) -> Loader:
    """From now on modules of the plan are loaded with their loops changed.

    ``guard``: a pass may be ended early, see :mod:`seamcheck.replay.modes`.
    """
    for problem in made.problems:
        session.note("problem", problem)
    loader = Loader(session, made, guard)
    passes.install(session, guard)
    if made.lines:
        sys.meta_path.insert(0, _Finder(loader))
    return loader


def carried(made: Plan, guard: bool) -> dict[str, str]:
    """The plan as text, for :func:`join` in a child process."""
    plain = {path: sorted(lines) for path, lines in made.lines.items()}
    return {"loops": json.dumps({"lines": plain, "guard": guard})}


def join(session: Session, extra: Mapping[str, str]) -> None:
    """In a child process: the same loops are trial loops there."""
    plain = json.loads(extra["loops"])
    made = Plan({path: frozenset(lines) for path, lines in plain["lines"].items()})
    install(session, made, plain["guard"])


class _Finder(importlib.abc.MetaPathFinder):
    """Finds modules where Python finds them, and has those of the plan loaded by :class:`_Source`."""

    def __init__(self, loader: Loader):
        self._loader = loader

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of a module whose loops are to be changed; None for all others."""
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader:
            return None
        if spec.origin is None or not self._loader.has(spec.origin):
            return None
        spec.loader = _Source(fullname, spec.origin, self._loader)
        return spec


class _Source(importlib.machinery.SourceFileLoader):
    """Neither reads nor writes ``.pyc`` files: theirs is other code."""

    def __init__(self, fullname: str, path: str, loader: Loader):
        super().__init__(fullname, path)
        self._loader = loader

    def get_code(self, fullname: str) -> CodeType:
        """The changed code of the module."""
        path = self.get_filename(fullname)
        return self._loader.compile(self.get_data(path), path)
