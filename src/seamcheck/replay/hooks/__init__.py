"""Hooks on train calls: each gives one event before it goes on. Programs, classes and pickles stay what they were."""

from __future__ import annotations

from seamcheck.replay.hooks.install import canary, install, uninstall

__all__ = ["canary", "install", "uninstall"]
