import pytest

from seamcheck.syntax.columns import Columns

TEXT = """\
def f():
    x = 'é' + g(1); y = np.random.rand(2)
    return (a.
        b(3).c(
            4))
@d
class K: pass
z = h(lambda: 1) + h(2)
"""


@pytest.mark.parametrize(
    ("line", "end", "callee", "column"),
    [
        (1, 5, None, 1), (2, 2, None, 5), (2, 2, "g", 15), (2, 2, "rand", 25), (3, 5, None, 5), (3, 5, "c", 13),
        (3, 4, "b", 13), (3, 0, "b", 13), (7, 7, None, 1), (8, 8, "h", 5), (8, 8, "<lambda>", 7), (4, 4, None, 9),
        (2, 2, "unknown", 5), (99, 99, None, 1),
    ],
)  # fmt: skip
def test_columns(line: int, end: int, callee: str | None, column: int) -> None:
    assert Columns(TEXT).find(line, end, callee) == column


@pytest.mark.parametrize("text", ["    print 'a'\n", "    " + "(" * 300 + ")" * 300, "    a\0b"])
def test_falls_back_to_the_indentation(text: str) -> None:
    assert Columns(text).find(1) == 5


def test_line_endings_and_warnings() -> None:
    assert Columns("if a:\r\n    f('\\d')\r\n").find(2, 2, "f") == 5
