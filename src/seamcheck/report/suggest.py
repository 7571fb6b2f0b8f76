"""Stubs of library models, as TOML: what a project would have to say to settle its unknowns.

As printed they load and settle nothing: ``effects = ["opaque"]`` is what a missing model means, too. Each blank is
marked FILL.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from seamcheck.checks.call_sites import Signature
from seamcheck.checks.suggestions import Blocked, Suggestion
from seamcheck.report.words import QUESTIONS, clip, count, place

FILL = "# FILL:"
#: Places and verdicts of each kind that a comment lists.
SHOWN = 6
WIDTH = 160
_EFFECTS = '[] if it only computes from its arguments, else e.g. ["reads_file"], ["train"], ["trial_loop"]'
_RETURNS = "data, none, scalar, self, arg:NAME, splits, folds or the name of a type"
#: Methods that the scan takes for train calls whatever they belong to: a blank would hide that.
_TRAINS = frozenset({"fit", "partial_fit", "fit_transform", "fit_predict", "fit_generator", "train_on_batch"})


def packages(found: Iterable[Suggestion]) -> list[str]:
    """The libraries that need models, the one that blocks most first."""
    return list(dict.fromkeys(each.package for each in found))


def render(found: list[Suggestion], left_out: int = 0) -> str:
    """One model file for all of these."""
    names = packages(found)
    if not found:
        return "# No call without a model stands in the way of a verdict.\n"
    lines = [
        "# Models that are missing, those that block most verdicts first. Fill in what is marked FILL from the",
        '# documentation, save this in the project and name it in seamcheck.toml: rules = ["FILE.toml"].',
        '# As long as `effects = ["opaque"]` stands, a verdict stays unknown. A model that says too little makes',
        "# verdicts wrong: if it draws at random or changes an argument, add e.g.",
        '#     random = { seed = "random_state", generator = "numpy" }',
        '#     mutates = ["frame"]',
        "# rules/README.md of seamcheck explains every field.",
    ]
    if left_out:
        lines.append(f"# Left out here: {count(left_out, 'call')} that block fewer verdicts (--limit).")
    lines += ["", "[library]", f"name = {_quote(names[0] if len(names) == 1 else 'project')}"]
    lines += [
        f"packages = [{', '.join(map(_quote, names))}]",
        f'versions = ""  {FILL} the versions you read about, e.g. ">=2,<3"',
    ]
    for package in names:
        mine = [each for each in found if each.package == package]
        lines += ["", f"# ---- {package}: {_sum(block for each in mine for block in each.blocks)}"]
        for each in mine:
            lines += ["", *_stub(each)]
    return "\n".join(lines) + "\n"


def _sum(blocks: Iterable[Blocked]) -> str:
    """``blocks 2 loops and 1 consumer``."""
    subjects = {(each.subject, each.location) for each in blocks}
    consumers = sum(subject.startswith("consumer ") for subject, _ in subjects)
    parts = [(len(subjects) - consumers, "loop"), (consumers, "consumer")]
    return "blocks " + " and ".join(count(number, noun) for number, noun in parts if number)


def _stub(each: Suggestion) -> list[str]:
    lines = [_comment(f"{each.name} {_sum(each.blocks)}")]
    alone = [block for block in each.blocks if block.alone]
    lines += _told("settles, as far as is known:", [_verdict(block) for block in alone])
    lines += _told("one of several in the way of:", [_verdict(b) for b in each.blocks if not b.alone])
    lines += _told("called at", [f"{path}:{line}" for path, line in each.sites])
    if each.takes_training:
        lines += [
            _comment("  it is handed a function that trains: if it is a tuner, say"),
            _comment(
                '  effects = ["trial_loop"], objective = { param = "...", passes = ["params"] }, kind = "..."'
            ),
        ]
    return [*lines, *(_type(each) if each.is_type else _call(each))]


def _told(head: str, items: list[str]) -> list[str]:
    """A list as comments, one item per line where there are several."""
    shown = items[:SHOWN] + ([f"and {len(items) - SHOWN} more"] if len(items) > SHOWN else [])
    if not shown:
        return []
    if len(shown) == 1:
        return [_comment(f"  {head} {shown[0]}")]
    return [_comment(f"  {head}"), *(_comment(f"    {item}") for item in shown)]


def _verdict(block: Blocked) -> str:
    if block.question == "found":
        return f"{block.subject} ({place(block.location)})"
    question = QUESTIONS.get(block.question, "what it needs")
    return f"{block.subject} ({place(block.location)}): {question}"


def _call(each: Suggestion) -> list[str]:
    lines = [
        "[[call]]",
        f"name = {_quote(each.name)}",
        *_signature(each.signature),
        f'returns = "data"  {FILL} {_RETURNS}',
    ]
    lines.append(f'effects = ["opaque"]  {FILL} {_EFFECTS}')
    used = [f".{method.name}({', '.join(method.signature.params())})" for method in each.methods]
    return [*_told("its result is used by", used), *lines]


def _type(each: Suggestion) -> list[str]:
    lines = [
        "[[call]]",
        f"name = {_quote(each.name)}",
        f'effects = ["opaque"]  {FILL} remove this block once the type below is complete',
        "",
        "[[type]]",
        f"name = {_quote(each.name)}",
        f'category = "other"  {FILL} one word of the list in rules/README.md, e.g. frame, estimator, splitter',
        *_signature(each.signature),
        f'default = "opaque"  {FILL} what methods and attributes that are not listed do: pure, opaque or dynamics',
    ]
    if each.attributes:
        names = ", ".join(f'{_quote(name)} = "data"' for name in each.attributes)
        lines.append(
            f"# attributes = {{ {names} }}  {FILL} those seen: data, dynamics, scalar or the name of a type"
        )
    for method in each.methods:
        if method.name in _TRAINS:
            lines.append(
                _comment(
                    f'.{method.name}(...) is taken for a train call; effects = ["train"] with roles says so for sure'
                )
            )
            continue
        lines += ["[[type.method]]", f"name = {_quote(method.name)}", *_signature(method.signature)]
        lines += [f'returns = "data"  {FILL} {_RETURNS}', f'effects = ["opaque"]  {FILL} {_EFFECTS}']
    return lines


def _signature(seen: Signature) -> list[str]:
    params = ", ".join(map(_quote, seen.params()))
    return [
        f"params = [{params}]  {FILL} as documented; these are the arguments seen",
        f'roles = {{}}  {FILL} what they are for, e.g. {{ X = "X", y = "y", path = "path", seed = "seed" }}',
    ]


def _quote(text: str) -> str:
    """A basic string of TOML, which escapes as JSON does."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    """A comment on one line, its indent kept; whatever a name of a file holds, it cannot end the comment."""
    indent = text[: len(text) - len(text.lstrip(" "))]
    printable = "".join(char if char.isprintable() else "?" for char in text)
    return f"# {indent}{clip(printable, WIDTH)}"
