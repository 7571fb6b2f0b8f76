"""`seamcheck replay run` on small programs: what it reports, how far it goes, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("sklearn")
pytest.importorskip("pyarrow")

pytestmark = pytest.mark.slow

DATA = """
import numpy as np
from sklearn.linear_model import Ridge
rng = np.random.default_rng(0)
X, y = rng.normal(size=(60, 3)), rng.normal(size=60)
"""
TUNED = (
    DATA
    + """
import sys
done = []
for alpha in [0.1, 1.0, 10.0]:
    model = Ridge(alpha=alpha).fit(X, y)
    done.append(model.score(X, y))
print("done", len(done), sys.argv[1:])
"""
)


class Ran(NamedTuple):
    code: int
    out: str
    err: str
    report: dict[str, Any]

    @property
    def loop(self) -> dict[str, Any]:
        (found,) = self.report["loops"]
        assert isinstance(found, dict)
        return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    return tmp_path


def replay(
    folder: Path, text: str, *options: str, words: tuple[str, ...] = ("script.py",), **env: str
) -> Ran:
    (folder / "script.py").write_text(textwrap.dedent(text), encoding="utf-8")
    out = folder / "report.json"
    command = [
        sys.executable,
        "-m",
        "seamcheck",
        "replay",
        "run",
        "--output",
        f"json:{out}",
        *options,
        *words,
    ]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **env},
        timeout=120,
    )
    report = json.loads(out.read_text()) if out.exists() else {}
    return Ran(done.returncode, done.stdout, done.stderr, report)


def test_a_plain_loop_on_the_same_data(folder: Path) -> None:
    ran = replay(folder, TUNED, words=("script.py", "--trials", "9", "-m", "x"))
    assert ran.out == "done 3 ['--trials', '9', '-m', 'x']\n"
    assert (ran.code, ran.err, ran.report["exit"]) == (0, "", "ok")
    assert (ran.loop["kind"], ran.loop["trials"], ran.loop["verdict"]) == ("loop", 3, "equal")
    assert ran.loop["location"]["path"] == "script.py"
    assert [(call["api"], call["events"]) for call in ran.loop["calls"]] == [
        ("sklearn.linear_model.Ridge.fit", 3)
    ]
    assert ran.report["problems"] == []
    (run,) = (path for path in (folder / ".seamcheck_runs").iterdir() if path.is_dir())
    assert run.name == ran.report["run"]


def test_trials_that_differ_fail(folder: Path) -> None:
    text = (
        DATA
        + "for alpha in [0.1, 1.0]:\n    Z = rng.normal(size=(60, 3))\n    Ridge(alpha=alpha).fit(Z, y)\n"
    )
    (folder / "script.py").write_text(text)
    ran = replay(folder, text, "--loop", "script.py:6")
    assert (ran.code, ran.loop["verdict"]) == (1, "differs")
    assert {each["role"] for each in ran.loop["varying"]} == {"X"}
    assert replay(folder, text, "--loop", "script.py:6", "--exit-zero").code == 0


def test_a_limit_and_a_module(folder: Path) -> None:
    (folder / "pkg").mkdir()
    (folder / "pkg" / "__init__.py").write_text("")
    (folder / "pkg" / "tune.py").write_text(TUNED)
    ran = replay(folder, "", "--trials", "2", words=("-m", "pkg.tune", "--mode", "fast"))
    assert ran.out == "done 2 ['--mode', 'fast']\n"
    assert (ran.loop["trials"], ran.loop["verdict"], ran.loop["location"]["path"]) == (
        2,
        "equal",
        "pkg/tune.py",
    )


@pytest.mark.parametrize(
    ("last", "code", "text"),
    [
        ("raise ValueError('no')\n", 2, "ValueError: no"),
        ("raise SystemExit(3)\n", 2, "exit code 3"),
        ("raise SystemExit(0)\n", 0, "ok"),
    ],
)
def test_how_the_script_ends_is_told(folder: Path, last: str, code: int, text: str) -> None:
    ran = replay(folder, TUNED + last)
    assert (ran.code, ran.report["exit"], ran.loop["verdict"]) == (code, text, "equal")
    assert "seamcheck" not in ran.err


def test_nothing_recorded_is_not_a_pass(folder: Path) -> None:
    ran = replay(folder, "print(1)\n")
    assert (ran.code, ran.report["loops"], ran.report["outside"]) == (3, [], [])


def test_what_cannot_start(folder: Path) -> None:
    assert replay(folder, "", words=("nothing.py",)).code == 2
    assert replay(folder, TUNED, "--loop", "script.py:1").code == 2
    assert replay(folder, TUNED, "--mode", "single_fit", "--dataset-only").code == 2
    assert not (folder / ".seamcheck_runs").exists()


def test_dataset_only_stops_before_training(folder: Path) -> None:
    ran = replay(folder, TUNED, "--dataset-only")
    assert (ran.code, ran.out, ran.err, ran.report["exit"]) == (0, "", "", "stopped at the seam")
    assert [call["events"] for call in ran.loop["calls"]] == [1]
    assert ran.loop["verdict"] == "unknown"


def test_preparation_does_not_stop_dataset_only(folder: Path) -> None:
    text = (
        "from sklearn.preprocessing import StandardScaler\n"
        + DATA
        + """
