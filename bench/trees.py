"""Copies of the trees to scan: a scan leaves a cache behind and one measurement edits a file."""

from __future__ import annotations

import ast
import shutil
import warnings
from pathlib import Path

from bench.measure import SEAMCHECK, DidNotFinish, run

CACHE = ".seamcheck_cache"


class Tree:
    """A copy of what a scan of ``source`` would read, with a root of its own."""

    def __init__(self, source: Path, folder: Path, copies: int = 1) -> None:
        self.folder = folder
        listed = run([*SEAMCHECK, "scan", str(source), "--show-files"]).out.splitlines()
        root = _root_of(source, listed)
        if (root / "__init__.py").is_file():  # an installed package: its imports start from the folder above
            listed = [f"{root.name}/{name}" for name in listed]
            root = root.parent
        folder.mkdir(parents=True)
        (folder / "seamcheck.toml").write_text("")
        self.files: list[Path] = []
        self._edited: tuple[Path, int] | None = None
        self._original = b""
        for number in range(1, copies + 1):
            top = folder if copies == 1 else folder / f"copy_{number}"
            for name in listed:
                target = top / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / name, target)
                if copies > 1:  # equal files would share one entry of the cache
                    with target.open("ab") as file:
                        file.write(b"\n# copy %d\n" % number)
                self.files.append(target)
        self.lines = sum(path.read_bytes().count(b"\n") for path in self.files)

    def forget(self) -> None:
        """As if it had never been scanned."""
        shutil.rmtree(self.folder / CACHE, ignore_errors=True)

    def edit(self, number: int) -> None:
        """Change one line in the body of a function, in a file of middle size; each number is another change."""
        if self._edited is None:
            ordered = sorted(self.files, key=lambda path: (path.stat().st_size, path))
            middle = len(ordered) // 2
            found = ((path, function_line(path.read_bytes())) for path in ordered[middle:] + ordered[:middle])
            self._edited = next(((path, line) for path, line in found if line), None)
            if self._edited is None:
                raise DidNotFinish("no file has a function to edit")
        path, line = self._edited
        self._original = path.read_bytes()
        lines = self._original.splitlines(keepends=True)
        text = lines[line - 1].rstrip(b"\r\n")
        lines[line - 1] = text + b"; bench = %d" % number + lines[line - 1][len(text) :]
        path.write_bytes(b"".join(lines))

    def restore(self) -> None:
        """Take the change back."""
        if self._edited is not None:
            self._edited[0].write_bytes(self._original)

    def listing(self) -> Path:
        """A file that names all files, for the parse floor."""
        path = self.folder.with_suffix(".list")
        path.write_text("".join(f"{each}\n" for each in self.files))
        return path


def function_line(data: bytes) -> int:
    """The line of the first plain assignment in a function that has its line for itself, or 0."""
    if b"\f" in data or b"\r" in data.replace(b"\r\n", b""):
        return 0  # lines are counted in different ways
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return 0
    lines = data.splitlines()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in function.body:
                text = lines[node.lineno - 1].rstrip()
                if isinstance(node, ast.Assign) and node.end_lineno == node.lineno and b"#" not in text:
                    if text.strip() == text[node.col_offset : node.end_col_offset]:
                        return node.lineno
    return 0


def _root_of(source: Path, listed: list[str]) -> Path:
    """The folder that listed paths are relative to: the source or one above it."""
    source = source.resolve()
    for folder in (source, *source.parents):
        if listed and all((folder / name).is_file() for name in listed):
            return folder
    raise SystemExit(f"nothing to scan in {source}")
