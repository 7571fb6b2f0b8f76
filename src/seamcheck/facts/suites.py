"""Test suites: which of their files a scan reads.

Tests exercise a program and are no use of it: their code is not followed, and most of it need not be parsed. A file
of a suite is read where it may say something all the same: where other code may import it, where it mentions a
function that was asked for, or speaks to seamcheck in a comment. Words of the text decide, so that the answer is
yes wherever that is not certain.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

import msgspec

from seamcheck.config.paths import relative
from seamcheck.facts.directives import marked_consumers
from seamcheck.facts.ir import FileFacts, FunctionFacts
from seamcheck.syntax.notebook import is_notebook

TEST_PARTS = frozenset({"test", "tests", "testing", "unittests"})
#: Calls that import what a text names.
IMPORTERS = frozenset(
    {"import_module", "__import__", "run_module", "run_path", "spec_from_file_location", "exec"}
)
#: What a comment for seamcheck holds.
SPOKEN_TO = b"seamcheck:"
_WORD = re.compile(r"[^\W\d]\w*")
#: Parts of qualified names that are no names.
NO_NAMES = frozenset({"<locals>", "<lambda>", ""})


def is_test_path(path: PurePosixPath) -> bool:
    """Does this file belong to a test suite, by the conventions of pytest and unittest?"""
    return (
        any(part in TEST_PARTS for part in path.parts[:-1])
        or path.name.startswith("test_")
        or path.name.endswith("_test.py")
        or path.name == "conftest.py"
    )


class Calls(msgspec.Struct, frozen=True):
    """What calls a file of a test suite into a scan.

    ``names`` are functions and classes that were asked for, ``places`` paths and modules that were, as written,
    ``imported`` the parts of all module names that the files read so far may import.
    """

    names: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()
    imported: frozenset[str] = frozenset()

    def reads(self, path: str, data: bytes) -> bool:
        """Is the test file ``path`` (relative to the root) with this content to be read?"""
        if is_notebook(path) or SPOKEN_TO in data or module_name(path) in self.imported:
            return True
        if any(_may_mean(place, path) for place in self.places):
            return True
        if not self.names or not data.isascii():
            return bool(self.names)
        return not self.names.isdisjoint(_WORD.findall(data.decode()))


def called(
    asked: Iterable[str], patterns: Iterable[str], files: Mapping[str, FileFacts], texts: Mapping[str, str]
) -> Calls:
    """What the code in ``files`` and whoever asks call in; ``texts`` are the contents of files that import by text.

    ``asked`` are functions as ``path::qualname`` or ``module:qualname``, ``patterns`` those with wildcards.
    """
    places, names = set[str](), set[str]()
    for each in (*asked, *patterns):
        place, _, qualname = each.partition("::" if "::" in each else ":")
        places.add(place)
        names.update(qualname.split(".")[-2:])
    for facts in files.values():
        marked = marked_consumers(facts)
        for function in facts.functions if marked else ():
            if function.line in marked:
                names.update(function.qualname.split(".")[-2:])
    imported = {part for facts in files.values() for part in imported_parts(facts)}
    for text in texts.values():
        imported.update(_WORD.findall(text))
    return Calls(frozenset(names - NO_NAMES), tuple(sorted(places)), frozenset(imported))


def imported_parts(facts: FileFacts) -> set[str]:
    """Parts of the names of modules that a file may import."""
    found: set[str] = set()
    for entry in facts.imports:
        module, _, name = entry.partition(":")
        found.update(module.split("."))
        found.add(name.partition("=")[0])
    return found


def imports_by_text(facts: FileFacts) -> bool:
    """May this file import modules that no import statement names?"""
    parts: tuple[FileFacts | FunctionFacts, ...] = (facts, *facts.functions)
    if any(entry.partition(":")[2].partition("=")[0] in IMPORTERS for entry in facts.imports):
        return True
    return any(name.lstrip(".") in IMPORTERS for each in parts for name in (*each.mentions, *each.calls))


def module_name(path: str) -> str:
    """The last part of the name under which a file is imported."""
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem in ("__init__", "__main__") else pure.stem


def _may_mean(place: str, path: str) -> bool:
    """May this path, module or pattern mean the file at ``path``?"""
    if any(sign in place for sign in "*?[{"):
        return True
    return PurePosixPath(place).stem == PurePosixPath(path).stem or place.rpartition(".")[2] == module_name(
        path
    )


def split(paths: Iterable[str | os.PathLike[str]], root: str) -> tuple[list[str], dict[str, str]]:
    """The files that are no tests, and those that are by their path relative to ``root``; all where nothing else is."""
    plain: list[str] = []
    tests: dict[str, str] = {}
    for each in paths:
        path = os.fspath(each)
        shown = relative(path, root)
        if is_test_path(PurePosixPath(shown)):
            tests[shown] = path
        else:
            plain.append(path)
    return (plain, tests) if plain else (list(tests.values()), {})
