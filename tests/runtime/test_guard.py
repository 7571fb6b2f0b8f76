from __future__ import annotations

import asyncio
import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seamcheck import runtime

RUN = {"X": [1, 2], "model": "booster"}
GUARD = runtime.Guard({"X"}, requirements={"s40": "xy_only", "s41": "trial_dynamics"})


def test_trial_dynamics_gets_the_run_itself() -> None:
    assert GUARD.view("s41", RUN) is RUN


def test_a_consumer_that_nobody_registered_gets_no_view() -> None:
    with pytest.raises(runtime.UnknownConsumer, match=r"`s99` is not registered .*\[\[consumer\]\]"):
        GUARD.view("s99", RUN)
    with pytest.raises(runtime.UnknownConsumer):
        GUARD.consumer("s99")
    with pytest.raises(runtime.UnknownConsumer, match="the guard has none"):
        runtime.Guard({"X"}).view("s40", RUN)


def test_requires_speaks_for_the_unregistered_and_never_against_the_registry() -> None:
    assert GUARD.view("s99", RUN, requires="trial_dynamics") is RUN
    with pytest.raises(runtime.DynamicsDenied, match="requires= in the program"):
        GUARD.view("s99", RUN, requires="xy_only")["model"]
    for name, requires in (("s40", "trial_dynamics"), ("s41", "xy_only")):
        with pytest.raises(runtime.RequirementsError, match="leave requires= out"):
            GUARD.view(name, RUN, requires=requires)
    with pytest.raises(runtime.RequirementsError, match="is no requirement"):
        GUARD.view("s99", RUN, requires="unknown")


def test_the_message_says_who_what_where_and_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "seamcheck.toml"
    file.write_text('src = []\n\n[[consumer]]\nname = "s40"\nrequires = "xy_only"\n')
    guard = runtime.Guard({"X"}, {"cell"}, requirements=file)
    with pytest.raises(runtime.DynamicsDenied) as caught:
        guard.view("s40", RUN)["model"]
    assert str(caught.value) == (
        f"`s40` is xy_only ({file}:3) and may not read `model` of dict. Read only X, cell; or register `s40` as "
        "trial_dynamics and give it a full replay"
    )


def test_errors_survive_pickling() -> None:
    for error in (
        runtime.DynamicsDenied("s40", "`model`", "Run", "here", ("X",)),
        runtime.UnknownConsumer("s40", "there"),
        runtime.RequirementsError("no"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize("names", ["X", {"*"}, {"sheet.*"}, {"sheet", "sheet.rows"}, {""}, {"a..b"}, {1}])
def test_names_that_cannot_be_meant_are_refused(names: Any) -> None:
    with pytest.raises(runtime.GuardError):
        runtime.Guard(names)


def swallow(run: Any) -> str:
    try:
        return str(run["model"])
    except Exception:
        return "no model"


def test_a_swallowed_denial_is_raised_when_the_consumer_ends() -> None:
    with pytest.raises(runtime.DynamicsDenied, match="`model`"):
        GUARD.consumer("s40")(swallow)(RUN)
    with pytest.raises(runtime.DynamicsDenied), GUARD.enforce("s40", RUN) as view:
        swallow(view)
    # Each call starts anew.
    assert GUARD.consumer("s40")(lambda run: len(run["X"]))(RUN) == 2
    assert GUARD.consumer("s41")(swallow)(RUN) == "booster"


def test_an_error_of_the_consumer_is_not_hidden() -> None:
    def fails(run: Any) -> None:
        swallow(run)
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        GUARD.consumer("s40")(fails)(RUN)


def test_the_decorator_leaves_the_function_what_it_is() -> None:
    @GUARD.consumer("s40")
    def s40(run: Any, factor: int = 1, *more: int, scale: int = 1) -> int:
        """Rows."""
        return len(run["X"]) * factor * scale + sum(more)

    assert (s40.__name__, s40.__doc__) == ("s40", "Rows.")
    assert (s40(RUN), s40(RUN, 2, 1, scale=3), s40(run=RUN, factor=2)) == (2, 13, 4)
    with pytest.raises(TypeError, match="the run is missing"):
        s40()  # type: ignore[call-arg]
    with pytest.raises(runtime.GuardError, match="no parameter"):
        GUARD.consumer("s40")(lambda: None)


def test_coroutines_and_generators() -> None:
    @GUARD.consumer("s40")
    async def waits(run: Any) -> str:
        await asyncio.sleep(0)
        return swallow(run)

    @GUARD.consumer("s40")
    def steps(run: Any, last: str) -> Iterator[object]:
        yield run["X"]
        yield run[last]

    with pytest.raises(runtime.DynamicsDenied):
        asyncio.run(waits(RUN))
    assert list(steps(RUN, "X")) == [[1, 2], [1, 2]]
    going = steps(RUN, "model")
    assert next(going) == [1, 2]
    with pytest.raises(runtime.DynamicsDenied):
        next(going)


def test_tasks_and_threads_do_not_meet() -> None:
    good = GUARD.consumer("s40")(lambda run: len(run["X"]))
    bad = GUARD.consumer("s40")(swallow)

    async def both() -> list[Any]:
        calls = [asyncio.to_thread(bad if at % 2 else good, RUN) for at in range(8)]
        return await asyncio.gather(*calls, return_exceptions=True)

    found = asyncio.run(both())
    assert found[::2] == [2] * 4
    assert all(isinstance(each, runtime.DynamicsDenied) for each in found[1::2])


def test_a_denial_in_a_thread_of_the_consumer_is_not_lost() -> None:
    @GUARD.consumer("s40")
    def spawns(run: Any) -> None:
        thread = threading.Thread(target=swallow, args=(run,))
        thread.start()
        thread.join()

    with pytest.raises(runtime.DynamicsDenied):
        spawns(RUN)


def test_what_can_be_read_and_what_not() -> None:
    view = GUARD.view("s40", RUN)
    assert (runtime.readable(view), runtime.closed(view)) == (("X",), ("model",))
    assert runtime.closed(RUN) == ()
    with pytest.raises(runtime.GuardError, match="is no view"):
        runtime.readable(RUN)
