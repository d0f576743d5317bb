"""Rank the drivers of an outcome, or say why they cannot be ranked."""

import difflib
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.errors import ParamsError
from analysis.language import tr
from analysis.measures import inference, scales
from analysis.models.drivers import ladder, place, resample, shares, sure
from analysis.params import Params
from analysis.survey.tables import Survey

#: Our default: what a supplier can set out to do better. Trust, commitment and satisfaction are
#: left out: they are what the others lead to, no lever, and would swallow what leads to them.
DEFAULT_CANDIDATES = (
    "experience",
    "solution",
    "reliability",
    "responsiveness",
    "customer_care",
    "communication",
)

LEAST_N = 30  # below it not even correlations (statistics.md, section 5)
ANSWERS_PER_DRIVER = 10  # with fewer, each driver on its own (statistics.md, section 5, tier D)
LEAST_ACCOUNTS = 10  # with fewer clusters a bootstrap of clusters means little (our default)
CLEAR_FIRST = 0.8  # share of resamples in which a driver comes first (our default)
CLEAR_OF_NOISE = 0.95  # share in which it explains more than a random number (our default)
HIGH_INFLATION = 10.0  # a convention: slopes can no longer be read one by one

IMPORTANCE = (
    "term",
    "label",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "first",
    "beats_noise",
    "clear",
    "r",
    "beta",
    "vif",
    "check",
    "agrees",
    "method",
    "note",
)
SINGLE = ("term", "label", "estimate", "ci_low", "ci_high", "n", "n_accounts", "note")


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


@dataclass(frozen=True)
class Drivers:
    """What a driver analysis found, or why it was withheld.

    `table` has the columns `IMPORTANCE`, one row per driver, the largest first. estimate: its share
    of the explained variance (0-1), by LMG for up to `shares.MOST_FOR_LMG` drivers and by Johnson's
    weights for more, with an interval over resampled accounts; check: its share by the other of the
    two, and `agrees` whether that gives it the same place. first: share of resamples in which it
    comes first; beats_noise: in which it explains more than a random number among the drivers;
    clear: it beats noise in `CLEAR_OF_NOISE` of them and stands out (interval above an equal share,
    or first in `CLEAR_FIRST`). r, beta and vif as usual. `ranks` has the columns `ladder.RANKS`:
    the chance of each place. `single` has each driver's own correlation, `map` the columns
    `place.MAP`.
    """

    outcome: str  # as printed
    n: int = 0  # answers with the outcome and every driver
    n_asked: int = 0  # answers in the wave
    n_accounts: int | None = None
    table: pd.DataFrame = field(default_factory=lambda: _empty(IMPORTANCE))
    map: pd.DataFrame = field(default_factory=lambda: _empty(place.MAP))
    ranks: pd.DataFrame = field(default_factory=lambda: _empty(ladder.RANKS))
    single: pd.DataFrame = field(default_factory=lambda: _empty(SINGLE))
    r2: float = float("nan")  # in these answers
    r2_cv: float = float("nan")  # at accounts left out of the fit
    #: Adjusted R squared: estimate, ci_low, ci_high, n, n_accounts (None where none is known).
    explained: dict[str, float | int | None] = field(default_factory=dict)
    method: str = ""  # that ranks: shares.LMG or shares.JOHNSON
    reason: str = ""  # why there is no ranking


