"""A guard with assertions: do the consumers do what they are registered for?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from seamcheck import runtime

_R = TypeVar("_R")


class CheckedGuard(runtime.Guard):
    """As :class:`seamcheck.runtime.Guard`, for tests."""

    __slots__ = ()

    def assert_runs(
        self, consumer: str, function: Callable[..., _R], run: Any, *args: Any, **kwargs: Any
    ) -> _R:
        """Call ``function(view, ...)``; fails if it asks for more than ``consumer`` is registered for."""
        __tracebackhide__ = True
        try:
            with self.enforce(consumer, run) as view:
                return function(view, *args, **kwargs)
        except runtime.GuardError as error:
            raise AssertionError(str(error)) from error

    def assert_enforced(self, run: Any, consumers: Mapping[str, Callable[[Any], object]]) -> None:
        """Call every registered consumer with what it may see of ``run``; fails with all that is wrong.

        ``run`` is a full run: where nothing in it is closed to an ``xy_only`` consumer, nothing is proved and this
        fails. ``consumers`` are functions of the run alone, by registered name, and all of them.
        """
        __tracebackhide__ = True
        problems = [*self._unmatched(consumers)]
        for name in self.consumers:
            if name in consumers:
                problems += self._enforced(name, consumers[name], run)
        if problems:
            raise AssertionError(
                "the registry does not hold:\n" + "\n".join(f"  {text}" for text in problems)
            )

    def _unmatched(self, consumers: Mapping[str, Callable[[Any], object]]) -> Iterator[str]:
        if not self.consumers:
            yield "no consumer is registered: there is nothing to enforce"
        for name in self.consumers:
            if name not in consumers:
                declared = self.requirement(name).declared
                yield f"`{name}` is registered ({declared}) and was not run: add it to the consumers of this test"
        for name in consumers:
            if name not in self.consumers:
                yield f"`{name}` is not registered: add a [[consumer]] table for it, or leave it out here"

    def _enforced(self, name: str, function: Callable[[Any], object], run: Any) -> Iterator[str]:
        enforced = self.enforce(name, run)
        if self.requirement(name).requires == "xy_only" and not runtime.closed(enforced.view):
            yield (
                f"`{name}`: no field of {type(run).__name__} is closed to it, so that nothing is proved: test with a "
                "full run, and name only X, y and what is open in the guard"
            )
        try:
            with enforced as view:
                function(view)
        except runtime.DynamicsDenied as error:
            yield str(error)
        except Exception as error:
            yield f"`{name}` failed on its view: {type(error).__name__}: {error}"
