"""Facts on disk, by content: one file per scanned file in ``.seamcheck_cache/`` of the project.

An entry is a checksum and marshalled facts, named by the hash of the source. It can be missing, stale, torn or
written by somebody else: it is used only if the checksum holds and the shape is right, and recomputed
otherwise. Whoever may write to the folder may change what a scan says, as with the sources themselves.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
import tempfile
import time

from xxhash import xxh3_128_digest, xxh3_128_hexdigest

from seamcheck.facts.ir import FileFacts, decode, encode

#: Raise whenever the lowering says something else for the same source, or :mod:`seamcheck.facts.ir` changes.
FACTS_VERSION = 6

FOLDER = ".seamcheck_cache"
MAX_BYTES = 256 * 2**20
MAX_AGE = 30 * 86_400.0
_REFRESH = 86_400.0
_MAGIC = b"seamfact"
_HEADER = len(_MAGIC) + 16
_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of seamcheck and can be deleted.\n"
)


def content_key(data: bytes) -> str:
    """Name of the entry for a file with these bytes."""
    return xxh3_128_hexdigest(data)


class FactCache:
    """The cache of one project. Never raises: ``note`` says why it could not be used (all of it, or for writing).

    ``seen`` are the keys of the contents that were read, by the path that was shown for each: files may change while
    they are scanned. Safe for concurrent runs: entries are written to a temporary file and renamed into place.
    """

    def __init__(self, root: str) -> None:
        self._folder = os.path.join(root, FOLDER)
        version = f"facts-{FACTS_VERSION}-{sys.implementation.cache_tag}-{marshal.version}"
        self._entries = os.path.join(self._folder, version)
        self.note: str | None = None
        self.seen: dict[str, str] = {}
        self._readable = self._writable = True
        self._stored = 0
        for folder in (self._folder, self._entries):
            # A link could make us read and write anywhere.
            if os.path.islink(folder):
                self._readable = self._writable = False
                self.note = f"the cache folder {FOLDER} is a symbolic link and was not used"

    def load(self, key: str) -> FileFacts | None:
        """Facts stored under ``key``, or None."""
        if not self._readable:
            return None
        try:
            with open(os.path.join(self._entries, key), "rb") as stream:
                data = stream.read()
                age = time.time() - os.fstat(stream.fileno()).st_mtime
        except OSError:
            return None
        payload = data[_HEADER:]
        if data[: len(_MAGIC)] != _MAGIC or data[len(_MAGIC) : _HEADER] != checksum(payload, key):
            return None
        facts = decode(payload)
        if facts is not None and age > _REFRESH:
            # The time of last use decides what is pruned.
            with contextlib.suppress(OSError):
                os.utime(os.path.join(self._entries, key))
        return facts

    def store(self, key: str, facts: FileFacts) -> None:
        """Keep ``facts`` under ``key``; does nothing where it cannot."""
        payload = encode(facts) if self._writable else None
        if payload is not None:  # else such a file is lowered anew each time
            self.store_encoded(key, payload)

    def store_encoded(self, key: str, payload: bytes) -> None:
        """The same with facts that are encoded already."""
        if not self._writable:
            return
        try:
            if not self._stored:
                self._prepare()
            write_atomically(self._entries, key, _MAGIC + checksum(payload, key) + payload)
            self._stored += 1
        except OSError as error:
            self._writable = False
            self.note = f"the cache folder {FOLDER} cannot be written ({error.strerror}): scans stay cold"

    def close(self) -> None:
        """Remove entries that were not used for a month, and the oldest ones beyond the bound on size."""
        if self._stored and self._writable:
            with contextlib.suppress(OSError):
                _prune(self._folder, self._entries, time.time())

    def _prepare(self) -> None:
        prepare(self._folder, self._entries)


def prepare(folder: str, entries: str) -> None:
    """Make the cache folder, which version control ignores, and one inside it."""
    os.makedirs(entries, exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        if not os.path.lexists(os.path.join(folder, name)):
            write_atomically(folder, name, text.encode())


def checksum(payload: bytes, key: str) -> bytes:
    """What an entry of this name and content starts with."""
    # The key is part of it, so that an entry renamed to another file's key does not pass.
    return xxh3_128_digest(key.encode() + payload)


def write_atomically(folder: str, name: str, data: bytes) -> None:
    """Write a file that others see whole or not at all."""
    descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=folder)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
        os.replace(temporary, os.path.join(folder, name))
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _prune(folder: str, current: str, now: float) -> None:
    """Drop old entries of this version, and all of versions that were not used for a month."""
    entries: list[tuple[float, int, str]] = []
    for version in sorted(os.listdir(folder)):
        place = os.path.join(folder, version)
        if not version.startswith("facts-") or os.path.islink(place) or not os.path.isdir(place):
            continue
        with os.scandir(place) as listing:
            for entry in listing:
                status = entry.stat(follow_symlinks=False)
                entries.append((status.st_mtime, status.st_size, entry.path))
    total = sum(size for _, size, _ in entries)
    for used, size, path in sorted(entries):
        if total <= MAX_BYTES and now - used <= MAX_AGE:
            break
        total -= size
        # Another run may have removed it first.
        with contextlib.suppress(OSError):
            os.unlink(path)
        if os.path.dirname(path) != current:
            with contextlib.suppress(OSError):
                os.rmdir(os.path.dirname(path))
