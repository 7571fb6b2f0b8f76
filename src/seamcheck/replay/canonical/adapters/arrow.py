"""pyarrow: arrays, chunked arrays, batches, tables; datasets and readers as streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from seamcheck.replay.canonical import types
from seamcheck.replay.canonical.categories import Categories
from seamcheck.replay.canonical.chunks import (
    BitChunk,
    Bitmap,
    CategoryChunk,
    Chunk,
    FixedChunk,
    Lazy,
    NestedChunk,
    NullChunk,
    Raw,
    TextChunk,
    Validity,
)
from seamcheck.replay.canonical.columns import Column, Given, Part, Source, Stream
from seamcheck.replay.canonical.leaf import Array
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import pack
from seamcheck.replay.canonical.types import Type

CONTAINER = "arrow"
_STORED = pack("arrow")
_is = pa.types


def _views(of: Any) -> bool:
    """string_view and binary_view came with pyarrow 16."""
    return any(getattr(_is, name, lambda _: False)(of) for name in ("is_string_view", "is_binary_view"))


def _plain_type(of: Any) -> Type | None:
    if _is.is_boolean(of):
        return types.BOOL
    if _is.is_integer(of) or _is.is_floating(of):
        dtype = np.dtype(of.to_pandas_dtype())
        return types.number(dtype.kind, dtype.itemsize)
    if _is.is_string(of) or _is.is_large_string(of) or str(of) == "string_view":
        return types.UTF8
    if (
        _is.is_binary(of)
        or _is.is_large_binary(of)
        or _is.is_fixed_size_binary(of)
        or str(of) == "binary_view"
    ):
        return types.BINARY
    if _is.is_date(of):
        return types.DATE
    if _is.is_timestamp(of):
        return types.timestamp(of.unit, of.tz is not None)
    if _is.is_duration(of):
        return types.duration(of.unit)
    if _is.is_decimal(of):
        return types.decimal(of.precision, of.scale)
    return types.NULL if _is.is_null(of) else None


def _refuse_extension(field: Any) -> None:
    """An extension type that nobody registered arrives as what it is stored in; only its field tells (rule 17)."""
    name = (field.metadata or {}).get(b"ARROW:extension:name")
    if name is not None:
        raise Unhashable(f"Arrow extension type {name.decode('utf-8', 'replace')} has no digest")


def logical_type(of: Any, inner: bool = False) -> Type:
    """Our type of an Arrow type; raises Unhashable for those that have none (rule 17)."""
    plain = _plain_type(of)
    if plain is not None:
        return plain
    if _is.is_dictionary(of) and not inner:
        return types.category(logical_type(of.value_type, inner=True))
    for at in range(of.num_fields):
        _refuse_extension(of.field(at))
    if _is.is_list(of) or _is.is_large_list(of) or _is.is_fixed_size_list(of):
        return Type(f"list[{logical_type(of.value_type, inner=True).name}]", "nested")
    if _is.is_struct(of):
        fields = ((field.name, logical_type(field.type, inner=True).name) for field in of)
        return Type("struct[" + pack(*(part for pair in fields for part in pair)).hex() + "]", "nested")
    raise Unhashable(f"Arrow type {of} has no digest")


def _buffer(buffer: Any, dtype: str, offset: int, count: int) -> Array:
    if buffer is None or count == 0:
        return np.zeros(count, dtype)
    return np.frombuffer(buffer, dtype, count, offset * np.dtype(dtype).itemsize)


def _bitmap(array: Any) -> Validity:
    bits = array.buffers()[0]
    if bits is None or array.null_count == 0:
        return None
    return Bitmap(*_bits(bits, array.offset, len(array)))


def _bits(buffer: Any, offset: int, rows: int) -> tuple[Array, int]:
    """The bytes these bits lie in, and where in the first of them they start."""
    first = offset // 8
    return _buffer(buffer, "|u1", first, (offset + rows + 7) // 8 - first), offset % 8


def chunk(array: Any, of: Type) -> Chunk:
    """One Arrow array of this logical type as a chunk."""
    kind, rows = array.type, len(array)
    if of.form == "cat":
        categories = Categories(array_column(array.dictionary))
        width = np.dtype(kind.index_type.to_pandas_dtype()).str
        codes = _buffer(array.indices.buffers()[1], width, array.indices.offset, rows)
        return CategoryChunk(codes, categories, _bitmap(array.indices))
    if of.form == "nested":
        return NestedChunk(array)
    if of.form == "null":
        return NullChunk(rows)
    if of.form == "bool":
        bits = array.buffers()[1]
        if bits is None:
            return FixedChunk(np.zeros(rows, "|u1"), _bitmap(array))
        held, offset = _bits(bits, array.offset, rows)
        return BitChunk(held, offset, rows, _bitmap(array))
    if of.form == "bytes":
        return _text(array)
    if _is.is_date64(kind):
        return chunk(array.cast(pa.date32()), of)
    if of.form == "decimal" and kind.bit_width != np.dtype(of.dtype).itemsize * 8:
        wide = pa.decimal128 if of.dtype == "|V16" else pa.decimal256
        return chunk(array.cast(wide(kind.precision, kind.scale)), of)
    return FixedChunk(_buffer(array.buffers()[1], of.dtype, array.offset, rows), _bitmap(array))


def _text(array: Any) -> Chunk:
    kind = array.type
    if _views(kind):
        large = pa.large_string() if str(kind) == "string_view" else pa.large_binary()
        return Lazy(len(array), lambda: _raw_view(array), lambda: _text(array.cast(large)))
    if _is.is_fixed_size_binary(kind):
        return _text(array.cast(pa.large_binary()))
    wide = _is.is_large_string(kind) or _is.is_large_binary(kind)
    _, offsets, payload = array.buffers()
    # An array without rows may come without offsets.
    ends = _buffer(offsets if len(array) else None, "<i8" if wide else "<i4", array.offset, len(array) + 1)
    held = _buffer(payload, "|u1", 0, 0 if payload is None else payload.size)
    made = TextChunk(ends, held, _bitmap(array))
    if not (_is.is_string(kind) or _is.is_large_string(kind)):
        return made
    return Lazy(len(array), made.raw, lambda: _valid(array, made))


def _valid(array: Any, made: TextChunk) -> Chunk:
    try:
        array.validate(full=True)
    except pa.ArrowInvalid as error:
        raise Unhashable("text that is not UTF-8") from error
    return made


def _raw_view(array: Any) -> Raw:
    """The 16-byte views of these rows and all the buffers they may point into."""
    bits, views, *held = array.buffers()
    rows, offset = len(array), array.offset
    buffers = [_buffer(views, "|u1", 16 * offset, 16 * rows)]
    buffers += [_buffer(each, "|u1", 0, each.size) for each in held if each is not None]
    if bits is None:
        return pack("views"), buffers
    valid, start = _bits(bits, offset, rows)
    return pack("views", start), [*buffers, valid]


def array_column(array: Any, strict: bytes = _STORED) -> Column:
    """An Arrow array or chunked array as a column."""
    of = logical_type(array.type)
    pieces = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    if of.form == "cat":
        chunks = _category_chunks(pieces, of)
    else:
        chunks = tuple(chunk(piece, of) for piece in pieces if len(piece))
    if _is.is_timestamp(array.type) and array.type.tz is not None:
        strict += pack("zone", types.zone(array.type.tz))
    ordered = _is.is_dictionary(array.type) and array.type.ordered
    return Column(of, len(array), chunks, strict, ordered)


def _category_chunks(pieces: list[Any], of: Type) -> tuple[Chunk, ...]:
    """Chunks that share one dictionary share its hashes. An empty chunk counts: its list does."""
    made: list[Chunk] = []
    last: Any = None
    for piece in pieces:
        each = chunk(piece, of)
        assert isinstance(each, CategoryChunk)
        if last is not None and last[0].dictionary.equals(piece.dictionary):
            each.categories = last[1].categories
        made.append(each)
        last = (piece, each)
    return tuple(made)


def _buffers(column: Any) -> list[int]:
    """Where the buffers lie: the witness that nothing moved. What they hold cannot change."""
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    return [buffer.address for piece in chunks for buffer in piece.buffers() if buffer is not None]


def vector(obj: Any) -> Source:
    """A pyarrow Array or ChunkedArray."""
    part = Part((0,), array_column(obj))
    kind = f"pyarrow.{type(obj).__name__}"
    return Source(
        kind, CONTAINER, len(obj), (None,), (part,), vector=True, witness=lambda: (len(obj), _buffers(obj))
    )


def table(obj: Any, kind: str | None = None, container: str = CONTAINER) -> Source:
    """A Table or RecordBatch (polars hands one over as well)."""
    names, parts = tuple(obj.schema.names), []
    for position, (name, column) in enumerate(zip(names, obj.columns, strict=True)):
        try:
            _refuse_extension(obj.schema.field(position))
            parts.append(Part((position,), array_column(column)))
        except Unhashable as refused:
            raise Unhashable(f"column {name!r}: {refused.message}") from refused
    return Source(
        kind or f"pyarrow.{type(obj).__name__}",
        container,
        obj.num_rows,
        names,
        tuple(parts),
        witness=lambda: (obj.num_rows, [_buffers(column) for column in obj.columns]),
    )


def stream(obj: Any, consume: bool) -> Given:
    """A Dataset, read again and again by its batches; a RecordBatchReader only where the caller gives it up."""
    if isinstance(obj, pa.RecordBatchReader):
        if not consume:
            raise Unhashable("stream: reading a RecordBatchReader would consume it")
        return Stream("pyarrow.RecordBatchReader", _batches(obj.schema, iter(obj)))
    return Stream(f"pyarrow.dataset.{type(obj).__name__}", _batches(obj.schema, obj.to_batches()))


def _batches(schema: Any, batches: Any) -> Iterator[Source]:
    """Even a stream without rows has columns."""
    yield table(schema.empty_table())
    for batch in batches:
        yield table(batch)
