"""Partial least squares path models: composites of items, for samples too small for latent ones.

Only the items' correlations R matter, so that all resamples are fitted at once: with outer weights
W the composites correlate W'RW. `consistent` corrects these for measurement error (PLSc), which
makes the paths those of a latent model in large samples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.errors import ModelError
from analysis.measures import inference
from analysis.models.sem.engine import sample

#: Weights have settled when all of them together move by no more (seminr's defaults).
TOLERANCE, MOST_STEPS = 1e-7, 300

#: With fewer possible resamples than this share, percentiles would be of the well-behaved only.
LEAST_POSSIBLE = 0.9

#: Correlations whose smallest eigenvalue is below this do not tell all variables apart.
SINGULAR = 1e-8

#: Why there are no intervals.
LONE = "All answers come from one account, so nothing is known of their spread."

CORRECTED = "Corrected for measurement error, "

#: Column for the accounts while answers are read.
ACCOUNT = "who speaks with one voice"

Mode = Literal["A", "B"]
Items = Mapping[str, Sequence[str]]
Arrows = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Pls:
    """A fitted path model of composites; everything standardised.

    paths : lhs (target), rhs (source), estimate, ci_low, ci_high, se, p, n, n_accounts (NaN
        without accounts). effects : the same with kind "direct", "indirect" or "total".
    loadings, weights : lhs (construct), rhs (item), estimate. correlations : of the constructs.
    r2 : term, estimate, ci_low, ci_high, n, n_accounts. vif : lhs, rhs, estimate.
    reliability : term, alpha, rho_a, rho_c, ave, items; NaN for single items and mode B, whose
        items need not go together.
    usable : whether the numbers may be shown; `problems` says in sentences why not, or what to
        know. Paths, effects, r2 and vif that are impossible are NaN.
    """

    paths: pd.DataFrame
    effects: pd.DataFrame
    loadings: pd.DataFrame
    weights: pd.DataFrame
    correlations: pd.DataFrame
    r2: pd.DataFrame
    reliability: pd.DataFrame
    vif: pd.DataFrame
    n: int
    n_accounts: float
    consistent: bool
    usable: bool
    problems: tuple[str, ...]
    iterations: int


@dataclass(frozen=True)
class _Model:
    """Places of each construct's items, and which construct leads to which."""

    names: tuple[str, ...]
    items: tuple[str, ...]
    blocks: tuple[np.ndarray, ...]
    modes: tuple[Mode, ...]
    arrows: np.ndarray  # target x source

    @property
    def owned(self) -> np.ndarray:
        """1 where an item (row) belongs to a construct (column)."""
        return np.repeat(np.eye(len(self.names)), [len(block) for block in self.blocks], axis=0)

    @property
    def reflective(self) -> list[int]:
        """Constructs whose measurement error can be told."""
        own = zip(self.modes, self.blocks, strict=True)
        return [k for k, (mode, block) in enumerate(own) if mode == "A" and len(block) > 1]

    @property
    def regressions(self) -> list[tuple[int, np.ndarray]]:
        """Targets and their sources."""
        return [(k, np.flatnonzero(row)) for k, row in enumerate(self.arrows) if row.any()]


@dataclass(frozen=True)
class _Solution:
    """Estimates in a batch of correlation matrices (first axis)."""

    correlations: np.ndarray
    paths: np.ndarray  # batch x target x source
    r2: np.ndarray
    loadings: np.ndarray  # batch x item x construct
    rho: np.ndarray
    possible: np.ndarray


Drawn = _Solution | None


