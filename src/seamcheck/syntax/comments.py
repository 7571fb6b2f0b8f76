"""``# seamcheck: ...`` directives, read from comment tokens and never from strings."""

from __future__ import annotations

import re

from seamcheck.facts.ir import Directive

_DIRECTIVE = re.compile(r"(?:^|\s)#+\s*seamcheck:\s*(.*?)\s*$", re.DOTALL)


def mentions_directive(text: str) -> bool:
    """Whether ``text`` can hold a directive at all: a cheap test that spares most files the comment walk."""
    return "seamcheck:" in text


def parse_directive(comment: str, line: int, trailing: bool) -> Directive | None:
    """The directive that a comment token holds, or None; it may follow another one (``# noqa  # seamcheck: ...``).

    ``trailing`` tells whether code precedes the comment on its ``line``.
    """
    found = _DIRECTIVE.search(comment)
    return None if found is None else Directive(line, found.group(1), trailing)
