"""What was proven about a consumer, as a short hash that stays the same when code only moves."""

from __future__ import annotations

import re

import msgspec
from xxhash import xxh3_64_hexdigest

from seamcheck.model.report import Consumer

#: Raise when what goes into a fingerprint changes.
VERSION = 1
#: The places in assumptions: "(a.py:12)", "(a.ipynb: cell 3, line 4)".
_PLACES = re.compile(r":(?:\d+(?::\d+)?| cell \d+, line \d+)")


def fingerprint(consumer: Consumer) -> str:
    """16 hex digits over the verdict, what is read and the assumptions; line numbers are no part of it."""
    reads = sorted({(read.what, read.kind) for read in consumer.reads})
    assumptions = sorted({_PLACES.sub("", text) for text in consumer.claim.assumptions})
    seed = msgspec.json.encode([VERSION, consumer.claim.verdict, reads, assumptions])
    return xxh3_64_hexdigest(seed)
