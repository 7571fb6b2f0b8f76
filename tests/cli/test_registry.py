"""``seamcheck registry``: arguments, output and exit codes, on a real program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.registry.tiny import RIGHT, project

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "captured_fold"
WRONG = RIGHT.replace('"trial_dynamics"', '"xy_only"')


@pytest.fixture
def tiny(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    # After `run`, which goes to another folder.
    folder = project(tmp_path / "p")
    monkeypatch.chdir(folder)
    return folder


def test_check_passes(tiny: Path, run: Run) -> None:
    result = run("registry", "check")
    assert result.exit_code == 0, result.output
    assert result.stdout == "The registry agrees with the code: 3 consumers registered, 1 as xy_only.\n"


def test_check_fails_and_tells_only_of_the_registry(tiny: Path, run: Run) -> None:
    (tiny / "seamcheck.toml").write_text(WRONG)
    result = run("registry", "check")
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "The registry and the code do not agree: 2 errors (3 consumers registered, 3 as xy_only)."
    )
    assert "SEAM105" in result.stdout
    assert "SEAM106" in result.stdout
    assert "SEAM101" not in result.stdout
    assert "seamcheck registry sync" in result.stdout
    rows = run("registry", "check", "--output", "concise").stdout.splitlines()
    assert [row.split(" ")[1] for row in rows] == ["SEAM105", "SEAM106"]
    document = json.loads(run("registry", "check", "--output", "json").stdout)
    assert document["schema"] == "seamcheck.registry-check/1"
    assert [finding["code"] for finding in document["findings"]] == ["SEAM105", "SEAM106"]
    assert {each["function"]: each["verdict"] for each in document["registered"]}[
        "src/audits.py::cost"
    ] == "trial_dynamics"


def test_a_note_does_not_fail_the_gate(tiny: Path, run: Run) -> None:
    (tiny / "seamcheck.toml").write_text(RIGHT.replace('"xy_only"', '"trial_dynamics"'))
    result = run("registry", "check")
    assert result.exit_code == 0
    assert "SEAM107" in result.stdout


def test_check_without_a_registry_is_not_green(tiny: Path, run: Run) -> None:
    (tiny / "seamcheck.toml").unlink()
    result = run("registry", "check")
    assert result.exit_code == 3
    assert "there is no registry" in result.stderr


def test_the_project_is_found_from_a_folder_below(
    tiny: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny / "src")
    assert run("registry", "check").exit_code == 0


def test_show_lists_entries_with_what_is_proven(tiny: Path, run: Run) -> None:
    (tiny / "seamcheck.toml").write_text(WRONG.replace("::panel", "::gone"))
    result = run("registry", "show")
    assert result.exit_code == 0
    rows = [row.split("  ") for row in result.stdout.splitlines()]
    table = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert table[1][:4] == ["coverage", "xy_only", "xy_only", "agrees"]
    assert table[2][:4] == ["cost", "xy_only", "trial_dynamics", "reads dynamics"]
    assert table[3][:4] == ["panel", "xy_only", "-", "gone"]
    assert "3 entries, 2 to look at, 1 consumer without an entry" in result.stdout
    document = json.loads(run("registry", "show", "--output", "json").stdout)
    assert document["schema"] == "seamcheck.registry/1"
    assert [(e["name"], e["proven"], e["standing"]) for e in document["entries"]] == [
        ("coverage", "xy_only", "agrees"),
        ("cost", "trial_dynamics", "reads_dynamics"),
        ("panel", None, "gone"),
    ]
    assert document["entries"][1]["registered_at"] == {"path": "seamcheck.toml", "line": 6}


def test_sync_tells_what_it_wrote(tiny: Path, run: Run) -> None:
    (tiny / "seamcheck.toml").write_text(WRONG)
    result = run("registry", "sync")
    assert result.exit_code == 0
    assert "demoted" in result.stdout
    assert result.stdout.endswith("wrote seamcheck.toml\n")
    assert run("registry", "check").exit_code == 0
    assert run("registry", "sync").stdout == "nothing to change\n"


@pytest.mark.parametrize("flag", ["--dry-run", "--diff"])
def test_a_dry_run_shows_a_diff_that_can_be_applied(tiny: Path, run: Run, flag: str) -> None:
    (tiny / "seamcheck.toml").write_text(WRONG)
    result = run("registry", "sync", flag)
    assert result.exit_code == 0
    assert result.stdout.startswith("--- seamcheck.toml\n+++ seamcheck.toml\n@@ ")
    assert "would write seamcheck.toml" in result.stderr
    assert (tiny / "seamcheck.toml").read_text() == WRONG


def test_the_command_of_a_finding_settles_it(tiny: Path, run: Run) -> None:
    import shlex

    (tiny / "seamcheck.toml").write_text("registry = 'c.toml'\n")
    (tiny / "c.toml").write_text("")
    for _ in range(3):
        finding = json.loads(run("registry", "check", "--output", "json").stdout)["findings"][0]
        program, *args = shlex.split(finding["fix"])
        assert program == "seamcheck"
        assert run(*args).exit_code == 0
    assert run("registry", "check").exit_code == 0


def test_add_refuses_a_promise_that_is_not_proven(tiny: Path, run: Run) -> None:
    (tiny / "seamcheck.toml").unlink()
    result = run("registry", "add", "cost", "src/audits.py::cost", "--requires", "xy_only")
    assert result.exit_code == 2
    assert "src/audits.py:6: `cost` cannot be registered as xy_only, which is not proven" in result.stderr
    assert not (tiny / "seamcheck.toml").exists()


def test_a_broken_registry_ends_a_scan_with_2(tiny: Path, run: Run) -> None:
    (tiny / "seamcheck.toml").write_text(RIGHT.replace('"xy_only"', '"xyonly"'))
    for command in (("scan",), ("registry", "check"), ("registry", "sync"), ("registry", "show")):
        result = run(*command)
        assert result.exit_code == 2
        assert "seamcheck.toml:4: `requires` must not be 'xyonly' (did you mean `xy_only`?)" in result.stderr


@pytest.mark.parametrize("form", ["toml", "literal"])
def test_the_harness_gets_a_registry(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    folder = tmp_path / "harness"
    shutil.copytree(FIXTURE, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    monkeypatch.chdir(folder)
    if form == "toml":
        (folder / "seamcheck.toml").write_text('registry = "consumers.toml"\n')
        (folder / "consumers.toml").write_text(
            '[[consumer]]\nname = "s40"\nentry = "captured_fold.s40_feature_coverage:s40"\nrequires = "xy_only"\n'
        )
    else:
        (folder / "seamcheck.toml").write_text(
            '[[registry-literal]]\npath = "src/captured_fold/needs.py"\n'
            'variable = "DIAGNOSTIC_CAPTURE_REQUIREMENTS"\nentry = "src/**/{name}_*.py::{name}"\n'
        )
        (folder / "src" / "captured_fold" / "needs.py").write_text(
            'DIAGNOSTIC_CAPTURE_REQUIREMENTS = {\n    "s40": "xy_only",\n}\n'
        )
    first = json.loads(run("registry", "check", "--output", "json").stdout)
    assert {finding["code"] for finding in first["findings"]} == {"SEAM103"}
    assert len(first["findings"]) == 13
    assert run("registry", "sync", "--add-missing").exit_code == 0
    shown = json.loads(run("registry", "show", "--output", "json").stdout)
    entries = {entry["name"]: (entry["requires"], entry["proven"]) for entry in shown["entries"]}
    assert entries["s40"] == ("xy_only", "xy_only")
    assert entries["s28"] == ("trial_dynamics", "unknown")
    assert [name for name, (requires, _) in entries.items() if requires == "xy_only"] == ["s40"]
    left = {finding["location"]["path"].rsplit("/", 1)[1] for finding in shown["findings"]}
    # A pattern cannot name helpers; a comment on their def could.
    helpers = {"legacy_stats.py", "reporting.py", "s22a1_importance.py", "s27_timing.py", "step1_capture.py"}
    assert left == (set() if form == "toml" else helpers)
    if form == "literal":
        return
    s40 = folder / "src" / "captured_fold" / "s40_feature_coverage.py"
    s40.write_text(s40.read_text().replace("X = run.X", "X = run.X.head(run.best_iter[0])"))
    result = run("registry", "check")
    assert result.exit_code == 1
    assert "SEAM105 xy-only-reads-dynamics" in result.stdout
    assert "best_iter" in result.stdout


def test_a_second_check_analyses_nothing(tiny: Path) -> None:
    code = (
        "import sys; from seamcheck.cli import main\n"
        "try: main(['registry', 'check'])\n"
        "except SystemExit as gone: assert gone.code == 0, gone.code\n"
        "print(sorted(m for m in sys.modules if m in ('libcst', 'tomlkit', 'networkx', 'rich', 'seamcheck.flow')))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True
        )
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize(
    "args",
    [
        ("add",),
        ("add", "a"),
        ("add", "a", "b.py::c", "--requires", "unknown"),
        ("check", "nowhere"),
        ("check", "--output", "table"),
        ("show", "--output", "full"),
        ("sink",),
    ],
)
def test_misuse(run: Run, args: tuple[str, ...]) -> None:
    assert run("registry", *args).exit_code == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", ["check", "show"])
def test_a_report_that_cannot_be_written_does_not_lose_the_others(tiny: Path, run: Run, command: str) -> None:
    result = run("registry", command, "--output", "json:/dev/full", "--output", f"json:{tiny / 'found.json'}")
    assert result.exit_code == 2
    assert "/dev/full" in result.stderr
    assert json.loads((tiny / "found.json").read_text())
