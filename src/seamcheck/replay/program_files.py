"""Which files of a project a script runs: itself and, in turn, what it imports. Found without importing anything."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence

#: A scan before a run must not take longer than people wait; what is further away is not looked at.
MOST = 200


def program_files(script: str, search: Sequence[str], root: str) -> dict[str, ast.Module]:
    """The trees of the script and of the modules below ``root`` it leads to, by absolute path, the script first.

    ``search`` are folders that absolute imports start from. Files that cannot be read or parsed are left out.
    """
    inside = root.rstrip(os.sep) + os.sep
    pending, found = [os.path.abspath(script)], dict[str, ast.Module]()
    seen = set(pending)
    folders = [os.path.abspath(each) for each in search]
    while pending and len(found) < MOST:
        path = pending.pop(0)
        tree = parsed(path)
        if tree is None:
            continue
        found[path] = tree
        for each in _imported(tree, path, folders):
            if each not in seen and each.startswith(inside) and f"{os.sep}site-packages{os.sep}" not in each:
                seen.add(each)
                pending.append(each)
    return found


def parsed(path: str) -> ast.Module | None:
    """The tree of a file; None where there is none, which running it will say better."""
    try:
        with open(path, "rb") as file:
            return ast.parse(file.read(), path)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _imported(tree: ast.Module, path: str, search: Sequence[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(alias.name.split("."), search)
        elif isinstance(node, ast.ImportFrom):
            base = search
            if node.level:
                folder = path
                for _ in range(node.level):
                    folder = os.path.dirname(folder)
                base = (folder,)
            parts = node.module.split(".") if node.module else []
            yield from _files(parts, base)
            for alias in node.names:
                yield from _files([*parts, alias.name], base)


def _files(parts: Sequence[str], search: Sequence[str]) -> Iterator[str]:
    """The files that importing a dotted name runs: packages on the way, and the module."""
    for folder in search:
        if not _exists(os.path.join(folder, *parts[:1])):
            continue
        for count in range(len(parts) + 1):
            here = os.path.join(folder, *parts[:count])
            for file in (f"{here}.py", os.path.join(here, "__init__.py")):
                if os.path.isfile(file) and (count or file.endswith("__init__.py")):
                    yield file
        return


def _exists(start: str) -> bool:
    return os.path.isdir(start) or os.path.isfile(f"{start}.py")
