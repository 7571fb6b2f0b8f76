"""What `init` says of reports made by hand."""

import msgspec

from seamcheck.model import Finding, Location
from seamcheck.model.adoption import Adoption, Change
from seamcheck.report.init_text import render
from tests.sample_reports import FULL

WRITTEN = Change("/nowhere", "seamcheck.toml", "seamcheck.toml", "create", after="a = 1\n", added="a = 1\n")
HOOK = "  - repo: local\n"


def text(**changes: object) -> str:
    found = Adoption(FULL, (WRITTEN,), HOOK, ".pre-commit-config.yaml")
    return render(msgspec.structs.replace(found, **changes))


def test_the_verdict_comes_first() -> None:
    assert text().startswith("A scan of this project fails with ")
    notes = [msgspec.structs.replace(finding, severity="note") for finding in FULL.findings]
    quiet = msgspec.structs.replace(FULL, findings=tuple(notes))
    assert text(report=quiet).startswith("Nothing fails a scan of this project: ")


def test_what_somebody_lives_with_fails_nothing() -> None:
    lived_with = [msgspec.structs.replace(finding, suppressed="because") for finding in FULL.findings]
    assert text(report=msgspec.structs.replace(FULL, findings=tuple(lived_with))).startswith("Nothing fails")


def test_the_worst_comes_first_and_no_more_than_three() -> None:
    place = Location("a.py", 1)
    error = Finding("SEAM305", "mutated-across-trials", "error", "`x` differs", place)
    notes = [Finding("SEAM306", "unknown-invariance", "note", f"note {n}", place) for n in range(5)]
    out = text(report=msgspec.structs.replace(FULL, findings=(*notes, error)))
    assert "fails with 1 error:" in out
    assert "  1. a.py:1  SEAM305 mutated-across-trials (error)" in out
    assert out.count("SEAM306 unknown-invariance") == 2
    assert "seamcheck explain SEAM305" in out


def test_the_consumer_that_saves_a_replay_is_the_first_to_register() -> None:
    first = msgspec.structs.replace(
        FULL.consumers[0], claim=msgspec.structs.replace(FULL.consumers[0].claim, verdict="trial_dynamics")
    )
    cheap = msgspec.structs.replace(
        first,
        name="cheap one",
        function="make.<locals>.cheap",
        location=Location("z.py", 9),
        claim=msgspec.structs.replace(first.claim, verdict="xy_only"),
    )
    out = text(report=msgspec.structs.replace(FULL, consumers=(first, cheap)))
    assert "seamcheck registry add 'cheap one' 'z.py::make.<locals>.cheap'" in out
    assert "registry sync --add-missing" in out
    assert "1 other then needs an entry, too" in out
    alone = text(report=msgspec.structs.replace(FULL, consumers=(cheap,)))
    assert "registry add" in alone
    assert "--add-missing" not in alone


def test_the_hook_is_shown_only_where_it_is_wanted() -> None:
    assert "    - repo: local" in text()
    assert "add to .pre-commit-config.yaml" in text()
    assert "repo: local" not in text(hook="")


def test_a_dry_run_speaks_of_what_would_be() -> None:
    out = text(dry_run=True)
    assert "  seamcheck.toml  would be written\n    a = 1\n" in out
    assert "git add" not in out
    assert "git add seamcheck.toml" in text()
