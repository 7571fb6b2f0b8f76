"""Static claims held against what a replay saw. Pure functions over the structs of ``model``; no trainer is needed."""

from seamcheck.verify import stale
from seamcheck.verify.check import verify
from seamcheck.verify.join import Joined, Match, join
from seamcheck.verify.judge import judge
from seamcheck.verify.watched import Watched, watch

__all__ = ["Joined", "Match", "Watched", "join", "judge", "stale", "verify", "watch"]
