"""One call stands for another only if it covers everything that the other is given."""

from __future__ import annotations

import pytest

from seamcheck.flow.likeness import Shape

PLAIN = Shape(frozenset({1, 2}), frozenset({("data", "a")}), frozenset({"param", "dynamic"}))


@pytest.mark.parametrize(
    ("other", "covered"),
    [
        (Shape(frozenset({1}), frozenset(), frozenset()), True),
        (PLAIN, True),
        (PLAIN._replace(fixed=frozenset({3})), False),
        (PLAIN._replace(objects=frozenset({("list", None)})), False),
        (PLAIN._replace(kinds=frozenset({"random"})), False),
    ],
)
def test_what_is_covered(other: Shape, covered: bool) -> None:
    assert PLAIN.covers(other) is covered


def test_a_call_with_results_of_training_stands_only_for_such_calls() -> None:
    trained = PLAIN._replace(kinds=PLAIN.kinds | {"dynamics"})
    assert not trained.covers(PLAIN)
    assert trained.covers(trained)
