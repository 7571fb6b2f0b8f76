"""Look-ups over library models."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from seamcheck.libraries.load import load_models, model_files, read_rule_file, rules_folder
from seamcheck.libraries.models import Models
from seamcheck.libraries.schema import RuleFile
from seamcheck.model import RulesError

TEXT = """
[library]
name = "kit"
packages = ["kit"]
[library.alias]
"kit.core.train" = "kit.train"
"kit.old" = "kit.new"
"kit.new.deep" = "kit"
"kit.loop_a" = "kit.loop_b"
"kit.loop_b" = "kit.loop_a"

[[default]]
prefix = "kit"
policy = "pure"
[[default]]
prefix = "kit.io"
policy = "opaque"

[[call]]
name = "kit.train"
effects = ["train"]
[[call]]
name = "kit.tools.*"
returns = "scalar"
[[call]]
name = "kit.tools.special"
returns = "none"
[[call]]
name = "kit.both.*"

[[type]]
name = "kit.both.*"
category = "estimator"
[[type]]
name = "kit.Base"
category = "model"
default = "dynamics"
elements = "kit.Row"
attributes = { score = "dynamics", data = "data" }
[[type.method]]
name = "fit"
effects = ["train"]
[[type.method]]
name = "get"
[[type]]
name = "kit.Child"
bases = ["kit.core2.Mixin", "kit.Base"]
attributes = { score = "data" }
[[type.method]]
name = "get"
returns = "none"
[[type]]
name = "kit.Mixin"
bases = ["kit.Child"]
[[type]]
name = "kit.zoo.*"
"""


def rules(folder: Path, text: str, name: str = "kit.toml") -> RuleFile:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_rule_file(path)


@pytest.fixture
def kit(tmp_path: Path) -> Models:
    return Models([rules(tmp_path, TEXT)])


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("kit.core.train", "kit.train"),
        ("kit.core.other", "kit.core.other"),
        ("kit.core.train.inner", "kit.train.inner"),
        ("kit.old.x", "kit.new.x"),
        ("kit.old.deep.y", "kit.y"),
        ("kit.older", "kit.older"),
        ("kit", "kit"),
        ("", ""),
        ("a", "a"),
    ],
)
def test_aliases(kit: Models, name: str, canonical: str) -> None:
    assert kit.canonical(name) == canonical


def test_an_alias_cycle_ends(kit: Models) -> None:
    assert kit.canonical("kit.loop_a") in ("kit.loop_a", "kit.loop_b")


def test_exact_names_win_over_wildcards(kit: Models) -> None:
    special, other = kit.call("kit.tools.special"), kit.call("kit.tools.other")
    assert special is not None
    assert other is not None
    assert (special.returns, other.returns) == ("none", "scalar")


def test_a_wildcard_is_one_segment(kit: Models) -> None:
    assert kit.call("kit.tools") is None
    assert kit.call("kit.tools.a.b") is None


def test_a_wildcard_for_both_tells_them_by_case(kit: Models) -> None:
    assert kit.type("kit.both.Thing") is not None
    assert kit.call("kit.both.Thing") is None
    assert kit.type("kit.both.thing") is None
    assert kit.call("kit.both.thing") is not None


def test_wildcard_types_look_like_classes(kit: Models) -> None:
    assert kit.type("kit.zoo.Lion") is not None
    assert kit.type("kit.zoo.feed") is None


def test_the_longest_default_wins(kit: Models) -> None:
    found = [kit.default(name) for name in ("kit.x", "kit.io", "kit.io.read", "kit.iox", "other")]
    assert [d.policy if d is not None else None for d in found] == ["pure", "opaque", "opaque", "pure", None]


def test_lineage_is_nearest_first_and_ends_in_cycles(kit: Models) -> None:
    assert [t.name for t in kit.lineage("kit.Child")] == ["kit.Child", "kit.Base"]
    assert [t.name for t in kit.lineage("kit.Mixin")] == ["kit.Mixin", "kit.Child", "kit.Base"]
    assert kit.lineage("kit.Nothing") == ()


def test_methods_and_attributes_are_inherited(kit: Models) -> None:
    get, fit = kit.method("kit.Child", "get"), kit.method("kit.Child", "fit")
    assert get is not None
    assert get.returns == "none"
    assert fit is not None
    assert fit.effects == ("train",)
    assert kit.method("kit.Child", "gone") is None
    assert kit.attribute("kit.Child", "score") == "data"
    assert kit.attribute("kit.Child", "data") == "data"
    assert kit.attribute("kit.Base", "score") == "dynamics"


def test_policy_category_and_elements_come_along_the_bases(kit: Models) -> None:
    assert (kit.policy("kit.Child"), kit.category("kit.Child"), kit.elements("kit.Child")) == (
        "dynamics",
        "model",
        "kit.Row",
    )
    assert (kit.policy("kit.zoo.Lion"), kit.category("kit.zoo.Lion"), kit.elements("kit.zoo.Lion")) == (
        "pure",
        "other",
        "data",
    )
    assert kit.policy("other.Thing") == "opaque"


def test_packages(kit: Models) -> None:
    assert kit.known_package("kit.anything.at.all")
    assert not kit.known_package("kitten.train")


def test_later_files_win(tmp_path: Path) -> None:
    own = '[library]\nname = "own"\npackages = ["kit"]\n[[call]]\nname = "kit.train"\nreturns = "none"\n'
    models = Models([rules(tmp_path, TEXT), rules(tmp_path, own, "own.toml")])
    found = models.call("kit.train")
    assert found is not None
    assert found.effects == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[library]",
        '[library]\nname = "a"\npackages = ["a"]\n[[call]]\nname = "a.b"\neffects = ["trian"]',
        '[library]\nname = "a"\npackages = ["a"]\n[[call]]\nname = "a.b"\nrole = {}',
        '[library]\nname = "a"\npackages = ["a"]\n[[call]]\nname = "a.b"\nroles = { x = "XX" }',
        '[library]\nname = "a"\npackages = ["a"]\n[[default]]\nprefix = "a"\npolicy = "safe"',
        "not toml",
    ],
)
def test_a_typo_is_an_error_with_its_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(RulesError) as caught:
        rules(tmp_path, text)
    assert "kit.toml" in str(caught.value.path)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RulesError):
        read_rule_file(tmp_path / "gone.toml")
    (tmp_path / "latin.toml").write_bytes(b"\xff")
    with pytest.raises(RulesError):
        read_rule_file(tmp_path / "latin.toml")


# -- the shipped models ------------------------------------------------------------------------------------

SHIPPED = model_files(rules_folder())


@pytest.fixture(scope="module")
def shipped() -> Models:
    return load_models()


def test_all_libraries_of_the_issue_are_there(shipped: Models) -> None:
    wanted = """optuna hyperopt ray flaml skopt bayes_opt sklearn lightgbm xgboost catboost torch pytorch_lightning
    lightning keras tensorflow imblearn numpy pandas polars scipy pyarrow joblib tune_sklearn wandb dask_ml skorch
    fastai stable_baselines3 random time os""".split()
    assert [name for name in wanted if not shipped.known_package(name)] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_names_lie_in_the_packages_of_their_file(path: Path) -> None:
    file = read_rule_file(path)
    packages = set(file.library.packages)
    if path.stem == "types":
        packages.add("seamcheck")
    names = [entry.name for entry in (*file.call, *file.type)] + [entry.prefix for entry in file.default]
    assert [name for name in names if name.partition(".")[0] not in packages] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_nothing_is_described_twice_in_a_file(path: Path) -> None:
    file = read_rule_file(path)
    for entries in (file.call, file.type):
        names = [entry.name for entry in entries]
        assert [name for name in names if names.count(name) > 1] == []
    for kind in file.type:
        methods = [method.name for method in kind.method]
        assert [name for name in methods if methods.count(name) > 1] == [], kind.name


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_roles_seeds_and_callables_name_parameters(path: Path) -> None:
    file = read_rule_file(path)
    wrong = []
    for kind in (None, *file.type):
        own = {p.lstrip("*") for p in kind.params} if kind is not None else set()
        calls = kind.method if kind is not None else file.call
        for call in calls:
            known = {p.lstrip("*") for p in call.params} | own
            said = (
                set(call.roles)
                | {c.param for c in call.calls}
                | ({call.objective.param} if call.objective else set())
            )
            said = (said | set(call.mutates)) - {"self"}
            said |= {name for spec in call.overwrites for name in spec.params}
            if call.random is not None and call.random.seed is not None:
                said.add(call.random.seed)
            if any(p.startswith("**") for p in call.params) or not call.params:
                continue
            missing = said - known
            if missing and not (kind is not None and kind.bases):
                wrong.append((kind.name if kind else "", call.name, sorted(missing)))
    assert wrong == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_types_that_are_returned_exist(path: Path, shipped: Models) -> None:
    file = read_rule_file(path)
    words = {
        "data",
        "none",
        "scalar",
        "self",
        "splits",
        "folds",
        "decorator",
        "list",
        "iterator",
        "dynamics",
        "bool",
    }
    wrong = []
    for call in [*file.call, *(method for kind in file.type for method in kind.method)]:
        name = call.returns
        if name.startswith("arg:"):
            if call.params and name[4:] not in {p.lstrip("*") for p in call.params}:
                wrong.append((call.name, name))
            continue
        name = name.removeprefix("list:").removeprefix("iterator:")
        if name not in words and shipped.type(shipped.canonical(name)) is None:
            wrong.append((call.name, name))
    assert wrong == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_bases_exist(path: Path, shipped: Models) -> None:
    file = read_rule_file(path)
    assert [
        (t.name, b) for t in file.type for b in t.bases if shipped.type(shipped.canonical(b)) is None
    ] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_alias_targets_are_canonical(path: Path, shipped: Models) -> None:
    file = read_rule_file(path)
    wrong = [
        (a, b)
        for a, b in file.library.alias.items()
        if shipped.canonical(shipped.canonical(a)) != shipped.canonical(a)
    ]
    assert wrong == []
    assert msgspec.to_builtins(file)["library"]["name"]
