"""``seamcheck scan``: arguments, reports and exit codes."""

import json
import os
import re
import stat
from pathlib import Path

import msgspec
import pytest

from seamcheck.model import ConfigError, InternalError, NothingAnalysed
from seamcheck.report import FORMATS, render, verify_formats
from tests.cli.conftest import FakeScan, Run
from tests.sample_reports import CLEAN, EMPTY, FINDINGS, FULL, NO_LOOP, sources

ONLY_NOTES = msgspec.structs.replace(CLEAN, findings=FINDINGS[:1])
EMPTY_WITH_FINDINGS = msgspec.structs.replace(EMPTY, findings=FINDINGS)


@pytest.mark.parametrize(
    ("report", "args", "code"),
    [
        (CLEAN, (), 0),
        (NO_LOOP, (), 0),
        (ONLY_NOTES, (), 0),
        (FULL, (), 1),
        (FULL, ("--exit-zero",), 0),
        (EMPTY, (), 3),
        (EMPTY, ("--exit-zero",), 3),
        (EMPTY_WITH_FINDINGS, (), 1),
        (EMPTY_WITH_FINDINGS, ("--exit-zero",), 3),
    ],
)
def test_exit_codes(run: Run, fake: FakeScan, report: object, args: tuple[str, ...], code: int) -> None:
    fake.report = report  # type: ignore[assignment]
    assert run("scan", *args).exit_code == code


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ConfigError("unknown option `exlude`", "seamcheck.toml", 3), 2, "seamcheck.toml:3: unknown option"),
        (NothingAnalysed("no Python file below `src`"), 3, "no Python file"),
        (InternalError("lost a node"), 2, "lost a node"),
        (RecursionError("too deep"), 2, "internal error in conftest.py"),
        (KeyboardInterrupt(), 2, "interrupted"),
        (MemoryError(), 2, "internal error"),
    ],
)
def test_trouble_is_never_taken_for_findings(
    run: Run, fake: FakeScan, error: BaseException, code: int, words: str
) -> None:
    fake.error = error
    result = run("scan", "--exit-zero")
    assert result.exit_code == code
    assert words in result.stderr
    assert result.stdout == ""


