"""Model stubs: complete TOML that settles nothing as printed, and what it says when it is filled in."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from seamcheck import api
from seamcheck.checks.suggestions import Suggestion
from seamcheck.libraries.load import load_models, read_rule_file
from seamcheck.report.suggest import FILL, packages, render

PROGRAM = """
import acme
import lightgbm as lgb
import optuna
from acme.stores import Store as S


def read(trial):
    X, y = acme.load("a.csv", rows=5)
    return X, y


def objective(trial):
    X, y = read(trial)
    model = lgb.LGBMRegressor(n_estimators=trial.suggest_int("n", 1, 9))
    model.fit(X, y)
    return model.score(X, y)


def other(trial):
    store = S("x", cache=True)
    part = store.read("train", *"ab", seed=1)
    model = lgb.LGBMRegressor(n_estimators=trial.suggest_int("n", 1, 9))
    model.fit(part, beta.target(part, **{"a": 1}))
    return model.score(part, beta.target(part, 'say "hi"'))


def trainer(x):
    return lgb.LGBMRegressor().fit(x, x).score(x, x)


import beta

optuna.create_study().optimize(objective, n_trials=3)
optuna.create_study().optimize(other, n_trials=3)
beta.sweep(trainer, 3)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(PROGRAM)
    (tmp_path / "seamcheck.toml").write_text("")
    return tmp_path


def suggested(project: Path) -> list[Suggestion]:
    return api.suggest_models(api.ScanOptions((project,), use_cache=False))


def verdicts(project: Path) -> dict[str, tuple[str, str, str]]:
    report = api.scan(api.ScanOptions((project,), use_cache=False)).report
    return {
        loop.objective.function if loop.objective else "": (
            loop.invariance.verdict,
            loop.evaluation.verdict,
            loop.seam.claim.verdict,
        )
        for loop in report.loops
    }


def use(project: Path, text: str) -> None:
    (project / "models.toml").write_text(text)
    (project / "seamcheck.toml").write_text('rules = ["models.toml"]\n')


def test_what_is_suggested(project: Path) -> None:
    found = {each.name: each for each in suggested(project)}
    assert set(found) == {"acme.load", "acme.stores.Store", "beta.target", "beta.sweep"}
    load, store = found["acme.load"], found["acme.stores.Store"]
    assert load.signature.params() == ["arg1", "*", "rows"]
    assert load.sites == (("main.py", 9),)
    assert {block.question for block in load.blocks if block.alone} == {"invariance", "evaluation"}
    assert store.is_type
    assert not any(block.alone for block in store.blocks)
    assert [(m.name, m.signature.params()) for m in store.methods] == [("read", ["arg1", "*args", "seed"])]
    assert found["beta.target"].signature.params() == ["part", "arg2", "**kwargs"]
    assert found["beta.sweep"].takes_training


def test_as_printed_it_parses_and_loads(project: Path) -> None:
    found = suggested(project)
    assert sorted(packages(found)) == ["acme", "beta"]
    for text in (render(found), render([each for each in found if each.package == "acme"])):
        use(project, text)
        file = read_rule_file(project / "models.toml")
        assert "acme.load" in [call.name for call in file.call]
        assert [kind.name for kind in file.type] == ["acme.stores.Store"]
        load_models([project / "models.toml"])


def test_as_printed_it_settles_nothing(project: Path) -> None:
    before = verdicts(project)
    assert before["objective"][0] == "unknown"
    use(project, render(suggested(project)))
    assert verdicts(project) == before


def test_filled_in_it_settles_what_it_says(project: Path) -> None:
    found = suggested(project)
    (load,) = (each for each in found if each.name == "acme.load")
    use(project, render([load]).replace('effects = ["opaque"]', 'effects = ["reads_file"]'))
    after = verdicts(project)
    assert after["objective"][:2] == ("invariant", "invariant")
    assert "acme.load" not in [each.name for each in suggested(project)]


def test_every_blank_is_marked(project: Path) -> None:
    text = render(suggested(project))
    for line in text.splitlines():
        if line.startswith(("effects", "roles", "params", "returns", "category", "default", "versions")):
            assert FILL in line


def test_it_says_what_is_settled_and_where(project: Path) -> None:
    text = render(suggested(project))
    assert "loop optuna.optimize (main.py:35): X/y in every trial" in text
    assert "called at main.py:9" in text


def test_the_order_is_by_what_is_blocked(tmp_path: Path) -> None:
    (tmp_path / "seamcheck.toml").write_text("")
    body = "\n".join(
        f"def objective{n}(trial):\n"
        f"    X, y = zeta.load(), {'acme' if n else 'zeta'}.load()\n"
        f"    lgb.LGBMRegressor(max_depth=trial.suggest_int('d', 1, 3)).fit(X, y)\n"
        f"    return 1\n"
        f"optuna.create_study().optimize(objective{n})\n"
        for n in range(3)
    )
    (tmp_path / "main.py").write_text(f"import acme, zeta, optuna\nimport lightgbm as lgb\n{body}")
    found = suggested(tmp_path)
    assert [each.name for each in found] == ["zeta.load", "acme.load"]
    assert render(found) == render(suggested(tmp_path))


def test_nothing_to_suggest() -> None:
    assert tomllib.loads(render([])) == {}
