"""Edits the entries of a TOML text: each table by itself, so that everything around it stays as it is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from seamcheck.config.blocks import blocks
from seamcheck.config.consumers import ENTRY_KEYS
from seamcheck.model.errors import RegistryError

Fields = Mapping[str, str]


class TomlEdits(NamedTuple):
    """What to do: fields to set by index of the entry, entries to remove, entries to add at the end."""

    put: Mapping[int, Fields]
    remove: frozenset[int] = frozenset()
    add: tuple[Fields, ...] = ()


def edit_toml(text: str, section: tuple[str, ...], edits: TomlEdits, shown: str) -> str:
    """The text with its ``[[consumer]]`` tables below ``section`` edited; raises RegistryError where it cannot be.

    Comments, blank lines, quotes and line endings stay. Comments above a removed entry stay, too. What comes out is
    parsed and must say what was meant, and nothing else.
    """
    path = (*section, "consumer")
    before = tomllib.loads(text.replace("\r\n", "\n"))
    entries = _entries(before, path)
    found = blocks(text, path)
    if len(found) != len(entries):
        hint = f"write each as a table of its own, below [[{'.'.join(path)}]]"
        raise RegistryError("the entries are inline tables, which are not edited", shown, None, hint)
    lines = text.split("\n")
    newline = "\r\n" if "\r\n" in text else "\n"
    out, position = "", 0
    for index, block in enumerate(found):
        out += _joined(lines, position, block.start - 1)
        part = _joined(lines, block.start - 1, block.end)
        position = block.end
        if index in edits.remove:
            # One of the two blank lines around it goes, too.
            if not _joined(lines, position, position + 1).strip() and (
                not out or out.endswith(("\n\n", "\r\n\r\n"))
            ):
                position += 1
            continue
        out += _with(part, path, edits.put[index], newline) if index in edits.put else part
    last = bool(found) and len(found) - 1 not in edits.remove
    head, rest = (
        (out, _joined(lines, position, len(lines)))
        if last
        else (out + _joined(lines, position, len(lines)), "")
    )
    result = _appended(head, [_rendered(path, fields, newline) for fields in edits.add], newline) + rest
    if text and not text.endswith("\n"):
        result = result.rstrip("\r\n")  # also of the blank line above an entry that is gone
    _check(before, result, path, entries, edits, shown)
    return result


def _joined(lines: list[str], start: int, end: int) -> str:
    """Lines with their line breaks; the last line of a text has none."""
    part = "\n".join(lines[start:end])
    return part + "\n" if end < len(lines) and end > start else part


def _entries(table: dict[str, Any], path: tuple[str, ...]) -> list[dict[str, Any]]:
    found: Any = table
    for key in path:
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, list) else []


def _with(block: str, path: tuple[str, ...], fields: Fields, newline: str) -> str:
    """One table with some fields set, by TOML Kit, which keeps what stands beside them."""
    import tomlkit

    ended = block.endswith("\n")
    document = tomlkit.parse(block.replace("\r\n", "\n") + ("" if ended else "\n"))
    table: Any = document
    for key in path:
        table = table[key]
    table = table[0]
    for key, value in fields.items():
        old = table.get(key)
        literal = old is not None and old.as_string().startswith("'") and "'" not in value
        table[key] = tomlkit.string(value, literal=literal)
    text = tomlkit.dumps(document)
    text = text if ended else text.removesuffix("\n")
    return text.replace("\n", newline) if newline in block or not ended else text


def _rendered(path: tuple[str, ...], fields: Fields, newline: str) -> str:
    import tomlkit

    rows = [f"[[{'.'.join(path)}]]"]
    rows += [f"{key} = {tomlkit.string(fields[key]).as_string()}" for key in ENTRY_KEYS if fields.get(key)]
    return newline.join(rows) + newline


def _appended(head: str, added: Iterable[str], newline: str) -> str:
    """Tables behind a text, each below a blank line."""
    for block in added:
        if head and not head.endswith("\n"):
            head += newline
        head += (newline if head.strip() else "") + block
    return head


def _check(
    before: dict[str, Any],
    result: str,
    path: tuple[str, ...],
    entries: list[dict[str, Any]],
    edits: TomlEdits,
    shown: str,
) -> None:
    """What was written must be what was meant."""
    meant = [
        {**entry, **edits.put.get(index, {})}
        for index, entry in enumerate(entries)
        if index not in edits.remove
    ]
    meant += [{key: fields[key] for key in ENTRY_KEYS if fields.get(key)} for fields in edits.add]
    try:
        after = tomllib.loads(result.replace("\r\n", "\n"))
        good = _entries(after, path) == meant and _without(after, path) == _without(before, path)
    except ValueError:
        good = False
    if not good:
        raise RegistryError(
            "cannot be edited safely, so it was left as it is", shown, None, "edit it by hand"
        )


def _without(table: dict[str, Any], path: tuple[str, ...]) -> Any:
    """A document without its entries; tables that they alone made do not count."""
    if len(path) == 1:
        return {key: value for key, value in table.items() if key != path[0]}
    inner = table.get(path[0], {})
    rest = _without(inner, path[1:]) if isinstance(inner, dict) else inner
    kept = {key: value for key, value in table.items() if key != path[0]}
    return {**kept, path[0]: rest} if rest else kept
