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

from seamcheck.facts import entries
from seamcheck.facts.ir import FileFacts
from seamcheck.facts.suites import Calls
from seamcheck.incremental import sliced
from seamcheck.incremental.place import SCANS, entry_name
from seamcheck.incremental.sliced import Slice

#: Records that are kept: of the options and branches somebody switches between. Each is two files.
MAX_SCANS = 8
#: Records that are looked at.
MAX_TRIED = 3


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
    #: Files of test suites that were not parsed, and what would have called one of them in.
    left: frozenset[str]
    calls: Calls
    #: How many functions there were: of a large program fewer calls are followed.
    functions: int


def store(root: str, settings: str, memory: Memory, files: Mapping[str, FileFacts]) -> None:
    """Keep a record under the name of its settings and that of its report; does nothing where it cannot."""
    with contextlib.suppress(UnicodeEncodeError, ValueError):
        parts = {"scan": msgspec.msgpack.encode(memory), "names": sliced.encode(files)}
        for part, payload in parts.items():
            name = entry_name(settings, memory.report, part)
            entries.store(root, SCANS, name, payload, MAX_SCANS * len(parts))


def load(root: str, settings: str) -> list[Memory]:
    """The latest records under these settings, the last one first."""
    folder = entries.folder_of(root, SCANS)
    if folder is None:
        return []
    try:
        with os.scandir(folder) as listing:
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
    payload = entries.load(root, SCANS, name)
    if payload is None:
        return None
    try:
        return msgspec.msgpack.decode(payload, type=Memory)
    except (msgspec.DecodeError, RecursionError):
        return None


def load_names(root: str, settings: str, memory: Memory) -> dict[str, FileFacts] | None:
    """The names in all files at that scan, or None."""
    payload = entries.load(root, SCANS, entry_name(settings, memory.report, "names"))
    if payload is None:
        return None
    try:
        return sliced.decode(payload)
    except (EOFError, ValueError, TypeError, IndexError):
        return None