def fit(
    data: pd.DataFrame,
    measurement: Items,
    paths: Arrows,
    modes: Mapping[str, Mode] | None = None,
    consistent: bool = False,
    accounts: pd.Series | None = None,
    resamples: int = 2000,
    seed: int = 1994,
    level: float = 0.95,
) -> Pls:
    """Fit a path model of composites, inner weights by the path scheme.

    Parameters
    ----------
    data : one row per respondent; rows with a gap in the items are left out. Items may be on any
        scale.
    measurement : construct -> items; constructs without an arrow are left out.
    paths : (source, target), without circles.
    modes : construct -> "A" (items reflect the construct; the default) or "B" (items form it).
    consistent : correct mode-A constructs of two or more items for measurement error.
    accounts : with the index of `data`; who speaks with one voice in the resamples. A missing
        account is one of its own; None: every row is.
    resamples : for percentile intervals; 0: none.

    Raises
    ------
    ModelError: what the answers or the arrows lack. Data that cannot carry the model otherwise
    give `usable=False` and the reason.

    References
    ----------
    Wold (1982); Lohmoeller (1989); Dijkstra & Henseler (2015), MIS Quarterly 39(2), 297-316, for
    `consistent`. R: `seminr::estimate_pls(inner_weights = path_weighting)`.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> shared = rng.normal(size=(90, 4)) + rng.normal(size=(90, 1))
    >>> frame = pd.DataFrame(shared, columns=["a1", "a2", "b1", "b2"])
    >>> found = fit(frame, {"a": ["a1", "a2"], "b": ["b1", "b2"]}, [("a", "b")], resamples=200)
    >>> found.paths[["rhs", "lhs"]].values.tolist(), found.usable, found.n
    ([['a', 'b']], True, 90)
    """
    model = _model(measurement, paths, modes or {})
    z, units, n_accounts = _answers(model, data, accounts)
    r = (z.T @ z / len(z))[None]
    weight, iterations = _weights(model, r, model.owned)
    found = _structure(model, r, weight, consistent)
    problems = _problems(model, found, consistent)
    usable, drawn = not problems, None
    if usable and resamples:
        draws = inference.resampled_correlations(z, units, resamples, seed)
        drawn, problems = _drawn(model, draws, found.loadings[0], consistent)
        if units.nunique() < 2:
            drawn, problems = None, [LONE]
        usable = drawn is not None
    above = np.abs(found.loadings[0]).max(axis=1) > 1 + 1e-9
    if usable and above.any():
        problems = [f"{CORRECTED}items load above 1, by chance: '{model.items[above.argmax()]}'."]
    effects = _effects(model, found, drawn, level)
    ends = [k for k, _ in model.regressions]
    r2 = _summary(found.r2[0, ends], drawn and drawn.r2[:, ends], level)
    r2.insert(0, "term", [model.names[k] for k in ends])
    base = {"n": len(z), "n_accounts": n_accounts}
    return Pls(
        paths=effects[effects["kind"] == "direct"].drop(columns="kind").assign(**base),
        effects=effects.assign(**base),
        loadings=_by_item(model, found.loadings[0]),
        weights=_by_item(model, weight[0]),
        correlations=pd.DataFrame(found.correlations[0], model.names, model.names),
        r2=r2.drop(columns=["se", "p"]).assign(**base),
        reliability=_reliability(model, r[0], found),
        vif=_vif(model, found),
        **base,
        consistent=consistent,
        usable=usable,
        problems=tuple(problems),
        iterations=iterations,
    )


def _model(measurement: Items, paths: Arrows, modes: Mapping[str, Mode]) -> _Model:
    if not paths:
        raise ModelError("The model has no arrows; draw at least one.")
    joined = sorted({name for arrow in paths for name in arrow})
    if lacking := [name for name in joined if not len(measurement.get(name, ()))]:
        raise ModelError(f"The model has no items for {', '.join(lacking)}; name some.")
    if wrong := [k for k, mode in modes.items() if k not in measurement or mode not in ("A", "B")]:
        raise ModelError(f"The mode of {', '.join(wrong)} is not A or B of a construct.")
    names = tuple(name for name in measurement if name in joined)
    items = tuple(item for name in names for item in measurement[name])
    if twice := sorted({item for item in items if items.count(item) > 1}):
        raise ModelError(f"The model names {', '.join(twice)} twice; each item may occur once.")
    arrows = np.zeros((len(names),) * 2, bool)
    for source, target in paths:
        arrows[names.index(target), names.index(source)] = True
    if np.linalg.matrix_power(arrows.astype(float), len(names)).any():
        raise ModelError("The arrows run in a circle; partial least squares needs a first cause.")
    ends = np.cumsum([len(measurement[name]) for name in names])
    blocks = tuple(np.split(np.arange(len(items)), ends[:-1]))
    return _Model(names, items, blocks, tuple(modes.get(name, "A") for name in names), arrows)


def _answers(
    model: _Model, data: pd.DataFrame, accounts: pd.Series | None
) -> tuple[np.ndarray, pd.Series, float]:
    """Standardised complete answers, the unit that each comes from, and how many accounts."""
    if accounts is None:
        accounts = pd.Series(None, data.index, object)
    if not accounts.index.equals(data.index):
        raise ModelError("Accounts and answers have different rows; give one for each.")
    frame = data.assign(**{ACCOUNT: accounts.to_numpy()})
    # Equal answers of two accounts would else be drawn by their place in the table.
    frame = frame.sort_values(ACCOUNT, key=lambda c: c.astype(str), ignore_index=True)
    read = sample.read(sorted(model.items), frame, cluster=ACCOUNT)
    (group,) = read.groups
    z = group.z[:, [read.items.index(item) for item in model.items]]
    n_accounts = frame.loc[read.rows, ACCOUNT].nunique() or np.nan
    return z - z.mean(axis=0), pd.Series(group.cluster), n_accounts


