"""The verdict of a replay: what is equal, what differs, and when nobody can know."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck.model.event import ColumnHash, Event, LoopRef, LoopSeen, Note, RoleHash
from seamcheck.replay.summary import NO_END, summarise
from tests.replay.made_events import LOOP, digests, event, role, run, table


def loop_of(events: Iterable[Event], *notes: Note, **more: object) -> LoopSeen:
    (loop,) = summarise(run(events, *notes, **more)).loops
    return loop


def verdict(*events: Event) -> str:
    return loop_of(events).verdict


def varying(loop: LoopSeen) -> dict[str, tuple[str, ...] | None]:
    return {each.role: each.columns for each in loop.varying}


# -- equal and different --------------------------------------------------------------------------


def test_equal() -> None:
    loop = loop_of([event(0), event(1), event(2)])
    assert (loop.id, loop.trials, loop.verdict) == ("train.py::optuna#1", 3, "equal")
    assert (loop.varying, loop.folds, loop.problems) == ((), None, ())
    (call,) = loop.calls
    assert (call.api, call.path, call.line, call.part, call.events) == (
        "lightgbm.train", "train.py", 40, "predictor", 3,
    )  # fmt: skip


def test_columns_that_differ_in_any_trial_are_named() -> None:
    loop = loop_of(
        [
            event(0, table("X", a="1", b="1", c="1"), table("y", y="1")),
            event(1, table("X", a="2", b="1", c="1"), table("y", y="1")),
            event(2, table("X", a="1", b="1", c="2"), table("y", y="1")),
        ]
    )
    assert loop.verdict == "differs"
    assert varying(loop) == {"X": ("a", "c")}
    assert (loop.varying[0].path, loop.varying[0].line) == ("train.py", 40)


@pytest.mark.parametrize(
    ("one", "other", "columns"),
    [
        (table("X", a="1"), table("X", a="1", b="2"), ("b",)),
        (table("X", a="1", b="2"), table("X", b="2", a="1"), ("a", "b")),
        (table("X", a="1"), table("X", z="1"), ("a", "z")),
        (role("X", "1"), role("X", "2"), None),
        (table("X", a="1"), role("X", "2"), None),
    ],
)
def test_columns_of_tables_that_are_built_differently(
    one: RoleHash, other: RoleHash, columns: tuple[str, ...] | None
) -> None:
    loop = loop_of([event(0, one), event(1, other)])
    assert (loop.verdict, varying(loop)) == ("differs", {"X": columns})


def test_columns_of_a_matrix_are_listed_by_their_numbers() -> None:
    one, other = ({str(n): f"{n}{mark}" for n in range(12)} for mark in "ab")
    loop = loop_of([event(0, table("X", **one)), event(1, table("X", **other))])
    assert varying(loop) == {"X": tuple(map(str, range(12)))}


def test_row_blocks_where_they_are_kept() -> None:
    def with_leaves(digest: str, *leaves: str) -> RoleHash:
        return RoleHash("X", "k", 9, 1, digests(digest), (ColumnHash("a", digest, leaves),))

    loop = loop_of([event(0, with_leaves("1", "p", "q", "r")), event(1, with_leaves("2", "p", "z"))])
    assert loop.varying[0].blocks == (1, 2)


def test_a_role_that_only_some_trials_have_varies() -> None:
    loop = loop_of([event(0), event(1, role("X", "x"), role("y", "y"), role("weight", "w"))])
    assert (loop.verdict, varying(loop)) == ("differs", {"weight": None})


def test_eval_sets_are_listed_and_decide_nothing() -> None:
    loop = loop_of([event(n, role("X", "x"), role("eval.X", str(n)), role("eval.y", "y")) for n in range(2)])
    assert (loop.verdict, varying(loop)) == ("equal", {"eval.X": None})


def test_several_eval_sets_are_told_apart() -> None:
    sets = [role("eval.X", "a"), role("eval.X", "b", index=1)]
    assert loop_of([event(0, role("X", "x"), *sets), event(1, role("X", "x"), *sets)]).varying == ()


# -- alignment ------------------------------------------------------------------------------------


def test_calls_are_aligned_by_place_not_by_position() -> None:
    first = [event(0, role("X", "pre"), line=10), event(0, role("X", "x"))]
    assert verdict(*first, event(1, role("X", "x")), event(2, role("X", "x"))) == "equal"


def test_a_pruned_trial_is_compared_on_what_it_has() -> None:
    def trial(number: int, steps: int, broken: int = -1) -> list[Event]:
        return [event(number, role("X", f"{n}{n == broken}"), ordinal=n) for n in range(steps)]

    assert verdict(*trial(0, 2), *trial(1, 5), *trial(2, 3)) == "equal"
    assert verdict(*trial(0, 2, broken=1), *trial(1, 5), *trial(2, 3)) == "differs"
    # Trial 0 ended before the step in which the others differ.
    assert verdict(*trial(0, 2), *trial(1, 5), *trial(2, 5, broken=4)) == "differs"


def test_cells_and_folds_are_compared_with_themselves() -> None:
    def trial(number: int, order: Iterable[int], mark: str) -> list[Event]:
        return [event(number, role("X", str(fold)), **{mark: str(fold)}) for fold in order]

    for mark in ("fold", "cell"):
        assert verdict(*trial(0, range(3), mark), *trial(1, (2, 0, 1), mark)) == "equal"


def test_another_model_in_the_same_line_is_still_compared() -> None:
    for content, expected in (("x", "equal"), ("other", "differs")):
        events = [event(n, role("X", content if n % 2 else "x"), api=f"Model{n % 2}.fit") for n in range(4)]
        assert verdict(*events) == expected


def test_folds_by_hand_with_another_model() -> None:
    def trial(number: int, api: str, shift: int = 0) -> list[Event]:
        return [event(number, role("X", str(fold + shift)), api=api, ordinal=fold) for fold in range(3)]

    assert verdict(*trial(0, "A.fit"), *trial(1, "B.fit")) == "equal"
    assert verdict(*trial(0, "A.fit"), *trial(1, "B.fit", 7)) == "differs"


def test_a_helper_that_everything_goes_through() -> None:
    """The same line fits a first model in some trials only: the class tells which call is which."""
    first, main = ("Pre.fit", "pre"), ("Model.fit", "x")
    courses = [[first, main], [main], [first, main]]
    events = [
        event(n, role("X", content), api=api) for n, course in enumerate(courses) for api, content in course
    ]
    assert verdict(*events) == "equal"


def test_the_same_models_in_another_order() -> None:
    courses = [[("A.fit", "a"), ("B.fit", "b")], [("B.fit", "b"), ("A.fit", "a")]]
    events = [
        event(n, role("X", content), api=api) for n, course in enumerate(courses) for api, content in course
    ]
    assert verdict(*events) == "equal"


def test_fewer_calls_of_one_class_in_one_line_cannot_be_told_apart() -> None:
    contents = [["pre", "x"], ["x"]]
    loop = loop_of(
        [event(n, role("X", c), ordinal=i) for n, cs in enumerate(contents) for i, c in enumerate(cs)]
    )
    assert loop.verdict == "unknown"
    assert "trial 1 made fewer calls than others at train.py:40" in loop.problems[0]


def test_calls_of_several_threads_have_no_order() -> None:
    def trial(number: int, contents: str) -> list[Event]:
        return [
            event(number, role("X", content), role("y", "y"), thread=index, ordinal=index)
            for index, content in enumerate(contents)
        ]

    assert verdict(*trial(0, "abc"), *trial(1, "cab")) == "equal"
    assert verdict(*trial(0, "abc"), *trial(1, "cb")) == "equal"
    loop = loop_of([*trial(0, "abc"), *trial(1, "cad")])
    assert (loop.verdict, varying(loop)) == ("differs", {"X": None})


def test_trials_that_go_different_ways() -> None:
    def branches(content: str) -> LoopSeen:
        return loop_of(
            [
                event(0, role("X", "common"), line=5),
                event(0, role("X", "x"), line=10),
                event(1, role("X", "common"), line=5),
                event(1, role("X", content), line=12),
            ]
        )

    assert branches("x").verdict == "equal"
    loop = branches("other")
    assert loop.verdict == "unknown"
    assert "trials 0 and 1 went different ways (train.py:10, train.py:12)" in loop.problems[0]


def test_a_trial_without_anything_in_common_with_the_others() -> None:
    assert verdict(event(0), event(1), event(2, role("X", "z"), line=99)) == "unknown"


# -- part of a call -------------------------------------------------------------------------------


@pytest.mark.parametrize(("contents", "expected"), [("ab", "equal"), ("ba", "differs")])
def test_folds_inside_a_call(contents: str, expected: str) -> None:
    events = []
    for number, order in enumerate(("ab", contents)):
        events.append(event(number, api="sklearn.model_selection.cross_val_score"))
        events += [
            event(number, role("X", content), part="fold", api="SVC.fit", ordinal=index)
            for index, content in enumerate(order)
        ]
    loop = loop_of(events)
    assert (loop.verdict, loop.folds, loop.varying) == ("equal", expected, ())
    assert [(call.api, call.part, call.events) for call in loop.calls] == [
        ("SVC.fit", "fold", 4),
        ("sklearn.model_selection.cross_val_score", "predictor", 2),
    ]


def test_folds_are_not_known_where_something_was_missed() -> None:
    events = [event(n, part=part) for n in range(2) for part in ("predictor", "fold")]
    assert loop_of(events).folds == "equal"
    assert loop_of(events, Note("unhooked", "child 7")).folds is None
    assert loop_of([*events, event(1, role("X", None), part="fold", line=50)]).folds is None


def test_a_transformer_alone_decides_nothing() -> None:
    events = [event(n, role("X", str(n)), part="transformer", line=30) for n in range(2)]
    loop = loop_of([*events, event(0), event(1)])
    assert (loop.verdict, loop.varying) == ("equal", ())
    assert loop.problems == ("a transformer at train.py:30 was fitted on different X; this decides nothing",)
    assert loop_of(events).verdict == "unknown"


# -- loops ----------------------------------------------------------------------------------------


def test_runs_of_one_place_are_loops_of_their_own() -> None:
    """Six studies of two trials, as a stepwise tuner makes them."""
    refs = [LoopRef("optuna", "tune.py", 30, serial) for serial in range(6)]
    events = [event(n, role("X", str(ref.serial)), loop=ref) for ref in reversed(refs) for n in range(2)]
    report = summarise(run(events))
    assert [loop.id for loop in report.loops] == [f"tune.py::optuna#{n}" for n in range(1, 7)]
    assert {(loop.verdict, loop.trials) for loop in report.loops} == {("equal", 2)}


def test_a_search_inside_an_objective() -> None:
    """The outer trials are compared on the search's own fit, the candidates fold by fold with each other."""
    events = []
    for trial in range(2):
        inner = LoopRef("search", "train.py", 40, trial)
        events.append(event(trial, role("X", "all"), api="sklearn.model_selection.GridSearchCV.fit"))
        events += [
            event(candidate, role("X", f"{trial}{fold}"), loop=inner, fold=str(fold), api="SVC.fit")
            for candidate in range(3)
            for fold in range(2)
        ]
    report = summarise(run(events))
    assert {loop.id: (loop.trials, loop.verdict) for loop in report.loops} == {
        "train.py::optuna#1": (2, "equal"),
        "train.py::search#1": (3, "equal"),
        "train.py::search#2": (3, "equal"),
    }


