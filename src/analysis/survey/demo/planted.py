"""Scores with truths planted in them that a plain linear model does not hold.

A driver that only hurts, one that only lifts, and one that does both; commitment that trust sets a
ceiling to; a score that stays with people and one that does not.
"""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.survey.demo import answers as draw

#: Share of the variance that the contacts of one account have in common, and share that stays with
#: a person beside it. Their sum is the correlation of a person's scores of two waves.
SHARES: dict[str, tuple[float, float]] = {
    "trust": (0.15, 0.65),
    "readiness": (0.55, 0.2),
    "satisfaction": (0.05, 0.095),
    "experience": (0.05, 0.35),
    "solution": (0.08, 0.35),
    "reliability": (0.08, 0.35),
    "responsiveness": (0.08, 0.35),
    "customer_care": (0.05, 0.35),
    "communication": (0.08, 0.35),
}

#: Nobody is committed by more than this beyond his trust, in standard deviations.
HEADROOM = 0.3
#: Spread of the commitment that people would have if they trusted without end.
_READY = 1.3

#: What a construct owes to others; the rest is its own. Both of satisfaction's are chosen so that
#: 0.25 of it stays with a person: 0.25**2 * 0.8 + 0.5**2 * 0.4 + 0.6875 * 0.145.
_OWED: dict[str, dict[str, float]] = {
    "satisfaction": {"trust": 0.25, "experience": 0.5},
    "solution": {"commitment": 0.15},
    "reliability": {"trust": 0.2},
    "responsiveness": {"trust": 0.2},
    "customer_care": {"trust": 0.3},
    "communication": {"trust": 0.4},
    **{
        name: {"trust": 0.6}
        for name in (
            "trust_intentions",
            "trust_ability",
            "trust_credibility",
            "trust_mutual_value",
            "trust_interdependence",
            "trust_time",
        )
    },
}

#: Log odds of being a passive and no detractor, per standard deviation: `HURTS` below a point and
#: nothing above it, `BOTH` everywhere. Likewise of being a promoter and no passive: `LIFTS` above a
#: point and nothing below it.
HURTS, LIFTS, BOTH = "reliability", "solution", "responsiveness"
_HURT, _HURT_BELOW = 8.0, -0.3
_LIFT, _LIFT_ABOVE = 9.0, 0.3
_STEP = 1.9
_CHANCE_STAYS = 0.45  # share of what nobody can explain that stays with a person


def latents(
    contacts: pd.DataFrame, moods: pd.Series, waves: int, rng: np.random.Generator
) -> list[pd.DataFrame]:
    """Constructs of all contacts in each wave, in standard deviations.

    Parameters
    ----------
    contacts : rows with `account`.
    moods : by how much each contact sees the three drivers better than others do.

    Returns
    -------
    A frame per wave: the constructs, and `chance_0` to `chance_2`, what is left to chance of being
    a detractor, a passive and a promoter (standard Gumbel).
    """
    codes, groups = pd.factorize(contacts["account"])

    def mixed(of_account: float, of_person: float) -> np.ndarray:
        shared = np.sqrt(of_account) * rng.standard_normal(len(groups))[codes]
        stable = np.sqrt(of_person) * rng.standard_normal(len(codes))
        left = np.sqrt(1 - of_account - of_person)
        return shared + stable + left * rng.standard_normal((waves, len(codes)))

    own = {name: mixed(*shares) for name, shares in SHARES.items()}
    own |= {name: mixed(0.1, 0.3) for name in _OWED if name not in SHARES}
    values = {"trust": own["trust"], "experience": own["experience"]}
    values["commitment"] = np.minimum(_READY * own["readiness"], values["trust"] + HEADROOM)
    for name, causes in _OWED.items():
        owed = sum(b * values[cause] for cause, b in causes.items())
        left = np.sqrt(1 - sum(b**2 for b in causes.values()))
        values[name] = owed + left * own[name]
    for name in (HURTS, LIFTS, BOTH):
        values[name] = values[name] + moods.to_numpy()
    for k in range(3):
        values[f"chance_{k}"] = stats.gumbel_r.ppf(stats.norm.cdf(mixed(0.0, _CHANCE_STAYS)))
    return [
        pd.DataFrame({n: v[w] for n, v in values.items()}, contacts.index) for w in range(waves)
    ]


