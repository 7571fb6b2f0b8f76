"""Has the code changed since it was run?"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping

from xxhash import xxh3_128_hexdigest


def digest(root: str, path: str) -> str | None:
    """The digest of a source file as runs record it: xxh3-128 of its bytes, in hex; None where it cannot be read."""
    try:
        with open(os.path.join(root, path), "rb") as file:
            return xxh3_128_hexdigest(file.read())
    except OSError:
        return None


def changed(
    recorded: Mapping[str, str],
    sites: Iterable[tuple[str, int]],
    scanned: Collection[str],
    digest_of: Callable[[str], str | None],
    lines_of: Callable[[str], int],
) -> tuple[str, ...]:
    """The scanned files that are no longer what was run.

    ``recorded`` are the digests of the run. Of a file without one only this is known: the lines of ``sites``, where
    calls were seen, must be there.
    """
    found = {path for path, old in recorded.items() if digest_of(path) != old}
    for path, line in sites:
        if path not in recorded and path in scanned and line > lines_of(path):
            found.add(path)
    return tuple(sorted(found))