def test_a_traceback_only_on_request(run: Run, fake: FakeScan, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.error = ValueError("odd")
    assert "Traceback" not in run("scan").stderr
    monkeypatch.setenv("SEAMCHECK_DEBUG", "1")
    assert "Traceback" in run("scan").stderr


@pytest.mark.parametrize(
    "args",
    [
        ("nowhere",),
        ("--output", "jsn"),
        ("--output", "json", "--output", "full"),
        ("--output", "json:-", "--output", "full"),
        ("--output", "json:a", "--output", "full:a"),
        ("--output", "json:no/such/folder.json"),
        ("--output", "json:."),
        ("--consumer", "no_function.py"),
        ("--consumer", "::f"),
        ("--consumers-from", "nowhere.txt"),
        ("--config", "nowhere.toml"),
        ("--jobs", "0"),
        ("--jobs", "-1"),
        ("--jobs", "two"),
        ("--jobs", "9" * 5000),
        ("--no-such-option",),
    ],
)
def test_usage_errors(run: Run, fake: FakeScan, args: tuple[str, ...]) -> None:
    result = run("scan", *args)
    assert result.exit_code == 2
    assert result.stderr
    assert fake.options is None, "a usage error must be told before the scan"


def test_a_wrong_format_has_a_suggestion(run: Run, fake: FakeScan) -> None:
    assert "did you mean 'concise'?" in run("scan", "--output", "consice").stderr


def test_several_reports_in_one_run(run: Run, fake: FakeScan, tmp_path: Path) -> None:
    result = run("scan", "--output", "json:out.json", "--output", "concise", "--output", "full:out.txt")
    assert result.stdout == render("concise", FULL, sources)
    assert json.loads((tmp_path / "out.json").read_text())["schema"] == "seamcheck.scan/1"
    assert (tmp_path / "out.txt").read_text() == render("full", FULL, sources)
    assert sorted(os.listdir(tmp_path)) == ["out.json", "out.txt"]


def test_all_formats_in_one_run(run: Run, fake: FakeScan, tmp_path: Path) -> None:
    words = [word for form in FORMATS for word in ("--output", f"{form}:out.{form}")]
    assert run("scan", *words).exit_code == 1
    for form in FORMATS:
        assert (tmp_path / f"out.{form}").read_text() == render(form, FULL, sources)


def test_help_names_every_format(run: Run) -> None:
    for command, formats in (("scan", FORMATS), ("verify", verify_formats.FORMATS)):
        words = set(re.findall(r"\w+", run(command, "--help").stdout))
        assert set(formats) <= words


def test_a_report_that_cannot_be_written(run: Run, fake: FakeScan, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    fake.during = (tmp_path / "folder").rmdir
    result = run("scan", "--output", "sarif:folder/a.sarif", "--output", "github", "--output", "junit:j.xml")
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: {Path('folder/a.sarif')}: the report could not be written: No such file or directory\n"
    )
    assert result.stdout == render("github", FULL, sources)
    assert (tmp_path / "j.xml").read_text() == render("junit", FULL, sources)


def test_a_report_file_has_ordinary_permissions(run: Run, fake: FakeScan, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    run("scan", "--output", "json:out.json")
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_device_is_written_to_and_not_replaced(run: Run, fake: FakeScan) -> None:
    assert run("scan", "--output", f"json:{os.devnull}").exit_code == 1
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_extras_go_to_stderr(run: Run, fake: FakeScan) -> None:
    result = run("scan", "--output", "json", "--timings", "--statistics")
    json.loads(result.stdout)
    assert "0.250 s  read" in result.stderr
    assert "loops, invariance variant" in result.stderr


def test_consumers(run: Run, fake: FakeScan, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("# audits\n\na.py::A.run\n  b.py::outer.<locals>.f  \n")
    run("scan", "--consumers-from", "names.txt", "--consumer", "c.py::g")
    assert fake.options is not None
    assert fake.options.consumers == ("c.py::g", "a.py::A.run", "b.py::outer.<locals>.f")


def test_a_malformed_consumer_is_told_with_its_line(run: Run, fake: FakeScan, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("a.py::f\nb.py:g\n")
    result = run("scan", "--consumers-from", "names.txt")
    assert result.exit_code == 2
    assert "names.txt:2" in result.stderr
    assert "path::qualname" in result.stderr


def test_options_reach_the_api(run: Run, fake: FakeScan, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "my.toml").write_text("")
    run("scan", "src", "--exclude", "a", "--exclude", "b/", "--no-cache", "--config", "my.toml")
    assert fake.options is not None
    assert fake.options.paths == (Path("src"),)
    assert fake.options.exclude == ("a", "b/")
    assert fake.options.config_path == Path("my.toml")
    assert not fake.options.use_cache
    assert fake.options.progress is None, "no progress where stderr is no terminal"


def test_the_current_folder_is_the_default(run: Run, fake: FakeScan) -> None:
    run("scan")
    assert fake.options is not None
    assert fake.options.paths == (Path(),)


def test_show_files(run: Run, fake: FakeScan) -> None:
    assert run("scan", "--show-files").stdout == "a.py\nb.py\n"
    fake.files = []
    assert run("scan", "--show-files").exit_code == 3


def test_show_files_heeds_configuration_and_options(run: Run, tmp_path: Path) -> None:
    for name in ("a.py", "b.py", "old/c.py", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "seamcheck.toml").write_text('extend-exclude = ["old/"]')
    assert run("scan", "--show-files", "--exclude", "b.py").stdout == "a.py\n"
    assert run("scan", "--show-files", "--exclude", "*").exit_code == 3


@pytest.mark.parametrize(
    ("env", "args", "coloured"),
    [
        ({}, (), False),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
        ({"FORCE_COLOR": "1"}, ("--output", "json"), False),
    ],
)
def test_colour(
    run: Run,
    fake: FakeScan,
    monkeypatch: pytest.MonkeyPatch,
    env: dict[str, str],
    args: tuple[str, ...],
    coloured: bool,
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run("scan", *args).stdout) is coloured


def test_files_are_never_coloured(run: Run, fake: FakeScan, tmp_path: Path) -> None:
    run("scan", "--color", "always", "--output", "full:out.txt")
    assert "\x1b[" not in (tmp_path / "out.txt").read_text()


@pytest.mark.parametrize(("args", "jobs"), [((), None), (("--jobs", "auto"), None), (("--jobs", "3"), 3)])
def test_processes(run: Run, fake: FakeScan, args: tuple[str, ...], jobs: int | None) -> None:
    run("scan", *args)
    assert fake.options is not None
    assert fake.options.jobs == jobs
