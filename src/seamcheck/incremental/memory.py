"""What a full scan leaves behind for the next one, beside its report: what it read, and what it followed.

Two entries in the cache folder of the project, named by everything that a report depends on except the content of
the files: the record itself, and the names in all files, which are only needed where names have changed. Both are
used only if their checksums hold; anything else is scanned in full.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping

import msgspec

from seamcheck.facts.cache import FOLDER, checksum, prepare, write_atomically
from seamcheck.facts.ir import FileFacts
from seamcheck.incremental import sliced
from seamcheck.incremental.place import SCANS, entry_name
from seamcheck.incremental.sliced import Slice

#: Records that are kept: of the options and branches somebody switches between. Each is two files.
MAX_SCANS = 8
#: Records that are looked at.
MAX_TRIED = 3
_MAGIC = b"seamscan"
_HEADER = len(_MAGIC) + 16


class Memory(msgspec.Struct, frozen=True):
    """One full scan.

    ``files`` are the keys of the contents by path, ``report`` names the report. ``followed`` are the files that were
    run with the indexes of the functions that were. ``first_lines`` are the checksums of the lines that the report
    names, by path. ``rigid``: something reads code in ways of its own, so that only lines may change.
    ``fixed`` are names of functions that may neither come nor go, as a registry names them; None: no function may.
    """

    files: dict[str, str]
    report: str
    followed: dict[str, tuple[int, ...]]
    first_lines: dict[str, dict[int, int]]
    problems: frozenset[str]
    rigid: bool
    fixed: frozenset[str] | None
    slice: Slice
    #: Attributes that are looked up by the text of their name, and files all of whose names are taken somewhere.
    looked_up: frozenset[str]
    enumerated: frozenset[str]


def store(root: str, settings: str, memory: Memory, files: Mapping[str, FileFacts]) -> None:
    """Keep a record under the name of its settings and that of its report; does nothing where it cannot."""
    folder = os.path.join(root, FOLDER)
    entries = os.path.join(folder, SCANS)
    if os.path.islink(folder) or os.path.islink(entries):
        return
    with contextlib.suppress(OSError, UnicodeEncodeError, ValueError):
        parts = {"scan": msgspec.msgpack.encode(memory), "names": sliced.encode(files)}
        prepare(folder, entries)
        for kind, payload in parts.items():
            name = entry_name(settings, memory.report, kind)
            write_atomically(entries, name, _MAGIC + checksum(payload, name + memory.report) + payload)
        _prune(entries)


def load(root: str, settings: str) -> list[Memory]:
    """The latest records under these settings, the last one first."""
    entries = os.path.join(root, FOLDER, SCANS)
    try:
        with os.scandir(entries) as listing:
            known = sorted(
                (-entry.stat(follow_symlinks=False).st_mtime_ns, entry.name)
                for entry in listing
                if entry.name.startswith(f"{settings}-") and entry.name.endswith(".scan")
            )
    except OSError:
        return []
    found = (_load(root, name) for _, name in known[:MAX_TRIED])
    return [memory for memory in found if memory is not None]


def _load(root: str, name: str) -> Memory | None:
    payload = _read(root, name)
    if payload is None:
        return None
    try:
        memory = msgspec.msgpack.decode(payload[_HEADER:], type=Memory)
    except (msgspec.DecodeError, RecursionError):
        return None
    return memory if _holds(payload, name, memory) else None


def load_names(root: str, settings: str, memory: Memory) -> dict[str, FileFacts] | None:
    """The names in all files at that scan, or None."""
    name = entry_name(settings, memory.report, "names")
    payload = _read(root, name)
    if payload is None or not _holds(payload, name, memory):
        return None
    try:
        return sliced.decode(payload[_HEADER:])
    except (EOFError, ValueError, TypeError, IndexError):
        return None


def _read(root: str, name: str) -> bytes | None:
    folder = os.path.join(root, FOLDER)
    if os.path.islink(folder) or os.path.islink(os.path.join(folder, SCANS)):
        return None
    try:
        with open(os.path.join(folder, SCANS, name), "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    return data if data[: len(_MAGIC)] == _MAGIC and len(data) > _HEADER else None


def _holds(data: bytes, name: str, memory: Memory) -> bool:
    # The report's name is part of it, so that the two entries of one scan are never mixed with those of another.
    return data[len(_MAGIC) : _HEADER] == checksum(data[_HEADER:], name + memory.report)


def _prune(entries: str) -> None:
    """Drop all but the records written last."""
    with os.scandir(entries) as listing:
        known = sorted((entry.stat(follow_symlinks=False).st_mtime, entry.path) for entry in listing)
    for _, path in known[: -2 * MAX_SCANS]:
        # Another run may have removed it first.
        with contextlib.suppress(OSError):
            os.unlink(path)
