"""What respondents said: raw files in, one checked and frozen `Survey` out."""

import pandas as pd

from analysis.survey.load import keep, load, waiting
from analysis.survey.tables import Survey

__all__ = ["Survey", "keep", "load", "waiting"]

# Text of some hundred rows, and names of columns, as Python's own strings: pandas turns each list
# of column names into an Arrow array otherwise, which took up to half of a chapter's time.
pd.set_option("mode.string_storage", "python")
