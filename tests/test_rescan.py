"""A scan of what has not changed: the same report without the analysis, and never a stale one."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seamcheck import api, report_cache
from seamcheck.facts.cache import FOLDER
from seamcheck.model.report import ScanReport
from seamcheck.model.scan import ScanOptions
from tests.robustness.process import GOOD


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "main.py").write_text(GOOD)
    return tmp_path


def scan(project: Path, **options: object) -> ScanReport:
    return api.scan(ScanOptions(paths=(project,), **options)).report  # type: ignore[arg-type]


def entries(project: Path) -> list[Path]:
    return sorted((project / FOLDER / report_cache.REPORTS).glob("*"))


def unchanged(project: Path) -> bool:
    return "unchanged" in api.scan(ScanOptions(paths=(project,))).timings


def test_the_second_scan_says_the_same_without_analysis(project: Path) -> None:
    first = scan(project)
    assert unchanged(project)
    assert scan(project) == first
    assert first.loops


@pytest.mark.parametrize(
    "change",
    [
        lambda p: (p / "main.py").write_text(GOOD.replace("n_trials=10", "n_trials=11")),
        lambda p: (p / "other.py").write_text("x = 1\n"),
        lambda p: (p / "pyproject.toml").write_text("[tool.seamcheck]\nignore = ['SEAM302']\n"),
        lambda p: (p / "main.py").rename(p / "moved.py"),
    ],
)
def test_any_change_is_seen(project: Path, change: object) -> None:
    scan(project)
    change(project)  # type: ignore[operator]
    assert not unchanged(project)


@pytest.mark.parametrize("back", [True, False])
def test_a_file_that_changes_during_a_scan_leaves_no_report_of_another_text(
    project: Path, back: bool
) -> None:
    # What pre-commit does when it puts unstaged changes away while an editor scans.
    (project / "a.py").write_text("x = 1\n")
    main = project / "main.py"
    scan(project)
    main.write_text("x = 2\n")

    def meanwhile(phase: str, done: int, total: int) -> None:
        if phase == "files" and done == 1:  # a.py is read, main.py is not
            main.write_text(GOOD)
        elif phase != "files" and back:
            main.write_text("x = 2\n")

    seen = scan(project, progress=meanwhile)
    assert seen.loops
    main.write_text("x = 2\n")
    assert not scan(project).loops


def test_other_options_are_other_scans(project: Path) -> None:
    scan(project)
    asked = scan(project, consumers=("main.py::objective",))
    assert [c.function for c in asked.consumers] == ["objective"]


@pytest.mark.parametrize("damage", [b"", b"seamrept", b"\x00" * 400])
def test_a_damaged_entry_is_scanned_anew(project: Path, damage: bytes) -> None:
    first = scan(project)
    (entry,) = entries(project)
    entry.write_bytes(damage)
    assert not unchanged(project)
    assert scan(project) == first


def test_an_entry_of_another_name_is_not_trusted(project: Path) -> None:
    scan(project)
    (entry,) = entries(project)
    (project / "main.py").write_text("x = 1\n")
    options = ScanOptions(paths=(project,))
    config = api.configuration(options)
    files = [str(project / "main.py")]
    settings = report_cache.settings_key(options, config, str(project), files, [])
    contents = report_cache.content_keys(str(project), files)
    assert settings is not None
    assert contents is not None
    key = report_cache.report_key(settings, contents)
    entry.rename(entry.with_name(key))
    assert not scan(project).loops


def test_few_reports_are_kept(project: Path) -> None:
    for number in range(report_cache.MAX_REPORTS + 3):
        (project / "other.py").write_text(f"x = {number}\n")
        scan(project)
    assert len(entries(project)) == report_cache.MAX_REPORTS


def test_a_linked_cache_is_not_used(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (project / FOLDER).symlink_to(tmp_path_factory.mktemp("elsewhere"))
    scan(project)
    assert not unchanged(project)


def test_it_imports_neither_parser_nor_analysis(project: Path) -> None:
    scan(project)
    code = (
        "import sys\nfrom pathlib import Path\nfrom seamcheck import api\n"
        f"api.scan(api.ScanOptions(paths=(Path({str(project)!r}),)))\n"
        "print([m for m in ('libcst', 'networkx', 'rich', 'seamcheck.flow.engine') if m in sys.modules])"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_is_collected_afterwards_as_before(project: Path, collecting: bool) -> None:
    before = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        for _ in range(2):  # in full, then unchanged
            scan(project)
            assert gc.isenabled() is collecting
    finally:
        (gc.enable if before else gc.disable)()