def importance(survey: Survey, params: Params) -> Drivers:
    """Rank the drivers of the outcome in the reported wave.

    Complete answers only: the outcome and a scale score (half of its items) for every driver.

    Raises
    ------
    ParamsError: the parameters name an outcome or a driver that the codebook does not know.

    References
    ----------
    Lindeman, Merenda & Gold (1980), 119 ff. (LMG). Johnson (2000), Multivariate Behavioral Research
    35(1), 1-19. Tonidandel, LeBreton & Johnson (2009), Psychological Methods 14(4), 387-399
    (bootstrap, and a random number to beat).
    """
    _check_names(survey, params)
    answers = survey.at(params.wave.id)
    y, outcome = _outcome(survey, answers, params.drivers.outcome)
    scores = _scores(survey, answers, params)
    whole = scores.notna().all(axis=1) & y.notna()
    found = Drivers(outcome=outcome, n_asked=len(answers))
    if y.isna().all():
        return replace(found, reason=_not_asked(outcome, params.drivers.outcome))
    if scores.shape[1] < 2:
        why = tr(
            "Fewer than two things that may go with {outcome} were asked.", outcome=_name(outcome)
        )
        return replace(found, reason=why)
    everybody, answers = answers, answers[whole]
    x, y = scores[whole], y[whole]
    accounts = int(answers["account"].nunique()) or None
    found = replace(found, n=len(x), n_accounts=accounts)
    least = max(LEAST_N, params.confidentiality.min_scores)
    if len(x) < least:
        why = tr(
            "{n} complete answers are too few to say what goes with {outcome} (it takes {least}).",
            n=len(x),
            outcome=_name(outcome),
            least=least,
        )
        return replace(found, reason=why)
    found = replace(found, single=_single(x, y, answers, accounts))
    clusters = inference.units(answers)
    products = resample.cross_products(x.to_numpy(), y.to_numpy(), clusters.to_numpy())
    if reason := _too_little(x, y, len(products), outcome):
        return replace(found, reason=reason)
    found = replace(found, r2_cv=resample.left_out_r2(products, params.seed))
    if not found.r2_cv > 0:
        return replace(found, reason=_not_predicted(outcome, bool(accounts)))
    table, ranks = _ranked(x, y, clusters, products, params)
    base = {"n": found.n, "n_accounts": accounts}
    table = table.assign(**base)[list(IMPORTANCE)]
    r2, explained = _explained(products, found.n)
    return replace(
        found,
        table=table,
        ranks=ladder.frame(table, ranks),
        map=place.place(table, scores, everybody, params.drivers.priorities),
        r2=r2,
        explained=explained | base,
        method=shares.method(x.shape[1]),
    )


def _too_little(x: pd.DataFrame, y: pd.Series, clusters: int, outcome: str) -> str:
    """Why these answers cannot carry a ranking; empty when they can."""
    flat = [scales.label(name) for name in x if x[name].nunique() < 2]
    if y.nunique() < 2:
        flat = [outcome]
    if flat:
        return tr(
            "{name} got the same score from everybody: there is nothing to compare.", name=flat[0]
        )
    if len(x) < ANSWERS_PER_DRIVER * x.shape[1]:
        return tr(
            "{n} complete answers cannot rank {drivers} drivers (it takes {least} for each), so "
            "each is only shown on its own.",
            n=len(x),
            drivers=x.shape[1],
            least=ANSWERS_PER_DRIVER,
        )
    if clusters < LEAST_ACCOUNTS:
        return tr(
            "The answers come from {accounts} accounts; with fewer than {least} nobody can say how "
            "sure a ranking is, so each driver is only shown on its own.",
            accounts=clusters,
            least=LEAST_ACCOUNTS,
        )
    return ""


def _not_asked(outcome: str, name: str) -> str:
    if name == "nps":
        return tr(
            "How likely people are to recommend was not asked, so nothing can be said of what goes "
            "with it."
        )
    return tr(
        "{outcome} was not asked, so nothing can be said of what goes with it.", outcome=outcome
    )


def _not_predicted(outcome: str, accounts: bool) -> str:
    if accounts:
        return tr(
            "Taken together, the drivers do not predict {outcome} at accounts that were left out "
            "of the calculation; a ranking would be chance, so each driver is only shown on its "
            "own.",
            outcome=_name(outcome),
        )
    return tr(
        "Taken together, the drivers do not predict {outcome} for answers that were left out of "
        "the calculation; a ranking would be chance, so each driver is only shown on its own.",
        outcome=_name(outcome),
    )


