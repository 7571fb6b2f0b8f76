"""``explain``: what a word names, and the chain behind it."""

import pytest
from syrupy.assertion import SnapshotAssertion

from seamcheck.model import ConfigError
from seamcheck.report import explain_text
from seamcheck.report.explanation import select
from tests.sample_reports import FULL, LOOP, sources


@pytest.mark.parametrize(
    ("target", "count"),
    [
        (LOOP.id, 1),
        ("main", 1),
        ("objective", 1),
        ("s28", 1),
        ("s28.py::probe", 1),
        ("tune.py:15", 1),
        ("./tune.py:15:5", 1),
        ("project/tune.py:8", 1),
        ("book.ipynb:6", 1),
        ("book.ipynb: cell 4, line 3", 1),
        ("book.ipynb:cell 4, line 2, column 10", 2),
        ("Audit.run", 1),
        ("run", 1),
        ("SEAM302", 2),
        ("unseeded-randomness", 2),
        ("f1", 1),
    ],
)
def test_targets(target: str, count: int) -> None:
    assert len(select(FULL, target)) == count


def test_an_unknown_target_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"Audit\.run"):
        select(FULL, "Audit.rum")


def test_an_empty_target_matches_nothing() -> None:
    with pytest.raises(ConfigError):
        select(FULL, "")


@pytest.mark.parametrize("target", ["main", "s28", "report", "SEAM305"])
def test_text(target: str, snapshot: SnapshotAssertion) -> None:
    assert explain_text.render(select(FULL, target), sources) == snapshot


def test_an_unknown_says_where_knowledge_stopped() -> None:
    assert "Knowledge stopped at s28.py:2" in explain_text.render(select(FULL, "s28"), sources)
