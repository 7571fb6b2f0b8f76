"""What a scan reads of a revision, written into a folder of its own. The work tree is never touched."""

from __future__ import annotations

import os

from seamcheck.changes.git import LINK, SUBMODULE, Blob, blobs, contents, sizes
from seamcheck.config.discovery import SUFFIXES
from seamcheck.syntax.notebook import MAX_BYTES

#: Sources, configurations and models, baselines, and what decides which of them are read.
_SUFFIXES = (*SUFFIXES, ".toml", ".json")
_NAMES = (".gitignore", "pyvenv.cfg")
#: Data often comes as JSON, a baseline is not that long.
_LARGE_JSON = 16 * 2**20


def write_tree(top: str, commit: str, folder: str) -> None:
    """Write the files of a commit that a scan reads below ``folder``, which is empty."""
    os.mkdir(os.path.join(folder, ".git"))  # what looks for the top of the repository ends here
    links: list[Blob] = []
    files: list[Blob] = []
    made: set[str] = set()
    for blob in blobs(top, commit):
        if not _is_safe(blob.path) or blob.mode == SUBMODULE:
            continue
        place = os.path.dirname(os.path.join(folder, blob.path))
        if place not in made:  # a folder named by the configuration may hold no code at that time
            os.makedirs(place, exist_ok=True)
            made.add(place)
        if _is_read(blob):
            (links if blob.mode == LINK else files).append(blob)
    small = []
    for blob, size in zip(files, sizes(top, files), strict=True):
        if size > MAX_BYTES:  # a scan refuses it by its size, so that is all it needs to see of it
            with open(os.path.join(folder, blob.path), "wb") as stream:
                stream.truncate(size)
        elif size <= _LARGE_JSON or not blob.path.endswith(".json"):
            small.append(blob)
    for blob, data in contents(top, small):
        with open(os.path.join(folder, blob.path), "wb") as stream:
            stream.write(data)
    # Last, so that nothing is written through one.
    for blob, data in contents(top, links):
        target = os.fsdecode(data)
        inside = os.path.normpath(os.path.join(os.path.dirname(blob.path), target))
        if not os.path.isabs(target) and _is_safe(inside):
            os.symlink(target, os.path.join(folder, blob.path))


def _is_read(blob: Blob) -> bool:
    name = os.path.basename(blob.path)
    return name.endswith(_SUFFIXES) or name in _NAMES


def _is_safe(path: str) -> bool:
    """A name from a repository must not lead out of the folder."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.lower() == ".git" or os.sep in part for part in parts)
