import pytest

from seamcheck.facts.ir import FileFacts, FunctionFacts, Node, pack, unpack
from seamcheck.model import Problem
from seamcheck.syntax.parse import parse


def facts_of(text: str) -> FileFacts:
    result = parse(text, "t.py")
    assert not isinstance(result, Problem), result
    return result


def expression(text: str) -> Node:
    statement = facts_of(text).body[0]
    assert statement[0] == "expr"
    return statement[3]  # type: ignore[no-any-return]


def function(text: str, qualname: str = "f") -> FunctionFacts:
    return next(f for f in facts_of(text).functions if f.qualname == qualname)


A, B, C = ("name", 1, "a"), ("name", 1, "b"), ("name", 1, "c")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0x_1F", 31), ("1_0.5", 10.5), ("2J", 2j), ("True", True), ("None", None), ("...", ...),
        ("'a\\n'", "a\n"), ("rb'\\n'", b"\\n"), ("b'\\x00\\''", b"\x00'"), ("'a' \"b\" '''c'''", "abc"),
        ("b'a' b'b'", b"ab"), ("''", ""), ("''''''", ""), ("'\\N{BULLET}\\u0041\\101'", "•AA"),
    ],
)  # fmt: skip
def test_constants(text: str, value: object) -> None:
    assert expression(text) == ("const", 1, value)
    assert type(expression(text)[2]) is type(value)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a.b", ("attr", 1, A, "b")),
        ("a[b]", ("sub", 1, A, B)),
        ("a[b,]", ("sub", 1, A, ("tuple", 1, (B,)))),
        ("a[*b]", ("sub", 1, A, ("tuple", 1, (("star", 1, B),)))),
        ("a[:b]", ("sub", 1, A, ("slice", 1, None, B, None))),
        ("a[b::c]", ("sub", 1, A, ("slice", 1, B, None, C))),
        ("a(b, *c, k=b, **c)", ("call", 1, 1, A, (B, ("star", 1, C)), (("k", B), (None, C)))),
        ("(a, *b)", ("tuple", 1, (A, ("star", 1, B)))),
        ("[]", ("list", 1, ())),
        ("{a, b}", ("set", 1, (A, B))),
        ("{a: b, **c}", ("dict", 1, ((A, B), (None, C)))),
        ("a @ b", ("bin", 1, "@", A, B)),
        ("not a", ("unary", 1, "not", A)),
        ("a or b", ("bool", 1, "or", A, B)),
        ("a < b not  in c", ("cmp", 1, A, (("<", B), ("not in", C)))),
        ("a is  not b", ("cmp", 1, A, (("is not", B),))),
        ("a if b else c", ("ifexp", 1, B, A, C)),
        ("[a for a, b in c if b]", ("comp", 1, "list", A, ((("tuple", 1, (A, B)), C, (B,)),))),
        ("{a: b for a in b for c in a}", ("comp", 1, "dict", (A, B), ((A, B, ()), (C, A, ())))),
        ("(a for a in b)", ("comp", 1, "gen", A, ((A, B, ()),))),
        ("f'x{{{a!r:>{b}y}{c=}'", ("fstring", 1, (("const", 1, "x{"), A, B, C))),
        ("'x' f'{a}'", ("fstring", 1, (("const", 1, "x"), A))),
        ("f'{a[\"k\"]}'", ("fstring", 1, (("sub", 1, A, ("const", 1, "k")),))),
        ("(a := b)", ("walrus", 1, "a", B)),
    ],
)  # fmt: skip
def test_expressions(text: str, node: Node) -> None:
    assert expression(text) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a = b = c", ("assign", 1, 1, (A, B), C)),
        ("a //= b", ("aug", 1, 1, A, "//", B)),
        ("a: b", ("ann", 1, 1, A, B, None)),
        ("a: b = c", ("ann", 1, 1, A, B, C)),
        ("type a[T] = b", ("assign", 1, 1, (A,), B)),
        ("raise a from b", ("raise", 1, 1, A, B)),
        ("assert a, b", ("assert", 1, 1, A, B)),
        ("del a, b", ("del", 1, 1, (A, B))),
        ("del (a)", ("del", 1, 1, (A,))),
        ("import a.b, c as d", ("import", 1, 1, (("a.b", None), ("c", "d")))),
        ("from ..a.b import c as d", ("from", 1, 1, "a.b", 2, (("c", "d"),))),
        ("from . import *", ("from", 1, 1, None, 1, "*")),
        ("if a: pass\nelif b: pass", ("if", 1, 2, A, (("pass", 1, 1),),
            (("if", 2, 2, ("name", 2, "b"), (("pass", 2, 2),), ()),))),
        ("for a in b: break\nelse: continue", ("for", 1, 2, A, B, (("break", 1, 1),), (("continue", 2, 2),))),
        ("while a: pass", ("while", 1, 1, A, (("pass", 1, 1),), ())),
        ("with a as b, c: pass", ("with", 1, 1, ((A, B), (C, None)), (("pass", 1, 1),))),
        ("try: pass\nexcept a as e: pass\nfinally: pass",
            ("try", 1, 3, (("pass", 1, 1),), ((("name", 2, "a"), "e", (("pass", 2, 2),)),), (), (("pass", 3, 3),))),
        ("match a:\n case [x, *y] | {'k': x, **y} if b: pass\n case A.B | C(k=_): pass",
            ("match", 1, 3, A, ((("x", "y"), ("name", 2, "b"), (("pass", 2, 2),)), ((), None, (("pass", 3, 3),))))),
    ],
)  # fmt: skip
def test_statements(text: str, node: Node) -> None:
    assert facts_of(text).body[0] == node


