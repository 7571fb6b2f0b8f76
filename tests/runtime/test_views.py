from __future__ import annotations

import copy
import dataclasses
import json
import keyword
import pickle
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck import runtime

GUARD = runtime.Guard(
    data={"X", "y"}, open={"cell"}, requirements={"s40": "xy_only", "s41": "trial_dynamics"}
)
SECRET = object()


@dataclasses.dataclass(frozen=True)
class Frozen:
    X: Any
    y: Any
    cell: str
    model: Any


@dataclasses.dataclass(slots=True)
class Slotted:
    X: Any
    y: Any
    cell: str
    model: Any


class Plain:
    def __init__(self, X: Any, y: Any, cell: str, model: Any) -> None:
        self.X, self.y, self.cell, self.model = X, y, cell, model


class Named(NamedTuple):
    X: Any
    y: Any
    cell: str
    model: Any


FIELDS: dict[str, Any] = {"X": [1, 2], "y": [0, 1], "cell": "BTC", "model": SECRET}
OBJECTS = [Frozen(**FIELDS), Slotted(**FIELDS), Plain(**FIELDS), Named(**FIELDS)]
each_object = pytest.mark.parametrize("run", OBJECTS, ids=lambda run: type(run).__name__)
each_run = pytest.mark.parametrize("run", [*OBJECTS, FIELDS], ids=lambda run: type(run).__name__)


def denied(read: Callable[[], object]) -> runtime.DynamicsDenied:
    with pytest.raises(runtime.DynamicsDenied) as caught:
        read()
    return caught.value


@each_object
def test_data_come_as_they_are(run: Any) -> None:
    view = GUARD.view("s40", run)
    assert view.X is FIELDS["X"]
    assert view.cell == "BTC"
    assert isinstance(view, type(run))


@each_object
def test_no_way_of_asking_an_object_swallows_a_denial(run: Any) -> None:
    view = GUARD.view("s40", run)
    for read in (
        lambda: view.model,
        lambda: getattr(view, "model", None),
        lambda: hasattr(view, "model"),
        lambda: vars(view),
        lambda: view.__getstate__(),
        lambda: copy.deepcopy(view).model,
        lambda: view == type(run)(**{**FIELDS, "X": [3]}),
    ):
        assert denied(read).consumer == "s40"
    assert not isinstance(denied(lambda: view.model), AttributeError | LookupError | TypeError)


def test_a_field_that_was_added_later_is_closed() -> None:
    run = Plain(**FIELDS)
    view = GUARD.view("s40", run)
    run.history = SECRET  # type: ignore[attr-defined]
    assert denied(lambda: view.history).field == "`history`"


def test_asking_for_what_is_not_there_is_denied_like_what_is() -> None:
    # A run that has no model yet must not make the consumer look harmless.
    view = GUARD.view("s40", SimpleNamespace(X=1))
    denied(lambda: getattr(view, "model", None))
    denied(lambda: GUARD.view("s40", {"X": 1}).get("model"))
    with pytest.raises(AttributeError):
        _ = view.y  # open, and not there


def test_tools_may_probe_for_private_names() -> None:
    view = GUARD.view("s40", Plain(**FIELDS))
    assert not hasattr(view, "_repr_html_")
    assert not hasattr(view, "__array__")


@pytest.mark.parametrize("run", [Frozen(**FIELDS), Slotted(**FIELDS)], ids=["frozen", "slots"])
def test_dataclass_functions(run: Any) -> None:
    view = GUARD.view("s40", run)
    assert [field.name for field in dataclasses.fields(view)] == list(FIELDS)
    denied(lambda: dataclasses.asdict(view))
    denied(lambda: dataclasses.astuple(view))
    denied(lambda: dataclasses.replace(view, X=None))
    assert dataclasses.replace(view, model=1) == type(run)(**{**FIELDS, "model": 1})


