"""One kind of relationship for each account, from all of its contacts; and how accounts moved.

A decision maker's view counts for more than an end user's (`params.Influence`), and an account
whose decision maker wants out, or would not recommend, is flagged whatever the mean says.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, tr
from analysis.measures import groups, inference, nps, scales
from analysis.measures.crq.asked import DIMENSIONS, LEVELS, SCALE
from analysis.measures.crq.kinds import PERFORMANCE, RULES, SEGMENTS, segment
from analysis.measures.crq.scores import score
from analysis.params import Influence, Segments, Wave
from analysis.survey.tables import Survey

#: How much each role counts where a client sets nothing: our defaults, in `params.Influence` alone.
INFLUENCE = Influence()
UNKNOWN_ROLE = 1.0  # our default: as little as any known role

DECIDES = "decision_maker"

#: Columns of `account_segments`.
ACCOUNTS = (
    "account",
    "wave",
    "segment",
    "crq",
    "ci_low",
    "ci_high",
    "relation",
    "performance",
    "n",
    "answered",
    "spread",
    "lowest",
    "highest",
    "deciders",
    "opposed",
    "detractors",
    "flag",
    "flag_open",
    "why",
    "deciders_open",
    "deciders_confided",
    "n_least",
)


def account_segments(
    survey: Survey, wave: str, influence: Influence = INFLUENCE, rules: Segments = RULES
) -> pd.DataFrame:
    """Segment of every account: that of the influence-weighted mean of its contacts.

    Parameters
    ----------
    influence : weight of each role, `p.scorecard.influence`; a role that is not known weighs 1.
    rules : `p.scorecard.segments`.

    Returns
    -------
    DataFrame with the columns `ACCOUNTS`, one row per account that answered anything, by id. For
    researchers, not for print as it is: an account of one contact is one person's answers.
    crq, relation, performance: weighted means on 1-7, with a t-interval of the crq over contacts
    (within 1-7; NaN for one contact); n: contacts scored, each person once; answered: people who
    answered anything; spread: standard deviation of the contacts' CRQ; lowest, highest: theirs;
    deciders: decision makers who answered; opposed: those of them who are Opponents; detractors:
    those who rate 0-6; flag: whether there is any of either. flag_open and why (the flag in words)
    are of answers given in the open alone, which may be shown with the account's name;
    deciders_open, deciders_confided: those of the deciders who answered in the open, and in
    confidence; n_least: people scored who answered in confidence, infinite where there are none.
    segment is "" where no contact answered all dimensions.

    References
    ----------
    Interval: R `survey::svymean(~crq, svydesign(ids = ~1, weights = ~w))`.
    """
    answers = survey.at(wave).dropna(subset="account")
    scored = score(survey, wave, rules).dropna(subset="account")
    if answers.empty:
        return pd.DataFrame(columns=list(ACCOUNTS))
    people = _people(scored, [*DIMENSIONS, "crq"])
    people["weight"] = people["role"].map(influence.model_dump()).fillna(UNKNOWN_ROLE).astype(float)
    flags = _flags(answers, scored["segment"])
    confided = answers.loc[scored.index]
    confided = confided[~groups.in_the_open(confided)]
    secret = _voices(confided).groupby(confided["account"]).nunique()
    by_account = {name: group for name, group in people.groupby("account")}
    rows = [
        {"account": account, "wave": wave, **_row(by_account.get(account)), **flags.loc[account]}
        for account in sorted(answers["account"].unique(), key=str)
    ]
    found = pd.DataFrame(rows)
    known = found["n"] > 0
    found["n_least"] = found["account"].map(secret).fillna(np.inf)
    found["segment"] = ""
    if known.any():
        found.loc[known, "segment"] = segment(found.loc[known, list(DIMENSIONS)], rules)
    return found[list(ACCOUNTS)]


def account_shares(accounts: pd.DataFrame, minimum: int = 5, level: float = 0.95) -> pd.DataFrame:
    """How many accounts are of each kind.

    Parameters
    ----------
    accounts : as `account_segments` gives.
    minimum : smallest number of people behind a figure that may be shown.

    Returns
    -------
    DataFrame, five rows in the order `SEGMENTS`: term, estimate (share of accounts, 0-1), ci_low,
    ci_high (Wilson, accounts independent), count, n (accounts with a segment), n_people (contacts
    behind them all), n_confided (accounts whose kind rests on anybody who answered in confidence),
    n_least (the fewest of accounts, people and, where there are any, n_confided: their kinds are
    left when those that the open answers give are taken away). No rows without accounts.
    """
    columns = ["term", "estimate", "ci_low", "ci_high", "count", "n", "n_people"]
    columns += ["n_confided", "n_least"]
    known = accounts[accounts["segment"].isin(SEGMENTS)]
    if known.empty:
        return pd.DataFrame(columns=columns)
    people = int(known["n"].sum())
    rows = []
    for name in SEGMENTS:
        row = inference.wilson(int((known["segment"] == name).sum()), len(known), level).iloc[0]
        count = round(row["estimate"] * len(known))
        rows.append((name, *row[["estimate", "ci_low", "ci_high"]], count, len(known), people))
    secret = int(_confided(known).sum())
    fewest = groups.least(min(len(known), people), secret)
    return pd.DataFrame(rows, columns=columns[:-2]).assign(n_confided=secret, n_least=fewest)


def account_flags(accounts: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Accounts in which a decision maker is an Opponent or a Detractor.

    Parameters
    ----------
    accounts : as `account_segments` gives.

    Returns
    -------
    DataFrame, one row: term, estimate (share of the accounts whose decision makers answered),
    ci_low, ci_high (Wilson), count, n (those accounts), n_confided (those whose flag rests on a
    decision maker who answered in confidence: no open answer raises it), n_least (n, or what is
    left of it and of the count when the open answers are taken away, see `groups.left`). No row
    where no decision maker answered.
    """
    heard = accounts[accounts["deciders"].astype(float) > 0]
    flag, seen = heard["flag"].astype(bool), heard["flag_open"].astype(bool)
    secret = heard["deciders_confided"].astype(float) > 0
    some_open = bool((heard["deciders_open"].astype(float) > 0).any())
    count = int(flag.sum())
    row = inference.wilson(count, len(heard), level).assign(
        term=later("a decision maker is an Opponent or a Detractor"),
        count=count,
        n_confided=int((secret & ~seen).sum()),
        n_least=min(len(heard), groups.left(flag, seen, secret, some_open=some_open)),
    )
    return row[["term", "estimate", "ci_low", "ci_high", "count", "n", "n_confided", "n_least"]]


