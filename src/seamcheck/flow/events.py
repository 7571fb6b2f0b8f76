"""What a run of the abstract interpreter records for the checks: train calls, evaluations, loops."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from seamcheck.flow.labels import Label
from seamcheck.flow.ledger import Ledger

NONE: frozenset[Label] = frozenset()

#: Roles of train calls that decide invariance; the others are hyperparameters or evaluation.
TRAINING_ROLES = ("X", "y", "weight", "group", "data", "folds", "cv")
EVALUATION_ROLES = ("eval_X", "eval_y", "eval")


class DataPart(NamedTuple):
    """What one argument of a train call carries: its labels, the variables named, where they were completed.

    ``sites`` are where the data were made, ``bound`` where the variables that the call names got them.
    """

    role: str
    labels: frozenset[Label]
    names: tuple[str, ...]
    sites: tuple[tuple[str, int], ...]
    spelled: str = ""
    bound: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True, eq=False)
class TrainEvent:
    """One call that trains, in one context; parts of several visits are joined.

    ``eager`` says that the trainer needs its data in memory, so that whatever it is given is complete.
    ``params`` are the labels of the hyperparameters and of the model, without seeds; ``explicit`` those of numbers
    and objects that the model was made with or its training is given, without the model itself. ``passes``: the loops
    in whose passes it happens or not, as the trial chooses.
    """

    key: Any
    api: str
    function: str
    path: str
    line: int
    end_line: int
    loops: tuple[int, ...]
    eager: bool
    incremental: bool = False
    external: bool = False
    is_test: bool = False
    parts: dict[str, DataPart] = field(default_factory=dict)
    params: frozenset[Label] = NONE
    explicit: frozenset[Label] = NONE
    preparation: bool = False
    control: frozenset[Label] = NONE
    feeds: frozenset[int] = frozenset()
    passes: frozenset[tuple[str, Label]] = frozenset()

    def add(self, part: DataPart) -> None:
        """Join what another visit saw in this role."""
        old = self.parts.get(part.role)
        if old is not None:
            names = tuple(dict.fromkeys((*old.names, *part.names)))
            sites = tuple(dict.fromkeys((*old.sites, *part.sites)))
            spelled = part.spelled if part.spelled == old.spelled else f"{old.spelled}|{part.spelled}"[:400]
            bound = tuple(dict.fromkeys((*old.bound, *part.bound)))
            part = DataPart(part.role, old.labels | part.labels, names, sites, spelled, bound)
        self.parts[part.role] = part


@dataclass(slots=True, eq=False)
class EvalEvent:
    """Data that a trained model is scored on."""

    key: Any
    path: str
    line: int
    loops: tuple[int, ...]
    what: str
    labels: frozenset[Label] = NONE
    passes: frozenset[tuple[str, Label]] = frozenset()


@dataclass(slots=True, eq=False)
class FeedEvent:
    """Data that a model is run on while it may be training, or targets given to a loss."""

    path: str
    line: int
    api: str
    parts: dict[str, DataPart] = field(default_factory=dict)
    params: frozenset[Label] = NONE


@dataclass(slots=True, eq=False)
class LoopRecord:
    """One trial loop as it was met: where, of what kind, with which objective, and what ran in its trials."""

    id: int
    kind: str
    path: str
    function: str
    line: int
    end_line: int
    objectives: dict[tuple[str, int], tuple[str, str, int, int]] = field(default_factory=dict)
    unresolved: list[Label] = field(default_factory=list)
    trains: dict[Any, None] = field(default_factory=dict)
    evals: dict[Any, None] = field(default_factory=dict)
    unresolved_calls: dict[Any, None] = field(default_factory=dict)
    external: list[Label] = field(default_factory=list)
    is_search: bool = False
    is_test: bool = False
    depth: int = 0  # regions of the heap that are open when a trial starts
    #: Labels of what the objective gives back, None where a trial gives back nothing.
    returned: frozenset[Label] | None = None
    assumptions: dict[str, None] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)  # of the whole run


class OpaqueCall(NamedTuple):
    """A call into a library without a model: what the near misses and model suggestions are made from."""

    path: str
    line: int
    name: str
    function: str
    takes_training: bool


class Records:
    """Everything a run records: events by the call they belong to, loops, calls nobody can see into, the call graph."""

    def __init__(self) -> None:
        self.trains: dict[Any, TrainEvent] = {}
        self.evals: dict[Any, EvalEvent] = {}
        self.feeds: list[FeedEvent] = []
        self.feed_keys: dict[Any, int] = {}
        self.loop_records: dict[Any, LoopRecord] = {}
        self.loop_ids: dict[int, LoopRecord] = {}
        self.opaque_calls: dict[tuple[str, int, str], OpaqueCall] = {}
        self.problems: list[tuple[str, int, str]] = []
        self.edges: dict[str, dict[str, None]] = {}
        #: What callers give that is used as only arrays and frames are, and the labels of what models predict for.
        self.frame_like: set[tuple[str, int, str]] = set()
        self.predicted_for: set[Label] = set()
        self.predicted_rows: set[Any] = set()
        #: What callers give that was handed to scikit-learn as an estimator.
        self.estimators: set[Any] = set()
        #: What is used to name columns, and the frames whose columns these are.
        self.names_in: dict[tuple[str, int, str], set[tuple[str, int, str]]] = {}
        #: Functions that a framework calls with the configuration or the command line.
        self.commands: set[tuple[str, int]] = set()
        #: The first read of each set of given values in a file.
        self.given_reads: dict[Any, tuple[int, str]] = {}
        #: What :func:`seamcheck.flow.given.sources` found in a set of labels: asked for again and again.
        self.label_sources: dict[frozenset[Label], frozenset[Any]] = {}
