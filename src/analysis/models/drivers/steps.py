"""Two steps up: what goes with leaving the detractors, and what with becoming a promoter.

Basics move detractors to passives; it takes more to make promoters of passives. Each step has a
logit model of its own, of the people on either side of it, by Firth's penalised likelihood, which
stays sound with few answers. Accounts are clusters.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import ModelError
from analysis.language import later, tr
from analysis.measures import inference, nps, scales
from analysis.models.drivers import classes
from analysis.models.drivers.logits import PEOPLE
from analysis.models.drivers.taken import Taken, take
from analysis.params import Params
from analysis.survey.tables import Survey

STEPS = (later("detractor to passive"), later("passive to promoter"))

POINTS = 10.0  # of 0-100, for which an odds ratio is told (our default)

#: Published: with 5 to 9 events a driver a logit has few problems (Vittinghoff & McCulloch 2007,
#: American Journal of Epidemiology 165(6), 710-718); below 5 each driver stands on its own.
EVENTS_PER_DRIVER = 5
LEAST_EVENTS = 10  # people on the smaller side of a step (our default)
LEAST_VOICES = 10  # accounts at a step; fewer make an interval of clusters a guess (our default)
RATE = 0.05  # false discovery rate over the drivers (Benjamini & Hochberg 1995, our default)

ODDS = (
    "term",
    "label",
    "step",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "p_adjusted",
    "clear",
    "n",
    "n_side",
    "events",
    "n_accounts",
    "n_least",
    "joint",
    "note",
)
SERVES = (
    "term",
    "label",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "p_adjusted",
    "serves",
    "n",
    "n_accounts",
    "note",
)
START = ("term", "label", "step", "start", "rank", "odds", "ci_low", "ci_high", "n", "note")

LOWER, UPPER = later("leaving the detractors"), later("becoming a promoter")
BOTH, OPEN, NONE = later("both steps"), later("not told apart"), later("neither step seen")


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


@dataclass(frozen=True)
class Steps:
    """What goes with each step, or why nothing is said.

    `table` has the columns `ODDS`, two rows per driver: estimate is the ratio by which the odds of
    the upper class go up with `POINTS` points of the score; `n` complete answers in all, `n_side`
    those at this step, `events` those of them in the upper class, `n_least` the smaller side;
    `joint`: beside the other drivers (else each on its own); `clear`: BH-adjusted p below `RATE`.
    `serves` has the columns `SERVES`, a row per driver: estimate is the ratio of its upper odds
    ratio to its lower one. `first` has the columns `START`: what to do first from this start.
    """

    table: pd.DataFrame = field(default_factory=lambda: _empty(ODDS))
    serves: pd.DataFrame = field(default_factory=lambda: _empty(SERVES))
    first: pd.DataFrame = field(default_factory=lambda: _empty(START))
    start: str = ""  # "more detractors", "more promoters" or "as many of each"
    n: int = 0
    n_asked: int = 0
    n_accounts: int | None = None
    joint: bool = True
    left_out: tuple[str, ...] = ()
    reason: str = ""


def steps(survey: Survey, params: Params) -> Steps:
    """Model both steps of the reported wave and say which of them each driver serves.

    Complete answers only. Where the smaller side of a step has fewer than `EVENTS_PER_DRIVER`
    people for each driver, both steps are shown for each driver on its own.

    Raises
    ------
    ParamsError: the parameters name a driver that the codebook does not know.
    """
    taken = take(survey, params)
    found = Steps(
        n=len(taken.scores),
        n_asked=taken.n_asked,
        n_accounts=taken.n_accounts,
        left_out=taken.left_out,
    )
    if reason := taken.reason or _too_few(taken):
        return replace(found, reason=reason)
    clusters = inference.units(taken.answers)
    counts = np.bincount(taken.level, minlength=3)
    joint = counts.min() >= EVENTS_PER_DRIVER * taken.scores.shape[1]
    try:
        table = odds(taken.scores, taken.level, taken.answers, joint)
        serves = difference(taken.scores, taken.level, clusters, table)
    except ModelError as problem:
        return replace(found, reason=str(problem))
    serves["n_accounts"] = taken.n_accounts
    answers = survey.at(params.wave.id)
    start = start_point(answers)
    return replace(
        found,
        table=table,
        serves=serves,
        first=advice(table, start),
        start=start,
        joint=bool(joint),
    )


def odds(
    scores: pd.DataFrame, level: pd.Series, answers: pd.DataFrame, joint: bool = True
) -> pd.DataFrame:
    """Odds ratios of both steps, per `POINTS` points of each score.

    Parameters
    ----------
    scores : one column per driver, 0-100, complete. level : 0 detractor, 1 passive, 2 promoter.
    answers : the same rows, with `account` and `contact`.
    joint : all drivers in one model; else each in its own.

    Returns
    -------
    DataFrame with the columns `ODDS`. In simulations (180 answers, three an account) the intervals
    held the truth in 95 to 96%.

    Raises
    ------
    ModelError: a driver does not vary at a step.
    """
    clusters, rows = inference.units(answers), []
    for k, step in enumerate(STEPS):
        here = level.isin([k, k + 1])
        y = (level[here] > k).astype(int).to_numpy()
        shared = {
            "step": step,
            "n": len(level),
            "n_side": len(y),
            "events": int(y.sum()),
            "n_least": int(min(y.sum(), len(y) - y.sum())),
            "n_accounts": answers.loc[here, "account"].nunique() or np.nan,
            "joint": bool(joint),
            "note": "" if joint else tr("on its own, beside no other driver"),
        }
        for name, slope, error, freedom in _slopes(scores[here], y, clusters[here], joint):
            half = error * stats.t.ppf(0.975, freedom)
            ends = np.exp(POINTS * np.array([slope, slope - half, slope + half]))
            rows.append(
                {
                    "term": name,
                    "label": scales.label(name),
                    **dict(zip(("estimate", "ci_low", "ci_high"), ends, strict=True)),
                    "p": float(2 * stats.t.sf(abs(slope) / error, freedom)),
                    **shared,
                }
            )
    frame = pd.DataFrame(rows)
    frame["p_adjusted"] = stats.false_discovery_control(frame["p"])
    frame["clear"] = frame["p_adjusted"] < RATE
    return frame[list(ODDS)]


def difference(
    scores: pd.DataFrame, level: pd.Series, clusters: pd.Series, table: pd.DataFrame
) -> pd.DataFrame:
    """Test, per driver, whether its slopes at the two steps differ.

    The passives are in both models, so the standard error of the difference comes from each
    account's influence on both slopes at once (CR1); t with accounts minus one.

    Parameters
    ----------
    table : as `odds` gives it, of the same answers.

    Returns
    -------
    DataFrame with the columns `SERVES`. serves: the step at which the driver surely does more and
    is surely at work; "both steps" where it is clear at both and they do not differ; else that it
    cannot be told.

    Raises
    ------
    ModelError: a driver does not vary at a step.

    References
    ----------
    Weesie (1999), Stata Technical Bulletin 52, 34-47 (seemingly unrelated estimation).
    """
    names, joint = list(scores), bool(table["joint"].iloc[0])
    moved = [_influence(scores, level, clusters, k, joint) for k in (0, 1)]
    logs = np.log(table.pivot(index="term", columns="step", values="estimate").loc[names])
    clear = table.pivot(index="term", columns="step", values="clear").loc[names]
    gap = (logs[STEPS[1]] - logs[STEPS[0]]).to_numpy()
    spread = classes.meat(moved[1] - moved[0], clusters.to_numpy())
    error = POINTS * np.sqrt(np.diag(spread))
    freedom = clusters.nunique() - 1
    p = 2 * stats.t.sf(np.abs(gap) / error, freedom)
    half = error * stats.t.ppf(0.975, freedom)
    adjusted = stats.false_discovery_control(p)
    at = [(clear[s] & (logs[s] > 0)).to_numpy() for s in STEPS]
    frame = pd.DataFrame(
        {
            "term": names,
            "label": [scales.label(name) for name in names],
            "estimate": np.exp(gap),
            "ci_low": np.exp(gap - half),
            "ci_high": np.exp(gap + half),
            "p": p,
            "p_adjusted": adjusted,
            "serves": [_serves(*row) for row in zip(gap, adjusted, *at, strict=True)],
            "n": len(level),
            "n_accounts": np.nan,
            "note": table["note"].iloc[0],
        }
    )
    return frame[list(SERVES)]


def start_point(answers: pd.DataFrame) -> str:
    """Where the client starts: surely more detractors, surely more promoters, or neither.

    Examples
    --------
    >>> frame = pd.DataFrame({"nps": [3.0] * 40 + [9.0] * 10, "account": None})
    >>> start_point(frame)
    'more detractors'
    """
    row = nps.nps(answers["nps"], accounts=answers["account"])
    if row.empty or not (row["ci_low"].iloc[0] > 0 or row["ci_high"].iloc[0] < 0):
        return "as many of each"
    return "more promoters" if row["ci_low"].iloc[0] > 0 else "more detractors"


def advice(table: pd.DataFrame, start: str) -> pd.DataFrame:
    """What to do first: the step that suits the start, and its clear drivers, the strongest first.

    With more detractors than promoters the basics come first; with more promoters, what makes
    promoters of passives; where neither is sure both steps are listed, the lower one first
    (domain.md 0.43).

    Returns
    -------
    DataFrame with the columns `START`; no rows when nothing is clear at the steps that matter.
    """
    wanted = {"more detractors": STEPS[:1], "more promoters": STEPS[1:]}.get(start, STEPS)
    kept = table[table["clear"] & (table["estimate"] > 1) & table["step"].isin(wanted)]
    kept = kept.assign(start=start, odds=kept["estimate"], place=kept["step"].map(STEPS.index))
    kept = kept.sort_values(["place", "odds", "term"], ascending=[True, False, True])
    kept["rank"] = np.arange(1, len(kept) + 1)
    return kept.reset_index(drop=True)[list(START)]


def near_misses(answers: pd.DataFrame) -> pd.DataFrame:
    """Passives who gave an 8: one point short of a promoter.

    Returns
    -------
    DataFrame: term, estimate (share of the passives, with Wilson's interval), ci_low, ci_high, n
    (passives), eights, n_least (the smaller of eights and sevens); no row without passives.

    Examples
    --------
    >>> near_misses(pd.DataFrame({"nps": [8.0, 8.0, 7.0, 10.0]}))[["eights", "n"]].values
    array([[2, 3]])
    """
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "eights", "n_least"]
    known = answers["nps"].dropna()
    passives = known[(known >= nps.PASSIVE) & (known < nps.PROMOTER)]
    if passives.empty:
        return pd.DataFrame(columns=columns)
    eights = int((passives == nps.PROMOTER - 1).sum())
    row = inference.wilson(eights, len(passives)).assign(term="gave an 8", eights=eights)
    return row.assign(n_least=min(eights, len(passives) - eights))[columns]


def _too_few(taken: Taken) -> str:
    counts = np.bincount(taken.level, minlength=3)
    least = int(counts.argmin())
    if counts[least] < LEAST_EVENTS:
        return tr(
            "Fewer than {least} {people} gave complete answers: too few to model the steps between "
            "the classes of the NPS.",
            least=LEAST_EVENTS,
            people=tr(PEOPLE[least]),
        )
    clusters = inference.units(taken.answers)
    for k, step in enumerate(STEPS):
        here = taken.level.isin([k, k + 1])
        if clusters[here].nunique() < LEAST_VOICES:
            return tr(
                "Fewer than {least} accounts are at the step from {step}: too few.",
                least=LEAST_VOICES,
                step=tr(step),
            )
    return ""


def _groups(names: list[str], joint: bool) -> list[list[str]]:
    """Which drivers share a model."""
    return [names] if joint else [[name] for name in names]


def _slopes(
    scores: pd.DataFrame, y: np.ndarray, clusters: pd.Series, joint: bool
) -> list[tuple[str, float, float, int]]:
    """Name, slope, standard error and degrees of freedom of each driver at one step."""
    rows = []
    for names in _groups(list(scores), joint):
        fit = classes.binary(scores[names], y, clusters.to_numpy(), firth=True)
        errors = np.sqrt(np.diag(fit.clustered))[1:]
        found = zip(names, fit.estimate[1:], errors, strict=True)
        rows += [(name, b, error, fit.n_clusters - 1) for name, b, error in found]
    return rows


def _influence(
    scores: pd.DataFrame, level: pd.Series, clusters: pd.Series, step: int, joint: bool
) -> np.ndarray:
    """How far each answer moves each slope of one step: n x p, 0 for answers not in its model."""
    here = level.isin([step, step + 1]).to_numpy()
    y = (level[here] > step).astype(int).to_numpy()
    found = np.zeros(scores.shape)
    for names in _groups(list(scores), joint):
        fit = classes.binary(scores.loc[here, names], y, clusters[here].to_numpy(), firth=True)
        at = [scores.columns.get_loc(name) for name in names]
        found[np.ix_(here, at)] = fit.influence[:, 1:]
    return found


def _serves(gap: float, p: float, lower: bool, upper: bool) -> str:
    """Which step a driver serves, in words."""
    if p < RATE and gap < 0 and lower:
        return LOWER
    if p < RATE and gap > 0 and upper:
        return UPPER
    if lower and upper:
        return BOTH
    return OPEN if lower or upper else NONE
