"""seamcheck: what a tuning program trains on, where its prep ends, and what each reader of a run needs."""

__version__ = "0.1.0"
