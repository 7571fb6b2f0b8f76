"""Would a scan still run the same functions? The slice of the last full scan against that of the files now.

Only names decide (:mod:`seamcheck.flow.relevance`), so that facts without bodies are enough to build it again.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

import msgspec

from seamcheck.facts.ir import FileFacts, FunctionFacts, Node, pack, unpack
from seamcheck.flow.mentions import VALUES, file_names, mentioned
from seamcheck.flow.relevance import LibrarySeeds, Relevance, hands_on, module_trains, packages_of, trains


class Slice(msgspec.Struct, frozen=True):
    """What decided which code was run: the names that lead to training, and what they were derived from."""

    names: frozenset[str]
    holders: frozenset[str]
    defined: frozenset[str]
    #: Packages in which something trains or tunes, and those of them that the project uses.
    training: frozenset[str]
    packages: frozenset[str]
    library_names: frozenset[str]
    library_methods: frozenset[str]
    #: Names of functions that were asked for or marked: a test that mentions one is run.
    asked: frozenset[str]
    runs_tests: bool


def names_only(facts: FileFacts) -> FileFacts:
    """Facts without bodies and lines, but for what the slice is made of."""
    return FileFacts(
        lines=0,
        body=(),
        functions=tuple(
            f._replace(
                line=0, end_line=0, params=(), body=(), returns=None, decorators=_as_nodes(f.decorators)
            )
            for f in facts.functions
        ),
        classes=tuple(
            c._replace(line=0, end_line=0, keywords=(), body=(), decorators=(), bases=_as_nodes(c.bases))
            for c in facts.classes
        ),
        directives=(),
        exports=None,
        mentions=facts.mentions,
        calls=facts.calls,
        imports=facts.imports,
    )


def _as_nodes(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Each node as one that mentions the same names."""
    return tuple(
        ("tuple", 0, tuple(("attr", 0, (), n[1:]) if n[0] == "." else ("name", 0, n) for n in sorted(mentioned(each))))
        for each in nodes
    )  # fmt: skip


def encode(files: Mapping[str, FileFacts]) -> bytes:
    """The names of all files, for :func:`decode`; raises ValueError where marshal cannot write them."""
    return marshal.dumps([(path, pack(names_only(facts))) for path, facts in files.items()])


def decode(data: bytes) -> dict[str, FileFacts]:
    """The inverse of :func:`encode`. Only for bytes that we wrote."""
    return {path: unpack(packed) for path, packed in marshal.loads(data)}


def keeps(
    known: Slice,
    files: Mapping[str, FileFacts],
    changed: Mapping[str, FileFacts],
    ran: Iterable[str],
    is_test: Mapping[str, bool],
    added: AbstractSet[str] = frozenset(),
) -> bool:
    """Do the names of the ``changed`` files leave what a scan runs as it was?

    ``files`` are the names of all files at the last full scan, ``ran`` the files it ran, ``is_test`` says for each
    changed file whether it belongs to a test suite. ``added`` are names of functions that nobody mentions.
    """
    now = {**files, **{path: names_only(facts) for path, facts in changed.items()}}
    if packages_of(now) & known.training != known.packages:
        return False
    new = Relevance(now, LibrarySeeds(known.library_names, known.library_methods))
    moved = (new.names ^ known.names) | (new.holders ^ known.holders) | (new.defined ^ known.defined)
    if uses((facts for path, facts in files.items() if path not in changed), moved):
        return False
    ran = frozenset(ran)
    for path in changed:
        old, here = files[path], now[path]
        if known.asked and not is_test[path] and _calls(old) != _calls(here):
            return False  # who calls a function that is asked for is looked up by name
        if path not in ran:
            kept = not _would_run(new, here, known, is_test[path])
        else:
            functions = _functions(here, new)
            fresh = [functions.pop(key) for key in list(functions) if key[0] in added]
            kept = (
                not uses([old], moved)
                and not any(map(any, fresh))
                and known.asked.isdisjoint(added)
                and _functions(old, known) == functions
                and module_trains(old, known.names) == module_trains(here, new.names)
                and hands_on(old) == hands_on(here)
                and _shows(old, known.asked) == _shows(here, known.asked)
            )
        if not kept:
            return False
    return True


def _calls(facts: FileFacts) -> list[tuple[str, tuple[str, ...]]]:
    return [(f.qualname, f.calls) for f in facts.functions if f.parent == -1]


def _names(facts: FileFacts) -> Iterator[Iterable[str]]:
    """Every name in a file: all that :func:`seamcheck.flow.mentions.edges` may lead from or to, and more."""
    yield facts.mentions
    yield facts.calls
    for entry in facts.imports:
        yield entry.partition(":")[2].split("=")
    for cls in facts.classes:
        yield (cls.name,)
        yield cls.mentions
        yield from map(mentioned, cls.bases)
    for function in facts.functions:
        yield (function.name,)
        yield function.mentions
        yield function.calls
        yield function.assigned
        yield from map(mentioned, function.decorators)


def uses(files: Iterable[FileFacts], names: AbstractSet[str]) -> bool:
    """May code in these files mean one of these names, as a variable or as an attribute?"""
    if not names:
        return False
    plain = {name.lstrip(".") for name in names}
    wanted = plain | {"." + name for name in plain}
    return VALUES in names or any(not wanted.isdisjoint(each) for facts in files for each in _names(facts))


def _functions(facts: FileFacts, slice_: Slice | Relevance) -> dict[tuple[str, int], tuple[bool, ...]]:
    """What the slice says of each outermost function, by its name and how often that came before."""
    own = file_names(facts)
    found: dict[tuple[str, int], tuple[bool, ...]] = {}
    count: dict[str, int] = {}
    for function in facts.functions:
        if function.parent == -1:
            name = function.qualname
            count[name] = count.get(name, 0) + 1
            found[name, count[name]] = (
                trains(facts, function, own, slice_.defined, slice_.names),
                function.owner != -1 and facts.classes[function.owner].name in slice_.holders,
                not slice_.names.isdisjoint((function.name, "." + function.name)),
            )
    return found


def _shows(facts: FileFacts, asked: frozenset[str]) -> bool:
    """Does the file mention a function that was asked for?"""
    parts: tuple[FileFacts | FunctionFacts, ...] = (facts, *facts.functions)
    return any(not asked.isdisjoint(n.lstrip(".") for n in (*f.mentions, *f.calls)) for f in parts)


def _would_run(new: Relevance, facts: FileFacts, known: Slice, is_test: bool) -> bool:
    """Might a scan now run a file that it did not run before?"""
    if is_test and not known.runs_tests:
        return _shows(facts, known.asked)
    return new.relevant_module(facts) or any(new.relevant(facts, f) for f in facts.functions)