def test_all_of_a_run_can_be_read_where_all_of_it_is_open() -> None:
    fields = {"X": [1], "y": [2]}
    view = GUARD.view("s40", fields)
    assert dict(view) == {**view} == dict(view.items()) == view.copy() == fields
    assert view == fields
    assert (len(view), list(view), "y" in view, "cell" in view) == (2, ["X", "y"], True, False)
    assert view.get("cell", "none") == "none"
    two = dataclasses.make_dataclass("Two", ["X", "y"])
    assert (
        dataclasses.asdict(GUARD.view("s40", two(1, 2)))
        == vars(GUARD.view("s40", two(1, 2)))
        == {"X": 1, "y": 2}
    )


def test_no_way_of_asking_a_mapping_swallows_a_denial() -> None:
    view = GUARD.view("s40", FIELDS)
    for read in (
        lambda: view["model"],
        lambda: view.get("model"),
        lambda: "model" in view,
        lambda: dict(view),
        lambda: {**view},
        lambda: list(view),
        lambda: list(reversed(view)),
        lambda: len(view),
        lambda: view.keys(),
        lambda: view.values(),
        lambda: view.items(),
        lambda: view.copy(),
        lambda: view | {},
        lambda: {} | view,
        lambda: view == {**FIELDS, "X": None},
        lambda: view[0],
    ):
        denied(read)
    assert view["X"] is view.get("X") is FIELDS["X"]
    assert bool(view)
    assert isinstance(view, dict)
    with pytest.raises(TypeError):
        json.dumps(view)


def test_patterns() -> None:
    def model_of(run: Any) -> object:
        match run:
            case {"model": model} | Frozen(model=model) | (_, _, _, model):
                return model
        return None

    for run in (FIELDS, Frozen(**FIELDS), Named(**FIELDS)):
        assert model_of(run) is SECRET
        denied(lambda run=run: model_of(GUARD.view("s40", run)))


def test_namedtuples_by_position() -> None:
    view = GUARD.view("s40", Named(**FIELDS))
    assert (view[0], view[-2], view[:2], len(view)) == ([1, 2], "BTC", ([1, 2], [0, 1]), 4)
    for read in (
        lambda: view[3],
        lambda: view[-1],
        lambda: view[1:],
        lambda: tuple(view),
        lambda: [*view],
        lambda: SECRET in view,
        lambda: view._asdict(),
        lambda: view._replace(X=1),
    ):
        denied(read)
    assert view._replace(model=None) == Named(**{**FIELDS, "model": None})
    with pytest.raises(IndexError):
        view[9]


@each_run
def test_a_view_cannot_be_changed(run: Any) -> None:
    view = GUARD.view("s40", run)
    with pytest.raises(AttributeError, match="read-only"):
        view.X = None
    with pytest.raises(AttributeError, match="read-only"):
        del view.X
    with pytest.raises(TypeError):
        view["X"] = None
    with pytest.raises(AttributeError, match="read-only"):
        GUARD.view("s40", FIELDS).pop("X")


@each_run
def test_pictures_and_copies_hold_only_what_is_open(run: Any) -> None:
    view = GUARD.view("s40", run)
    assert repr(view) == str(view) == f"<xy_only view of {type(run).__name__} for s40: X, y, cell>"
    assert dir(view) == ["X", "cell", "y"]
    assert copy.copy(view) is view
    # The secret cannot even be pickled; what is open can.
    for again in (pickle.loads(pickle.dumps(view)), copy.deepcopy(view)):
        assert type(again) is type(view)
        assert isinstance(again, type(run))
        assert runtime.readable(again) == ("X", "y", "cell")
        assert runtime.closed(again) == ("model",)
        assert (again["X"] if isinstance(run, dict) else again.X) == [1, 2]
        denied(lambda again=again: again.model)
        denied(lambda again=again: again == run)
    assert copy.deepcopy(view) is not view


class WithCode(Plain):
    def rows(self) -> int:
        return len(self.X)

    def best(self) -> object:
        return self.model

    @property
    def n_columns(self) -> int:
        return 7


