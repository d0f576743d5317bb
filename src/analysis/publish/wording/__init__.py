"""The report's sentences: one file a chapter, each sentence a named and tested function.

A sentence follows the evidence: it says "higher" only where the interval leaves no doubt.
Functions take plain values or tidy frames and return `results` blocks or None.
"""
