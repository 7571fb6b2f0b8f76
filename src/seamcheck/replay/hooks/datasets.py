"""The dataset classes of LightGBM, XGBoost and CatBoost."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from seamcheck.libraries.models import Models
from seamcheck.model.event import RoleHash
from seamcheck.replay.hooks import containers
from seamcheck.replay.hooks.active import active, guarded
from seamcheck.replay.hooks.containers import Fields, hashed, rows_hash
from seamcheck.replay.hooks.kept import RECORDS, Record, busy, chosen_rows, refused, unknown
from seamcheck.replay.hooks.patches import Patches
from seamcheck.replay.session import Session

_CHANGED = "the raw data was changed after this Dataset was constructed"
#: What LightGBM keeps in its own form in the place of what it was given.
_CONVERTED = ("label", "weight", "group", "init_score", "position")
#: Files that LightGBM reads beside a data file.
_BESIDE = {".weight": "weight", ".query": "group", ".group": "group", ".init": "init_score"}


def xgboost(patches: Patches, models: Models, module: ModuleType) -> list[type]:
    """``DMatrix`` and its kinds: hashed when made, and again when a field is set."""
    base = module.DMatrix
    where = dict(containers.fields(models, "xgboost.DMatrix"))
    kinds = [k for k in vars(module).values() if isinstance(k, type) and issubclass(k, base)]
    for kind in kinds:
        if kind.__name__ != "_ProxyDMatrix":  # a place to put batches, not a dataset
            patches.method(kind, "__init__", containers.constructor(where))
    for name in ("label", "weight", "group", "base_margin"):
        patches.method(base, f"set_{name}", containers.setter(where, field=name))
    for name in ("set_info", "set_float_info", "set_uint_info", "set_float_info_npy2d"):
        patches.method(base, name, containers.setter(where))
    patches.method(base, "slice", containers.slicer("rindex"))
    _readable(patches, base, containers.recorded)
    return [base]


def catboost(patches: Patches, models: Models, module: ModuleType) -> list[type]:
    """``Pool``: hashed when made, and again when a field is set."""
    pool = module.Pool
    where = containers.fields(models, "catboost.Pool")
    patches.method(pool, "__init__", containers.constructor(where))
    for name in where:
        patches.method(pool, f"set_{name}", containers.setter(where, field=name))
    patches.method(pool, "slice", containers.slicer("rindex"))
    _readable(patches, pool, containers.recorded)
    return [pool]


def lightgbm(patches: Patches, models: Models, module: ModuleType) -> list[type]:
    """``Dataset``: hashed at the moment its data is read, which is when it is constructed, not when it is made."""
    dataset, where = module.Dataset, containers.fields(models, "lightgbm.Dataset")
    reader = Lazy(where)
    patches.method(dataset, "construct", reader.construct)
    patches.method(dataset, "add_features_from", _adding)
    patches.method(dataset, "_set_predictor", _quietly)  # what it sets comes from a model
    for name in _CONVERTED:
        patches.method(dataset, f"set_{name}", containers.setter(where, _constructed, field=name))
    patches.method(dataset, "set_field", containers.setter(where, _constructed))
    _readable(patches, dataset, reader.read)
    containers.SETTLERS[dataset] = reader.settle
    patches.undone_by(functools.partial(containers.SETTLERS.pop, dataset, None))
    return [dataset]


#: By the module after whose import the classes are there.
BY_MODULE = {
    "lightgbm.basic": lightgbm,
    "xgboost.core": xgboost,
    "catboost.core": catboost,
}


def _readable(patches: Patches, kind: type, reader: containers.Reader) -> None:
    containers.READERS[kind] = reader
    patches.undone_by(functools.partial(containers.READERS.pop, kind, None))


def _constructed(dataset: Any) -> bool:
    return getattr(dataset, "_handle", getattr(dataset, "handle", None)) is not None


class Lazy:
    """Reads a dataset that takes its data only when it is constructed, and may be constructed anew."""

    def __init__(self, where: Fields):
        self._where = where

    def read(self, session: Session, dataset: Any, unsettled: list[Any]) -> tuple[RoleHash, ...]:
        """The content: as it was read, or as it is about to be read by the call that asks."""
        record: Record | None = RECORDS.get(dataset)
        if not _constructed(dataset):
            roles = self._attributes(session, dataset, record, unsettled)
            converted = record.converted if record is not None else ()
            record = Record(roles, True, converted)
        elif record is None:
            return unknown(dataset, "it was constructed where no hook saw it")
        elif dataset.data is None or dataset.used_indices is not None or record.role("X", 1) is not None:
            return record.roles
        else:
            # It keeps its raw data, and is constructed anew from it where its parameters change.
            now, then = hashed(session, "X", 0, dataset.data), record.role("X", 0)
            if now is None or then is None or now.digests is None or now.digests != then.digests:
                return record.having("X", 0, refused("X", "Dataset", _CHANGED)).roles
            record = record._replace(pending=True)
        RECORDS.put(dataset, record)
        unsettled.append(dataset)
        return record.roles

    def _attributes(
        self, session: Session, dataset: Any, record: Record | None, unsettled: list[Any]
    ) -> tuple[RoleHash, ...]:
        if dataset.used_indices is not None and dataset.reference is not None:
            parent = self.read(session, dataset.reference, unsettled)
            return chosen_rows(parent, rows_hash(session, dataset.used_indices))
        found = []
        for name, (role, index) in self._where.items():
            now = hashed(session, role, index, getattr(dataset, name, None))
            same = Record(record.converted).role(role, index) if record is not None else None
            if record is not None and now is not None and same is not None and same.digests == now.digests:
                now = record.role(role, index)
            if now is not None:
                found.append(now)
        return (*found, *_beside(session, dataset.data))

    def settle(self, session: Session, dataset: Any) -> None:
        """After the call that read it: what the library made of the fields stands for what was given."""
        record: Record | None = RECORDS.get(dataset)
        if record is None or not record.pending:
            return
        if not _constructed(dataset) or dataset.data is None or dataset.used_indices is not None:
            RECORDS.put(dataset, record._replace(pending=False))
            return
        names = [name for name in (*_CONVERTED, "feature_name") if name in self._where]
        places = [(self._where[name], getattr(dataset, name, None)) for name in names]
        converted = [hashed(session, role, index, value) for (role, index), value in places]
        found = tuple(each for each in converted if each is not None)
        RECORDS.put(dataset, record._replace(pending=False, converted=found))

    def construct(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Makes the wrapper of ``Dataset.construct``."""

        def construct(dataset: Any) -> Any:
            session, record = active(), RECORDS.get(dataset)
            if session is None or _constructed(dataset):
                return original(dataset)
            unsettled: list[Any] = []
            if record is None or not record.pending:
                RECORDS.drop(dataset)
                if not session.nested():
                    if record is not None:
                        RECORDS.put(dataset, record)
                    guarded(session, "Dataset", lambda: self.read(session, dataset, unsettled))
            try:
                with busy(dataset):
                    return original(dataset)
            finally:
                containers.settle(session, unsettled)

        return construct


