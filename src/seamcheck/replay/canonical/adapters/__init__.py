"""Which adapter reads an object, found by the name of its class and its module: nothing is imported to find out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seamcheck.replay.canonical.columns import Given, Stream
from seamcheck.replay.canonical.refusal import Unhashable

#: Roles in which a text is a parameter, not the path of a file with data.
PARAMETERS = frozenset({"columns", "folds"})


def adapt(obj: Any, role: str = "X", consume: bool = False) -> Given:
    """What the object is made of; raises Unhashable for what has no digest, with the reason.

    ``consume``: a reader or iterator of tables may be read to its end.
    """

    def inner(each: Any) -> Given:
        return adapt(each, role, consume)

    for cls in type(obj).__mro__:
        root = cls.__module__.partition(".")[0]
        if root in _LIBRARIES:
            found = _LIBRARIES[root](obj, cls.__name__, inner, consume)
            if found is not None:
                return found
    return _plain(obj, role, inner, consume)


def _plain(obj: Any, role: str, inner: Callable[[Any], Given], consume: bool) -> Given:
    import os
    from collections.abc import Iterator, Mapping

    from seamcheck.replay.canonical.adapters import builtin

    if obj is None:
        raise Unhashable("nothing was given")
    if isinstance(obj, list | tuple | range):
        return builtin.sequence(obj, inner)
    if isinstance(obj, Mapping):
        return builtin.mapping(obj, inner)
    if isinstance(obj, str | os.PathLike) and role not in PARAMETERS:
        return builtin.file(os.fspath(obj))
    if isinstance(obj, str | bytes | bool | int | float):
        return builtin.scalar(obj)
    if isinstance(obj, Iterator):
        if not consume:
            raise Unhashable(f"stream: reading a {type(obj).__name__} would consume it")
        return Stream(f"stream of {type(obj).__name__}", map(_table, map(inner, obj)))
    raise Unhashable(f"no digest for type {type(obj).__module__}.{type(obj).__qualname__}")


def _table(given: Given) -> Any:
    from seamcheck.replay.canonical.columns import Source

    if not isinstance(given, Source):
        raise Unhashable("a stream of what are no tables")
    return given


def _numpy(obj: Any, name: str, inner: Any, consume: bool) -> Given | None:
    from seamcheck.replay.canonical.adapters import array, builtin

    if name == "ndarray":
        return array.source(obj)
    return builtin.scalar(obj) if name == "generic" else None


def _pandas(obj: Any, name: str, inner: Any, consume: bool) -> Given | None:
    from seamcheck.replay.canonical.adapters import frame

    readers = {"DataFrame": frame.frame, "Series": frame.series, "Index": frame.index}
    if name in readers:
        return readers[name](obj)
    if name == "ExtensionArray":
        from seamcheck.replay.canonical.columns import Part, Source

        column = frame.extension(obj)
        kind = f"pandas.{type(obj).__name__}"
        return Source(kind, frame.CONTAINER, len(obj), (None,), (Part((0,), column),), vector=True)
    return None


def _pyarrow(obj: Any, name: str, inner: Any, consume: bool) -> Given | None:
    from seamcheck.replay.canonical.adapters import arrow

    if name in ("Array", "ChunkedArray"):
        return arrow.vector(obj)
    if name in ("Table", "RecordBatch"):
        return arrow.table(obj)
    return arrow.stream(obj, consume) if name in ("Dataset", "RecordBatchReader") else None


def _polars(obj: Any, name: str, inner: Any, consume: bool) -> Given | None:
    from seamcheck.replay.canonical.adapters import polars_frame

    if name == "LazyFrame":
        raise Unhashable("stream: reading a polars.LazyFrame would run it")
    readers = {"DataFrame": polars_frame.frame, "Series": polars_frame.series}
    return readers[name](obj) if name in readers else None


def _scipy(obj: Any, name: str, inner: Any, consume: bool) -> Given | None:
    from seamcheck.replay.canonical.adapters import sparse

    return sparse.source(obj) if name in ("spmatrix", "sparray", "_spbase") else None


def _torch(obj: Any, name: str, inner: Any, consume: bool) -> Given | None:
    from seamcheck.replay.canonical.adapters import tensor

    if name in ("Tensor", "_TensorBase", "TensorBase") and hasattr(obj, "detach"):
        return tensor.source(obj)
    if name in ("DataLoader", "Dataset"):
        raise Unhashable(f"stream: a torch {name} gives its rows while training runs")
    return None


def _lightgbm(obj: Any, name: str, inner: Callable[[Any], Given], consume: bool) -> Given | None:
    """A Dataset with its raw data is its X (rule 25). What hooks recorded at construction is not asked here."""
    if name == "Sequence":
        raise Unhashable("stream: a lightgbm.Sequence is read while the Dataset is constructed")
    if name != "Dataset":
        return None
    if getattr(obj, "used_indices", None) is not None:
        raise Unhashable("a subset of a lightgbm.Dataset, which was not recorded when it was made")
    raw = getattr(obj, "data", None)
    if raw is None:
        raise Unhashable("a lightgbm.Dataset whose raw data was freed, and not recorded at its construction")
    return inner(raw)


def _refused(library: str, *classes: str) -> Callable[..., Given | None]:
    def reader(obj: Any, name: str, inner: Any, consume: bool) -> Given | None:
        if name in classes:
            raise Unhashable(f"a {library}.{name} holds its data in a form of its own, and was not recorded")
        return None

    return reader


_LIBRARIES: dict[str, Callable[[Any, str, Callable[[Any], Given], bool], Given | None]] = {
    "numpy": _numpy,
    "pandas": _pandas,
    "pyarrow": _pyarrow,
    "polars": _polars,
    "scipy": _scipy,
    "torch": _torch,
    "lightgbm": _lightgbm,
    "xgboost": _refused("xgboost", "DMatrix", "QuantileDMatrix", "DataIter"),
    "catboost": _refused("catboost", "Pool", "_PoolBase"),
    # catboost's classes of compiled modules say so of themselves.
    "_catboost": _refused("catboost", "_PoolBase"),
}
