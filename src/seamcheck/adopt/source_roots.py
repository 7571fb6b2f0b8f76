"""Folders that imports start from and nobody could know: those that alone explain an import of the project."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from pathlib import PurePosixPath

from seamcheck.flow.modules import SOURCE_FOLDERS, ModuleIndex, SourceModule


def source_roots(root: str, index: ModuleIndex, libraries: Collection[str]) -> tuple[str, ...]:
    """What to write as ``src``, relative to ``root``: the conventional folders in use, then the others that are needed.

    ``libraries`` are top-level packages that are known to come from elsewhere.
    """
    conventional = [name for name in SOURCE_FOLDERS if PurePosixPath(name) in index.folders]
    # `src/` that is itself a package is imported as `src`, and is no folder that imports start from.
    conventional = [name for name in conventional if index.at(PurePosixPath(name)) is None]
    needed: set[str] = set()
    for module in index.by_path.values():
        if not module.is_test:
            needed |= {str(folder) for folder in _needed_by(index, module, libraries)}
    extra = sorted(name for name in needed - set(conventional) if os.path.isdir(os.path.join(root, name)))
    return (*conventional, *extra)


def _needed_by(index: ModuleIndex, module: SourceModule, libraries: Collection[str]) -> list[PurePosixPath]:
    found = []
    for name in sorted({entry.partition(":")[0] for entry in module.facts.imports}):
        top = name.partition(".")[0]
        if not top or top in libraries or top in sys.stdlib_module_names:
            continue
        if index.resolve(module, name) is not None or index.is_namespace(module, name):
            continue
        parts = name.split(".")
        if _is_relative(index, module, parts):
            continue
        homes = [folder for folder in sorted(index.folders) if index.at(folder.joinpath(*parts)) is not None]
        if len(homes) == 1:
            found.append(homes[0])
    return found


def _is_relative(index: ModuleIndex, module: SourceModule, parts: list[str]) -> bool:
    """Facts do not tell ``from .a import b`` from ``from a import b``; the former needs no source root."""
    folders = (module.package, *module.package.parents)
    return any(index.at(folder.joinpath(*parts)) is not None for folder in folders)
