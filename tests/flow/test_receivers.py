"""Many receivers of one method: which are followed one by one, which share a call."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seamcheck.flow.objects import Obj
from seamcheck.flow.receivers import MAX_RECEIVERS, alone, of_one_class
from seamcheck.flow.values import Bound, Class, Func, Sym

FUNCTIONS = [Func("m", index, None) for index in range(3)]
CLASSES = [Class("m", index, None) for index in range(3)]


def made(serial: int, cls: Class) -> Obj:
    return Obj(serial, "instance", cls, ("m.py", 1), ())


@given(st.lists(st.sampled_from(FUNCTIONS), max_size=20))
def test_every_callee_is_followed_once(functions: list[Func]) -> None:
    pointers = (*(Bound(f, made(n, CLASSES[0])) for n, f in enumerate(functions)), Sym("a.b"))
    single, shared = alone(pointers)
    together = {Bound(f, receiver) for f, receivers in shared.items() for receiver in receivers}
    assert {*single, *together} == set(pointers)
    assert together.isdisjoint(single)
    assert all(sum(p.function == f for p in single if isinstance(p, Bound)) == MAX_RECEIVERS for f in shared)


@given(st.lists(st.sampled_from(CLASSES), max_size=20))
def test_those_beyond_the_first_few_of_a_class_share_a_call(classes: list[Class]) -> None:
    pointers = tuple(made(n, cls) for n, cls in enumerate(classes))
    for cls, rest in of_one_class((*pointers, Sym("a.b"))).items():
        own = [p for p in pointers if p.type == cls]
        assert rest == own[MAX_RECEIVERS:]
        assert rest
