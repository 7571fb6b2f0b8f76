"""The registry held against a scan: each finding, where it stands, what it advises, and when it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck.registry.compare import compare, with_registered
from seamcheck.registry.model import Registry
from tests.registry.tiny import (
    AUDITS,
    BY_PATTERN,
    ENTRY,
    LITERAL,
    RIGHT,
    project,
    registry_findings,
    scan,
    told,
)


def test_a_registry_that_agrees_says_nothing(tmp_path: Path) -> None:
    report = scan(project(tmp_path / "p"))
    assert told(report) == []
    assert {(c.name, c.registered) for c in report.consumers} == {
        ("coverage", "xy_only"), ("cost", "trial_dynamics"), ("panel", "trial_dynamics")
    }  # fmt: skip


def test_a_project_without_a_registry_is_not_asked_for_one(tmp_path: Path) -> None:
    report = scan(project(tmp_path / "p", 'ignore = ["SEAM101"]\n'))
    assert told(report) == []
    assert {c.registered for c in report.consumers} == {None}
    assert compare(Registry(False), report.consumers) == []


def test_an_empty_registry_file_is_a_registry(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", 'registry = "consumers.toml"\n')
    (folder / "consumers.toml").write_text("")
    assert [code for code, *_ in told(scan(folder))] == ["SEAM103"] * 3


def test_an_unregistered_consumer_is_told_at_its_def_with_a_command(tmp_path: Path) -> None:
    folder = project(
        tmp_path / "p", ENTRY.format("coverage", "xy_only") + ENTRY.format("panel", "trial_dynamics")
    )
    (finding,) = registry_findings(scan(folder))
    assert (finding.code, finding.severity) == ("SEAM103", "error")
    assert (finding.location.path, finding.location.line) == ("src/audits.py", 5)
    assert finding.fix == "seamcheck registry add cost src/audits.py::cost"
    assert "trial_dynamics" in finding.message


def test_helpers_of_a_test_suite_need_no_entry(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_cost.py").write_text(
        "import lightgbm as lgb\nfrom audits import cost\n\n\ndef shown(model):\n    return model.best_iteration\n\n\n"
        "def test_cost(X, y):\n    model = lgb.train({}, lgb.Dataset(X, label=y))\n    assert cost(shown(model))\n"
    )
    assert "SEAM103" not in [code for code, *_ in told(scan(folder, tests=True))]


@pytest.mark.parametrize(
    ("old", "new", "words", "fix"),
    [
        (
            "src/audits.py::cost",
            "src/gone.py::cost",
            "src/gone.py is not among the files",
            "src/audits.py::cost",
        ),
        ("src/audits.py::cost", "src/audits.py::price", "has no function `price`", "registry prune"),
        ("src/audits.py::cost", "audits:price", "has no function `price`", "registry prune"),
    ],
)
def test_an_entry_whose_function_is_gone_is_told_where_it_is_registered(
    tmp_path: Path, old: str, new: str, words: str, fix: str
) -> None:
    found = registry_findings(scan(project(tmp_path / "p", RIGHT.replace(old, new))))
    gone = [finding for finding in found if finding.code == "SEAM104"]
    assert [(f.severity, f.location.path, f.location.line) for f in gone] == [("error", "seamcheck.toml", 6)]
    assert words in gone[0].message
    assert fix in (gone[0].fix or "")
    # The function itself is a consumer without an entry now.
    assert [f.location.line for f in found if f.code == "SEAM103"] == [5]


def test_a_module_nobody_knows_is_gone(tmp_path: Path) -> None:
    found = told(scan(project(tmp_path / "p", RIGHT + "\n" + ENTRY.replace("src/audits.py::{0}", "nowhere:{0}")
                              .format("x", "xy_only"))))  # fmt: skip
    assert found == [("SEAM104", "seamcheck.toml", 16)]


def test_a_module_of_two_files_is_told_once(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", RIGHT.replace("src/audits.py::cost", "audits:cost"))
    (folder / "audits.py").write_text(AUDITS)
    assert told(scan(folder)) == [("SEAM104", "seamcheck.toml", 6)]
    (folder / "seamcheck.toml").write_text(RIGHT.replace("src/audits.py::cost", "nowhere:cost"))
    # With a part of the project nobody knows where a module may be.
    assert ("SEAM104", "seamcheck.toml", 6) not in told(scan(folder, "src"))
    assert ("SEAM104", "seamcheck.toml", 6) in told(scan(folder))


def test_entries_outside_the_scanned_paths_are_not_judged(tmp_path: Path) -> None:
    extra = ENTRY.replace("src/audits.py::{0}", "tools/far.py::{0}").format("far", "xy_only")
    folder = project(tmp_path / "p", RIGHT + extra)
    assert told(scan(folder)) == [("SEAM104", "seamcheck.toml", 15)]
    assert told(scan(folder, "src")) == []
    # The same files, other paths: the stored report of one is not that of the other.
    assert told(scan(folder)) == [("SEAM104", "seamcheck.toml", 15)]
    assert [code for code, *_ in told(scan(folder, "src/audits.py"))].count("SEAM104") == 0


def test_xy_only_that_reads_dynamics_has_the_chain(tmp_path: Path) -> None:
    folder = project(
        tmp_path / "p", RIGHT.replace('cost"\nrequires = "trial_dynamics"', 'cost"\nrequires = "xy_only"')
    )
    (finding,) = registry_findings(scan(folder))
    assert (finding.code, finding.severity) == ("SEAM105", "error")
    assert (finding.location.path, finding.location.line) == ("src/audits.py", 5)
    assert "seamcheck.toml:6" in finding.message
    assert any("rounds" in step.message and step.location.line == 6 for step in finding.flow)
    assert "seamcheck registry sync" in (finding.fix or "")


def test_xy_only_that_is_not_proven_is_an_error(tmp_path: Path) -> None:
    folder = project(
        tmp_path / "p", RIGHT.replace('panel"\nrequires = "trial_dynamics"', 'panel"\nrequires = "xy_only"')
    )
    (finding,) = registry_findings(scan(folder))
    assert (finding.code, finding.severity) == ("SEAM106", "error")
    assert "unknown means full replay" in finding.message
    assert finding.location.line == 9
    assert [step.location.line for step in finding.flow] == [10]


def test_xy_only_in_a_file_that_cannot_be_parsed_is_not_proven(tmp_path: Path) -> None:
    config = RIGHT + ENTRY.replace("src/audits.py::{0}", "src/broken.py::{0}").format("b", "xy_only")
    folder = project(tmp_path / "p", config, broken="def b(:\n")
    assert told(scan(folder)) == [("SEAM106", "seamcheck.toml", 15)]
    (folder / "seamcheck.toml").write_text(
        config.replace('b"\nrequires = "xy_only"', 'b"\nrequires = "trial_dynamics"')
    )
    assert told(scan(folder)) == []


def test_an_over_demanding_entry_is_a_note(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", RIGHT.replace('"xy_only"', '"trial_dynamics"'))
    (finding,) = registry_findings(scan(folder))
    assert (finding.code, finding.severity) == ("SEAM107", "note")
    assert finding.fix == "seamcheck registry sync --promote"


def test_a_fingerprint_that_does_not_hold_is_told_at_the_entry(tmp_path: Path) -> None:
    stale = RIGHT.replace('"xy_only"\n', '"xy_only"\nfingerprint = "0123456789abcdef"\n')
    (finding,) = registry_findings(scan(project(tmp_path / "p", stale)))
    assert (finding.code, finding.severity) == ("SEAM108", "warning")
    assert (finding.location.path, finding.location.line) == ("seamcheck.toml", 1)
    assert "seamcheck registry sync" in (finding.fix or "")


def test_a_promise_that_is_broken_is_told_once(tmp_path: Path) -> None:
    text = RIGHT.replace(
        'cost"\nrequires = "trial_dynamics"', 'cost"\nrequires = "xy_only"\nfingerprint = "0123456789abcdef"'
    )
    assert [code for code, *_ in told(scan(project(tmp_path / "p", text)))] == ["SEAM105"]


def test_a_comment_on_the_def_silences_findings_about_it(tmp_path: Path) -> None:
    text = AUDITS.replace("def cost(run):", "def cost(run):  # seamcheck: ignore[SEAM103] -- not ours")
    config = ENTRY.format("coverage", "xy_only") + ENTRY.format("panel", "trial_dynamics")
    (finding,) = registry_findings(scan(project(tmp_path / "p", config, audits=text)))
    assert finding.suppressed == "not ours"


FALLBACK = "try:\n    import numba\nexcept ImportError:\n    def coverage(run):\n        return {0}\n\n\n"


@pytest.mark.parametrize(("worse_first", "code"), [(True, "SEAM106"), (False, "SEAM105")])
def test_of_a_function_that_is_defined_twice_the_worse_counts(
    tmp_path: Path, worse_first: bool, code: str
) -> None:
    other = FALLBACK.format("run.rounds")
    twice = other + AUDITS if worse_first else AUDITS.replace("def cost", other + "def cost")
    assert [code for code, *_ in told(scan(project(tmp_path / "p", audits=twice)))] == [code]


def test_findings_heed_the_configuration(tmp_path: Path) -> None:
    config = 'ignore = ["SEAM103"]\nseverity = { over-demanding-entry = "error" }\n'
    found = registry_findings(
        scan(project(tmp_path / "p", config + ENTRY.format("coverage", "trial_dynamics")))
    )
    assert [(f.code, f.severity) for f in found] == [("SEAM107", "error")]


def test_a_literal_is_a_registry(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", BY_PATTERN, needs=LITERAL)
    assert told(scan(folder)) == []
    (folder / "src" / "needs.py").write_text(LITERAL.replace('"cost": "trial_dynamics"', '"cost": "xy_only"'))
    assert told(scan(folder)) == [("SEAM105", "src/audits.py", 5)]
    (folder / "src" / "needs.py").write_text(LITERAL.replace('"cost"', '"price"'))
    assert told(scan(folder)) == [("SEAM103", "src/audits.py", 5), ("SEAM104", "src/needs.py", 3)]


def test_a_literal_outside_the_scanned_paths_is_read_and_watched(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", BY_PATTERN.replace("src/needs.py", "needs.py"))
    (folder / "needs.py").write_text(LITERAL)
    assert told(scan(folder, "src")) == []
    (folder / "needs.py").write_text(LITERAL.replace('"cost": "trial_dynamics"', '"cost": "xy_only"'))
    assert told(scan(folder, "src")) == [("SEAM105", "src/audits.py", 5)]


@pytest.mark.parametrize("pattern", [True, False])
def test_a_comment_ties_a_key_to_its_function(tmp_path: Path, pattern: bool) -> None:
    text = AUDITS.replace("def cost(run):", "def cost(run):  # seamcheck: consumer[c7]")
    text = text.replace("def coverage", "# seamcheck: consumer[coverage]\ndef coverage")
    text = text.replace("def panel", "# seamcheck: consumer[panel]\ndef panel")
    config = BY_PATTERN if pattern else BY_PATTERN.replace('entry = "src/**/audits.py::{name}"\n', "")
    folder = project(tmp_path / "p", config, audits=text, needs=LITERAL.replace('"cost"', '"c7"'))
    assert told(scan(folder)) == []


def test_a_key_without_pattern_and_comment_is_gone_where_everything_was_scanned(tmp_path: Path) -> None:
    config = BY_PATTERN.replace('entry = "src/**/audits.py::{name}"\n', "")
    folder = project(tmp_path / "p", config, needs='REQUIREMENTS = {"coverage": "xy_only"}\n')
    gone = [finding for finding in registry_findings(scan(folder)) if finding.code == "SEAM104"]
    assert "# seamcheck: consumer[coverage]" in gone[0].message
    assert "SEAM104" not in [code for code, *_ in told(scan(folder, "src"))]


def test_a_key_that_matches_several_functions_is_told_once(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", BY_PATTERN, needs=LITERAL)
    (folder / "src" / "old").mkdir()
    (folder / "src" / "old" / "audits.py").write_text("def cost(run):\n    return run.rounds\n")
    (finding,) = registry_findings(scan(folder))
    assert (finding.code, finding.location.path, finding.location.line) == ("SEAM104", "src/needs.py", 3)
    assert "src/audits.py::cost, src/old/audits.py::cost" in finding.message


def test_a_registered_function_is_classified_although_the_rule_would_not_find_it(tmp_path: Path) -> None:
    entry = ENTRY.replace("src/audits.py::{0}", "src/extra.py::{0}").format("shape", "xy_only")
    folder = project(tmp_path / "p", RIGHT + entry, extra="def shape(frame):\n    return frame.shape\n")
    report = scan(folder)
    (consumer,) = [c for c in report.consumers if c.function == "shape"]
    assert consumer.registered == "xy_only"
    assert told(report) == ([] if consumer.claim.verdict == "xy_only" else [("SEAM106", "src/extra.py", 1)])


def test_registered_is_set_for_found_entries_alone(tmp_path: Path) -> None:
    report = scan(project(tmp_path / "p"))
    assert {c.registered for c in with_registered(Registry(True), report.consumers)} == {None}


def test_entries_start_from_the_configuration_above_the_root(tmp_path: Path) -> None:
    config = RIGHT.replace("src/audits.py", "pkg/src/audits.py")
    folder = project(tmp_path / "pkg", None)
    (tmp_path / "seamcheck.toml").write_text(config)
    assert told(scan(tmp_path)) == []
    assert told(scan(folder)) == []
    (tmp_path / "seamcheck.toml").write_text(config.replace("pkg/src/audits.py::cost", "pkg/old.py::cost"))
    gone, missing = registry_findings(scan(folder))
    assert 'entry = "pkg/src/audits.py::cost"' in (gone.fix or "")
    assert missing.fix == "seamcheck registry add audits.cost pkg/src/audits.py::cost"
    (tmp_path / "seamcheck.toml").write_text(
        config + ENTRY.replace("src/audits.py", "other/a.py").format("z", "xy_only")
    )
    assert told(scan(folder)) == []
    assert [code for code, *_ in told(scan(tmp_path))] == ["SEAM104"]


@pytest.mark.parametrize(
    ("config", "files"),
    [
        (RIGHT + ENTRY.replace("src/audits.py::{0}", "audits:cost").format("again", "xy_only"), {}),
        (RIGHT + BY_PATTERN, {"needs": 'REQUIREMENTS = {"panel2": "xy_only"}\n'}),
    ],
)
def test_two_entries_for_one_function_are_an_error(
    tmp_path: Path, config: str, files: dict[str, str]
) -> None:
    from seamcheck.model import RegistryError

    text = AUDITS.replace("def panel(run, field):", "def panel(run, field):  # seamcheck: consumer[panel2]")
    with pytest.raises(RegistryError, match=r"stands for src/audits\.py"):
        scan(project(tmp_path / "p", config, audits=text, **files))
