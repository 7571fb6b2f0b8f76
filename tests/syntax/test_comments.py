import pytest

from seamcheck.facts.ir import Directive, FileFacts
from seamcheck.syntax.parse import parse


def directives(text: str) -> list[Directive]:
    facts = parse(text, "t.py")
    assert isinstance(facts, FileFacts)
    return list(facts.directives)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1  # seamcheck: ignore[SEAM302] -- why\n", [(1, "ignore[SEAM302] -- why", True)]),
        ("# seamcheck: consumer[a]\ndef f(): pass\n", [(1, "consumer[a]", False)]),
        ("x  # noqa: E1  # seamcheck: ignore[A]\n", [(1, "ignore[A]", True)]),
        ("#seamcheck:a\n", [(1, "a", False)]),
        ("x = '# seamcheck: no'\n", []),
        ("'''\n# seamcheck: no\n'''\n", []),
        ("f'{a}# seamcheck: no'\n", []),
        ("# about seamcheck: no\n", []),
        ("x  # about # seamcheck: no\n", []),
        ("x  # about  # seamcheck: a\n", [(1, "a", True)]),
        ("x  # type: ignore[y] # seamcheck: a\n", [(1, "a", True)]),
        ("# fmt: skip  # seamcheck: a\nx\n", [(1, "a", False)]),
        ("# x = 1  # seamcheck: no\ny\n", []),
        ("# xseamcheck: no\n", []),
        ("def f():  # seamcheck: a\n    # seamcheck: b\n    x\n    # seamcheck: c\n# seamcheck: d\n",
            [(1, "a", True), (2, "b", False), (4, "c", False), (5, "d", False)]),
        ("x = [  # seamcheck: a\n  # seamcheck: b\n  1,  # seamcheck: c\n]  # seamcheck: d\n",
            [(1, "a", True), (2, "b", False), (3, "c", True), (4, "d", True)]),
        ("@a  # seamcheck: a\n# seamcheck: b\ndef f(): pass  # seamcheck: c\n",
            [(1, "a", True), (2, "b", False), (3, "c", True)]),
        ("match x:  # seamcheck: a\n  # seamcheck: b\n  case [  # seamcheck: c\n   1]: pass\n",
            [(1, "a", True), (2, "b", False), (3, "c", True)]),
        ("if a:\n  pass\n# seamcheck: a\nelse:  # seamcheck: b\n  pass\n# seamcheck: c",
            [(3, "a", False), (4, "b", True), (6, "c", False)]),
    ],
)  # fmt: skip
def test_directives(text: str, expected: list[tuple[int, str, bool]]) -> None:
    assert directives(text) == [Directive(*e) for e in expected]