def test_candidates_with_more_rows_differ() -> None:
    ref = LoopRef("search", "s.py", 47)
    events = [
        event(n, role("X", f"{n // 2}{fold}"), role("y", f"{n // 2}{fold}"), loop=ref, fold=str(fold))
        for n in range(4)
        for fold in range(2)
    ]
    loop = loop_of(events)
    assert (loop.verdict, varying(loop)) == ("differs", {"X": None, "y": None})


def test_calls_outside_any_trial_are_listed_only() -> None:
    report = summarise(run([event(0), event(1), event(None, role("X", "other"), line=90)]))
    assert [loop.verdict for loop in report.loops] == ["equal"]
    assert [(call.line, call.events) for call in report.outside] == [(90, 1)]


# -- unknown --------------------------------------------------------------------------------------


def trial_note(number: int) -> Note:
    return Note("trial", "", LOOP, number)


def test_nothing_at_all() -> None:
    report = summarise(run([]))
    assert (report.loops, report.outside, report.exit) == ((), (), "ok")


@pytest.mark.parametrize(
    ("events", "notes", "says"),
    [
        ([], [trial_note(0), trial_note(1)], "no train call of a model was seen in any trial"),
        ([event(0)], [], "only one trial was hashed"),
        ([event(0), event(1)], [trial_note(2)], "trial 2 made no train call"),
        (
            [event(0), event(1), event(2, role("X", None), role("y", "y"))],
            [],
            "a train call at train.py:40 could not be hashed: X: it is opaque",
        ),
        (
            [event(0), event(1), event(2, role("eval.X", "e"))],
            [],
            "a train call at train.py:40 could not be hashed: it was given no data that is known",
        ),
        (
            [event(0), event(1), event(2, spec="seamcheck-ch/2")],
            [],
            "hashed by different specifications",
        ),
        ([event(0), event(1)], [Note("unhooked", "child 7")], "unhooked: child 7"),
        ([event(0), event(1)], [Note("canary", "lightgbm")], "canary: lightgbm"),
        ([event(0), event(1)], [Note("lost", "3 records")], "lost: 3 records"),
        ([event(0), event(1)], [Note("problem", "a hook failed")], "a hook failed"),
        ([event(0), event(1)], [Note("problem", "mixed up", LOOP, 1)], "mixed up"),
        ([event(0), event(1)], [Note("of a later version", "?")], "of a later version: ?"),
    ],
)
def test_unknown_says_why(events: list[Event], notes: list[Note], says: str) -> None:
    loop = loop_of(events, *notes)
    assert loop.verdict == "unknown"
    assert any(problem.startswith(says) or says in problem for problem in loop.problems), loop.problems


