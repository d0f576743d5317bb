"""Five kinds of relationship: the rules that assign a person, and the share of each kind.

The five names and their typical mix are published (Deep-Insight; domain.md 2.1); the rules are not
and are our defaults, kept in `params.Segments` alone, where a client may set its own.
"""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, printed, tr
from analysis.measures import inference
from analysis.measures.crq.asked import DIMENSIONS, LEVELS
from analysis.params import Segments

#: The five segments, from the best to the worst relation: published, with the typical mix.
SEGMENTS = (
    later("Ambassador"),
    later("Rational"),
    later("Ambivalent"),
    later("Stalker"),
    later("Opponent"),
)
TYPICAL = {"Ambassador": 1 / 3, "Rational": 1 / 2}  # the other three 10 to 20% together: published
TYPICAL_REST = (0.1, 0.2)  # published

#: The dimensions whose mean is the performance beside the relation: our default.
PERFORMANCE = ("experience", "solution", "service")

#: The rules where a client sets none: our defaults, each with its meaning in `params.Segments`.
RULES = Segments()

#: Scores are compared to this many digits: a weighted mean of answers of 5.5 may be 5.4999999999.
DIGITS = 9


def segment(
    scores: pd.DataFrame, rules: Segments = RULES, split_rational: bool = False
) -> pd.Series:
    """Segment of every row of dimension scores, by the first rule that applies.

    Parameters
    ----------
    scores : the six `DIMENSIONS`, on 1-7, no missing ones.
    rules : the client's cut-offs, `p.scorecard.segments`.
    split_rational : "High Rational" from a CRQ of `rules.high_rational`, else "Low Rational".

    Returns
    -------
    Series of the names `SEGMENTS`, aligned with `scores`.

    Examples
    --------
    >>> people = pd.DataFrame([[6.0] * 6, [6, 6, 6, 3, 3, 3], [2] * 6], columns=list(DIMENSIONS))
    >>> list(segment(people))
    ['Ambassador', 'Ambivalent', 'Opponent']
    >>> list(segment(people, Segments(ambassador_relation=6.5)))
    ['Rational', 'Ambivalent', 'Opponent']
    """
    pillars = scores[list(LEVELS["relationship"])].astype(float).round(DIGITS)
    relation = pillars.mean(axis=1).round(DIGITS)
    performance = scores[list(PERFORMANCE)].astype(float).mean(axis=1).round(DIGITS)
    gap, lower = (relation - performance).abs().round(DIGITS), np.minimum(relation, performance)
    tests = {
        "Ambassador": (relation >= rules.ambassador_relation)
        & (performance >= rules.ambassador_performance)
        & (pillars >= rules.ambassador_each).all(axis=1),
        "Opponent": (relation < rules.opponent_both) & (performance < rules.opponent_both),
        "Stalker": relation < rules.stalker_relation,
        "Ambivalent": (gap >= rules.ambivalent_gap) & (lower < rules.ambivalent_lower),
    }
    rest = pd.Series("Rational", index=scores.index)
    if split_rational:
        crq = scores[list(DIMENSIONS)].astype(float).mean(axis=1).round(DIGITS)
        high = crq >= rules.high_rational
        rest = rest.where(~high, "High Rational").where(high, "Low Rational")
    chosen = np.select(list(tests.values()), list(tests), default=rest)
    return pd.Series(chosen, index=scores.index, dtype=object)


