"""What a view knows: for whom it is, what it may read, and from what."""

from __future__ import annotations

from typing import Any, NoReturn

from seamcheck.runtime.allowed import Allowed
from seamcheck.runtime.errors import DynamicsDenied
from seamcheck.runtime.sources import Source

#: How many closed fields a message names.
_SHOWN = 4


class Rights:
    """For whom a view is. ``denials`` holds the first denial, for whoever ends the consumer's call."""

    __slots__ = ("consumer", "declared", "denials", "listed")

    def __init__(self, consumer: str, declared: str, listed: tuple[str, ...]) -> None:
        self.consumer, self.declared, self.listed = consumer, declared, listed
        self.denials: list[DynamicsDenied] = []

    def deny(self, what: str, owner: str) -> NoReturn:
        """Raise, and remember it in case that the consumer catches it."""
        denied = DynamicsDenied(self.consumer, what, owner, self.declared, self.listed)
        if not self.denials:
            self.denials.append(denied)
        raise denied


class State:
    """The state of one view."""

    __slots__ = ("allowed", "rights", "source")

    def __init__(self, source: Source, allowed: Allowed, rights: Rights) -> None:
        self.source, self.allowed, self.rights = source, allowed, rights

    def hidden(self) -> tuple[Any, ...]:
        """Fields that are there and closed."""
        return tuple(name for name in self.source.names() if name not in self.allowed)

    def readable(self) -> tuple[Any, ...]:
        """Names that can be read, in the order of the run; methods and properties last."""
        names = self.source.names()
        fields = [name for name in names if name in self.allowed]
        return (*fields, *(n for n in self.allowed.below if n not in names and self.source.has(n)))

    def whole(self, how: str) -> tuple[Any, ...]:
        """All names; raises DynamicsDenied where one of them is closed."""
        hidden = self.hidden()
        if hidden:
            more = f" and {len(hidden) - _SHOWN} more" if len(hidden) > _SHOWN else ""
            self.deny(f"all fields ({how}; closed: {', '.join(map(str, hidden[:_SHOWN]))}{more})")
        return self.source.names()

    def deny(self, what: str) -> NoReturn:
        """Raise DynamicsDenied."""
        self.rights.deny(what, self.source.cls.__name__)
