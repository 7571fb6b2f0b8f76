"""IPython's own syntax, cell by cell: what is left is Python with the same lines."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck.syntax.magics import mask

CALL = "get_ipython()."


def masked(text: str) -> str:
    found = mask(text)
    assert found.caveats == ()
    assert not found.open_end
    return "\n".join(found.lines)


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("x = 1\ny = x % 2", "x = 1\ny = x % 2"),
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("!make data\nx = 1", f"{CALL}system()\nx = 1"),
        ("!pip install optuna", "pass"),
        ("pip install -q optuna==4.0", "pass"),
        ("pip = install", "pip = install"),
        ("!pip list > all.txt", f"{CALL}system()"),
        ("if x:\n    !make\n    y = 1", f"if x:\n    {CALL}system()\n    y = 1"),
        ("x = !ls", f"x = {CALL}getoutput()"),
        ("a, b = !ls -l | head", f"a, b = {CALL}getoutput()"),
        ("d['k'][0].x = !ls", f"d['k'][0].x = {CALL}getoutput()"),
        ("x = %env HOME", f"x = {CALL}run_line_magic()"),
        ("obj?", "pass"),
        ("pd.read_csv??", "pass"),
        ("?obj.method", "pass"),
        ("frames['a'].plot?", "pass"),
        ("*Error?", "pass"),
        ('"""Why?\n!ls\n"""', '"""Why?\n!ls\n"""'),
        ('"why?"', '"why?"'),
        ("x = 1 # why?", "x = 1 # why?"),
        ("x = f(a,\n  b\n  % c)", "x = f(a,\n  b\n  % c)"),
        ("x = '''\n%run a\n!ls\n'''", "x = '''\n%run a\n!ls\n'''"),
        ("x = a \\\n  % b", "x = a \\\n  % b"),
        ('x = "a = !b"', 'x = "a = !b"'),
        ("x != y", "x != y"),
        ("%time x = f()", "x = f()"),
        ("%time %time x = f()", "x = f()"),
        ("%time x = f() + \\\n  1\ny = 2", "x = f() + \\\n  1\ny = 2"),
        ("%timeit -n 10 -r3 f(x)", f"if {CALL}run_line_magic(): f(x)"),
        ("!a \\\n  b \\\n  c\nx = 1", f"{CALL}system()\n\n\nx = 1"),
        ("%%time\nx = 1", "pass\nx = 1"),
        ("\n%%time\n%%capture\nx = 1", "\npass\npass\nx = 1"),
        ("%%capture out\nx = 1", f"pass\nx = 1\nout = {CALL}run_cell_magic()"),
        ("%%timeit -n5\nx = 1\nif x:\n  y = 2", f"if {CALL}run_cell_magic():\n x = 1\n if x:\n   y = 2"),
        ("%%timeit", f"if {CALL}run_cell_magic(): pass"),
        ("%%bash\nls (\nfor x", f"{CALL}run_cell_magic()\n\n"),
        ("%%bash --out listing\nls", f"listing = {CALL}run_cell_magic()\n"),
        ("%%writefile prep.py\ndef f(:", f"{CALL}run_cell_magic()\n"),
        ("%%html\n<b>", f"{CALL}run_cell_magic()\n"),
        ("%%sql rows << \nSELECT 1", f"rows = {CALL}run_cell_magic()\n"),
        ("%%R -i X -o fitted,score\nlm(X)", f"fitted = score = {CALL}run_cell_magic()\n"),
        ("  x = 1\n  if x:\n    y = 2", "x = 1\nif x:\n  y = 2"),
        ("", ""),
    ],
)
def test_masked(text: str, python: str) -> None:
    assert masked(text) == python
    ast.parse(python)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\n%run prep.py", 2),
        ("%pylab inline", 1),
        ("%store -r X", 1),
        ("x = %run prep.py", 1),
        ("%timeit for i in x: i", 1),
        ("%%timeit x = 1\nx + 1", 1),
        ("%%our_own\nx = 1", 1),
        ("%%px\nx = 1", 1),
        ("%", 1),
    ],
)
def test_what_may_change_anything_is_a_caveat(text: str, line: int) -> None:
    found = mask(text)
    assert [each for each, _ in found.caveats] == [line]
    ast.parse("\n".join(found.lines))


@pytest.mark.parametrize("text", ["x = (", "x = '''", "x = 1 + \\"])
def test_an_open_end_is_told(text: str) -> None:
    assert mask(text).open_end


PARTS = ["x = 1", "%time y = f(", "!ls \\", "?", "'''", '"', "(", ")", "%%time", "%%bash", "z?", "    "]
PARTS += ["\\", "#", "x = !", "%%timeit x", "%%capture out"]


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=8), max_size=8))
def test_any_cell_keeps_its_lines(parts: list[str]) -> None:
    text = "\n".join(parts)
    assert len(mask(text).lines) - text.count("\n") in (1, 2)


@given(
    st.lists(
        st.sampled_from(["x = 1", "y = x % 2", "z = [\n 1,\n]", "w = '''\n%a\n!b\n'''", "", "# a?", "f(x)"])
    )
)
def test_python_is_left_alone(parts: list[str]) -> None:
    text = "\n".join(parts)
    assert "\n".join(mask(text).lines) == text
