"""SARIF 2.1.0, strictly: the object model that pysarif has from the published schema, and nothing beside it."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pysarif

_URI = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=@/]|%[0-9A-F]{2})*")
#: Names that a Python class cannot have.
_ALIASES = {"$schema": "schema"}


def problems(document: Any) -> list[str]:
    """Whatever the model does not allow: unknown or missing properties, values of another type or out of bounds."""
    return list(_check(document, pysarif.SarifLog, "$"))


def _check(value: Any, kind: Any, at: str) -> Iterator[str]:
    origin = get_origin(kind)
    if kind is Any:
        return
    if origin in (Union, types.UnionType):
        # Optional means that a property may be absent; null is no value of any.
        (inner,) = (each for each in get_args(kind) if each is not type(None))
        yield from _check(value, inner, at)
    elif origin is Literal:
        if value not in get_args(kind):
            yield f"{at}: {value!r} is none of {get_args(kind)}"
    elif origin is list:
        if not isinstance(value, list):
            yield f"{at}: no list"
            return
        for index, each in enumerate(value):
            yield from _check(each, get_args(kind)[0], f"{at}[{index}]")
    elif dataclasses.is_dataclass(kind):
        yield from _object(value, kind, at)
    elif kind is float:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            yield f"{at}: {value!r} is no number"
    elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        yield f"{at}: {value!r} is no {kind.__name__}"


def _object(value: Any, kind: Any, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: no object"
        return
    if kind is pysarif.PropertyBag:
        tags = value.get("tags", [])
        if len(set(tags)) < len(tags) or len(tags) > 20:
            yield f"{at}.tags: not at most 20 different ones"
        return
    hints = get_type_hints(kind)
    names = {_camel(field.name): field for field in dataclasses.fields(kind)}
    for key, each in value.items():
        name = _ALIASES.get(key, key)
        if name not in names:
            yield f"{at}: {kind.__name__} has no {key}"
            continue
        yield from _check(each, hints[names[name].name], f"{at}.{key}")
        yield from _bounds(key, each, f"{at}.{key}")
    for name, field in names.items():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and name not in value:
            yield f"{at}: {kind.__name__} needs {name}"


def _bounds(key: str, value: Any, at: str) -> Iterator[str]:
    if key in ("startLine", "startColumn", "endLine", "endColumn") and value < 1:
        yield f"{at}: {value} is less than 1"
    if key == "uri" and not _URI.fullmatch(value):
        yield f"{at}: {value!r} is no relative reference"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
