"""Values of literals as Python evaluates them, without evaluating anything."""

from __future__ import annotations

import re
import unicodedata

_SIMPLE = {
    "\n": "", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
    "v": "\v",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}]*)\}|(.))", re.DOTALL
)
_BYTES_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)


def _escaped(found: re.Match[str]) -> str:
    octal, byte, short, long, name, other = found.groups()
    if other is not None:
        return _SIMPLE.get(other, found.group())
    if octal is not None:
        return chr(int(octal, 8))
    if name is not None:
        try:
            return unicodedata.lookup(name)
        except KeyError:
            return found.group()
    code = int(byte or short or long, 16)
    return chr(code) if code <= 0x10FFFF else found.group()


def _escaped_byte(found: re.Match[str]) -> str:
    octal, byte, other = found.groups()
    if other is not None:
        return _SIMPLE.get(other, found.group())
    return chr((int(octal, 8) if octal is not None else int(byte, 16)) & 0xFF)


def unescape(text: str) -> str:
    """Text of a string literal with its escapes resolved; unknown ones stay as written, as in Python."""
    return _ESCAPE.sub(_escaped, text) if "\\" in text else text


def string(token: str) -> str | bytes:
    """Value of a string or bytes token such as ``rb'...'``."""
    start = 0
    while token[start] not in "'\"":
        start += 1
    prefix = token[:start].lower()
    quotes = 3 if token.startswith((token[start] * 3), start) and len(token) >= start + 6 else 1
    body = token[start + quotes : -quotes]
    if "b" not in prefix:
        return body if "\\" not in body or "r" in prefix else _ESCAPE.sub(_escaped, body)
    if "\\" in body and "r" not in prefix:
        body = _BYTES_ESCAPE.sub(_escaped_byte, body)
    return body.encode("latin-1", "replace")


def integer(token: str) -> int:
    """Value of an integer token in any base; ValueError for one longer than Python accepts."""
    return int(token, 0)