def rules_in_words(rules: Segments = RULES) -> pd.DataFrame:
    """Who belongs to which segment, in words; the first rule that applies decides.

    Returns
    -------
    DataFrame, five rows: term (the name: published), rule, origin ("our default" or "set for this
    client": a cut-off differs from ours).

    Examples
    --------
    >>> rules_in_words(Segments(stalker_relation=4.2))["origin"].tolist()[:3]
    ['our default', 'our default', 'set for this client']
    """
    r = rules
    worded = {
        "Ambassador": tr(
            "mean of trust, commitment and satisfaction from {mean}, each of them from {each}, and "
            "mean of experience, solution and service from {performance}",
            mean=printed(r.ambassador_relation, "g"),
            each=printed(r.ambassador_each, "g"),
            performance=printed(r.ambassador_performance, "g"),
        ),
        "Opponent": tr("both means below {bar}", bar=printed(r.opponent_both, "g")),
        "Stalker": tr(
            "mean of trust, commitment and satisfaction below {bar}, and no Opponent",
            bar=printed(r.stalker_relation, "g"),
        ),
        "Ambivalent": tr(
            "the two means {gap} or more apart, the lower of them below {bar}",
            gap=printed(r.ambivalent_gap, "g"),
            bar=printed(r.ambivalent_lower, "g"),
        ),
        "Rational": tr(
            "all others; High Rationals from a CRQ of {crq}", crq=printed(r.high_rational, "g")
        ),
    }
    fields = {
        name: [f for f in Segments.model_fields if f.startswith(name.lower())] for name in worded
    }
    fields["Rational"] = ["high_rational"]
    rows = []
    for name, rule in worded.items():
        changed = any(getattr(rules, field) != getattr(RULES, field) for field in fields[name])
        rows.append((name, rule, tr("set for this client" if changed else "our default")))
    return pd.DataFrame(rows, columns=["term", "rule", "origin"])


def segments(scores: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Share of each segment among the scored respondents of one wave.

    Parameters
    ----------
    scores : as `score` gives, of one wave.

    Returns
    -------
    DataFrame, five rows in the order `SEGMENTS`: term, estimate (0-1), ci_low, ci_high (Wilson, of
    the effective number of answers), count, n (all respondents scored), n_accounts, n_effective
    (answers that would tell as much if no two came from one account; never more than n). No rows
    without scores.

    Notes
    -----
    The design effect of a share is its clustered variance over p(1 - p)/n, at least 1 and at least
    the average over all segments, since a segment of a few people shows no clustering of its own.
    n_effective = n / design effect, times (normal / t quantile)^2 for the number of accounts.

    References
    ----------
    Kish (1965), Survey Sampling; Korn & Graubard (1998), Survey Methodology 24(2), 193-201; for
    the average over categories Rao & Scott (1981), JASA 76, 221-230. R: `survey::svymean(deff)`.
    """
    columns = ["term", "estimate", "ci_low", "ci_high", "count", "n", "n_accounts", "n_effective"]
    n = len(scores)
    if not n:
        return pd.DataFrame(columns=columns)
    effective = _effective(scores, level)
    accounts = scores["account"].nunique() or np.nan
    rows = []
    for name in SEGMENTS:
        count = int((scores["segment"] == name).sum())
        low, high = wilson_ends(count / n, effective[name], level)
        rows.append((name, count / n, low, high, count, n, accounts, effective[name]))
    return pd.DataFrame(rows, columns=columns)


def wilson_ends(share: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a share when n need not be whole.

    Examples
    --------
    >>> low, high = wilson_ends(0.86, 100)
    >>> round(low, 3), round(high, 3)
    (0.779, 0.915)
    """
    z = stats.norm.ppf((1 + level) / 2)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def _effective(scores: pd.DataFrame, level: float) -> dict[str, float]:
    """Effective number of answers under the share of each segment."""
    n, voices = len(scores), inference.units(scores)
    if voices.is_unique:
        return dict.fromkeys(SEGMENTS, float(n))
    seen = pd.DataFrame({name: (scores["segment"] == name).astype(float) for name in SEGMENTS})
    share = seen.mean()
    simple = share * (1 - share) / n
    errors = [inference.clustered((seen[name] - share[name]) / n, voices) for name in SEGMENTS]
    freedom = errors[0][1]
    if not freedom:  # one account is one voice: nothing is known of others
        return dict.fromkeys(SEGMENTS, 1.0)
    variance = pd.Series([error**2 for error, _ in errors], SEGMENTS)
    if np.isclose(simple.sum(), 0):  # all alike: as if accounts always agreed within
        size = voices.value_counts()
        average, effect = float((size**2).sum() / n), pd.Series(1.0, SEGMENTS)
    else:
        average = float(variance.sum() / simple.sum())
        effect = (variance / simple.where(simple > 0)).fillna(1.0)
    quantiles = stats.norm.ppf((1 + level) / 2) / stats.t.ppf((1 + level) / 2, freedom)
    known = n / effect.clip(lower=max(1.0, average)) * quantiles**2
    return {name: float(max(1.0, known[name])) for name in SEGMENTS}
