"""``seamcheck baseline`` and what a scan makes of one, on real projects."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from seamcheck import api
from seamcheck.checks.codes import all_codes
from tests.cli.conftest import Run
from tests.robustness.process import GOOD

FILE = "seamcheck-baseline.json"
SPLIT = "    X_train, X_valid, y_train, y_valid = train_test_split(X, y)\n"
SEEDED = GOOD.replace("split(X, y)", "split(X, y, random_state=0)")
OTHER = GOOD.replace("objective", "goal")


@pytest.fixture
def project(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a.py").write_text(GOOD)
    return tmp_path


def findings(run: Run, *args: str) -> list[tuple[str, str | None]]:
    report = json.loads(run("scan", "--output", "json", *args).stdout)
    return [(f["code"], f["suppressed"]) for f in report["findings"]]


def entries(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / FILE).read_text())["entries"]
    return found


def edit(folder: Path, **changes: Any) -> None:
    """Change the settings that a baseline records."""
    document = json.loads((folder / FILE).read_text())
    document["settings"].update(changes)
    (folder / FILE).write_text(json.dumps(document))


def test_what_is_recorded_does_not_fail(run: Run, project: Path) -> None:
    assert run("scan").exit_code == 1
    written = run("baseline", "write", "--reason", "from  before")
    assert written.exit_code == 0
    assert written.stdout == f"{FILE}: 1 entry, 1 added, 0 removed\n"
    assert [(e["path"], e["function"], e["code"], e["reason"]) for e in entries(project)] == [
        ("a.py", "objective", "SEAM302", "from before")
    ]
    assert findings(run) == [("SEAM302", "baseline")]
    result = run("scan")
    assert result.exit_code == 0
    assert f"1 finding is known to the baseline {FILE}" in result.stdout
    assert findings(run, "--no-baseline") == [("SEAM302", None)]
    assert run("scan", "--no-baseline").exit_code == 1


def test_the_summary_says_what_the_baseline_did(run: Run, project: Path) -> None:
    assert "baseline" not in json.loads(run("scan", "--output", "json").stdout)["summary"]
    run("baseline", "write")
    summary = json.loads(run("scan", "--output", "json").stdout)["summary"]
    assert summary["baseline"] == {"path": FILE, "matched": 1, "stale": 0, "notes": []}


def test_the_verdict_is_what_it_was(run: Run, project: Path) -> None:
    run("baseline", "write")
    (loop,) = json.loads(run("scan", "--output", "json").stdout)["loops"]
    assert loop["invariance"]["verdict"] == "variant"


@pytest.mark.parametrize(
    "text",
    ["\n\n\nimport os\n" + GOOD, GOOD.replace(SPLIT, "    if True:\n    " + SPLIT)],
    ids=["moved", "reindented"],
)
def test_code_that_moves_stays_known(run: Run, project: Path, text: str) -> None:
    run("baseline", "write")
    (project / "a.py").write_text(text)
    assert findings(run) == [("SEAM302", "baseline")]


def test_a_second_finding_of_the_same_kind_is_new(run: Run, project: Path) -> None:
    run("baseline", "write")
    (project / "a.py").write_text(GOOD.replace(SPLIT, SPLIT + "    Ridge().fit(X_train, y_train)\n" + SPLIT))
    assert findings(run) == [("SEAM302", "baseline"), ("SEAM302", None)]
    assert run("scan").exit_code == 1


def test_an_entry_that_stands_for_nothing_fails_until_it_is_pruned(run: Run, project: Path) -> None:
    run("baseline", "write")
    (project / "a.py").write_text(SEEDED)
    result = run("scan", "--output", "concise")
    assert result.exit_code == 1
    assert f"{FILE}:6:1: SEAM906 [error]" in result.stdout
    report = json.loads(run("scan", "--output", "json").stdout)
    (stale,) = report["findings"]
    assert (stale["code"], stale["location"]["path"], stale["location"]["line"]) == ("SEAM906", FILE, 6)
    assert "seamcheck baseline prune" in stale["fix"]
    assert run("baseline", "prune").stdout == f"{FILE}: 0 entries, 0 added, 1 removed\n"
    assert run("scan").exit_code == 0


def test_the_place_of_a_stale_entry_is_shown(run: Run, project: Path) -> None:
    run("baseline", "write")
    (project / "a.py").write_text(SEEDED)
    assert '> 6 |     {"path": "a.py", "function": "objective"' in run("scan").stdout


def test_a_file_that_is_gone_leaves_a_stale_entry(run: Run, project: Path) -> None:
    (project / "b.py").write_text(OTHER)
    run("baseline", "write")
    (project / "b.py").unlink()
    assert findings(run) == [("SEAM302", "baseline"), ("SEAM906", None)]


def test_only_what_was_scanned_can_be_stale(run: Run, project: Path) -> None:
    for name in ("one", "two"):
        (project / name).mkdir()
        (project / name / "b.py").write_text(OTHER)
    run("baseline", "write")
    (project / "one" / "b.py").write_text(SEEDED)
    (project / "two" / "b.py").write_text(SEEDED)
    assert sorted(findings(run, "one")) == [("SEAM906", None)]
    assert run("baseline", "prune", "one").stdout == f"{FILE}: 2 entries, 0 added, 1 removed\n"
    assert [e["path"] for e in entries(project)] == ["a.py", "two/b.py"]
    # Writing for one folder keeps what it cannot judge.
    assert run("baseline", "write", "one").stdout == f"{FILE}: 2 entries, nothing has changed\n"


@pytest.mark.parametrize("broken", ["def f(:\n", "x = '\x00'\n"])
def test_a_file_that_cannot_be_read_makes_no_entry_stale(run: Run, project: Path, broken: str) -> None:
    run("baseline", "write")
    (project / "a.py").write_text(broken)
    assert {code for code, _ in findings(run)} == {"SEAM901"}


def test_what_cannot_be_read_is_repaired_before_anything_is_pruned(run: Run, project: Path) -> None:
    run("baseline", "write")
    (project / "a.py").write_text(SEEDED)
    (project / "b.py").write_text("def f(:\n")
    report = json.loads(run("scan", "--output", "json").stdout)
    (stale,) = [f for f in report["findings"] if f["code"] == "SEAM906"]
    assert stale["fix"] == "repair the files that could not be read, then run `seamcheck baseline prune`"


def test_what_is_left_out_makes_no_entry_stale(run: Run, project: Path) -> None:
    (project / "b.py").write_text("x = 1\n")
    run("baseline", "write")
    assert findings(run, "--exclude", "a.py") == []


def test_a_code_that_is_not_wanted_makes_no_entry_stale(run: Run, project: Path) -> None:
    run("baseline", "write")
    (project / "seamcheck.toml").write_text('ignore = ["SEAM302"]\n')
    assert findings(run) == []
    assert run("baseline", "prune").stdout == f"{FILE}: 1 entry, nothing has changed\n"


def test_suites_that_were_followed_then_and_are_not_now(run: Run, project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests" / "test_b.py").write_text(OTHER)
    run("baseline", "write", "--tests")
    assert len(entries(project)) == 2
    assert findings(run) == [("SEAM302", "baseline")]
    (project / "tests" / "test_b.py").write_text("x = 1\n")
    assert ("SEAM906", None) in findings(run, "--tests")


def test_a_comment_needs_no_entry(run: Run, project: Path) -> None:
    run("baseline", "write")
    (project / "a.py").write_text(
        GOOD.replace(SPLIT, SPLIT.rstrip() + "  # seamcheck: ignore[SEAM302] -- meant\n")
    )
    assert findings(run) == [("SEAM302", "meant"), ("SEAM906", None)]


def test_a_baseline_does_not_grow_by_accident(run: Run, project: Path) -> None:
    run("baseline", "write", "--reason", "old")
    before = (project / FILE).read_bytes()
    (project / "b.py").write_text(OTHER)
    refused = run("baseline", "write")
    assert refused.exit_code == 2
    assert "would grow by b.py:9 SEAM302" in refused.stderr
    assert "--force" in refused.stderr
    assert (project / FILE).read_bytes() == before
    assert run("baseline", "write", "--force", "--reason", "new").exit_code == 0
    assert [(e["path"], e["reason"]) for e in entries(project)] == [("a.py", "old"), ("b.py", "new")]


def test_one_in_and_one_out_is_growth_too(run: Run, project: Path) -> None:
    run("baseline", "write")
    (project / "a.py").write_text(OTHER)
    assert run("baseline", "write").exit_code == 2


def test_writing_may_shrink_it(run: Run, project: Path) -> None:
    (project / "b.py").write_text(OTHER)
    run("baseline", "write", "--reason", "old")
    (project / "b.py").write_text("x = 1\n")
    assert run("baseline", "write").stdout == f"{FILE}: 1 entry, 0 added, 1 removed\n"
    assert entries(project)[0]["reason"] == "old"


def test_pruning_keeps_order_reasons_and_settings(run: Run, project: Path) -> None:
    for name in ("b.py", "c.py"):
        (project / name).write_text(OTHER)
    run("baseline", "write", "--reason", "old")
    document = json.loads((project / FILE).read_text())
    document["entries"].reverse()
    document["entries"][0]["reason"] = "mine"
    document["version"] = "0.0.1"
    (project / FILE).write_text(json.dumps(document, indent=4))
    (project / "b.py").write_text("x = 1\n")
    assert run("baseline", "prune").exit_code == 0
    left = json.loads((project / FILE).read_text())
    assert [(e["path"], e["reason"]) for e in left["entries"]] == [("c.py", "mine"), ("a.py", "old")]
    assert left["version"] == "0.0.1"


def test_nothing_is_written_that_has_not_changed(run: Run, project: Path) -> None:
    run("baseline", "write")
    path = project / FILE
    path.chmod(0o640)
    os.utime(path, (1, 1))
    assert run("baseline", "write").stdout.endswith("nothing has changed\n")
    assert run("baseline", "prune").stdout.endswith("nothing has changed\n")
    assert path.stat().st_mtime == 1
    (project / "a.py").write_text("x = 1\n")
    run("baseline", "prune")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(each.name for each in project.iterdir() if each.name != ".seamcheck_cache") == [
        "a.py", "pyproject.toml", FILE,
    ]  # fmt: skip


def test_pruning_leaves_a_layout_alone_that_has_nothing_to_lose(run: Run, project: Path) -> None:
    run("baseline", "write")
    laid_out = json.dumps(json.loads((project / FILE).read_text()), indent=8)
    (project / FILE).write_text(laid_out)
    run("baseline", "prune")
    assert (project / FILE).read_text() == laid_out


def test_nothing_is_written_through_a_link(run: Run, project: Path) -> None:
    (project / "real.json").write_text("")
    run("baseline", "write")
    (project / FILE).rename(project / "other.json")
    (project / FILE).symlink_to("other.json")
    (project / "a.py").write_text("x = 1\n")
    before = (project / "other.json").read_bytes()
    assert run("baseline", "prune").exit_code == 2
    assert (project / "other.json").read_bytes() == before


def test_codes_that_no_baseline_takes(run: Run, project: Path) -> None:
    (project / "b.py").write_text("x = 1  # seamcheck: ignore[SEAM302] -- no\n")
    result = run("baseline", "write")
    assert result.exit_code == 0
    assert "b.py:1: SEAM902 unused-suppression" in result.stdout
    assert [e["code"] for e in entries(project)] == ["SEAM302"]
    assert run("scan").exit_code == 1


def test_an_entry_of_such_a_code_hides_nothing_and_is_stale(run: Run, project: Path) -> None:
    run("baseline", "write")
    (project / "a.py").write_text("x = 1  # seamcheck: ignore[SEAM302] -- no\n")
    (finding,) = api.scan(api.ScanOptions((project,), use_baseline=False)).report.findings
    document = json.loads((project / FILE).read_text())
    document["entries"][0].update(
        code=finding.code, function=finding.function, statement=finding.statement, occurrence=1
    )
    (project / FILE).write_text(json.dumps(document))
    assert sorted(findings(run)) == [("SEAM902", None), ("SEAM906", None)]


def test_an_entry_of_an_unknown_code_is_stale(run: Run, project: Path) -> None:
    run("baseline", "write")
    document = json.loads((project / FILE).read_text())
    document["entries"][0]["code"] = "SEAM998"
    (project / FILE).write_text(json.dumps(document))
    assert sorted(findings(run)) == [("SEAM302", None), ("SEAM906", None)]


def test_the_gate_itself_is_never_in_a_baseline() -> None:
    never = {code for code, entry in all_codes().items() if entry.never_baseline}
    assert {code for code in all_codes() if code[4] in "79"} <= never
    assert not {"SEAM201", "SEAM302", "SEAM305", "SEAM307", "SEAM308"} & never


def test_notes_are_left_out(run: Run, project: Path) -> None:
    (project / "seamcheck.toml").write_text('[severity]\nSEAM302 = "note"\n')
    assert run("baseline", "write").stdout == f"{FILE}: 0 entries, 0 added, 0 removed\n"


def test_a_baseline_of_laxer_options_says_so(run: Run, project: Path) -> None:
    run("baseline", "write")
    assert "laxer" not in run("scan").stdout
    edit(project, ignore=["SEAM3"], severity={"SEAM201": "note"})
    assert "made under laxer options, without SEAM201, SEAM302, " in run("scan").stdout
    notes = json.loads(run("scan", "--output", "json").stdout)["summary"]["baseline"]["notes"]
    assert len(notes) == 1


def test_the_configuration_names_the_file(run: Run, project: Path) -> None:
    (project / "ci").mkdir()
    (project / "seamcheck.toml").write_text('src = []\nbaseline = "ci/known.json"\n')
    missing = run("scan")
    assert missing.exit_code == 2
    assert "seamcheck.toml:2: `baseline` names `ci/known.json`, which does not exist" in missing.stderr
    assert "seamcheck baseline write" in missing.stderr
    assert run("scan", "--no-baseline").exit_code == 1
    assert run("baseline", "write").exit_code == 0
    assert (project / "ci" / "known.json").is_file()
    assert run("scan").exit_code == 0


def test_a_file_may_be_named_by_an_option(run: Run, project: Path) -> None:
    assert run("scan", "--baseline", "mine.json").exit_code == 2
    assert run("baseline", "write", "--baseline", "mine.json").exit_code == 0
    assert not (project / FILE).exists()
    assert run("scan").exit_code == 1
    assert run("scan", "--baseline", "mine.json").exit_code == 0
    assert run("scan", "--baseline", "mine.json", "--no-baseline").exit_code == 2


@pytest.mark.parametrize("value", ["../x.json", "a/../../x.json", "/etc/x.json", "."])
def test_the_configuration_names_no_file_outside(run: Run, project: Path, value: str) -> None:
    (project / "seamcheck.toml").write_text(f'baseline = "{value}"\n')
    result = run("baseline", "write")
    assert result.exit_code == 2
    assert not (project.parent / "x.json").exists()


def test_a_link_does_not_lead_out(run: Run, project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (project / "ci").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    (project / "seamcheck.toml").write_text('baseline = "ci/x.json"\n')
    result = run("baseline", "write")
    assert result.exit_code == 2
    assert "outside the project" in result.stderr


def test_paths_are_those_of_the_folder_with_the_configuration(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two projects with a root of their own below one configuration: their files have the same names.
    (tmp_path / "seamcheck.toml").write_text("")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text("")
        (tmp_path / name / "a.py").write_text(GOOD)
    run("baseline", "write", "one")
    assert [e["path"] for e in entries(tmp_path)] == ["one/a.py"]
    assert findings(run, "two") == [("SEAM302", None)]
    assert findings(run, "one") == [("SEAM302", "baseline")]
    monkeypatch.chdir(tmp_path / "one")
    assert findings(run) == [("SEAM302", "baseline")]
    run("baseline", "write", "../two", "--force")
    assert [e["path"] for e in entries(tmp_path)] == ["one/a.py", "two/a.py"]


def test_a_warm_scan_heeds_the_baseline_as_it_is_now(run: Run, project: Path) -> None:
    assert findings(run) == [("SEAM302", None)]
    run("baseline", "write")
    assert findings(run) == [("SEAM302", "baseline")]
    (project / FILE).unlink()
    assert findings(run) == [("SEAM302", None)]


def test_a_warm_scan_with_a_baseline_imports_nothing_heavy(run: Run, project: Path) -> None:
    import subprocess
    import sys

    run("baseline", "write")
    run("scan")
    code = (
        "import sys\nfrom seamcheck import api\n"
        "found = api.scan(api.ScanOptions(paths=())).report.findings\n"
        "print([f.suppressed for f in found])\n"
        "print([m for m in ('libcst', 'networkx', 'rich', 'seamcheck.flow.engine') if m in sys.modules])"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=project, timeout=60
    )
    assert done.stdout.splitlines() == ["['baseline']", "[]"], done.stderr


@pytest.mark.parametrize("reason", ["", "  ", "a\x00b"])
def test_a_reason_is_text(run: Run, project: Path, reason: str) -> None:
    assert run("baseline", "write", "--reason", reason).exit_code == 2
    assert not (project / FILE).exists()


def test_pruning_what_is_not_there(run: Run, project: Path) -> None:
    result = run("baseline", "prune")
    assert result.exit_code == 2
    assert "there is no baseline" in result.stderr


def test_a_notebook(run: Run, project: Path) -> None:
    from tests.syntax.notebooks import notebook

    (project / "a.py").unlink()
    (project / "a.ipynb").write_bytes(notebook(*GOOD.split("\n\n\n")))
    run("baseline", "write")
    (project / "a.ipynb").write_bytes(notebook("md:# Title", "x = 1", *GOOD.split("\n\n\n")))
    assert findings(run) == [("SEAM302", "baseline")]


def test_odd_names_are_written_and_read(run: Run, project: Path) -> None:
    (project / "größe – 1.py").write_text(OTHER.replace("goal", "größe"))
    run("baseline", "write")
    assert [e["function"] for e in entries(project)] == ["objective", "größe"]
    assert run("scan").exit_code == 0
