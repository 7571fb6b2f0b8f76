"""Assertions about recorded runs and captured datasets. What is not known never passes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from seamcheck.api import LoopSeen, ReplayReport

RUNS = Path(".seamcheck_runs")
#: How a program ends that did all that was asked of it.
_WHOLE = ("ok", "stopped at the seam")

Run = str | os.PathLike[str]


def assert_trial_invariant(run: Run | ReplayReport | None = None, *, runs: Run = RUNS) -> None:
    """Every loop of a replay was seen to give all its trials, two or more, the same training data.

    ``run`` is the folder of a run, its id below ``runs`` or the beginning of one, a report of
    :func:`seamcheck.api.replayed`, or None: the latest. Fails where trials differ, with the roles, columns and calls,
    and where it is not known: no loop, no events, one trial, records lost, a program that did not come to its end.
    """
    __tracebackhide__ = True
    from seamcheck import api

    try:
        if run is None or isinstance(run, str | os.PathLike):
            report = api.replayed(None if run is None else os.fspath(run), Path(runs))
        else:
            report = run
    except api.SeamcheckError as error:
        raise AssertionError(f"unknown: {error}") from error
    why = list(_against(report))
    if why:
        raise AssertionError("\n".join([*why, "", api.as_text(report)]))


def assert_same_capture(
    a: Any, b: Any, *, profile: Literal["value", "train", "strict"] = "train", runs: Run = RUNS
) -> None:
    """Two captures hold the same data.

    Both are runs of a replay (folders or ids, as text or paths), whose train calls are compared one by one, or both
    are data in memory: a table, a vector, or a mapping of roles to these (``{"X": frame, "y": labels}``), compared by
    their canonical hash. Fails with the roles, columns and row blocks that differ, and where it cannot be known.
    """
    __tracebackhide__ = True
    if _is_name(a) is not _is_name(b):
        raise AssertionError("unknown: one is a run, the other is data in memory; they cannot be compared")
    problems = _runs_differ(a, b, Path(runs)) if _is_name(a) else list(_data_differ(a, b, profile))
    if problems:
        raise AssertionError("\n".join(problems))


def _is_name(value: Any) -> bool:
    return isinstance(value, str | os.PathLike)


def _against(report: ReplayReport) -> Iterator[str]:
    """Why the trials of this run cannot be said to have had the same data, the worst first."""
    reasons = [(loop, _verdict(loop)) for loop in report.loops]
    for wanted in ("differs", "unknown"):
        for loop, (verdict, why) in reasons:
            if verdict == wanted:
                yield f"{verdict}: {loop.id}: {why}"
    if not report.loops:
        yield "unknown: no trial was seen in this run: no events prove nothing; replay the program that tunes"
    if report.exit not in _WHOLE:
        yield f"unknown: the program did not come to its end ({report.exit}): replay it again"


def _verdict(loop: LoopSeen) -> tuple[str, str]:
    if loop.verdict == "differs":
        found = ", ".join(dict.fromkeys(each.role for each in loop.varying))
        return "differs", f"its trials were not given the same training data ({found})"
    if loop.folds == "differs":
        return "differs", "its calls split the rows another way in other trials"
    if loop.verdict != "equal":
        return "unknown", "; ".join(loop.problems) or "it is not known what its trials trained on"
    if loop.trials < 2:
        return "unknown", "only one trial was seen; replay at least two"
    if loop.folds is None and any(call.part == "fold" for call in loop.calls):
        return "unknown", "the folds inside its calls were not seen as a whole"
    return "equal", ""


def _runs_differ(a: Any, b: Any, runs: Path) -> list[str]:
    from seamcheck import api

    try:
        found = api.compare_runs(os.fspath(a), os.fspath(b), runs)
    except api.SeamcheckError as error:
        return [f"unknown: {error}"]
    if found.verdict == "same":
        return []
    says = "the two runs were not given the same data" if found.verdict == "differs" else "not all was seen"
    return [f"{found.verdict}: {says}", "", api.as_text(found)]


def _data_differ(a: Any, b: Any, profile: Literal["value", "train", "strict"]) -> Iterator[str]:
    """What differs between data in memory, role by role."""
    if not (isinstance(a, Mapping) and isinstance(b, Mapping)):
        yield from _differ("data", a, b, profile)
        return
    if not a and not b:
        yield "unknown: both captures are empty: there is nothing to compare"
    for role in dict.fromkeys([*a, *b]):
        if role not in a or role not in b:
            yield f"differs: {role} is only in the {'first' if role in a else 'second'} capture"
        else:
            yield from _differ(str(role), a[role], b[role], profile)


def _differ(role: str, a: Any, b: Any, profile: Literal["value", "train", "strict"]) -> Iterator[str]:
    import seamcheck
    from seamcheck import api

    try:
        found = seamcheck.diff(a, b, profile)
    except api.SeamcheckError as error:
        yield f"unknown: {role} cannot be hashed: {error}"
        return
    if found.equal:
        return
    what = []
    if found.shapes[0] != found.shapes[1]:
        what.append(f"shape {_shape(found.shapes[0])} and {_shape(found.shapes[1])}")
    for names, which in zip(found.only_in, ("first", "second"), strict=True):
        if names:
            what.append(f"only in the {which}: {_some(names)}")
    what += [_column(each) for each in found.details[:_SHOWN]]
    if len(found.details) > _SHOWN:
        what.append(f"and {len(found.details) - _SHOWN} more columns")
    if found.reordered:
        what.append("the same columns in another order")
    if found.index_differs:
        what.append("the index")
    yield f"differs: {role}: " + ("; ".join(what) or "what holds the data, or its layout")


_SHOWN = 6


def _column(found: Any) -> str:
    text = f"column {found.name}"
    if found.types[0] != found.types[1]:
        return f"{text}: type {found.types[0]} and {found.types[1]}"
    if not found.blocks:
        return f"{text}: categories or missing values, not the values themselves"
    rows = f", first rows {_some(map(str, found.rows))}" if found.rows else ""
    return f"{text}: blocks of 65 536 rows {_some(map(str, found.blocks))}{rows}"


def _shape(shape: tuple[int | None, int | None]) -> str:
    return " x ".join("?" if size is None else str(size) for size in shape)


def _some(words: Any) -> str:
    listed = list(words)
    return ", ".join(listed[:_SHOWN]) + (f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else "")