X = StandardScaler().fit_transform(X)
print("scaled")
Ridge().fit(X, y)
"""
    )
    ran = replay(folder, text, "--dataset-only")
    assert (ran.out, ran.report["exit"]) == ("scaled\n", "stopped at the seam")
    assert [call["part"] for call in ran.report["outside"]] == ["transformer", "predictor"]


def test_code_that_swallows_the_stop_is_stopped_again(folder: Path) -> None:
    text = (
        DATA
        + """
for alpha in range(100):
    try:
        Ridge(alpha=alpha).fit(X, y)
        print("trained")
    except BaseException:
        print("swallowed", alpha)
print("never")
"""
    )
    ran = replay(folder, text, "--dataset-only")
    assert ran.report["exit"] == "stopped at the seam"
    assert "trained" not in ran.out
    assert "never" not in ran.out
    assert any("swallowed" in problem for problem in ran.report["problems"])


def test_a_program_that_goes_on_without_training_is_told(folder: Path) -> None:
    text = DATA + "try:\n    Ridge().fit(X, y)\nexcept:\n    pass\nprint('end')\n"
    ran = replay(folder, text, "--dataset-only")
    assert (ran.code, ran.out, ran.report["exit"]) == (0, "end\n", "stopped at the seam")
    assert any("swallowed" in problem for problem in ran.report["problems"])


def test_single_fit_lets_one_through(folder: Path) -> None:
    ran = replay(
        folder, TUNED.replace("    done.append", "    print(alpha)\n    done.append"), "--single-fit"
    )
    assert (ran.code, ran.out) == (0, "0.1\n")
    assert [call["events"] for call in ran.loop["calls"]] == [2]


def test_hash_only_until_seam_sees_all_trials_and_trains_none(folder: Path) -> None:
    ran = replay(folder, TUNED, "--hash-only-until-seam")
    assert (ran.code, ran.out) == (0, "done 0 []\n")
    assert (ran.loop["trials"], ran.loop["verdict"]) == (3, "equal")


def test_studies_end_their_trials_at_the_seam_and_leave_no_file(folder: Path) -> None:
    pytest.importorskip("optuna")
    text = (
        DATA
        + """
import optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
def objective(trial):
    a = trial.suggest_float("a", 0.1, 1)
    Ridge(alpha=a).fit(X, y)
    raise AssertionError("trained")
study = optuna.create_study(storage="sqlite:///study.db")
study.optimize(objective, n_trials=4)
"""
    )
    ran = replay(folder, text, "--mode", "hash_only_until_seam")
    assert (ran.code, ran.loop["trials"], ran.loop["verdict"]) == (0, 4, "equal")
    assert not (folder / "study.db").exists()


def test_a_forked_child_that_ends_with_the_script_reports_nothing(folder: Path) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    text = (
        TUNED
        + "import os\nsys.stdout.flush()\npid = os.fork()\nos.write(1, b'parent\\n' if pid else b'child\\n')\n"
    )
    text += "if pid:\n    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\nelse:\n    sys.exit(5)\n"
    ran = replay(folder, text, PYTHONWARNINGS="ignore")
    assert sorted(ran.out.splitlines()[-3:]) == ["5", "child", "parent"]
    assert (ran.code, ran.report["exit"], ran.loop["trials"]) == (0, "ok", 3)


def test_a_payload_is_handed_over_and_nothing_of_it_is_written(folder: Path) -> None:
    (folder / "script.py").write_text(TUNED)
    (folder / "capture.py").write_text(textwrap.dedent("""
        import os
        from seamcheck.replay.program import Target
        from seamcheck.replay.run import Options, replay

        def payload(event, given):
            print(event.api, [(role, value.shape) for role, index, value in given], flush=True)

        options = Options(Target("script.py"), mode="dataset_only", on_payload=payload)
        os._exit(replay(options, lambda outcome: int(outcome.failed)))
    """))  # fmt: skip
    done = subprocess.run(
        [sys.executable, "capture.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "sklearn.linear_model.Ridge.fit [('X', (60, 3)), ('y', (60,))]\n"
    files = [path for path in (folder / ".seamcheck_runs").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {"", ".json", ".jsonl", ".parquet", ".lock"}
    assert sum(path.stat().st_size for path in files) < 60_000
