"""The standard library as a corpus of real code."""

from __future__ import annotations

import os
from pathlib import Path

STDLIB = Path(os.__file__).parent

#: Files that between them use most of the grammar and odd layouts.
VARIED = (
    "ast.py", "argparse.py", "asyncio/base_events.py", "collections/__init__.py", "configparser.py",
    "contextlib.py", "dataclasses.py", "difflib.py", "enum.py", "functools.py", "html/parser.py",
    "inspect.py", "json/decoder.py", "pdb.py", "plistlib.py", "pprint.py", "re/_parser.py", "statistics.py",
    "tokenize.py", "traceback.py", "typing.py", "unittest/mock.py", "xml/etree/ElementTree.py",
)  # fmt: skip


def texts(names: tuple[str, ...] = VARIED) -> list[tuple[str, str]]:
    """Name and text of those of ``names`` that this Python has."""
    return [(n, (STDLIB / n).read_text("utf-8")) for n in names if (STDLIB / n).is_file()]
