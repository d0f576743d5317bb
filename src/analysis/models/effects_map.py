"""Importance beside performance, where importance is the total effect along the theory's arrows.

The map of chapter 4 asks what goes with the outcome beside the other drivers; this one asks what
reaches the outcome, straight or through trust and commitment. Importance is in points: how many
points of 100 the outcome is higher where an antecedent is one point of 100 higher, all else that
leads to it being equal (Ringle & Sarstedt 2016). It is an effect only as far as the theory's
arrows point the right way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.errors import ParamsError
from analysis.language import later, tr
from analysis.measures import inference, scales
from analysis.models.sem import averages, commitment_trust, fitting, intervals, theory
from analysis.models.sem.engine.syntax import quoted
from analysis.models.sem.finding import ASKED, Fit
from analysis.models.sem.semfit import SemFit
from analysis.models.sem.signs import PATHS
from analysis.params import Params
from analysis.survey.tables import Survey

#: Constructs of which less is better; they are turned (100: none of it), so that high performance
#: and positive importance mean the same for all (Ringle & Sarstedt 2016).
TURNED = {
    "opportunism": later("No opportunism"),
    "propensity_to_leave": later("No wish to leave"),
    "uncertainty": later("No uncertainty"),
}

#: Names of the fields of the map: whether an antecedent matters, and whether it scores lower.
QUADRANTS = {
    (True, True): later("Matters, scores lower"),
    (True, False): later("Matters, scores higher"),
    (False, True): later("Matters less, scores lower"),
    (False, False): later("Matters less, scores higher"),
}

#: What recommendation hangs on; Morgan and Hunt do not draw it (our default).
TO_NPS = (("trust", "nps"), ("commitment", "nps"))

MAP = (
    "term",
    "label",
    "estimate",
    "ci_low",
    "ci_high",
    "clear",
    "performance",
    "performance_low",
    "performance_high",
    "n",
    "n_accounts",
    "n_performance",
    "n_least",
    "quadrant",
    "note",
)

Arrows = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class EffectsMap:
    """The map of one outcome, or why there is none.

    `table` has the columns `MAP`, one row per antecedent, the largest importance first: estimate
    is the total effect in points of 100 for each point, with its interval; `clear` whether that
    leaves zero out; performance the mean score of everybody who answered, 0-100.
    """

    target: str
    label: str
    engine: str = "none"  # "model" or "averages"
    n: int = 0
    n_accounts: int | None = None
    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(MAP)))
    reason: str = ""


def total(survey: Survey, params: Params, fit: Fit, target: str = "commitment") -> EffectsMap:
    """Set what reaches `target`, straight and through others, beside how well it goes.

    Parameters
    ----------
    fit : of `commitment_trust.fit` for the same survey and wave; decides what may be computed.
    target : what an arrow of the theory points at, or "nps".

    Returns
    -------
    EffectsMap; without a table where the answers do not carry regressions of all constructs.

    Raises
    ------
    ParamsError: no arrow of the theory points at `target`.

    Notes
    -----
    Latent constructs: items rescaled to 0-100 before the fit, and each construct put on the scale
    of its items' mean (loadings 1 on average), so that a point is the same point as in the means.

    References
    ----------
    Ringle & Sarstedt (2016), Industrial Management & Data Systems 116(9), 1865-1886. Little,
    Slegers & Card (2006), Structural Equation Modeling 13(1), 59-72 (effects coding).
    """
    if target != "nps" and target not in {end for _, end, _ in PATHS}:
        raise ParamsError(f"No arrow of the commitment-trust theory points at '{target}'.")
    answers = survey.at(params.wave.id)
    answers = answers.assign(cluster=inference.units(answers))
    asked = commitment_trust.constructs(survey, answers)
    found = EffectsMap(target, named(target))
    if fit.tier.method not in ("model", "averages") or not fit.usable:
        return replace(found, reason=fit.reason or fit.tier.sentence)
    arrows = leading(joined(asked), target)
    if not arrows or (target == "nps" and answers["nps"].notna().sum() < 2):
        why = tr("Nothing was asked that leads to {outcome}.", outcome=_inside(found.label))
        return replace(found, reason=why)
    scored = _scored(survey, answers, asked)
    paths = pd.DataFrame()
    if fit.tier.method == "model" and fit.text:
        paths, engine = _by_model(survey, answers, asked, fit.text, target), "model"
    if paths.empty:
        draw = {"seed": params.seed, "resamples": params.drivers.resamples}
        paths, engine = by_averages(scored, arrows, target, answers, **draw), "averages"
    if paths.empty:
        why = tr(
            "The answers cannot tell apart what leads to {outcome}.", outcome=_inside(found.label)
        )
        return replace(found, reason=why)
    table = _placed(paths, scored, answers, -1 if target in TURNED else 1)
    first = table.iloc[0]
    accounts = None if pd.isna(first["n_accounts"]) else int(first["n_accounts"])
    return replace(found, engine=engine, n=int(first["n"]), n_accounts=accounts, table=table)


def joined(asked: dict[str, list[str]]) -> list[tuple[str, str]]:
    """The theory's arrows between what was asked, and those to recommendation."""
    return [*theory.arrows(asked), *((s, t) for s, t in TO_NPS if s in asked)]


