from pathlib import Path

import libcst as cst
import pytest

from seamcheck.syntax.lower import lower_module
from tests.syntax.positions import expected, lowered
from tests.syntax.stdlib import texts

#: Text files, so that no formatter touches their layout.
LAYOUTS = sorted((Path(__file__).parent / "layouts").glob("*.txt"))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda path: path.stem)
def test_lines_of_layouts(layout: Path) -> None:
    text = layout.read_bytes().decode()
    module = cst.parse_module(text)
    assert lowered(lower_module(module, text)) == expected(module)


@pytest.mark.parametrize(("name", "text"), texts(), ids=[name for name, _ in texts()])
def test_lines_agree_with_position_provider(name: str, text: str) -> None:
    module = cst.parse_module(text)
    assert lowered(lower_module(module, text)) == expected(module)


def test_directives_in_brackets_do_not_shift_lines() -> None:
    text = "f(  # seamcheck: x\n  # seamcheck: y\n\n  a)\nb()\n"
    module = cst.parse_module(text)
    facts = lower_module(module, text)
    assert lowered(facts) == expected(module)
    assert [(d.line, d.text, d.trailing) for d in facts.directives] == [(1, "x", True), (2, "y", False)]
