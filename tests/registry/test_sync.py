"""Registry files brought in step with the code: what is promised, what is kept, and what is never written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seamcheck import api
from seamcheck.model import NothingAnalysed, RegistryError
from seamcheck.model.errors import SeamcheckError
from seamcheck.registry import edit
from seamcheck.registry.view import Outcome
from tests.registry.tiny import AUDITS, BY_PATTERN, ENTRY, LITERAL, RIGHT, options, project, scan, told

WRONG = RIGHT.replace('"trial_dynamics"', '"xy_only"')
LITERAL_WRONG = LITERAL.replace('"trial_dynamics"', '"xy_only"')


def config(folder: Path) -> str:
    return (folder / "seamcheck.toml").read_text()


def words(outcome: Outcome) -> list[tuple[str, str]]:
    return [(change.what, change.name) for change in outcome.changes]


def test_what_is_not_proven_is_demoted(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", WRONG)
    outcome = api.registry_sync(options(folder))
    assert [w for w in words(outcome) if w[0] == "demoted"] == [("demoted", "cost"), ("demoted", "panel")]
    assert "reads `rounds`" in outcome.changes[1].message
    assert told(scan(folder)) == []
    kept = [line for line in config(folder).splitlines() if not line.startswith("fingerprint")]
    assert kept == RIGHT.splitlines()


def test_what_is_proven_is_promoted_only_on_request(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", RIGHT.replace('"xy_only"', '"trial_dynamics"'))
    assert ("kept", "coverage") in words(api.registry_sync(options(folder)))
    assert "xy_only" not in config(folder)
    assert ("promoted", "coverage") in words(api.registry_sync(options(folder), promote=True))
    assert told(scan(folder)) == []


def test_a_changed_consumer_makes_the_fingerprint_stale_and_a_moved_one_does_not(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    api.registry_sync(options(folder))
    assert config(folder).count("fingerprint = ") == 3
    (folder / "src" / "audits.py").write_text("# moved\n\n\n" + AUDITS)
    assert told(scan(folder)) == []
    (folder / "src" / "audits.py").write_text(AUDITS.replace("run.X.isna()", "run.y.isna()"))
    assert told(scan(folder)) == [("SEAM108", "seamcheck.toml", 1)]
    assert words(api.registry_sync(options(folder))) == [("fingerprint", "coverage")]
    assert told(scan(folder)) == []


def test_missing_entries_are_added(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", "registry = 'c.toml'\n")
    (folder / "c.toml").write_text("# ours\n")
    outcome = api.registry_sync(options(folder), missing=True)
    assert words(outcome) == [("added", "coverage"), ("added", "cost"), ("added", "panel")]
    assert "full replay" in outcome.changes[2].message
    assert (folder / "c.toml").read_text().startswith("# ours\n\n[[consumer]]\n")
    assert told(scan(folder)) == []
    assert config(folder) == "registry = 'c.toml'\n"


def test_a_silenced_consumer_is_not_added(tmp_path: Path) -> None:
    text = AUDITS.replace("def cost(run):", "def cost(run):  # seamcheck: ignore[SEAM103] -- not ours")
    folder = project(tmp_path / "p", "registry = 'c.toml'\n", audits=text)
    (folder / "c.toml").write_text("")
    assert words(api.registry_sync(options(folder), missing=True)) == [
        ("added", "coverage"),
        ("added", "panel"),
    ]


def test_a_literal_is_synced(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", BY_PATTERN, needs=LITERAL_WRONG)
    api.registry_sync(options(folder))
    assert (folder / "src" / "needs.py").read_text() == LITERAL
    (folder / "src" / "needs.py").write_text(LITERAL.replace('    "cost": "trial_dynamics",\n', ""))
    assert words(api.registry_sync(options(folder), missing=True)) == [("added", "cost")]
    assert (
        (folder / "src" / "needs.py")
        .read_text()
        .endswith('"panel": "trial_dynamics",\n    "cost": "trial_dynamics",\n}\n')
    )
    assert told(scan(folder)) == []


def test_an_edit_that_would_say_something_else_is_not_written(tmp_path: Path) -> None:
    # A comma behind the value alone would make a tuple of it.
    text = 'REQUIREMENTS = {\n    "coverage": "xy_only",\n    "cost": ("trial_dynamics")\n}\n'
    folder = project(tmp_path / "p", BY_PATTERN, needs=text)
    with pytest.raises(RegistryError, match=r"src/needs\.py: cannot be edited safely"):
        api.registry_sync(options(folder), missing=True)
    assert (folder / "src" / "needs.py").read_text() == text


def test_a_consumer_that_no_key_can_stand_for_is_left_with_advice(tmp_path: Path) -> None:
    pattern = BY_PATTERN.replace("audits.py::{name}", "audits_{name}.py::{name}")
    folder = project(tmp_path / "p", pattern, needs="REQUIREMENTS = {}\n")
    outcome = api.registry_sync(options(folder), missing=True)
    assert words(outcome) == [("kept", "coverage"), ("kept", "cost"), ("kept", "panel")]
    assert "# seamcheck: consumer[cost]` on the def at src/audits.py:5" in outcome.changes[1].message
    assert outcome.edits == ()


def test_a_broken_file_demotes_and_is_not_pruned(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", RIGHT, audits=AUDITS + "def broken(:\n")
    assert words(api.registry_prune(options(folder))) == []
    assert ("demoted", "coverage") in words(api.registry_sync(options(folder)))
    assert '"xy_only"' not in config(folder)


def test_prune_removes_what_is_gone_and_nothing_else(tmp_path: Path) -> None:
    gone = ENTRY.format("old", "xy_only") + ENTRY.replace("src/audits.py::{0}", "nowhere:f").format(
        "far", "xy_only"
    )
    folder = project(tmp_path / "p", gone + RIGHT)
    assert words(api.registry_prune(options(folder))) == [("removed", "old"), ("removed", "far")]
    assert config(folder) == RIGHT
    assert words(api.registry_prune(options(folder))) == []


def test_prune_of_a_literal(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", BY_PATTERN, needs=LITERAL.replace('"cost"', '"old"'))
    api.registry_prune(options(folder))
    assert (folder / "src" / "needs.py").read_text() == LITERAL.replace('    "cost": "trial_dynamics",\n', "")


@pytest.mark.parametrize("entry", ["src/hidden.py::f", "hidden:f"])
def test_prune_keeps_entries_whose_file_is_only_excluded(tmp_path: Path, entry: str) -> None:
    text = RIGHT + f'[[consumer]]\nname = "h"\nentry = "{entry}"\nrequires = "xy_only"\n'
    folder = project(
        tmp_path / "p", 'extend-exclude = ["hidden.py"]\n' + text, hidden="def f(run):\n    return run.X\n"
    )
    outcome = api.registry_prune(options(folder))
    assert words(outcome) == [("kept", "h")]
    assert "src/hidden.py is there, and was not read" in outcome.changes[0].message


def test_prune_of_a_part_keeps_the_rest(tmp_path: Path) -> None:
    text = RIGHT + ENTRY.replace("src/audits.py", "tools/a.py").format("far", "xy_only")
    folder = project(tmp_path / "p", text)
    assert words(api.registry_prune(options(folder, "src"))) == []
    assert words(api.registry_prune(options(folder))) == [("removed", "far")]


def test_dry_runs_write_nothing(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", WRONG)
    before = os.stat(folder / "seamcheck.toml")
    outcome = api.registry_sync(options(folder), write=False)
    assert not outcome.written
    assert '-requires = "xy_only"\n+requires = "trial_dynamics"' in edit.diff(outcome.edits[0])
    assert config(folder) == WRONG
    assert os.stat(folder / "seamcheck.toml").st_mtime_ns == before.st_mtime_ns


def test_a_file_that_need_not_change_is_not_written(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    api.registry_sync(options(folder))
    before = os.stat(folder / "seamcheck.toml")
    assert api.registry_sync(options(folder)).edits == ()
    after = os.stat(folder / "seamcheck.toml")
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_permissions_links_and_byte_order_marks_stay(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", "registry = 'c.toml'\n")
    real = folder / "real.toml"
    real.write_bytes(b"\xef\xbb\xbf" + WRONG.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    os.symlink("real.toml", folder / "c.toml")
    api.registry_sync(options(folder))
    assert (folder / "c.toml").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    data = real.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf[[consumer]]\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".seamcheck-")) == []


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", WRONG)
    outcome = api.registry_sync(options(folder), write=False)
    (folder / "seamcheck.toml").write_text(RIGHT)
    with pytest.raises(RegistryError, match="changed meanwhile"):
        edit.write(outcome.edits)
    assert config(folder) == RIGHT


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path / "p", WRONG)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(RegistryError, match="cannot be written: No space left"):
        api.registry_sync(options(folder, use_cache=False))
    assert config(folder) == WRONG
    assert [path for path in folder.iterdir() if path.name.startswith(".seamcheck-")] == []


@pytest.mark.parametrize(
    "call", [api.registry_sync, api.registry_prune, api.registry_view, api.registry_check]
)
def test_without_a_registry_nothing_is_done(tmp_path: Path, call: object) -> None:
    folder = project(tmp_path / "p", None)
    with pytest.raises(NothingAnalysed, match="registry add"):
        call(options(folder))  # type: ignore[operator]


def test_the_first_entry_makes_a_registry(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", None)
    outcome = api.registry_add(options(folder), "cov", "audits:coverage", owner="risk", reason="every review")
    assert words(outcome) == [("added", "cov")]
    text = config(folder)
    assert text.startswith(
        '[[consumer]]\nname = "cov"\nentry = "audits:coverage"\nrequires = "xy_only"\nowner = "risk"\n'
    )
    assert sorted(code for code, *_ in told(scan(folder))) == ["SEAM103", "SEAM103"]


def test_an_entry_goes_into_the_section_of_a_pyproject(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", None)
    (folder / "pyproject.toml").write_text("[tool.seamcheck]\n[tool.other]\nx = 1")
    api.registry_add(options(folder), "cost", "src/audits.py::cost")
    text = (folder / "pyproject.toml").read_text()
    assert text.startswith("[tool.seamcheck]\n[tool.other]\nx = 1\n\n[[tool.seamcheck.consumer]]\n")
    assert not text.endswith("\n")
    assert [code for code, *_ in told(scan(folder))] == ["SEAM103", "SEAM103"]


def test_unknown_is_registered_as_a_full_replay(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", None)
    outcome = api.registry_add(options(folder), "panel", "src/audits.py::panel")
    assert "trial_dynamics, because what it needs is not known: full replay" in outcome.changes[0].message
    assert 'requires = "trial_dynamics"' in config(folder)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("cost", "src/audits.py::cost", "xy_only"), r"audits.py:6: .*not proven: it reads `rounds`"),
        (("panel", "src/audits.py::panel", "xy_only"), r"audits.py:10: .*not proven: `getattr`"),
        (("x", "src/audits.py::price"), "has no function `price`"),
        (("x", "src/far.py::cost"), r"is not among the files.*is it src/audits.py::cost"),
        (("x", "tools.far:cost"), "outside the scanned paths|no module"),
        (("x*", "src/audits.py::cost"), "the name holds a wildcard"),
        (("x", "../audits.py::cost"), "leaves the project"),
        (("x", "src/*.py::cost"), "wildcard"),
    ],
)
def test_what_may_not_be_registered(tmp_path: Path, args: tuple[str, ...], message: str) -> None:
    folder = project(tmp_path / "p", None)
    with pytest.raises(RegistryError, match=message):
        api.registry_add(options(folder), *args)
    assert not (folder / "seamcheck.toml").exists()


def test_a_name_or_function_is_registered_once(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    for args in (("cost", "src/run.py::main"), ("x", "audits:cost"), ("x", "src/audits.py::cost")):
        with pytest.raises(RegistryError, match=r"the new entry: .*seamcheck\.toml:6"):
            api.registry_add(options(folder), *args)
    assert config(folder) == RIGHT


def test_a_key_of_a_literal_must_stand_for_the_function(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", BY_PATTERN, needs='REQUIREMENTS = {"coverage": "xy_only"}\n')
    api.registry_add(options(folder), "cost", "src/audits.py::cost")
    assert (folder / "src" / "needs.py").read_text() == (
        'REQUIREMENTS = {"coverage": "xy_only", "cost": "trial_dynamics"}\n'
    )
    with pytest.raises(RegistryError, match=r"consumer\[other\]` on the def at src/audits.py:9"):
        api.registry_add(options(folder), "other", "src/audits.py::panel")
    with pytest.raises(RegistryError, match="no room for an owner"):
        api.registry_add(options(folder), "panel", "src/audits.py::panel", owner="me")


REQUIRES = st.sampled_from(["xy_only", "trial_dynamics"])
NAMES = ["coverage", "cost", "panel", "gone"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(NAMES), REQUIRES),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_syncing_twice_is_syncing_once_and_never_promises_too_much(
    tmp_path_factory: pytest.TempPathFactory,
    entries: dict[str, str],
    literal: bool,
    promote: bool,
    missing: bool,
    marked: bool,
) -> None:
    folder = tmp_path_factory.mktemp("sync") / "p"
    if literal:
        project(folder, BY_PATTERN, needs=f"REQUIREMENTS = {entries!r}\n")
    else:
        mark = 'fingerprint = "0123456789abcdef"\n' if marked else ""
        project(folder, "registry = 'c.toml'\n")
        (folder / "c.toml").write_text("".join(ENTRY.format(*each) + mark for each in entries.items()))
    api.registry_sync(options(folder), promote, missing)
    once = {path: path.read_bytes() for path in folder.rglob("*.*") if ".seamcheck_cache" not in path.parts}
    again = api.registry_sync(options(folder), promote, missing)
    assert again.edits == ()
    assert {path: path.read_bytes() for path in once} == once
    codes = {code for code, *_ in told(scan(folder))}
    assert codes <= {"SEAM103", "SEAM104", "SEAM107"}
    assert "SEAM103" not in codes or not missing
    assert "SEAM107" not in codes or not promote


def test_errors_of_the_registry_are_of_the_one_tree() -> None:
    assert issubclass(RegistryError, SeamcheckError)
