"""Which key of a literal stands for a function."""

from __future__ import annotations

import re
from collections.abc import Mapping

from seamcheck.config.consumers import PLACEHOLDER, name_problem
from seamcheck.facts.directives import marked_consumers
from seamcheck.facts.ir import FileFacts
from seamcheck.model.report import Consumer


def key_of(pattern: str | None, path: str, function: str) -> str | None:
    """The name that makes ``path::function`` of a pattern; ``path`` starts where entries start."""
    if pattern is None:
        return None
    where, _, qualname = pattern.partition("::")
    source = f"{_expression(where, True)}::{_expression(qualname, False)}"
    found = re.fullmatch(source.replace("(?P=name)", "(?P<name>.+?)", 1), f"{path}::{function}")
    name = found["name"] if found is not None else None
    return name if name is not None and name_problem(name) is None and "/" not in name else None


def marked_name(files: Mapping[str, FileFacts], consumer: Consumer) -> str | None:
    """The name in a ``# seamcheck: consumer[name]`` comment on the def."""
    facts = files.get(consumer.location.path)
    return marked_consumers(facts).get(consumer.location.line) if facts is not None else None


def _expression(text: str, is_path: bool) -> str:
    out = []
    for part in re.split(r"(\{name\}|\*\*/|\*\*|\*|\?)", text):
        if part == PLACEHOLDER:
            out.append("(?P=name)")
        elif is_path and part in WILD:
            out.append(WILD[part])
        else:
            out.append(re.escape(part))
    return "".join(out)


#: ``**`` is any number of folders, ``*`` and ``?`` stay within one name.
WILD = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def stands_for(pattern: str, name: str, path: str, function: str) -> bool:
    """Does a key tie to ``path::function`` by a pattern?"""
    where, _, qualname = pattern.replace(PLACEHOLDER, name).partition("::")
    return qualname == function and matcher(where).fullmatch(path) is not None


def matcher(pattern: str) -> re.Pattern[str]:
    """The paths that a pattern without placeholders stands for."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(WILD.get(part) or re.escape(part) for part in parts))
