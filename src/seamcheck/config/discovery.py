"""Which files a scan looks at: the project root, and the Python files and notebooks below the given paths."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from seamcheck.config.paths import relative
from seamcheck.model.errors import ConfigError
from seamcheck.model.report import Problem

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    _Ignores = tuple[tuple[str, GitIgnoreSpec], ...]

#: Files that make a folder the root of a project.
ROOT_MARKERS = ("seamcheck.toml", "pyproject.toml", ".git")

#: What is read where a folder is given.
SUFFIXES = (".py", ".ipynb")

#: Folders that hold no code of the project, by name.
DEFAULT_EXCLUDES = frozenset((
    ".bzr", ".direnv", ".eggs", ".git", ".hg", ".hypothesis", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d",
    ".pytest_cache", ".pytype", ".ruff_cache", ".seamcheck_cache", ".svn", ".tox", ".venv", ".vscode", "__pycache__",
    "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv",
))  # fmt: skip


class Discovery(NamedTuple):
    """Absolute ``root`` and ``files``, sorted by the path relative to the root, and what could not be looked at."""

    root: str
    files: tuple[str, ...]
    problems: tuple[Problem, ...]


def find_root(path: str | os.PathLike[str]) -> str:
    """Absolute path of the nearest folder, from ``path`` upwards, with one of :data:`ROOT_MARKERS`.

    Without any, ``path`` itself, or its folder if it is a file.
    """
    start = os.path.abspath(os.fspath(path))
    if not os.path.isdir(start):
        start = os.path.dirname(start)
    for folder in _upwards(start):
        if any(os.path.lexists(os.path.join(folder, marker)) for marker in ROOT_MARKERS):
            return folder
    return start


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def discover(
    paths: Sequence[str | os.PathLike[str]],
    exclude: Iterable[str] | None = None,
    extend_exclude: Iterable[str] = (),
    gitignore: bool = True,
) -> Discovery:
    """The Python files and notebooks under ``paths`` (default: the working folder).

    ``exclude`` are patterns in the language of .gitignore relative to the root and replace the default ones,
    ``extend_exclude`` come on top. Files and folders named in ``paths`` are never excluded themselves. Links to
    folders are not followed. The order depends on names alone.
    """
    given = [os.path.abspath(os.fspath(path)) for path in paths] or [os.getcwd()]
    root = find_root(given[0])
    names = DEFAULT_EXCLUDES if exclude is None else frozenset()
    walk = _Walk(root, names, [*(exclude or ()), *extend_exclude], gitignore)
    for path in given:
        if os.path.isdir(path):
            walk.folder(path)
        elif os.path.lexists(path):
            walk.files[relative(path, root)] = path
        else:
            walk.problem(path, "no such file or folder: correct the path")
    files = tuple([path for _, path in sorted(walk.files.items())])
    return Discovery(root, files, tuple(sorted(set(walk.problems))))


class _Walk:
    """One walk below the root; ``files`` by relative path."""

    def __init__(self, root: str, names: frozenset[str], patterns: list[str], gitignore: bool) -> None:
        self.root = root
        self.files: dict[str, str] = {}
        self.problems: list[Problem] = []
        self._names = names
        self._gitignore = gitignore
        self._patterns = _spec(patterns, strict=True) if patterns else None

    def problem(self, path: str, message: str) -> None:
        """Note that ``path`` could not be looked at."""
        self.problems.append(Problem(relative(path, self.root), 1, message))

    def folder(self, top: str) -> None:
        """Add the files below ``top``, depth first."""
        ignores = self._inherited(top) if self._gitignore else ()
        # A folder that was named is scanned although patterns say otherwise, hence without them.
        patterns = None if self._matches(top, self._patterns) else self._patterns
        pending = [(top, () if self._ignored(top, ignores, folder=True) else ignores)]
        while pending:
            folder, ignores = pending.pop()
            entries = self._entries(folder)
            names = {entry.name for entry in entries}
            if folder != top and self._is_output(os.path.basename(folder), names):
                continue
            if self._gitignore and ".gitignore" in names:
                ignores = self._add_ignores(folder, ignores)
            for entry in entries:
                is_folder = _is_folder(entry)
                if not is_folder and not entry.name.endswith(SUFFIXES):
                    continue
                if self._matches(entry.path, patterns, is_folder) or self._ignored(
                    entry.path, ignores, is_folder
                ):
                    continue
                if is_folder:
                    pending.append((entry.path, ignores))
                else:
                    self._add_file(entry)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as listing:
                return sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self.problem(
                folder, f"the folder could not be read ({error.strerror}): grant access or exclude it"
            )
            return []

    def _is_output(self, name: str, names: set[str]) -> bool:
        """Whether a folder holds no code of the project; a package called ``build`` does, an environment never."""
        if not self._names:
            return False
        return "pyvenv.cfg" in names or (
            name in self._names and not (name in ("build", "dist") and "__init__.py" in names)
        )

    def _add_file(self, entry: os.DirEntry[str]) -> None:
        try:
            regular = entry.is_file()
        except OSError:
            # A link to itself.
            regular = False
        if regular:
            self.files[relative(entry.path, self.root)] = entry.path
        elif not entry.is_symlink():
            self.problem(entry.path, "not a regular file: it was not read")
        elif not os.path.isdir(entry.path) and not entry.name.startswith(".#"):
            # Editors lock files with dangling links named ".#"; any other one is meant to be code.
            self.problem(entry.path, "a link that leads nowhere: repair or remove it")

    def _inherited(self, top: str) -> _Ignores:
        """The .gitignore files above ``top``: up to its repository, or without one up to the root."""
        above: list[str] = []
        for folder in _upwards(top):
            if os.path.lexists(os.path.join(folder, ".git")):
                break
            above.append(os.path.dirname(folder))
        else:
            above = [folder for folder in above if (folder + os.sep).startswith(self.root + os.sep)]
        ignores: _Ignores = ()
        for folder in reversed(above):
            if os.path.isfile(os.path.join(folder, ".gitignore")):
                ignores = self._add_ignores(folder, ignores)
        return ignores

    def _add_ignores(self, folder: str, ignores: _Ignores) -> _Ignores:
        path = os.path.join(folder, ".gitignore")
        try:
            with open(path, encoding="utf-8", errors="replace") as stream:
                lines = stream.read().splitlines()
        except OSError as error:
            self.problem(path, f"could not be read ({error.strerror}): nothing was ignored by it")
            return ignores
        return (*ignores, (folder, _spec(lines)))

    def _matches(self, path: str, patterns: GitIgnoreSpec | None, folder: bool = True) -> bool:
        return patterns is not None and patterns.match_file(_below(path, self.root, folder))

    def _ignored(self, path: str, ignores: _Ignores, folder: bool) -> bool:
        # The file nearest to the path has the last word, as in git.
        for base, spec in reversed(ignores):
            verdict = spec.check_file(_below(path, base, folder)).include
            if verdict is not None:
                return verdict
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _below(path: str, base: str, folder: bool) -> str:
    """``path`` relative to ``base`` as patterns see it: "/" separators, and one at the end of folders."""
    return relative(path, base) + ("/" if folder else "")


def _spec(lines: Iterable[str], strict: bool = False) -> GitIgnoreSpec:
    """Compile patterns; an invalid one is left out, as git does, or with ``strict`` a ConfigError."""
    from pathspec import GitIgnoreSpec

    valid = []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError as error:
            if strict:
                raise ConfigError(f"the exclude pattern {line!r} is invalid", hint=str(error)) from None
        else:
            valid.append(line)
    return GitIgnoreSpec.from_lines(valid)
