"""polars: frames and series by way of Arrow, without a copy. A lazy frame is refused: to read it is to run it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from seamcheck.replay.canonical.adapters import arrow
from seamcheck.replay.canonical.columns import Source
from seamcheck.replay.canonical.refusal import Unhashable

CONTAINER = "polars"


def frame(obj: Any) -> Source:
    """A polars.DataFrame."""
    for name, dtype in obj.schema.items():
        _refuse_objects(dtype, f"column {name!r}: ")
    if not obj.width:
        return Source("polars.DataFrame", CONTAINER, obj.height, (), ())
    made = arrow.table(_exported(obj, pa.table), "polars.DataFrame", CONTAINER)
    return made._replace(witness=lambda: obj.shape)


def series(obj: Any) -> Source:
    """A polars.Series; one without a name is called "" there."""
    _refuse_objects(obj.dtype, "")
    made = arrow.vector(_exported(obj, pa.chunked_array))
    return made._replace(
        kind="polars.Series", container=CONTAINER, names=(obj.name or None,), witness=lambda: obj.shape
    )


def _refuse_objects(dtype: Any, where: str) -> None:
    """polars hands over Python objects as binary data, their addresses, and extension types as what they store."""
    if any(cls.__name__ == "BaseExtension" for cls in type(dtype).__mro__):
        raise Unhashable(f"{where}extension types in polars have no digest")
    if type(dtype).__name__ == "Object" or getattr(dtype, "__name__", "") == "Object":
        raise Unhashable(f"{where}objects in polars have no digest")
    inner = getattr(dtype, "inner", None)
    if inner is not None:
        _refuse_objects(inner, where)
    for field in getattr(dtype, "fields", ()):
        _refuse_objects(field.dtype, where)


def _exported(obj: Any, read: Any) -> Any:
    """The stream polars offers; pyarrow before 16 cannot read all of its types, ``to_arrow`` writes older ones."""
    try:
        return read(obj) if hasattr(obj, "__arrow_c_stream__") else obj.to_arrow()
    except (pa.ArrowException, NotImplementedError, TypeError) as error:
        first = error
    try:
        return obj.to_arrow()
    except BaseException as error:
        # A panic inside polars is no Exception; it must not end the user's program.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise Unhashable(f"polars data that Arrow cannot hold ({first})") from error