def test_methods_that_are_open_run_on_the_view() -> None:
    guard = runtime.Guard({"X"}, {"rows", "best", "n_columns"}, {"a": "xy_only"})
    view = guard.view("a", WithCode(**FIELDS))
    for each in (view, pickle.loads(pickle.dumps(view))):
        assert (each.rows(), each.n_columns) == (2, 7)
        assert denied(each.best).field == "`model`"
    denied(lambda: GUARD.view("s40", WithCode(**FIELDS)).rows)


def test_items_length_and_truth_of_objects_are_closed() -> None:
    class Table(Plain):
        def __getitem__(self, key: str) -> object:
            return getattr(self, key)

        def __len__(self) -> int:
            return len(self.model)

    view = GUARD.view("s40", Table(**FIELDS))
    assert view["X"] == [1, 2]
    for read in (
        lambda: view["model"],
        lambda: view[0],
        lambda: list(view),
        lambda: bool(view),
        lambda: view.__len__,
    ):
        denied(read)
    with pytest.raises(TypeError):
        len(view)
    with pytest.raises(TypeError, match="not subscriptable"):
        GUARD.view("s40", Plain(**FIELDS))["X"]
    assert bool(GUARD.view("s40", Plain(**FIELDS)))


def test_containers_of_runs_at_any_depth() -> None:
    run = Frozen(**FIELDS)
    folds = {("BTC", 0): [run, (run, None)], 1: {**FIELDS}}
    view = GUARD.view("s40", folds)
    assert list(view) == [("BTC", 0), 1]
    assert view["BTC", 0][0].X is view["BTC", 0][1][0].X is FIELDS["X"]
    assert view["BTC", 0][1][1] is None
    assert [each.cell for each in view["BTC", 0][:1]] == ["BTC"]
    for read in (
        lambda: next(iter(view.values()))[0].model,
        lambda: view["BTC", 0][1][0].model,
        lambda: view[1]["model"],
        lambda: [each["model"] for each in reversed(GUARD.view("s40", [FIELDS]))],
        lambda: pickle.loads(pickle.dumps(view))[1]["model"],
    ):
        denied(read)
    assert pickle.loads(pickle.dumps(view))[1]["X"] == [1, 2]
    assert runtime.closed(view) == ("model",)
    assert runtime.readable(view) == ()


def test_fields_that_are_open_in_part() -> None:
    sheet = SimpleNamespace(n_rows=3, budget=SimpleNamespace(rounds=9, leaves=4))
    run = {"X": 1, "sheet": sheet, "folds": {"first": FIELDS}, "none": None}
    names = {"X", "sheet.n_rows", "sheet.budget.leaves", "folds.*.X", "none.x"}
    view = runtime.Guard(names, requirements={"a": "xy_only"}).view("a", run)
    assert (view["sheet"].n_rows, view["sheet"].budget.leaves) == (3, 4)
    assert view["folds"]["first"]["X"] == [1, 2]
    assert view["none"] is None
    for read in (
        lambda: view["sheet"].budget.rounds,
        lambda: view["folds"]["first"]["model"],
        lambda: vars(view["sheet"].budget),
        lambda: vars(vars(view["sheet"])["budget"]),
        lambda: pickle.loads(pickle.dumps(view))["sheet"].budget.rounds,
    ):
        denied(read)
    assert set(runtime.closed(view)) == {
        "sheet.budget.rounds",
        "folds.first.y",
        "folds.first.cell",
        "folds.first.model",
    }


def test_rights_never_grow() -> None:
    wide = runtime.Guard({"X", "model"}, requirements={"b": "xy_only", "c": "trial_dynamics"})
    for run in (*OBJECTS, FIELDS, [FIELDS], {1: FIELDS}):
        inner = GUARD.view("s40", run)
        again = wide.view("b", inner)
        assert wide.view("c", inner) is inner
        while isinstance(again, list | dict) and "X" not in runtime.readable(again):
            again = next(iter(again.values())) if isinstance(again, Mapping) else again[0]
        read = again.__getitem__ if isinstance(again, dict) else lambda name, run=again: getattr(run, name)
        assert read("X") == [1, 2]
        assert denied(lambda read=read: read("model")).consumer == "s40"
        assert denied(lambda read=read: read("y")).consumer == "b"


