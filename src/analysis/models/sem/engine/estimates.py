"""From scaled parameters to the table that people read: own units and standardised."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from analysis.models.sem.engine import syntax
from analysis.models.sem.engine.covariance import jacobian
from analysis.models.sem.engine.likelihood import Implied, implied
from analysis.models.sem.engine.places import Layout, Matrices

#: Columns of `parameters`.
COLUMNS = (
    "lhs",
    "op",
    "rhs",
    "group",
    "label",
    "est",
    "se",
    "z",
    "p",
    "ci_low",
    "ci_high",
    "std_all",
    "std_all_se",
)


@dataclass(frozen=True)
class Solution:
    """Free parameters of a table for scaled items, and the covariance of their estimates.

    `ordinal`: items are latent answers of variance 1, their error variance what is left of it.
    """

    layout: Layout
    theta: np.ndarray
    covariance: np.ndarray
    labels: tuple[str, ...]  # of the groups; "" for a single one
    ordinal: bool = False

    def matrices(self, theta: np.ndarray | None = None) -> list[tuple[Matrices, Implied]]:
        """Each group's matrices and what they imply, for scaled items."""
        at = self.theta if theta is None else theta
        found = []
        for places in self.layout.groups:
            m = places.matrices(at)
            im = implied(m)
            if self.ordinal:
                left = 1 - np.diagonal(im.sigma, axis1=-2, axis2=-1)
                m = {**m, "T": m["T"] + left[..., :, None] * np.eye(left.shape[-1])}
                im = implied(m)
            found.append((m, im))
        return found

    @cached_property
    def implied(self) -> list[Implied]:
        """What each group's matrices imply at the solution."""
        return [im for _, im in self.matrices()]

    def raw(self, theta: np.ndarray) -> np.ndarray:
        """Every row of the table in the items' own units; many parameter vectors at once."""
        rows = self.layout.table.rows
        fixed = np.array([0.0 if r.value is None else r.value for r in rows], theta.dtype)
        out = np.broadcast_to(fixed, (*theta.shape[:-1], len(rows))).copy()
        free = np.array([r.free for r in rows])
        out[..., free >= 0] = (theta * self.layout.unit)[..., free[free >= 0]]
        return out

    @cached_property
    def _places(self) -> dict[tuple[int, str], np.ndarray]:
        """Places of the rows in each group's matrices: (place in the table, row, column)."""
        found: dict[tuple[int, str], list[tuple[int, int, int]]] = {}
        for k, r in enumerate(self.layout.table.rows):
            found.setdefault((r.group, r.matrix), []).append((k, r.row, r.col))
        return {key: np.array(places).T for key, places in found.items()}

    def standardised(self, theta: np.ndarray) -> np.ndarray:
        """Every row with all variables at variance 1, as lavaan's `std.all`; many at once too."""
        found = self.matrices(theta)
        out = np.zeros((*theta.shape[:-1], len(self.layout.table.rows)), theta.dtype)
        for (group, name), (at, row, col) in self._places.items():
            m, im = found[group]
            item, latent = (
                np.sqrt(np.diagonal(spread, axis1=-2, axis2=-1)) for spread in (im.sigma, im.latent)
            )
            if name in ("nu", "alpha"):
                unit = item if name == "nu" else latent
                out[..., at] = m[name][..., row] / unit[..., row]
                continue
            value = m[name][..., row, col]
            if name == "L":
                out[..., at] = value * latent[..., col] / item[..., row]
            elif name == "B":
                out[..., at] = value * latent[..., col] / latent[..., row]
            else:
                # A variance is a share of the whole, a covariance a correlation of what is left.
                total = (latent if name == "P" else item)[..., row] ** 2
                left = np.diagonal(m[name], axis1=-2, axis2=-1)
                shared = np.sqrt(left[..., row] * left[..., col])
                out[..., at] = value / np.where(row == col, total, shared)
        return out

    def defined(self, values: np.ndarray) -> np.ndarray:
        """What := defines, of the values of all rows (... x rows)."""
        known: dict[str, np.ndarray] = {}
        for k, r in enumerate(self.layout.table.rows):
            known.setdefault(r.label, values[..., k])
        out = []
        for s in self.layout.table.defined:
            known[s.lhs] = syntax.expression(s.rhs)(known)
            out.append(known[s.lhs])
        return np.stack(out, axis=-1)

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """All parameters, `COLUMNS`; fixed ones without standard error."""
        table = self.layout.table
        frame = pd.DataFrame(
            [(r.lhs, r.op, r.rhs, self.labels[r.group], r.label) for r in table.rows]
            + [(s.lhs, ":=", s.rhs, "", s.lhs) for s in table.defined],
            columns=["lhs", "op", "rhs", "group", "label"],
        )
        both = {}
        for name, function in (("est", self.raw), ("std_all", self.standardised)):
            value, error = self.delta(lambda t, f=function: self._with_defined(f(t)), stacked=True)
            both[name], both[name + "_se"] = value, error
        frame["est"], frame["se"] = both["est"], both["est_se"]
        frame["z"] = frame["est"] / frame["se"]
        frame["p"] = 2 * stats.norm.sf(np.abs(frame["z"]))
        half = stats.norm.ppf(0.975) * frame["se"]
        frame["ci_low"], frame["ci_high"] = frame["est"] - half, frame["est"] + half
        frame["std_all"], frame["std_all_se"] = both["std_all"], both["std_all_se"]
        return frame[list(COLUMNS)]

    def _with_defined(self, values: np.ndarray) -> np.ndarray:
        if not self.layout.table.defined:
            return values
        return np.concatenate([values, self.defined(values)], axis=-1)

    def delta(
        self, quantity: Callable[[np.ndarray], np.ndarray], *, stacked: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Value and standard error of what the (scaled) parameters imply; NaN where it is fixed.

        `stacked`: the quantity takes many parameter vectors at once (... x parameters).
        """
        value = quantity(self.theta)
        slope = jacobian(quantity, self.theta, stacked=stacked)
        square = np.einsum("ij,jk,ik->i", slope, self.covariance, slope)
        with np.errstate(invalid="ignore"):
            error = np.sqrt(square)
        # A quantity that no parameter moves is fixed: rounding must not pass for uncertainty.
        fixed = np.abs(slope).max(axis=1, initial=0) < 1e-12 * np.maximum(np.abs(value), 1e-300)
        return value, np.where(fixed | ~(error > 0), np.nan, error)

    @cached_property
    def r2(self) -> pd.DataFrame:
        """Share of the variance explained: term, group, estimate; items, then constructs."""
        table = self.layout.table
        rows = []
        for label, (m, im) in zip(self.labels, self.matrices(), strict=True):
            lifted = table.latents[table.n_latent :]
            for k, item in enumerate(table.items):
                if item not in lifted and np.any(m["L"][k]):
                    rows.append((item, label, 1 - m["T"][k, k] / im.sigma[k, k]))
            for name in table.endogenous:
                k = table.latents.index(name)
                rows.append((name, label, 1 - m["P"][k, k] / im.latent[k, k]))
        return pd.DataFrame(rows, columns=["term", "group", "estimate"])

    @cached_property
    def latent_covariance(self) -> pd.DataFrame:
        """Covariances of the constructs in the items' units; several groups stack under `group`."""
        names = list(self.layout.table.latents)
        unit = np.outer(self.layout.latent_scale, self.layout.latent_scale)
        frames = [pd.DataFrame(im.latent * unit, names, names) for im in self.implied]
        return frames[0] if len(frames) == 1 else pd.concat(
            frames, keys=self.labels, names=["group", "construct"]
        )  # fmt: skip
