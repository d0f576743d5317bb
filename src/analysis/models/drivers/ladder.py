"""How sure the order of the drivers is: the chance of each place."""

import numpy as np
import pandas as pd

RANKS = ("term", "label", "rank", "share", "n", "n_accounts")

_TIE = 1e-9  # shares nearer to each other than this are the same; lots are drawn


def places(drawn: np.ndarray, seed: int) -> np.ndarray:
    """Share of the resamples in which each driver takes each place.

    Parameters
    ----------
    drawn : resamples x p, each driver's share of what is explained. Drivers that say the same have
        the same share; which of them comes first is drawn by lot.

    Returns
    -------
    p drivers x p places, the first place first; rows and columns sum to 1.

    Examples
    --------
    >>> places(np.array([[0.7, 0.2, 0.1], [0.4, 0.1, 0.5]]), seed=1)
    array([[0.5, 0.5, 0. ],
           [0. , 0.5, 0.5],
           [0.5, 0. , 0.5]])
    """
    lots = np.random.default_rng([seed, 2]).uniform(0, _TIE, drawn.shape)
    order = np.argsort(-(drawn + lots), axis=1)
    p = drawn.shape[1]
    found = np.zeros((p, p))
    for place in range(p):
        found[:, place] = np.bincount(order[:, place], minlength=p) / len(drawn)
    return found


def frame(table: pd.DataFrame, chances: dict[str, np.ndarray]) -> pd.DataFrame:
    """The chances as a tidy frame with the columns `RANKS`, in the order of `table`.

    Parameters
    ----------
    table : the ranking: term, label, n, n_accounts. chances : the chance of each place, by term.
    """
    if table.empty:
        return pd.DataFrame(columns=list(RANKS))
    rows = [
        (row["term"], row["label"], place, share, row["n"], row["n_accounts"])
        for row in table.to_dict("records")
        for place, share in enumerate(chances[row["term"]], start=1)
    ]
    return pd.DataFrame(rows, columns=list(RANKS))
