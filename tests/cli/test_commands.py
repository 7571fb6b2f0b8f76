"""The other commands."""

import json
import tomllib
from pathlib import Path

import networkx
import pytest

from seamcheck import __version__, api
from tests.cli.conftest import FakeScan, Run


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"seamcheck {__version__}\n"


@pytest.mark.parametrize("args", [(), ("--help",), ("-h",), ("scan", "--help"), ("config", "show", "-h")])
def test_help(run: Run, args: tuple[str, ...]) -> None:
    result = run(*args)
    assert result.exit_code == (0 if args else 2)
    assert "Usage:" in result.output


def test_an_unknown_command(run: Run) -> None:
    assert run("scam").exit_code == 2


def test_explain_a_code_needs_no_program(run: Run, fake: FakeScan) -> None:
    by_code, by_name = run("explain", "seam302"), run("explain", "unseeded-randomness")
    assert by_code.exit_code == 0
    assert by_code.stdout == by_name.stdout
    assert by_code.stdout.startswith("SEAM302 unseeded-randomness (warning")
    assert fake.options is None


def test_explain_a_code_in_a_program(run: Run, fake: FakeScan) -> None:
    assert "trials train on what earlier trials left" in run("explain", "SEAM305", ".").stdout


def test_explain_a_function(run: Run, fake: FakeScan) -> None:
    result = run("explain", "probe")
    assert result.exit_code == 0
    assert "Knowledge stopped at" in result.stdout


def test_explain_something_unknown(run: Run, fake: FakeScan) -> None:
    result = run("explain", "prob", ".")
    assert result.exit_code == 2
    assert "did you mean `probe`" in result.stderr


def test_graph(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "program_graph", lambda options: networkx.DiGraph([("main", "main.f")]))
    assert json.loads(run("graph", ".").stdout) == {"main": ["main.f"], "main.f": []}
    assert run("graph", ".", "--format", "dot").stdout.startswith("digraph")
    assert run("graph", ".", "--format", "svg").exit_code == 2


def test_rules(run: Run) -> None:
    text = run("rules").stdout
    assert "SEAM302  unseeded-randomness" in text
    assert "Library models" in text
    listing = json.loads(run("rules", "--format", "json").stdout)
    assert "SEAM302" in [entry["code"] for entry in listing["codes"]]


def test_a_rule(run: Run) -> None:
    assert run("rules", "SEAM302").stdout == run("explain", "SEAM302").stdout
    assert len(json.loads(run("rules", "SEAM302", "--format", "json").stdout)["codes"]) == 1
    result = run("rules", "unseeded-randomnes")
    assert result.exit_code == 2
    assert "did you mean `unseeded-randomness`" in result.stderr


def test_config_show(run: Run, tmp_path: Path) -> None:
    (tmp_path / "seamcheck.toml").write_text('ignore = ["unknown-consumer"]\n')
    result = run("config", "show")
    assert "seamcheck.toml" in result.stdout.splitlines()[0]
    assert tomllib.loads(result.stdout)["ignore"] == ["SEAM101"]


def test_config_show_tells_problems(run: Run, tmp_path: Path) -> None:
    (tmp_path / "seamcheck.toml").write_text("exlude = []\nsrc = 1\n")
    result = run("config", "show")
    assert result.exit_code == 2
    assert "did you mean `exclude`" in result.stderr
    assert "`src` must be a list" in result.stderr


def test_config_schema(run: Run) -> None:
    result = run("config", "schema")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["properties"]["src"]["type"] == "array"


def test_rules_suggest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "seamcheck.toml").write_text("")
    (tmp_path / "main.py").write_text(
        "import acme, optuna, lightgbm as lgb\n"
        "def objective(trial):\n"
        "    lgb.LGBMRegressor(max_depth=trial.suggest_int('d', 1, 3)).fit(acme.x(), acme.y())\n"
        "    return 1\n"
        "optuna.create_study().optimize(objective)\n"
    )
    result = run("rules", "suggest", ".", "--no-cache")
    assert result.exit_code == 0
    assert [call["name"] for call in tomllib.loads(result.stdout)["call"]] == ["acme.x", "acme.y"]
    one = run("rules", "suggest", "--limit", "1").stdout
    assert [call["name"] for call in tomllib.loads(one)["call"]] == ["acme.x"]
    assert "Left out here: 1 call" in one
    assert tomllib.loads(run("rules", "suggest", "--library", "other").stdout) == {}


def test_rules_can_be_shown_by_a_name_of_a_command(run: Run) -> None:
    assert run("rules", "show", "SEAM302").stdout == run("rules", "SEAM302").stdout
    assert run("rules", "--format", "json", "SEAM302").exit_code == 0
    assert "suggest" in run("rules", "--help").stdout
