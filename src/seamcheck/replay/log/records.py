"""The lines of a spool: ``crc number json`` and a newline, pure functions between records and bytes.

The checksum is CRC-32 over everything after it, so a flipped, cut or joined line is found. Numbers count from 0 (the
header) without gaps, so lines that went missing as a whole are found, too.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from seamcheck.model.event import Event, Note

#: The version of this format. A reader refuses files of a newer one.
FORMAT = 1


class Header(msgspec.Struct, frozen=True):
    """The first line of a spool: what wrote it, for which run."""

    format: int
    spec: str
    version: str
    run: str
    host: str
    pid: int
    start: float


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a line holds: exactly one of these."""

    header: Header | None = None
    event: Event | None = None
    note: Note | None = None


class Damage(NamedTuple):
    """A stretch of a spool that is no valid line. ``torn``: it is the unfinished end of the file."""

    offset: int
    size: int
    torn: bool


class Numbered(NamedTuple):
    """A valid line: its number in the file, the bytes before it, and what it holds."""

    number: int
    offset: int
    line: Line


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Line)


def encode(number: int, body: bytes) -> bytes:
    """A whole line around a body of :func:`encode_body`."""
    rest = b"%d %s" % (number, body)
    return b"%08x %s\n" % (zlib.crc32(rest), rest)


def encode_body(record: Header | Event | Note) -> bytes:
    """A record as JSON on one line. Lone surrogates (odd file names) are written as escapes people can read."""
    if isinstance(record, Event):
        line = Line(event=record)
    elif isinstance(record, Note):
        line = Line(note=record)
    else:
        line = Line(header=record)
    try:
        return _ENCODER.encode(line)
    except UnicodeEncodeError:
        return _ENCODER.encode(_without_surrogates(msgspec.to_builtins(line)))


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(each) for each in value]
    return value


def decode(data: bytes) -> Iterator[Numbered | Damage]:
    """All lines of a spool in order, the valid and the damaged ones."""
    offset = 0
    while offset < len(data):
        end = data.find(b"\n", offset)
        if end < 0:
            yield Damage(offset, len(data) - offset, torn=True)
            return
        found = _decode_line(data[offset:end], offset)
        yield found or Damage(offset, end + 1 - offset, torn=False)
        offset = end + 1


def _decode_line(text: bytes, offset: int) -> Numbered | None:
    crc, _, rest = text.partition(b" ")
    if crc != b"%08x" % zlib.crc32(rest):
        return None
    number, _, body = rest.partition(b" ")
    try:
        return Numbered(int(number), offset, _DECODER.decode(body))
    except (ValueError, msgspec.MsgspecError):
        # The checksum is right, so another version wrote this. It counts as damage: nobody can say what it was.
        return None
