"""What respondents said: raw files in, one checked and frozen `Survey` out."""

from analysis.survey.load import load, waiting
from analysis.survey.tables import Survey

__all__ = ["Survey", "load", "waiting"]
