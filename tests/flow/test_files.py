"""Files written and read back: which path patterns may be one file, and what comes out of it."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck.flow.files import FileStore, basename, overlap, patterns
from seamcheck.flow.labels import Label
from seamcheck.flow.values import Const, Sym, Text, ValueTable

TABLE = ValueTable()
LABEL = Label("dynamics", "trained", "a.py", 1)
names = st.text("ab.[]", max_size=5)
globs = st.text("ab.*", max_size=5)


@given(globs, globs)
def test_overlap_is_symmetric(a: str, b: str) -> None:
    assert overlap(a, b) == overlap(b, a)


@given(globs)
def test_a_pattern_overlaps_itself(a: str) -> None:
    assert overlap(a, a)


@given(names, names)
def test_plain_names_overlap_if_they_are_equal(a: str, b: str) -> None:
    assert overlap(a, b) == (a == b)


@given(globs, globs, st.text("ab.", max_size=6))
def test_two_patterns_that_one_name_fits_overlap(a: str, b: str, name: str) -> None:
    """Never the other way round: what may be the same file must not be taken for two."""
    if fnmatchcase(name, a) and fnmatchcase(name, b):
        assert overlap(a, b)


@pytest.mark.parametrize(
    ("a", "b", "one"),
    [
        ("model.pkl", "model.pkl", True),
        ("model.pkl", "data.pkl", False),
        ("model_*.pkl", "model_3.pkl", True),
        ("model_*.pkl", "data_*.pkl", False),
        ("*_model.pkl", "fold_*", True),
        ("*", "anything", True),
        ("a[0].pkl", "a[0].pkl", True),
    ],
)
def test_overlap_examples(a: str, b: str, one: bool) -> None:
    assert overlap(a, b) is one


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/b.csv", "b.csv"), ("a\\b.csv", "b.csv"), ("a/", "a"), ("", "*"), ("*/x", "x"), ("x", "x")],
)
def test_basename(path: str, name: str) -> None:
    assert basename(path) == name


def test_patterns_of_values() -> None:
    assert patterns(TABLE.const("a.csv")) == ["a.csv"]
    assert patterns(TABLE.pointer(Text("a*.csv"))) == ["a*.csv"]
    assert patterns(TABLE.empty) == ["*"]
    assert patterns(TABLE.pointer(Sym("a.b"))) == ["*"]
    assert patterns(TABLE.const(3)) == ["*"]
    assert sorted(patterns(TABLE.value(frozenset((Const("a", "str"), Const("b", "str"))), frozenset()))) == [
        "a",
        "b",
    ]


def test_what_was_written_comes_back() -> None:
    store = FileStore()
    store.write(["out/model_*.pkl"], frozenset((LABEL,)))
    assert store.read(["in/model_3.pkl"]) == (frozenset((LABEL,)), True)
    assert store.read(["data.pkl"]) == (frozenset(), False)
    assert store.anything_written() == {LABEL}


def test_a_write_after_a_read_asks_for_another_round() -> None:
    store = FileStore()
    store.read(["a.pkl"])
    store.write(["b.pkl"], frozenset((LABEL,)))
    assert not store.stale
    store.write(["a.pkl"], frozenset((LABEL,)))
    assert store.stale


def test_the_same_write_again_asks_for_none() -> None:
    store = FileStore()
    store.write(["a.pkl"], frozenset((LABEL,)))
    store.read(["a.pkl"])
    store.write(["a.pkl"], frozenset((LABEL,)))
    assert not store.stale


@pytest.mark.parametrize(
    ("kind", "told_again"), [("dynamics", True), ("dynamic", True), ("environment", False)]
)
def test_who_reads_before_the_write_is_told_what_counts_outside_trials(kind: str, told_again: bool) -> None:
    store = FileStore()
    store.read(["scores.csv"])
    store.write(["scores.csv"], frozenset({Label(kind, "written", "a.py", 1)}))
    assert (None in store.stale) is told_again