def pulls(scores: pd.DataFrame) -> np.ndarray:
    """How strongly each person is drawn to be a detractor, a passive and a promoter (n x 3).

    Without `chance` the log odds of neighbouring classes are sums of the three drivers' parts.
    """
    both = _STEP * scores[BOTH].to_numpy()
    basic = both + _HURT * np.minimum(scores[HURTS].to_numpy() - _HURT_BELOW, 0.0)
    bright = both + _LIFT * np.maximum(scores[LIFTS].to_numpy() - _LIFT_ABOVE, 0.0)
    drawn = np.column_stack([np.zeros(len(scores)), basic, basic + bright])
    return drawn + scores[["chance_0", "chance_1", "chance_2"]].to_numpy()


def ratings(
    scores: pd.DataFrame, counts: tuple[int, int, int], rng: np.random.Generator
) -> pd.Series:
    """Recommendations 0 to 10 with exactly these counts of promoters, passives and detractors.

    Everybody is in the class that draws most, once the classes are made as attractive as the
    counts ask; within a class ratings rise with what draws upwards.
    """
    drawn = pulls(scores)
    level = _classes(drawn, counts)
    upwards = drawn[:, 1] + drawn[:, 2] - 2 * drawn[:, 0]
    found = np.empty(len(scores))
    for k, values in enumerate(draw.rising(counts, rng)):
        here = np.flatnonzero(level == k)
        found[here[np.argsort(upwards[here], kind="stable")]] = values
    return pd.Series(found.astype(int), scores.index)


def _classes(drawn: np.ndarray, counts: tuple[int, int, int]) -> np.ndarray:
    """Class of each person: 0 detractor, 1 passive, 2 promoter."""
    promoters, _, detractors = counts

    def divided(bonus: float) -> np.ndarray:
        upper = drawn[:, 2] + bonus
        rank = (np.maximum(drawn[:, 1], upper) - drawn[:, 0]).argsort().argsort()
        return np.where(rank < detractors, 0, np.where(upper > drawn[:, 1], 2, 1))

    low, high = -50.0, 50.0
    for _ in range(60):  # the number of promoters rises with the bonus, one by one
        middle = (low + high) / 2
        enough = (divided(middle) == 2).sum() >= promoters
        low, high = (low, middle) if enough else (middle, high)
    return divided(high)


def leaving(
    before: pd.DataFrame, after: pd.DataFrame, share: float, rng: np.random.Generator
) -> pd.Index:
    """Who leaves between two waves: mostly the unhappy, judged by both waves.

    Judged by one wave alone, those who stay would fall back in the other without any change.
    """
    lean = sum(
        np.column_stack([-2 * p[:, 0], p[:, 1:]]).sum(axis=1) for p in map(pulls, (before, after))
    )
    keys = pd.Series(stats.zscore(lean) + 0.5 * rng.standard_normal(len(before)), before.index)
    return keys.sort_values().index[: round(share * len(before))]


def lost(
    accounts: pd.Series, commitment: pd.Series, count: int, noise: float, rng: np.random.Generator
) -> list[str]:
    """The `count` accounts that end the contract: those whose people are least committed.

    Parameters
    ----------
    accounts, commitment : of the contacts there, aligned.
    noise : what else decides, in standard deviations of the accounts' means.
    """
    means = commitment.groupby(accounts).mean()
    spread = means.std() * noise
    keys = means + spread * rng.standard_normal(len(means))
    return sorted(keys.sort_values().index[:count])
