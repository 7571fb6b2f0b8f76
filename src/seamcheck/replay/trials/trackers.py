"""Experiment trackers: what a program tells them goes nowhere. MLflow gets a folder that is deleted at the end."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from seamcheck.replay.session import current
from seamcheck.replay.trials.when_imported import when_imported
from seamcheck.replay.trials.wrapping import Function, bound, wrap

_FOLDER = "SEAMCHECK_MLFLOW"
#: Folders by the process that made them: only this one deletes its own.
_MADE: dict[int, str] = {}
#: Flavors of MLflow that log by themselves when told to.
_FLAVORS = "catboost keras lightgbm pytorch sklearn spark statsmodels tensorflow xgboost".split()


def install() -> None:
    """Redirect trackers as soon as they are imported."""
    os.environ.setdefault(
        "MLFLOW_DISABLE_TELEMETRY", "true"
    )  # nothing leaves the machine; read when imported
    atexit.register(_delete)  # now, so that it runs after what the trackers themselves do at the end
    when_imported("mlflow", _patch_mlflow)
    for flavor in _FLAVORS:
        when_imported(f"mlflow.{flavor}", lambda module: wrap(module, "autolog", _no_autolog))
    when_imported("wandb", _patch_wandb)


def _say(message: str) -> None:
    session = current()
    if session is not None:
        session.note("left_out", message)


def _delete() -> None:
    folder = _MADE.pop(os.getpid(), None)
    for _ in range(20):
        if folder is None or not os.path.exists(folder):
            return
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.01)  # a thread of MLflow's may still be writing


# -- MLflow ------------------------------------------------------------------------------------------------


def _patch_mlflow(package: ModuleType) -> None:
    if current() is None:
        return
    _say("mlflow: runs go to a folder that is deleted at the end")
    _redirect()
    wrap(package, "autolog", _no_autolog)
    for name in ("set_tracking_uri", "set_registry_uri"):
        wrap(package, name, _ignored)
    for module in ("mlflow.tracking", "mlflow.tracking._tracking_service.utils"):
        known = sys.modules.get(module)
        if known is not None:
            for name in ("set_tracking_uri", "set_registry_uri"):
                wrap(known, name, _ignored)
    wrap(package.MlflowClient, "__init__", _client)


def _redirect() -> None:
    """Tell MLflow by its environment, which children inherit. The process that made the folder deletes it."""
    folder = os.environ.get(_FOLDER)
    if folder is None:
        folder = os.environ[_FOLDER] = tempfile.mkdtemp(prefix="seamcheck-mlflow-")
        _MADE[os.getpid()] = folder
    # Newer versions ask for leave to use folders; a database would put artifacts below the current folder.
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        os.environ[name] = Path(folder).as_uri()
    for name in ("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME"):
        os.environ.pop(name, None)


def _ignored(original: Function) -> Function:
    def ignored(*args: Any, **kwargs: Any) -> Any:
        return original(*args, **kwargs) if current() is None else None

    return ignored


def _no_autolog(original: Function) -> Function:
    def autolog(*args: Any, **kwargs: Any) -> Any:
        if current() is None:
            return original(*args, **kwargs)
        _say(f"{original.__module__}.autolog: nothing is logged by itself")
        return None

    return autolog


def _client(original: Function) -> Function:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        given = bound(original, (self, *args), kwargs)
        if current() is not None and given is not None:
            for name in ("tracking_uri", "registry_uri"):
                given.arguments.pop(name, None)
            args, kwargs = given.args[1:], given.kwargs
        original(self, *args, **kwargs)

    return __init__


# -- Weights & Biases --------------------------------------------------------------------------------------


def _patch_wandb(package: ModuleType) -> None:
    if current() is not None:
        os.environ["WANDB_MODE"] = "disabled"
        _say("wandb: disabled")
        wrap(package, "init", _disabled)


def _disabled(original: Function) -> Function:
    def init(*args: Any, **kwargs: Any) -> Any:
        if current() is not None:
            kwargs["mode"] = "disabled"
        return original(*args, **kwargs)

    return init
