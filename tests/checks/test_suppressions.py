"""``# seamcheck: ignore[...]``: which lines a comment speaks of, and what is wrong with comments."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck import api
from seamcheck.checks.suppressions import scope
from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts
from seamcheck.model.report import Finding
from tests.robustness.process import GOOD

SOURCE = """\
x = 1  # here 1
# above 3
y = (
    2,  # inside 4
    3,
)  # end 6
if x:  # header 7
    z = 3  # body 8
    # above the inner 10
    z = 4
for i in range(3):  # loop 11
    print(
        i,  # inside 13
    )
def f(a, b=2):  # def 15
    c = a  # in the function 16
    return c
class C:  # class 18
    d = [
        1,  # in the class 20
    ]
"""


def facts_of(folder: Path, text: str) -> FileFacts:
    marked = "\n".join(line.replace("# ", "# seamcheck: ", 1) for line in text.split("\n"))
    path = folder / "a.py"
    path.write_text(marked, encoding="utf-8")
    found = extract(path)
    assert isinstance(found, FileFacts)
    return found


@pytest.mark.parametrize(
    ("word", "lines"),
    [
        ("here 1", (1, 1)), ("above 3", (3, 6)), ("inside 4", (3, 6)), ("end 6", (3, 6)), ("header 7", (7, 7)),
        ("body 8", (8, 8)), ("above the inner 10", (10, 10)), ("loop 11", (11, 11)), ("inside 13", (12, 14)),
        ("in the function 16", (16, 16)), ("in the class 20", (19, 21)),
    ],
)  # fmt: skip
def test_scope(tmp_path: Path, word: str, lines: tuple[int, int]) -> None:
    facts = facts_of(tmp_path, SOURCE)
    (directive,) = [d for d in facts.directives if d.text.strip() == word]
    assert scope(facts, directive) == lines


@pytest.mark.parametrize(("word", "lines"), [("def 15", (15, 15)), ("class 18", (18, 18))])
def test_a_comment_on_a_definition_is_about_its_header(
    tmp_path: Path, word: str, lines: tuple[int, int]
) -> None:
    facts = facts_of(tmp_path, SOURCE)
    (directive,) = [d for d in facts.directives if d.text.strip() == word]
    assert scope(facts, directive) == lines


HEADERS = """\
# above the decorators 1
@first  # on the first 2
@second(
    1,  # in the second 4
)
# between 6
def f(
    a,
    b=2,  # parameter 9
) -> int:  # end of the header 10
    # below the header 11
    return a
if (
    a and  # test 14
    b
):  # end of the test 16
    c = 1
elif a:  # elif 18
    c = 2
else:  # else 20
    c = 3
try:  # try 22
    d = 1
except E:  # except 24
    d = 2
finally:
    e = 1  # finally 27
with a as b, \\
        c as d:  # with 29
    pass
match a:  # match 31
    case 1:  # case 32
        g = 1  # in the case 33
