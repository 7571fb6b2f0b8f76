"""The pages of the documentation: generated ones are up to date, links lead somewhere."""

import re
from pathlib import Path

import pytest

from seamcheck.checks.codes import all_codes
from seamcheck.report.code_pages import FAMILIES, INDEX, pages

ROOT = Path(__file__).resolve().parents[2]
CODES = ROOT / "docs" / "codes"
WRITTEN = pages()
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def test_every_code_has_a_page_and_nothing_else_has_one() -> None:
    names = {path.name for path in CODES.iterdir()}
    assert names == {INDEX, *(f"{code}.md" for code in all_codes())}, (
        "run `make docs` and commit what it writes"
    )


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_a_page_says_what_the_table_says(name: str) -> None:
    there = (CODES / name).read_text(encoding="utf-8")
    assert there == WRITTEN[name], (
        f"docs/codes/{name} is out of date: run `make docs` and commit what it writes"
    )


def test_every_family_has_a_title() -> None:
    assert {code[4] for code in all_codes()} <= set(FAMILIES)


@pytest.mark.parametrize("code", list(all_codes().values()), ids=lambda code: code.code)
def test_a_page_holds_all_of_a_code(code) -> None:  # type: ignore[no-untyped-def]
    text = WRITTEN[f"{code.code}.md"]
    for part in (code.name, code.severity, code.since, code.summary):
        assert part in text
    for part in (code.explanation, code.example, code.remedy):
        assert part.strip("\n") in text
    assert "baseline may hold it" in text
    assert f"ignore[{code.code}]" in text or "omment silences it" in text


def anchors(path: Path) -> set[str]:
    """Anchors of headings as the common viewers make them."""
    titles = HEADING.findall(FENCED.sub("", path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    for target in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = path.parent / file if file else path
        assert there.exists(), f"{target} leads nowhere"
        assert not anchor or anchor in anchors(there), f"{target}: there is no such heading"