def test_parameters_keep_kind_default_and_annotation() -> None:
    params = function("def f(a, /, b: int = 1, *c: str, d, e=2, **g): pass\n").params
    assert [(p.name, p.kind) for p in params] == [
        ("a", "posonly"), ("b", "pos"), ("c", "var"), ("d", "kwonly"), ("e", "kwonly"), ("g", "kw"),
    ]  # fmt: skip
    assert params[1].default == ("const", 1, 1)
    assert params[1].annotation == ("name", 1, "int")
    assert function("def f(*, a): pass").params[0].kind == "kwonly"


def test_assigned_names() -> None:
    text = (
        "def f(p, *q):\n"
        "    global g\n    nonlocal n\n    g = n = 1\n"
        "    import a.b, c as d\n    from e import h as i\n"
        "    with o() as (j, [k]): pass\n"
        "    for l, *m in z: pass\n"
        "    try: pass\n    except E as r: pass\n"
        "    match p:\n        case {'k': s, **t} | [s, *t] as u: pass\n"
        "    x.attribute = y[0] = 1\n"
        "    v = [w for w in (aa := z) if (bb := w)]\n"
        "    def cc(dd): ee = 1\n"
        "    class ff: gg = 1\n"
        "    hh: int\n    ii += 1\n    del jj\n"
        "    lambda kk: (ll := kk)\n"
    )
    expected = "p q a d i j k l m r s t u aa bb v cc ff hh ii jj".split()
    found = function(
        "def outer(n):\n" + "".join(f"    {line}\n" for line in text.splitlines()), "outer.<locals>.f"
    )
    assert sorted(found.assigned) == sorted(expected)
    assert found.globals == ("g",)
    assert found.nonlocals == ("n",)


def test_parents_owners_and_qualnames() -> None:
    facts = facts_of(
        "class A:\n    def m(self):\n        def n(): return lambda: 1\n"
        "        class B:\n            def o(self): pass\n"
        "    p = lambda self: 2\nq = lambda: 3\ndef r():\n    global s\n    def s(): pass\n"
    )
    names = [f.qualname for f in facts.functions]
    assert names == [
        "A.m", "A.m.<locals>.n", "A.m.<locals>.n.<locals>.<lambda>", "A.m.<locals>.B.o", "A.<lambda>", "<lambda>", "r",
        "s",
    ]  # fmt: skip
    assert [f.parent for f in facts.functions] == [-1, 0, 1, 0, -1, -1, -1, 6]
    assert [f.owner for f in facts.functions] == [0, -1, -1, 1, 0, -1, -1, -1]
    assert [(c.qualname, c.parent) for c in facts.classes] == [("A", -1), ("A.m.<locals>.B", 0)]


def test_generators_and_async() -> None:
    facts = facts_of(
        "def a(): yield\nasync def b(): pass\ndef c():\n  def d(): yield from x\nlambda: (yield)\n"
    )
    assert [(f.is_generator, f.is_async) for f in facts.functions] == [
        (True, False), (False, True), (False, False), (True, False), (True, False),
    ]  # fmt: skip


def test_decorators_classes_and_returns() -> None:
    facts = facts_of("@a\nclass K(b, *c, metaclass=d):\n    @e(1)\n    def f(self) -> g: pass\n")
    klass, method = facts.classes[0], facts.functions[0]
    assert klass.decorators == (("name", 1, "a"),)
    assert klass.line == 2
    assert klass.bases == (("name", 2, "b"), ("star", 2, ("name", 2, "c")))
    assert klass.keywords == (("metaclass", ("name", 2, "d")),)
    assert method.line == 4
    assert method.decorators[0][0] == "call"
    assert method.returns == ("name", 4, "g")


@pytest.mark.parametrize(
    ("text", "exports"),
    [
        ("x = 1", None),
        ("__all__ = ['a', 'b']", ("a", "b")),
        ("__all__ = ('a',) + ('b',)\n__all__ += ['c']", ("a", "b", "c")),
        ("__all__: list = ['a']", ("a",)),
        ("__all__ = [n for n in x]", None),
        ("__all__ = ['a']\n__all__ += x.__all__", None),
        ("__all__ = ['a']\n__all__.append('b')", None),
        ("if x:\n    __all__ = ['a']", None),
    ],
)
def test_exports(text: str, exports: tuple[str, ...] | None) -> None:
    assert facts_of(text).exports == exports


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 1), ("a\n", 1), ("a\n\n", 2), ("\n# c", 2)])
def test_number_of_lines(text: str, lines: int) -> None:
    assert facts_of(text).lines == lines


def test_facts_survive_packing() -> None:
    facts = facts_of("# seamcheck: x\nclass A:\n  def f(self, a: int = 1): return f'{a}'\n__all__ = ['A']\n")
    assert unpack(pack(facts)) == facts


def test_integer_beyond_python_is_a_problem() -> None:
    result = parse("x = 1\ny = " + "9" * 5000 + "\n", "t.py")
    assert isinstance(result, Problem)
    assert result.line == 2
