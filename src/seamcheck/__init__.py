"""seamcheck: what a tuning program trains on, where its prep ends, and what each reader of a run needs.

PYTEST_DONT_REWRITE: under a replay this is imported before pytest, which would warn that it comes too late.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seamcheck.replay.canonical import canonical_hash, diff

__version__ = "0.1.0"
__all__ = ["__version__", "canonical_hash", "diff"]


def __getattr__(name: str) -> Any:
    """The public hash functions, imported when they are first asked for: they need the extra ``replay``."""
    if name in ("canonical_hash", "diff"):
        from seamcheck.replay import canonical

        return getattr(canonical, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
