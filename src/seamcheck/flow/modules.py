"""The project's modules: their names, and which file an import statement means.

A file may be importable under several names. Its *canonical* name is the path below its import root (the
folder above its topmost package, or the folder of a script) and is unique within one scan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from seamcheck.facts.ir import FileFacts
from seamcheck.facts.suites import is_test_path

#: Folders that hold source roots by convention, tried below the project root.
SOURCE_FOLDERS = ("src", "lib", "python")


@dataclass(slots=True, eq=False)
class SourceModule:
    """One file of the project: ``root`` is the folder its absolute imports start from."""

    name: str
    path: str
    facts: FileFacts
    is_package: bool
    root: PurePosixPath
    is_test: bool = False
    package: PurePosixPath = field(default_factory=PurePosixPath)


class ModuleIndex:
    """All modules of a scan. ``resolve`` answers imports; names are "/"-separated paths below the root."""

    def __init__(self, files: Mapping[str, FileFacts], source_roots: Iterable[str] = ()):
        self.by_path: dict[PurePosixPath, SourceModule] = {}
        self.by_name: dict[str, SourceModule] = {}
        self.folders: set[PurePosixPath] = set()
        self.duplicates: list[tuple[str, str, str]] = []
        paths = [PurePosixPath(p) for p in sorted(files)]
        self._packages = {p.parent for p in paths if p.name == "__init__.py"}
        self._roots = [PurePosixPath(r) for r in source_roots]
        for path in paths:
            self.folders.update(path.parents)
        for path in paths:
            self._add(path, files[str(path)])
        self._top = self._top_level()

    def _add(self, path: PurePosixPath, facts: FileFacts) -> None:
        root = self._import_root(path)
        parts = list(path.relative_to(root).with_suffix("").parts)
        if path.suffix == ".ipynb":
            parts[-1] += "[ipynb]"  # nothing can import a notebook, and no module can have this name
        is_package = parts[-1] == "__init__"
        if is_package and len(parts) > 1:
            parts.pop()
        name = ".".join(parts)
        if name in self.by_name:
            self.duplicates.append((name, self.by_name[name].path, str(path)))
            name = ".".join(path.with_suffix("").parts)
        while name in self.by_name:
            name += "_"
        module = SourceModule(name, str(path), facts, is_package, root, is_test_path(path), path.parent)
        self.by_name[name] = self.by_path[path] = module

    def _import_root(self, path: PurePosixPath) -> PurePosixPath:
        """The folder above the topmost package around a file; for a plain script the nearest source root.

        What is a root itself is no package, even if it looks like one.
        """
        folder = path.parent
        if folder not in self._packages:
            for root in self._source_roots():
                if folder.is_relative_to(root):
                    return root
            return PurePosixPath(".")
        while folder in self._packages and folder != PurePosixPath(".") and folder not in self._roots:
            folder = folder.parent
        return folder

    def _source_roots(self) -> list[PurePosixPath]:
        return self._roots + [
            PurePosixPath(name) for name in SOURCE_FOLDERS if PurePosixPath(name) in self.folders
        ]

    def _top_level(self) -> dict[str, list[PurePosixPath]]:
        """Import roots that contain a regular package or a module of this top-level name."""
        top: dict[str, set[PurePosixPath]] = {}
        for module in self.by_path.values():
            if module.package in self._packages:
                inside = PurePosixPath(module.path).relative_to(module.root)
                top.setdefault(inside.parts[0], set()).add(module.root)
        return {name: sorted(roots) for name, roots in top.items()}

    def search_path(self, importer: SourceModule) -> list[PurePosixPath]:
        """Where an absolute import of this file looks, nearest first."""
        own = importer.root if importer.package in self._packages else importer.package
        roots = [own, importer.root, *self._source_roots(), PurePosixPath(".")]
        if own == importer.package:
            roots[1:1] = [p for p in importer.package.parents if p != PurePosixPath(".")]
        return list(dict.fromkeys(roots))

    def resolve(self, importer: SourceModule, name: str) -> SourceModule | None:
        """The module that ``import name`` in ``importer`` means, or None if the project does not have it."""
        parts = name.split(".")
        for root in self.search_path(importer):
            found = self.at(root.joinpath(*parts))
            if found is not None:
                return found
        roots = self._top.get(parts[0], [])
        hits = [hit for root in roots if (hit := self.at(root.joinpath(*parts))) is not None]
        return hits[0] if len(hits) == 1 else None

    def at(self, stem: PurePosixPath) -> SourceModule | None:
        """The module at a path without suffix: a package's ``__init__`` before a plain file."""
        if not stem.name:
            return None  # an import of nothing, as `import_module("")` is: an error
        return self.by_path.get(stem / "__init__.py") or self.by_path.get(stem.with_name(stem.name + ".py"))

    def is_namespace(self, importer: SourceModule, name: str) -> bool:
        """Is this a folder of modules without ``__init__``, seen from the importer?"""
        parts = name.split(".")
        return any(root.joinpath(*parts) in self.folders for root in self.search_path(importer))

    def absolute(self, importer: SourceModule, module: str | None, level: int) -> PurePosixPath | None:
        """The path without suffix that a relative import names, or None above the root."""
        folder = importer.package
        for _ in range(level - 1):
            if folder == PurePosixPath("."):
                return None
            folder = folder.parent
        return folder.joinpath(*(module.split(".") if module else ()))

    def relative(self, importer: SourceModule, module: str | None, level: int) -> SourceModule | None:
        """The module of ``from ..module import``."""
        stem = self.absolute(importer, module, level)
        if stem is None:
            return None
        if module is None:
            return self.by_path.get(stem / "__init__.py")
        return self.at(stem)

    def submodule(self, module: SourceModule, name: str) -> SourceModule | None:
        """A module inside a package."""
        return self.at(module.package / name) if module.is_package else None
