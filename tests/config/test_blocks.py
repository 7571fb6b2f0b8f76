"""Where the tables of an array of tables stand."""

from __future__ import annotations

import pytest

from seamcheck.config.blocks import Block, blocks

TEXT = '''\
# [[consumer]] in a comment
note = """
[[consumer]]
name = "inside a string"
"""
rows = [
  ["consumer"],
  [["consumer"]],
  [["consumer"]]
]

[[consumer]]  # the first
name = "a"
# between
  requires = "xy_only"   # why

# about the second
  [[ "consumer" ]]
"name" = 'b'
reason = """
two
[lines]
"""

[other]
name = "c"
[[consumer]]
'''


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_headers_keys_and_ends(newline: str) -> None:
    assert blocks(TEXT.replace("\n", newline), ("consumer",)) == [
        Block(12, 15, {"name": 13, "requires": 15}),
        Block(18, 23, {"name": 19, "reason": 20}),
        Block(27, 27, {}),
    ]


def test_tables_below_a_section() -> None:
    text = "[[ tool . seamcheck.consumer ]]\nname = 1\n[[consumer]]\n[tool.seamcheck.consumer]\n"
    assert blocks(text, ("tool", "seamcheck", "consumer")) == [Block(1, 2, {"name": 2})]


@pytest.mark.parametrize(
    "text", ["", "[[", "[[consumer", '"', "'''", '"""\n[[consumer]]', "]]]]\n" * 3, "\x00"]
)
def test_text_that_is_no_toml_ends_without_an_error(text: str) -> None:
    assert blocks(text, ("consumer",)) == []


def test_long_lines_are_data() -> None:
    text = "[" + " " * 200_000 + "\n" + "a" * 200_000 + "\n[[consumer]]\n"
    assert len(blocks(text, ("consumer",))) <= 1
