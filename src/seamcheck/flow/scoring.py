"""Scoring: which data a trained model is evaluated on."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import calls, given, passes, training_data
from seamcheck.flow.binding import Site, short
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import EVALUATION_ROLES, EvalEvent
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.places import anchor
from seamcheck.flow.values import Value

PREDICTING = frozenset({"predict", "predict_proba", "decision_function"})


def predicts_for(eng: Engine, args: calls.Args) -> None:
    """The first argument of ``predict`` holds rows, whatever the model is."""
    for v in args.positional[:1]:
        given.predicted(eng, v)


def note_evaluation(eng: Engine, frame: Frame, site: Site) -> None:
    """A trained model is scored on data."""
    for name, v in site.bound.items():
        if site.roles.get(name) in EVALUATION_ROLES:
            _evaluated(eng, frame, v, site.node, short(site.api))
            if site.receiver is not None and site.roles.get(name) == "eval_X":
                given.predicted(eng, v)


def note_evaluation_args(eng: Engine, frame: Frame, args: calls.Args, node: Node, name: str) -> None:
    """The same for a method known by its name only."""
    if name in ("predict", "predict_proba", "score", "evaluate", "decision_function"):
        for v in args.positional[:2]:
            _evaluated(eng, frame, v, node, name)


def _evaluated(eng: Engine, frame: Frame, v: Value, node: Node, what: str) -> None:
    key = (anchor(node), frame, eng.loops)
    event = eng.evals.get(key)
    if event is None:
        event = eng.evals[key] = EvalEvent(key, frame.path, node[1], eng.loops, what)
    event.labels |= training_data.data_labels(eng, v)
    if frame.guard and eng.table.running:
        event.passes |= passes.deciding(eng, frame.guard)
    eng.effect(frame, Effect("eval", frame.path, node[1], what, key))
