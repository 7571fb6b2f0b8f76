"""Which argument of a train call is what: X, y, weights, eval sets. From the library model, else by convention."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from numbers import Number
from typing import Any, NamedTuple

from seamcheck.libraries.schema import Call
from seamcheck.model.event import RoleHash
from seamcheck.replay.hooks.kept import file_hash, refused
from seamcheck.replay.hooks.patches import vars_of
from seamcheck.replay.session import Given, is_foreign

#: The content of a dataset object, or None for what is none.
Contents = Callable[[Any], tuple[RoleHash, ...] | None]

#: Roles by name of a parameter, for what no model lists. Upper case before lower: ``X`` is no ``x`` of Keras.
CONVENTION = {
    "X": "X", "x": "X", "X_train": "X",
    "y": "y", "Y": "y", "y_train": "y",
    "sample_weight": "weight", "sample_weights": "weight",
    "groups": "group", "group": "group", "group_id": "group", "qid": "group",
    "init_score": "init_score", "base_margin": "base_margin", "baseline": "base_margin",
    "eval_set": "eval", "validation_data": "eval", "X_val": "eval_X", "y_val": "eval_y",
    "eval_sample_weight": "eval", "sample_weight_eval_set": "eval", "eval_init_score": "eval",
    "base_margin_eval_set": "eval", "sample_weight_val": "eval",
    "categorical_feature": "columns", "cat_features": "columns",
    "feature_name": "columns", "feature_names": "columns", "feature_types": "columns",
}  # fmt: skip
_DATA = frozenset({"X", "y", "weight", "group", "init_score", "base_margin", "columns"})
_PACKED = frozenset({"data", "eval", "eval_X", "eval_y", "cv", "folds"})
_EVAL = {"eval_X": "eval.X", "eval_y": "eval.y"}
#: A list or whole numbers with fewer values than this may be a setting, even if there are as many rows.
_FEW = 16
#: Arguments with these in their names choose no rows that are trained on.
_HELD_OUT = ("val", "test", "class")
#: The index of data that no model and no convention knows, beside X.
_UNLISTED = 100


class Parameter(NamedTuple):
    """An argument and its role; ``place`` tells apart several of one role."""

    name: str
    role: str
    place: int


class Shape(NamedTuple):
    """How the arguments of one function are read. ``positional`` names those of an opaque ``*args``."""

    signature: inspect.Signature
    parameters: tuple[Parameter, ...]
    positional: tuple[str, ...]


def shape(function: Callable[..., Any], rule: Call | None, method: bool) -> Shape:
    """How to read the calls of a function. Raises ValueError where Python knows no signature of it."""
    signature = inspect.signature(function)
    kinds = {p.kind for p in signature.parameters.values()}
    named = [p.name for p in signature.parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    named = named[1:] if method else named
    opaque = inspect.Parameter.VAR_POSITIONAL in kinds
    roles: dict[str, str] = (
        {} if rule is None else {n: r for n, r in rule.roles.items() if r in _DATA or r in _PACKED}
    )
    if rule is not None and "X" in roles.values() and not opaque:
        # A derived class may name its arguments anew.
        roles = roles if any(roles.get(name) == "X" for name in named) else {}
    if roles:
        extra = ("init_score", "base_margin", "columns", "eval")
        named_so = {n: CONVENTION[n] for n in named if CONVENTION.get(n) in extra and n not in roles}
        roles |= named_so
    else:
        named += [n for n in ("X", "y", "sample_weight") if opaque and n not in named]
        roles = {n: CONVENTION[n] for n in named if n in CONVENTION}
        only_named = {p.name for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY}
        roles = _by_position([name for name in named if name not in only_named], roles) | roles
    listed = rule.params if rule is not None else ("X", "y", "sample_weight")
    positional = tuple(name for name in listed if not name.startswith("*"))
    return Shape(signature, indexed(roles), positional)


def _by_position(named: list[str], roles: Mapping[str, str]) -> dict[str, str]:
    """The first argument is X and the second y where no name says so."""
    if not named or "X" in roles.values():
        return {}
    found = {named[0]: "X"} if named[0] not in roles else {}
    if found and "y" not in roles.values() and len(named) > 1 and named[1] not in roles:
        found[named[1]] = "y"
    return found


def indexed(roles: Mapping[str, str]) -> tuple[Parameter, ...]:
    """Parameters in order, those of one role counted whether they are given or not: an index never shifts."""
    counts: dict[str, int] = {}
    found = []
    for name, role in roles.items():
        index = counts.get(role, 0)
        counts[role] = index + 1
        found.append(Parameter(name, role, index))
    return tuple(found)


def bound(shape: Shape, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by name. Calls that the signature does not allow are read as well as they can be."""
    parameters = shape.signature.parameters.values()
    try:
        found = dict(shape.signature.bind_partial(*args, **kwargs).arguments)
    except TypeError:
        names = [p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        return {**dict(zip(names, args, strict=False)), **kwargs}
    for parameter in parameters:
        if parameter.kind is parameter.VAR_KEYWORD:
            found |= found.pop(parameter.name, {})
        elif parameter.kind is parameter.VAR_POSITIONAL:
            rest = found.pop(parameter.name, ())
            names = [name for name in shape.positional if name not in found]
            found |= dict(zip(names, rest, strict=False))
    return found


def given(shape: Shape, arguments: Mapping[str, Any], instance: Any, contents: Contents) -> list[Given]:
    """What a call was given, role by role; never nothing. What is left out, the constructor may have been given."""
    listed = {parameter.name for parameter in shape.parameters}
    others = {name: CONVENTION[name] for name in arguments if name in CONVENTION and name not in listed}
    found: list[Given] = []
    for name, role, index in (*shape.parameters, *indexed(others)):
        value = arguments.get(name)
        own = role == "data" or name not in shape.signature.parameters
        if value is None and instance is not None and own:
            value = getattr(instance, name, None)
        if value is not None:
            found += _one(name, role, index, value, contents)
    listed |= others.keys()
    rest = {k: v for k, v in arguments.items() if k not in listed and v is not None and v is not instance}
    found += _unlisted(rest, arguments, shape.parameters)
    found += _unlisted(_held(instance, listed), arguments, shape.parameters, 2 * _UNLISTED)
    known = {role for role, _, _ in found}
    labels_only = "y" in known and not any(p.role in ("X", "data") for p in shape.parameters)
    if "X" not in known and not labels_only:  # no event may look equal to another for want of data
        found.append(("X", 0, refused("X", "none", "no argument is known to hold the data")))
    return found


def _one(name: str, role: str, index: int, value: Any, contents: Contents) -> Iterator[Given]:
    if role in ("cv", "folds"):
        yield from _folds(value)
    elif role in _EVAL:
        parts = value if isinstance(value, (list, tuple)) and _holds_data(value) else [value]
        for number, part in enumerate(parts):
            yield from handed(_EVAL[role], number, part)
    elif role == "eval":
        yield from _evals(name, value, contents)
    elif role == "weight" and isinstance(value, Mapping):  # fit_params
        weights = sorted(key for key in value if str(key).endswith("sample_weight"))
        for number, key in enumerate(weights):
            yield from handed("weight", number, value[key])
    else:
        inside = contents(value) if role in ("X", "data") else None
        if inside is not None:
            yield from ((each.role, each.index, each) for each in inside)
        else:
            yield from handed("X" if role == "data" else role, index, value)


def handed(role: str, index: int, value: Any) -> Iterator[Given]:
    """An object for a role; a path stands for its file."""
    if value is None:
        return
    if role == "columns":
        names = _columns(value)
        if names is not None:
            yield role, index, names
    elif isinstance(value, (str, os.PathLike)):
        yield role, index, file_hash(role, index, value)
    elif role == "X" and isinstance(value, Number):  # an argument that only stands where X would
        yield role, index, refused(role, type(value).__name__, "a number is no data", index)
    elif isinstance(value, Iterator):
        yield (
            role,
            index,
            refused(role, type(value).__name__, "an iterator: hashing it would use it up", index),
        )
    else:
        yield role, index, value


def _columns(value: Any) -> Any:
    """Names or numbers of columns; None for "auto" and for what is no plain list of them."""
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else list(value)
        plain = any(all(isinstance(item, kind) for item in items) for kind in (str, int))
        return items if items and plain else None
    return value if hasattr(value, "dtype") else None


def _folds(value: Any) -> Iterator[Given]:
    """Explicit folds: the row numbers of each side. Splitters and iterators are not run to see what they give."""
    if not isinstance(value, (list, tuple)):
        if hasattr(value, "dtype"):
            yield "folds", 0, value
        return
    for number, pair in enumerate(value):
        if isinstance(pair, (list, tuple)) and len(pair) == 2:
            yield "folds", 2 * number, pair[0]
            yield "folds", 2 * number + 1, pair[1]


def _holds_data(values: Iterable[Any]) -> bool:
    """Are these objects data of their own, rather than the numbers of one list?"""
    return any(hasattr(value, "shape") or isinstance(value, (list, tuple)) for value in values)


def _evals(name: str, value: Any, contents: Contents) -> Iterator[Given]:
    """Eval sets in any of their forms: one or many, dataset objects, pairs of X and y, or with a name beside."""
    for kind in ("weight", "group", "qid", "init_score", "base_margin"):
        if kind in name:
            role = "eval.group" if kind == "qid" else f"eval.{kind}"
            for number, part in enumerate(value if isinstance(value, (list, tuple)) else [value]):
                yield from handed(role, number, part)
            return
    inside = contents(value)
    many = isinstance(value, list) or (isinstance(value, tuple) and not _is_pair(value))
    for number, each in enumerate(value if inside is None and many else [value]):
        yield from _eval(number, each, contents)


def _is_pair(value: tuple[Any, ...]) -> bool:
    """``(X, y)`` or ``(X, y, weight)``, and no tuple of such pairs or of named datasets."""
    return len(value) in (2, 3) and not any(isinstance(part, tuple) for part in value) and _holds_data(value)


def _eval(number: int, value: Any, contents: Contents) -> Iterator[Given]:
    first = value[0] if isinstance(value, (list, tuple)) and value else None
    for candidate in (value, first):
        inside = contents(candidate) if candidate is not None else None
        if inside is not None:
            for each in inside:
                if each.index == 0:
                    yield f"eval.{each.role}", number, each
            return
    if isinstance(value, (list, tuple)) and 1 < len(value) <= 3:
        for role, part in zip(("eval.X", "eval.y", "eval.weight"), value, strict=False):
            yield from handed(role, number, part)
    else:
        yield from handed("eval.X", number, value)


def _held(instance: Any, listed: Iterable[str]) -> dict[str, Any]:
    """What the constructor of a class of the program's own was given: it may hold rows, too."""
    kind = type(instance)
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    if instance is None or kind.__module__ == "builtins" or (file is not None and is_foreign(file)):
        return {}
    try:
        names = inspect.signature(kind).parameters
    except (TypeError, ValueError):
        return {}
    return {name: value for name, value in vars_of(instance).items() if name in names and name not in listed}


def _unlisted(
    rest: Mapping[str, Any],
    arguments: Mapping[str, Any],
    parameters: Iterable[Parameter],
    start: int = _UNLISTED,
) -> Iterator[Given]:
    """Arguments that no model and no convention knows: weights by their name, data by having a value for each row.

    An array of whole numbers may choose rows.
    """
    rows = next((_rows(arguments.get(p.name)) for p in parameters if p.role in ("X", "data")), None)
    weights = sorted(name for name in rest if name.endswith("__sample_weight") or name == "sample_weight")
    for number, name in enumerate(weights):
        yield "weight", number + start - _UNLISTED, rest[name]
    for number, (name, value) in enumerate(sorted(rest.items())):
        full = rows is not None and rows > 1 and _rows(value) == rows
        if name not in weights and (full or _chooses_rows(name, value)):
            yield "X", start + number, value


def _rows(value: Any) -> int | None:
    if isinstance(value, (list, tuple)):
        return len(value) if len(value) >= _FEW else None
    found = getattr(value, "shape", None)
    return found[0] if isinstance(found, tuple) and found and isinstance(found[0], int) else None


def _chooses_rows(name: str, value: Any) -> bool:
    if any(word in name.lower() for word in _HELD_OUT):
        return False
    shape = getattr(value, "shape", None)
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return isinstance(shape, tuple) and len(shape) == 1 and shape[0] >= _FEW and kind in ("i", "u")
