"""Copies of the trees to scan: a scan leaves a cache behind and some measurements edit files."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.measure import SEAMCHECK, run

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

    def keep(self) -> None:
        """Remember the cache as it is now."""
        kept = self.folder.with_suffix(".kept")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.folder / CACHE, kept)

    def recall(self) -> None:
        """The cache as it was remembered: with what was scanned since neither known nor pushing anything out."""
        self.forget()
        shutil.copytree(self.folder.with_suffix(".kept"), self.folder / CACHE)

    def listing(self) -> Path:
        """A file that names all files, for the parse floor."""
        path = self.folder.with_suffix(".list")
        path.write_text("".join(f"{each}\n" for each in self.files))
        return path


def _root_of(source: Path, listed: list[str]) -> Path:
    """The folder that listed paths are relative to: the source or one above it."""
    source = source.resolve()
    for folder in (source, *source.parents):
        if listed and all((folder / name).is_file() for name in listed):
            return folder
    raise SystemExit(f"nothing to scan in {source}")
