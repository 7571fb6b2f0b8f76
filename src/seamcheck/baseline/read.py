"""Reads a baseline file. Whatever is not exactly one is an error with its line: it decides what a gate lets pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

import msgspec

from seamcheck.baseline.schema import SCHEMA, Baseline, Entry, Key, Settings
from seamcheck.model.errors import ConfigError
from seamcheck.model.report import Problem
from seamcheck.syntax.source import read

AGAIN = "repair it, or write it again with `seamcheck baseline write`"
_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?:\s|$)", re.MULTILINE)
_SHAPES = {"code": re.compile(r"SEAM\d{3}"), "statement": re.compile(r"[0-9a-f]{16}")}
_TOP: Mapping[str, type] = {"schema": str, "version": str, "settings": dict, "entries": list}
_ENTRY: Mapping[str, type] = {"path": str, "function": str, "code": str, "statement": str, "occurrence": int}
_MAX_OCCURRENCE = 1_000_000


class _Object(dict[str, Any]):
    """A JSON object that remembers a key which stands in it twice."""

    twice: str | None = None


def read_baseline(path: str, shown: str) -> Baseline:
    """The baseline at ``path``, called ``shown`` in errors; raises ConfigError for one that cannot be used."""
    data = read(path, shown)
    if isinstance(data, Problem):
        raise ConfigError(data.message, shown)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError("is not UTF-8", shown, line, AGAIN) from error
    conflict = _CONFLICT.search(text)
    if conflict is not None:
        raise ConfigError(
            "holds a merge conflict",
            shown,
            text.count("\n", 0, conflict.start()) + 1,
            "keep the entries of both sides, each once, and separate them by commas",
        )
    document = _parse(text, shown)
    _Check(shown, None).fields(document, _TOP, "a baseline")
    if document["schema"] != SCHEMA:
        raise ConfigError(f"has schema {_short(document['schema'])}, not {SCHEMA}", shown, None, AGAIN)
    settings = _settings(document["settings"], shown)
    lines = _lines(text, shown)
    entries: list[Entry] = []
    first: dict[Key, int] = {}
    for item, line in zip(document["entries"], lines, strict=True):
        entry = _entry(item, _Check(shown, line))
        if entry.key in first:
            raise ConfigError(
                f"the entry of line {first[entry.key]} stands here again", shown, line, "keep one of them"
            )
        first[entry.key] = line
        entries.append(entry)
    return Baseline(document["version"], settings, tuple(entries))


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        found.twice = next(name for name in names if names.count(name) > 1)
    return found


def _constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _parse(text: str, shown: str) -> _Object:
    import json

    try:
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise ConfigError(f"is not JSON: {error.msg}", shown, error.lineno, AGAIN) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"is not JSON that can be read: {error}", shown, None, AGAIN) from error
    if not isinstance(document, _Object):
        raise ConfigError("must be a JSON object", shown, 1, AGAIN)
    return document


def _lines(text: str, shown: str) -> list[int]:
    """The line that each entry begins on. The text is known to be a baseline with a list of entries."""
    import json

    decoder = json.JSONDecoder()
    start = _ENTRIES.search(text)
    if start is None:  # JSON has other ways to spell a word
        raise ConfigError("spells `entries` in an odd way", shown, None, AGAIN)
    position, line, counted = start.end(), text.count("\n", 0, start.end()) + 1, start.end()
    found: list[int] = []
    while True:
        between = _BETWEEN.match(text, position)
        assert between is not None
        position = between.end()
        if text[position] == "]":
            return found
        line += text.count("\n", counted, position)
        counted = position
        found.append(line)
        position = decoder.raw_decode(text, position)[1]


class _Check:
    """Complains about one object of the file."""

    def __init__(self, shown: str, line: int | None) -> None:
        self._shown, self.line = shown, line

    def fail(self, message: str) -> NoReturn:
        """Raise the error."""
        raise ConfigError(message, self._shown, self.line, AGAIN)

    def fields(
        self, item: Any, kinds: Mapping[str, type], what: str, optional: Mapping[str, type] | None = None
    ) -> None:
        """``item`` must have just these fields, of these types, with strings that can be written again."""
        if not isinstance(item, _Object):
            self.fail(f"{what} must be an object, not {_short(item)}")
        if item.twice is not None:
            self.fail(f"the key {_short(item.twice)} stands twice")
        known = {**kinds, **(optional or {})}
        for name, value in item.items():
            if name not in known:
                self.fail(f"the key {_short(name)} is unknown")
            if not isinstance(value, known[name]) or (known[name] is int and isinstance(value, bool)):
                self.fail(f"`{name}` is {_short(value)}, which it cannot be")
            if isinstance(value, str):
                self.text(name, value)
        for name in kinds:
            if name not in item:
                self.fail(f"{what} has no `{name}`")

    def text(self, name: str, value: str) -> None:
        """``value`` must be text of one line."""
        if not value.isprintable() and any(c < " " or "\ud800" <= c <= "\udfff" for c in value):
            self.fail(f"`{name}` holds control characters or broken text")


def _entry(item: Any, check: _Check) -> Entry:
    check.fields(item, _ENTRY, "an entry", {"reason": str})
    for name, shape in _SHAPES.items():
        if not shape.fullmatch(item[name]):
            check.fail(f"`{name}` is {_short(item[name])}, which it cannot be")
    path = item["path"]
    if not path or path.startswith("/") or "\\" in path or ".." in path.split("/"):
        check.fail(f"`path` is {_short(path)}: it must be a path inside the project, with `/`")
    if not 1 <= item["occurrence"] <= _MAX_OCCURRENCE:
        check.fail("`occurrence` counts from 1")
    key = Key(path, item["function"], item["code"], item["statement"], item["occurrence"])
    return Entry(key, item.get("reason"), check.line or 0)


def _settings(item: Any, shown: str) -> Settings:
    check = _Check(shown, None)
    kinds: Mapping[str, type] = {"select": list, "ignore": list, "severity": dict, "tests": bool}
    check.fields(item, kinds, "`settings`")
    if isinstance(item["severity"], _Object) and item["severity"].twice is not None:
        check.fail(f"the key {_short(item['severity'].twice)} stands twice")
    try:
        return msgspec.convert(item, Settings)
    except msgspec.ValidationError as error:
        raise ConfigError(f"`settings` cannot be used: {error}", shown, None, AGAIN) from error


def _short(value: Any) -> str:
    """A value of the file as one short printable word."""
    text = ascii(value) if isinstance(value, str | int | float | bool | None) else type(value).__name__
    text = {"list": "a list", "_Object": "an object", "None": "null"}.get(text, text)
    return text if len(text) <= 60 else text[:57] + "..."
