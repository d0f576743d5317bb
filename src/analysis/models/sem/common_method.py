"""Whether answers go together because they were asked in one questionnaire.

No test settles that afterwards. These three say how far one common factor would go: its share of
the variance (Harman), how much worse one factor fits than the measurement model, and how well each
construct is predicted by all the others (full collinearity, Kock 2015).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.errors import ModelError
from analysis.language import printed, tr
from analysis.measures import inference
from analysis.models.sem import fitting
from analysis.models.sem.engine.syntax import quoted
from analysis.models.sem.fitting import SemFit

#: Conventions: most of the variance on one factor; a construct all but predicted by the others.
HALF, COLLINEAR = 0.5, 3.3


def common_method(
    data: pd.DataFrame,
    constructs: Mapping[str, Sequence[str]],
    measured: SemFit | None = None,
    *,
    clusters: pd.Series | None = None,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Three signs of a common method.

    Parameters
    ----------
    data : answers; complete rows are used. constructs : construct -> its items.
    measured : the measurement model on the same answers, to hold one factor against.

    Returns
    -------
    DataFrame: term ("harman", "one_factor", "vif"), estimate, ci_low, ci_high, n, note. "harman":
    share of the first principal component; "one_factor": CFI of one factor for all items (no
    interval); "vif": the largest variance inflation among construct averages, its construct in
    `note`.

    References
    ----------
    Podsakoff et al. (2003), Journal of Applied Psychology 88(5). Kock (2015), International
    Journal of e-Collaboration 11(4).
    """
    items = [item for of in constructs.values() for item in of]
    used = data[items].astype(float).dropna()
    if len(used) <= len(items) or (used.std() == 0).any():
        raise ModelError(
            f"{len(used)} complete answers to {len(items)} items that differ are too few here."
        )
    z = ((used - used.mean()) / used.std(ddof=0)).to_numpy()
    labels = None if clusters is None else clusters.loc[used.index]
    drawn = inference.resampled_correlations(z, labels, resamples, seed)
    every = np.concatenate([np.corrcoef(z.T)[None], drawn])
    tail = [(1 - level) / 2, (1 + level) / 2]
    share = np.linalg.eigvalsh(every)[:, -1] / len(items)
    rows = [("harman", share[0], *np.quantile(share[1:], tail), len(used), "")]
    if measured is not None and measured.usable and len(constructs) > 1:
        text = "all =~ " + " + ".join(quoted(item) for item in items)
        one = fitting.fit(text, used, check=False)
        if one.usable:
            gain = measured.indices["cfi"] - one.indices["cfi"]
            note = tr(
                "the measurement model's CFI is {gain} higher"
                if gain > 0
                else "the measurement model's CFI is {gain} lower",
                gain=printed(abs(gain), ".3f"),
            )
            rows.append(("one_factor", one.indices["cfi"], np.nan, np.nan, len(used), note))
    if len(constructs) > 2:
        vif = _inflation(every, constructs)
        most = int(np.argmax(vif[0]))
        low, high = np.quantile(vif[1:, most], tail)
        rows.append(("vif", vif[0, most], low, high, len(used), list(constructs)[most]))
    return pd.DataFrame(rows, columns=["term", "estimate", "ci_low", "ci_high", "n", "note"])


def _inflation(r: np.ndarray, constructs: Mapping[str, Sequence[str]]) -> np.ndarray:
    """Variance inflation of the sum of each construct's items."""
    owner = np.repeat(np.arange(len(constructs)), [len(of) for of in constructs.values()])
    sums = (owner[:, None] == np.arange(len(constructs))).astype(float)
    cov = sums.T @ r @ sums
    sd = np.sqrt(np.einsum("bii->bi", cov))
    inner = np.linalg.pinv(cov / (sd[:, :, None] * sd[:, None, :]), hermitian=True)
    return np.einsum("bii->bi", inner)