def _weights(model: _Model, r: np.ndarray, towards: np.ndarray) -> tuple[np.ndarray, int]:
    """Outer weights (batch x items x constructs) of composites with variance 1, and the steps.

    A composite and its mirror image are one solution; the one whose loadings go along with
    `towards` (items x constructs) is taken. NaN where weights do not settle.
    """
    owned = model.owned
    formed = [k for k, mode in enumerate(model.modes) if mode == "B"]
    inverse = {k: np.linalg.inv(r[:, model.blocks[k]][:, :, model.blocks[k]]) for k in formed}
    weight = _scaled(r, np.repeat(owned[None], len(r), axis=0))
    active, step = np.arange(len(r)), 0
    while len(active) and step < MOST_STEPS:
        step += 1
        here, before = r[active], weight[active]
        rw = here @ before
        c = before.transpose(0, 2, 1) @ rw
        # Path scheme: a construct leans on its effects by correlation, on its causes by regression.
        inner = np.where(model.arrows, c, 0)
        for target, at in model.regressions:
            inner[:, at, target] = _regress(c, at, target)
        after = (rw @ inner) * owned
        for k in formed:
            pull = after[:, model.blocks[k], k, None]
            after[:, model.blocks[k], k] = (inverse[k][active] @ pull)[..., 0]
        weight[active] = after = _scaled(here, after)
        moving = np.abs(np.abs(after) - np.abs(before)).sum(axis=(1, 2)) > TOLERANCE
        active = active[moving]
    weight[active] = np.nan
    sign = np.sign((r @ weight * owned * towards).sum(axis=1))
    return weight * np.where(sign == 0, 1, sign)[:, None, :], step


