"""What would settle an unknown: the place where knowledge stopped first, and the one thing that takes it further."""

from __future__ import annotations

import re

import msgspec

from seamcheck.model.evidence import Location, Reason
from seamcheck.model.report import Claim

SUGGEST = "`seamcheck rules suggest` prints its stub"
_CALLER = "scan a caller, too: what a call in the project hands in is followed"

#: What follows from an unknown that came before it: settling this place alone would settle nothing.
DERIVED = re.compile(
    r"is called on something that is not known|of something unknown|so what it was given may have been changed"
    r"|called by a library without a model|the data derive from what a trial trained|^what `.*` calls is not known"
)
#: Message of a reason -> what to do; the first that matches. ``{name}`` and ``{base}`` are what it speaks of.
_ADVICE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"`(?P<name>[^`]+)` comes from `(?P<base>[^`]+)`, which has no model",
         "a model of `{base}` that names `{name}`; " + SUGGEST),
        (r"`(?P<name>[^`]+)` has no model", "a model of `{name}`; " + SUGGEST),
        (r"`(?P<name>[^`]+)` is opaque", "a model of `{name}` that says more than `opaque`"),
        (r"`(?P<name>[^`]+)` chooses its own rows and folds",
         "hand `{name}` fixed folds if it takes them; no model can tell what it chooses by itself"),
        (r"`(?P<name>[^`]+)` runs outside what can be seen",
         "train in this process, or replay: no model can tell what `{name}` does elsewhere"),
        (r"`(?P<name>[^`]+)` may come from one of several star imports", "import `{name}` by its name"),
        (r"`(?P<name>[^`]+)` (is not (defined in|in|part of) the (project|scan)|does not define)",
         "scan the code that defines it, too, and name its folder in `src` of the configuration"),
        (r"looked up by (a name|name)|imported by a name|decided at run time|code is run from a string"
         r"|which modules are wired",
         "write the name as a constant instead of computing it"),
        (r"`(?P<name>[^`]+)` of `(?P<base>[^`]+)` .*(may be None|is not known)|the seed is given by a caller",
         "give the seed as a constant here"),
        (r"no train call is reached; the first call that is not known is `(?P<name>.+)`$",
         "a model of `{name}`, or its definition among the scanned files"),
        (r"no train call is reached", "train inside the trial, with a call that a model describes"),
        (r"no scoring of a trained model is seen", "score in the trial, with a metric that a model describes"),
        (r"the objective is not given here|which function the tuner runs",
         "name the objective at this call, as a function of the project"),
        (r"nothing it reads could be followed|no call of this function could be followed",
         "call it in the scanned code with what a run left: then what it reads can be followed"),
        (r"the body does nothing|is abstract:", "scan an implementation, too: this one only says that there is one"),
        (r"given by (the|a) caller|only the caller knows|is not given by this call|is given from outside", _CALLER),
        (r"too many|too deeply|too deep|too large|more than \d+ things|is recursive|keep changing",
         "scan the part with this loop alone, or call this from fewer places: a bound of the scan was reached"),
        (r"was not read as it stands", "make that file readable as Python"),
        (r"share its memory|changed in place|may change", "work on a copy: add .copy() before the change"),
        (r"the trial chooses which train call runs", "give all train calls of the trial the same data"),
        (r"which data `(?P<name>[^`]+)` trains on", "pass the data to `{name}` by parameters that its model names"),
        (r"(elements|an item|item) of `(?P<name>[^`]+)`", "a model of `{name}` that says what its elements are"),
        (r"`(?P<name>[^`]+)` (is not set on|is set by a method)", "set `{name}` in `__init__`"),
    )
)  # fmt: skip
_BY_KIND = {
    "random": "seed it with a constant",
    "environment": "read it once before the loop and pass it in",
    "io": "read it once before the loop and pass it in",
    "clock": "take the time once before the loop and pass it in",
    "lazy": "make the data before training",
}
#: Calls nobody can see into: of these somebody may know that they give the same for the same arguments.
_ASSUMABLE = re.compile(
    r"` has no model|` is opaque|^what `.*` calls is not known|is called on something that is not known"
    r"|of something unknown|calls itself too deeply|was not entered"
)
_COMMENT = (
    "; if you know that it always gives the same for the same arguments, say so on this line: "
    "`# seamcheck: assume[deterministic] -- why`"
)
_COMMENT_PURE = (
    "; if you know that it changes nothing it is given, "
    "say so on this line: `# seamcheck: assume[pure] -- why`"
)
_WRAPPED = re.compile(r"`(?P<inner>.*)` is not known")


class Stop(msgspec.Struct, frozen=True):
    """Where knowledge stopped first, why, what would settle it, and in how many other places it stopped, too."""

    location: Location
    message: str
    advice: str
    others: int = 0


def first_stop(claim: Claim, of_trials: bool = False) -> Stop | None:
    """The first unresolved place of an unknown that is a cause and not a consequence; None for other verdicts.

    ``of_trials``: the claim is that trials get the same, which an assumption in a comment can settle, too.
    """
    if claim.verdict != "unknown" or not claim.reasons:
        return None
    causes = [reason for reason in claim.reasons if not DERIVED.search(reason.message)]
    first = (causes or claim.reasons)[0]
    places = {(reason.location.path, reason.location.line) for reason in causes or claim.reasons}
    todo = advice(first) + (assumable(first) if of_trials else "")
    return Stop(first.location, unwrapped(first.message), todo, len(places) - 1)


def assumable(reason: Reason) -> str:
    """The comment that settles a reason why trials may differ, behind other advice; empty where none does."""
    if not _ASSUMABLE.search(reason.message) or reason.message.startswith("no train call"):
        return ""
    return _COMMENT_PURE if reason.message.endswith("may have been changed") else _COMMENT


def unwrapped(message: str) -> str:
    """A message without "is not known" around another message."""
    found = _WRAPPED.fullmatch(message)
    return found["inner"] if found is not None and "`" in found["inner"] else message


def advice(reason: Reason) -> str:
    """The one model, edit or wider scan that settles a reason."""
    message = unwrapped(reason.message)
    for pattern, text in _ADVICE:
        found = pattern.search(message)
        if found is not None:
            return text.format(**{key: value or "" for key, value in found.groupdict().items()})
    if reason.kind in _BY_KIND:
        return _BY_KIND[reason.kind]
    if DERIVED.search(message):
        return "make what it is called on here, from a class of the project or one that a model describes"
    return "scan the code that decides it, too, or write it out here"
