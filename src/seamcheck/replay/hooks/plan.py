"""What to hook, read from the library models: which modules, and which functions and classes of each."""

from __future__ import annotations

from typing import NamedTuple

from seamcheck.libraries.models import Models
from seamcheck.libraries.schema import Call, Type

#: scikit-learn's base class: all its subclasses are hooked, listed or not.
SKLEARN_BASE = "sklearn.base.BaseEstimator"
#: Methods of scikit-learn's contract that train.
FITS = ("fit", "fit_transform", "fit_predict", "partial_fit")
#: One iteration of a training that the program drives itself.
STEPS = frozenset({"update", "boost"})
#: Searches whose candidates the library trains where no hook sees them: to us one train call.
_CLOSED = frozenset({"catboost"})


class Target(NamedTuple):
    """One thing to hook: ``name`` as models spell it, ``attribute`` in the module where it is found."""

    name: str
    attribute: str
    methods: tuple[str, ...] = ()


def plan(models: Models) -> dict[str, tuple[Target, ...]]:
    """Targets by the module after whose import they can be hooked, under each name a module may have."""
    found: dict[str, dict[Target, None]] = {}
    targets = [Target(call.name, "") for call in models.calls.values() if "train" in call.effects]
    targets += [
        Target(kind.name, "", names)
        for kind in models.types.values()
        if (names := _training(kind)) and not kind.name.startswith("seamcheck.")
    ]
    targets.append(Target(SKLEARN_BASE, "", FITS))
    for target in targets:
        if target.name.endswith(".*"):
            continue
        for spelled in _spellings(models, target.name):
            module, _, attribute = spelled.rpartition(".")
            found.setdefault(module, {})[target._replace(attribute=attribute)] = None
    return {module: tuple(each) for module, each in found.items()}


def _training(kind: Type) -> tuple[str, ...]:
    closed = kind.name.partition(".")[0] in _CLOSED
    return tuple(
        method.name
        for method in kind.method
        if "train" in method.effects or (closed and "search" in method.effects)
        if method.name != "from_estimator"  # calls the function of the same effect, which is hooked
    )


def _spellings(models: Models, name: str) -> list[str]:
    """The name, and the ones that aliases give it."""
    names = [name]
    for alias, meant in models.alias.items():
        if name == meant or name.startswith(meant + "."):
            names.append(alias + name[len(meant) :])
    return names


def folding(call: Call) -> bool:
    """Does this function split rows itself? Then what it trains inside are folds."""
    return any(role in ("cv", "folds") for role in call.roles.values())
