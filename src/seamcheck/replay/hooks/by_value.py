"""Classes that cloudpickle carries by value, as those of ``__main__``: with their own methods, without wrappers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from seamcheck.replay.hooks.patches import Patches, original_of, vars_of

#: Where cloudpickle lives, also as a part of joblib.
MODULES = ("cloudpickle.cloudpickle", "joblib.externals.cloudpickle.cloudpickle")
_REDUCE, _FILL = "_function_reduce", "_class_setstate"


def hook(patches: Patches, module: ModuleType, made: Callable[[type], object]) -> None:
    """Pickle originals for wrappers. ``made`` is told each class made from a pickle, once it has its methods."""
    kind = module.Pickler
    reduce, fill = kind.__dict__.get(_REDUCE), vars_of(module).get(_FILL)
    if reduce is None or fill is None:
        return

    @functools.wraps(reduce)
    def reduced(self: Any, function: Any) -> Any:
        return reduce(self, original_of(function))

    @functools.wraps(fill)
    def filled(cls: Any, *args: Any) -> Any:
        result = fill(cls, *args)
        made(cls)
        return result

    setattr(kind, _REDUCE, reduced)
    setattr(module, _FILL, filled)
    patches.undone_by(functools.partial(setattr, kind, _REDUCE, reduce))
    patches.undone_by(functools.partial(setattr, module, _FILL, fill))