def _scaled(r: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Composites with variance 1; NaN where there is none, as of what nothing goes along with."""
    variance = (weight * (r @ weight)).sum(axis=1)
    return weight / np.sqrt(np.where(variance > 1e-20, variance, np.nan))[:, None, :]


def _regress(c: np.ndarray, at: np.ndarray, target: int) -> np.ndarray:
    # The ridge is far below the digits that count and keeps resamples from breaking off.
    inside = c[:, at][:, :, at] + 1e-14 * np.eye(len(at))
    return np.linalg.solve(inside, c[:, at, target][..., None])[..., 0]


def _structure(model: _Model, r: np.ndarray, weight: np.ndarray, consistent: bool) -> _Solution:
    """Paths between composites, or between what they measure."""
    rw = r @ weight
    c, loadings = weight.transpose(0, 2, 1) @ rw, rw * model.owned
    rho = np.ones(c.shape[:2])
    with np.errstate(invalid="ignore", divide="ignore"):
        for k in model.reflective:
            block = model.blocks[k]
            w, inside = weight[:, block, k], r[:, block][:, :, block]
            length = (w**2).sum(axis=1)
            # Off the diagonal, items share nothing but the construct.
            shared = (w * ((inside @ w[..., None])[..., 0] - w)).sum(axis=1)
            rho[:, k] = length**2 * shared / (length**2 - (w**4).sum(axis=1))
            if consistent:
                loadings[:, block, k] = w * (np.sqrt(rho[:, k]) / length)[:, None]
        if consistent:
            measured = c / np.sqrt(rho[:, :, None] * rho[:, None, :])
            c = np.where(np.eye(c.shape[1], dtype=bool), 1, measured)
    known = np.isfinite(c).all(axis=(1, 2), keepdims=True)
    possible = np.linalg.eigvalsh(np.where(known, c, 0))[:, 0] > SINGULAR
    safe = np.where(possible[:, None, None], c, np.eye(c.shape[1]))
    paths, r2 = np.zeros_like(c), np.zeros(c.shape[:2])
    for target, at in model.regressions:
        paths[:, target, at] = slopes = _regress(safe, at, target)
        r2[:, target] = (slopes * safe[:, at, target]).sum(axis=1)
    paths[~possible] = r2[~possible] = np.nan
    return _Solution(c, paths, r2, loadings, rho, possible)


def _problems(model: _Model, found: _Solution, consistent: bool) -> list[str]:
    """Why the estimates of all answers cannot be shown."""
    if not np.isfinite(found.loadings[0]).any(axis=0).all():
        return [f"The weights of the composites did not settle in {MOST_STEPS} steps."]
    for k in model.reflective if consistent else ():
        if not 0 < found.rho[0, k] < 1 + 1e-9:
            said = f"The reliability of {model.names[k]} comes out as {found.rho[0, k]:.2f}, which"
            return [f"{said} cannot be: nothing can be corrected for measurement error."]
    if found.possible[0]:
        return []
    c = np.triu(found.correlations[0], 1)
    one, other = np.unravel_index(np.abs(c).argmax(), c.shape)
    if abs(c[one, other]) > 1 - 1e-6:
        pair = f"{model.names[one]} and {model.names[other]}"
        return [f"{CORRECTED}{pair} correlate {c[one, other]:.2f}: they are not told apart."]
    return [f"{CORRECTED}constructs have correlations that contradict each other."]


def _drawn(
    model: _Model, r: np.ndarray, loadings: np.ndarray, consistent: bool
) -> tuple[Drawn, list[str]]:
    """Estimates in the resamples, their signs as in the sample; or why there are none."""
    solvable = np.einsum("bii->bi", r).min(axis=1) > 0.5  # 0 where all answer an item alike
    for mode, block in zip(model.modes, model.blocks, strict=True):
        if mode == "B":
            solvable &= np.linalg.eigvalsh(r[:, block][:, :, block])[:, 0] > SINGULAR
    kept = r[solvable]
    found = _structure(model, kept, _weights(model, kept, loadings)[0], consistent)
    # A reliability above 1 in a resample is chance, as any estimate is; without those resamples
    # intervals would be of the lucky ones.
    if (count := int(found.possible.sum())) < LEAST_POSSIBLE * len(r):
        said = f"Only {count:,} of {len(r):,} resamples gave a possible solution"
        return None, [f"{said}, too few for intervals."]
    return _Solution(*(value[found.possible] for value in vars(found).values())), []


def _summary(value: np.ndarray, drawn: np.ndarray | None, level: float) -> pd.DataFrame:
    """Estimates (k) with percentiles, standard error and p of their resamples (batch x k)."""
    frame = pd.DataFrame({"estimate": value, "ci_low": np.nan, "ci_high": np.nan})
    if drawn is None:
        return frame.assign(se=np.nan, p=np.nan)
    tail = np.array([(1 - level) / 2, (1 + level) / 2])
    frame[["ci_low", "ci_high"]] = np.quantile(drawn, tail, axis=0).T
    below = (drawn <= 0).sum(axis=0)
    p = 2 * (np.minimum(below, len(drawn) - below) + 1) / (len(drawn) + 1)
    return frame.assign(se=drawn.std(axis=0, ddof=1), p=p.clip(max=1.0))


def _effects(model: _Model, found: _Solution, drawn: Drawn, level: float) -> pd.DataFrame:
    here, each = _ways(found.paths), drawn and _ways(drawn.paths)
    exists = _ways(model.arrows.astype(float))  # all arrows positive: no route cancels another
    names, frames = np.array(model.names, object), []
    for kind, routes in exists.items():
        target, source = np.nonzero(routes > 0.5)
        draws = each and each[kind][:, target, source]
        ends = pd.DataFrame({"lhs": names[target], "rhs": names[source], "kind": kind})
        frames.append(ends.join(_summary(here[kind][0, target, source], draws, level)))
    return pd.concat([frame for frame in frames if len(frame)], ignore_index=True)


def _ways(paths: np.ndarray) -> dict[str, np.ndarray]:
    """Direct, indirect and total effects."""
    eye = np.eye(paths.shape[-1])
    total = np.linalg.inv(eye - paths) - eye
    return {"direct": paths, "indirect": total - paths, "total": total}


def _by_item(model: _Model, matrix: np.ndarray) -> pd.DataFrame:
    at, k = np.nonzero(model.owned)
    names = np.array(model.names, object)[k]
    return pd.DataFrame({"lhs": names, "rhs": list(model.items), "estimate": matrix[at, k]})


def _reliability(model: _Model, r: np.ndarray, found: _Solution) -> pd.DataFrame:
    """R: `seminr::summary(fit)$reliability`."""
    frame = pd.DataFrame(np.nan, range(len(model.names)), ["alpha", "rho_a", "rho_c", "ave"])
    for k in model.reflective:
        inside, load = r[np.ix_(model.blocks[k], model.blocks[k])], found.loadings[0, :, k]
        size, true, squares = len(inside), load.sum() ** 2, (load**2).sum()
        alpha = size / (size - 1) * (1 - size / inside.sum())
        frame.loc[k] = [alpha, found.rho[0, k], true / (true + size - squares), squares / size]
    frame.insert(0, "term", model.names)
    return frame.assign(items=[len(block) for block in model.blocks])


def _vif(model: _Model, found: _Solution) -> pd.DataFrame:
    """How much the other sources of a target inflate the variance of a path."""
    rows = []
    for target, at in model.regressions:
        inside = found.correlations[0][np.ix_(at, at)]
        values = np.diag(np.linalg.inv(inside)) if found.possible[0] else np.full(len(at), np.nan)
        rows += [(model.names[target], model.names[k], v) for k, v in zip(at, values, strict=True)]
    return pd.DataFrame(rows, columns=["lhs", "rhs", "estimate"])
