"""What an estimator is: a predictor, whose fit is training, or a transformer, whose fit is preparation."""

from __future__ import annotations

from typing import Any

from seamcheck.libraries.models import Models
from seamcheck.libraries.schema import Call
from seamcheck.model.event import Part

_TRANSFORMERS = frozenset({"transformer", "resampler"})
_PREDICTORS = frozenset({"estimator", "search", "model", "booster", "trainer", "tuner"})
#: Base classes that say nothing of what is derived from them.
_BASES = frozenset({"builtins", "abc", "typing", "sklearn.base"})
_DEPTH = 8


class Names:
    """Public names of classes, as the models spell them."""

    def __init__(self, models: Models):
        self.models = models
        self.known: dict[type, str] = {}

    def public(self, kind: type) -> str:
        """``sklearn.linear_model._ridge.Ridge`` is ``sklearn.linear_model.Ridge``."""
        known = self.known.get(kind)
        if known is not None:
            return known
        module = [part for part in kind.__module__.split(".") if not part.startswith("_")]
        if not module or kind.__module__ == "__main__":
            module = [kind.__module__]
        spelled = ".".join([*module, kind.__qualname__])
        whole = f"{kind.__module__}.{kind.__qualname__}"
        meant = self.models.canonical(whole)
        return meant if meant != whole else self.models.canonical(spelled)

    def lineage(self, kind: type) -> list[str]:
        """Public names of the class and its bases, nearest first, without those that say nothing."""
        return [self.public(base) for base in kind.__mro__ if base.__module__ not in _BASES]

    def rule(self, kind: type, method: str) -> Call | None:
        """The nearest model of a method that trains."""
        for name in self.lineage(kind):
            found = self.models.method(name, method)
            if found is not None and found.roles:
                return found
        return None


def part_of(names: Names, instance: Any, depth: int = _DEPTH) -> Part:
    """By the nearest model of its class; else by what scikit-learn says of it, else by what it can do."""
    for name in names.lineage(type(instance)):
        category = names.models.category(name)
        if category in _TRANSFORMERS:
            return "transformer"
        if category in _PREDICTORS:
            return "predictor"
        if category == "pipeline":
            return _pipeline(names, instance, depth)
    return _by_looks(instance)


def _pipeline(names: Names, instance: Any, depth: int) -> Part:
    """A pipeline is what its last step is; unions and column transformers prepare."""
    steps = getattr(instance, "steps", None)
    if isinstance(steps, (list, tuple)) and steps and depth:
        last = steps[-1][1] if isinstance(steps[-1], (list, tuple)) else steps[-1]
        if last is None or isinstance(last, str):
            return "transformer"
        return part_of(names, last, depth - 1)
    return _by_looks(instance)


def _by_looks(instance: Any) -> Part:
    said = getattr(instance, "_estimator_type", None) or _tag(instance)
    if said is not None:
        return "transformer" if said == "transformer" else "predictor"
    if _has(instance, "predict") or not _has(instance, "transform"):
        return "predictor"
    return "transformer"


def _tag(instance: Any) -> str | None:
    try:
        found = instance.__sklearn_tags__().estimator_type
    except Exception:  # code of the user's class, or none at all: its methods tell
        return None
    return found if isinstance(found, str) else None


def _has(instance: Any, name: str) -> bool:
    try:
        return hasattr(instance, name)
    except Exception:  # a property of the user's that fails: the class has it
        return hasattr(type(instance), name)