def _ranked(
    x: pd.DataFrame, y: pd.Series, clusters: pd.Series, products: np.ndarray, params: Params
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """The ranking, the largest first, and the chance of each place by driver."""
    correlation = resample.correlations(products.sum(axis=0))
    inner, outer = correlation[:-1, :-1], correlation[:-1, -1]
    weights, other = shares.both(inner, outer)
    estimate = weights / weights.sum()
    noise = resample.noise_products(x.to_numpy(), y.to_numpy(), clusters.to_numpy(), params.seed)
    drawn = resample.resampled(products, params.drivers.resamples, params.seed, noise)
    without = resample.explained_by_each(resample.without_each(products))
    without = without / np.maximum(without.sum(axis=1, keepdims=True), shares.FLOOR)
    low, high = sure.of_shares(estimate, drawn.shares, without)
    chances = ladder.places(drawn.shares, params.seed)
    stands_out = (low > 1 / x.shape[1]) | (chances[:, 0] >= CLEAR_FIRST)
    beta, vif = shares.slopes(inner, outer), shares.inflation(inner)
    table = pd.DataFrame(
        {
            "term": list(x),
            "label": [scales.label(name) for name in x],
            "estimate": estimate,
            "ci_low": low,
            "ci_high": high,
            "first": chances[:, 0],
            "beats_noise": drawn.beats,
            "clear": stands_out & (drawn.beats >= CLEAR_OF_NOISE),
            "r": outer,
            "beta": beta,
            "vif": vif,
            "check": other / weights.sum(),
            "agrees": _places(estimate) == _places(other),
            "method": shares.method(x.shape[1]),
            "note": [_note(*row) for row in zip(outer, beta, vif, strict=True)],
        }
    )
    if np.isnan(other).any():
        table["agrees"] = np.nan
    table = table.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    return table, dict(zip(x, chances, strict=True))


def _places(values: np.ndarray) -> np.ndarray:
    """Place of each value, the largest first."""
    return np.argsort(np.argsort(-values, kind="stable"), kind="stable")


def _note(r: float, beta: float, vif: float) -> str:
    """What the statistician should see beside a driver."""
    if np.isinf(vif):
        return tr("says the same as other drivers: the share is split among them")
    notes = [tr("overlaps strongly with other drivers")] if vif > HIGH_INFLATION else []
    notes += [tr("sign turns beside the others: suppression")] if r * beta < 0 else []
    return "; ".join(notes)


def _explained(products: np.ndarray, n: int) -> tuple[float, dict[str, float]]:
    """R squared, and R squared adjusted for the number of drivers with its interval."""
    r2 = _r2(resample.correlations(products.sum(axis=0)))
    p = products.shape[-1] - 2
    adjusted = max(1 - (1 - r2) * (n - 1) / (n - p - 1), 0.0)
    without = np.array([_r2(one) for one in resample.without_each(products)])
    low, high = sure.of_r2(r2, adjusted, without)
    return r2, {"estimate": adjusted, "ci_low": low, "ci_high": high}


def _r2(correlation: np.ndarray) -> float:
    """R squared of the last column on the others."""
    inner, outer = correlation[:-1, :-1], correlation[:-1, -1]
    return float(shares.slopes(inner, outer) @ outer)


def _single(
    x: pd.DataFrame, y: pd.Series, answers: pd.DataFrame, accounts: int | None
) -> pd.DataFrame:
    """Each driver's own correlation with the outcome, strongest first."""
    clusters = inference.units(answers)
    rows = []
    for name in x:
        r, low, high = sure.correlation(x[name], y, clusters)
        rows.append((name, scales.label(name), r, low, high, len(x), accounts, ""))
    frame = pd.DataFrame(rows, columns=list(SINGLE)).dropna(subset="estimate")
    return frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)


def _outcome(survey: Survey, answers: pd.DataFrame, name: str) -> tuple[pd.Series, str]:
    if name == "nps":
        return answers["nps"].astype(float), tr("Recommendation")
    return _score(survey, answers, name), scales.label(name)


def _scores(survey: Survey, answers: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Scores of the candidates that were asked in this wave, 0-100."""
    wanted = params.drivers.predictors or DEFAULT_CANDIDATES
    made = {
        name: _score(survey, answers, name)
        for name in dict.fromkeys(wanted)
        if name != params.drivers.outcome
    }
    return pd.DataFrame(made, index=answers.index).dropna(axis=1, how="all")


def _score(survey: Survey, answers: pd.DataFrame, construct: str) -> pd.Series:
    """Scale score from 0 to 100, so that items of different scales may be joined."""
    items = survey.of(construct)
    low, high = (survey.items.loc[items, end].astype(float) for end in ("scale_min", "scale_max"))
    return scales.score(100 * (answers[items] - low) / (high - low), items)


def _check_names(survey: Survey, params: Params) -> None:
    asked = params.drivers
    outcome = () if asked.outcome == "nps" else (asked.outcome,)
    for name in (*outcome, *(asked.predictors or ())):
        if name not in survey.constructs:
            near = difflib.get_close_matches(name, survey.constructs, n=1, cutoff=0.5)
            raise ParamsError(
                f"params/{params.client}.yml: drivers name '{name}', which no column of the "
                f"codebook measures{f'; did you mean {near[0]!r}?' if near else '.'}"
            )


def _name(outcome: str) -> str:
    """The outcome inside a sentence."""
    return outcome[:1].lower() + outcome[1:]
