"""Child processes of a replay: they write into the same run, and know which trial they work for.

A child of the same interpreter finds ``SEAMCHECK_REPLAY`` in its environment and our ``sitecustomize`` on its path,
joins the run and says hello. A Python child that was started and never said hello ran without hooks
(:func:`unhooked`): what it trained is not known, so no verdict may rest on this run alone.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import importlib
import os
import pickle
import re
import shutil
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import msgspec

from seamcheck.model.event import Note
from seamcheck.replay import carried
from seamcheck.replay.session import Session, context, current, start
from seamcheck.replay.trials.when_imported import when_imported
from seamcheck.replay.trials.wrapping import Function, bound, called_by_user, wrap

VARIABLE = "SEAMCHECK_REPLAY"
#: Where the parent was when it started this very program; grandchildren do not see it.
_CONTEXT = "SEAMCHECK_CONTEXT"
_SITE = str(Path(__file__).parent / "child_site")
_LUGGAGE = "_seamcheck_luggage"
#: Names of programs that are Python, whatever they run.
_PYTHON = re.compile(r"python[\d.]*(\.exe)?", re.IGNORECASE)
#: A Python that only says what it is runs nothing.
_ASKS = frozenset({"-V", "-VV", "--version", "-h", "--help"})


class Handed(msgspec.Struct, frozen=True):
    """What a child needs to join a run.

    ``folder``: of the run. ``rules``: model files of the project's own. ``setup``: "module:function" of ours, called
    in the child with its session and ``extra``.
    """

    run: str
    folder: str
    root: str
    limit: int | None = None
    mode: str = "full_replay"
    rules: tuple[str, ...] = ()
    on_full: Literal["stop", "go_on"] = "stop"
    setup: str | None = None
    extra: dict[str, str] = msgspec.field(default_factory=dict)


# -- in the parent -----------------------------------------------------------------------------------------

_INSTALLED = False


def install(session: Session, handed: Handed | None = None) -> None:
    """Let context go along to threads and processes, and with ``handed`` let child processes join the run.

    ``handed`` goes into the environment of this process, where all children look.
    """
    global _INSTALLED
    if handed is not None:
        os.environ.update(_environment(os.environ, msgspec.json.encode(handed).decode()))
    if _INSTALLED:
        return
    _INSTALLED = True
    carried.install()
    when_imported("multiprocessing.process", _patch_process)
    when_imported("subprocess", lambda module: wrap(module.Popen, "__init__", _popen))
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork)


def unhooked(notes: Iterable[Note]) -> list[str]:
    """Python processes of a run that were started and never heard of, each with its command."""
    started: dict[str, str] = {}
    heard: set[str] = set()
    for note in notes:
        if note.kind == "child":
            pid, _, command = note.message.partition(" ")
            started[pid] = command
        elif note.kind == "hello":
            # A shell that stands between is known by its child.
            heard |= {str(note.pid), note.message.removeprefix("child of ")}
    return [f"process {pid} ran without hooks: {what}" for pid, what in started.items() if pid not in heard]


def finish(session: Session, notes: Iterable[Note]) -> list[str]:
    """At the end of a run: a note for each process without hooks; their messages."""
    messages = unhooked(notes)
    for message in messages:
        session.note("unhooked", message)
    return messages


def _environment(environment: Mapping[Any, Any], value: str) -> dict[str, str]:
    """The variables that let a child with this environment join."""
    before = environment.get("PYTHONPATH") or ""
    known = before.split(os.pathsep) if before else []
    return {
        VARIABLE: value,
        "PYTHONPATH": os.pathsep.join([_SITE, *(entry for entry in known if entry != _SITE)]),
    }


def _patch_process(module: ModuleType) -> None:
    wrap(module.BaseProcess, "start", _start)
    wrap(module.BaseProcess, "_bootstrap", _bootstrap)


def _start(original: Function) -> Function:
    def start(self: Any) -> None:
        session = current()
        if session is None:
            original(self)
            return
        number = carried.number(session) if called_by_user() and context()[0] is not None else None
        setattr(self, _LUGGAGE, (carried.pack(), number))
        try:
            original(self)
        finally:
            delattr(self, _LUGGAGE)
        session.note("child", f"{self.pid} {self.name}")

    return start


def _bootstrap(original: Function) -> Function:
    def _bootstrap(self: Any, *args: Any, **kwargs: Any) -> Any:
        packed = getattr(self, _LUGGAGE, None)
        if packed is None:
            return original(self, *args, **kwargs)
        luggage, number = packed
        return carried.Task(functools.partial(original, self), luggage, number)(*args, **kwargs)

    return _bootstrap


def _popen(original: Function) -> Function:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        session, given = current(), bound(original, (self, *args), kwargs)
        value = os.environ.get(VARIABLE)
        if session is None or given is None or value is None:
            original(self, *args, **kwargs)
            return
        named = given.arguments
        python = _is_python(named["args"], named.get("executable"))
        environment = os.environ if named.get("env") is None else named["env"]
        if python:
            named["env"] = {**environment, **_environment(environment, value), _CONTEXT: _sealed(session)}
        elif named.get("env") is not None:
            named["env"] = {**environment, **_environment(environment, value)}
        original(*given.args, **given.kwargs)
        if python:
            session.note("child", f"{self.pid} {_shown(named['args'])}")

    return __init__


def _sealed(session: Session) -> str:
    """Where this code is, as a text."""
    which = carried.number(session) if context()[0] is not None else None
    return base64.b64encode(pickle.dumps((carried.pack(), which))).decode()


def _words(args: Any) -> list[str]:
    if isinstance(args, (str, bytes, os.PathLike)):
        return [os.fsdecode(args)]
    return [os.fsdecode(word) for word in args]


def _shown(args: Any) -> str:
    return " ".join(_words(args))[:200]


def _is_python(args: Any, executable: Any = None) -> bool:
    """Does this command start a Python, itself or through a shell, or a script that a Python runs?"""
    words = _words(args)
    if not words or _ASKS & set(words[1:2]):
        return False
    if len(words) == 1 and " " in words[0]:  # for a shell
        return any(_is_program(word) for word in re.split(r"[\s;&|()'\"]+", words[0]))
    program = words[0] if executable is None else os.fsdecode(executable)
    return _is_program(program) or _is_script(program)


def _is_program(word: str) -> bool:
    return bool(_PYTHON.fullmatch(os.path.basename(word))) or (word == sys.executable and bool(word))


def _is_script(program: str) -> bool:
    path = shutil.which(program)
    if path is None:
        return False
    try:
        with open(path, "rb") as file:
            head = file.read(256).split(b"\n")[0]
    except OSError:
        return False
    return head.startswith(b"#!") and b"python" in head


_GOING_ON = contextlib.ExitStack()

# -- in the child ------------------------------------------------------------------------------------------


def join_run() -> None:
    """Start a session in this child process: all hooks, writing to the run that the environment names."""
    value = os.environ.get(VARIABLE)
    if value is None or current() is not None:
        return
    from seamcheck.libraries.load import load_models
    from seamcheck.replay import hooks, modes, trials
    from seamcheck.replay.leaves import hash_role
    from seamcheck.replay.log import RunLog

    handed = msgspec.json.decode(value, type=Handed)
    log = RunLog(Path(handed.folder), handed.on_full)
    session = Session(handed.run, handed.root, hash_role(), log.write)
    session.limit = handed.limit
    start(session)
    hooks.install(session, load_models(map(Path, handed.rules)))
    trials.install(session)
    install(session)
    modes.install(session, handed.mode)
    if handed.setup is not None:
        module, _, name = handed.setup.partition(":")
        getattr(importlib.import_module(module), name)(session, handed.extra)
    _hello(session)
    sealed = os.environ.pop(_CONTEXT, None)
    if sealed is not None:
        luggage, which = pickle.loads(base64.b64decode(sealed))
        # For as long as this process lives.
        _GOING_ON.enter_context(carried.unpacked(luggage, which))


def _hello(session: Session) -> None:
    session.note("hello", f"child of {os.getppid()}")


def _after_fork() -> None:
    session = current()
    if session is not None:
        # Another thread of the parent may have held them.
        session._lock = threading.Lock()
        carried.after_fork()
        _hello(session)
