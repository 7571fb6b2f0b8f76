"""Raw bytes seen before and the nodes they gave: a tuning loop presents the same bytes in every trial.

Exact: the key is a digest of all raw bytes and of what they mean, so nothing is sampled and a change in place is
seen. Bounded by bytes, least recently used first out. Holds digests only, never data.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from seamcheck.replay.canonical.nodes import Node

#: What all entries may take together. One dataset of 1M x 200 takes about 70 kB.
LIMIT = 32 * 1024 * 1024
_ENTRY, _NODE = 400, 600


class Entry(NamedTuple):
    """The nodes of the columns a key covers; ``hint`` is under which it is found by a glance at the bytes."""

    nodes: tuple[Node, ...]
    hint: bytes
    size: int


class Memo:
    """Raw key -> nodes. Safe to use from several threads; a forked child starts with an unlocked one."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit, self.size = limit, 0
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        self._hints: dict[bytes, int] = {}
        self._lock = threading.Lock()
        if hasattr(os, "register_at_fork"):
            this = weakref.ref(self)
            os.register_at_fork(after_in_child=lambda: _forked(this))

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: bytes | None) -> tuple[Node, ...] | None:
        """What these raw bytes gave, if they were seen and are still remembered."""
        if key is None:
            return None
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry.nodes

    def hinted(self, hint: bytes) -> bool:
        """May these bytes have been seen? False is certain."""
        with self._lock:
            return hint in self._hints

    def put(self, key: bytes | None, nodes: tuple[Node, ...], hint: bytes = b"") -> None:
        """Remember; what was not used longest goes."""
        if key is None:
            return
        size = _ENTRY + sum(_NODE + node.nbytes for node in nodes)
        if size > self.limit:
            return
        with self._lock:
            if key in self._entries:
                return
            self._entries[key] = Entry(nodes, hint, size)
            self._hints[hint] = self._hints.get(hint, 0) + 1
            self.size += size
            while self.size > self.limit:
                _, gone = self._entries.popitem(last=False)
                self._forget(gone)

    def _forget(self, gone: Entry) -> None:
        self.size -= gone.size
        left = self._hints[gone.hint] - 1
        if left:
            self._hints[gone.hint] = left
        else:
            del self._hints[gone.hint]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._hints.clear()
            self.size = 0


def _forked(this: weakref.ref[Memo]) -> None:
    """Another thread may have held the lock at the fork, half way through a change."""
    memo = this()
    if memo is not None:
        memo._lock = threading.Lock()
        memo.clear()


#: The memo of this process.
SHARED = Memo()
