"""Which score of one wave tells best who will leave, and whose revenue will move.

The unit is the account: the mean of its contacts at one wave, and what came of it afterwards.
"""

from dataclasses import dataclass, field, replace

import pandas as pd

from analysis.language import tr
from analysis.measures import scales
from analysis.models.contest import auc, correlations, risk
from analysis.models.contest.risk import Risk
from analysis.params import Params
from analysis.survey.tables import Survey

PREDICTORS = ("trust", "commitment", "satisfaction", "nps")
LEAST_REVENUE = 30  # fewer accounts carry no correlation with revenue (our default)

#: Revenue that more than doubled counts as doubled, so that one account does not decide (our
#: default); a lost account stands at -1 already.
MOST_GROWTH = 1.0


@dataclass(frozen=True)
class Contest:
    """Which score foretells what came, or why nobody can say.

    `auc` has the columns `auc.AUC`, `pairs` `auc.PAIRS`; `revenue` the columns
    `correlations.CORRELATION`, `revenue_pairs` `auc.PAIRS`. `verdict` and `revenue_verdict`:
    "ahead" (the first is better than every other), "not distinguishable" (no two differ), "some
    differ", or "". `risk` holds the calibrated risk by band.
    """

    wave: str = ""
    n: int = 0
    n_lost: int = 0
    auc: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(auc.AUC)))
    pairs: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(auc.PAIRS)))
    verdict: str = ""
    reason: str = ""
    n_revenue: int = 0
    revenue: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(correlations.CORRELATION))
    )
    revenue_pairs: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(auc.PAIRS))
    )
    revenue_verdict: str = ""
    revenue_reason: str = ""
    risk: Risk = field(default_factory=Risk)


def contest(survey: Survey, params: Params) -> Contest:
    """Hold the scores of the last wave whose outcomes are known against these outcomes.

    Outcomes of waves after the reported one are not looked at. An account counts with all scores
    that were asked in that wave; each score is the mean of its contacts, 0-100.
    """
    outcomes = survey.outcomes
    until = survey.waves[: survey.waves.index(params.wave.id) + 1]
    known = [wave for wave in until if (outcomes["wave"] == wave).any()]
    if not known:
        reason = tr(
            "Nothing is known of what became of the accounts; a table 'outcomes' (wave, account, "
            "renewed) would say which score foretells a loss."
        )
        return Contest(reason=reason, revenue_reason=reason, risk=Risk(reason=reason))
    waves = {wave: joined(survey, wave) for wave in known[-2:]}
    last = known[-1]
    before = waves[known[-2]] if len(known) > 1 else None
    drawn = known[-2] if before is not None else ""
    found = compare(waves[last], last)
    foretold = risk.bands(waves[last], before, wave=last, drawn_from=drawn)
    return replace(found, risk=foretold)


def compare(accounts: pd.DataFrame, wave: str = "") -> Contest:
    """Compare the scores of accounts whose outcomes are known.

    Parameters
    ----------
    accounts : as `joined` makes it.
    """
    names = [name for name in PREDICTORS if name in accounts]
    labels = {name: _label(name) for name in names}
    found = Contest(wave)
    whole = accounts.dropna(subset=[*names, "renewed"]).sort_index()
    kept = whole["renewed"].to_numpy(bool)
    found = replace(found, n=len(whole), n_lost=int((~kept).sum()))
    if not names or whole.empty:
        found = replace(found, reason=tr("No account has both scores and a known outcome."))
    elif reason := risk.too_few(~kept):
        found = replace(found, reason=reason)
    else:
        gaps = auc.pairs(whole[names], kept, labels)
        single = auc.single(whole[names], kept, labels)
        found = replace(found, auc=single, pairs=gaps, verdict=verdict(gaps, len(names)))
    told = accounts.dropna(subset=[*names, "change"]).sort_index()
    if len(told) < LEAST_REVENUE or told["change"].nunique() < 2 or not names:
        reason = tr(
            "The change of revenue is known of {n} accounts with scores, too few or too much alike "
            "for a correlation (it takes {least}).",
            n=len(told),
            least=LEAST_REVENUE,
        )
        return replace(found, n_revenue=len(told), revenue_reason=reason)
    used = [name for name in names if told[name].nunique() > 1]
    change = told["change"].to_numpy(float)
    gaps = correlations.pairs(told[used], change, labels)
    return replace(
        found,
        n_revenue=len(told),
        revenue=correlations.single(told[used], change, labels),
        revenue_pairs=gaps,
        revenue_verdict=verdict(gaps, len(used)),
    )


def joined(survey: Survey, wave: str) -> pd.DataFrame:
    """Scores of each account at one wave beside what came of it.

    Returns
    -------
    DataFrame indexed by account: the scores that were asked (0-100; `nps`: mean rating, times ten),
    answers (how many they rest on), renewed (bool or missing), change (of revenue, as a share of
    what it was; never above `MOST_GROWTH`; missing without a revenue before).
    """
    outcomes = survey.outcomes[survey.outcomes["wave"] == wave]
    came = outcomes.drop_duplicates("account", keep=False).set_index("account")
    before, after = came["revenue_before"].astype(float), came["revenue_after"].astype(float)
    change = ((after - before) / before.where(before > 0)).clip(upper=MOST_GROWTH)
    return scores(survey, wave).join(
        pd.DataFrame({"renewed": came["renewed"], "change": change}), how="inner"
    )


def scores(survey: Survey, wave: str) -> pd.DataFrame:
    """Mean score of each account's contacts, 0-100, and answers behind it; indexed by account."""
    answers = survey.at(wave)
    answers = answers[answers["account"].notna()]
    made = {name: _score(survey, answers, name) for name in PREDICTORS[:-1]}
    made["nps"] = 10 * answers["nps"].astype(float)
    frame = pd.DataFrame(made, index=answers.index).dropna(axis=1, how="all")
    means = frame.groupby(answers["account"]).mean()
    return means.assign(answers=answers.groupby("account").size()).sort_index()


def verdict(pairs: pd.DataFrame, names: int) -> str:
    """What the differences come to; the first named of the pairs is the best."""
    if pairs.empty:
        return ""
    differ = pairs["verdict"] == "differ"
    if not differ.any():
        return "not distinguishable"
    return "ahead" if differ.iloc[: names - 1].all() else "some differ"


def _score(survey: Survey, answers: pd.DataFrame, construct: str) -> pd.Series:
    items = survey.of(construct)
    low, high = (survey.items.loc[items, end].astype(float) for end in ("scale_min", "scale_max"))
    return scales.score(100 * (answers[items] - low) / (high - low), items)


def _label(name: str) -> str:
    return "NPS" if name == "nps" else scales.label(name)
