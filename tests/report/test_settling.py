"""What would settle an unknown: the first cause, not the first consequence."""

import pytest

from seamcheck.model import Claim, Location, Reason
from seamcheck.report.settling import advice, first_stop, unwrapped


def because(message: str, line: int = 1, kind: str = "dynamic") -> Reason:
    return Reason(kind, message, None, Location("a.py", line, 1, line))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ("`acme.load` has no model", "a model of `acme.load`; `seamcheck rules suggest`"),
        ("`acme.load` has no model, so what it was given may have been changed", "a model of `acme.load`"),
        ("`rows` comes from `acme.Base`, which has no model", "a model of `acme.Base` that names `rows`"),
        ("``acme.load` has no model` is not known", "a model of `acme.load`"),
        ("`..data` is not in the project", "`src` of the configuration"),
        ("an attribute is looked up by a name that is not known", "as a constant"),
        ("`x` is given by the caller", "scan a caller"),
        ("`f` calls itself too deeply", "a bound of the scan"),
        ("no train call is reached; the first call that is not known is `acme.go`", "a model of `acme.go`"),
        ("`.read(...)` is called on something that is not known", "from a class of the project"),
        ("`seed` of `numpy.random.default_rng` may be None", "give the seed as a constant"),
        ("something nobody has thought of", "scan the code that decides it"),
        ("`load` is not part of the scan", "`src` of the configuration"),
        ("`{x}` has no model", "a model of `{x}`"),
    ],
)
def test_advice(message: str, part: str) -> None:
    assert part in advice(because(message))


def test_a_cause_comes_before_its_consequences() -> None:
    reasons = (
        because("`.read(...)` is called on something that is not known", 1),
        because("`acme.Store` has no model", 2),
        because("`acme.other` has no model", 3),
    )
    stop = first_stop(Claim("unknown", (), reasons))
    assert stop is not None
    assert (stop.location.line, stop.others) == (2, 1)


def test_a_consequence_alone_is_told() -> None:
    stop = first_stop(Claim("unknown", (), (because("`read` of something unknown", 4),)))
    assert stop is not None
    assert (stop.location.line, stop.others) == (4, 0)


def test_other_verdicts_have_no_stop() -> None:
    assert first_stop(Claim("variant", (), (because("x"),))) is None
    assert first_stop(Claim("unknown")) is None


def test_unwrapped() -> None:
    assert unwrapped("``f` has no model` is not known") == "`f` has no model"
    assert unwrapped("`f` is not known") == "`f` is not known"


@pytest.mark.parametrize(
    ("message", "word"),
    [
        ("`acme.load` has no model", "assume[deterministic]"),
        ("`acme.load` is opaque", "assume[deterministic]"),
        ("what `load(...)` calls is not known", "assume[deterministic]"),
        ("`.read(...)` is called on something that is not known", "assume[deterministic]"),
        ("`load` calls itself too deeply", "assume[deterministic]"),
        ("`acme.load` has no model, so what it was given may have been changed", "assume[pure]"),
        ("`seed` of `numpy.random.default_rng` may be None", ""),
        ("`load` is abstract: what an implementation does is open", ""),
        ("no train call is reached; the first call that is not known is `acme.go`", ""),
    ],
)
def test_a_comment_settles_what_nobody_can_see(message: str, word: str) -> None:
    claim = Claim("unknown", (), (because(message),))
    told, plain = first_stop(claim, of_trials=True), first_stop(claim)
    assert told is not None
    assert plain is not None
    assert "seamcheck: assume" not in plain.advice, "of a seam and of a consumer an assumption says nothing"
    assert ("seamcheck: assume" in told.advice) == bool(word)
    assert word in told.advice
