"""The baseline: findings that were there when a project began to scan, each recorded once and never by its line."""

from seamcheck.baseline.match import Match, held_against, opened, with_baseline
from seamcheck.baseline.place import Place, locate
from seamcheck.baseline.read import read_baseline
from seamcheck.baseline.schema import Baseline, Entry, Key, Settings
from seamcheck.baseline.write import Plan, plan, pruned, save

__all__ = [
    "Baseline",
    "Entry",
    "Key",
    "Match",
    "Place",
    "Plan",
    "Settings",
    "held_against",
    "locate",
    "opened",
    "plan",
    "pruned",
    "read_baseline",
    "save",
    "with_baseline",
]
