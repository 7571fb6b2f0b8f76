"""Literate cases: sections of a Markdown file, each a small project with its expected verdicts as comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from seamcheck.model.report import Consumer, Finding, Loop, ScanReport

FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})(?P<language>\S*)")
FILE_LINE = re.compile(r"(?:#|//)\s*file:\s*(?P<name>\S+)")
MARK = re.compile(r"#\s*expect:\s*(?P<body>.*)$")
LOOP_KEYS = frozenset({"kind", "objective", "invariance", "evaluation", "seam", "reason"})
KEYS = {"loop": LOOP_KEYS, "train": {"api"}, "consumer": {"verdict"}, "finding": set(), "nothing": set()}
GAP = "known gap:"


class CaseError(Exception):
    """A case that cannot be run as it is written."""


class Mark(NamedTuple):
    """One expectation: what about the line it stands on, with which values; a finding's code is ``code``."""

    path: str
    line: int
    about: str
    values: dict[str, str]

    @property
    def text(self) -> str:
        said = " ".join(f"{key}={value}" for key, value in self.values.items())
        return f"{self.path}:{self.line}: {self.about} {said}".rstrip()


class Case(NamedTuple):
    """One section: ``files`` by name; ``gap`` says that it must fail."""

    source: str
    line: int
    title: str
    files: dict[str, str]

    @property
    def gap(self) -> bool:
        return self.title.lower().startswith(GAP)

    def write(self, folder: Path) -> None:
        """Make the project; a marker file keeps its root inside the folder."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        if not {"pyproject.toml", "seamcheck.toml"} & self.files.keys():
            (folder / "pyproject.toml").write_text('[project]\nname = "case"\n', encoding="utf-8")


def read_cases(path: Path) -> list[Case]:
    """The sections of one file in order."""
    cases: list[Case] = []
    title: str | None = None
    first = 0
    files: dict[str, str] = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        opening = FENCE.match(line)
        if opening is not None:
            start = position
            while position < len(lines) and lines[position].rstrip() != opening["fence"]:
                position += 1
            if position == len(lines):
                raise CaseError(f"{path.name}:{start}: the block is never closed")
            if title is not None:
                _add_block(files, opening["language"], lines[start:position], f"{path.name}:{start}")
            position += 1
        elif line.startswith("## "):
            if title is not None:
                cases.append(Case(path.name, first, title, files))
            title, first, files = line[3:].strip(), position, {}
    if title is not None:
        cases.append(Case(path.name, first, title, files))
    return cases


def _add_block(files: dict[str, str], language: str, block: list[str], where: str) -> None:
    named = FILE_LINE.match(block[0]) if block else None
    if named is None and language not in ("python", "py"):
        return
    name = named["name"] if named is not None else "main.py"
    if name in files:
        raise CaseError(f"{where}: the case has two blocks for {name}")
    files[name] = "\n".join(block) + "\n"


def read_marks(files: dict[str, str]) -> Iterator[Mark]:
    """The expectations in the Python files of a project."""
    for path, text in files.items():
        if not path.endswith(".py"):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            found = MARK.search(line)
            if found is not None:
                for part in found["body"].split(";"):
                    yield _mark(path, number, part.split())


def _mark(path: str, line: int, words: list[str]) -> Mark:
    if not words or words[0] not in KEYS:
        raise CaseError(f"{path}:{line}: a mark starts with one of {sorted(KEYS)}")
    about, rest = words[0], words[1:]
    if about == "finding":
        if len(rest) != 1:
            raise CaseError(f"{path}:{line}: write `finding CODE`")
        return Mark(path, line, about, {"code": rest[0]})
    values: dict[str, str] = {}
    for word in rest:
        key, separator, value = word.partition("=")
        if not separator or key not in KEYS[about] or key in values:
            raise CaseError(f"{path}:{line}: `{word}` is no value of a {about} mark")
        values[key] = value
    return Mark(path, line, about, values)


# -- comparing -----------------------------------------------------------------------------------------


def mismatches(report: ScanReport, marks: list[Mark]) -> list[str]:
    """Every mark that does not hold, every loop without a mark, and every problem without one."""
    wrong: list[str] = []
    expected: set[str] = set()
    for mark in marks:
        if mark.about == "loop":
            wrong.extend(_judge_loop(report, mark, expected))
        elif mark.about == "train":
            wrong.extend(_judge_train(report, mark))
        elif mark.about == "consumer":
            wrong.extend(_judge_consumer(report, mark))
        elif mark.about == "nothing":
            wrong.extend(_judge_nothing(report, mark))
        else:
            wrong.extend(_judge_finding(report, mark))
    for loop in report.loops:
        if loop.id not in expected:
            wrong.append(f"a loop without a mark: {describe_loop(loop)}")
    excused = {(m.path, m.line) for m in marks if m.values.get("code") == "SEAM901"}
    for problem in report.problems:
        if "module name" in problem.message:
            continue
        if (problem.path, problem.line) not in excused:
            wrong.append(f"a problem without a mark: {problem.path}:{problem.line}: {problem.message}")
    return wrong


def _judge_loop(report: ScanReport, mark: Mark, expected: set[str]) -> list[str]:
    """Of nested loops the innermost that covers the line is meant."""
    covering = [loop for loop in report.loops if _covers(loop, mark)]
    if not covering:
        near = "; ".join(describe_loop(loop) for loop in report.loops) or "no loop at all"
        return [f"{mark.text}: no loop here (reported: {near})"]
    innermost = max(loop.location.line for loop in covering)
    meant = [loop for loop in covering if loop.location.line == innermost]
    fitting = [loop for loop in meant if not loop_differences(loop, mark.values)]
    expected.update(loop.id for loop in fitting or meant)
    if fitting:
        return []
    return [f"{mark.text}: got {describe_loop(loop)}" for loop in meant]


def _judge_nothing(report: ScanReport, mark: Mark) -> list[str]:
    """Neither a loop nor a consumer begins on this line."""
    found = [describe_loop(loop) for loop in report.loops] + [c.id for c in report.consumers]
    places = [loop.location for loop in report.loops] + [c.location for c in report.consumers]
    return [
        f"{mark.text}: got {what}"
        for what, where in zip(found, places, strict=True)
        if (where.path, where.line) == (mark.path, mark.line)
    ]


def _covers(loop: Loop, mark: Mark) -> bool:
    where = loop.location
    return where.path == mark.path and where.line <= mark.line <= max(where.line, where.end_line)


def loop_differences(loop: Loop, values: dict[str, str]) -> list[str]:
    """The keys in which a loop is not as expected."""
    objective = loop.objective.function if loop.objective is not None else ""
    got = {
        "kind": {loop.kind},
        "objective": {objective, objective.rpartition(".")[2]},
        "invariance": {loop.invariance.verdict},
        "evaluation": {loop.evaluation.verdict},
        "seam": {loop.seam.claim.verdict},
        "reason": reason_kinds(loop),
    }
    return [key for key, value in values.items() if value not in got[key]]


def reason_kinds(loop: Loop) -> set[str]:
    """The kinds among the reasons of all three verdicts."""
    return {r.kind for claim in (loop.invariance, loop.evaluation, loop.seam.claim) for r in claim.reasons}


def describe_loop(loop: Loop) -> str:
    """A loop in the words of a mark, with its reasons."""
    objective = f" objective={loop.objective.function}" if loop.objective is not None else ""
    reasons = [
        f"{name} {r.kind} {r.location.path}:{r.location.line} {r.message}"
        for name, claim in (
            ("invariance", loop.invariance),
            ("evaluation", loop.evaluation),
            ("seam", loop.seam.claim),
        )
        for r in claim.reasons[:3]
    ]
    where = f"{loop.location.path}:{loop.location.line}"
    verdicts = f"invariance={loop.invariance.verdict} evaluation={loop.evaluation.verdict}"
    trains = ",".join(f"{call.api}:{call.location.line}" for call in loop.train_calls)
    return (
        f"{where} kind={loop.kind}{objective} {verdicts} seam={loop.seam.claim.verdict}"
        f" trains=[{trains}] reasons={reasons}"
    )


def _judge_train(report: ScanReport, mark: Mark) -> list[str]:
    reached = [
        call
        for loop in report.loops
        for call in loop.train_calls
        if call.location.path == mark.path
        and call.location.line <= mark.line <= max(call.location.line, call.location.end_line)
    ]
    if any(call.api == mark.values.get("api", call.api) for call in reached):
        return []
    return [f"{mark.text}: reached here: {sorted({call.api for call in reached})}"]


def _judge_consumer(report: ScanReport, mark: Mark) -> list[str]:
    here = [c for c in report.consumers if (c.location.path, c.location.line) == (mark.path, mark.line)]
    if not here:
        return [f"{mark.text}: no consumer is reported here"]
    verdict = mark.values.get("verdict")
    return [
        f"{mark.text}: got {describe_consumer(c)}"
        for c in here
        if verdict is not None and c.claim.verdict != verdict
    ]


def describe_consumer(consumer: Consumer) -> str:
    """A consumer's verdict with what speaks for it."""
    why = [f"{r.location.path}:{r.location.line} {r.message}" for r in consumer.claim.reasons[:3]]
    read = [f"{r.location.path}:{r.location.line} {r.kind} {r.what}" for r in consumer.reads[:4]]
    return f"{consumer.claim.verdict} reasons={why} reads={read}"


def _judge_finding(report: ScanReport, mark: Mark) -> list[str]:
    code = mark.values["code"]
    here: list[Finding] = [
        f for f in report.findings
        if (f.location.path, f.location.line) == (mark.path, mark.line) and f.suppressed is None
    ]  # fmt: skip
    if any(f.code == code for f in here):
        return []
    elsewhere = sorted({f"{f.location.path}:{f.location.line}" for f in report.findings if f.code == code})
    return [f"{mark.text}: here are {sorted({f.code for f in here})}; {code} is at {elsewhere}"]
