"""Answers as the likelihood needs them, after checks that no model survives if they fail.

Every item is divided by its standard deviation, so that nothing depends on the scale it was asked
on; `Sample.scale` leads back. Respondents with the same gaps form a pattern, and the likelihood
needs no more of a pattern than its size, its means and its covariances.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.errors import ModelError

#: Smallest eigenvalue of the items' correlations; below it some items are sums of others.
LEAST_EIGENVALUE = 1e-9
MOST_STEPS, TOLERANCE = 500, 1e-9


@dataclass(frozen=True)
class Group:
    """Scaled answers of one group. `z`: n x p, NaN where missing; `weight` sums to about n."""

    label: str
    z: np.ndarray
    weight: np.ndarray
    cluster: np.ndarray  # 0, 1, ... ; every respondent its own where none is known
    whole: np.ndarray  # the same clusters numbered over all groups

    @cached_property
    def patterns(self) -> tuple[np.ndarray, np.ndarray]:
        """Patterns of gaps (R x p, True where answered) and the pattern of each respondent."""
        seen, which = np.unique(~np.isnan(self.z), axis=0, return_inverse=True)
        return seen, which.reshape(-1)

    @cached_property
    def moments(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weight (R), means (R x p) and covariances (R x p x p) by pattern; 0 where missing."""
        seen, which = self.patterns
        z = np.nan_to_num(self.z)
        count = np.bincount(which, self.weight, len(seen))
        mean = np.zeros((len(seen), z.shape[1]))
        np.add.at(mean, which, z * self.weight[:, None])
        mean /= count[:, None]
        spread = np.empty((len(seen), *2 * z.shape[1:]))
        for k in range(len(seen)):
            rest = (z[which == k] - mean[k]) * seen[k]
            spread[k] = rest.T @ (rest * self.weight[which == k, None]) / count[k]
        return count, mean, spread

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.z)

    @cached_property
    def saturated(self) -> tuple[np.ndarray, np.ndarray]:
        """Means and covariances that no model constrains, by EM where answers are missing.

        Raises
        ------
        ModelError: the iteration does not settle.
        """
        seen, _ = self.patterns
        count, mean, spread = self.moments
        if seen.all():
            return mean[0], spread[0]
        total = count.sum()
        known = (count[:, None] * seen).sum(axis=0)
        mu = (count[:, None] * mean).sum(axis=0) / known
        second = spread[:, range(len(mu)), range(len(mu))] + seen * (mean - mu) ** 2
        sigma = np.diag((count[:, None] * second).sum(axis=0) / known)
        for _ in range(MOST_STEPS):
            inverse = padded_inverse(sigma, seen)[0]
            reach = sigma @ inverse  # regression of every item on the answered ones
            reach = np.where(seen[:, None, :], reach, 0)
            full = mu + np.einsum("rij,rj->ri", reach, (mean - mu) * seen)
            new = (count[:, None] * full).sum(axis=0) / total
            away = full - new
            left = sigma - reach @ sigma
            hole = ~seen[:, :, None] & ~seen[:, None, :]
            each = reach @ spread @ reach.transpose(0, 2, 1) + np.where(hole, left, 0)
            each += away[:, :, None] * away[:, None, :]
            fresh = np.tensordot(count / total, each, 1)
            move = max(np.abs(fresh - sigma).max(), np.abs(new - mu).max())
            mu, sigma = new, (fresh + fresh.T) / 2
            if move < TOLERANCE:
                return mu, sigma
        raise ModelError(
            "Too many answers are missing: the items' means and covariances do not settle."
        )


@dataclass(frozen=True)
class Sample:
    """All groups; `scale` is the standard deviation that each item was divided by."""

    items: tuple[str, ...]
    scale: np.ndarray
    groups: tuple[Group, ...]
    rows: pd.Index  # of the data, respondents that are used, group by group

    @property
    def n(self) -> int:
        """Number of respondents."""
        return sum(group.n for group in self.groups)

    @property
    def complete(self) -> bool:
        """Whether no answer is missing."""
        return all(group.patterns[0].all() for group in self.groups)


