"""Calls through what the source declares: annotations, ``isinstance`` tests, handlers, constructors.

The interpreter follows values, and in a library most values come from callers nobody shows. Their annotations say
what they are. That is a claim, not a proof: here it adds edges to the call graph and nothing else. No label, no
effect and no verdict rests on it, and only the call graph command asks for it.
"""
