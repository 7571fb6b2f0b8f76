import libcst as cst
import pytest

from seamcheck.syntax.lower import lower_module
from tests.syntax.positions import expected, lowered
from tests.syntax.stdlib import texts

LAYOUTS = {
    "parentheses": "x = (\n  # c\n  (a)\n  .b(\n\n    1, # d\n    k=2,\n  )\n  .c\n)\ny = 1\n",
    "backslash": "x = a \\\n  + f(1,\\\n 2)\nif a and \\\n b: pass\nwith a as \\\n b, \\\n c: g()\nassert x, \\\n y()\n",
    "semicolons": "a = 1; b = '''x\ny'''; c = f()\n",
    "decorated": "# c\n\n@a\n# between\n@b(\n 1)\n\n# after\ndef f(\n  a,\n  *,\n  b=g(\n),\n) -> h():\n  '''doc\n  string'''\n",
    "elif": "if a:\n  pass\n# c\nelif b(\n):\n  pass\n\nelse:\n  # x\n  f()\n# tail\ng()\n",
    "try": "try:\n  a()\n# c\nexcept (\n A,\n B\n) as e:\n  b()\nelse:\n  c()\nfinally:\n  d()\n",
    "strings": "x = f('''a\n{b(\n)}\n''' 'c'\n f'''{d!r:\n>{e()}}''')\ng()\n",
    "match": "match f(\n):\n  # c\n  case [1, *a] | {\n   'k': a, **r}: g()\n  case A(\n   b=1\n  ) if h():\n    i()\nj()\n",
    "comprehension": "x = [\n f(a)\n for a in b\n # c\n if g(\n a)\n for c in (d for d in e)]\ny = {\n**a, 'b':\n c(), **{k: v\n for k, v in z}}\n",
    "lambda": "x = f(lambda a, *b, c=(\n1), **d: (\n g(a)\n))\n",
    "type parameters": "class A[T: (\n int, str)](B,\n metaclass=f()):\n  def g[U](self): h()\ntype X = list[\n int]\ni()\n",
    "slices": "x[\n a:b(\n):\n c, ..., *d\n][0](1)\n",
    "unusual": "async def f():\n  async with a() as b, \\\n   c(): await d(\n)\n  async for x in y(): yield (\n z())\n  return [await q async for q in r()]\n",
    "star": "print(*a(\n), **b(\n),\n)\nfor x, *y in (*c(), d()): e()\nelse: f()\n",
    "no final newline": "if a:\n  f()\n  # c",
    "form feed": "a()\n\x0c\nclass A:\n\x0c\n  b = f()\n",
    "try star": "try: a()\nexcept* (\nB): c()\n",
    "imports": "from a import (\n b,\n c as d, # x\n)\nimport e.f, g as \\\n h\nfrom . \\\n import i\nj()\n",
    "walrus": "if (a := f(\n)) and not (\n b): pass\nwhile (\n x()):\n  y()\n",
    "del": "del (\n a), b[f()]\nglobal_ = 1\nraise A(\n) from \\\n b()\n",
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_lines_of_layouts(layout: str) -> None:
    text = LAYOUTS[layout]
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
