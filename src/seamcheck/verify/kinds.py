"""Which loops of a replay may be which loops of a scan, by kind: the two spell their kinds differently."""

from __future__ import annotations

from fnmatch import fnmatchcase

#: For each kind of a replay the kinds of a scan that it may be, as patterns.
OBSERVED: dict[str, tuple[str, ...]] = {
    "loop": ("loop", "*.ask_tell"),
    "optuna": ("optuna.*", "OptunaSearchCV"),
    "search": ("*SearchCV", "search", "catboost.*_search"),
    "hyperopt": ("hyperopt.*",),
    "skopt": ("skopt.*", "BayesSearchCV"),
    "bayes_opt": ("bayes_opt.*",),
    "flaml": ("flaml.*",),
}
#: What the program marked itself (`seamcheck.replay.trial`) may be any loop.
MARKED = frozenset({"marked", "trial"})


def compatible(observed: str, static: str) -> bool:
    """May a loop that a replay calls ``observed`` be one that a scan calls ``static``?"""
    if observed in MARKED or observed == static:
        return True
    patterns = OBSERVED.get(observed)
    if patterns is None:
        # A kind this table does not know: the library's name decides.
        return observed.partition(".")[0] == static.partition(".")[0]
    return any(fnmatchcase(static, pattern) for pattern in patterns)


def of_a_project(static: str) -> bool:
    """Is this kind of the scan in no row of the table? A project's own model may spell it as it likes."""
    return not any(fnmatchcase(static, pattern) for row in OBSERVED.values() for pattern in row)
