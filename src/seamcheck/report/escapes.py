"""Text from scanned code made safe to show: nothing invisible, nothing that a format cannot hold."""

from __future__ import annotations

import re
from urllib.parse import quote

# Control characters, line separators, marks that turn the direction of writing, lone surrogates, no characters at all.
# Tab and newline stay: every format has a way to write them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    r"""The text with an escape (``\x1b``, ``\ud800``) for what cannot be seen or must not stand in XML."""
    return _UNSEEN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    number = ord(found.group())
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def flat(text: str) -> str:
    """The visible text on one line, blanks and line ends as single blanks."""
    return " ".join(visible(text).split())


def uri(path: str) -> str:
    """A relative path as a relative URI reference; bytes of a file name that are no text stay those bytes."""
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = path.encode("utf-8", "surrogatepass")
    # Without ":" in a first segment nobody takes it for a scheme; quote() keeps only what is always safe.
    return quote(data, safe="/")
