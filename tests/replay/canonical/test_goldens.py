"""The frozen digests of the test vectors: whoever changes one changes the specification."""

import json
from pathlib import Path

import pytest

from seamcheck.model.event import PROFILES, SPEC
from seamcheck.replay.canonical.hashing import canonical_hash
from tests.replay.canonical.vectors import VECTORS

GOLDENS = json.loads((Path(__file__).parent / "goldens.json").read_text(encoding="utf-8"))


def test_every_vector_is_frozen() -> None:
    assert SPEC == "seamcheck-ch/1"
    assert sorted(GOLDENS) == sorted(VECTORS)


@pytest.mark.parametrize("name", VECTORS)
def test_digest(name: str) -> None:
    found = [canonical_hash(VECTORS[name](), profile) for profile in PROFILES]
    assert found == GOLDENS[name]


def test_no_two_vectors_are_alike() -> None:
    """But the two that differ in the order of categories: they are equal in value."""
    trains = [digests[1] for digests in GOLDENS.values()]
    assert len(set(trains)) == len(trains) - 1  # the zone's name is for strict
    assert GOLDENS["M utc"][1] == GOLDENS["M paris"][1]
    assert GOLDENS["L category"][0] == GOLDENS["L category reversed"][0]
