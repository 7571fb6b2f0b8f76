"""Small pieces of wording that several reports share."""

from __future__ import annotations

from seamcheck.model.evidence import Location, Reason, spot
from seamcheck.model.report import Claim, Consumer, Loop, Seam

QUESTIONS = {"invariance": "X/y in every trial", "evaluation": "scored rows", "seam": "seam"}


def place(location: Location, column: bool = False) -> str:
    """``path:line``, in a notebook ``path: cell 3, line 5``; on request with the column."""
    if location.cell:
        return f"{location.path}: {spot(location)}" + (f", column {location.column}" if column else "")
    return f"{location.path}:{location.line}" + (f":{location.column}" if column else "")


def count(number: int, noun: str) -> str:
    """``1 loop``, ``2 loops``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def clip(text: str, width: int) -> str:
    """The text on one line, at most ``width`` characters long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1].rstrip() + "…"


def kinds(reasons: tuple[Reason, ...]) -> str:
    """The kinds of the reasons, each once, in order."""
    return ", ".join(dict.fromkeys(reason.kind for reason in reasons))


def verdict(claim: Claim) -> str:
    """The verdict with the kinds of what speaks against the good one."""
    why = kinds(claim.reasons)
    return f"{claim.verdict} ({why})" if why else claim.verdict


def seam_verdict(seam: Seam, path: str) -> str:
    """The verdict on a seam and where it lies; the path only if it is another file."""
    if seam.location is None:
        return verdict(seam.claim)
    at = spot(seam.location) if seam.location.path == path else place(seam.location)
    return f"{seam.claim.verdict} after {at}"


def loop_title(loop: Loop) -> str:
    """``optuna.optimize in main``."""
    return loop.kind if loop.function == "<module>" else f"{loop.kind} in {loop.function}"


def consumer_why(consumer: Consumer) -> str:
    """The shortest honest cause of a consumer's verdict: what it reads, or where knowledge stopped."""
    claim = consumer.claim
    wanted = {"xy_only": "data", "trial_dynamics": "dynamics"}.get(claim.verdict, "unknown")
    reads = list(dict.fromkeys(read.what for read in consumer.reads if read.kind == wanted))
    if claim.verdict == "unknown" and claim.reasons:
        reason = claim.reasons[0]
        return f"{reason.message} ({place(reason.location)})"
    if reads:
        return "reads " + ", ".join(reads)
    messages = [reason.message for reason in claim.reasons] or [step.message for step in claim.evidence]
    return messages[0] if messages else ""