def test_lost_records_make_every_loop_unknown() -> None:
    report = summarise(run([event(0), event(1)], problems=("gone", "run.json"), lost=("gone",)))
    assert [(loop.verdict, loop.problems) for loop in report.loops] == [("unknown", ("gone",))]
    assert report.problems == ("gone", "run.json")


def test_a_call_that_could_not_be_recorded() -> None:
    failed = Event(
        **{**_fields(event(2)), "roles": (), "status": "unknown", "reason": "could not be recorded: x"}
    )
    loop = loop_of([event(0), event(1), failed])
    assert (loop.verdict, loop.varying) == ("unknown", ())
    assert loop.problems == ("a train call at train.py:40 could not be hashed: could not be recorded: x",)


def _fields(each: Event) -> dict[str, object]:
    return {name: getattr(each, name) for name in Event.__struct_fields__}


def test_a_difference_stands_whatever_else_was_missed() -> None:
    loop = loop_of(
        [event(0), event(1, role("X", "z"), role("y", None))], Note("unhooked", "child 7"), lost=("gone",)
    )
    assert (loop.verdict, varying(loop)) == ("differs", {"X": None})
    assert len(loop.problems) == 4


def test_digests_of_different_specifications_are_incomparable() -> None:
    loop = loop_of([event(0), event(1, role("X", "z"), spec="seamcheck-ch/2")])
    assert (loop.verdict, loop.varying) == ("unknown", ())


