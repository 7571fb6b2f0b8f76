from __future__ import annotations

from seamcheck.model.event import LoopRef, Note
from seamcheck.replay.compare import compare
from tests.replay.made_events import event, role, run, table


def trials(*contents: str, **more: object):  # type: ignore[no-untyped-def]
    return [
        event(n, table("X", a=content, b="b"), role("y", "y"), **more) for n, content in enumerate(contents)
    ]


def test_the_same() -> None:
    found = compare(run(trials("x", "x")), run(trials("x", "x")))
    assert (found.verdict, found.problems) == ("same", ())
    assert [(loop.id, loop.trials, loop.verdict) for loop in found.loops] == [
        ("train.py::optuna#1", (2, 2), "same")
    ]


def test_trials_that_agree_within_each_run_and_not_between_them() -> None:
    (loop,) = compare(run(trials("x", "x")), run(trials("z", "z"))).loops
    assert loop.verdict == "differs"
    assert [(each.role, each.columns) for each in loop.varying] == [("X", ("a",))]


def test_lines_may_move() -> None:
    moved = trials("x", "x", line=55, loop=LoopRef("optuna", "train.py", 77))
    assert compare(run(trials("x", "x")), run(moved)).verdict == "same"


def test_every_role_counts() -> None:
    one = [event(n, role("X", "x"), role("eval.X", "e")) for n in range(2)]
    other = [event(n, role("X", "x"), role("eval.X", "f")) for n in range(2)]
    (loop,) = compare(run(one), run(other)).loops
    assert (loop.verdict, [each.role for each in loop.varying]) == ("differs", ["eval.X"])


def test_what_only_one_run_has() -> None:
    (loop,) = compare(run(trials("x", "x")), run(trials("x"))).loops
    assert (loop.verdict, loop.trials) == ("differs", (2, 1))
    assert loop.problems == ("only in the first run: trials 1",)
    (loop,) = compare(run([*trials("x"), *trials("x", line=60)]), run(trials("x"))).loops
    assert loop.problems == ("trial 0: lightgbm.train in train.py was called 2 and 1 times",)
    found = compare(run([]), run(trials("x")))
    assert [loop.problems for loop in found.loops] == [("only in the second run",)]
    assert found.verdict == "differs"


def test_calls_outside_trials_are_compared() -> None:
    one, other = run([event(None)]), run([event(None, role("X", "z"), role("y", "y"))])
    assert compare(one, one).verdict == "same"
    (loop,) = compare(one, other).loops
    assert (loop.id, loop.verdict) == ("outside any trial", "differs")


def test_threads_have_no_order() -> None:
    one = [event(0, role("X", c), thread=i) for i, c in enumerate("ab")]
    other = [event(0, role("X", c), thread=i) for i, c in enumerate("ba")]
    assert compare(run(one), run(other)).verdict == "same"


def test_same_is_never_said_of_what_is_not_known() -> None:
    good = run(trials("x", "x"))
    for bad in (
        run(trials("x", "x"), lost=("gone",)),
        run(trials("x", "x"), Note("unhooked", "child")),
        run([event(n, role("X", None), role("y", "y")) for n in range(2)]),
        run(trials("x", "x", spec="seamcheck-ch/2")),
        run(trials("z", "z", spec="seamcheck-ch/2")),
    ):
        found = compare(good, bad)
        assert found.verdict == "unknown"
        assert found.problems or any(loop.problems for loop in found.loops)
    assert compare(run([]), run([])).verdict == "unknown"


def test_trials_without_train_calls_are_not_the_same() -> None:
    notes = [Note("trial", "", LoopRef("optuna", "train.py", 30), n) for n in range(2)]
    (loop,) = compare(run([], *notes), run([], *notes)).loops
    assert (loop.verdict, loop.problems) == ("unknown", ("no train call was seen in either run",))


def test_calls_without_data_are_not_the_same() -> None:
    events = [event(0, role("eval.X", "e"))]
    assert compare(run(events), run(events)).verdict == "unknown"
