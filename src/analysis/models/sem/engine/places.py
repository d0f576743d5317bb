"""Where free parameters stand in the matrices, in the units of scaled items."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.models.sem.engine.table import Table

NAMES = ("L", "B", "P", "T", "nu", "alpha")
Matrices = dict[str, np.ndarray]


@dataclass(frozen=True)
class Layout:
    """Where the free parameters of each group stand, in the units of the scaled items.

    `unit`: what a scaled parameter is multiplied with to be in the items' own units.
    """

    table: Table
    scale: np.ndarray

    @cached_property
    def latent_scale(self) -> np.ndarray:
        """A latent variable has the unit of the item with loading 1, else none."""
        table = self.table
        row = {name: k for k, name in enumerate(table.items)}
        unit = np.ones(len(table.latents))
        for k, name in enumerate(table.latents[table.n_latent :]):
            unit[table.n_latent + k] = self.scale[row[name]]
        for _ in table.latents:  # a construct measured by another takes over its unit
            for r in table.rows:
                if r.op == "=~" and r.group == 0 and r.value not in (None, 0.0):
                    at = table.latents.index(r.lhs)
                    source = self.scale[r.row] if r.matrix == "L" else unit[r.row]
                    unit[at] = source / abs(r.value)
        return unit

    def unit_of(self, matrix: str, row: int, col: int) -> float:
        """Unit of one place of a matrix."""
        item, latent = self.scale, self.latent_scale
        match matrix:
            case "L":
                return item[row] / latent[col]
            case "B":
                return latent[row] / latent[col]
            case "P":
                return latent[row] * latent[col]
            case "T":
                return item[row] * item[col]
            case "nu":
                return item[row]
        return latent[row]

    @cached_property
    def unit(self) -> np.ndarray:
        """Unit of each free parameter: that of the first place where it stands."""
        out = np.zeros(self.table.npar)
        for r in reversed(self.table.rows):
            if r.free >= 0:
                out[r.free] = self.unit_of(r.matrix, r.row, r.col)
        return out

    @cached_property
    def groups(self) -> list["Places"]:
        """Places of each group."""
        return [Places.of(self, g) for g in range(self.table.groups)]


@dataclass(frozen=True)
class Places:
    """Free places of one group, matrix by matrix, and its matrices with what is fixed."""

    base: Matrices
    at: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]  # row, col, free, share
    npar: int

    @classmethod
    def of(cls, layout: Layout, group: int) -> "Places":
        """Take one group out of the table."""
        table = layout.table
        p, m = len(table.items), len(table.latents)
        shapes = ((p, m), (m, m), (m, m), (p, p), (p,), (m,))
        base = {name: np.zeros(shape) for name, shape in zip(NAMES, shapes, strict=True)}
        row = {name: k for k, name in enumerate(table.items)}
        for k in range(table.n_latent, m):
            base["L"][row[table.latents[k]], k] = 1
        free: dict[str, list[tuple[int, int, int, float]]] = {name: [] for name in NAMES}
        for r in table.rows:
            if r.group != group:
                continue
            unit = layout.unit_of(r.matrix, r.row, r.col)
            if r.free >= 0:
                free[r.matrix].append((r.row, r.col, r.free, layout.unit[r.free] / unit))
            elif r.matrix in ("nu", "alpha"):
                base[r.matrix][r.row] = r.value / unit
            else:
                base[r.matrix][r.row, r.col] = r.value / unit
                if r.matrix in ("P", "T"):
                    base[r.matrix][r.col, r.row] = r.value / unit
        at = {}
        for name, places in free.items():
            if places:
                rows, cols, free_at, share = zip(*places, strict=True)
                at[name] = (np.array(rows), np.array(cols), np.array(free_at), np.array(share))
        return cls(base, at, table.npar)

    @cached_property
    def into(self) -> np.ndarray:
        """Sums free places into parameters (parameters x places, in the order of `at`)."""
        out = np.zeros((self.npar, sum(len(free) for _, _, free, _ in self.at.values())))
        k = 0
        for _, _, free, share in self.at.values():
            out[free, k + np.arange(len(free))] = share
            k += len(free)
        return out

    def matrices(self, theta: np.ndarray) -> Matrices:
        """All matrices at `theta` (... x parameters), which may be complex."""
        out = {}
        for name, base in self.base.items():
            out[name] = np.broadcast_to(base, theta.shape[:-1] + base.shape).astype(theta.dtype)
            if name not in self.at:
                continue
            row, col, free, share = self.at[name]
            value = theta[..., free] * share
            if name in ("nu", "alpha"):
                out[name][..., row] = value
                continue
            out[name][..., row, col] = value
            if name in ("P", "T"):
                out[name][..., col, row] = value
        return out

    def gather(self, slopes: Matrices) -> np.ndarray:
        """Derivatives by the free parameters, of derivatives by the places."""
        some = slopes["P"]
        out = np.zeros((*some.shape[:-2], self.npar), some.dtype)
        for name, (row, col, free, share) in self.at.items():
            one = name in ("nu", "alpha")
            found = slopes[name][..., row] if one else slopes[name][..., row, col]
            if name in ("P", "T"):
                found = np.where(row == col, 1, 2) * found
            if len(np.unique(free)) == len(free):
                out[..., free] += found * share
            else:  # equal parameters: their derivatives add up
                np.add.at(out, (..., free), found * share)
        return out
