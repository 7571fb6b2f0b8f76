"""Runs a script or module as ``python`` would: as ``__main__`` of this process, to its very end."""

from __future__ import annotations

import atexit
import importlib.machinery
import importlib.util
import os
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from types import CodeType, ModuleType, TracebackType
from typing import NamedTuple

from seamcheck.model.errors import ConfigError

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
Compile = Callable[[bytes, str], CodeType]


class Target(NamedTuple):
    """What to run: the file of a script, or the name of a module, and its arguments."""

    name: str
    args: tuple[str, ...] = ()
    module: bool = False


class Ending(NamedTuple):
    """How a program ended: in words, its exit code, and the exception that ended it."""

    text: str
    code: int
    error: BaseException | None = None


def located(target: Target) -> str:
    """The file that will run, found without running anything; raises ConfigError."""
    if target.module:
        return _module_file(target.name)
    path = os.path.join(target.name, "__main__.py") if os.path.isdir(target.name) else target.name
    if not os.path.isfile(path):
        raise ConfigError("there is no such script", target.name)
    return os.path.abspath(path)


def search_path(target: Target) -> str:
    """What Python puts in front of ``sys.path``: the folder of a script (links followed), for a module this folder."""
    if target.module:
        return os.getcwd()
    return os.path.realpath(target.name) if os.path.isdir(target.name) else _folder(target.name)


def _folder(script: str) -> str:
    return os.path.dirname(os.path.realpath(script))


def _module_file(name: str) -> str:
    """The source of a dotted name; packages on the way are not imported."""
    search: Sequence[str] | None = [os.getcwd(), *sys.path]
    parts = name.split(".")
    for number, part in enumerate([*parts, "__main__"]):
        spec = importlib.machinery.PathFinder.find_spec(part, search)
        if spec is None or number == len(parts):
            break
        if spec.submodule_search_locations is None:
            break
        search = list(spec.submodule_search_locations)
    if spec is None or spec.origin is None or number < len(parts) - 1 or not os.path.isfile(spec.origin):
        raise ConfigError(f"there is no module {name!r} to run")
    return os.path.abspath(spec.origin)


def prepare(target: Target) -> ModuleType:
    """Make this process look as if Python had been started with the target; gives the empty ``__main__``."""
    path = located(target)
    first = search_path(target)
    if sys.flags.safe_path:
        if not target.module:
            sys.path.insert(0, first)
    else:
        sys.path[0] = first
    main = ModuleType("__main__")
    main.__dict__.update(__builtins__=__builtins__, __file__=path, __cached__=None)
    if sys.version_info < (3, 14):
        main.__annotations__ = {}
    main.__loader__ = importlib.machinery.SourceFileLoader("__main__", path)
    sys.argv[:] = [path if target.module else target.name, *target.args]
    sys.modules["__main__"] = main
    return main


def execute(target: Target, main: ModuleType, compile_: Compile) -> Ending:
    """Run the target, wait for its threads and run its exit handlers. Nothing it raises gets out."""
    ending = _guarded(lambda: _run(target, main, compile_))
    if ending.error is not None:
        _show(ending.error)
    # Registers an exit handler of threads when it is imported, which is refused after these have run.
    import concurrent.futures.thread  # noqa: F401

    for rest in (threading._shutdown, atexit._run_exitfuncs):  # type: ignore[attr-defined]
        last = _guarded(rest)
        if last.error is not None and ending.error is None:
            ending = last
    for stream in (sys.stdout, sys.stderr):
        _guarded(stream.flush)
    return ending


def _run(target: Target, main: ModuleType, compile_: Compile) -> None:
    path = main.__file__
    assert path is not None
    if target.module:
        # Imports the packages on the way, so not before the program begins.
        spec = importlib.util.find_spec(target.name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{target.name}.__main__")
        if spec is None or spec.origin is None:
            raise ImportError(f"No module named {target.name}", name=target.name)
        path = sys.argv[0] = spec.origin
        main.__spec__, main.__package__ = spec, spec.parent
        main.__dict__.update(__file__=path, __cached__=spec.cached, __loader__=spec.loader)
    with open(path, "rb") as file:
        source = file.read()
    exec(compile_(source, path), main.__dict__)


def _guarded(action: Callable[[], object]) -> Ending:
    """Do it and say how it ended."""
    try:
        action()
    except SystemExit as gone:
        return _exited(gone)
    except KeyboardInterrupt as error:
        return Ending("interrupted", 130, error)
    except BaseException as error:
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return Ending(text, 1, error)
    return Ending("ok", 0)


def _exited(gone: SystemExit) -> Ending:
    code = gone.code
    if code is None or code == 0:
        return Ending("ok", 0)
    if isinstance(code, int):
        return Ending(f"exit code {code}", code & 0xFF)
    sys.stderr.write(f"{code}\n")
    return Ending(f"exit code 1: {code}", 1)


def _show(error: BaseException) -> None:
    """As Python shows what ends a program, with the program's own hook, without frames of ours."""
    from seamcheck.replay.modes import Ended

    if isinstance(error, Ended):
        return
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        each = pending.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        each.__traceback__ = without_ours(each.__traceback__)
        pending += [each.__cause__, each.__context__]
        pending += getattr(each, "exceptions", ())
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except Exception:
        traceback.print_exception(error)


def without_ours(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames of seamcheck."""
    frames = []
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(_OURS):
            frames.append(trace)
        trace = trace.tb_next
    out: TracebackType | None = None
    for each in reversed(frames):
        out = TracebackType(out, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return out
