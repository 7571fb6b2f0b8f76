"""Events and notes as Parquet tables, and back without loss. Imported only where pyarrow is there."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from seamcheck.model.event import ColumnHash, Digests, Event, LoopRef, Note, RoleHash
from seamcheck.replay.log.records import encode_body

_CHECKSUM = b"seamcheck"
_TEXT, _INT, _REAL = pa.string(), pa.int64(), pa.float64()
_LOOP = pa.struct([("kind", _TEXT), ("path", _TEXT), ("line", _INT), ("serial", _INT)])
_COLUMN = pa.struct([("name", _TEXT), ("digest", _TEXT), ("leaves", pa.list_(_TEXT))])
_DIGESTS = pa.struct([("value", _TEXT), ("train", _TEXT), ("strict", _TEXT)])
_ROLE = pa.struct(
    [
        ("role", _TEXT),
        ("kind", _TEXT),
        ("rows", _INT),
        ("cols", _INT),
        ("digests", _DIGESTS),
        ("columns", pa.list_(_COLUMN)),
        ("index", _INT),
        ("reason", _TEXT),
    ]
)
#: One row per event; the names are those of :class:`seamcheck.model.event.Event`.
EVENTS = pa.schema(
    [
        ("uuid", _TEXT),
        ("run", _TEXT),
        ("spec", _TEXT),
        ("loop", _LOOP),
        ("trial", _INT),
        ("cell", _TEXT),
        ("fold", _TEXT),
        ("ordinal", _INT),
        ("api", _TEXT),
        ("part", _TEXT),
        ("path", _TEXT),
        ("line", _INT),
        ("function", _TEXT),
        ("roles", pa.list_(_ROLE)),
        ("status", _TEXT),
        ("reason", _TEXT),
        ("host", _TEXT),
        ("pid", _INT),
        ("thread", _INT),
        ("monotonic", _REAL),
        ("wall", _REAL),
    ]
)
#: One row per note; ``key`` is the spool and number it had there.
NOTES = pa.schema(
    [
        ("key", _TEXT),
        ("kind", _TEXT),
        ("message", _TEXT),
        ("loop", _LOOP),
        ("trial", _INT),
        ("pid", _INT),
        ("wall", _REAL),
    ]
)


class Unreadable(Exception):
    """A Parquet file that is damaged or not one of ours. Never leaves this package."""


def write_events(events: Iterable[Event]) -> bytes:
    """The bytes of a Parquet file of these events, in the order of their time."""
    ordered = sorted(events, key=lambda event: (event.wall, event.uuid))
    return _write([_row(event) for event in ordered], EVENTS, _checksum(ordered))


def read_events(data: bytes) -> list[Event]:
    """Back again; raises :class:`Unreadable`."""
    rows, checksum = _read(data, EVENTS)
    try:
        events = [_event(row) for row in rows]
    except (TypeError, KeyError, ValueError, msgspec.MsgspecError) as error:
        raise Unreadable(str(error)) from error
    if _checksum(events) != checksum:
        raise Unreadable("the checksum is wrong")
    return events


def write_notes(notes: Mapping[str, Note]) -> bytes:
    """The bytes of a Parquet file of these notes by key."""
    keys = sorted(notes)
    rows = [{"key": key, **msgspec.to_builtins(notes[key])} for key in keys]
    return _write(rows, NOTES, _checksum([notes[key] for key in keys], *keys))


def read_notes(data: bytes) -> dict[str, Note]:
    """Back again; raises :class:`Unreadable`."""
    rows, checksum = _read(data, NOTES)
    try:
        notes = {row.pop("key"): msgspec.convert(row, Note) for row in rows}
        if _checksum(notes.values(), *notes) != checksum:
            raise Unreadable("the checksum is wrong")
    except (TypeError, KeyError, ValueError, msgspec.MsgspecError) as error:
        raise Unreadable(str(error)) from error
    return notes


def _checksum(records: Iterable[Event | Note], *keys: str) -> bytes:
    """Of the content. Parquet's own sums cover data pages only, so a flipped bit elsewhere can change a value."""
    crc = zlib.crc32("\n".join(keys).encode())
    for record in records:
        crc = zlib.crc32(encode_body(record), crc)
    return b"%08x" % crc


def _write(rows: list[dict[str, Any]], schema: pa.Schema, checksum: bytes) -> bytes:
    out = pa.BufferOutputStream()
    table = pa.Table.from_pylist(rows, schema.with_metadata({_CHECKSUM: checksum}))
    pq.write_table(table, out, write_page_checksum=True)
    return bytes(out.getvalue())


def _read(data: bytes, schema: pa.Schema) -> tuple[list[dict[str, Any]], bytes | None]:
    try:
        with pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True) as file:
            table = file.read()
        return table.select(schema.names).cast(schema).to_pylist(), (table.schema.metadata or {}).get(
            _CHECKSUM
        )
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise Unreadable(str(error)) from error


def _row(event: Event) -> dict[str, Any]:
    row = {name: getattr(event, name) for name in Event.__struct_fields__}
    row["loop"] = None if event.loop is None else msgspec.structs.asdict(event.loop)
    row["roles"] = [_role_row(role) for role in event.roles]
    return row


def _role_row(role: RoleHash) -> dict[str, Any]:
    row = msgspec.structs.asdict(role)
    row["digests"] = None if role.digests is None else msgspec.structs.asdict(role.digests)
    row["columns"] = [msgspec.structs.asdict(column) for column in role.columns]
    return row


def _event(row: dict[str, Any]) -> Event:
    row["loop"] = None if row["loop"] is None else LoopRef(**row["loop"])
    row["roles"] = tuple(_role(each) for each in row["roles"])
    return msgspec.convert(row, Event, from_attributes=True)


def _role(row: dict[str, Any]) -> RoleHash:
    digests = row.pop("digests")
    columns = tuple(
        ColumnHash(each["name"], each["digest"], tuple(each["leaves"])) for each in row.pop("columns")
    )
    return RoleHash(**row, digests=None if digests is None else Digests(**digests), columns=columns)
