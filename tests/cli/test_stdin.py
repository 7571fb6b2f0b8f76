"""``seamcheck scan -``: the text that an editor has not saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from seamcheck.cli import main
from tests.cli.conftest import Run
from tests.robustness.process import GOOD
from tests.syntax.notebooks import notebook

SEEDED = GOOD.replace("split(X, y)", "split(X, y, random_state=0)")
PREP = "def rows(frame):\n    return frame.sample(frac=0.5, random_state=0)\n"
TUNE = (
    "import lightgbm as lgb\nimport optuna\nimport pandas as pd\nfrom prep import rows\n\n"
    "frame = pd.read_parquet('x.parquet')\n\n"
    "def objective(trial):\n    part = rows(frame)\n"
    "    return lgb.train({}, lgb.Dataset(part[['x']], part['y'])).best_score\n\n"
    "optuna.create_study().optimize(objective, n_trials=3)\n"
)


@pytest.fixture
def project(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a.py").write_text(SEEDED)
    (tmp_path / "b.py").write_text(GOOD)
    return tmp_path


def typed(text: str | bytes, *args: str) -> Result:
    return CliRunner().invoke(main, ["scan", "-", *args], input=text)


def document(text: str | bytes, name: str, *args: str) -> dict[str, Any]:
    result = typed(text, "--stdin-filename", name, "--output", "json", *args)
    assert result.exit_code in (0, 1), result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def findings(text: str | bytes, name: str, *args: str) -> list[tuple[str, str, int]]:
    found = document(text, name, *args)["findings"]
    return [(f["code"], f["location"]["path"], f["location"]["line"]) for f in found]


def test_the_text_stands_for_the_file(project: Path) -> None:
    assert findings(GOOD, "a.py") == [("SEAM302", "a.py", 9)]
    assert findings(SEEDED, "a.py") == []
    assert (project / "a.py").read_text() == SEEDED


def test_the_exit_code_is_that_of_the_file(run: Run, project: Path) -> None:
    assert run("scan").exit_code == 1
    assert typed(SEEDED, "--stdin-filename", "a.py").exit_code == 0
    assert typed(GOOD, "--stdin-filename", "a.py").exit_code == 1


def test_only_that_file_is_shown(project: Path) -> None:
    text = typed(GOOD, "--stdin-filename", "a.py").stdout
    assert "Only a.py; left out in other files: 1 finding, 1 loop" in text
    assert "b.py" not in text
    assert "> 9 |     X_train, X_valid, y_train, y_valid = train_test_split(X, y)\n" in text
    concise = typed("x = 1\n", "--stdin-filename", "a.py", "--output", "concise")
    assert (concise.stdout, concise.exit_code) == ("", 0)
    assert "No trial loop stands in a.py." in typed("x = 1\n", "--stdin-filename", "a.py").stdout
    narrowed = document(GOOD, "a.py")["summary"]["narrowed"]
    assert (narrowed["path"], narrowed["findings_left_out"]) == ("a.py", 1)


def test_the_whole_project_is_analysed(project: Path) -> None:
    (project / "prep.py").write_text(PREP)
    (project / "tune.py").write_text(TUNE)
    assert findings(PREP, "prep.py") == []
    assert findings(PREP.replace(", random_state=0", ""), "prep.py") == [("SEAM302", "prep.py", 2)]


def test_also_from_a_folder_below(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "deep").mkdir()
    (project / "prep.py").write_text(PREP)
    (project / "tune.py").write_text(TUNE)
    monkeypatch.chdir(project / "deep")
    unseeded = PREP.replace(", random_state=0", "")
    assert findings(unseeded, "../prep.py") == [("SEAM302", "prep.py", 2)]
    assert findings(unseeded, str(project / "prep.py")) == [("SEAM302", "prep.py", 2)]


def test_a_file_that_does_not_exist_yet(project: Path) -> None:
    assert findings(GOOD, "new/c.py") == [("SEAM302", "new/c.py", 9)]
    assert document(GOOD, "new/c.py")["files"]["analysed"] == 3
    assert not (project / "new").exists()


def test_a_notebook(project: Path) -> None:
    found = document(notebook("x = 1", *GOOD.split("\n\n\n")), "n.ipynb")["findings"]
    assert [(f["code"], f["location"]["cell"]) for f in found] == [("SEAM302", 3)]
    broken = document(b"{", "n.ipynb")
    assert [f["code"] for f in broken["findings"]] == ["SEAM901"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x = '\xff'\n", "utf-8"),
        (b"x = 1\x00\n", "NUL"),
        ("x = 1\n".encode("utf-16"), "UTF-16"),
        (b"def f(:\n", ""),
        (b"x = " + b"(" * 5000, ""),
        (b"#" * (17 * 2**20), "MiB"),
    ],
)
def test_text_that_cannot_be_read_is_told_as_of_a_file(project: Path, data: bytes, words: str) -> None:
    report = document(data, "a.py")
    assert [f["code"] for f in report["findings"]] == ["SEAM901"]
    (problem,) = report["files"]["problems"]
    assert problem["path"] == "a.py"
    assert words in problem["message"]


def test_a_coding_cookie_and_a_byte_order_mark_are_heeded(project: Path) -> None:
    latin = b"# -*- coding: latin-1 -*-\n# \xe9\n" + GOOD.encode()
    assert findings(latin, "a.py") == [("SEAM302", "a.py", 11)]
    assert findings(b"\xef\xbb\xbf" + GOOD.encode().replace(b"\n", b"\r\n"), "a.py") == [
        ("SEAM302", "a.py", 9)
    ]


def test_nothing_at_all(project: Path) -> None:
    assert findings("", "a.py") == []


def test_no_report_of_it_is_kept(run: Run, project: Path) -> None:
    run("scan")
    kept = sorted((project / ".seamcheck_cache" / "reports-1").iterdir())
    assert findings(GOOD, "a.py") == [("SEAM302", "a.py", 9)]
    assert sorted((project / ".seamcheck_cache" / "reports-1").iterdir()) == kept
    report = json.loads(run("scan", "--output", "json").stdout)
    assert [f["location"]["path"] for f in report["findings"]] == ["b.py"]


def test_facts_are_those_of_the_text(run: Run, project: Path) -> None:
    assert findings(GOOD, "a.py") == [("SEAM302", "a.py", 9)]
    report = json.loads(run("scan", "--output", "json").stdout)
    assert [f["location"]["path"] for f in report["findings"]] == ["b.py"]
    # The same bytes under another name.
    assert findings(GOOD, "n.ipynb") == [("SEAM901", "n.ipynb", 1)]
    assert findings(GOOD, "a.py") == [("SEAM302", "a.py", 9)]


def test_suppressions_and_the_baseline_hold(run: Run, project: Path) -> None:
    silenced = GOOD.replace("split(X, y)\n", "split(X, y)  # seamcheck: ignore[SEAM302] -- meant\n")
    assert typed(silenced, "--stdin-filename", "a.py").exit_code == 0
    run("baseline", "write")
    assert typed(GOOD, "--stdin-filename", "b.py").exit_code == 0
    # An entry that would be stale is told by a scan of what is saved.
    assert typed(SEEDED, "--stdin-filename", "b.py").exit_code == 0


def test_other_paths_may_be_scanned_with_it(project: Path) -> None:
    (project / "prep.py").write_text(PREP)
    (project / "tune.py").write_text(TUNE)
    unseeded = PREP.replace(", random_state=0", "")
    assert findings(unseeded, "prep.py", "a.py") == []
    assert findings(unseeded, "prep.py", "tune.py") == [("SEAM302", "prep.py", 2)]


@pytest.mark.parametrize(
    "args",
    [
        ("-",),
        ("--stdin-filename", "a.py"),
        ("a.py", "--stdin-filename", "a.py"),
        ("-", "--stdin-filename", ""),
        ("-", "--stdin-filename", "."),
        ("-", "--stdin-filename", "../a.py"),
        ("-", "--stdin-filename", "/etc/passwd"),
        ("-", "--stdin-filename", "x/../../a.py"),
        ("-", "--stdin-filename", "out/a.py"),
        ("-", "--stdin-filename", "a.py", "--diff", "HEAD"),
        ("-", "--stdin-filename", "a.py", "--show-files"),
        ("-", "nowhere", "--stdin-filename", "a.py"),
    ],
)
def test_usage(project: Path, args: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> None:
    (project / "out").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    result = CliRunner().invoke(main, ["scan", *args], input=GOOD)
    assert result.exit_code == 2
    assert result.stderr
    assert "internal error" not in result.stderr
    assert result.stdout == ""


def test_a_file_called_dash_is_still_a_file(project: Path) -> None:
    (project / "-").mkdir()
    (project / "-" / "a.py").write_text(GOOD)
    result = CliRunner().invoke(main, ["scan", "./-", "--output", "concise"], input="")
    assert "-/a.py:9:5: SEAM302" in result.stdout
