"""The report on a replay for people: the verdict, then why, then what to do."""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.model.comparison import RunComparison
from seamcheck.model.event import TRAINING_ROLES, CallSeen, LoopSeen, ReplayReport, Varying
from seamcheck.report.details import paragraph
from seamcheck.report.style import Line, Role, plain, to_terminal, to_text
from seamcheck.report.words import clip, count

#: How many columns, blocks or problems are listed before the rest is only counted.
SHOWN = 6
_ROLES: dict[str, Role] = {"equal": "good", "same": "good", "differs": "bad", "unknown": "unknown"}
_SAYS = {
    "equal": "all trials trained on the same data",
    "differs": "the trials were not given the same training data",
    "unknown": "it is not known whether the trials trained on the same data",
}


def render(report: ReplayReport, color: bool = False) -> str:
    """The whole report; with ``color`` for a terminal."""
    lines: list[Line] = [
        plain(f"replay {report.run} ({report.spec}); the script ended: {report.exit}", "dim"),
        plain(),
    ]
    if not report.loops:
        lines += [plain("unknown  no trial was seen: nothing is said about any data.", "unknown"), plain()]
    for loop in report.loops:
        lines += [*_loop(loop, set(report.problems)), plain()]
    if report.outside:
        lines += [plain("Outside any trial (never compared)", "title"), *_calls(report.outside), plain()]
    if report.problems:
        lines += [plain("Problems", "title"), *_listed(report.problems, "  "), plain()]
    lines += _advice(report)
    return (to_terminal if color else to_text)(lines)


def render_comparison(comparison: RunComparison, color: bool = False) -> str:
    """What differs between two runs."""
    one, other = comparison.runs
    lines: list[Line] = [
        [(comparison.verdict, _ROLES[comparison.verdict]), (f"  {one} and {other}", "plain")],
        plain(),
    ]
    for loop in comparison.loops:
        trials = f"{loop.trials[0]} and {count(loop.trials[1], 'trial')}"
        lines.append(
            [
                (loop.verdict, _ROLES[loop.verdict]),
                ("  ", "plain"),
                (loop.id, "code"),
                (f"  {trials}", "plain"),
            ]
        )
        lines += [*_varying(loop.varying), *_listed(loop.problems, "  ")]
    if comparison.problems:
        lines += [plain(), plain("Problems", "title"), *_listed(comparison.problems, "  ")]
    return (to_terminal if color else to_text)(lines)


def place(path: str | None, line: int | None) -> str:
    """``path:line``, or words where it is not known."""
    return "a place that is not known" if path is None else path if line is None else f"{path}:{line}"


def _loop(loop: LoopSeen, told: set[str]) -> list[Line]:
    lines: list[Line] = [
        [
            (loop.verdict, _ROLES[loop.verdict]),
            ("  ", "plain"),
            (place(loop.path, loop.line), "code"),
            (f"  {loop.kind}, {count(loop.trials, 'trial')}: {_SAYS[loop.verdict]}", "plain"),
        ]
    ]
    deciding = [each for each in loop.varying if each.role in TRAINING_ROLES]
    others = [each for each in loop.varying if each.role not in TRAINING_ROLES]
    lines += _varying(deciding)
    if others:
        lines.append(plain("  also different, without bearing on what was trained on:", "dim"))
        lines += _varying(others)
    if loop.folds is not None:
        said = "the same in all trials" if loop.folds == "equal" else "other rows in other trials"
        lines.append(
            [("  folds inside the calls: ", "plain"), (said, "good" if loop.folds == "equal" else "warn")]
        )
    lines += _calls(loop.calls)
    own = [problem for problem in loop.problems if problem not in told]
    lines += _listed(own, "  ")
    if len(own) < len(loop.problems):
        lines.append(plain("  and what is listed under Problems", "dim"))
    return lines


def _varying(found: Iterable[Varying]) -> list[Line]:
    return [
        [
            ("    ", "plain"),
            (each.role, "warn" if each.role in TRAINING_ROLES else "plain"),
            (f" at {place(each.path, each.line)}: {_what(each)}", "plain"),
        ]
        for each in found
    ]


def _what(varying: Varying) -> str:
    if varying.columns is None:
        return "different"
    if not varying.columns:
        return "different in its layout"
    text = f"{count(len(varying.columns), 'column')}: {_some(varying.columns)}"
    if varying.blocks:
        text += f"; blocks of 65 536 rows: {_some(map(str, varying.blocks))}"
    return text


def _some(words: Iterable[str]) -> str:
    listed = [clip(word, 40) for word in words]
    more = len(listed) - SHOWN
    return ", ".join(listed[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _calls(calls: Iterable[CallSeen]) -> list[Line]:
    return [
        [
            ("  ", "plain"),
            (place(call.path, call.line), "code"),
            (f"  {call.api}", "plain"),
            (f"  {count(call.events, 'call')}{'' if call.part == 'predictor' else f' ({call.part})'}", "dim"),
        ]
        for call in calls
    ]


def _listed(problems: Iterable[str], indent: str) -> list[Line]:
    return [line for problem in problems for line in paragraph(f"- {problem}", indent)]


def _advice(report: ReplayReport) -> list[Line]:
    """What to do, once for all loops; nothing where all is well."""
    verdicts = {loop.verdict for loop in report.loops}
    lines: list[Line] = []
    if "differs" in verdicts:
        lines += paragraph(
            "STOP: scores of trials that trained on different data cannot be compared. Make the data once, before "
            "the first trial, or seed what draws it. Where the tuner chooses it on purpose, compare with that in mind.",
            "",
        )
    if "unknown" in verdicts or not report.loops:
        lines += paragraph(
            "Unknown is no pass: see what is listed above, settle it and replay again with at least two trials.",
            "",
        )
    if verdicts == {"equal"}:
        lines += paragraph("Equal in this run; `seamcheck verify` holds it against what the source says.", "")
    return lines