def leading(arrows: Arrows, target: str) -> list[tuple[str, str]]:
    """Return the arrows on a way to `target`.

    >>> leading([("a", "b"), ("b", "c"), ("b", "d")], "c")
    [('a', 'b'), ('b', 'c')]
    """
    reached = {target}
    while more := {s for s, t in arrows if t in reached} - reached:
        reached |= more
    return [(s, t) for s, t in arrows if t in reached]


def by_averages(
    scored: pd.DataFrame,
    arrows: Arrows,
    target: str,
    answers: pd.DataFrame,
    *,
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> pd.DataFrame:
    """Total effects on `target` by unstandardised regressions of averages.

    Parameters
    ----------
    scored : one column per construct, 0-100. arrows : all that lead to `target`.
    answers : aligned, with `account` and `contact`.

    Returns
    -------
    DataFrame: term, estimate, ci_low, ci_high (percentiles over resamples of whole accounts), n,
    n_accounts, note. Empty with too few accounts or constructs that cannot be told apart.
    """
    names = list(dict.fromkeys(name for arrow in arrows for name in arrow))
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "n_accounts", "note"]
    used = scored[names].dropna()
    here = answers.loc[used.index]
    units = inference.units(here)
    if len(used) < len(names) + 3 or units.nunique() < averages.LEAST_UNITS:
        return pd.DataFrame(columns=columns)
    if (used.std() < 1e-9).any():
        return pd.DataFrame(columns=columns)
    spread = _covariances(used.to_numpy(), pd.factorize(units, sort=True)[0], resamples, seed)
    direct, told = _slopes(spread, names, arrows)
    if not told[0] or told.mean() < averages.LEAST_TOLD:
        return pd.DataFrame(columns=columns)
    effects = np.linalg.inv(np.eye(len(names)) - direct) - np.eye(len(names))
    reaching = effects[:, names.index(target)]
    tail = (1 - level) / 2
    low, high = np.quantile(reaching[1:][told[1:]], [tail, 1 - tail], axis=0)
    base = (len(used), here["account"].nunique() or np.nan, tr("averages of the questions"))
    rows = [
        (name, reaching[0, k], low[k], high[k], *base)
        for k, name in enumerate(names)
        if name != target
    ]
    return pd.DataFrame(rows, columns=columns)


def by_model(fit: SemFit, target: str) -> pd.DataFrame:
    """Total effects on `target` in a fitted model, each construct on the scale of its items' mean.

    Returns
    -------
    DataFrame: term, estimate, ci_low, ci_high, of constructs from which arrows lead to `target`.
    """
    return intervals.wider(fit, lambda one: _effects(one, target), "value", "error")


def named(construct: str) -> str:
    """Printed name; a construct that is turned says so."""
    if construct == "nps":
        return tr("Recommendation")
    return tr(TURNED[construct]) if construct in TURNED else scales.label(construct)


def _by_model(
    survey: Survey, answers: pd.DataFrame, asked: dict[str, list[str]], text: str, target: str
) -> pd.DataFrame:
    """Total effects of the commitment-trust model, its items rescaled to 0-100."""
    inside = {name for arrow in theory.arrows(asked) for name in arrow}
    latent = commitment_trust.latents({k: v for k, v in asked.items() if k in inside})
    items = [item for of in latent.values() for item in of]
    used = answers[answers[items].notna().mean(axis=1) >= ASKED]
    low, high = (survey.items.loc[items, end].astype(float) for end in ("scale_min", "scale_max"))
    data = used.assign(**(100 * (used[items].astype(float) - low) / (high - low)))
    if target == "nps":
        if not {"trust", "commitment"} <= set(latent):
            return pd.DataFrame()
        data = data.assign(nps=10 * used["nps"].astype(float))
        text += f"\n{quoted('nps')} ~ trust + commitment"
        items = [*items, "nps"]
    elif target not in latent:
        return pd.DataFrame()
    missing = "fiml" if data[items].isna().any(axis=None) else "listwise"
    fit = fitting.fit(text, data, "MLR", missing, cluster="cluster", check=False)
    if not fit.usable:
        return pd.DataFrame()
    accounts = used["account"].nunique() or np.nan
    note = tr("structural equation model")
    return by_model(fit, target).assign(n=fit.n, n_accounts=accounts, note=note)


