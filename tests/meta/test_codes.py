"""The table of codes keeps its own rules."""

import re
from pathlib import Path

import pytest

from seamcheck.checks.codes import Code, all_codes, find_code, read_codes, selected, severity_of
from seamcheck.config.schema import Config
from seamcheck.libraries.load import model_files, rules_folder
from seamcheck.model import RulesError

CODES = list(all_codes().values())
FAMILIES = "1234567" + "9"


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_every_code_is_named_and_documented(code: Code) -> None:
    assert re.fullmatch(rf"SEAM[{FAMILIES}]\d\d", code.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", code.name)
    assert re.fullmatch(r"\d+\.\d+\.\d+", code.since)
    assert code.summary.endswith(".")
    assert len(code.summary) <= 80
    for text in (code.explanation, code.example, code.remedy):
        assert text.strip()
    assert "\n\n" not in code.explanation.strip(), "one paragraph"


def test_codes_names_and_summaries_are_unique() -> None:
    for column in ("code", "name", "summary"):
        values = [getattr(code, column) for code in CODES]
        assert len(set(values)) == len(values)


def test_a_family_has_no_holes() -> None:
    for family in FAMILIES:
        numbers = [int(code.code[5:]) for code in CODES if code.code[4] == family]
        assert numbers == list(range(1, len(numbers) + 1))


def test_unknown_is_only_a_note() -> None:
    for code in CODES:
        if code.name.startswith("unknown-") and not code.code.startswith("SEAM9"):
            assert code.severity == "note"


def test_the_table_is_no_library_model() -> None:
    assert (rules_folder() / "codes.toml").is_file()
    assert "codes.toml" not in [path.name for path in model_files(rules_folder())]


def test_find_code() -> None:
    assert find_code("SEAM302") is find_code("seam302") is find_code("unseeded-randomness")
    assert find_code("SEAM000") is None


@pytest.mark.parametrize(
    ("select", "ignore", "wanted"),
    [
        (("SEAM",), (), True),
        (("SEAM",), ("SEAM3",), False),
        (("SEAM302",), ("SEAM3",), True),
        (("SEAM3",), ("SEAM302",), False),
        (("SEAM3",), ("SEAM3",), False),
        (("SEAM1",), (), False),
        ((), (), False),
    ],
)
def test_the_longest_match_decides(select: tuple[str, ...], ignore: tuple[str, ...], wanted: bool) -> None:
    assert selected("SEAM302", Config(select=select, ignore=ignore)) is wanted


def test_a_configured_severity_wins() -> None:
    assert severity_of("SEAM302", Config()) == "warning"
    assert severity_of("SEAM302", Config(severity={"SEAM302": "note"})) == "note"


ENTRY = 'severity = "note"\nsince = "0.1.0"\nsummary = "s."\nexplanation = "e"\nexample = "x"\nremedy = "r"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[code]", "Expected"),
        ('[[code]]\ncode = "SEAM101"\n', "missing required field"),
        ('[[code]]\ncode = "SC101"\nname = "a-b"\n' + ENTRY, "is no code"),
        (
            '[[code]]\ncode = "SEAM101"\nname = "a-b"\n'
            + ENTRY
            + '[[code]]\ncode = "SEAM101"\nname = "c-d"\n'
            + ENTRY,
            "twice",
        ),
        (
            '[[code]]\ncode = "SEAM101"\nname = "a-b"\n'
            + ENTRY
            + '[[code]]\ncode = "SEAM102"\nname = "a-b"\n'
            + ENTRY,
            "twice",
        ),
        ('[[code]]\ncode = "SEAM101"\nname = "a-b"\ncolour = 1\n' + ENTRY, "unknown field"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "codes.toml"
    path.write_text(text)
    with pytest.raises(RulesError, match=words):
        read_codes(path)
