"""From claims to findings: one per cause, with the edit that settles it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import xxhash

from seamcheck.checks.codes import all_codes, selected, severity_of
from seamcheck.config.schema import Config
from seamcheck.model.evidence import Location, Reason, Step, spot
from seamcheck.model.report import Claim, Consumer, Finding, Loop, Problem

#: Codes of the causes that make trials differ.
CAUSES = {
    "trial": "SEAM301",
    "random": "SEAM302",
    "clock": "SEAM303",
    "environment": "SEAM304",
    "mutation": "SEAM305",
    "io": "SEAM308",
}

#: Places in a message: lines move without any change.
_LINES = re.compile(r"\bline \d+|:\d+\b")


def findings(
    loops: Iterable[Loop],
    consumers: Iterable[Consumer],
    problems: Iterable[Problem],
    extra: Iterable[Finding],
    config: Config,
) -> list[Finding]:
    """All findings, unsuppressed, in the order of their places."""
    out: list[Finding] = list(extra)
    for loop in loops:
        out.extend(_of_loop(loop))
    for consumer in consumers:
        if consumer.claim.verdict == "unknown":
            out.append(_of_consumer(consumer))
    for problem in problems:
        line = max(problem.line, 1)
        where = Location(problem.path, line, 1, line, problem.cell, problem.cell_line)
        out.append(make("SEAM901", problem.message, where, "", problem.message))
    distinct: dict[tuple[str, Location, str], Finding] = {}
    for finding in out:
        if selected(finding.code, config):
            distinct.setdefault((finding.code, finding.location, finding.message), finding)
    ordered = sorted(distinct.values(), key=lambda f: (f.location, f.code, f.message))
    return number(ordered, config)


def make(
    code: str,
    message: str,
    where: Location,
    subject: str,
    identity: str,
    flow: tuple[Step, ...] = (),
    fix: str | None = None,
) -> Finding:
    """A finding; ``identity`` is what stays the same when lines move."""
    entry = all_codes()[code]
    identity = _LINES.sub("", identity)
    seed = xxhash.xxh3_128_hexdigest(
        f"{code}\0{where.path}\0{subject}\0{identity}".encode("utf-8", "surrogatepass")
    )
    return Finding(code, entry.name, entry.severity, message, where, flow, fix, seed)


def number(found: list[Finding], config: Config) -> list[Finding]:
    """Severities as configured, and fingerprints with an occurrence index: two alike are two."""
    import msgspec

    count: dict[str, int] = {}
    out = []
    for finding in found:
        index = count[finding.fingerprint] = count.get(finding.fingerprint, 0) + 1
        fingerprint = f"{finding.fingerprint}:{index}"
        out.append(
            msgspec.structs.replace(
                finding, fingerprint=fingerprint, severity=severity_of(finding.code, config)
            )
        )
    return out


def _of_loop(loop: Loop) -> list[Finding]:
    out = []
    if loop.invariance.verdict == "variant":
        for reason in loop.invariance.reasons:
            if reason.kind in CAUSES:
                out.append(_cause(loop, reason, "trains on"))
    elif loop.invariance.verdict == "unknown":
        out.append(
            _open(
                "SEAM306", loop, loop.invariance, "whether every trial trains on the same data is not known"
            )
        )
    if loop.evaluation.verdict == "variant" and loop.invariance.verdict != "variant":
        first = loop.evaluation.reasons[0]
        message = (
            f"trials of `{loop.kind}` are scored on different rows, so their scores cannot be compared: "
            f"{first.message}"
        )
        out.append(
            make("SEAM307", message, first.location, loop.function, first.message, first.flow, fix_for(first))
        )
    if loop.seam.claim.verdict == "none":
        first = loop.seam.claim.reasons[0]
        message = f"X and y of `{loop.kind}` are not complete before training: {first.message}"
        out.append(
            make("SEAM201", message, first.location, loop.function, first.message, first.flow, fix_for(first))
        )
    elif loop.seam.claim.verdict == "unknown":
        out.append(
            _open(
                "SEAM202", loop, loop.seam.claim, "whether X and y are complete before training is not known"
            )
        )
    return out


def _cause(loop: Loop, reason: Reason, verb: str) -> Finding:
    variable = f"`{reason.variable}`" if reason.variable else "the data"
    differs = "may differ" if reason.kind == "environment" else "differs"
    message = f"{variable} of `{loop.kind}` {differs} from trial to trial: {reason.message}"
    return make(
        CAUSES[reason.kind],
        message,
        reason.location,
        loop.function,
        reason.message,
        reason.flow,
        fix_for(reason),
    )


def _open(code: str, loop: Loop, claim: Claim, message: str) -> Finding:
    first = claim.reasons[0] if claim.reasons else None
    detail = f"{message}: {first.message}" if first is not None else message
    where = first.location if first is not None else loop.location
    flow = first.flow if first is not None else ()
    return make(code, detail, where, loop.id, message, flow, fix_for(first) if first is not None else None)


def _of_consumer(consumer: Consumer) -> Finding:
    first = consumer.claim.reasons[0] if consumer.claim.reasons else None
    message = f"what `{consumer.name}` needs of a run is not known" + (
        f": {first.message}" if first is not None else ""
    )
    return make(
        "SEAM101",
        message,
        consumer.location,
        consumer.function,
        consumer.id,
        first.flow if first is not None else (),
    )


def fix_for(reason: Reason) -> str | None:
    """The edit that settles a reason."""
    place = spot(reason.location)
    if reason.kind == "random":
        if "`random_state` is not given" in reason.message:
            return f"add random_state=0 at {place}, or make the split once before the loop"
        if "`seed` is not given" in reason.message:
            return f"add seed=0 at {place}"
        if "made before the trial" in reason.message:
            return (
                f"make the generator inside the trial from a constant, or draw once before the loop ({place})"
            )
        return f"seed the draw at {place} with a constant, or draw once before the loop"
    if reason.kind == "mutation":
        return f"work on a copy: add .copy() before the change at {place}"
    if reason.kind == "clock":
        return f"take the time once before the loop and pass it in, instead of at {place}"
    if reason.kind == "trial":
        return "build the data once for the largest choice and select from it, or accept that trials see different data"
    if reason.kind == "lazy":
        return f"compute all samples before training, instead of at {place}"
    if reason.kind == "external" and "has no model" in reason.message:
        return f"describe it in a model file of the project: {reason.message}"
    return None
