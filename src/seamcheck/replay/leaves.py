"""Row blocks of what was hashed: kept in the events that show something new, left out of those that repeat it."""

from __future__ import annotations

from typing import Any

import msgspec

from seamcheck.model.event import ColumnHash, RoleHash
from seamcheck.replay.session import HashRole

#: So many different contents of one role keep their row blocks; where every trial differs, more would tell no more.
MOST = 32


def hash_role(consume: bool = False) -> HashRole:
    """The function a session hashes with. A digest that was seen before has its row blocks in an earlier event.

    ``consume``: readers may be read to their end; never for what belongs to a program.
    """
    seen: dict[tuple[str, int], set[str]] = {}

    def hashed(role: str, index: int, handed: Any) -> RoleHash:
        from seamcheck.replay.canonical import hash_object

        found = hash_object(handed, role=role, index=index, keep_leaves=True, consume=consume)
        if found.digests is None:
            return found
        known = seen.setdefault((role, index), set())
        if found.digests.train not in known and len(known) < MOST:
            known.add(found.digests.train)
            return found
        columns = tuple(ColumnHash(column.name, column.digest) for column in found.columns)
        return msgspec.structs.replace(found, columns=columns)

    return hashed
