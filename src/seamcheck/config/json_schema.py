"""The configuration as a JSON schema, for editors: generated from the one table of fields.

Draft 7 is what the schema catalogue of editors takes, and TOML editors know no later words than those of draft 4:
only words that both have are used.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from seamcheck.config.schema import FIELDS, SEVERITIES, Column, Config, Field

DIALECT = "http://json-schema.org/draft-07/schema#"
FILE_NAME = "seamcheck.schema.json"
_PROSE: dict[str, Any] = {"type": "string", "pattern": "\\S"}
#: What names files has no control characters either, as `validate` has it.
_TEXT: dict[str, Any] = {"type": "string", "pattern": "\\S", "not": {"pattern": "[\\u0000-\\u001f]"}}


class CodeInfo(NamedTuple):
    """What an editor shows of a finding code."""

    name: str
    summary: str


Codes = Mapping[str, CodeInfo]


def render(codes: Codes, fields: Iterable[Field] = FIELDS) -> str:
    """The schema as JSON text. ``codes`` are all finding codes of this version."""
    return json.dumps(schema(codes, fields), indent=2, ensure_ascii=False) + "\n"


def schema(codes: Codes, fields: Iterable[Field] = FIELDS) -> dict[str, Any]:
    """The schema of a ``seamcheck.toml``, which is also that of ``[tool.seamcheck]``."""
    defaults = msgspec.to_builtins(Config())
    properties: dict[str, Any] = {}
    for field in fields:
        properties[field.key] = {"description": field.help, **_shape(field, codes)}
        default = defaults.get(field.key)
        if default is not None:
            properties[field.key]["default"] = list(default) if isinstance(default, tuple) else default
    return {
        "$schema": DIALECT,
        "title": "seamcheck",
        "description": "seamcheck.toml, or [tool.seamcheck] in pyproject.toml; paths are relative to that file",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "definitions": {"code-or-prefix": {"enum": _words(codes)}},
    }


def _shape(field: Field, codes: Codes) -> dict[str, Any]:
    if field.columns:
        return {"type": "array", "items": _record(field.columns)}
    shapes: dict[str, dict[str, Any]] = {
        "path": _TEXT,
        "inside": _TEXT,
        "paths": {"type": "array", "items": _TEXT},
        "patterns": {"type": "array", "items": _TEXT},
        "codes": {"type": "array", "items": {"$ref": "#/definitions/code-or-prefix"}},
        "severities": {"type": "object", "additionalProperties": False, "properties": _severities(codes)},
    }
    return shapes[field.kind]


def _record(columns: Iterable[Column]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for column in columns:
        shape: dict[str, Any] = {"enum": list(column.choices)} if column.choices else dict(_PROSE)
        if column.pattern:
            shape["pattern"] = column.pattern
        properties[column.key] = {"description": column.help, **shape}
    required = [column.key for column in columns if column.required]
    table = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**table, "required": required} if required else table


def _words(codes: Codes) -> list[str]:
    """What `select` and `ignore` take: codes, every beginning of one, and names."""
    prefixes = {code[:length] for code in codes for length in range(4, 8)}
    return [*sorted(prefixes), *sorted(info.name for info in codes.values())]


def _severities(codes: Codes) -> dict[str, Any]:
    by_word = dict(codes)
    by_word.update({info.name: info for info in codes.values()})
    return {
        word: {"description": f"{info.name}: {info.summary}", "enum": list(SEVERITIES)}
        for word, info in sorted(by_word.items())
    }
