"""Commits through the hook: what the gate refuses, what it says, and that doing what it says lets the commit pass."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.gate.repository import CODE, CONSUMERS, NEEDS, Repository, failing
from tests.meta.test_hooks import git

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("git") is None, reason="pre-commit works in repositories of git"),
]

S40, S22A2, S28 = CONSUMERS["s40"], CONSUMERS["s22a2"], CONSUMERS["s28"]
RESAMPLE = f"{CODE}/loops/variant_resample.py"
ROUNDS = '''

def typical_rounds(run: CapturedRun) -> float:
    """Median best iteration."""
    return float(np.median(run.best_iter))
'''
FOOTNOTE = '''

def footnote(run: CapturedRun) -> str:
    """What the deck prints below a table."""
    return f"{len(run.X)} rows, {legacy_stats.typical_rounds(run)} rounds"
'''
S50 = '''\
"""s50: how many trials there were."""

from .step1_capture import CapturedRun


def s50(run: CapturedRun) -> int:
    """Number of models."""
    return len(run.boosters)
'''


def is_literal(repository: Repository) -> bool:
    return (repository.folder / NEEDS).exists()


def entry_at(repository: Repository, name: str) -> tuple[str, int]:
    """Where an entry stands: findings name the header of a table, or the line of a key."""
    if is_literal(repository):
        return NEEDS, repository.line(NEEDS, f'"{name}": ')
    return "seamcheck.toml", repository.line("seamcheck.toml", f'name = "{name}"') - 1


def demand(repository: Repository, name: str, requires: str) -> None:
    """Write another requirement into the entry of a consumer."""
    path, line = entry_at(repository, name)
    rows = (repository.folder / path).read_text().splitlines(keepends=True)
    at = line - 1 if is_literal(repository) else line + 2
    rows[at] = rows[at].replace("trial_dynamics", requires)
    assert requires in rows[at]
    (repository.folder / path).write_text("".join(rows))


def helper_reads_training(repository: Repository) -> None:
    """s40 calls a helper of `reporting`, which calls one of `legacy_stats`, which reads `best_iter`."""
    repository.append(f"{CODE}/legacy_stats.py", ROUNDS)
    repository.append(f"{CODE}/reporting.py", FOOTNOTE)
    known = "from .step1_capture import CapturedRun\n"
    repository.edit(S40, known, f"from .reporting import footnote\n{known}")
    cell = '    table.insert(0, "cell", run.cell)\n'
    repository.edit(S40, cell, f'{cell}    table.attrs["note"] = footnote(run)\n')


def register_helpers(repository: Repository) -> None:
    if is_literal(repository):
        # No key would stand for them by its pattern.
        for name, stem in (("typical_rounds", "legacy_stats"), ("footnote", "reporting")):
            mark = f"# seamcheck: consumer[{name}]\n"
            repository.edit(f"{CODE}/{stem}.py", f"def {name}(", f"{mark}def {name}(")
    repository.follow()


def new_consumer(repository: Repository) -> None:
    (repository.folder / CODE / "s50_trials.py").write_text(S50)
    known = "from .settings import"
    repository.edit(f"{CODE}/run_all.py", known, f"from .s50_trials import s50\n{known}")
    last = '    print("s28", s28(run, config))\n'
    repository.edit(f"{CODE}/run_all.py", last, f'{last}    print("s50", s50(run))\n')


def remove_s22a2(repository: Repository, with_file: bool) -> None:
    repository.edit(f"{CODE}/run_all.py", "from .s22a2_rounds import s22a2\n", "")
    repository.edit(f"{CODE}/run_all.py", '    print("s22a2", s22a2(run), sep="\\n")\n', "")
    file = repository.folder / S22A2
    if with_file:
        file.unlink()
    else:
        file.write_text(file.read_text().partition("def s22a2")[0])


def refused(
    repository: Repository, code: str, path: str, line: int, *words: str, others: int = 0
) -> dict[str, Any]:
    """The commit of what has changed is refused for this finding (and so many others), cold as well as warm."""
    before = repository.commits()
    done = repository.commit()
    shown = done.stdout + done.stderr
    assert done.returncode == 1, shown
    assert repository.commits() == before
    assert "- exit code: 1" in shown
    # What has not changed is not analysed again, and says the same.
    report = repository.report()
    assert report == repository.report("--no-cache")
    found = failing(report)
    assert len(found) == 1 + others, found
    (finding,) = (
        f for f in found if (f["code"], f["location"]["path"], f["location"]["line"]) == (code, path, line)
    )
    scan = repository.seamcheck("scan")
    assert scan.returncode == 1
    assert scan.stdout.strip() in shown
    # Lines are wrapped between words.
    text = " ".join(shown.split())
    assert f"{code} {finding['name']} {finding['severity']} {path}:{line}" in text
    assert finding["message"] in text
    for word in words:
        assert word in finding["message"], finding
    if finding["fix"] is not None:
        assert f"To settle it: {finding['fix']}" in text
    return finding


def passes(repository: Repository) -> None:
    """The commit is made, and a scan from scratch sees nothing that fails either."""
    before = repository.commits()
    done = repository.commit()
    assert done.returncode == 0, done.stdout + done.stderr
    assert repository.commits() == before + 1
    assert repository.report() == repository.report("--no-cache")
    assert repository.seamcheck("scan", "--no-cache").returncode == 0


def test_a_clean_repository_passes_cold_and_warm(either: Repository) -> None:
    for text in ("one\n", "two\n"):
        either.append("README.md", text)
        passes(either)
    registered = {c["name"]: c["registered"] for c in either.report()["consumers"]}
    assert {registered[name] for name in CONSUMERS} == {"xy_only", "trial_dynamics"}
    assert [name for name in registered if registered[name] == "xy_only"] == ["s40"]


def test_a_helper_two_modules_away_reads_training(either: Repository) -> None:
    helper_reads_training(either)
    registered, line = entry_at(either, "s40")
    at = f"{registered}:{line}"
    finding = refused(
        either, "SEAM105", S40, either.line(S40, "def s40("), f"registered as xy_only ({at})", others=2
    )
    chain = {step["location"]["path"] for step in finding["flow"]}
    assert chain == {S40, f"{CODE}/reporting.py", f"{CODE}/legacy_stats.py"}
    last = either.line(f"{CODE}/legacy_stats.py", "run.best_iter")
    assert (f"{CODE}/legacy_stats.py", last) in {
        (step["location"]["path"], step["location"]["line"]) for step in finding["flow"]
    }


def test_a_helper_that_reads_data_only_settles_it(either: Repository) -> None:
    helper_reads_training(either)
    refused(either, "SEAM105", S40, either.line(S40, "def s40("), others=2)
    either.edit(f"{CODE}/legacy_stats.py", "np.median(run.best_iter)", "run.X.notna().to_numpy().mean()")
    # What s40 reads has changed, which fingerprints tell; a literal has none.
    changed = set() if is_literal(either) else {"SEAM108"}
    assert {each["code"] for each in failing(either.report())} == {"SEAM103", *changed}
    register_helpers(either)
    passes(either)
    verdicts = {c["name"]: (c["verdict"], c["registered"]) for c in either.report()["consumers"]}
    assert {verdicts[name] for name in ("s40", "footnote", "typical_rounds")} == {("xy_only", "xy_only")}


def test_the_entry_can_be_demoted_and_the_helpers_registered(either: Repository) -> None:
    helper_reads_training(either)
    refused(either, "SEAM105", S40, either.line(S40, "def s40("), others=2)
    register_helpers(either)
    passes(either)
    assert {c["name"]: c["registered"] for c in either.report()["consumers"]}["s40"] == "trial_dynamics"


def test_a_new_consumer_without_an_entry(either: Repository) -> None:
    new_consumer(either)
    path = f"{CODE}/s50_trials.py"
    refused(either, "SEAM103", path, either.line(path, "def s50("), "is not registered", "trial_dynamics")
    assert either.remedies() == [f"registry add s50 {path}::s50"]
    either.follow()
    passes(either)


@pytest.mark.parametrize("with_file", [False, True])
def test_a_consumer_that_is_gone(either: Repository, with_file: bool) -> None:
    remove_s22a2(either, with_file)
    refused(either, "SEAM104", *entry_at(either, "s22a2"), "`s22a2` is registered, but")
    assert either.remedies() == ["registry prune"]
    either.follow()
    passes(either)


@pytest.mark.parametrize(("name", "code"), [("s22a2", "SEAM105"), ("s28", "SEAM106")])
def test_an_entry_that_promises_what_is_not_proven(either: Repository, name: str, code: str) -> None:
    before = (either.folder / entry_at(either, name)[0]).read_text()
    demand(either, name, "xy_only")
    path, line = entry_at(either, name)
    where = CONSUMERS[name]
    refused(either, code, where, either.line(where, f"def {name}("), f"xy_only ({path}:{line})")
    assert either.remedies() == ["registry sync"]
    either.follow()
    # What it promised before is all that had to come back: there is nothing to commit.
    assert (either.folder / path).read_text() == before
    either.append("README.md", "again\n")
    passes(either)


def test_a_suppression_without_a_reason(repository: Repository) -> None:
    repository.edit(S28, "def s28(", "# seamcheck: ignore[SEAM101]\ndef s28(")
    refused(repository, "SEAM903", S28, repository.line(S28, "ignore[SEAM101]"), "needs a reason after `--`")
    repository.edit(S28, "ignore[SEAM101]", "ignore[SEAM101] -- the desk chooses the panel")
    passes(repository)


def test_a_baseline_that_stands_for_nothing(repository: Repository) -> None:
    repository.edit(RESAMPLE, "replace=True)", "replace=True, random_state=7)")
    baseline = "seamcheck-baseline.json"
    refused(
        repository, "SEAM906", baseline, repository.line(baseline, "variant_resample"),
        "nothing is found any more", "SEAM302",
    )  # fmt: skip
    assert repository.remedies() == ["baseline prune"]
    repository.follow()
    passes(repository)


def test_what_is_staged_counts_and_nothing_else(repository: Repository) -> None:
    """pre-commit puts unstaged changes away and back while the cache stays."""
    good = (repository.folder / S40).read_text()
    repository.edit(S40, "    X = run.X\n", "    X = run.X\n    print(run.best_iter)\n")
    bad = (repository.folder / S40).read_text()
    assert {each["code"] for each in failing(repository.report())} == {"SEAM105"}
    repository.append("README.md", "one\n")
    assert repository.commit("README.md").returncode == 0
    # The training is read in the folder alone, where a scan sees it before and after.
    assert (repository.folder / S40).read_text() == bad
    assert {each["code"] for each in failing(repository.report())} == {"SEAM105"}
    git(repository.folder, repository.home, "add", S40)
    (repository.folder / S40).write_text(good)
    assert failing(repository.report()) == []
    done = repository.commit("README.md")
    assert done.returncode == 1
    assert "SEAM105" in done.stdout + done.stderr
    assert (repository.folder / S40).read_text() == good
    assert failing(repository.report()) == []
