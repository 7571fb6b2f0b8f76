"""The wrappers of train functions and of methods that train."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from seamcheck.libraries.schema import Call
from seamcheck.model.event import Part, RoleHash
from seamcheck.replay.hooks import arguments, containers
from seamcheck.replay.hooks.active import active, guarded, trial
from seamcheck.replay.hooks.arguments import Shape
from seamcheck.replay.hooks.kept import RECORDS, Kept
from seamcheck.replay.hooks.parts import Names, part_of
from seamcheck.replay.hooks.plan import folding
from seamcheck.replay.session import Given, Session


class Described(NamedTuple):
    """What does not change between calls of one function, or of one method of one class."""

    api: str
    shape: Shape | None


def function(names: Names, rule: Call) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes the wrapper of a train function."""
    folds = folding(rule)

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        described = _describe(rule.name, original, rule, method=False)

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            session = active()
            # One function that splits rows calls another: the folds are those of the outer one.
            if session is None or session.nested() or (folds and session.inside()):
                return original(*args, **kwargs)
            with _call(session, described, "predictor", None, args, kwargs, folds):
                return original(*args, **kwargs)

        return wrapper

    return make


def method(names: Names, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes the wrapper of a method that trains. Which estimator it is, is known when it is called."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        known: weakref.WeakKeyDictionary[type, Described] = weakref.WeakKeyDictionary()

        def wrapper(self: Any, /, *args: Any, **kwargs: Any) -> Any:
            session = active()
            if session is None or session.nested():
                return original(self, *args, **kwargs)
            kind = type(self)
            described = known.get(kind)
            if described is None:
                rule = names.rule(kind, name)
                described = known[kind] = _describe(
                    f"{names.public(kind)}.{name}", original, rule, method=True
                )
            part = guarded(session, described.api, lambda: part_of(names, self)) or "predictor"
            with _call(session, described, part, self, (self, *args), kwargs, folds=False):
                return original(self, *args, **kwargs)

        return wrapper

    return make


#: Which content a booster was last seen to be trained on, and in which trial.
_STEPPED = Kept()


def step(names: Names, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes the wrapper of one iteration of training: an event for the first on some data, not for each."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        described: list[Described] = []

        def wrapper(self: Any, /, *args: Any, **kwargs: Any) -> Any:
            session = active()
            if session is None or session.nested():
                return original(self, *args, **kwargs)
            if not described:
                rule = names.rule(type(self), name)
                described.append(_describe(f"{names.public(type(self))}.{name}", original, rule, method=True))
            now = guarded(session, name, lambda: (trial(), _content_of(self, described[0], args, kwargs)))
            before = _STEPPED.get(self)
            if before is not None and now is not None and before[0] == now[0] and before[1] is now[1]:
                return original(self, *args, **kwargs)
            with _call(session, described[0], "predictor", self, (self, *args), kwargs, folds=False):
                _STEPPED.put(self, now and (now[0], _content_of(self, described[0], args, kwargs)))
                return original(self, *args, **kwargs)

        return wrapper

    return make


def _content_of(booster: Any, described: Described, args: Any, kwargs: Any) -> Any:
    """The recorded content of a step's data, the same object as long as it does not change; else the data's id."""
    if described.shape is None:
        return None
    found = arguments.bound(described.shape, (booster, *args), kwargs)
    name = next(p.name for p in described.shape.parameters if p.role == "data")
    data = found.get(name)
    data = data if data is not None else getattr(booster, name, None)
    record = RECORDS.get(data)
    return record.roles if record is not None else id(data)


def _describe(api: str, original: Callable[..., Any], rule: Call | None, method: bool) -> Described:
    try:
        return Described(api, arguments.shape(original, rule, method))
    except (TypeError, ValueError):  # no signature: the call is seen, its arguments are not told apart
        return Described(api, None)


@contextmanager
def _call(
    session: Session,
    described: Described,
    part: Part,
    instance: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    folds: bool,
) -> Iterator[None]:
    """One train call as the session sees it. Datasets that it is the first to read are hashed for it."""
    unsettled: list[Any] = []

    def given() -> Iterable[Given]:
        if described.shape is None:
            raise TypeError("the signature of this function is not known")

        def contents(thing: Any) -> tuple[RoleHash, ...] | None:
            return containers.contents(session, thing, unsettled)

        bound = arguments.bound(described.shape, args, kwargs)
        return arguments.given(described.shape, bound, instance, contents)

    try:
        with session.train_call(described.api, part, given, folds):
            yield
    finally:
        if unsettled:
            containers.settle(session, unsettled)