def account_moves(
    survey: Survey,
    waves: Sequence[Wave],
    influence: Influence = INFLUENCE,
    rules: Segments = RULES,
) -> pd.DataFrame:
    """From which kind to which the accounts moved since the wave before.

    Parameters
    ----------
    waves : up to the one reported; waves asked by different methods are not compared.

    Returns
    -------
    DataFrame, one row for each kind before that occurs and each of the five kinds after: before,
    after, estimate (share of the accounts that were of that kind), ci_low, ci_high (Wilson), count,
    n (accounts that were of that kind), since (label of the earlier wave), n_least (n or, where
    fewer, those of them that rest on answers in confidence). No rows without an account that has a
    segment in both waves.
    """
    columns = ["before", "after", "estimate", "ci_low", "ci_high", "count", "n", "since", "n_least"]
    pairs, since = _both(survey, waves, influence, rules)
    rows = []
    for before in SEGMENTS:
        mine = pairs[pairs["before"] == before]
        here, fewest = mine["after"], groups.least(len(mine), int(mine["confided"].sum()))
        for after in SEGMENTS if len(here) else ():
            count = int((here == after).sum())
            ends = inference.wilson(count, len(here)).iloc[0]
            share = ends[["estimate", "ci_low", "ci_high"]]
            rows.append((before, after, *share, count, len(here), since, fewest))
    return pd.DataFrame(rows, columns=columns)


def account_changes(
    survey: Survey,
    waves: Sequence[Wave],
    influence: Influence = INFLUENCE,
    rules: Segments = RULES,
) -> pd.DataFrame:
    """How many accounts became a better kind of relationship, a worse one, or stayed what they are.

    Returns
    -------
    DataFrame, three rows (better, the same, worse): term, estimate (share), ci_low, ci_high
    (Wilson), count, n (accounts with a segment in both waves), p (exact sign test of better
    against worse, the same in all rows), since, n_least (n or, where fewer, those of them that rest
    on answers in confidence). The order of the kinds, `SEGMENTS`, is ours.

    References
    ----------
    Dixon & Mood (1946), JASA 41, 557-566. R: `binom.test(better, better + worse)`.
    """
    columns = ["term", "estimate", "ci_low", "ci_high", "count", "n", "p", "since", "n_least"]
    pairs, since = _both(survey, waves, influence, rules)
    if pairs.empty:
        return pd.DataFrame(columns=columns)
    place = {name: k for k, name in enumerate(SEGMENTS)}
    moved = pairs["before"].map(place) - pairs["after"].map(place)
    counts = {
        later("better"): int((moved > 0).sum()),
        later("the same"): int((moved == 0).sum()),
        later("worse"): int((moved < 0).sum()),
    }
    changed = counts["better"] + counts["worse"]
    p = float(stats.binomtest(counts["better"], changed).pvalue) if changed else 1.0
    fewest = groups.least(len(pairs), int(pairs["confided"].sum()))
    rows = []
    for term, count in counts.items():
        ends = inference.wilson(count, len(pairs)).iloc[0][["estimate", "ci_low", "ci_high"]]
        rows.append((term, *ends, count, len(pairs), p, since, fewest))
    return pd.DataFrame(rows, columns=columns)


