"""The canonical hash of an object: for hooks as a RoleHash that never raises, for people as one digest."""

from __future__ import annotations

from typing import Any

from seamcheck.model.event import PROFILES, ColumnHash, Digests, Profile, RoleHash
from seamcheck.replay.canonical import names
from seamcheck.replay.canonical.adapters import adapt
from seamcheck.replay.canonical.memo import SHARED, Memo
from seamcheck.replay.canonical.nodes import blocks_of
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.tree import Hashed, hash_given


def hash_object(
    obj: Any,
    role: str = "X",
    index: int = 0,
    keep_leaves: bool = False,
    *,
    threads: int = 1,
    consume: bool = False,
    memo: Memo | None = SHARED,
) -> RoleHash:
    """What ``obj`` is, by its canonical digests; ``seamcheck-ch/1``, whatever holds the data.

    Never raises because of the data: what has no digest gives a RoleHash without digests, with the reason. Where only
    the index has none, ``digests.strict`` is "" and ``reason`` says so. ``keep_leaves`` keeps the digests of row
    blocks. ``consume`` lets readers and iterators be read. The object is neither changed nor kept.
    """
    try:
        return as_role(hash_given(adapt(obj, role, consume), memo, threads), role, index, keep_leaves)
    except Unhashable as refused:
        reason = refused.message
    except (
        Exception
    ) as error:  # a library's own failure to hand over its data: unknown, never a stop of the program
        reason = f"it could not be read: {type(error).__name__}: {error}"
    kind = f"{type(obj).__module__.partition('.')[0]}.{type(obj).__name__}"
    return RoleHash(role, kind, None, None, None, index=index, reason=reason)


def as_role(hashed: Hashed, role: str, index: int, keep_leaves: bool) -> RoleHash:
    """What was hashed as events keep it."""
    value, train, strict = (digest.hex() for digest in hashed.digests)
    columns = tuple(
        ColumnHash(names.shown(name), node.digests[1].hex(), blocks_of(node) if keep_leaves else ())
        for name, node in zip(hashed.names, hashed.columns, strict=True)
    )
    digests = Digests(value, train, strict)
    return RoleHash(role, hashed.kind, hashed.rows, hashed.cols, digests, columns, index, hashed.reason)


def canonical_hash(
    obj: Any,
    profile: Profile = "train",
    *,
    threads: int = 1,
    consume: bool = False,
    memo: Memo | None = SHARED,
) -> str:
    """The canonical digest of ``obj``, 32 hex characters.

    ``profile``: "value" (the values and their types), "train" (also the order of categories and the name of a
    series: what a trainer may depend on), "strict" (also index, zone names, null against NaN, and what held the
    data). Raises Unhashable, with the reason, for what has no digest.
    """
    at = PROFILES.index(checked(profile))
    hashed = hash_given(adapt(obj, "X", consume), memo, threads)
    found = hashed.digests[at]
    if not found:
        raise Unhashable(hashed.reason or "no strict digest")
    return found.hex()


def checked(profile: str) -> Profile:
    """The profile; raises ValueError for another word."""
    for known in PROFILES:
        if profile == known:
            return known  # type: ignore[return-value]
    raise ValueError(f"no profile {profile!r}; there are {', '.join(PROFILES)}")
