"""Which names of a file the slice can matter to."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts
from seamcheck.flow.mentions import edges, file_names
from seamcheck.incremental.sliced import names_only, uses

ROOT = Path(__file__).parents[2]
FILES = [*sorted((ROOT / "fixtures" / "captured_fold").rglob("*.py")), Path(__file__)]


def facts_of(path: Path) -> FileFacts:
    facts = extract(path)
    assert isinstance(facts, FileFacts)
    return facts


def decorated(tmp_path: Path) -> Path:
    path = tmp_path / "decorated.py"
    path.write_text(
        "from optuna import create_study as make\n"
        "import numpy as np\n"
        "class Base(make.Kind):\n"
        "    factory = registry.get('x')\n"
        "    @wrapped.by(outer)\n"
        "    def __call__(self, rows, key=given):\n"
        "        inner = lambda: rows.shape\n"
        "        def nested():\n"
        "            return key(inner, np.sum)\n"
        "        return nested()(self.attribute)\n"
        "Base().fit(other)\n"
    )
    return path


def test_every_node_of_an_edge_is_among_them(tmp_path: Path) -> None:
    for path in [*FILES, decorated(tmp_path)]:
        facts = facts_of(path)
        own = file_names(facts)
        for seen in (facts, names_only(facts)):
            for defined in (frozenset[str](), own.defined):
                for node, targets in edges(seen, own.nested, defined):
                    assert all(uses([seen], {name}) for name in (node, *targets)), path


@pytest.mark.parametrize(
    "name",
    ["create_study", "make", "Kind", "get", "wrapped", "outer", "shape", "key", "attribute", "fit", "other"],
)
def test_a_name_is_there_with_and_without_its_dot(tmp_path: Path, name: str) -> None:
    facts = names_only(facts_of(decorated(tmp_path)))
    assert uses([facts], {name})
    assert uses([facts], {"." + name})
    assert uses([facts], {"()"})
    assert not uses([facts], {"nobody_says_this"})
    assert not uses([facts], set())
