"""Whether groups understand the questions alike, and if so, how their constructs differ.

A ladder of models: the same structure, then equal loadings, equal intercepts, equal error
variances. Means of constructs may be compared from equal intercepts on; where a few items stand in
the way, they are released and named.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import ModelError
from analysis.models.sem import comparison, fitting
from analysis.models.sem.engine.table import Key, Row
from analysis.models.sem.fitting import SemFit

Level = Literal["configural", "metric", "scalar", "strict"]

#: What each step adds to what is held equal.
ADDS: dict[str, str] = {"metric": "loadings", "scalar": "intercepts", "strict": "residuals"}

#: A step holds while CFI falls, and RMSEA rises, by less than these (Chen 2007, Structural
#: Equation Modeling 14(3); Cheung & Rensvold 2002).
CFI_FALL, RMSEA_RISE = 0.010, 0.015

#: The same structure fails below this CFI, or where even the lower end of RMSEA's 90% interval is
#: above this: RMSEA itself misleads with few degrees of freedom (Kenny, Kaniskan & McCoach 2015).
LEAST_CFI, MOST_RMSEA = 0.90, 0.08

#: At most this share of a step's equalities is given up before the step has failed, and two items
#: of each construct stay equal (Byrne, Shavelson & Muthen 1989 ask for one besides the marker).
MOST_RELEASED = 1 / 3
LEAST_EQUAL = 2

LEVEL_COLUMNS = (
    "level",
    "chisq",
    "df",
    "cfi",
    "rmsea",
    "delta_cfi",
    "delta_rmsea",
    "chisq_diff",
    "df_diff",
    "p",
    "n",
    "holds",
    "released",
)
MEAN_COLUMNS = ("construct", "group", "reference", "est", "se", "p", "ci_low", "ci_high")


@dataclass(frozen=True)
class Invariance:
    """The ladder. `levels`: one row per step that was tried; `means`: differences of constructs.

    levels : level, chisq (scaled where robust), df, cfi, rmsea, their change and the chi-square
        difference from the step before with its p, n, holds, released (items, comma-joined).
    means : each later group minus the first, in standard deviations pooled over groups; empty
        unless intercepts are (partly) equal. fits : of each level.
    """

    levels: pd.DataFrame
    means: pd.DataFrame
    fits: dict[str, SemFit]
    problems: tuple[str, ...]

    @property
    def comparable(self) -> bool:
        """Whether constructs' means may be compared."""
        rows = self.levels[self.levels["level"] == "scalar"]
        return bool(len(rows) and rows["holds"].iloc[0])


def invariance(
    model: str,
    data: pd.DataFrame,
    group: str,
    levels: Sequence[Level] = ("configural", "metric", "scalar", "strict"),
    *,
    release: bool = True,
    **settings,
) -> Invariance:
    """Climb the ladder until a step fails.

    Parameters
    ----------
    model : measurement model. group : column of `data`.
    release : free the equality that costs most, one by one, where a step does not hold.
    settings : passed to `fit`: estimator, missing, cluster, weights.

    Raises
    ------
    ModelError: levels out of order.
    """
    order = ["configural", *ADDS]
    if list(levels) != order[: len(levels)] or not levels:
        raise ModelError(f"Levels come in the order {', '.join(order)}, from the first on.")
    rows, fits, released = [], {}, ()
    before: SemFit | None = None
    equal: tuple[str, ...] = ()
    for level in levels:
        added = ADDS.get(level)
        equal = (*equal, added) if added else equal
        here = fitting.fit(
            model, data, group=group, equal=equal, released=released, check=False, **settings
        )
        if not here.usable:
            return _broken(rows, level, here, fits)
        if before is not None:
            most = int(MOST_RELEASED * len(_held(here, added)))
            for _ in range(most if release and added != "residuals" else 0):
                free = _releasable(here, added)
                if not free or _holds(_change(here, before)):
                    break
                released = (*released, _worst(here, free))
                here = fitting.fit(
                    model,
                    data,
                    group=group,
                    equal=equal,
                    released=released,
                    check=False,
                    **settings,
                )
                if not here.usable:
                    return _broken(rows, level, here, fits)
        rows.append(_row(level, here, before, released))
        fits[level] = here
        if not rows[-1]["holds"]:
            break
        before = here
    frame = _levels(rows)
    means = _means(fits["scalar"]) if "scalar" in fits else _no_means()
    found = Invariance(frame, means, fits, ())
    return found if found.comparable else replace(found, means=_no_means())


def _broken(
    rows: list[dict[str, object]], level: str, here: SemFit, fits: dict[str, SemFit]
) -> Invariance:
    """The ladder up to a step whose solution cannot be; above the first, that step fails."""
    if rows:
        rows.append({"level": level, "n": here.n, "holds": False, "released": ""})
    return Invariance(_levels(rows), _no_means(), fits, here.problems)


