"""Groups that are too small to be shown, put together rather than left out."""

import pandas as pd


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
