"""Which names may lead to training: an over-approximation by bare name, to know which loops are worth marking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seamcheck.facts.ir import FileFacts

#: Methods and functions that train in some library, by bare name.
TRAINING_NAMES = frozenset(
    """fit fit_transform fit_predict fit_generator partial_fit train train_on_batch training_step cv cross_val_score
    cross_validate cross_val_predict learning_curve validation_curve backward step minimize apply_gradients update
    learn run optimize search tune fmin ask suggest evaluate_model __call__""".split()
)


def called_names(body: Any) -> tuple[set[str], bool]:
    """Bare names of everything that code calls, and whether it calls something without a name."""
    names: set[str] = set()
    nameless = False
    pending = [body]
    while pending:
        node = pending.pop()
        if not isinstance(node, tuple) or not node:
            continue
        if node[0] == "call" and len(node) == 6:
            callee = node[3]
            if callee[0] == "name":
                names.add(callee[2])
            elif callee[0] == "attr":
                names.add(callee[3])
            else:
                nameless = True
        pending.extend(node)
    return names, nameless


class TrainingNames:
    """Names of functions that may train, closed over calls."""

    def __init__(self, files: Iterable[FileFacts]):
        calls: dict[str, set[str]] = {}
        owners: dict[str, set[str]] = {}
        for facts in files:
            for function in facts.functions:
                name = function.name
                if function.owner >= 0 and name in ("__init__", "__call__", "forward"):
                    name = facts.classes[function.owner].name
                names, nameless = called_names(function.body)
                calls.setdefault(name, set()).update(names)
                if nameless:
                    calls[name].add("fit")
        for caller, names in calls.items():
            for name in names:
                owners.setdefault(name, set()).add(caller)
        self.names = set(TRAINING_NAMES)
        queue = list(self.names)
        while queue:
            for caller in owners.get(queue.pop(), ()):
                if caller not in self.names:
                    self.names.add(caller)
                    queue.append(caller)
        self._loops: dict[int, bool] = {}

    def may_train(self, node: Any) -> bool:
        """May this loop (or comprehension) train? Calls of variables go by the name of the variable."""
        known = self._loops.get(id(node))
        if known is None:
            names, nameless = called_names(node)
            known = nameless or any(n in self.names for n in names)
            self._loops[id(node)] = known
        return known
