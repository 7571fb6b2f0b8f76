"""Edits of a dict literal: the items that change, and nothing else."""

from __future__ import annotations

import ast
import tokenize
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck.model.report import Problem
from seamcheck.syntax.edit_dict import edit_dict

LAID_OUT = b"""\
# needs
R: dict[str, str] = {  # all of them
    'a': 'x',  # one
    # about b
    "b": "y"  # two
    # the end
}
Z = 1"""


def edited(text: bytes, put: dict[str, str], *remove: str) -> bytes:
    found = edit_dict(text, "r.py", "R", put, remove)
    assert isinstance(found, bytes), found
    return found


def value(text: bytes) -> dict[str, str]:
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and target.id == "R":
                return dict(ast.literal_eval(node.value))
    raise AssertionError("no R")


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize(
    ("put", "remove", "old", "new"),
    [
        ({"a": "Z"}, (), b"'a': 'x'", b"'a': 'Z'"),
        ({"b": "Z"}, (), b'"b": "y"', b'"b": "Z"'),
        ({"c": "Z"}, (), b'"b": "y"  # two\n', b'"b": "y",  # two\n    "c": "Z",\n'),
        ({}, ("a",), b"    'a': 'x',  # one\n", b""),
        ({}, ("b",), b'    "b": "y"  # two\n', b""),
        ({}, ("zzz",), b"", b""),
    ],
)
def test_one_edit_touches_one_item(
    newline: bytes, put: dict[str, str], remove: tuple[str, ...], old: bytes, new: bytes
) -> None:
    text, old, new = (part.replace(b"\n", newline) for part in (LAID_OUT, old, new))
    assert edited(text, put, *remove) == text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "put", "remove", "wanted"),
    [
        (b'R = {"a": "x", "b": "y"}\n', {"c": "z"}, (), b'R = {"a": "x", "b": "y", "c": "z"}\n'),
        (b'R = {"a": "x", "b": "y"}\n', {}, ("a",), b'R = {"b": "y"}\n'),
        (b'R = {"a": "x", "b": "y"}\n', {}, ("b",), b'R = {"a": "x"}\n'),
        (b'R = {"a": "x"}\n', {"b": "y"}, ("a",), b'R = {"b": "y"}\n'),
        (b"R = {}", {"b": "y"}, (), b'R = {"b": "y"}'),
        (b"R = {\n    # none yet\n}\n", {"b": "y"}, (), b'R = {\n    "b": "y",\n    # none yet\n}\n'),
        (
            b'R = {"a": "x",\n     "b": "y"}\n',
            {"c": "z"},
            (),
            b'R = {"a": "x",\n     "b": "y",\n     "c": "z"}\n',
        ),
        (b'R = {"a": "x",  # k\n     "b": "y",}\n', {}, ("b",), b'R = {"a": "x",  # k\n     }\n'),
        (b"\xef\xbb\xbfR = {'a': 'x'}\r\n", {"b": "y"}, (), b"\xef\xbb\xbfR = {'a': 'x', 'b': 'y'}\r\n"),
        (
            b"# coding: latin-1\nR = {'\xe9': 'x'}\n",
            {"\xe8": "y"},
            (),
            b"# coding: latin-1\nR = {'\xe9': 'x', '\xe8': 'y'}\n",
        ),
        (b"R = {'\\x61': 'x'}\n", {"a": "y"}, (), b"R = {'\\x61': 'y'}\n"),
    ],
)
def test_layouts(text: bytes, put: dict[str, str], remove: tuple[str, ...], wanted: bytes) -> None:
    assert edited(text, put, *remove) == wanted


@pytest.mark.parametrize(
    "text",
    [
        b"R = dict(a=1)\n",
        b"S = {}\n",
        b"R = {**a}\n",
        b"R = {a: 'x'}\n",
        b"R = {\n",
        b"\x00",
        b"# coding: ascii\nR = {}\n",
    ],
)
def test_what_cannot_be_edited_is_a_problem(text: bytes) -> None:
    assert isinstance(edit_dict(text, "r.py", "R", {"\xe9": "y"}), Problem)


KEYS = st.sampled_from(["a", "b", "c", "d'q", 'e"q', "f\\g", "\xe9"])
GAPS = st.sampled_from(["", " ", "\n    ", "\n    # about it\n    ", "  # behind\n    "])


@given(st.data(), st.sampled_from(["\n", "\r\n"]))
def test_any_edit_says_what_was_meant_and_keeps_comments(data: st.DataObject, newline: str) -> None:
    keys = data.draw(st.lists(KEYS, unique=True, max_size=4))
    text = "# head\nR = {" + data.draw(GAPS)
    for number, key in enumerate(keys):
        text += f"{key!r}:{data.draw(st.sampled_from([' ', '  ']))}'v{number}'" + data.draw(
            st.sampled_from(["", " "])
        )
        comma = number + 1 < len(keys) or data.draw(st.booleans())
        text += ("," if comma else "") + data.draw(GAPS)
    source = (text + "}\nZ = 2  # tail\n").replace("\n", newline).encode()
    put = data.draw(st.dictionaries(KEYS, st.sampled_from(["xy_only", "trial_dynamics"]), max_size=3))
    remove = data.draw(st.sets(KEYS, max_size=2)) - set(put)
    after = edited(source, put, *sorted(remove))
    before = {key: item for key, item in value(source).items() if key not in remove}
    assert list(value(after).items()) == list((before | put).items())
    if not remove:
        assert comments(after) == comments(source)
    if newline == "\r\n":
        assert b"\n" not in after.replace(b"\r\n", b"")
    assert edited(after, put, *sorted(remove)) == after


def comments(text: bytes) -> list[str]:
    return [
        token.string for token in tokenize.tokenize(BytesIO(text).readline) if token.type == tokenize.COMMENT
    ]
