"""A registered consumer is what its name calls: decorators and what they wrap around it count."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck.model.report import Consumer
from tests.registry.tiny import AUDITS, RUN, project, scan, told

WRAP = """\
def wrap(function):
    def inner(run):
        {0}
        return function({1})
    return inner


"""


def consumer(folder: Path, before: str, decorator: str = "@wrap", name: str = "coverage") -> Consumer:
    """What is said of a function of the tiny program below this decorator."""
    marked = AUDITS.replace(f"def {name}(", f"{decorator}\ndef {name}(")
    project(folder, audits=before + marked)
    report = scan(folder)
    (found,) = (each for each in report.consumers if each.function == name)
    return found


def test_a_wrapper_that_reads_training_counts(tmp_path: Path) -> None:
    found = consumer(tmp_path, WRAP.format("print(run.rounds)", "run"))
    assert found.claim.verdict == "trial_dynamics"
    assert {(step.location.path, step.location.line) for step in found.claim.evidence} == {
        ("src/audits.py", 3)
    }
    findings = [code for code, _, _ in told(scan(tmp_path))]
    assert "SEAM105" in findings


@pytest.mark.parametrize("decorator", ["@wrap\n@wrap", "@wrap"])
def test_a_wrapper_that_reads_data_only_takes_nothing_away(tmp_path: Path, decorator: str) -> None:
    assert consumer(tmp_path, WRAP.format("print(len(run.X))", "run"), decorator).claim.verdict == "xy_only"


def test_each_function_answers_for_its_own_wrapper(tmp_path: Path) -> None:
    text = WRAP.format("print(len(run.X))", "run") + AUDITS.replace("def c", "@wrap\ndef c")
    project(tmp_path, audits=text)
    verdicts = {each.function: each.claim.verdict for each in scan(tmp_path).consumers}
    assert verdicts["coverage"] == "xy_only"
    assert verdicts["cost"] == "trial_dynamics"


@pytest.mark.parametrize(
    ("before", "decorator"),
    [
        ("class Wrap:\n    def __init__(self, f):\n        self.f = f\n"
         "    def __call__(self, run):\n        print(run.rounds)\n        return self.f(run)\n\n\n", "@Wrap"),
        ("def pick(f):\n    return KNOWN[f.__name__](f)\n\n\n", "@pick"),
        ("def nothing(f):\n    return None\n\n\n", "@nothing"),
    ],
)  # fmt: skip
def test_what_decorators_make_of_it_may_be_unknown(tmp_path: Path, before: str, decorator: str) -> None:
    assert consumer(tmp_path, before, decorator).claim.verdict != "xy_only"


@pytest.mark.parametrize(
    "behind",
    [
        "coverage = wrap(coverage)\n",
        "def other(run):\n    return run.rounds\n\n\ncoverage = other\n",
        "def other(run):\n    return run.rounds\n\n\nglobals()['coverage'] = other\n",
        "import lib\n\n\ncoverage = lib.made(coverage)\n",
    ],
)
def test_a_name_may_be_bound_again(tmp_path: Path, behind: str) -> None:
    project(tmp_path, audits=WRAP.format("print(run.rounds)", "run") + AUDITS + "\n\n" + behind)
    report = scan(tmp_path)
    assert {c.function: c.claim.verdict for c in report.consumers}["coverage"] != "xy_only"
    assert {code for code, _, _ in told(report)} & {"SEAM105", "SEAM106"}


def test_another_module_may_bind_it_again(tmp_path: Path) -> None:
    bound = "import audits\n\n\ndef other(run):\n    return run.rounds\n\n\naudits.coverage = other\n"
    project(tmp_path, patch=bound, run="import patch\n" + RUN)
    assert {c.function: c.claim.verdict for c in scan(tmp_path).consumers}["coverage"] != "xy_only"


CLASS = """\
def trace(cls):
    old = cls.go

    def go(self, run):
        print(run.rounds)
        return old(self, run)

    cls.go = go
    return cls


{0}
class C:
    def go(self, run):
        return len(run.X)


def coverage(run):
    return C().go(run)
"""


@pytest.mark.parametrize(("decorator", "good"), [("@trace", False), ("", True)])
def test_a_method_may_be_replaced(tmp_path: Path, decorator: str, good: bool) -> None:
    text = AUDITS.replace("def coverage(run):\n    return run.X.isna().mean()\n", CLASS.format(decorator))
    project(tmp_path, audits=text)
    verdicts = {each.function: each.claim.verdict for each in scan(tmp_path).consumers}
    assert (verdicts["C.go"] == "xy_only") is good
    assert (verdicts["coverage"] == "xy_only") is good


def test_a_decorator_may_hand_out_another_function(tmp_path: Path) -> None:
    before = "def other(run):\n    return run.rounds\n\n\ndef pick(f):\n    return other\n\n\n"
    assert consumer(tmp_path, before, "@pick").claim.verdict == "trial_dynamics"


def test_what_is_assumed_of_a_library_is_said(tmp_path: Path) -> None:
    found = consumer(tmp_path, "import lib\n\n\n", "@lib.deco")
    assert found.claim.verdict == "xy_only"
    assert found.claim.assumptions == (
        "`lib.deco` calls the decorated function and changes neither arguments nor result (src/audits.py:4)",
    )


@pytest.mark.parametrize("decorator", ["@functools.lru_cache", "@functools.lru_cache(maxsize=1)"])
def test_decorators_of_the_standard_library_keep_the_verdict(tmp_path: Path, decorator: str) -> None:
    assert consumer(tmp_path, "import functools\n\n\n", decorator).claim.verdict == "xy_only"
