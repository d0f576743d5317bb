"""What a fitted structural equation model is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from analysis.errors import ModelError
from analysis.models.sem.engine import covariance, estimates, indices, sample, table

Estimator = Literal["ML", "MLR", "WLSMV"]
Missing = Literal["listwise", "fiml"]


@dataclass(frozen=True)
class SemFit:
    """A fitted model.

    parameters : one row per parameter and group, columns `estimates.COLUMNS`; `group` is "" where
        there is one. indices : Series by lavaan's names. r2 : term, group, estimate.
    latent_cov : covariances of the constructs. residuals : item correlations seen minus implied.
    usable : whether the numbers may be shown; `problems` says in sentences why not, or what to
        know. engine : "semopy" where semopy found the same solution, else "rapport".
    """

    text: str
    estimator: Estimator
    missing: Missing
    parameters: pd.DataFrame
    indices: pd.Series
    r2: pd.DataFrame
    latent_cov: pd.DataFrame
    residuals: pd.DataFrame
    n: int
    n_patterns: int
    n_clusters: int
    usable: bool
    problems: tuple[str, ...]
    engine: str
    seed: int
    solution: estimates.Solution | None = field(repr=False, default=None)
    curvature: covariance.Curvature | None = field(repr=False, default=None)

    @property
    def table(self) -> table.Table:
        """The model's parameter table."""
        return self.solved().layout.table

    @property
    def sample(self) -> sample.Sample:
        """The answers that were used."""
        return self.likely().problem.sample

    def solved(self) -> estimates.Solution:
        """Return the solution that further numbers may rest on.

        Raises
        ------
        ModelError: the fit cannot be used, and why.
        """
        if self.solution is None or not self.usable:
            raise ModelError(" ".join(("This fit cannot be used.", *self.problems)))
        return self.solution

    def likely(self) -> covariance.Curvature:
        """Return the curvature of the likelihood at a solution that may be used.

        Raises
        ------
        ModelError: as `solved`, or ordered answers, which have no likelihood.
        """
        self.solved()
        if self.curvature is None:
            raise ModelError("This needs a fit by maximum likelihood, not WLSMV.")
        return self.curvature


def one_thread() -> object:
    """Context with one BLAS thread: two make these small fits 3 to 165 times slower."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def nothing(
    model: str, asked: tuple[Estimator, Missing], problems: Sequence[str], seed: int
) -> SemFit:
    """A fit that could not be."""
    return SemFit(
        text=model,
        estimator=asked[0],
        missing=asked[1],
        parameters=pd.DataFrame(columns=list(estimates.COLUMNS)),
        indices=pd.Series(np.nan, list(indices.NAMES)),
        r2=pd.DataFrame(columns=["term", "group", "estimate"]),
        latent_cov=pd.DataFrame(),
        residuals=pd.DataFrame(),
        n=0,
        n_patterns=0,
        n_clusters=0,
        usable=False,
        problems=tuple(problems),
        engine="none",
        seed=seed,
    )


def residuals(solution: estimates.Solution, seen: Sequence[np.ndarray]) -> pd.DataFrame:
    """Correlations seen minus implied."""
    names = list(solution.layout.table.items)
    frames = []
    for cov, im in zip(seen, solution.implied, strict=True):
        rest = _correlations(cov) - _correlations(im.sigma)
        frames.append(pd.DataFrame(rest, names, names))
    if len(frames) == 1:
        return frames[0]
    return pd.concat(frames, keys=solution.labels, names=["group", "item"])


def _correlations(cov: np.ndarray) -> np.ndarray:
    sd = np.sqrt(np.diag(cov))
    return cov / np.outer(sd, sd)
