"""Which trial of which loop runs: the tuners, each hooked as soon as a program imports it.

Also kept from writing: studies, artifacts, trackers, logs and callbacks of these libraries, where they are modelled.
"""

from __future__ import annotations

from seamcheck.replay.session import Session

_INSTALLED = False


def install(session: Session) -> None:
    """Hook all tuners for this process, once. The hooks speak to the current session and do nothing without one."""
    global _INSTALLED
    if _INSTALLED:
        return
    _INSTALLED = True
    from seamcheck.replay.trials import (
        bayes_opt_loops,
        flaml_loops,
        hyperopt_loops,
        optuna_loops,
        optuna_storage,
        searches,
        skopt_loops,
        trackers,
    )

    for library in (
        optuna_loops,
        optuna_storage,
        searches,
        hyperopt_loops,
        skopt_loops,
        bayes_opt_loops,
        flaml_loops,
        trackers,
    ):
        library.install()
