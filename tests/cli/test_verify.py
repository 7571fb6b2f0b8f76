"""``seamcheck verify``: arguments and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seamcheck import api
from seamcheck.config.schema import Config
from seamcheck.model.errors import LogError
from seamcheck.model.exit_codes import ExitCode, combined
from seamcheck.model.verification import VerifyReport, VerifyResult
from seamcheck.verify import Watched, verify
from tests.cli.conftest import Run
from tests.verify.samples import loop, replay, scan, seen


class FakeVerify:
    """Stands in for the API: returns ``report`` or raises ``error``, and remembers what it was asked."""

    report: VerifyReport
    error: Exception | None = None
    asked: tuple[Any, ...] = ()

    def __call__(self, options: api.ScanOptions, run: str | None, runs: Path) -> VerifyResult:
        self.asked = (options, run, runs)
        if self.error is not None:
            raise self.error
        return VerifyResult(self.report, lambda path: [])


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeVerify:
    stand_in = FakeVerify()
    monkeypatch.setattr(api, "verify", stand_in)
    return stand_in


def held(claim: str, observed: str | None, **more: Any) -> VerifyReport:
    return verify(scan(loop(claim)), replay(*([] if observed is None else [seen(observed)])), **more)


CASES = {
    "agree": (held("invariant", "equal"), 0, 0),
    "explained": (held("variant", "differs"), 0, 0),
    "not seen to vary": (held("variant", "equal"), 0, 0),
    "unproven": (held("unknown", "equal"), 0, 0),
    "stop": (held("unknown", "differs"), 1, 0),
    "contradict": (held("invariant", "differs"), 4, 4),
    "too few": (held("invariant", "unknown"), 3, 3),
    "no events": (held("invariant", None), 3, 3),
    "blind": (held("invariant", "equal", watched=Watched(("a child without hooks",))), 3, 3),
    "stale": (held("invariant", "equal", stale=("tune.py",)), 1, 3),
    "no loops": (verify(scan(), replay()), 3, 3),
    "stranger": (verify(scan(), replay(seen())), 3, 3),
    "stranger differs": (verify(scan(), replay(seen("differs"))), 1, 0),
    "contradict and stop": (
        verify(
            scan(loop(), loop("unknown", path="b.py")),
            replay(seen("differs"), seen("differs", path="b.py")),
            scanned=("tune.py", "b.py"),
        ),
        4,
        4,
    ),
    "configured": (
        held("invariant", "unknown", config=Config(severity={"SEAM704": "error"})), 1, 3,
    ),
    "a contradiction is never configured away": (
        held("invariant", "differs", config=Config(ignore=("SEAM7",))), 4, 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_exit_codes(run: Run, fake: FakeVerify, name: str) -> None:
    fake.report, code, hidden = CASES[name]
    assert run("verify").exit_code == code
    assert run("verify", "--exit-zero").exit_code == hidden


@pytest.mark.parametrize(
    ("codes", "wanted"), [((), 0), ((3, 1), 1), ((1, 4, 3), 4), ((1, 4, 3, 2), 2), ((3, 0), 3)]
)
def test_the_order_of_exit_codes(codes: tuple[int, ...], wanted: int) -> None:
    assert combined(*map(ExitCode, codes)) == wanted


def test_trouble_with_a_run_is_could_not_run(run: Run, fake: FakeVerify) -> None:
    fake.error = LogError("there is no run", ".seamcheck_runs")
    result = run("verify", "--exit-zero")
    assert result.exit_code == 2
    assert "there is no run" in result.stderr


def test_options_arrive(run: Run, fake: FakeVerify, tmp_path: Path) -> None:
    fake.report = CASES["agree"][0]
    run(
        "verify",
        str(tmp_path),
        "--run",
        "2026",
        "--runs",
        "kept",
        "--exclude",
        "old/",
        "--no-cache",
        "--tests",
    )
    options, name, runs = fake.asked
    assert (options.paths, name, runs) == ((tmp_path,), "2026", Path("kept"))
    assert (options.exclude, options.use_cache, options.tests) == (("old/",), False, True)
    run("verify")
    assert fake.asked[1:] == (None, Path(".seamcheck_runs"))


def test_reports_go_where_they_are_wanted(run: Run, fake: FakeVerify, tmp_path: Path) -> None:
    fake.report = CASES["contradict"][0]
    result = run("verify", "--output", "text", "--output", "json:out.json")
    assert "CONTRADICT" in result.stdout
    document = json.loads((tmp_path / "out.json").read_text())
    assert document["schema"] == "seamcheck.verify/1"
    assert document["loops"][0]["invariance"]["outcome"] == "contradict"
    assert run("verify", "--output", "html5").exit_code == 2


def test_colour_on_request(run: Run, fake: FakeVerify) -> None:
    fake.report = msgspec.structs.replace(CASES["stop"][0])
    assert "\x1b[" in run("verify", "--color", "always").stdout
    assert "\x1b[" not in run("verify").stdout
