"""Labels: where a value comes from, in the terms that verdicts are about.

A label is born at one place. ``loops`` are the trial loops that were running then: what is drawn before a
loop is the same in all its trials, so a label speaks against a loop only if that loop is among them.
"""

from __future__ import annotations

from typing import NamedTuple

from seamcheck.facts.assumptions import Assumption

#: Kinds that end up as reasons of a verdict (design, R.kind).
TRIAL, RANDOM, MUTATION, CLOCK = "trial", "random", "mutation", "clock"
ENVIRONMENT, IO, LAZY, EXTERNAL, DYNAMIC = "environment", "io", "lazy", "external", "dynamic"
#: Result of a train call, and whatever derives from it.
DYNAMICS = "dynamics"
#: Handed in by a caller that the project does not show.
PARAM = "param"
#: Only the order of samples is random; ``truncated`` epochs turn it into a random subset.
ORDER = "order"
#: A random order that may have been cut to a random subset.
SUBSET = "subset"
#: Depends on the variable of a plain loop (its id in ``detail``).
LOOPVAR = "loopvar"
#: Result of running a model on data while training (index of the feed in ``detail``).
FEED = "feed"
#: Rows of the held-out split.
TEST = "test"
#: Part of the dataset captured with a run, or otherwise plain data.
ASSUMPTION = "assumption"
#: A dataset whose samples are read while training, but which is itself a plain description.
STREAM = "stream"

#: Read from a file by a trial: no reason by itself, but a loop that reads on while it trains is a stream.
READ = "read"

REASONS = frozenset({TRIAL, RANDOM, MUTATION, CLOCK, ENVIRONMENT, IO, LAZY, EXTERNAL, DYNAMIC})
#: Kinds whose ``detail`` tells them apart.
DETAILED = frozenset({LOOPVAR, FEED})
#: Kinds that stay the same wherever they were born: one per kind and place is enough.
MAX_PER_KIND = 3
#: The same for what callers give, where it matters which it is.
MAX_GIVEN = 6
#: Sets of labels up to this size are kept as they are.
ENOUGH = 6
#: Detail of the label of a table whose file is not known: whatever it holds, it is a frame or an array.
TABLE = "table"

#: Detail of a random order that is one only if the data are of some size.
PERHAPS = "perhaps"


class Assumed(NamedTuple):
    """What is said of the call that a label of something unknown comes from.

    While not ``settled`` the label was born in a call that ``by`` speaks of: only what that call gives is settled.
    """

    by: Assumption
    settled: bool


class Label(NamedTuple):
    """One origin: its kind, what happened, where, and the call sites that led there (outermost first).

    A label with something ``assumed`` is as unknown as any other of its kind: only the question whether trials get
    the same reads it, and holds it against :class:`seamcheck.flow.ledger.Ledger`.
    """

    kind: str
    message: str
    path: str
    line: int
    loops: tuple[int, ...] = ()
    detail: str = ""
    trace: tuple[tuple[str, int, str], ...] = ()
    assumed: Assumed | tuple[()] = ()


def part_of_order(label: Label, message: str, kind: str = RANDOM) -> Label:
    """A random order of which only a part is used: a random subset, if the order certainly is random."""
    if label.detail == PERHAPS:
        return label._replace(kind=DYNAMIC, message=f"{message}, if the order is random at all")
    return label._replace(kind=kind, message=message)


def bounded(labels: frozenset[Label]) -> frozenset[Label]:
    """At most ``MAX_PER_KIND`` labels of one kind and one set of loops, the first by place; twice is as good as once.

    A verdict needs to know that a kind is there, and a few places to show; dropping further ones of the
    same kind and loops can change neither. Kinds whose ``detail`` matters are all kept. Which table it is decides what
    a consumer of it needs, so tables are a kind of their own and not crowded out by what else is open. So is what
    each assumption speaks of: it may not stand for what nobody assumes anything of.
    """
    if len(labels) <= ENOUGH:
        return labels
    groups: dict[tuple[str, tuple[int, ...], bool, Assumed | tuple[()]], list[Label]] = {}
    for label in labels:
        table = label[5] == TABLE and label[0] == DYNAMIC
        groups.setdefault((label[0], label[4], table, label[7]), []).append(label)
    if all(len(group) <= MAX_PER_KIND for group in groups.values()):
        return labels
    kept: list[Label] = []
    for (kind, _, table, _), group in groups.items():
        most = MAX_GIVEN if table or kind == PARAM else MAX_PER_KIND
        kept.extend(group if kind in DETAILED or len(group) <= most else sorted(group)[:most])
    return frozenset(kept)
