"""What cannot be hashed is refused with a reason; nothing is ever hashed by its pickle, its repr or its address."""

from __future__ import annotations

from seamcheck.model.errors import SeamcheckError


class Unhashable(SeamcheckError):
    """Data the specification gives no digest to. The message says what and why; the verdict on it is unknown."""


class Incomparable(SeamcheckError):
    """Shards or digests that do not belong together: another specification, columns, or rows that do not meet."""