def padded_inverse(sigma: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inverse (R x p x p, 0 where missing) and log determinant of each pattern's covariances.

    Raises
    ------
    LinAlgError: a covariance matrix is not positive definite.
    """
    both = seen[:, :, None] & seen[:, None, :]
    full = np.where(both, sigma, 0)
    hole = ~seen
    at = np.arange(sigma.shape[-1])
    full[:, at, at] += hole
    root = np.linalg.cholesky(full)
    log = 2 * np.log(root[:, at, at]).sum(axis=1)
    return np.where(both, np.linalg.inv(full), 0), log


def read(
    items: Sequence[str],
    data: pd.DataFrame,
    *,
    fiml: bool = False,
    group: str | None = None,
    cluster: str | None = None,
    weights: str | None = None,
    limits: Mapping[str, tuple[float, float]] | None = None,
) -> Sample:
    """Check the answers and take what the likelihood needs.

    Parameters
    ----------
    items : columns of `data` that the model observes.
    fiml : keep respondents with gaps; else only those who answered everything.
    group, cluster, weights : columns of `data`. A missing cluster is one of its own.
    limits : item -> smallest and largest answer that its scale allows.

    Raises
    ------
    ModelError: one sentence on what the answers lack; none holds an answer.
    """
    used = [c for c in (group, cluster, weights) if c is not None]
    lacking = [name for name in dict.fromkeys((*items, *used)) if name not in data.columns]
    if lacking:
        raise ModelError(f"The answers have no column {_listed(lacking)}; the model needs it.")
    twice = [name for name in (*items, *used) if (data.columns == name).sum() > 1]
    if twice:
        raise ModelError(f"The answers hold the column '{twice[0]}' twice.")
    x = _numbers(items, data)
    _check_limits(items, x, limits or {})
    keep = ~np.isnan(x).all(axis=1) if fiml else ~np.isnan(x).any(axis=1)
    if group is not None:
        keep &= data[group].notna().to_numpy()
    w = np.ones(len(x))
    if weights is not None:
        w = _numbers([weights], data)[:, 0]
        if (w[keep] < 0).any() or np.isnan(w[keep]).any():
            raise ModelError(f"Column '{weights}' holds weights that are missing or below zero.")
        keep &= w > 0
    x, w, used_data = x[keep], w[keep], data[keep]
    labels = pd.Series("", index=used_data.index)
    if group is not None:
        labels = used_data[group].astype(object).map(str)
    _check_sizes(items, x, labels)
    silent = [item for item, k in zip(items, np.isnan(x).all(axis=0), strict=True) if k]
    if silent:
        raise ModelError(f"Nobody answered {_listed(silent)}; leave it out.")
    with np.errstate(over="ignore", invalid="ignore"):
        sd = _spread(x)
    wild = [item for item, s in zip(items, sd, strict=True) if not np.isfinite(s)]
    if wild:
        raise ModelError(f"Numbers in {_listed(wild)} are too large to be answers.")
    constant = [item for item, s, m in zip(items, sd, np.nanmean(np.abs(x), axis=0), strict=True)
                if not s > 1e-9 * max(m, 1e-300)]  # fmt: skip
    if constant:
        raise ModelError(f"Everyone gave the same answer to {_listed(constant)}; leave it out.")
    w = w * len(w) / w.sum()
    codes = np.arange(len(x))
    if cluster is not None:
        known = pd.factorize(used_data[cluster], sort=False)[0]
        codes = np.where(known < 0, known.max() + 1 + np.arange(len(x)), known)
    names = sorted(labels.unique(), key=_natural)
    made, order = [], []
    for name in names:
        at = np.flatnonzero(labels.to_numpy() == name)
        # A fixed order of rows, so that sums round alike however the table was sorted.
        at = at[np.lexsort((*np.nan_to_num(x[at], nan=-np.inf).T[::-1], w[at]))]
        own = pd.factorize(codes[at])[0]
        made.append(Group(name, x[at] / sd, w[at], own, codes[at]))
        order.append(at)
    sample = Sample(tuple(items), sd, tuple(made), used_data.index[np.concatenate(order)])
    for each in sample.groups:
        _check_copies(sample, each)
    return sample


def _numbers(items: Sequence[str], data: pd.DataFrame) -> np.ndarray:
    if {str(kind) for kind in data[list(items)].dtypes} <= {"float64", "int64"}:
        plain = data[list(items)].to_numpy(float)
        if not np.isinf(plain).any():
            return plain
    out = np.empty((len(data), len(items)))
    for k, item in enumerate(items):
        column = data[item]
        if isinstance(column.dtype, pd.CategoricalDtype) or column.dtype == object:
            column = column.astype(object).where(column.notna(), np.nan)
        try:
            if column.dtype.kind == "c":
                raise TypeError
            out[:, k] = column.astype("float64")
        except (TypeError, ValueError):
            raise ModelError(
                f"Column '{item}' holds text or other things that are no numbers; code it first."
            ) from None
        if np.isinf(out[:, k]).any():
            raise ModelError(f"Column '{item}' holds infinite values; make them missing.")
    return out


def _check_limits(
    items: Sequence[str], x: np.ndarray, limits: Mapping[str, tuple[float, float]]
) -> None:
    for k, item in enumerate(items):
        if item in limits:
            low, high = limits[item]
            count = int(((x[:, k] < low) | (x[:, k] > high)).sum())
            if count:
                raise ModelError(
                    f"Column '{item}' holds {count} values outside {low:g} to {high:g}; "
                    "check its missing-value codes."
                )


def _check_sizes(items: Sequence[str], x: np.ndarray, labels: pd.Series) -> None:
    p = len(items)
    if len(x) == 0:
        raise ModelError("No respondent has the answers that the model needs.")
    if "" not in set(labels) and labels.nunique() < 2:
        raise ModelError("Groups can be compared only when there are two or more.")
    for name, count in labels.value_counts().items():
        where = f" in group {name}" if name else ""
        if count <= p:
            raise ModelError(f"{count} answers{where} cannot carry a model of {p} items.")


def _spread(x: np.ndarray) -> np.ndarray:
    return np.sqrt(np.nanmean((x - np.nanmean(x, axis=0)) ** 2, axis=0))


def _check_copies(sample: Sample, group: Group) -> None:
    """Refuse what no covariance matrix can be inverted for."""
    where = f" in group {group.label}" if group.label else ""
    sd = _spread(group.z)
    flat = [item for item, s in zip(sample.items, sd, strict=True) if not s > 1e-6]
    if flat:
        raise ModelError(f"Everyone gave the same answer to {_listed(flat)}{where}; leave it out.")
    known = ~np.isnan(group.z)
    together = known.T.astype(float) @ known
    if (together < 2).any():
        one, other = np.argwhere(together < 2)[0]
        raise ModelError(
            f"Nobody{where} answered both {sample.items[one]} and {sample.items[other]}."
        )
    cov = group.saturated[1]
    sd = np.sqrt(np.diag(cov))
    values, vectors = np.linalg.eigh(cov / np.outer(sd, sd))
    if values[0] < LEAST_EIGENVALUE:
        strong = [sample.items[k] for k in np.flatnonzero(np.abs(vectors[:, 0]) > 0.1)]
        raise ModelError(
            f"Items are copies or sums of each other{where}: {_listed(strong)}. Leave one out."
        )


def _listed(names: Collection[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in list(names)[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _natural(label: str) -> tuple[int, float, str]:
    """Numbers in their order, then words."""
    try:
        return 0, float(label), label
    except ValueError:
        return 1, 0.0, label
