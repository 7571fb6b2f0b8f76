"""Source text to facts: the only package that imports libcst, and only when a file has to be parsed."""