def _beside(session: Session, data: Any) -> list[RoleHash]:
    if not isinstance(data, (str, os.PathLike)):
        return []
    files = [(role, Path(os.fspath(data) + suffix)) for suffix, role in _BESIDE.items()]
    found = [hashed(session, role, 0, path) for role, path in files if path.is_file()]
    return [each for each in found if each is not None]


def _quietly(original: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(dataset: Any, *args: Any, **kwargs: Any) -> Any:
        with busy(dataset):
            return original(dataset, *args, **kwargs)

    return wrapper


def _adding(original: Callable[..., Any]) -> Callable[..., Any]:
    """``add_features_from``: X gets further parts."""

    def wrapper(dataset: Any, other: Any) -> Any:
        result = original(dataset, other)
        ours, theirs = RECORDS.get(dataset), RECORDS.get(other)
        if ours is None:
            return result
        index = 1 + max((role.index for role in ours.roles if role.role == "X"), default=0)
        parts = [] if theirs is None else [role for role in theirs.roles if role.role == "X"]
        for number, part in enumerate(
            parts or [refused("X", "Dataset", "features of a Dataset that was not seen")]
        ):
            place = index + number
            changed = RoleHash(
                part.role, part.kind, part.rows, part.cols, part.digests, part.columns, place, part.reason
            )
            ours = ours.having("X", place, changed)
        RECORDS.put(dataset, ours)
        return result

    return wrapper