def _voices(answers: pd.DataFrame) -> pd.Series:
    """Who gave each answer: the contact where known, else the answer is somebody's own."""
    own = "answer " + answers.index.to_series().astype(str)
    known = answers["contact"].notna()
    return own.where(~known, "contact " + answers["contact"].astype(str)).rename("voice")


def _people(scored: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """One row per person: whoever answered twice counts once, with the mean of both answers."""
    keys = [scored["account"], _voices(scored)]
    means = scored[columns].astype(float).groupby(keys).mean()
    return means.assign(role=scored["role"].groupby(keys).first()).reset_index()


def _row(people: pd.DataFrame | None) -> dict[str, float]:
    """Weighted means of an account's people and how far apart they are."""
    names = [*DIMENSIONS, "crq", "relation", "performance", "ci_low", "ci_high"]
    if people is None or people.empty:
        return dict.fromkeys([*names, "spread", "lowest", "highest"], np.nan) | {"n": 0}
    weight = people["weight"] / people["weight"].sum()
    found = {name: float((people[name] * weight).sum()) for name in DIMENSIONS}
    own, n = people["crq"], len(people)
    centre, half = float((own * weight).sum()), np.nan
    if n > 1:
        error = np.sqrt(n / (n - 1) * ((weight * (own - centre)) ** 2).sum())
        half = float(stats.t.ppf(0.975, n - 1) * error)
    return found | {
        "crq": centre,
        "ci_low": max(centre - half, SCALE[0]) if n > 1 else np.nan,
        "ci_high": min(centre + half, SCALE[1]) if n > 1 else np.nan,
        "relation": float(np.mean([found[name] for name in LEVELS["relationship"]])),
        "performance": float(np.mean([found[name] for name in PERFORMANCE])),
        "spread": float(own.std()) if n > 1 else np.nan,
        "lowest": float(own.min()),
        "highest": float(own.max()),
        "n": n,
    }


def _flags(answers: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Per account: who answered, and the decision makers who want out or would not recommend."""
    decides = answers["role"] == DECIDES
    told = pd.DataFrame(
        {
            "answered": True,
            "deciders": decides,
            "opposed": decides & (segments.reindex(answers.index) == "Opponent"),
            "detractors": decides & (answers["nps"] < nps.PASSIVE),
        }
    )
    told["flag"] = told["opposed"] | told["detractors"]
    in_the_open = groups.in_the_open(answers)
    for name in ("opposed", "detractors", "flag", "deciders"):
        told[f"{name}_open"] = told[name] & in_the_open
    told["deciders_confided"] = decides & ~in_the_open
    people = told.groupby([answers["account"], _voices(answers)]).any()
    found = people.groupby(level="account").sum()
    found[["flag", "flag_open"]] = found[["flag", "flag_open"]] > 0
    words = [_why(row.opposed_open, row.detractors_open) for row in found.itertuples()]
    return found.assign(why=words)


def _confided(accounts: pd.DataFrame) -> pd.Series:
    """Which accounts are of their kind by anybody who answered in confidence."""
    return np.isfinite(accounts["n_least"].astype(float))


def _why(opposed: int, detractors: int) -> str:
    """Say which decision makers the flag is about.

    >>> _why(1, 2), _why(0, 0)
    ('decision makers: 1 Opponent, 2 Detractors', '')
    """
    said = []
    if opposed:
        said.append(tr("1 Opponent" if opposed == 1 else "{n} Opponents", n=opposed))
    if detractors:
        said.append(tr("1 Detractor" if detractors == 1 else "{n} Detractors", n=detractors))
    return tr("decision makers: {who}", who=", ".join(said)) if said else ""


def _both(
    survey: Survey, waves: Sequence[Wave], influence: Influence, rules: Segments
) -> tuple[pd.DataFrame, str]:
    """Accounts with a segment in the last wave and the one before; and that one's label.

    before, after: segments; confided: whether either rests on answers given in confidence.
    """
    scored = score(survey, rules=rules).dropna(subset="account")
    earlier = scales.previous(scored, waves)
    if earlier is None:
        return pd.DataFrame(columns=["before", "after", "confided"]), ""
    old, new = (
        account_segments(survey, wave.id, influence, rules).set_index("account")
        for wave in (earlier, waves[-1])
    )
    pairs = pd.DataFrame({"before": old["segment"], "after": new["segment"]}).dropna()
    pairs = pairs[(pairs != "").all(axis=1)]
    secret = _confided(old)[pairs.index] | _confided(new)[pairs.index]
    return pairs.assign(confided=secret), earlier.label
