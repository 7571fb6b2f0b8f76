"""Puts wrappers in place of functions and methods, and takes them away again.

Methods are replaced on the class that defines them, never on instances, so that pickles and clones are what they were.
A function keeps its identity: its code is exchanged. So every name it is bound to, from before or after, in a module,
a closure or a ``functools.partial``, leads to the wrapper, on every version of Python.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import os
import sys
import types
from collections.abc import Callable
from typing import Any

Make = Callable[[Callable[..., Any]], Callable[..., Any]]

_MARK = "__seamcheck_hook__"
#: The wrappers of functions whose code was exchanged, by key.
_DISPATCH: dict[str, Callable[..., Any]] = {}
# On one line, so that a traceback shows the `def` line of the function whose code it replaces.
_TRAMPOLINE = (
    "def trampoline(*args, **kwargs): from seamcheck.replay.hooks.patches import dispatch; "
    "return dispatch('KEY', *args, **kwargs)"
)
#: Frames of files with such a name are none to `stacklevel` in `warnings`: a warning points where it points unreplayed.
_UNCOUNTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "importlib._bootstrap")
_NOT_PLAIN = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def dispatch(key: str, /, *args: Any, **kwargs: Any) -> Any:
    """What the exchanged code of a function calls."""
    return _DISPATCH[key](*args, **kwargs)


def is_ours(function: Any) -> bool:
    """Is this a wrapper of ours, or does it (decorated again) lead to one?"""
    while function is not None:
        if vars_of(function).get(_MARK) is function:
            return True
        function = getattr(function, "__wrapped__", None) or getattr(function, "fn", None)
    return False


def vars_of(thing: Any) -> dict[str, Any]:
    """Attributes of the object itself; empty for what has none."""
    return getattr(thing, "__dict__", None) or {}


def original_of(function: Any) -> Any:
    """What a wrapper of ours stands for; anything else as it is."""
    while vars_of(function).get(_MARK) is function and "__wrapped__" in vars_of(function):
        function = vars_of(function)["__wrapped__"]
    return function


def marked(wrapper: Callable[..., Any], original: Callable[..., Any]) -> Callable[..., Any]:
    """The wrapper with name, signature and documentation of the original, and our mark."""
    if isinstance(wrapper, types.FunctionType):
        wrapper.__code__ = wrapper.__code__.replace(co_filename=_UNCOUNTED)
    functools.update_wrapper(wrapper, original)
    setattr(wrapper, _MARK, wrapper)
    return wrapper


class Patches:
    """All that was put in place, and how to undo it."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def method(self, owner: type, name: str, make: Make) -> bool:
        """Wrap a method that this very class defines. False where there is none to wrap, or it is wrapped."""
        original = owner.__dict__.get(name)
        if original is None or is_ours(original) or getattr(original, "__isabstractmethod__", False):
            return False
        replacement = _wrapped(original, make)
        if replacement is None:
            return False
        try:
            setattr(owner, name, replacement)
        except TypeError:  # a class of C code cannot be changed
            return False
        self._undo.append(lambda: _put_back(owner, name, replacement, original))
        return True

    def function(self, key: str, function: Any, make: Make) -> bool:
        """Wrap a function wherever it is known by any name."""
        inner = inspect.unwrap(function)
        if is_ours(inner) or is_ours(function):
            return False
        if isinstance(inner, types.FunctionType) and not inner.__code__.co_freevars:
            if inner.__code__.co_flags & _NOT_PLAIN:
                return False
            self._exchange(key, inner, make)
        else:
            self._rebind(function, make)
        return True

    def _exchange(self, key: str, function: types.FunctionType, make: Make) -> None:
        code, signature = function.__code__, inspect.signature(function)
        original = types.FunctionType(
            code, function.__globals__, function.__name__, function.__defaults__, function.__closure__
        )
        functools.update_wrapper(original, function)
        del original.__dict__["__wrapped__"]
        original.__kwdefaults__ = function.__kwdefaults__
        key = f"{key} {id(function):x}"
        wrapper = _DISPATCH[key] = make(original)
        function.__code__ = _trampoline(key, code)
        function.__signature__ = signature  # type: ignore[attr-defined]
        setattr(function, _MARK, function)

        def undo() -> None:
            function.__code__ = code
            for name in ("__signature__", _MARK):
                vars_of(function).pop(name, None)
            if _DISPATCH.get(key) is wrapper:
                del _DISPATCH[key]

        self._undo.append(undo)

    def _rebind(self, function: Any, make: Make) -> None:
        """For what has no code to exchange: every module that knows it gets the wrapper instead."""
        wrapper = marked(make(function), function)
        for module in list(sys.modules.values()):
            names = vars_of(module)
            for name in [n for n, value in list(names.items()) if value is function]:
                names[name] = wrapper
                self._undo.append(functools.partial(names.__setitem__, name, function))

    def undone_by(self, undo: Callable[[], object]) -> None:
        """Something else to take back with the rest."""
        self._undo.append(undo)

    def undo(self) -> None:
        """Take everything back, last first."""
        while self._undo:
            self._undo.pop()()


def _trampoline(key: str, code: types.CodeType) -> types.CodeType:
    space: dict[str, Any] = {}
    exec(compile(_TRAMPOLINE.replace("KEY", key), code.co_filename, "exec"), space)
    made: types.CodeType = space["trampoline"].__code__
    return made.replace(
        co_name=code.co_name, co_qualname=code.co_qualname, co_firstlineno=code.co_firstlineno
    )


def _wrapped(original: Any, make: Make) -> Any:
    """The wrapper of what stands in a class body; None for what is no method of instances."""
    if isinstance(original, (staticmethod, classmethod, property, type)):
        return None
    inner = vars_of(original).get("fn")
    if callable(inner) and hasattr(type(original), "__get__"):  # scikit-learn's `available_if`
        replacement = copy.copy(original)
        replacement.fn = replacement.__wrapped__ = marked(make(inner), inner)
        return replacement
    if callable(original) and hasattr(type(original), "__get__"):
        return marked(make(original), original)
    return None


def _put_back(owner: type, name: str, replacement: Any, original: Any) -> None:
    if owner.__dict__.get(name) is replacement:
        with contextlib.suppress(TypeError):
            setattr(owner, name, original)