def test_equal_and_hash_where_nothing_closed_is_needed() -> None:
    run = Plain(**FIELDS)
    assert GUARD.view("s40", run) == GUARD.view("s40", run) == run
    assert hash(GUARD.view("s40", run)) == hash(run)
    assert GUARD.view("s40", run) != "something else"
    with pytest.raises(TypeError):
        hash(GUARD.view("s40", FIELDS))


# -- whatever the fields are called ------------------------------------------------------------------

NAMES = st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,7}\Z").filter(
    lambda name: not keyword.iskeyword(name) and not name.startswith("__")
) | st.sampled_from(
    "items keys values get copy index count consumer state allowed source target _fields".split()
)


def ways(view: Any, names: list[str]) -> Iterator[Callable[[], object]]:
    """Ordinary ways to get at what is in a run."""
    for name in names:
        yield lambda name=name: getattr(view, name)
        yield lambda name=name: getattr(view, name, None)
        yield lambda name=name: view[name]
        yield lambda name=name: view.get(name)
        yield lambda name=name: vars(view)[name]
        yield lambda name=name: object.__getattribute__(view, name)
    for position in range(-len(names), len(names)):
        yield lambda position=position: view[position]
    yield lambda: view[:]
    yield lambda: list(view)
    yield lambda: dict(view)
    yield lambda: list(view.values())
    yield lambda: list(view.items())
    yield lambda: view.copy()
    yield lambda: view._asdict()
    yield lambda: view.__dict__
    yield lambda: dataclasses.asdict(view)
    yield lambda: dataclasses.astuple(view)
    yield lambda: [getattr(view, field.name) for field in dataclasses.fields(view)]
    yield lambda: [getattr(view, name) for name in dir(view)]
    yield lambda: copy.copy(view)
    yield lambda: copy.deepcopy(view)
    yield lambda: view.__reduce_ex__(4)
    yield lambda: repr(view)


def reaches(value: object, secrets: set[str]) -> bool:
    """Is one of these texts in there?"""
    if isinstance(value, str):
        return any(secret in value for secret in secrets)
    if type(value) in (list, tuple, set):
        return any(reaches(each, secrets) for each in value)  # type: ignore[attr-defined]
    if type(value) is dict:
        return any(reaches(each, secrets) for each in value.values())
    return False


@given(st.lists(NAMES, min_size=1, max_size=6, unique=True), st.data())
def test_only_what_is_allowed_comes_through(names: list[str], data: st.DataObject) -> None:
    allowed = data.draw(st.sets(st.sampled_from(names)))
    values = {
        name: f"<secret {at}>" if name not in allowed else f"<data {at}>" for at, name in enumerate(names)
    }
    secrets = {value for name, value in values.items() if name not in allowed}
    guard = runtime.Guard(allowed, requirements={"c": "xy_only"})
    runs: list[Any] = [values, SimpleNamespace(**values)]
    if not any(name.startswith("_") for name in names):
        runs.append(namedtuple("Run", names)(**values))
    runs.append(dataclasses.make_dataclass("Run", names)(**values))
    for run in runs:
        view = guard.view("c", run)
        for name in allowed:
            assert (view[name] if isinstance(run, dict) else getattr(view, name)) == values[name]
        for way in ways(view, names):
            try:
                got = way()
            except (runtime.DynamicsDenied, AttributeError, TypeError, LookupError):
                continue
            assert not reaches(got, secrets)
        for name in names:
            if name not in allowed:
                denied(
                    lambda name=name, run=run, view=view: (
                        view[name] if isinstance(run, dict) else getattr(view, name)
                    )
                )
