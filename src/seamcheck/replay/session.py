"""Where a running program is: which trial of which loop, how deep inside train calls; and the way events take.

One :class:`Session` per process. Hooks ask it and tell it; it neither imports trainers nor writes files itself: the
``hash_role`` and ``write`` functions it is made with do.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from types import FrameType
from typing import Any, NamedTuple

import msgspec

from seamcheck.model.event import SPEC, Event, LoopRef, Note, Part, RoleHash

#: What a hook hands over for one role: its name, the index of an eval set, and the user's object (or its RoleHash).
Given = tuple[str, int, Any]
#: Hashes one object for a role; never raises for data it cannot hash: that is a RoleHash with a reason.
HashRole = Callable[[str, int, Any], RoleHash]


class Place(NamedTuple):
    """Where user code made a call."""

    path: str | None
    line: int | None
    function: str | None


class Trial(NamedTuple):
    """A trial that runs now. ``parent`` is the trial around it (a search inside an objective)."""

    loop: LoopRef
    number: int
    parent: Trial | None = None


class Marks(NamedTuple):
    """What the program says about itself: cell and fold."""

    cell: str | None = None
    fold: str | None = None


_TRIAL: ContextVar[Trial | None] = ContextVar("seamcheck_trial", default=None)
_DEPTH: ContextVar[int] = ContextVar("seamcheck_depth", default=0)
#: Do train calls below the outermost one give events, as folds?
_FOLDS: ContextVar[bool] = ContextVar("seamcheck_folds", default=False)
_UNMARKED = Marks()
_MARKS: ContextVar[Marks] = ContextVar("seamcheck_marks", default=_UNMARKED)
#: Numbers of the tasks in which this code runs, outermost first: of what was handed over in parallel in this trial.
_TASKS: ContextVar[tuple[int, ...]] = ContextVar("seamcheck_tasks", default=())
#: Where user code handed over the work that runs here, for workers whose stack has no frame of user code.
_PLACE: ContextVar[Place | None] = ContextVar("seamcheck_place", default=None)


class Session:
    """The replay of this process."""

    def __init__(self, run: str, root: str, hash_role: HashRole, write: Callable[[Event | Note], None]):
        self.run, self.root = run, root
        self._hash_role, self._write = hash_role, write
        self._lock = threading.Lock()
        self._serials: dict[tuple[str, str | None, int | None], int] = {}
        self._ordinals: dict[tuple[Any, ...], int] = {}
        #: Called after an event of the outermost predictor call is written, before training goes on: the modes
        #: that stop there raise.
        self.after_event: Callable[[Event, tuple[Given, ...]], None] | None = None
        #: The number of trials a loop may run (``--trials``), or None.
        self.limit: int | None = None

    # -- trials --------------------------------------------------------------------------------------

    def loop(self, kind: str, place: Place) -> LoopRef:
        """A new run of the loop at this place."""
        path = self.relative(place.path)
        with self._lock:
            serial = self._serials.get((kind, path, place.line), 0)
            self._serials[kind, path, place.line] = serial + 1
        return LoopRef(kind, path, place.line, serial)

    @contextlib.contextmanager
    def trial(self, loop: LoopRef, number: int) -> Iterator[None]:
        """Code of one trial. Entering it resets the depth: what a search runs are trials of their own."""
        trial, depth = _TRIAL.set(Trial(loop, number, _TRIAL.get())), _DEPTH.set(0)
        tasks = _TASKS.set(())  # those around a trial say which trial it is
        self.note("trial", "", loop, number)
        try:
            yield
        finally:
            _reset(_TASKS, tasks)
            _reset(_DEPTH, depth)
            _reset(_TRIAL, trial)

    @contextlib.contextmanager
    def marked(self, cell: str | None, fold: str | None) -> Iterator[None]:
        """Code that works on one cell and fold, as the program says."""
        old = _MARKS.get()
        token = _MARKS.set(
            Marks(cell if cell is not None else old.cell, fold if fold is not None else old.fold)
        )
        tasks = _TASKS.set(_TASKS.get() if fold is None else ())
        try:
            yield
        finally:
            _reset(_TASKS, tasks)
            _reset(_MARKS, token)

    # -- train calls ---------------------------------------------------------------------------------

    @contextlib.contextmanager
    def train_call(
        self, api: str, part: Part, given: Callable[[], Iterable[Given]], folds: bool = False
    ) -> Iterator[None]:
        """A train call: recorded before it goes on if it is the outermost one, or a fold of one that splits rows.

        ``given`` is called only then. ``folds``: inner train calls of this one are recorded as folds. Never disturbs
        the program: whatever goes wrong in recording is a note, and the call goes on.
        """
        depth = _DEPTH.get()
        if depth == 0:
            self._record(api, part, given)
        elif depth == 1 and _FOLDS.get() and part == "predictor":
            self._record(api, "fold", given)
        deeper = _DEPTH.set(depth + 1)
        inner = _FOLDS.set(folds) if depth == 0 else None
        try:
            yield
        finally:
            if inner is not None:
                _reset(_FOLDS, inner)
            _reset(_DEPTH, deeper)

    def nested(self) -> bool:
        """Is this code inside a train call whose inner train calls give no events? Cheap: hooks ask it first."""
        depth = _DEPTH.get()
        return depth > 1 or (depth == 1 and not _FOLDS.get())

    def inside(self) -> bool:
        """Is this code inside any train call?"""
        return _DEPTH.get() > 0

    def hash(self, role: str, index: int, handed: Any) -> RoleHash:
        """One object hashed for a role. What is hashed already (a dataset's content) only gets role and index."""
        if isinstance(handed, RoleHash):
            return msgspec.structs.replace(handed, role=role, index=index)
        return self._hash_role(role, index, handed)

    def _record(self, api: str, part: Part, given: Callable[[], Iterable[Given]]) -> None:
        try:
            handed = tuple(given())
            event = self._event(api, part, tuple(self.hash(*each) for each in handed))
        except Exception as error:  # recording must never disturb the program
            handed = ()
            event = self._event(api, part, (), f"could not be recorded: {type(error).__name__}: {error}")
        self._write(event)
        if part == "predictor" and self.after_event is not None:
            self.after_event(event, handed)

    def _event(self, api: str, part: Part, roles: tuple[RoleHash, ...], reason: str | None = None) -> Event:
        place, trial, marks = user_place(), _TRIAL.get(), Marks(_MARKS.get().cell, current_fold())
        path = self.relative(place.path)
        loop = None if trial is None else trial.loop
        number = None if trial is None else trial.number
        key = (loop, number, marks, part, api, path, place.line)
        with self._lock:
            ordinal = self._ordinals.get(key, 0)
            self._ordinals[key] = ordinal + 1
        refused = [f"{role.role}: {role.reason}" for role in roles if role.digests is None]
        why = reason or ("; ".join(refused) or None)
        return Event(
            uuid=uuid.uuid4().hex,
            run=self.run,
            spec=SPEC,
            loop=loop,
            trial=number,
            cell=marks.cell,
            fold=marks.fold,
            ordinal=ordinal,
            api=api,
            part=part,
            path=path,
            line=place.line,
            function=place.function,
            roles=roles,
            status="unknown" if why else "ok",
            reason=why,
            host=socket.gethostname(),
            pid=os.getpid(),
            thread=threading.get_ident(),
            monotonic=time.monotonic(),
            wall=time.time(),
        )

    def note(self, kind: str, message: str, loop: LoopRef | None = None, trial: int | None = None) -> None:
        """Say something that is no event."""
        self._write(Note(kind, message, loop, trial, os.getpid(), time.time()))

    def relative(self, path: str | None) -> str | None:
        """A path as reports show it: below the project root relative to it, with "/"."""
        if path is None:
            return None
        full = os.path.abspath(path)
        inside = full.startswith(self.root.rstrip(os.sep) + os.sep)
        return os.path.relpath(full, self.root).replace(os.sep, "/") if inside else full


def _reset(variable: ContextVar[Any], token: Any) -> None:
    """Set a variable back; a generator may be closed in another context than it was started in."""
    with contextlib.suppress(ValueError):
        variable.reset(token)


_SESSION: Session | None = None


def current() -> Session | None:
    """The session of this process; None where nothing is replayed."""
    return _SESSION


def start(session: Session | None) -> None:
    """Make this the session of the process (None: end it)."""
    global _SESSION
    _SESSION = session


def current_fold() -> str | None:
    """The fold of this code: what it says itself, and the numbers of its tasks in there."""
    parts = [fold for fold in (_MARKS.get().fold,) if fold is not None] + [str(n) for n in _TASKS.get()]
    return "/".join(parts) or None


def context() -> tuple[Any, ...]:
    """Where this code is, as plain data to ship to another process; see :func:`resume`."""
    return (_TRIAL.get(), _DEPTH.get(), _FOLDS.get(), _MARKS.get(), user_place(), _TASKS.get())


@contextlib.contextmanager
def resume(shipped: tuple[Any, ...]) -> Iterator[None]:
    """Go on where the sender was."""
    variables: tuple[ContextVar[Any], ...] = (_TRIAL, _DEPTH, _FOLDS, _MARKS, _PLACE, _TASKS)
    tokens = [variable.set(value) for variable, value in zip(variables, shipped, strict=True)]
    try:
        yield
    finally:
        for variable, token in zip(reversed(variables), reversed(tokens), strict=True):
            _reset(variable, token)


def user_place() -> Place:
    """The innermost frame of user code: neither ours, nor the standard library's, nor an installed package's.

    Where there is none, as in a worker's thread or process: where user code handed the work over.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not is_foreign(name):
            return Place(name, frame.f_lineno, frame.f_code.co_qualname)
        frame = frame.f_back
    return _PLACE.get() or Place(None, None, None)


_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_STDLIB = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_FOREIGN: dict[str, bool] = {}


def is_foreign(name: str) -> bool:
    """Is this file no user code: ours, the standard library's or an installed package's?"""
    known = _FOREIGN.get(name)
    if known is None:
        full = os.path.abspath(name)
        known = name.startswith("<") or full.startswith((_OURS, _STDLIB))
        known = known or f"{os.sep}site-packages{os.sep}" in full or f"{os.sep}dist-packages{os.sep}" in full
        _FOREIGN[name] = known
    return known
