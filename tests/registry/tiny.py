"""A program with one consumer of each verdict, and a registry for it."""

from __future__ import annotations

from pathlib import Path

from seamcheck import api
from seamcheck.model.report import Finding, ScanReport

RUN = """\
from dataclasses import dataclass

import lightgbm as lgb
import pandas as pd

from audits import cost, coverage, panel


@dataclass
class Run:
    X: pd.DataFrame
    y: pd.Series
    rounds: int


def main(field):
    frame = pd.read_parquet("data.parquet")
    X, y = frame.drop(columns="y"), frame["y"]
    booster = lgb.train({"seed": 1}, lgb.Dataset(X, label=y))
    run = Run(X, y, booster.best_iteration)
    return coverage(run), cost(run), panel(run, field)


if __name__ == "__main__":
    import sys

    main(sys.argv[1])
"""

AUDITS = """\
def coverage(run):
    return run.X.isna().mean()


def cost(run):
    return run.rounds * len(run.X)


def panel(run, field):
    return len(getattr(run, field))
"""

ENTRY = '[[consumer]]\nname = "{0}"\nentry = "src/audits.py::{0}"\nrequires = "{1}"\n'
#: What is proven, entry by entry.
RIGHT = "\n".join(
    ENTRY.format(name, requires)
    for name, requires in (
        ("coverage", "xy_only"), ("cost", "trial_dynamics"), ("panel", "trial_dynamics")
    )
)  # fmt: skip
LITERAL = """\
REQUIREMENTS = {
    "coverage": "xy_only",  # a table
    "cost": "trial_dynamics",
    # the field is chosen by the desk
    "panel": "trial_dynamics",
}
"""
BY_PATTERN = """\
[[registry-literal]]
path = "src/needs.py"
variable = "REQUIREMENTS"
entry = "src/**/audits.py::{name}"
"""


def project(folder: Path, config: str | None = RIGHT, **files: str) -> Path:
    """The program in a folder, with ``seamcheck.toml`` (None: without) and more files below ``src``."""
    (folder / "src").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("")
    for name, text in {"run": RUN, "audits": AUDITS, **files}.items():
        (folder / "src" / f"{name}.py").write_text(text)
    if config is not None:
        (folder / "seamcheck.toml").write_text(config)
    return folder


def options(folder: Path, *paths: str, **more: object) -> api.ScanOptions:
    """A scan of the whole project, or of some of its paths."""
    given = tuple(folder / path for path in paths) or (folder,)
    return api.ScanOptions(paths=given, **more)  # type: ignore[arg-type]


def scan(folder: Path, *paths: str, **more: object) -> ScanReport:
    return api.scan(options(folder, *paths, **more)).report


def told(report: ScanReport) -> list[tuple[str, str, int]]:
    """Code and place of each finding about the registry."""
    return [(f.code, f.location.path, f.location.line) for f in registry_findings(report)]


def registry_findings(report: ScanReport) -> list[Finding]:
    return [f for f in report.findings if "SEAM103" <= f.code <= "SEAM108"]
