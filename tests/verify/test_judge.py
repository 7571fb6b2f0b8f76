"""The table that decides, cell by cell, and what must never pass."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from seamcheck.model.event import LoopRef, Varying
from seamcheck.model.verification import Judgement
from seamcheck.verify.join import Match
from seamcheck.verify.judge import CHANGED, TABLE, judge
from seamcheck.verify.watched import Watched, watch
from tests.verify.samples import EVAL, OTHER, TRAINS, X, event, loop, note, role, seen

SCORED = Watched(scored=frozenset({("optuna", "tune.py", 20)}))


def held(claim: str, *runs: Any, watched: Watched = SCORED, **more: Any) -> Judgement:
    return judge("invariance", loop(claim), [Match(run, "place") for run in runs], watched, **more)


@pytest.mark.parametrize(
    ("claim", "observed", "outcome"),
    [
        ("invariant", "equal", "agree"),
        ("invariant", "differs", "contradict"),
        ("invariant", "unknown", "unobserved"),
        ("variant", "equal", "not_seen_to_vary"),
        ("variant", "differs", "explained"),
        ("variant", "unknown", "unobserved"),
        ("unknown", "equal", "unproven"),
        ("unknown", "differs", "unexplained"),
        ("unknown", "unknown", "unobserved"),
    ],
)
def test_every_cell(claim: str, observed: str, outcome: str) -> None:
    assert held(claim, seen(observed)).outcome == outcome


def test_the_table_has_no_other_cells() -> None:
    assert len(TABLE) == 9


@pytest.mark.parametrize(
    ("claim", "observed", "eval_set", "outcome"),
    [
        ("invariant", "equal", False, "agree"),
        ("invariant", "equal", True, "contradict"),
        ("variant", "equal", True, "explained"),
        ("variant", "equal", False, "not_seen_to_vary"),
        ("unknown", "equal", True, "unexplained"),
        ("unknown", "equal", False, "unproven"),
        ("invariant", "differs", False, "agree"),
        ("invariant", "unknown", False, "unobserved"),
    ],
)
def test_scored_rows(claim: str, observed: str, eval_set: bool, outcome: str) -> None:
    varying = ((X,) if observed == "differs" else ()) + ((EVAL,) if eval_set else ())
    runs = [Match(seen(observed, varying=varying), "place")]
    assert judge("evaluation", loop(evaluation=claim), runs, SCORED).outcome == outcome


def test_eval_sets_decide_nothing_about_training() -> None:
    assert held("invariant", seen(varying=(EVAL,))).outcome == "agree"


def test_scored_rows_that_nobody_saw_are_unobserved() -> None:
    found = judge("evaluation", loop(), [Match(seen(), "place")], Watched())
    assert found.outcome == "unobserved"
    assert "no eval sets" in found.reasons[0]
    split = judge("evaluation", loop(), [Match(seen(folds="equal"), "place")], Watched())
    assert split.outcome == "agree"


def test_folds_count_for_both_questions() -> None:
    runs = [Match(seen(folds="differs"), "place")]
    for question in ("invariance", "evaluation"):
        found = judge(question, loop(), runs, SCORED)  # type: ignore[arg-type]
        assert found.outcome == "contradict"
        assert [each.role for each in found.differences] == ["folds"]
    assert held("invariant", seen(folds="equal")).outcome == "agree"
    listed = held("invariant", seen(folds="differs", varying=(Varying("folds", None, "tune.py", 10),)))
    assert [each.role for each in listed.differences] == ["folds"]


@pytest.mark.parametrize("claim", ["invariant", "variant", "unknown"])
@pytest.mark.parametrize(
    ("runs", "watched", "words"),
    [
        ((), SCORED, "no trial of it ran"),
        ((seen("equal", trials=1),), SCORED, "1 of at least 2 trials"),
        ((seen("equal", trials=0),), SCORED, "0 of at least 2 trials"),
        ((seen("unknown", trials=3),), SCORED, "not all trials could be hashed"),
        ((seen("unknown", problems=("X: object column",)),), SCORED, "object column"),
        ((seen(),), watch((), [note("canary", "lightgbm.train")]), "lightgbm.train"),
        ((seen(),), watch((), [note("unhooked", "python -I")]), "python -I"),
        ((seen(),), watch((), (), ["3 records are missing"]), "3 records"),
    ],
)
def test_what_was_not_seen_never_passes(claim: str, runs: Any, watched: Watched, words: str) -> None:
    found = held(claim, *runs, watched=watched)
    assert (found.observed, found.outcome) == ("unknown", "unobserved")
    assert words in " ".join(found.reasons)


def test_a_difference_counts_however_blind_the_replay_was() -> None:
    assert held("invariant", seen("differs"), watched=Watched(("blind",))).outcome == "contradict"


@pytest.mark.parametrize("observed", ["equal", "differs"])
def test_code_that_changed_was_not_observed(observed: str) -> None:
    found = held("invariant", seen(observed), stale=True)
    assert found.outcome == "unobserved"
    assert found.reasons == (CHANGED,)


@pytest.mark.parametrize(
    ("claim", "runs", "outcome"),
    [
        ("invariant", ("equal", "equal"), "agree"),
        ("invariant", ("equal", "unknown"), "unobserved"),
        ("invariant", ("equal", "unknown", "differs"), "contradict"),
        ("variant", ("equal", "differs"), "explained"),
        ("variant", ("equal", "unknown"), "unobserved"),
        ("unknown", ("differs", "equal"), "unexplained"),
    ],
)
def test_the_worst_of_several_runs_counts(claim: str, runs: tuple[str, ...], outcome: str) -> None:
    assert held(claim, *(seen(each) for each in runs)).outcome == outcome


@pytest.mark.parametrize(
    ("observed", "outcome"), [("equal", "no_loop"), ("differs", "unexplained"), ("unknown", "unobserved")]
)
def test_a_loop_that_the_scan_does_not_have(observed: str, outcome: str) -> None:
    found = judge("invariance", None, [Match(seen(observed), None)])
    assert (found.claim, found.outcome) == (None, outcome)


def test_a_contradiction_names_what_differs_and_what_said_otherwise() -> None:
    other = Varying("y", None, "tune.py", 15)
    nowhere = Varying("weight", None, None, None)
    found = held("invariant", seen("differs", varying=(X, other, nowhere, EVAL)))
    first, second, third = found.differences
    assert (first.role, first.columns, first.blocks) == ("X", ("vol_10",), (3,))
    assert first.chain == (TRAINS,)
    assert second.chain == (OTHER,)
    assert third.chain == (TRAINS, OTHER)
    assert found.advice is not None
    assert "`cv` given by the caller" in found.advice
    assert "seamcheck explain 'tune.py::main::optuna.optimize#1'" in found.advice


def test_an_unexplained_divergence_says_stop() -> None:
    for found in (
        held("unknown", seen("differs")),
        judge("invariance", None, [Match(seen("differs"), None)]),
    ):
        assert found.advice is not None
        assert found.advice.startswith("STOP")


def test_scored_loops_are_those_whose_every_trial_has_hashed_eval_sets() -> None:
    both = role("X"), role("eval.X")
    spot = ("optuna", "tune.py", 20)
    assert watch([event(0, *both), event(1, *both)], ()).scored == {spot}
    assert not watch([event(0, *both)], ()).scored
    assert not watch([event(0, *both), event(1, role("X"))], ()).scored
    assert not watch([event(0, *both), event(1, role("X"), role("eval.X", hashed=False))], ()).scored
    scaler = event(1, role("X"), part="transformer", path="tune.py", line=8)
    assert watch([event(0, *both), event(1, *both), scaler], ()).scored == {spot}


def test_streams_and_places_are_told_as_the_scan_tells_paths() -> None:
    moved = LoopRef("optuna", "src/tune.py", 20)
    found = watch(
        [event(0, role("X", "stream"), loop=moved, path="src/tune.py")], (), (), lambda path: (path or "")[4:]
    )
    assert found.streamed == {("optuna", "tune.py", 20): ("X",)}
    assert found.sites == {("tune.py", 10)}


def test_a_call_outside_any_trial_belongs_to_no_loop() -> None:
    outside = msgspec.structs.replace(event(0, role("X", "stream"), role("eval.X")), loop=None, trial=None)
    assert watch([outside, outside], ())[1:3] == (frozenset(), {})


def test_row_numbers_handed_to_a_call_contradict_both_claims() -> None:
    observed = seen("equal", varying=(Varying("folds", None, "tune.py", 10),))
    for question in ("invariance", "evaluation"):
        found = judge(question, loop(), [Match(observed, "place")], SCORED)
        assert (found.outcome, [each.role for each in found.differences]) == ("contradict", ["folds"])


def test_what_was_missed_forbids_equal_scores_although_a_difference_stands() -> None:
    observed = seen("differs", problems=("trial 3 made no train call that was seen",))
    found = judge("evaluation", loop(), [Match(observed, "place")], SCORED)
    assert (found.observed, found.reasons) == ("unknown", observed.problems)
