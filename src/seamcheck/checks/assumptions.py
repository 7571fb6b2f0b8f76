"""Findings about ``# seamcheck: assume[...]`` comments: without a reason, without effect, against the source."""

from __future__ import annotations

from collections.abc import Iterator

from seamcheck.checks.evidence import Places, reason
from seamcheck.checks.findings import make
from seamcheck.facts.assumptions import Assumption, read
from seamcheck.facts.ir import FunctionFacts
from seamcheck.flow.engine import Engine
from seamcheck.flow.modules import SourceModule
from seamcheck.model.report import Finding


def assumption_findings(eng: Engine, places: Places) -> list[Finding]:
    """What is wrong with the assumptions of all files, by place."""
    out: list[Finding] = []
    for module in sorted(eng.index.by_name.values(), key=lambda m: m.path):
        marks, wrong = read(module.facts, module.path)
        for each in wrong:
            where = places.at(module.path, each.directive.line)
            out.append(make(each.code, each.message, where, each.directive.text, each.message))
        out.extend(_idle(eng, module, [mark.assumption for mark in marks], places))
    out.extend(_refuted(eng, places))
    return out


def _idle(eng: Engine, module: SourceModule, said: list[Assumption], places: Places) -> Iterator[Finding]:
    """Assumptions of code that ran which settled nothing."""
    for by in said:
        if by in eng.ledger.settled or by in eng.ledger.refuted or not _ran(eng, module, by.line):
            continue
        what = f"`{by.about}`" if by.about else "what is called here"
        text = (
            f"nothing is settled by assuming that {what} {by.promise()}: remove it, or say it of the call inside "
            "that nobody can see into"
        )
        yield make("SEAM907", text, places.at(by.path, by.line), by.about, by.word)


def _ran(eng: Engine, module: SourceModule, line: int) -> bool:
    """Did the analysis run the code around this line (and, for a comment above a function, that function)?"""
    inside = [
        (function.end_line - first, index)
        for index, function in enumerate(module.facts.functions)
        if function.name != "<lambda>" and (first := _first_line(function)) <= line + 1
        and line <= function.end_line
    ]  # fmt: skip
    if not inside:
        return module.name in eng.modules
    return (module.name, min(inside)[1]) in eng.visited


def _first_line(function: FunctionFacts) -> int:
    return min([function.line, *(int(decorator[1]) for decorator in function.decorators)])


def _refuted(eng: Engine, places: Places) -> Iterator[Finding]:
    for by, label in sorted(eng.ledger.refuted.items()):
        found = reason(places, label, None, None)
        what = f"`{by.about}`" if by.about else "what is called here"
        text = (
            f"{what} is said to be deterministic, and the result is not: {label.message} "
            f"({label.path}:{label.line}); the assumption settles nothing"
        )
        fix = "seed it with a constant, or remove the assumption"
        yield make("SEAM909", text, places.at(by.path, by.line), by.about, label.message, found.flow, fix)
