"""Whole verifications: loops, findings, severities."""

from __future__ import annotations

import msgspec
import pytest

from seamcheck.config.schema import Config
from seamcheck.model.evidence import Location, Step
from seamcheck.model.report import Loop
from seamcheck.model.verification import OUTCOMES
from seamcheck.report.verify_words import OUTCOME_ROLES, OUTCOME_WORDS, blocks
from seamcheck.verify import Watched, verify
from seamcheck.verify.findings import CODES
from tests.verify.sample_reports import AGREE, EMPTY, FULL, LOOPS, STALE
from tests.verify.samples import loop, replay, scan, seen


def test_loops_of_the_scan_come_first_then_the_others() -> None:
    assert [each.function for each in FULL.loops] == [
        "agree", "contradict", "explained", "<module>", *sorted(e.function for e in LOOPS[3:]), None, None, None,
    ]  # fmt: skip
    strangers = [each for each in FULL.loops if each.id is None]
    assert [each.location and each.location.path for each in strangers] == [None, "hidden.py", "tuner.py"]


def test_one_finding_per_cause() -> None:
    found = {(f.location.path, f.code, f.severity) for f in FULL.findings}
    assert found == {
        ("contradict.py", "SEAM701", "error"),
        ("unexplained.py", "SEAM702", "error"),
        ("hidden.py", "SEAM702", "error"),
        ("not_seen.py", "SEAM703", "note"),
        ("unobserved.py", "SEAM704", "note"),
        ("<unknown>", "SEAM704", "note"),
        ("idle.py", "SEAM704", "note"),
        ("tuner.py", "SEAM705", "note"),
        # Folds differ there, so the rows that are scored differ, too.
        ("unexplained.py", "SEAM701", "error"),
        # Its eval sets differ and are claimed not to.
        ("explained.py", "SEAM701", "error"),
    }
    assert len(FULL.findings) == len({f.fingerprint for f in FULL.findings}) == len(found)


def test_a_contradiction_says_everything() -> None:
    (found,) = [f for f in FULL.findings if f.location.path == "contradict.py"]
    assert "X (column vol_10; row block 3 (rows 196608 to 262143))" in found.message
    assert (
        "y (columns c0, c1, c2, c3, c4, c5, c6, c7 and 3 more; row blocks 0, 1, 2, 3, 4, 5 and 3 more)"
        in (found.message)
    )
    assert [step.message for step in found.flow][:1] == ["lightgbm.train trains on train_set"]
    assert found.fix


def test_agreement_is_no_finding() -> None:
    assert AGREE.findings == ()
    assert EMPTY.loops == EMPTY.findings == ()


def test_stale_code_is_a_warning_and_nothing_counts_as_observed() -> None:
    assert {each.invariance.outcome for each in STALE.loops} == {"unobserved"}
    assert [f.code for f in STALE.findings if f.severity == "warning"] == ["SEAM706"]
    assert not [f for f in STALE.findings if f.severity == "error"]


def test_severities_and_selection_are_the_configurations() -> None:
    made = (scan(loop()), replay(seen("unknown")))
    (strict,) = verify(*made, config=Config(severity={"SEAM704": "error"})).findings
    assert strict.severity == "error"
    assert verify(*made, config=Config(ignore=("SEAM7",))).findings == ()


def test_what_makes_blind_is_told_once() -> None:
    report = verify(scan(loop()), replay(seen(), problems=("lost", "other")), Watched(("lost",)))
    assert (report.blind, report.problems) == (("lost",), ("other",))


def test_every_outcome_has_words() -> None:
    assert set(OUTCOME_WORDS) == set(OUTCOME_ROLES) == set(OUTCOMES) >= set(CODES)


@pytest.mark.parametrize(("numbers", "words"), [((0,), "0 (rows 0 to 65535)"), ((0, 3), "0, 3")])
def test_blocks(numbers: tuple[int, ...], words: str) -> None:
    assert blocks(numbers) == words


SAID = (
    Step("`load` (data.py:4) is deterministic: one file (assumed)", Location("data.py", 4)),
    Step("`clean` (data.py:9) is deterministic: a copy (assumed)", Location("data.py", 9)),
)


def assuming(*said: Step) -> Loop:
    found = loop()
    claim = msgspec.structs.replace(found.invariance, assumed=said)
    return msgspec.structs.replace(found, invariance=claim)


@pytest.mark.parametrize("count", [1, 2])
def test_a_contradiction_stands_at_the_assumptions_of_the_claim(count: int) -> None:
    report = verify(scan(assuming(*SAID[:count])), replay(seen("differs")))
    assert [loop.invariance.outcome for loop in report.loops] == ["contradict"]
    found = [f for f in report.findings if f.code == "SEAM707"]
    assert [(f.location.path, f.location.line) for f in found] == [("data.py", 4), ("data.py", 9)][:count]
    assert not [f for f in report.findings if f.code == "SEAM701"]
    assert all("X (column vol_10" in f.message and f.severity == "error" for f in found)
    assert ("and on 1 more" in found[0].message) == (count == 2)
    assert all("data.py:4" in (f.fix or "") for f in found)


def test_without_an_assumption_the_claim_itself_is_wrong() -> None:
    report = verify(scan(assuming()), replay(seen("differs")))
    assert [f.code for f in report.findings if f.code.startswith("SEAM70")][:1] == ["SEAM701"]
