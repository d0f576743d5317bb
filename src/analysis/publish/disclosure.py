"""May this be shown? The rules that keep small groups hidden, in one place."""

import pandas as pd

#: Smallest number of answers under a score, and of comments under a count (domain.md 2.8).
MIN_SCORES = 5
MIN_COMMENTS = 8


def hidden_rows(base: pd.Series, minimum: int = MIN_SCORES, whole: bool = False) -> pd.Series:
    """Which rows to hide, given the number of answers under each.

    Parameters
    ----------
    base : answers under each row; missing counts as none.
    minimum : smallest base shown.
    whole : the rows add up to a total that is known: hide a second row when the hidden ones
        together could be worked out by subtraction.

    Examples
    --------
    >>> list(hidden_rows(pd.Series([30, 4, 9]), whole=True))
    [False, True, True]
    """
    counts = base.fillna(0)
    hidden = (counts < minimum) & (counts > 0) if whole else counts < minimum
    if whole and hidden.any():
        for row in counts[~hidden & (counts > 0)].sort_values(kind="stable").index:
            if hidden.sum() > 1 and counts[hidden].sum() >= minimum:
                break
            hidden[row] = True
    return hidden
