"""The GitHub action: what its inputs can do, which is little, and what its scripts do."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
BY_ID = {step["id"]: step for step in STEPS if "id" in step}
BASH = shutil.which("bash")
HOSTILE = [
    '"; touch pwned; "',
    "$(touch pwned)",
    "`touch pwned`",
    "a && touch pwned",
    "'; touch pwned; '",
    "${IFS}touch${IFS}pwned",
    "--exit-zero",
    "*",
    "~",
    "a b",
    "\\",
]

needs_bash = pytest.mark.skipif(BASH is None, reason="no bash to run the scripts of the action with")


def test_it_is_a_composite_action_with_described_inputs() -> None:
    assert ACTION["runs"]["using"] == "composite"
    for options in ACTION["inputs"].values():
        assert options["description"].endswith(".")
        assert isinstance(options["default"], str)


def test_actions_are_pinned_by_version() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert len(used) == 2
    for name in used:
        assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@(v\d+(\.\d+)*|[0-9a-f]{40})", name)


def test_no_input_is_part_of_a_script() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        if "run" in step:
            assert step["shell"] == "bash"


def test_every_input_that_is_used_exists_and_the_other_way_round() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(ACTION["runs"])))
    assert used == set(ACTION["inputs"])


def test_findings_are_uploaded_although_they_fail_the_step() -> None:
    upload = STEPS[-1]
    assert "upload-sarif@" in upload["uses"]
    assert upload["if"].startswith("${{ always() && ")
    assert "inputs.upload-sarif == 'true'" in upload["if"]
    assert "continue-on-error" not in BY_ID["scan"]


class Ran:
    """What a script of the action did: its exit code, what it was told to say, and the programs it called."""

    def __init__(self, folder: Path, script: str, env: dict[str, str]) -> None:
        output = folder / "output"
        output.touch()
        assert BASH is not None
        done = subprocess.run(
            # As the runner starts it.
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=folder / "work",
            capture_output=True,
            text=True,
            timeout=60,
            env={"PATH": os.environ["PATH"], "GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(folder), **env},
        )
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        calls = folder / "calls"
        self.calls = [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []
        assert not list(folder.rglob("pwned"))


def program(path: Path, body: str = "") -> None:
    """A program that writes its arguments down."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"#!{sys.executable}\nimport json, pathlib, sys\n"
        f"with open({str(path.parents[1] / 'calls')!r}, 'a') as file:\n"
        "    file.write(json.dumps(sys.argv[1:]) + '\\n')\n" + body
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "work" / "src").mkdir(parents=True)
    return tmp_path


def scan(folder: Path, paths: str = ".", args: str = "", code: int = 0, sarif: bool = True) -> Ran:
    written = "pathlib.Path('seamcheck.sarif').write_text('{}')\n" if sarif else ""
    program(folder / "bin" / "seamcheck", f"{written}sys.exit({code})\n")
    env = {"SCRIPTS": str(folder / "bin"), "SEAMCHECK_PATHS": paths, "SEAMCHECK_ARGS": args}
    return Ran(folder, BY_ID["scan"]["run"], env)


FORMATS = ["scan", "--output", "github", "--output", "sarif:seamcheck.sarif"]


@needs_bash
@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_the_step_ends_as_the_scan_does(folder: Path, code: int) -> None:
    ran = scan(folder, code=code)
    assert ran.code == code
    assert ran.outputs == {"exit-code": str(code), "sarif": "true"}
    assert ran.calls == [[*FORMATS, "--", "."]]


@needs_bash
def test_without_a_report_there_is_nothing_to_upload(folder: Path) -> None:
    assert scan(folder, code=2, sarif=False).outputs == {"exit-code": "2"}


@needs_bash
def test_paths_come_in_lines_and_options_in_words(folder: Path) -> None:
    ran = scan(folder, paths="src\nmy tools\n\n", args=" --jobs 2\n --exclude *.gen.py ")
    assert ran.calls == [[*FORMATS, "--jobs", "2", "--exclude", "*.gen.py", "--", "src", "my tools"]]


@needs_bash
@pytest.mark.parametrize("text", HOSTILE)
def test_a_path_is_a_path_whatever_it_looks_like(folder: Path, text: str) -> None:
    assert scan(folder, paths=text).calls == [[*FORMATS, "--", text]]


@needs_bash
@pytest.mark.parametrize("text", HOSTILE)
def test_options_are_words_whatever_they_look_like(folder: Path, text: str) -> None:
    assert scan(folder, args=text).calls == [[*FORMATS, *text.split(), "--", "."]]


def install(folder: Path, version: str) -> Ran:
    made = folder / "seamcheck" / "bin"
    # `python -m venv` of a stand-in: a folder with a python that writes down what it is to install.
    program(folder / "bin" / "inner")
    program(
        folder / "bin" / "python",
        f"import shutil\npathlib.Path({str(made)!r}).mkdir(parents=True)\n"
        f"shutil.copy({str(folder / 'bin' / 'inner')!r}, {str(made / 'python')!r})\n",
    )
    env = {
        "PYTHON": str(folder / "bin" / "python"),
        "GITHUB_ACTION_PATH": "/the action",
        "SEAMCHECK_VERSION": version,
    }
    return Ran(folder, BY_ID["install"]["run"], env)


@needs_bash
@pytest.mark.parametrize(("version", "wanted"), [("", "/the action"), ("0.1.0", "seamcheck==0.1.0")])
def test_what_is_installed(folder: Path, version: str, wanted: str) -> None:
    ran = install(folder, version)
    assert ran.code == 0, ran.err
    assert ran.calls[0] == ["-m", "venv", str(folder / "seamcheck")]
    assert ran.calls[1][:3] == ["-m", "pip", "install"]
    assert ran.calls[1][-1] == wanted
    assert ran.outputs == {"scripts": str(folder / "seamcheck" / "bin")}


@needs_bash
@pytest.mark.parametrize(
    "version", [*HOSTILE, "0.1.0 --index-url x", "0.1.0\nx=y", "-r x", "0.1.0;x", "0.1.0 @ x"]
)
def test_what_is_no_version_installs_nothing(folder: Path, version: str) -> None:
    ran = install(folder, version)
    assert ran.code == 2
    assert ran.out.startswith("::error::")
    assert ran.calls == []
    assert ran.outputs == {}
