"""Measurements of seamcheck: speed and size (``python -m bench``), its call graph against real runs (``traced_calls``).

Nothing here asserts a time. Trees to scan are named by whoever runs it; nothing that is fetched is kept.
"""
