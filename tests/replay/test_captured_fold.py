"""The fixture program, replayed: each faulty twin is caught with its roles and columns, the sound ones agree."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seamcheck.model.event import Digests
from seamcheck.replay.log import read_run

for library in ("lightgbm", "optuna", "pandas", "pyarrow"):
    pytest.importorskip(library)

pytestmark = pytest.mark.slow
FIXTURE = Path(__file__).parents[2] / "fixtures" / "captured_fold"
#: How many columns vary; None: all of them.
EXPECTED: dict[str, tuple[str, dict[str, set[str] | None]]] = {
    "invariant": ("equal", {}),
    "eager_fit": ("equal", {}),
    "evaluation_resample": ("equal", {"eval.X": None, "eval.y": None}),
    "lazy_fit": ("unknown", {}),
    "variant_clock": ("differs", {"X": None, "y": None}),
    "variant_columns": ("differs", {"X": {"dist_20", "hour", "ret_5", "volume_z"}}),
    "variant_mutation": ("differs", {"X": {"vol_10"}}),
    "variant_number": ("differs", {"X": None, "y": None}),
    "variant_resample": ("differs", {"X": None, "y": None}),
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "captured_fold")) / "src"


def replayed(source: Path, module: str, *options: str) -> dict[str, Any]:
    out = source / "report.json"
    command = [sys.executable, "-m", "seamcheck", "replay", "run", "--output", f"json:{out}", *options]
    done = subprocess.run(
        [*command, "-m", f"captured_fold.loops.{module}"],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(out.read_text())
    assert isinstance(report, dict)
    return report


@pytest.mark.parametrize("module", EXPECTED)
def test_each_loop_gets_its_verdict(source: Path, module: str) -> None:
    verdict, varying = EXPECTED[module]
    (loop,) = replayed(source, module)["loops"]
    assert (loop["verdict"], loop["kind"]) == (verdict, "optuna")
    found = {each["role"]: each["columns"] for each in loop["varying"]}
    training = {role for role in varying if not role.startswith("eval.")}
    assert training <= set(found) <= training | {"eval.X", "eval.y"}
    for role, columns in varying.items():
        assert columns is None or set(found[role]) == columns


def test_the_refactored_seam_gives_the_same_data_without_training(source: Path) -> None:
    digests = []
    for options in ((), ("--dataset-only",)):
        report = replayed(source, "eager_fit", *options)
        event = read_run(source / ".seamcheck_runs" / report["run"]).events[0]
        digests.append({role.role: role.digests for role in event.roles if role.role in ("X", "y")})
    assert report["exit"] == "stopped at the seam"
    assert digests[0] == digests[1]
    assert all(isinstance(each, Digests) for each in digests[0].values())