def test_an_eval_set_that_cannot_be_hashed_is_told() -> None:
    loop = loop_of([event(n, role("X", "x"), role("eval.X", None)) for n in range(2)])
    assert loop.verdict == "equal"
    assert loop.problems == ("eval.X at train.py:40 could not be hashed: it is opaque; this decides nothing",)


def test_harmless_notes_are_told_once() -> None:
    notes = [
        Note("left_out", "mlflow"),
        Note("left_out", "mlflow"),
        Note("stopped", "before a.py:3", LOOP, 1),
    ]
    report = summarise(run([event(0), event(1)], *notes))
    assert [loop.verdict for loop in report.loops] == ["equal"]
    assert report.problems == ("left out: mlflow", "stopped: before a.py:3")


def test_children_that_joined_the_run_and_one_that_did_not() -> None:
    hello, child = Note("hello", "child of 1", pid=7), Note("child", "7 python worker.py")
    assert loop_of([event(0), event(1)], child, hello).verdict == "equal"
    loop = loop_of([event(0), event(1)], child)
    assert loop.verdict == "unknown"
    assert loop.problems == ("unhooked: process 7 ran without hooks: python worker.py",)
    told = Note("unhooked", "process 7 ran without hooks: python worker.py")
    assert loop_of([event(0), event(1)], child, told).problems == loop.problems


def test_a_run_that_was_killed_has_no_end() -> None:
    assert summarise(run([])._replace(notes=())).exit == NO_END


# -- properties -----------------------------------------------------------------------------------

small = st.integers(0, 2)
made = st.lists(
    st.tuples(small, st.sampled_from([10, 20]), small, st.sampled_from(["a", "b", None])), max_size=8
)


