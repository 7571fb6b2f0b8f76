"""Notebooks to facts: cells in file order, lines that can be told by cell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck.facts.ir import FileFacts
from seamcheck.model import Problem
from seamcheck.model.evidence import in_cell
from seamcheck.syntax.columns import NotebookColumns
from seamcheck.syntax.notebook import read_notebook
from seamcheck.syntax.parse import read_facts
from seamcheck.syntax.source import load
from tests.syntax.notebooks import notebook


def facts_of(data: bytes) -> FileFacts:
    found = read_facts(data, "a.ipynb")
    assert isinstance(found, FileFacts), found
    return found


@pytest.mark.parametrize("form", [3, 4])
def test_cells_are_joined_in_order(form: int) -> None:
    facts = facts_of(notebook("md:# Title", "x = 1\ny = 2", "md:more", "", "z = 3\n", form=form))
    assert [node[3][0][2] for node in facts.body] == ["x", "y", "z"]
    places = [in_cell(facts.cells, node[1]) for node in facts.body]
    assert places == [(2, 1), (2, 2), (5, 1)]


def test_raw_cells_and_other_languages_are_skipped() -> None:
    cells = [
        {"cell_type": "raw", "source": "x ="},
        {"cell_type": "code", "language": "ruby", "input": "x ="},
        {"cell_type": "code", "source": "x = 1"},
    ]
    facts = facts_of(json.dumps({"nbformat": 4, "cells": cells}).encode())
    assert facts.cells == ((1, 3),)
    assert len(facts.body) == 1


def test_magics_keep_lines_and_await_is_python() -> None:
    facts = facts_of(notebook("%%time\n!make\nx = await f()", "%%bash\nls (", "y = 1"))
    assert [in_cell(facts.cells, node[1]) for node in facts.body] == [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1)]
    assert facts.caveats == ()


def test_magics_that_may_do_anything_are_caveats_and_no_problems() -> None:
    facts = facts_of(notebook("x = 1", "%run prep.py"))
    ((line, _, listed),) = facts.caveats
    assert (in_cell(facts.cells, line), listed) == ((2, 1), False)


@pytest.mark.parametrize(
    "bad",
    [
        "x = (", "x = 1\ny = = 2", "print 'x'", "else:\n    x = 1", "x = 1\n@deco", "if x:", "if x:  # y\n  # z",
        "%%timeit\nif x:",
    ],
)  # fmt: skip
def test_a_bad_cell_is_left_out(bad: str) -> None:
    facts = facts_of(notebook("a = 1", bad, "b = 2"))
    assert [node[3][0][2] for node in facts.body] == ["a", "b"]
    ((where, message, listed),) = facts.caveats
    assert in_cell(facts.cells, where)[0] == 2
    assert listed
    assert "left out" in message


def test_too_many_bad_cells_are_given_up() -> None:
    problem = read_facts(notebook(*["x = = 1"] * 30), "a.ipynb")
    assert isinstance(problem, Problem)
    assert (problem.cell, problem.cell_line) == (21, 1)


BROKEN: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 1),
    "no JSON": (b'{"cells": [\n{]}', 2),
    "conflict": (b'{\n<<<<<<< HEAD\n"cells": []\n=======\n>>>>>>> x\n}', 2),
    "not UTF-8": (b'{"cells":\n "\xff"}', 2),
    "UTF-16": ("{}".encode("utf-16"), 1),
    "a list": (b"[]", 1),
    "nothing": (b"{}", 1),
    "cells are a map": (b'{"cells": {}}', 1),
    "a cell is a list": (b'{"cells": [[]]}', 1),
    "no type": (b'{"cells": [{"source": "x"}]}', 1),
    "source is a number": (b'{"cells": [{"cell_type": "code", "source": 1}]}', 1),
    "source is numbers": (b'{"cells": [{"cell_type": "code", "source": [1]}]}', 1),
    "no source": (b'{"cells": [{"cell_type": "code"}]}', 1),
    "a surrogate": (b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}', 1),
    "a NUL": (b'{"cells": [{"cell_type": "code", "source": "x = 1\\u0000"}]}', 1),
    "worksheets are numbers": (b'{"nbformat": 3, "worksheets": [1]}', 1),
    "worksheets hold no list": (b'{"nbformat": 3, "worksheets": [{"cells": 1}]}', 1),
    "nbformat 2": (b'{"nbformat": 2, "cells": []}', 1),
    "nbformat is a text": (b'{"nbformat": "4", "cells": []}', 1),
    "nbformat is a list": (b'{"nbformat": [4], "cells": []}', 1),
    "huge number": (b'{"nbformat": ' + b"9" * 5000 + b"}", 1),
    "deep": (b"[" * 200_000 + b"]" * 200_000, 1),
    "another language": (notebook("x <- 1", kernelspec={"language": "R"}), 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_notebook_is_a_problem(name: str) -> None:
    data, line = BROKEN[name]
    problem = read_facts(data, "a.ipynb")
    assert isinstance(problem, Problem)
    assert (problem.path, problem.line, problem.cell) == ("a.ipynb", line, 0)


@pytest.mark.parametrize("metadata", [[], 1, None, {"kernelspec": 1}, {"language_info": {"name": "ipython"}}])
def test_odd_metadata(metadata: Any) -> None:
    cell = {"cell_type": "code", "source": "x = 1"}
    assert facts_of(json.dumps({"nbformat": 4, "metadata": metadata, "cells": [cell]}).encode()).body


def test_outputs_are_not_kept() -> None:
    document = json.loads(notebook("x = 1"))
    document["cells"][0]["outputs"] = [{"data": {"image/png": "A" * 20_000_000}}]
    found = read_notebook(json.dumps(document).encode(), "a.ipynb")
    assert len(repr(found)) < 1000


def test_frames_see_what_was_written() -> None:
    data = notebook("%time x = f(1)\n!ls -l", "  y = 2")
    assert load(data, "a.ipynb") == "%time x = f(1)\n!ls -l\n  y = 2\n"


def test_columns_are_those_of_the_source() -> None:
    data = notebook("%time x = f(1)", "y = (g(2))", "%%timeit\nh(3)\n!ls")
    facts, text = facts_of(data), load(data, "a.ipynb")
    assert isinstance(text, str)
    columns = NotebookColumns(text, facts.cells)
    found = [columns.find(1, 1, "f"), columns.find(2, 2, "g"), columns.find(4, 4, "h"), columns.find(5, 5)]
    assert found == [11, 6, 1, 1]


KEYS = ["cells", "cell_type", "source", "input", "worksheets", "nbformat", "code", "metadata"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_any_json_is_a_notebook_or_a_problem(document: Any) -> None:
    found = read_facts(json.dumps(document).encode(), "a.ipynb")
    assert isinstance(found, Problem | FileFacts)
