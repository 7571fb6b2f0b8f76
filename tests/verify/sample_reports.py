"""Reports of verifications made by hand, with every shape that a renderer must cope with."""

from __future__ import annotations

from seamcheck.model.event import Varying
from seamcheck.model.verification import VerifyReport
from seamcheck.verify import Watched, verify
from tests.verify.samples import EVAL, X, loop, replay, scan, seen

NAMES = ("agree", "explained", "contradict", "not_seen", "unproven", "unexplained", "unobserved")
_CLAIMS = ("invariant", "variant", "invariant", "variant", "unknown", "unknown", "invariant")
_SEEN = ("equal", "differs", "differs", "equal", "equal", "differs", "unknown")
LOOPS = tuple(
    loop(claim, "variant" if name == "not_seen" else "invariant", path=f"{name}.py", function=name)
    for name, claim in zip(NAMES, _CLAIMS, strict=True)
)
MANY = Varying("y", tuple(f"c{i}" for i in range(11)), "contradict.py", 15, tuple(range(9)))
RUNS = tuple(
    seen(
        observed,
        path=f"{name}.py",
        varying={"contradict": (X, MANY), "explained": (X, EVAL)}.get(name, (X,) * (observed == "differs")),
        folds="differs" if name == "unexplained" else None,
        problems=("X: a column of mixed objects",) if name == "unobserved" else (),
    )
    for name, observed in zip(NAMES, _SEEN, strict=True)
)
STRANGERS = (
    seen(path="/home/me/site-packages/house/tuner.py", line=7),
    seen("differs", path="hidden.py", line=3, varying=(X, EVAL)),
    seen("unknown", path=None, line=None),
)
#: A loop that did not run.
IDLE = loop("variant", path="idle.py", function="<module>")
WATCHED = Watched(
    scored=frozenset({("optuna", "agree.py", 20), ("optuna", "explained.py", 20)}),
    streamed={("optuna", "agree.py", 20): ("X",)},
)
FULL: VerifyReport = verify(
    scan(*LOOPS, IDLE), replay(*RUNS, *STRANGERS, problems=("the hook for catboost failed",)), WATCHED,
    scanned=("hidden.py",),
)  # fmt: skip
STALE = verify(scan(*LOOPS[:3]), replay(*RUNS[:3]), WATCHED, stale=("agree.py",))
BLIND = verify(scan(LOOPS[0]), replay(RUNS[0]), Watched(("a child process",)))
AGREE = verify(scan(LOOPS[0]), replay(RUNS[0]), WATCHED)
EMPTY = verify(scan(), replay())
REPORTS = {
    "full": FULL,
    "stale": STALE,
    "blind": BLIND,
    "agree": AGREE,
    "empty": EMPTY,
    "idle": verify(scan(IDLE), replay()),
}
SOURCES = {"contradict.py": "\n" * 9 + "booster = lgb.train({}, train_set)\n"}


def sources(path: str) -> list[str]:
    return SOURCES.get(path, "").splitlines()
