"""What is edited to measure scans after it: where, that it is another text each time, and that it is taken back."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bench import application, hooks
from bench.edits import answered, functions, kinds, middle, sample
from bench.rescans import applied, base, sample_rows, scanned
from bench.trees import CACHE, Tree
from seamcheck import api
from seamcheck.model.scan import ScanOptions

PROGRAM = '''\
from sklearn.linear_model import Ridge


def penalties():
    """What is tried."""
    return [1, 10, 100]


def tune(X, y):
    """Each of them."""
    for alpha in penalties():
        Ridge(alpha=alpha).fit(X, y)


def unused(rows):
    return rows[3]
'''


def tree_of(tmp_path: Path, **files: str) -> Tree:
    source = tmp_path / "source"
    source.mkdir()
    (source / "seamcheck.toml").write_text("")
    for name, text in files.items():
        (source / f"{name}.py").write_bytes(text.encode())
    tree = Tree(source, tmp_path / "copy")
    base(tree)
    return tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return tree_of(tmp_path, main=PROGRAM, test_main="def test_it():\n    assert 1 == 1\n")


def test_the_last_scan_says_which_functions_it_followed(tree: Tree) -> None:
    found = {each.name: each for each in functions(tree)}
    assert {name: each.followed for name, each in found.items()} == {
        "penalties": True,
        "tune": True,
        "unused": False,
        "test_it": False,
    }
    assert [each.name for each in found.values() if each.test] == ["test_it"]
    assert (found["tune"].line, found["tune"].text, found["tune"].first) == (9, 10, 11)
    assert found["penalties"].numbers == ((6, 12, 13), (6, 15, 17), (6, 19, 22))


def test_each_kind_is_another_program_text_each_time_and_taken_back(tree: Tree) -> None:
    before = {path: path.read_bytes() for path in tree.files}
    made = dict(kinds(functions(tree)))
    assert len(made) == 6
    for edit in made.values():
        assert edit is not None
        texts = {before[edit.path]}
        for number in (0, 1):
            with applied(tree, edit, number):
                ast.parse(edit.path.read_bytes())
                texts.add(edit.path.read_bytes())
                others = {path: data for path, data in before.items() if path != edit.path}
                assert {path: path.read_bytes() for path in others} == others
        assert len(texts) == 3
        assert {path: path.read_bytes() for path in tree.files} == before


def test_what_a_scan_did_is_told_and_its_traces_are_forgotten(tree: Tree) -> None:
    made = dict(kinds(functions(tree)))
    for kind, how in (
        ("a comment in a function that is followed", "reused"),
        ("a new test", "reused"),
        ("a statement in a function that is followed", "full"),
    ):
        edit = made[kind]
        assert edit is not None
        for _ in range(2):
            with applied(tree, edit, 0):
                assert scanned(tree.folder).how == how, kind
    tree.recall()
    assert scanned(tree.folder).how == "unchanged"
    assert len(list((tree.folder / CACHE / "reports-1").iterdir())) == 1


def test_a_tree_without_tests_has_no_place_for_some_edits(tmp_path: Path) -> None:
    made = dict(kinds(functions(tree_of(tmp_path, main=PROGRAM))))
    assert [kind for kind, edit in made.items() if edit is None] == ["the body of a test", "a new test"]
    assert middle([]) is None


def test_a_sample_is_the_same_each_time_and_all_of_it_is_python(tree: Tree) -> None:
    found = functions(tree)
    one, two = sample(found, 40), sample(found, 40)
    assert len(one) == len(found)
    assert [edit.change(5) for edit in one] == [edit.change(5) for edit in two]
    assert {edit.kind for edit in one} <= {"number", "pass"}
    for edit in one:
        ast.parse(edit.change(5))
        assert edit.change(5) != edit.path.read_bytes()


def test_the_share_counts_what_was_done_in_time(tree: Tree) -> None:
    edits = sample(functions(tree), 4)
    (row, *_) = sample_rows(tree, edits)
    assert row.measured == "2 of 4 (50%)"  # `unused` and the test
    assert "skipped" in sample_rows(tree, edits, budget=-1.0)[0].measured


def test_lines_end_as_they_did(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, main=PROGRAM.replace("\n", "\r\n"))
    made = dict(kinds(functions(tree)))
    edit = made["a comment in a function that is followed"]
    assert edit is not None
    assert edit.change(1).count(b"\r\n") == edit.change(1).count(b"\n") == PROGRAM.count("\n") + 1


def test_phases_are_read_from_stderr() -> None:
    assert answered("    0.004 s  reused\n") == "reused"
    assert answered("    0.013 s  unchanged\n") == "unchanged"
    assert answered("    0.004 s  discovery\n    0.168 s  facts\n") == "full"


def test_the_application_is_the_same_each_time_and_has_loops_and_consumers(tmp_path: Path) -> None:
    assert list(application.files()) == list(application.files())
    code = {name: text for name, text in application.files() if name.endswith(".py")}
    assert len(code) == 300
    application.write(tmp_path / "made")
    report = api.scan(ScanOptions(paths=(tmp_path / "made",), use_cache=False)).report
    assert not report.problems
    assert len(report.loops) == 2
    assert len(report.consumers) == application.CONSUMERS


def test_the_hook_is_the_shipped_one_but_for_its_environment() -> None:
    pytest.importorskip("yaml")
    hook, nothing = hooks.configuration()["repos"][0]["hooks"]
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("seamcheck", "system", False)
    assert hook["entry"].endswith('"-m" "seamcheck" scan')
    assert (nothing["id"], nothing["entry"], nothing["always_run"]) == ("nothing", "true", hook["always_run"])
