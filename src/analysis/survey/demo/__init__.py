"""Seeded, made-up clients of clearly different character, with known truth.

The truth (NPS, paths, themes, the largest driver, who is silent) is kept beside the data, for
tests only: nothing that makes a report reads it.
"""

from analysis.survey.demo.make import CLIENTS, Demo, make, write

__all__ = ["CLIENTS", "Demo", "make", "write"]