def _change(here: SemFit, before: SemFit) -> pd.Series:
    """What a step costs; nothing where it holds no more equal than the step before."""
    if here.indices["df"] == before.indices["df"]:
        return pd.Series({"delta_cfi": 0.0, "delta_rmsea": 0.0, "chisq_diff": 0.0, "df_diff": 0,
                          "p": np.nan})  # fmt: skip
    return comparison.compare(here, before).iloc[0]


def _holds(row: pd.Series) -> bool:
    return bool(row["delta_cfi"] >= -CFI_FALL and row["delta_rmsea"] < RMSEA_RISE)


def _row(
    level: str, here: SemFit, before: SemFit | None, released: Collection[Key]
) -> dict[str, object]:
    index = here.indices
    robust = np.isfinite(index["chisq_scaled"])
    found: dict[str, object] = {
        "level": level,
        "chisq": index["chisq_scaled"] if robust else index["chisq"],
        "df": int(index["df"]),
        "cfi": index["cfi_robust"] if robust else index["cfi"],
        "rmsea": index["rmsea_robust"] if robust else index["rmsea"],
        "n": here.n,
        "released": ", ".join(
            dict.fromkeys(rhs if op == "=~" else lhs for lhs, op, rhs in released)
        ),
    }
    fits = found["cfi"] >= LEAST_CFI and index["rmsea_ci_low"] <= MOST_RMSEA
    found["holds"] = bool(index["df"] == 0 or fits)
    if before is not None:
        change = _change(here, before)
        found |= {name: change[name] for name in
                  ("delta_cfi", "delta_rmsea", "chisq_diff", "df_diff", "p")}  # fmt: skip
        found["holds"] = _holds(change)
    return found


def _levels(rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(LEVEL_COLUMNS))


def _held(fit: SemFit, kind: str) -> list[Row]:
    """The last group's rows that are held equal to the first group's."""
    op = {"loadings": "=~", "intercepts": "~1", "residuals": "~~"}[kind]
    first = {r.key: r.free for r in fit.table.rows if r.group == 0}
    last = fit.table.groups - 1
    return [
        r for r in fit.table.rows
        if r.group == last and r.op == op and r.free >= 0 and first[r.key] == r.free
    ]  # fmt: skip


def _releasable(fit: SemFit, kind: str) -> list[Key]:
    """Equalities that may be given up: two items of the construct stay equal."""
    held = [r.key for r in _held(fit, kind)]
    found = []
    for items in fit.table.measurement.values():
        own = [key for key in held if (key[2] if key[1] == "=~" else key[0]) in items]
        marked = 1 if kind == "loadings" else 0  # the first loading is 1 in every group
        if len(own) + marked > LEAST_EQUAL:
            found += own
    return found


def _worst(fit: SemFit, keys: Collection[Key]) -> Key:
    """The equality whose release would lower chi-square most, over all groups."""
    rows = [r for r in fit.table.rows if r.key in set(keys) and r.group > 0]
    found = comparison.score_tests(fit, rows)
    best = dict.fromkeys(sorted(keys), 0.0)
    for r, gain in zip(rows, found["mi"].fillna(0), strict=True):
        best[r.key] += gain
    return max(best, key=best.__getitem__)


def _means(fit: SemFit) -> pd.DataFrame:
    """Latent means of later groups less the first, in pooled standard deviations."""
    solution = fit.solved()
    names = solution.layout.table.latents[: solution.layout.table.n_latent]
    k = len(names)
    sizes = np.array([group.n for group in fit.sample.groups], float)

    def differences(theta: np.ndarray) -> np.ndarray:
        found = solution.matrices(theta)
        spread = sum(n * np.diag(im.latent)[:k] for n, (_, im) in zip(sizes, found, strict=True))
        sd = np.sqrt(spread / sizes.sum())
        return np.concatenate([(im.eta[:k] - found[0][1].eta[:k]) / sd for _, im in found[1:]])

    value, error = solution.delta(differences)
    far = stats.norm.ppf(0.975)
    rows = [(name, group, solution.labels[0]) for group in solution.labels[1:] for name in names]
    frame = pd.DataFrame(rows, columns=["construct", "group", "reference"])
    frame = frame.assign(est=value, se=error, p=2 * stats.norm.sf(np.abs(value / error)))
    frame = frame.assign(ci_low=value - far * error, ci_high=value + far * error)
    return frame[list(MEAN_COLUMNS)]


def _no_means() -> pd.DataFrame:
    return pd.DataFrame(columns=list(MEAN_COLUMNS))
