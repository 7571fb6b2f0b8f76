"""The report is a function of the sources: not of the folder, the hash seed, the order of files or the cache."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from seamcheck.report import FORMATS
from tests.literate.cases import read_cases
from tests.robustness.process import GOOD, scan

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All literate cases, the fixture program and the call graph programs as one project."""
    root = tmp_path_factory.mktemp("one") / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text("")
    for source in sorted((ROOT / "rules").glob("*.md")):
        if source.name == "README.md":
            continue
        for number, case in enumerate(read_cases(source)):
            for name, text in case.files.items():
                if name.endswith(".py"):
                    path = root / f"case_{source.stem}_{number}" / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "fixtures" / "captured_fold" / "src", root / "harness")
    shutil.copytree(ROOT / "fixtures" / "callgraph", root / "graphs")
    (root / "broken.py").write_text("def f(:\n")
    return root


@pytest.fixture(scope="module")
def reference(project: Path) -> str:
    done = scan(project, "--output", "json", seed="0")
    assert done.returncode == 1, done.stderr
    return done.stdout


@pytest.mark.parametrize("seed", ["1", "2", "4242", "random"])
def test_another_hash_seed(project: Path, reference: str, seed: str) -> None:
    same(scan(project, "--output", "json", seed=seed).stdout, reference)


def test_another_folder_and_order_of_files(project: Path, reference: str, tmp_path: Path) -> None:
    twin = tmp_path / "some where else" / "deeper"
    twin.mkdir(parents=True)
    for path in sorted(project.rglob("*"), reverse=True):
        if path.is_file() and "__pycache__" not in path.parts:
            to = twin / path.relative_to(project)
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(path.read_bytes())
            os.utime(to, (1, 1))
    same(scan(twin, "--output", "json", seed="7").stdout, reference)


def test_paths_given_in_another_order(project: Path, reference: str) -> None:
    parts = sorted(p.name for p in project.iterdir() if p.name != "pyproject.toml")
    for order in (parts, parts[::-1]):
        same(scan(project, "--output", "json", *order).stdout, reference)


def test_cold_and_warm_cache(project: Path, reference: str, tmp_path: Path) -> None:
    twin = tmp_path / "twin"
    shutil.copytree(project, twin)
    for _ in range(2):
        same(scan(twin, "--output", "json", cache=True).stdout, reference)
    assert (twin / ".seamcheck_cache").is_dir()


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_several_processes(project: Path, reference: str, jobs: str) -> None:
    same(scan(project, "--output", "json", "--jobs", jobs).stdout, reference)


def test_all_reports_in_another_folder_with_another_seed(project: Path, tmp_path: Path) -> None:
    twin = tmp_path / "elsewhere" / "twin"
    shutil.copytree(project, twin)
    for name, folder, seed in (("one", project, "1"), ("two", twin, "2")):
        words = [word for form in FORMATS for word in ("--output", f"{form}:{tmp_path / name}.{form}")]
        assert scan(folder, *words, seed=seed).returncode == 1
    for form in FORMATS:
        same((tmp_path / f"two.{form}").read_text(), (tmp_path / f"one.{form}").read_text())


def test_the_same_process_says_the_same_twice(project: Path) -> None:
    from seamcheck import api
    from seamcheck.report import render

    options = api.ScanOptions((project,), use_cache=False)
    one, two = api.scan(options), api.scan(options)
    same(render("json", one.report, one.sources), render("json", two.report, two.sources))


def test_unrelated_files_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "good.py").write_text(GOOD)
    before = scan(tmp_path, "--output", "json").stdout
    (tmp_path / "other.py").write_text("def unrelated(x):\n    return x\n")
    after = scan(tmp_path, "--output", "json").stdout
    assert after.replace('"analysed": 2', '"analysed": 1') == before


def same(got: str, wanted: str) -> None:
    """Not a bare ==, whose difference of megabytes nobody reads."""
    if got == wanted:
        return
    for number, (a, b) in enumerate(zip(got.splitlines(), wanted.splitlines(), strict=False), start=1):
        if a != b:
            pytest.fail(
                f"line {number} of the report: {a.strip()[:300]!r} instead of {b.strip()[:300]!r}",
                pytrace=False,
            )
    pytest.fail(f"{len(got)} instead of {len(wanted)} characters", pytrace=False)
