"""The guard: which fields of a run are data, and which consumer needs more than these."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast

from seamcheck.runtime.allowed import allowed
from seamcheck.runtime.errors import GuardError, RequirementsError, UnknownConsumer
from seamcheck.runtime.requirements import TRIAL_DYNAMICS, Given, Requirement, checked, gathered
from seamcheck.runtime.state import Rights
from seamcheck.runtime.views import view_of

_P = ParamSpec("_P")
_R = TypeVar("_R")
#: Flags of code objects, as in `inspect`, which takes long to import.
_GENERATOR, _COROUTINE = 0x20, 0x80


class Guard:
    """Gives each consumer what it is registered for: ``xy_only`` a view, ``trial_dynamics`` the run as it is.

    ``data`` names the fields that hold X, y and what belongs to them (weights, folds), ``open`` those that say nothing
    of the training (ids, names). Whatever is not named is dynamics, so that a field that the run gets later is closed.
    ``sheet.n_rows`` opens one field of a field, ``*.X`` that of every field. ``requirements`` is a mapping
    ``{"s40": "xy_only"}``, a TOML file, or a folder with a ``seamcheck.toml`` or ``pyproject.toml``; it is read once.

    Holds no state of a call: threads and tasks may share it. Raises GuardError and RequirementsError.
    """

    __slots__ = ("_allowed", "_requirements")

    def __init__(
        self, data: Iterable[str], open: Iterable[str] = (), requirements: Given | None = None
    ) -> None:
        if isinstance(data, str) or isinstance(open, str):
            raise GuardError('data and open are sets of names: data={"X", "y"}')
        self._allowed = allowed([*data, *open])
        self._requirements = gathered(requirements)

    @property
    def consumers(self) -> tuple[str, ...]:
        """The registered consumers, in their order."""
        return tuple(self._requirements.by_name)

    def requirement(self, consumer: str, requires: str | None = None) -> Requirement:
        """What a consumer needs; raises UnknownConsumer where neither a registry nor ``requires`` says so.

        Unknown is neither xy_only nor full access: somebody has to say it. A ``requires`` that contradicts the
        registry is a RequirementsError.
        """
        found = self._requirements.by_name.get(consumer)
        if requires is not None:
            checked(requires, f"requires= of `{consumer}`")
            if found is not None and found.requires != requires:
                raise RequirementsError(
                    f"`{consumer}`: requires={requires!r} in the program and {found.requires} at {found.declared}; "
                    "leave requires= out, or change the registry"
                )
            return found or Requirement(requires, "requires= in the program")
        if found is None:
            raise UnknownConsumer(consumer, self._requirements.source)
        return found

    def view(self, consumer: str, run: Any, requires: str | None = None) -> Any:
        """The run as this consumer may see it; data are handed out as they are, never copied."""
        return self.enforce(consumer, run, requires).view

    def enforce(self, consumer: str, run: Any, requires: str | None = None) -> Enforced:
        """``with guard.enforce("s40", run) as view:``; a denial that the block swallows is raised at its end."""
        needs = self.requirement(consumer, requires)
        rights = Rights(consumer, needs.declared, self._allowed.names)
        whole = needs.requires == TRIAL_DYNAMICS
        return Enforced(run if whole else view_of(run, self._allowed, rights), rights)

    def consumer(
        self, name: str, requires: str | None = None
    ) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
        """Decorator: the function gets the view in place of its first argument, which is the run.

        Functions, coroutines and generators; a denial that they swallow is raised when they end (async generators:
        only where it happens). Raises UnknownConsumer at once, not at the first call.
        """
        self.requirement(name, requires)

        def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
            first = _first_parameter(function)

            def enter(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Enforced:
                if not args and first not in kwargs:
                    raise TypeError(f"{name}: the run is missing; it is the first argument, `{first}`")
                return self.enforce(name, args[0] if args else kwargs[first], requires)

            return cast("Callable[_P, _R]", _wrapped(function, first, enter))

        return decorate


class Enforced:
    """A view and the time in which it is used."""

    __slots__ = ("_rights", "view")

    def __init__(self, view: Any, rights: Rights) -> None:
        self.view, self._rights = view, rights

    def __enter__(self) -> Any:
        return self.view

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The consumer caught it and went on without what it had asked for: its result is not that of a full run.
        if error is None and self._rights.denials:
            raise self._rights.denials[0]


_Arguments = tuple[tuple[Any, ...], dict[str, Any]]


def _wrapped(function: Any, first: str, enter: Callable[[tuple[Any, ...], dict[str, Any]], Enforced]) -> Any:
    flags = getattr(getattr(function, "__code__", None), "co_flags", 0)

    def given(view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Arguments:
        return ((view, *args[1:]), kwargs) if args else ((), {**kwargs, first: view})

    if flags & _COROUTINE:

        @wraps(function)
        async def run_async(*args: Any, **kwargs: Any) -> Any:
            with enter(args, kwargs) as view:
                args, kwargs = given(view, args, kwargs)
                return await function(*args, **kwargs)

        return run_async
    if flags & _GENERATOR:

        @wraps(function)
        def run_generator(*args: Any, **kwargs: Any) -> Any:
            with enter(args, kwargs) as view:
                args, kwargs = given(view, args, kwargs)
                return (yield from function(*args, **kwargs))

        return run_generator

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with enter(args, kwargs) as view:
            args, kwargs = given(view, args, kwargs)
            return function(*args, **kwargs)

    return run


def _first_parameter(function: Any) -> str:
    code = getattr(function, "__code__", None)
    if code is None or not code.co_varnames or not code.co_argcount + code.co_kwonlyargcount:
        raise GuardError(
            f"{function!r} has no parameter for the run; decorate a function whose first one is the run"
        )
    return str(code.co_varnames[0])
