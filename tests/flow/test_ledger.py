"""What speaks against an assumption, and what was written into values without an object."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck.facts.assumptions import Assumption
from seamcheck.flow.labels import (
    DYNAMIC,
    ENOUGH,
    EXTERNAL,
    MAX_PER_KIND,
    MUTATION,
    RANDOM,
    Assumed,
    Label,
    bounded,
)
from seamcheck.flow.ledger import Ledger, origin
from seamcheck.flow.objects import Obj
from seamcheck.flow.values import ValueTable

BY = Assumption("a.py", 3, "load", "deterministic", "one file")
OTHER = Assumption("a.py", 9, "read", "pure", "one file")
SETTLED = Label(EXTERNAL, "`load` has no model", "a.py", 3, (1,), assumed=Assumed(BY, settled=True))
PENDING = SETTLED._replace(assumed=Assumed(BY, settled=False))
BARE = SETTLED._replace(assumed=())
DRAWN = Label(RANDOM, "drawn", "a.py", 5, (1,))


def test_an_assumption_holds_for_what_it_settled_only() -> None:
    ledger = Ledger()
    assert [ledger.holds(x) for x in (SETTLED, PENDING, BARE, DRAWN)] == [True, False, False, False]


@pytest.mark.parametrize("against", ["refuted", "doubted", "given in doubt", "given changed"])
def test_what_speaks_against_it(against: str) -> None:
    ledger = Ledger()
    ledger.rests[BY].add(origin(BARE))
    if against == "refuted":
        ledger.refuted[BY] = DRAWN
    elif against == "doubted":
        ledger.doubts[BY] = {(1,): BARE}
    elif against == "given in doubt":
        ledger.doubts[origin(BARE)] = {(1,): BARE}
    else:
        ledger.changes[origin(BARE), True] = Obj(1, "data", None, ("a.py", 1), ())
    assert not ledger.holds(SETTLED)
    assert ledger.holds(SETTLED._replace(assumed=Assumed(OTHER, settled=True)))


def test_what_is_written_into_a_value_is_what_it_holds() -> None:
    ledger = Ledger()
    shadow = ledger.changes[origin(SETTLED), True] = Obj(1, "data", None, ("a.py", 1), (1,))
    shadow.labels = frozenset({DRAWN})
    shadow.fields["[changed]"] = ValueTable().value(
        frozenset(), frozenset({Label(MUTATION, "left", "a.py", 7)})
    )
    assert ledger.grown([SETTLED]) == {SETTLED, DRAWN}
    assert ledger.grown([BARE]) == {BARE}


def test_what_may_be_written_is_open() -> None:
    ledger = Ledger()
    shadow = ledger.changes[origin(SETTLED), False] = Obj(1, "data", None, ("a.py", 1), (1,))
    shadow.labels = frozenset({DRAWN})
    assert ledger.grown([SETTLED]) == {SETTLED, DRAWN._replace(kind=DYNAMIC)}


def test_doubts_count_for_the_loops_in_which_they_arose_and_older_values() -> None:
    ledger = Ledger()
    older = BARE._replace(loops=())
    ledger.doubts[origin(older)] = {(2,): DRAWN._replace(loops=(2,))}
    assert ledger.doubted([older], 2)
    assert not ledger.doubted([older], 1)
    assert not ledger.doubted([BARE], 1)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=ENOUGH + 2, max_size=20, unique=True), st.booleans())
def test_no_bound_drops_the_unknown_in_favour_of_the_assumed(names: list[str], widened: bool) -> None:
    """The label that nobody assumes anything of sorts last, and stays."""
    table = ValueTable()
    said = frozenset(SETTLED._replace(message=name) for name in names)
    last = BARE._replace(message="z")
    kept = table.widen_labels(said, frozenset({last})) if widened else bounded(said | {last})
    assert last in kept
    assert any(x.assumed for x in kept)
    assert widened or len(kept) <= MAX_PER_KIND + 1
