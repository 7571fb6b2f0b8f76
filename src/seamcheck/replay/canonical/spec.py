"""The constants of ``seamcheck-ch/1``: block size, seeds, and how headers and names become bytes.

The specification has 28 rules; docstrings and comments of this package cite them by number. Any change of a digest
needs a new specification id (rule 1).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import xxhash

from seamcheck.model.event import SPEC
from seamcheck.replay.canonical.refusal import Unhashable

if TYPE_CHECKING:
    import numpy as np

#: Rows of a block; blocks start at multiples of it, counted from row 0 of the dataset (rule 3).
BLOCK = 65_536
#: Bytes of a digest.
SIZE = 16
#: Up to this many categories a row of a category column is a 64-bit hash, above it a 128-bit one (rule 14).
NARROW_CATEGORIES = 2**20

# Seeds keep domains apart (rule 2): equal bytes in two of them never give equal digests.
FIXED, TEXT, CATEGORY, VALIDITY, NESTED, COLUMN, TABLE, RAW, FILE = range(0x5EA0001, 0x5EA000A)

#: The hash of a row that is null, in the place of a category's (rule 14).
NULL_CATEGORY = xxhash.xxh3_128_digest(b"null", seed=CATEGORY)

#: Takes any buffer. The stubs of numpy call arrays buffers from Python 3.12 on only, hence Any.
digest: Callable[..., bytes] = xxhash.xxh3_128_digest


def data(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array as what may be hashed: contiguous, and of a kind whose bytes are its values.

    Raises Unhashable for anything else: an array of objects would hand over addresses.
    """
    if array.dtype.kind not in "iufbV" or array.dtype.hasobject or not array.flags.c_contiguous:
        raise Unhashable(f"bytes of dtype {array.dtype} are not its values")
    return array.view("u1") if array.dtype.kind == "V" else array


def pack(*parts: bytes | str | int) -> bytes:
    """A header: each part with its kind and length before it, so that no two lists of parts are alike."""
    out = []
    for part in parts:
        if isinstance(part, int):
            out.append(b"i" + struct.pack("<q", part))
        elif isinstance(part, str):
            text = part.encode("utf-8", "surrogatepass")
            out.append(b"s" + struct.pack("<q", len(text)) + text)
        else:
            out.append(b"b" + struct.pack("<q", len(part)) + part)
    return b"".join(out)


def raw_digest(header: bytes, *buffers: Any) -> bytes:
    """The key under which canonical digests of these raw bytes are remembered. Never part of a digest."""
    return digest(header + b"".join(digest(each, seed=RAW) for each in buffers), seed=RAW)


__all__ = ["BLOCK", "NARROW_CATEGORIES", "SIZE", "SPEC", "data", "digest", "pack", "raw_digest"]
