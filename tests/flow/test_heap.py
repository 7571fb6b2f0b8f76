"""Regions of the heap against the simplest model of it: copies of all fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hypothesis import given
from hypothesis import strategies as st

from seamcheck.flow.labels import Label
from seamcheck.flow.objects import Heap, Obj, item
from seamcheck.flow.values import Value, ValueTable
from tests.flow.strategies import labels

FIELDS = ["a", "b", item(0), item("a")]
Write = tuple[int, object, int | None]  # object, field, constant (None deletes)
writes = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(FIELDS), st.one_of(st.none(), st.integers(0, 3))), max_size=6
)
State = dict[tuple[int, object], Value]


class World:
    """A heap with two objects, and what a plain copy of its fields would say."""

    def __init__(self) -> None:
        self.table = ValueTable()
        self.heap = Heap(self.table)
        self.objects = [self.heap.allocate(n, "instance", None, ("a.py", n), ())[0] for n in range(2)]

    def run(self, todo: Iterable[Write]) -> None:
        for number, field, constant in todo:
            if constant is None:
                self.heap.delete(self.objects[number], field)
            else:
                self.heap.write(self.objects[number], field, self.table.const(constant))

    def state(self) -> State:
        return {(n, field): v for n, obj in enumerate(self.objects) for field, v in obj.fields.items()}

    def join(self, a: State, b: State) -> State:
        empty = self.table.empty
        return {key: self.table.join(a.get(key, empty), b.get(key, empty)) for key in a.keys() | b.keys()}


def after(before: list[Write], todo: list[Write]) -> Callable[[World], State]:
    def replay(world: World) -> State:
        twin = World()
        twin.table = twin.heap.table = world.table
        twin.run(before)
        twin.run(todo)
        return twin.state()

    return replay


@given(writes, writes)
def test_leave_joins_with_what_was_before(before: list[Write], inside: list[Write]) -> None:
    world = World()
    world.run(before)
    old = world.state()
    world.heap.enter()
    world.run(inside)
    new = world.state()
    world.heap.leave()
    assert world.state() == world.join(old, new)


@given(writes, writes)
def test_swap_restores(before: list[Write], inside: list[Write]) -> None:
    world = World()
    world.run(before)
    old = world.state()
    world.heap.enter()
    world.run(inside)
    world.heap.swap()
    assert world.state() == old


@given(writes, writes, writes)
def test_two_arms_join(before: list[Write], one: list[Write], other: list[Write]) -> None:
    world = World()
    world.run(before)
    start = world.state()
    arms = []
    for arm in (one, other):
        world.heap.enter()
        world.run(arm)
        arms.append(world.heap.swap())
        assert world.state() == start
    replayed = [after(before, arm)(world) for arm in (one, other)]
    for arm in arms:
        world.heap.merge(arm)
    got = world.state()
    wanted = world.join(*replayed)
    for key in got.keys() | wanted.keys():
        assert wanted.get(key, world.table.empty).ptrs <= got.get(key, world.table.empty).ptrs
        # A field that both arms replaced may keep what it held before: that is safe, nothing else may be added.
        assert (
            got.get(key, world.table.empty).ptrs
            <= wanted.get(key, world.table.empty).ptrs | start.get(key, world.table.empty).ptrs
        )


@given(writes, writes, writes, writes)
def test_an_inner_region_is_part_of_the_outer(
    before: list[Write], first: list[Write], inner: list[Write], last: list[Write]
) -> None:
    world = World()
    world.run(before)
    old = world.state()
    world.heap.enter()
    world.run(first)
    world.heap.enter()
    world.run(inner)
    world.heap.leave()
    world.run(last)
    world.heap.swap()
    assert world.state() == old
    assert world.heap.regions == []


@given(st.frozensets(labels, min_size=1, max_size=3), st.booleans())
def test_taints_follow_regions(said: frozenset[Label], undo: bool) -> None:
    world = World()
    obj = world.objects[0]
    world.heap.enter()
    world.heap.taint(obj, said)
    if undo:
        written = world.heap.swap()
        assert obj.labels == frozenset()
        world.heap.merge(written)
    else:
        world.heap.leave()
    assert obj.labels == said


@given(writes, writes)
def test_touched_fields_tell_changes(before: list[Write], later: list[Write]) -> None:
    world = World()
    world.run(before)
    world.heap.touched = {}
    for obj in world.objects:
        for field in FIELDS:
            world.heap.read(obj, field)
    touched = dict(world.heap.touched)
    old = world.state()
    assert world.heap.valid(touched)
    world.run(later)
    assert world.heap.valid(touched) == (world.state() == old)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=5))
def test_an_object_that_stands_for_several_only_gains(constants: list[int]) -> None:
    world = World()
    obj = world.objects[0]
    obj.summary = True
    for constant in constants:
        world.heap.write(obj, "a", world.table.const(constant))
    assert {p.value for p in obj.fields["a"].ptrs} == set(constants)
    world.heap.delete(obj, "a")
    assert "a" in obj.fields


def test_allocation_is_once_per_site() -> None:
    heap = Heap(ValueTable())
    first, new = heap.allocate("site", "list", None, ("a.py", 1), ())
    again, newer = heap.allocate("site", "list", None, ("a.py", 1), ())
    assert first is again
    assert (new, newer) == (True, False)


def test_labels_are_found_through_fields_and_cycles() -> None:
    world = World()
    outer, inner = world.objects
    label = Label("random", "drawn", "a.py", 1)
    world.heap.write(outer, "inner", world.table.pointer(inner))
    world.heap.write(inner, "outer", world.table.pointer(outer))
    world.heap.taint(inner, frozenset((label,)))
    assert world.heap.deep_labels(world.table.pointer(outer)) == {label}


def test_labels_below_the_depth_that_is_looked_at_are_not_lost() -> None:
    """A container nested deeper than the bound may hold anything: its labels must not vanish."""
    world = World()
    label = Label("random", "drawn", "a.py", 1)
    top: Obj | None = None
    below = world.table.value(frozenset(), frozenset((label,)))
    for depth in range(8):
        top, _ = world.heap.allocate(("nest", depth), "list", None, ("a.py", depth), ())
        world.heap.write(top, item(0), below)
        below = world.table.pointer(top)
    assert world.heap.deep_labels(below)