@given(made, st.randoms(use_true_random=False))
def test_the_order_of_records_says_nothing(
    rows: list[tuple[int, int, int, str | None]], chance: object
) -> None:
    events = [event(t, role("X", c), line=line, ordinal=o) for t, line, o, c in rows]
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert summarise(run(events)) == summarise(run(shuffled))


@given(made)
def test_equal_is_never_said_of_two_trials_with_one_call_each_on_different_data(
    rows: list[tuple[int, int, int, str | None]],
) -> None:
    calls = {trial: (line, content) for trial, line, _, content in rows}
    events = [event(t, role("X", content), line=line) for t, (line, content) in calls.items()]
    contents = {content for _, content in calls.values()}
    for loop in summarise(run(events)).loops:
        if len(contents) > 1 or None in contents or len(calls) < 2:
            assert loop.verdict != "equal"
        else:
            assert loop.verdict == "equal"


# -- what must never pass as equal ------------------------------------------------------------------


def test_a_base_margin_decides_like_an_initial_score() -> None:
    def margins(*contents: str | None) -> LoopSeen:
        return loop_of(
            [event(n, role("X", "x"), role("base_margin", each)) for n, each in enumerate(contents)]
        )

    assert (margins("m", "n").verdict, varying(margins("m", "n"))) == ("differs", {"base_margin": None})
    assert margins("m", None).verdict == "unknown"
    assert margins("m", "m").verdict == "equal"


def test_row_numbers_handed_to_a_call_are_folds() -> None:
    loop = loop_of([event(n, role("X", "x"), role("folds", str(n)), api="lightgbm.cv") for n in range(2)])
    assert (loop.folds, varying(loop)) == ("differs", {"folds": None})


def test_a_call_of_no_known_trial_is_no_second_trial() -> None:
    stray = msgspec.structs.replace(event(1, role("X", "other")), trial=None)
    loop = loop_of([event(0), stray])
    assert loop.verdict == "unknown"
    assert any("to what trial" in each for each in loop.problems)
    assert any("only one trial" in each for each in loop.problems)


def test_what_is_unknown_of_a_call_beside_its_roles() -> None:
    loop = loop_of([event(0, status="unknown", reason="half of it"), event(1), event(2)])
    assert (loop.verdict, loop.problems) == (
        "unknown", ("a train call at train.py:40 could not be hashed: half of it",),
    )  # fmt: skip


def test_weights_alone_say_nothing_of_the_rows() -> None:
    assert verdict(event(0, role("weight", "w")), event(1, role("weight", "w"))) == "unknown"


def test_no_role_hides_another_of_its_name() -> None:
    events = [event(n, role("X", str(n)), role("X", "same")) for n in range(2)]
    assert verdict(*events) == "differs"


def test_processes_that_number_their_trials_each_for_itself() -> None:
    def both(second: str) -> LoopSeen:
        events = [event(n, role("X", x), pid=pid) for pid, x in ((1, "a"), (2, second)) for n in range(2)]
        return loop_of(events, *(Note("trial", "", LOOP, n, pid) for pid in (1, 2) for n in range(2)))

    assert both("b").verdict == "unknown"
    assert both("b").problems[0].startswith("trials 0, 1 ran in several processes")
    assert both("a").verdict == "equal"


def test_workers_of_one_search_share_its_trials() -> None:
    """Each fold of a candidate may run in another process, and says there that it belongs to the candidate."""
    events = [event(n, role("X", str(f)), fold=str(f), pid=f) for n in range(2) for f in range(3)]
    notes = [Note("trial", "", LOOP, n, f) for n in range(2) for f in range(3)]
    assert loop_of(events, *notes).verdict == "equal"


def test_unordered_calls_of_which_two_trials_have_different_ones() -> None:
    first = [event(0, role("X", "a"), thread=1), event(0, role("X", "b"), thread=2)]
    assert verdict(*first, event(1, role("X", "a")), event(2, role("X", "b"))) == "unknown"
    assert verdict(*first, event(1, role("X", "a")), event(2, role("X", "a"))) == "equal"


def test_a_first_trial_that_was_not_hashed_hides_no_difference() -> None:
    def trial(number: int, x: str | None, weight: str | None) -> Event:
        return event(number, role("X", x), role("weight", weight))

    for first in (trial(0, None, "w"), event(0, role("eval.X", "e"))):
        assert verdict(first, trial(1, "a", None), trial(2, "b", None)) == "differs"
        assert verdict(first, trial(1, "a", None), trial(2, "a", None)) == "unknown"
