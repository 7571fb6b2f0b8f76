"""One replay: a run folder, hooks, the program to its end, and what it showed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, NoReturn

import msgspec

from seamcheck.config.anchor import anchored
from seamcheck.config.discovery import find_root
from seamcheck.config.load import load_config
from seamcheck.libraries.load import load_models
from seamcheck.model.errors import LogError
from seamcheck.model.event import ReplayReport
from seamcheck.replay import children, hooks, loops, modes, program, session, sources, trials
from seamcheck.replay.leaves import hash_role
from seamcheck.replay.log import OnFull, Run, RunLog, compact, create_run, read_run
from seamcheck.replay.summary import summarise


class Options(NamedTuple):
    """What to replay and how. ``trials`` limits the trials of each loop, ``loops`` are plain loops that the user named.

    ``on_payload`` gets what the first train call was given, in the modes that stop there.
    """

    target: program.Target
    runs: Path = Path(".seamcheck_runs")
    trials: int | None = None
    mode: str = "full_replay"
    loops: tuple[loops.LoopMark, ...] = ()
    on_full: OnFull = "stop"
    on_payload: modes.OnPayload | None = None


class Outcome(NamedTuple):
    """What a replay showed. ``failed``: the program did not come to its end as it should, or records were lost."""

    run: Run
    report: ReplayReport
    failed: bool


#: Writes the reports and gives the exit code of the process.
Deliver = Callable[[Outcome], int]


def replay(options: Options, deliver: Deliver) -> int:
    """Run the program in this process, which should end with the code that this gives.

    Exit handlers and threads of the program are done then. Raises SeamcheckError where it cannot start.
    """
    script = program.located(options.target)
    root = find_root(script)
    search = [program.search_path(options.target), *sys.path]
    config = anchored(load_config(Path(script)), root)
    models = load_models(Path(root) / rule for rule in config.rules)
    plan = loops.plan(script, search, root, options.loops)
    run = create_run(options.runs, [options.target.name, *options.target.args])
    log = RunLog(run.folder, options.on_full)
    current = session.Session(run.id, root, hash_role(), log.write)
    current.limit = options.trials
    session.start(current)
    ends = modes.install(current, options.mode, options.on_payload)
    hooks.install(current, models)
    trials.install(current)
    guard = options.mode == "hash_only_until_seam"
    children.install(current, _handed(options, run, root, loops.carried(plan, guard)))
    loader = loops.install(current, plan, guard)
    replaying = _Replaying(run, log, current, ends, script, deliver)
    if isinstance(ends, modes.Stop):
        ends.finish = replaying.leave
    main = program.prepare(options.target)
    ending = program.execute(options.target, main, loader.compile)
    if os.getpid() != replaying.pid:
        # A forked child that ran to the end of the script: the report is its parent's.
        log.close()
        os._exit(ending.code)
    return replaying.finish(ending)


def _handed(options: Options, run: Run, root: str, extra: dict[str, str]) -> children.Handed:
    """What child processes need to join the run."""
    return children.Handed(
        run=run.id,
        folder=str(run.folder),
        root=root,
        limit=options.trials,
        mode=options.mode,
        on_full=options.on_full,
        setup=f"{loops.__name__}:{loops.join.__name__}",
        extra=extra,
    )


class _Replaying:
    """What is needed to end a replay, wherever it ends."""

    def __init__(
        self,
        run: Run,
        log: RunLog,
        current: session.Session,
        ends: modes.Stop | modes.EndTrials | None,
        script: str,
        deliver: Deliver,
    ):
        self._run, self._log, self._session, self._ends = run, log, current, ends
        self._script, self._deliver = script, deliver
        self._start = time.time()
        self.pid = os.getpid()
        # A run that is killed has no end to write them at.
        sources.record(run.folder, current.root, self._start, [script])

    def leave(self) -> NoReturn:
        """End the process here, inside a program that would not stop."""
        code = self.finish(program.Ending("ok", 0))
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)

    def finish(self, ending: program.Ending) -> int:
        """Say how the program ended, sum up, report; gives the exit code."""
        problems = []
        notes = read_run(self._run.folder).notes
        text, failed = self._told(ending, any(note.kind == "stopped" for note in notes))
        try:
            for problem in hooks.canary(self._session):
                self._session.note("canary", problem)
            children.finish(self._session, notes)
            self._session.note("end", text)
            self._log.close()
            sources.record(self._run.folder, self._session.root, self._start, [self._script])
        except LogError as error:
            problems.append(str(error))
        report = summarise(read_run(self._run.folder))
        report = msgspec.structs.replace(report, exit=text, problems=(*report.problems, *problems))
        session.start(None)
        code = self._deliver(Outcome(self._run, report, failed or bool(self._log.lost)))
        try:
            compact(self._run.folder)
        except LogError as error:
            sys.stderr.write(f"seamcheck: {error}\n")
        return code

    def _told(self, ending: program.Ending, stopped: bool) -> tuple[str, bool]:
        """How the program ended, in words, and whether that is a failure. ``stopped``: here or in a child."""
        if isinstance(self._ends, modes.Stop) and stopped:
            if not isinstance(ending.error, modes.SeamReached):
                self._ends.swallowed("the stop was caught by the program, which went on to its end")
            return "stopped at the seam", False
        if isinstance(self._ends, modes.EndTrials) and self._ends.reached and ending.code:
            # A study in which no trial was finished has no best one.
            return f"trials ended at the seam, and then: {ending.text}", False
        return ending.text, ending.code != 0
