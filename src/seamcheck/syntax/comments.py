"""``# seamcheck: ...`` directives, read from comment tokens and never from strings."""

from __future__ import annotations

import re

from seamcheck.facts.ir import Directive

_DIRECTIVE = re.compile(r"#+\s*seamcheck:\s*(.*?)\s*$", re.DOTALL)
#: A directive behind something else in the same comment.
_LATER = re.compile(r"(?P<gap>\s+)(?=#+\s*seamcheck:)")
#: What other tools are told in comments. Prose that quotes a directive must not be taken for one.
_PRAGMA = re.compile(
    r"#+\s*(noqa|nosec|nosemgrep|NOSONAR|type:|pyright:|mypy:|pylint:|ruff:|flake8:|isort:|fmt:|yapf:|pragma:|"
    r"codespell:|pyre-|pytype:|ty:|zuban:|basedpyright:)",
    re.IGNORECASE,
)


def mentions_directive(text: str) -> bool:
    """Whether ``text`` can hold a directive at all: a cheap test that spares most files the comment walk."""
    return "seamcheck:" in text


def parse_directive(comment: str, line: int, trailing: bool) -> Directive | None:
    """The directive that a comment token holds, or None.

    It begins the comment, or follows what another tool is told there (``# noqa  # seamcheck: ...``), or stands behind
    code and two blanks after any other comment. A comment alone on its line that quotes a directive (prose, code that
    was commented out) holds none. ``trailing`` tells whether code precedes the comment on its ``line``.
    """
    found = _DIRECTIVE.match(comment)
    if found is None:
        later = _LATER.search(comment)
        if later is None or not (
            _PRAGMA.match(comment) or (trailing and (len(later["gap"]) > 1 or "\t" in later["gap"]))
        ):
            return None
        found = _DIRECTIVE.match(comment, later.end())
    return None if found is None else Directive(line, found.group(1), trailing)
