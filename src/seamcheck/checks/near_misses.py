"""What looks like tuning but is no loop that can be named: so that silence is not mistaken for a clean bill."""

from __future__ import annotations

from seamcheck.checks.evidence import Places
from seamcheck.flow.engine import Engine
from seamcheck.flow.relevance import TUNER_WORDS
from seamcheck.model.report import NearMiss

LOOKED_FOR = (
    "calls of tuners that a model in rules/ describes (optuna, hyperopt, ray tune, scikit-learn searches, ...)",
    "loops that ask a tuner for trials",
    "plain loops over configurations that train in each pass",
)
MAX_MISSES = 20


def near_misses(eng: Engine, places: Places) -> tuple[NearMiss, ...]:
    """Unmodelled calls that are handed a function that trains or sound like a tuner, and train calls in no loop."""
    out: list[NearMiss] = []
    for call in sorted(eng.opaque_calls.values()):
        last = call.name.lower().rpartition(".")[2]
        if call.takes_training:
            message = f"`{call.name}` has no model and is handed a function that trains: it may be a tuner"
        elif any(word in last for word in TUNER_WORDS) and not call.name.startswith("?"):
            message = f"`{call.name}` has no model and sounds like a tuner"
        else:
            continue
        out.append(NearMiss(message, places.at(call.path, call.line)))
    in_loops = {key for record in eng.loop_records.values() for key in record.trains}
    reached = {(eng.trains[key].path, eng.trains[key].line) for key in in_loops if key in eng.trains}
    alone = {}
    for event in eng.trains.values():
        if (event.path, event.line) not in reached and not event.is_test:
            alone[event.path, event.line] = event
    for (path, line), event in sorted(alone.items()):
        message = f"`{event.api}` trains outside every loop that was found"
        out.append(NearMiss(message, places.at(path, line, event.end_line)))
    return tuple(out[:MAX_MISSES])
