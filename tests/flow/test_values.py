"""Abstract values: one object per value, and a join that is one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seamcheck.flow.labels import (
    DETAILED,
    DYNAMIC,
    ENOUGH,
    MAX_GIVEN,
    MAX_PER_KIND,
    PARAM,
    Label,
    bounded,
)
from seamcheck.flow.values import (
    MAX_POINTERS,
    PLAIN,
    Const,
    Func,
    Module,
    Sym,
    Value,
    ValueTable,
    constants,
    only_constant,
)
from tests.flow.strategies import DETAILS, labels, pointers, values

TABLE = ValueTable()
# While these loops run: variables of finished ones may leave large sets, and joins of those depend on the order.
TABLE.running.update(dict.fromkeys(DETAILS, 0))
VALUES = values(TABLE)


@given(st.frozensets(pointers, max_size=8), st.frozensets(labels, max_size=8))
def test_equal_values_are_one_object(ptrs: frozenset[object], said: frozenset[Label]) -> None:
    assert TABLE.value(ptrs, said) is TABLE.value(frozenset(list(ptrs)[::-1]), frozenset(list(said)[::-1]))


@given(VALUES)
def test_join_is_idempotent_and_empty_is_neutral(a: Value) -> None:
    assert TABLE.join(a, a) is a
    assert TABLE.join(a, TABLE.empty) is a
    assert TABLE.join(TABLE.empty, a) is a


@given(VALUES, VALUES)
def test_join_is_commutative(a: Value, b: Value) -> None:
    assert TABLE.join(a, b) is TABLE.join(b, a)


@given(VALUES, VALUES, VALUES)
def test_join_is_associative(a: Value, b: Value, c: Value) -> None:
    assert TABLE.join(TABLE.join(a, b), c) is TABLE.join(a, TABLE.join(b, c))


@given(VALUES, VALUES)
def test_join_absorbs(a: Value, b: Value) -> None:
    joined = TABLE.join(a, b)
    assert TABLE.join(joined, a) is joined
    assert TABLE.join(joined, b) is joined


@given(VALUES, VALUES)
def test_a_join_forgets_no_pointer_and_no_kind(a: Value, b: Value) -> None:
    joined = TABLE.join(a, b)
    assert joined.ptrs - {PLAIN} == (a.ptrs | b.ptrs) - {PLAIN}
    assert {(x.kind, x.loops, x.assumed) for x in joined.labels} == {
        (x.kind, x.loops, x.assumed) for x in a.labels | b.labels
    }


@given(VALUES, VALUES)
def test_widening_forgets_no_pointer_and_settles(a: Value, b: Value) -> None:
    table = ValueTable()
    a, b = table.value(a.ptrs, a.labels), table.value(b.ptrs, b.labels)
    widened = table.widen(a, b)
    assert widened.ptrs - {PLAIN} == (a.ptrs | b.ptrs) - {PLAIN}
    assert table.widen(widened, b) is widened
    wanted = {(x.kind, x.loops, x.assumed) for x in a.labels | b.labels if x.kind not in DETAILED}
    assert {(x.kind, x.loops, x.assumed) for x in widened.labels if x.kind not in DETAILED} == wanted


@given(st.frozensets(labels, max_size=60))
def test_bounded_labels_keep_every_kind_and_settle(found: frozenset[Label]) -> None:
    kept = bounded(found)
    assert kept <= found
    assert bounded(kept) == kept
    assert {(x.kind, x.loops, x.assumed) for x in kept} == {(x.kind, x.loops, x.assumed) for x in found}
    for kind, loops, assumed in {(x.kind, x.loops, x.assumed) for x in kept if x.kind not in DETAILED}:
        same = [x for x in kept if (x.kind, x.loops, x.assumed) == (kind, loops, assumed)]
        tables = [x for x in same if x.detail == "table" and kind == DYNAMIC]
        assert len(kept) <= ENOUGH or len(tables) <= MAX_GIVEN
        assert len(kept) <= ENOUGH or len(same) - len(tables) <= (
            MAX_GIVEN if kind == PARAM else MAX_PER_KIND
        )


@given(st.frozensets(labels, max_size=40), st.frozensets(labels, max_size=40))
def test_bounds_on_labels_do_not_depend_on_the_order_of_joins(
    a: frozenset[Label], b: frozenset[Label]
) -> None:
    assert bounded(bounded(a) | bounded(b)) == bounded(a | b)


def functions(count: int) -> frozenset[object]:
    return frozenset(Func("m", index, None) for index in range(count))


def test_too_many_things_are_unknown() -> None:
    table = ValueTable()
    assert not table.value(functions(MAX_POINTERS), frozenset()).labels
    many = table.value(functions(MAX_POINTERS + 1), frozenset())
    assert len(many.ptrs) == MAX_POINTERS
    assert [label.kind for label in many.labels] == ["dynamic"]


def test_too_many_things_are_the_same_few_whatever_the_order() -> None:
    halves = [functions(30), frozenset(Func("n", index, None) for index in range(30))]
    one, two = ValueTable(), ValueTable()
    a = one.join(*[one.value(half, frozenset()) for half in halves])
    b = two.join(*[two.value(half, frozenset()) for half in reversed(halves)])
    assert a.ptrs == b.ptrs
    assert a.labels == b.labels


def test_constants_that_gave_way_are_not_forgotten_in_silence() -> None:
    """`None` and 16 others: None stays, since a seed that may be None is no seed."""
    table = ValueTable()
    some = [Const(None, "NoneType"), *(Const(index, "int") for index in range(MAX_POINTERS))]
    many = table.value(frozenset([*some, Func("m", 0, None)]), frozenset())
    assert many.ptrs == functions(1) | {Const(None, "NoneType")}


@given(VALUES)
def test_constants_are_told_only_if_all_is_constant(v: Value) -> None:
    found = constants(v)
    if found is None:
        assert not v.ptrs or any(not isinstance(p, Const) for p in v.ptrs)
        assert only_constant(v) is None or not isinstance(next(iter(v.ptrs)), Const)
    else:
        assert len(found) == len(v.ptrs)
        assert (only_constant(v) is None) == (len(found) != 1)


def test_kinds_of_pointers_stay_apart() -> None:
    table = ValueTable()
    assert table.const(1) is not table.const(True)
    assert table.const(1) is not table.const(1.0)
    assert table.pointer(Sym("numpy")) is not table.pointer(Module("numpy"))
