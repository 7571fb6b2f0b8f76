"""The canonical hash ``seamcheck-ch/1``: one digest for equal data, whatever library, layout or process holds it.

Nothing heavy is imported before a name is used. The way of an object: ``adapters`` (what it is made of) to ``columns``
of ``chunks``; ``memo`` (seen before?); ``pieces`` and ``leaf`` (canonical bytes of a block); ``nodes`` (a column),
``tree`` (a table). ``stream`` takes batches, ``shards`` merges processes, ``compare`` says where two differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seamcheck.replay.canonical.compare import ColumnDifference, Difference, diff
    from seamcheck.replay.canonical.hashing import canonical_hash, hash_object
    from seamcheck.replay.canonical.memo import Memo
    from seamcheck.replay.canonical.refusal import Incomparable, Unhashable
    from seamcheck.replay.canonical.shards import Shard, merge, shard

__all__ = [
    "ColumnDifference",
    "Difference",
    "Incomparable",
    "Memo",
    "Shard",
    "Unhashable",
    "canonical_hash",
    "diff",
    "hash_object",
    "merge",
    "shard",
]

_HOME = {
    "ColumnDifference": "compare",
    "Difference": "compare",
    "Incomparable": "refusal",
    "Memo": "memo",
    "Shard": "shards",
    "Unhashable": "refusal",
    "canonical_hash": "hashing",
    "diff": "compare",
    "hash_object": "hashing",
    "merge": "shards",
    "shard": "shards",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
