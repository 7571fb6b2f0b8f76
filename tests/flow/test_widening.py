"""A widening drops labels only where enough of their kind are left to say so."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seamcheck.flow.labels import DYNAMIC, EXTERNAL, MAX_GIVEN, MAX_PER_KIND, PARAM, Label
from seamcheck.flow.values import ValueTable

LABELS = st.frozensets(
    st.builds(
        Label,
        st.sampled_from([DYNAMIC, EXTERNAL, PARAM]),
        st.sampled_from("abcdefgh"),
        st.just("x.py"),
        st.just(1),
    ),
    max_size=20,
)


@given(st.lists(LABELS, min_size=1, max_size=6))
def test_what_is_open_is_kept_or_the_group_is_full(sets: list[frozenset[Label]]) -> None:
    table = ValueTable()
    v = table.value(frozenset(), sets[0])
    for labels in sets[1:]:
        v = table.widen(v, table.value(frozenset(), labels))
    everything = frozenset().union(*sets)
    for kind, most in ((DYNAMIC, MAX_PER_KIND), (EXTERNAL, MAX_PER_KIND), (PARAM, MAX_GIVEN)):
        all_of, kept = ({x for x in s if x.kind == kind} for s in (everything, v.labels))
        assert kept == all_of or len(kept) >= most