def _effects(fit: SemFit, target: str) -> pd.DataFrame:
    """Value and standard error of the total effects, by the delta method."""
    solution = fit.solved()
    names, rows = solution.layout.table.latents, solution.layout.table.rows
    own = [(k, r) for k, r in enumerate(rows) if r.group == 0]
    arrows = [(k, names.index(r.lhs), names.index(r.rhs)) for k, r in own if r.op == "~"]
    loads = {name: [k for k, r in own if r.op == "=~" and r.lhs == name] for name in names}
    sources = [s for s, _ in leading([(names[j], names[i]) for _, i, j in arrows], target)]
    sources = [name for name in dict.fromkeys(sources) if name != target]

    def reaching(theta: np.ndarray) -> np.ndarray:
        raw = solution.raw(theta)
        direct = np.zeros((len(names),) * 2, raw.dtype)  # complex where it is differentiated
        for k, i, j in arrows:
            direct[i, j] = raw[k]
        effect = np.linalg.inv(np.eye(len(names)) - direct)[names.index(target)]
        size = [raw[loads[name]].mean() if loads[name] else 1.0 for name in names]
        at = [names.index(name) for name in sources]
        return effect[at] * size[names.index(target)] / np.array(size)[at]

    value, error = solution.delta(reaching)
    return pd.DataFrame({"term": sources, "value": value, "error": error})


def _scored(survey: Survey, answers: pd.DataFrame, asked: dict[str, list[str]]) -> pd.DataFrame:
    """Scores from 0 to 100 as they were given, and recommendation on the same scale."""
    scored = 100 * averages.scores(answers, survey.items, asked)
    return scored.assign(nps=10 * answers["nps"].astype(float))


def _placed(
    paths: pd.DataFrame, scored: pd.DataFrame, answers: pd.DataFrame, way: int
) -> pd.DataFrame:
    """Effects beside means, with what is turned turned; `way` -1: the target is."""
    rows = []
    for row in paths.to_dict("records"):
        name = row["term"]
        sign = -way if name in TURNED else way
        ends = sorted((sign * row["ci_low"], sign * row["ci_high"]))
        values = 100 - scored[name] if name in TURNED else scored[name]
        own = inference.mean(values, answers).iloc[0]
        rows.append(
            {
                "term": name,
                "label": named(name),
                "estimate": sign * row["estimate"],
                "ci_low": ends[0],
                "ci_high": ends[1],
                "clear": ends[0] > 0 or ends[1] < 0,
                "performance": own["estimate"],
                "performance_low": own["ci_low"],
                "performance_high": own["ci_high"],
                "n": row["n"],
                "n_accounts": row["n_accounts"],
                "n_performance": own["n"],
                "n_least": min(row["n"], own["n"]),
                "note": row["note"],
            }
        )
    frame = pd.DataFrame(rows)
    matters = frame["estimate"] > frame["estimate"].mean()
    lower = frame["performance"] < frame["performance"].mean()
    frame["quadrant"] = [QUADRANTS[at] for at in zip(matters, lower, strict=True)]
    frame = frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    return frame[list(MAP)]


def _covariances(x: np.ndarray, groups: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Covariance matrices: of the sample, then of samples of whole accounts."""
    rows = np.column_stack([np.ones(len(x)), x - x.mean(axis=0)])
    count, width = groups.max() + 1, rows.shape[1]
    sums = np.zeros((count, width, width))
    np.add.at(sums, groups, rows[:, :, None] * rows[:, None, :])
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
    weights = np.concatenate([np.ones((1, count)), weights])
    moments = (weights @ sums.reshape(count, -1)).reshape(-1, width, width)
    moments = moments / moments[:, :1, :1]
    mean = moments[:, 0, 1:]
    return moments[:, 1:, 1:] - mean[:, :, None] * mean[:, None, :]


def _slopes(spread: np.ndarray, names: list[str], arrows: Arrows) -> tuple[np.ndarray, np.ndarray]:
    """Unstandardised coefficients (target x source), and which resamples tell them apart."""
    direct = np.zeros_like(spread)
    told = np.ones(len(spread), bool)
    for target in dict.fromkeys(target for _, target in arrows):
        at = [names.index(source) for source, end in arrows if end == target]
        end = names.index(target)
        inner = spread[:, at][:, :, at]
        size = np.sqrt(np.einsum("bii->bi", inner).clip(1e-12))
        r = inner / (size[:, :, None] * size[:, None, :])
        ok = np.linalg.eigvalsh(r)[:, 0] > 1e-8
        safe = np.where(ok[:, None, None], inner, np.eye(len(at)))
        direct[:, end, at] = np.linalg.solve(safe, spread[:, at, end][..., None])[..., 0]
        told &= ok
    return direct, told


def _inside(label: str) -> str:
    """A name inside a sentence."""
    return label[:1].lower() + label[1:]
