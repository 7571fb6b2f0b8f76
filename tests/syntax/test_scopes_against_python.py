"""Scopes, qualnames and generator flags as Python's own compiler and symbol table see them."""

import ast
import inspect
import re
import symtable
import sys
from collections import Counter
from collections.abc import Iterator
from types import CodeType

import pytest

from seamcheck.facts.ir import FileFacts
from seamcheck.model import Problem
from seamcheck.syntax.deep import run_deep
from seamcheck.syntax.parse import parse
from tests.syntax.stdlib import STDLIB, texts


def lowered(text: str, name: str) -> FileFacts:
    result = parse(text, name)
    assert not isinstance(result, Problem), result
    return result


def code_objects(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield constant
            yield from code_objects(constant)


def def_lines(text: str) -> dict[int, int]:
    """First line of a function, decorators included, to the line of its ``def``."""
    return {
        min([node.lineno, *(d.lineno for d in node.decorator_list)]): node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }


@pytest.mark.parametrize(("name", "text"), texts(), ids=[name for name, _ in texts()])
def test_functions_agree_with_the_compiler(name: str, text: str) -> None:
    starts = def_lines(text)
    functions = {
        n.name for n in ast.walk(ast.parse(text)) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    expected = Counter(
        (code.co_qualname, starts[code.co_firstlineno], bool(code.co_flags & inspect.CO_GENERATOR))
        for code in code_objects(compile(text, name, "exec", dont_inherit=True))
        if code.co_flags & inspect.CO_NEWLOCALS
        and code.co_firstlineno in starts
        and code.co_name in functions  # not the scope of a type parameter
        and "__annotate__" not in code.co_qualname
    )
    found = Counter(
        (f.qualname, f.line, f.is_generator and not f.is_async)
        for f in lowered(text, name).functions
        if f.name != "<lambda>"
    )
    assert not expected - found
    # The compiler drops dead code (``if 0:``); a handful of functions stand in it.
    assert (found - expected).total() <= 2


def own_tables(table: symtable.SymbolTable) -> Iterator[symtable.Function]:
    for child in table.get_children():
        if isinstance(child, symtable.Function):
            yield child
        yield from own_tables(child)


def comprehension_targets(text: str) -> set[str]:
    return {
        name.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.comprehension)
        for name in ast.walk(node.target)
        if isinstance(name, ast.Name)
    }


def is_private(name: str) -> bool:
    """Whether the symbol table may hold the name mangled."""
    return re.match(r"_\w*__\w*[^_]_?$|__", name) is not None


@pytest.mark.parametrize(("name", "text"), texts(), ids=[name for name, _ in texts()])
def test_locals_agree_with_the_symbol_table(name: str, text: str) -> None:
    found: dict[tuple[str, int], set[str]] = {}
    for f in lowered(text, name).functions:
        found[f.name, f.line] = {n for n in f.assigned if not is_private(n)}
    starts = def_lines(text)
    # Pythons that inline comprehensions count their targets among the names of the function.
    extra = comprehension_targets(text)
    compared = 0
    for table in own_tables(symtable.symtable(text, name, "exec")):
        key = table.get_name(), starts.get(table.get_lineno(), table.get_lineno())
        if key not in found:
            continue
        own = {s.get_name() for s in table.get_symbols() if s.is_local() and not is_private(s.get_name())}
        compared += 1
        assert found[key] <= own, key
        assert own - found[key] <= extra, key
    assert compared >= len(starts) * 0.9


@pytest.mark.slow
def test_whole_standard_library_lowers() -> None:
    done = 0
    for path in sorted(STDLIB.glob("*.py")) + sorted(STDLIB.glob("[a-e]*/*.py")):
        if "lib2to3" in path.parts:
            continue
        text = path.read_text("utf-8")
        result = run_deep(lambda text=text, path=path: parse(text, path.name))  # type: ignore[misc]
        assert not isinstance(result, Problem), result
        done += 1
    assert done > 150, sys.version
