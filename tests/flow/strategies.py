"""Hypothesis strategies for labels, pointers and values."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from seamcheck.facts.assumptions import Assumption
from seamcheck.flow.labels import REASONS, TABLE, Assumed, Label
from seamcheck.flow.values import Const, Func, Module, Sym, Text, Value, ValueTable

DETAILS = ["", "i", TABLE]
KINDS = sorted(REASONS | {"dynamics", "param", "loopvar", "feed"})

SAID = Assumption("a.py", 3, "load", "deterministic", "one file")
labels = st.builds(
    Label,
    kind=st.sampled_from(KINDS),
    message=st.sampled_from(["drawn", "read", "given"]),
    path=st.sampled_from(["a.py", "b.py"]),
    line=st.integers(1, 9),
    loops=st.sampled_from([(), (1,), (1, 2)]),
    detail=st.sampled_from(DETAILS),
    assumed=st.sampled_from([(), Assumed(SAID, settled=True), Assumed(SAID, settled=False)]),
)
constants = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from([1.0, 0.0, "", "a", b"a"])
)
pointers = st.one_of(
    constants.map(lambda item: Const(item, type(item).__name__)),
    st.sampled_from(["*.csv", "a*"]).map(Text),
    st.builds(Func, st.sampled_from(["m", "n"]), st.integers(0, 3), st.none()),
    st.sampled_from(["numpy", "a.b"]).map(Sym),
    st.sampled_from(["numpy", "a.b"]).map(Module),
)


def values(table: ValueTable, size: int = 5) -> st.SearchStrategy[Value]:
    """Values of one table, well below its bounds."""
    build: Callable[[frozenset[object], frozenset[Label]], Value] = table.value
    return st.builds(build, st.frozensets(pointers, max_size=size), st.frozensets(labels, max_size=size))