@third
class C(
    D,  # base 36
): pass
# one of two 38
# two of two 39
h = 1; i = [
    2,  # second of two 41
]
while a: j = 1  # on one line 43
"""


@pytest.mark.parametrize(
    ("word", "lines"),
    [
        ("above the decorators 1", (2, 11)), ("on the first 2", (2, 11)), ("in the second 4", (2, 11)),
        ("between 6", (2, 11)), ("parameter 9", (2, 11)), ("end of the header 10", (2, 11)),
        ("below the header 11", (12, 12)), ("test 14", (13, 16)), ("end of the test 16", (13, 16)),
        ("elif 18", (18, 18)), ("else 20", (20, 20)), ("try 22", (22, 22)), ("except 24", (24, 24)),
        ("finally 27", (27, 27)), ("with 29", (28, 29)), ("match 31", (31, 32)), ("in the case 33", (33, 33)),
        ("base 36", (34, 36)), ("one of two 38", (40, 40)), ("two of two 39", (40, 40)),
        ("second of two 41", (40, 42)), ("on one line 43", (43, 43)),
    ],
)  # fmt: skip
def test_headers(tmp_path: Path, word: str, lines: tuple[int, int]) -> None:
    facts = facts_of(tmp_path, HEADERS)
    (directive,) = [d for d in facts.directives if d.text.strip() == word]
    assert scope(facts, directive) == lines


@given(
    st.lists(
        st.sampled_from(["x = 1", "if x:\n    y = 2", "z = (\n  1,\n)", "def f():\n    return 1", ""]),
        max_size=6,
    ),
    st.integers(1, 20),
)
def test_a_scope_contains_its_line_and_lies_in_one_statement(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], line: int
) -> None:
    from seamcheck.facts.ir import Directive

    path = tmp_path_factory.mktemp("scope") / "a.py"
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")
    facts = extract(path)
    assert isinstance(facts, FileFacts)
    start, end = scope(facts, Directive(line, "", True))
    assert start <= line <= end
    if start != end:
        text = path.read_text().split("\n")
        assert text[start - 1].strip()


def findings(folder: Path, text: str, consumers: tuple[str, ...] = ()) -> list[Finding]:
    (folder / "pyproject.toml").write_text("")
    (folder / "a.py").write_text(text, encoding="utf-8")
    return list(api.scan(api.ScanOptions((folder,), use_cache=False, consumers=consumers)).report.findings)


def with_comment(comment: str) -> str:
    return GOOD.replace("train_test_split(X, y)\n", f"train_test_split(X, y)  # seamcheck: {comment}\n")


def test_without_a_comment_there_is_one_finding(tmp_path: Path) -> None:
    assert [f.code for f in findings(tmp_path, GOOD)] == ["SEAM302"]


def test_a_reason_silences(tmp_path: Path) -> None:
    found = findings(tmp_path, with_comment("ignore[SEAM302] -- the split is part of the search"))
    assert [(f.code, f.suppressed) for f in found] == [("SEAM302", "the split is part of the search")]


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("ignore[SEAM302]", ["SEAM302", "SEAM903"]),
        ("ignore[SEAM302] --", ["SEAM302", "SEAM903"]),
        ("ignore[SEAM305] -- no", ["SEAM302", "SEAM902"]),
        ("ignore[SEAM999] -- no", ["SEAM302", "SEAM904"]),
        ("ignore SEAM302 -- no", ["SEAM302", "SEAM905"]),
        ("ignroe[SEAM302] -- no", ["SEAM302", "SEAM905"]),
        ("ignore[] -- no", ["SEAM302", "SEAM905"]),
        ("ignore[ , ] -- no", ["SEAM302", "SEAM905"]),
        ("ignore[SEAM302] no", ["SEAM302", "SEAM905"]),
        ("ignore[SEAM3] -- no", ["SEAM302", "SEAM904"]),
        ("ignore -- no", ["SEAM302", "SEAM905"]),
        ("assume[x]", ["SEAM302", "SEAM905"]),
        ("consumer[x", ["SEAM302", "SEAM905"]),
    ],
)
def test_what_is_wrong_with_a_comment_is_told(tmp_path: Path, comment: str, codes: list[str]) -> None:
    found = findings(tmp_path, with_comment(comment))
    assert sorted(f.code for f in found) == codes
    assert all(f.suppressed is None for f in found)


def test_names_work_like_codes(tmp_path: Path) -> None:
    name = findings(tmp_path, GOOD)[0].name
    assert [f.suppressed for f in findings(tmp_path, with_comment(f"ignore[{name}] -- meant"))] == ["meant"]


def test_a_silenced_finding_leaves_the_verdict(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a.py").write_text(with_comment("ignore[SEAM302] -- meant"))
    (loop,) = api.scan(api.ScanOptions((tmp_path,), use_cache=False)).report.loops
    assert loop.invariance.verdict == "variant"


PROSE = [
    "# use seamcheck: ignore[SEAM302] -- meant",
    "# see # seamcheck: ignore[SEAM302] -- meant",
    '# write "# seamcheck: ignore[SEAM302] -- meant"',
    "# no seamcheck: ignore[SEAM302] -- meant",
    "# seamcheck ignore[SEAM302] -- meant",
    "# ignore[SEAM302] -- meant",
    "# noseamcheck: ignore[SEAM302] -- meant",
]
SPLIT = "    X_train, X_valid, y_train, y_valid = train_test_split(X, y)\n"


@pytest.mark.parametrize("prose", PROSE)
@pytest.mark.parametrize("form", ["{code}  {prose}\n", "    {prose}\n{code}\n"])
def test_prose_silences_nothing(tmp_path: Path, prose: str, form: str) -> None:
    text = GOOD.replace(SPLIT, form.format(code=SPLIT.rstrip(), prose=prose))
    assert text != GOOD
    assert [(f.code, f.suppressed) for f in findings(tmp_path, text)] == [("SEAM302", None)]


def test_code_that_was_commented_out_silences_nothing(tmp_path: Path) -> None:
    text = GOOD.replace(SPLIT, "    # a = split(X)  # seamcheck: ignore[SEAM302] -- meant\n" + SPLIT)
    assert [(f.code, f.suppressed) for f in findings(tmp_path, text)] == [("SEAM302", None)]


def test_a_string_silences_nothing(tmp_path: Path) -> None:
    words = "# seamcheck: ignore[SEAM302] -- meant"
    text = GOOD.replace(SPLIT, f'    """\n    {words}\n    """\n{SPLIT.rstrip()}; s = "{words}"\n')
    assert [(f.code, f.suppressed) for f in findings(tmp_path, text)] == [("SEAM302", None)]


LAYOUTS = {
    "first line": "(  {}\n        X, y\n    )\n",
    "middle line": "(\n        X,  {}\n        y,\n    )\n",
    "last line": "(\n        X,\n        y,\n    )  {}\n",
    "alone inside": "(\n        X,\n        {}\n        y,\n    )\n",
    "behind a semicolon": "(X, y); z = 1  {}\n",
    "behind another tool's": "(X, y)  # noqa: E501 {}\n",
    "behind prose": "(X, y)  # rows are drawn anew  {}\n",
    "without blanks": "(X, y)  #seamcheck:ignore[SEAM302]--meant\n",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_comment_anywhere_on_the_statement_silences(tmp_path: Path, layout: str) -> None:
    call = layout.format("# seamcheck: ignore[SEAM302] -- meant")
    found = findings(tmp_path, GOOD.replace("train_test_split(X, y)\n", "train_test_split" + call))
    assert [(f.code, f.suppressed) for f in found] == [("SEAM302", "meant")]


def test_several_codes_in_one_comment_or_above_each_other(tmp_path: Path) -> None:
    one = findings(tmp_path, with_comment("ignore[SEAM305, unseeded-randomness] -- meant"))
    assert sorted((f.code, f.suppressed) for f in one) == [("SEAM302", "meant"), ("SEAM902", None)]
    above = "".join(f"    # seamcheck: ignore[{code}] -- {code}\n" for code in ("SEAM302", "SEAM305"))
    two = findings(tmp_path, GOOD.replace(SPLIT, above + SPLIT))
    assert sorted((f.code, f.suppressed) for f in two) == [("SEAM302", "SEAM302"), ("SEAM902", None)]


CONSUMERS = """\
import functools
import audits


