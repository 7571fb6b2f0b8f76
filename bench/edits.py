"""Edits of a scanned tree, each of a kind that a scan may or may not have to follow, and how to take them back."""

from __future__ import annotations

import ast
import random
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from bench.trees import CACHE, Tree
from seamcheck.facts.cache import FactCache
from seamcheck.facts.suites import is_test_path
from seamcheck.incremental.memory import SCANS, Memory, load


class Function(NamedTuple):
    """A function of a tree: where it is defined, and whether the last full scan followed it.

    ``first`` is the line of its first statement behind the docstring, ``text`` that of the docstring if one starts
    its line with three plain quotes, ``numbers`` are the places of whole numbers in its body (line, column, end).
    All lines count from 1.
    """

    path: Path
    name: str
    line: int
    first: int
    text: int
    numbers: tuple[tuple[int, int, int], ...]
    followed: bool
    test: bool


class Edit(NamedTuple):
    """A change of one file; ``change`` gives other bytes for each number."""

    kind: str
    path: Path
    change: Callable[[int], bytes]


def functions(tree: Tree) -> list[Function]:
    """The functions of a tree that was scanned in full and not changed since, by path and line."""
    memory = _memory(tree.folder)
    cache = FactCache(str(tree.folder))
    found: list[Function] = []
    for path in sorted(tree.files):
        shown = path.relative_to(tree.folder).as_posix()
        facts = cache.load(memory.files[shown]) if shown in memory.files else None
        if facts is None and shown not in memory.left:
            continue
        indexes = memory.followed.get(shown, ())
        followed = {facts.functions[index].line for index in indexes} if facts is not None else set()
        test = is_test_path(PurePosixPath(shown))
        found += _functions_in(path, path.read_bytes(), followed, test)
    return found


def _memory(root: Path) -> Memory:
    (name,) = {each.name.partition("-")[0] for each in (root / CACHE / SCANS).glob("*.scan")}
    return load(str(root), name)[0]


def _functions_in(path: Path, data: bytes, followed: set[int], test: bool) -> Iterator[Function]:
    if b"\f" in data or b"\r" in data.replace(b"\r\n", b""):
        return  # lines are counted in different ways
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return
    lines = data.splitlines()
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in sorted(nodes, key=lambda node: node.lineno):
        text = 0
        body = node.body
        if ast.get_docstring(node, clean=False) is not None:
            text = body[0].lineno if lines[body[0].lineno - 1].lstrip().startswith(b'"""') else 0
            body = body[1:]
        if not body or isinstance(body[0], (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if lines[body[0].lineno - 1][: body[0].col_offset].strip():
            continue  # it stands behind something else
        yield Function(
            path,
            node.name,
            node.lineno,
            body[0].lineno,
            text,
            tuple(_numbers(body)),
            node.lineno in followed,
            test,
        )


def _numbers(body: list[ast.stmt]) -> Iterator[tuple[int, int, int]]:
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.JoinedStr):
                return  # columns inside are not told by all versions
            if isinstance(node, ast.Constant) and type(node.value) is int and node.end_col_offset is not None:
                yield node.lineno, node.col_offset, node.end_col_offset


def kinds(found: list[Function]) -> Iterator[tuple[str, Edit | None]]:
    """One edit of each kind, and None where the tree has no place for it."""
    followed = [each for each in found if each.followed and not each.test]
    tests = [each for each in found if each.test and each.name.startswith("test") and not each.followed]
    texts = [each for each in followed if each.text]
    for kind, places, change in (
        ("a comment in a function that is followed", followed, comment),
        ("its docstring", texts, docstring),
        ("the body of a test", tests, statement),
        ("a new test", tests, new_test),
        ("a new function that nobody names", followed, new_function),
        ("a statement in a function that is followed", followed, statement),
    ):
        place = middle(places)
        yield kind, None if place is None else Edit(kind, place.path, change(place))


def middle(places: list[Function]) -> Function | None:
    """The function in the middle of the file of middle size."""
    sizes = {each.path: (each.path.stat().st_size, each.path) for each in places}
    if not sizes:
        return None
    path = sorted(sizes.values())[len(sizes) // 2][1]
    inside = [each for each in places if each.path == path]
    return inside[len(inside) // 2]


def sample(found: list[Function], count: int, seed: int = 1) -> list[Edit]:
    """Edits of one statement each in random functions: a number in it becomes another one, or `pass` comes in."""
    chance = random.Random(seed)
    edits = []
    for place in chance.sample(found, min(count, len(found))):
        if place.numbers and chance.random() < 0.5:
            edits.append(Edit("number", place.path, number(place, chance.choice(place.numbers))))
        else:
            edits.append(Edit("pass", place.path, inserted(place, place.first, b"pass", b"")))
    return edits


def comment(place: Function) -> Callable[[int], bytes]:
    """A line of its own above the first statement."""
    return inserted(place, place.first, b"# bench ", b"%d")


def statement(place: Function) -> Callable[[int], bytes]:
    """Another first statement."""
    return inserted(place, place.first, b"bench = ", b"%d")


def inserted(place: Function, line: int, text: bytes, number: bytes) -> Callable[[int], bytes]:
    """A line above another one, as deep as that."""
    data = place.path.read_bytes()
    lines = data.splitlines(keepends=True)
    below = lines[line - 1]
    indent = below[: len(below) - len(below.lstrip())]
    end = b"\r\n" if below.endswith(b"\r\n") else b"\n"

    def change(count: int) -> bytes:
        new = indent + text + (number % count if number else b"") + end
        return b"".join([*lines[: line - 1], new, *lines[line - 1 :]])

    return change


def docstring(place: Function) -> Callable[[int], bytes]:
    """Another beginning of the docstring."""
    lines = place.path.read_bytes().splitlines(keepends=True)

    def change(count: int) -> bytes:
        new = lines[place.text - 1].replace(b'"""', b'"""Bench %d. ' % count, 1)
        return b"".join([*lines[: place.text - 1], new, *lines[place.text :]])

    return change


def new_test(place: Function) -> Callable[[int], bytes]:
    """One more test at the end."""
    return appended(place, b"\n\ndef test_bench_%d():\n    assert 1 + 1 == 2\n")


def new_function(place: Function) -> Callable[[int], bytes]:
    """One more function at the end."""
    return appended(place, b"\n\ndef bench_nobody_names_%d(value):\n    return value + 1\n")


def appended(place: Function, text: bytes) -> Callable[[int], bytes]:
    """More lines at the end of a file."""
    data = place.path.read_bytes()
    data += b"" if data.endswith(b"\n") else b"\n"
    return lambda count: data + text % count


def number(place: Function, where: tuple[int, int, int]) -> Callable[[int], bytes]:
    """Another number instead of one that is there."""
    lines = place.path.read_bytes().splitlines(keepends=True)
    line, start, end = where
    old = lines[line - 1]

    def change(count: int) -> bytes:
        new = old[:start] + b"%d" % (7000 + count) + old[end:]
        return b"".join([*lines[: line - 1], new, *lines[line:]])

    return change


PHASE = re.compile(r"^ *[\d.]+ s +(\w+)$", re.MULTILINE)


def answered(err: str) -> str:
    """How a scan with ``--timings`` came to its report: ``reused``, ``unchanged`` or ``full``."""
    found = set(PHASE.findall(err))
    return next((word for word in ("reused", "unchanged") if word in found), "full")
