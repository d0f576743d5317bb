"""Groups that are too small to be shown: put together, or known by what is left of a figure.

Account teams see each answer that was given in the open. Taken away from a figure over all answers,
they leave those given in confidence, which must then be many enough by themselves.
"""

import numpy as np
import pandas as pd

OPEN = "attributable"


def joined(groups: pd.Series, minimum: int) -> pd.Series:
    """Put people of groups that are too small alone into one group that bears all their names.

    The smallest group that may be shown joins them where they are too few even together: left
    alone, they would come back by subtraction from the total.

    Parameters
    ----------
    groups : each person's group; missing stays missing. minimum : smallest group shown.

    Examples
    --------
    >>> joined(pd.Series(["buyer"] * 6 + ["user"] * 2 + ["chief"] + ["expert"] * 5), 5).unique()
    array(['buyer', 'chief, expert, user'], dtype=object)
    """
    groups = groups.astype(object)
    sizes = groups.value_counts().sort_index().sort_values(kind="stable")
    small = list(sizes.index[sizes < minimum])
    while small and sizes[small].sum() < minimum and len(small) < len(sizes):
        small.append(sizes.index[len(small)])
    return groups.mask(groups.isin(small), ", ".join(sorted(map(str, small))))


def in_the_open(answers: pd.DataFrame) -> pd.Series:
    """Which answers were given in the open; none where no mode is known."""
    mode = answers["mode"] if "mode" in answers else pd.Series("", answers.index)
    return mode == OPEN


def confided(answers: pd.DataFrame) -> int:
    """How many answers were given in confidence.

    >>> confided(pd.DataFrame({"mode": ["attributable", "confidential", "anonymous"]}))
    2
    """
    return int((~in_the_open(answers)).sum())


def least(n: float, *parts: float) -> float:
    """The smallest of a base and of those of its parts that are not empty.

    >>> least(40, 3, 0), least(40, 0)
    (3, 40)
    """
    return min(n, *(part for part in parts if part > 0)) if any(parts) else n


def left(counted: pd.Series, seen: pd.Series, secret: pd.Series, *, some_open: bool) -> float:
    """What is left of a count of accounts when the open answers are taken away.

    Parameters
    ----------
    counted : for each account, whether it is counted. seen : whether open answers alone tell so.
    secret : whether any answer behind it was given in confidence.
    some_open : whether any answer behind the count was given in the open.

    Returns
    -------
    The smaller of the accounts not seen that are not counted (0 where all are) and, unless none
    is, those that are. Infinite where nothing is left, or nothing can be taken away.

    Examples
    --------
    Seven of ten are open, three of them counted; that five are counted tells of two in three.

    >>> seen = pd.Series([True] * 3 + [False] * 7)
    >>> secret = pd.Series([False] * 7 + [True] * 3)
    >>> left(seen | pd.Series([False] * 8 + [True] * 2), seen, secret, some_open=True)
    1
    """
    unsure = secret & ~seen
    if not some_open or not unsure.any():
        return np.inf
    inside = int((counted & unsure).sum())
    return least(int(unsure.sum()) - inside, inside)


def withheld(
    shown: pd.Series, secret: pd.Series, segments: pd.DataFrame, minimum: int
) -> pd.Series:
    """Which values an account page leaves out, so that a figure less what pages show stays a group.

    A figure over all answers, or over those of a segment, is published from `minimum` on. Where it
    holds confidences that are on no page, the values on no page are `minimum` or more, open ones
    among them.

    Parameters
    ----------
    shown : for each value of a wave, whether a page could show it; the first give way first.
    secret : whether it was given in confidence.
    segments : what figures tell apart, a column each; missing belongs to no segment. The index of
        all three holds no value twice.
    minimum : smallest group shown.

    Examples
    --------
    Three of ten are confided: two of the seven others stay off the pages with them.

    >>> secret = pd.Series([False] * 7 + [True] * 3)
    >>> withheld(~secret, secret, pd.DataFrame(index=secret.index), 5).map(int).tolist()
    [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    """
    seen = shown.copy()
    published = [shown.index, *(i for c in segments for i in segments.groupby(c).groups.values())]
    for members in sorted(published, key=len):  # what a part leaves out serves the whole as well
        on_pages = seen[members]
        lacking = minimum - int((~on_pages).sum())
        unknown = (secret & ~shown)[members]
        if unknown.any() and len(members) >= minimum and lacking > 0:
            seen[on_pages.index[on_pages][:lacking]] = False
    return shown & ~seen
