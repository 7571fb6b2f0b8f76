"""Entries of the cache folder beside facts: bytes under a name, used only if they are what was stored under it.

An entry may be missing, torn or put there by somebody else; its checksum covers its name, too. A cache folder that is
a link is not used: it could make us read and write anywhere.
"""

from __future__ import annotations

import contextlib
import os

from seamcheck.facts.cache import FOLDER, checksum, prepare, write_atomically

_MAGIC = b"seamkept"
_HEADER = len(_MAGIC) + 16


def folder_of(root: str, kind: str) -> str | None:
    """Where entries of one kind lie in the project at ``root``; None where they may not be used."""
    folder = os.path.join(root, FOLDER)
    entries = os.path.join(folder, kind)
    return None if os.path.islink(folder) or os.path.islink(entries) else entries


def load(root: str, kind: str, name: str) -> bytes | None:
    """What was stored under this name, or None."""
    entries = folder_of(root, kind)
    if entries is None:
        return None
    try:
        with open(os.path.join(entries, name), "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    payload = data[_HEADER:]
    if data[: len(_MAGIC)] != _MAGIC or data[len(_MAGIC) : _HEADER] != checksum(payload, name):
        return None
    return payload


def store(root: str, kind: str, name: str, payload: bytes, most: int) -> None:
    """Keep bytes, and of this kind only the ``most`` that were used last; does nothing where it cannot."""
    entries = folder_of(root, kind)
    if entries is None:
        return
    with contextlib.suppress(OSError):
        prepare(os.path.join(root, FOLDER), entries)
        write_atomically(entries, name, _MAGIC + checksum(payload, name) + payload)
        _prune(entries, most)


def touch(root: str, kind: str, name: str) -> None:
    """Note that an entry, if it is there, is of use: the time of last use decides what is dropped."""
    with contextlib.suppress(OSError):
        os.utime(os.path.join(root, FOLDER, kind, name))


def _prune(entries: str, most: int) -> None:
    with os.scandir(entries) as listing:
        known = sorted((entry.stat(follow_symlinks=False).st_mtime, entry.path) for entry in listing)
    for _, path in known[:-most]:
        # Another run may have removed it first.
        with contextlib.suppress(OSError):
            os.unlink(path)