@functools.cache
@audits.registered("audit")COMMENT
def audit(run, what):
    return getattr(run, what)
"""
AUDIT = ("a.py::audit",)


@pytest.mark.parametrize("place", ["decorator", "above", "def"])
def test_a_comment_on_a_decorator_is_about_the_definition(tmp_path: Path, place: str) -> None:
    before = [
        f for f in findings(tmp_path, CONSUMERS.replace("COMMENT", ""), AUDIT) if f.location.line in (6, 7)
    ]
    assert [f.code for f in before] == ["SEAM101"]
    comment = "# seamcheck: ignore[SEAM101] -- asked for by name"
    text = CONSUMERS.replace("COMMENT", f"  {comment}" if place == "decorator" else "")
    if place == "above":
        text = text.replace("@functools", f"{comment}\n@functools")
    if place == "def":
        text = text.replace("def audit(run, what):", f"def audit(run, what):  {comment}")
    after = [f for f in findings(tmp_path, text, AUDIT) if f.code in ("SEAM101", "SEAM902")]
    assert [f.suppressed for f in after] == ["asked for by name"]


def test_a_suppressed_unknown_still_blocks_the_proof(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    text = CONSUMERS.replace("COMMENT", "  # seamcheck: ignore[SEAM101] -- asked for by name")
    (tmp_path / "a.py").write_text(text)
    report = api.scan(api.ScanOptions((tmp_path,), use_cache=False, consumers=AUDIT)).report
    assert [c.claim.verdict for c in report.consumers if c.function == "audit"] == ["unknown"]


def test_a_comment_in_a_cell_silences_there_and_nowhere_else(tmp_path: Path) -> None:
    from tests.syntax.notebooks import notebook

    (tmp_path / "pyproject.toml").write_text("")
    head, tail = GOOD.split("study = ")

    def scan(*cells: str) -> list[tuple[str, str | None]]:
        (tmp_path / "a.ipynb").write_bytes(notebook(*cells))
        report = api.scan(api.ScanOptions((tmp_path,), use_cache=False)).report
        return [(f.code, f.suppressed) for f in report.findings if f.severity != "note"]

    silenced = with_comment("ignore[SEAM302] -- meant").split("study = ")[0]
    assert scan(head, "study = " + tail) == [("SEAM302", None)]
    assert scan(silenced, "study = " + tail) == [("SEAM302", "meant")]
    first, last = head.split("def objective")
    above = scan(first + "# seamcheck: ignore[SEAM302] -- meant", "def objective" + last, "study = " + tail)
    assert above == [("SEAM902", None), ("SEAM302", None)]


def test_a_comment_in_a_suite_that_is_only_read_is_not_called_unused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "main.py").write_text("x = 1\n")
    (tmp_path / "test_main.py").write_text(with_comment("ignore[SEAM305] -- no"))
    quiet = api.scan(api.ScanOptions((tmp_path,), use_cache=False)).report.findings
    assert [f.code for f in quiet] == []
    loud = api.scan(api.ScanOptions((tmp_path,), use_cache=False, tests=True)).report.findings
    assert sorted(f.code for f in loud) == ["SEAM302", "SEAM902"]
