"""How customer-driven the client itself is: five stages and a healthcheck, from its own people.

Both instruments are ours where the published ones give no questions or thresholds (domain.md 2.5
and 2.6); every such rule is a constant here, marked *published* or *our default*.
"""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.survey.tables import Survey

#: Published (Blauw, Nationale Klantgedrevenheid Monitor): the five stages, in order.
STAGES = ("Ignoring", "Gathering", "Analysing", "Collaborating", "Transforming")

#: Our default: three statements, 1 to 5, on each of five practices. Who passes none is Ignoring,
#: "collect" makes Gathering, "analyse" Analysing, "act" and then "collaborate" Collaborating, and
#: "transform" Transforming; a stage counts only when all practices before it are passed.
GATES = ("collect", "analyse", "act", "collaborate", "transform")
_REACHED = {0: 0, 1: 1, 2: 2, 3: 2, 4: 3, 5: 4}  # gates passed in a row -> stage
PASSED_AT = 3.5  # mean of a practice on 1-5; our default

GATE_LABELS = {
    "collect": "Collects feedback",
    "analyse": "Analyses what drives it",
    "act": "Acts on it, leaders in front",
    "collaborate": "Works on it across departments",
    "transform": "Is steered by it",
}

#: What to build next, in our words after the round table of 2020 (seed S3).
NEXT = {
    "Ignoring": "Ask customers regularly, give one person the task, and show the answers to all.",
    "Gathering": "Look for what drives the scores, and let people who serve customers read them.",
    "Analysing": (
        "Give people room to act on what they hear, improve in small steps instead of debating "
        "scores, and put departments into one team."
    ),
    "Collaborating": "Tie the purpose of the firm to customers, and make roles and mandates clear.",
    "Transforming": "Keep everyone responsible for customers, those without contact included.",
}

#: Published: four quadrants; hard = strategy and execution, soft = leadership and culture.
#: Weights are our default (published: leadership matters most, culture is most challenging).
QUADRANTS = {"leadership": 0.3, "strategy": 0.2, "execution": 0.2, "culture": 0.3}
TOP_OPTION = 3  # answers run 0-3; scores are printed 0-100

#: Fewer assessors than this and a mean says more about persons than about the firm.
LEAST_ASSESSORS = 5

ESTIMATES = ("term", "estimate", "ci_low", "ci_high", "n", "passed")


def _scores(survey: Survey, instrument: str, wave: str) -> pd.DataFrame:
    """Mean of each block for each assessor: index assessor, one column per block."""
    rows = survey.assessments
    rows = rows[(rows["instrument"] == instrument) & (rows["wave"] == wave)]
    if rows.empty:
        return pd.DataFrame()
    block = rows["item"].str.replace(r"_\d+$", "", regex=True)
    return rows.assign(block=block).pivot_table(
        index="assessor", columns="block", values="score", aggfunc="mean"
    )


def assessors(survey: Survey, wave: str, instrument: str = "stages") -> int:
    """How many people filled in an instrument in a wave."""
    return len(_scores(survey, instrument, wave))


def gates(survey: Survey, wave: str) -> pd.DataFrame:
    """Mean of each practice over the assessors, in order, and whether it is passed.

    Returns
    -------
    DataFrame: term (label), gate, estimate (1-5), ci_low, ci_high (t-interval over assessors), n
    (assessors), passed (bool). No rows below `LEAST_ASSESSORS`.
    """
    scores = _scores(survey, "stages", wave)
    columns = ["term", "gate", *ESTIMATES[1:]]
    if len(scores) < LEAST_ASSESSORS or not set(GATES) <= set(scores.columns):
        return pd.DataFrame(columns=columns)
    rows = [
        (GATE_LABELS[gate], gate, *_mean(scores[gate]), scores[gate].mean() >= PASSED_AT)
        for gate in GATES
    ]
    return pd.DataFrame(rows, columns=columns)


def stage(gates: pd.DataFrame) -> str:
    """The stage reached: practices passed in a row from the first; "" without gates.

    Examples
    --------
    >>> stage(pd.DataFrame({"passed": [True, True, True, False, True]}))
    'Analysing'
    """
    if gates.empty:
        return ""
    in_a_row = int(gates["passed"].astype(bool).cumprod().sum())
    return STAGES[_REACHED[in_a_row]]


def spread(survey: Survey, wave: str) -> pd.DataFrame:
    """Stage that each assessor's own answers give: term (stage), count, n; and how many fit.

    Returns
    -------
    DataFrame, one row per stage, in order. `ordered` is the same in all rows: the coefficient of
    reproducibility, 1 - errors / answers (Guttman; 0.9 is the usual bar), which says whether the
    practices really come one after another here.
    """
    scores = _scores(survey, "stages", wave)
    columns = ["term", "count", "n", "ordered"]
    if len(scores) < LEAST_ASSESSORS or not set(GATES) <= set(scores.columns):
        return pd.DataFrame(columns=columns)
    passed = scores[list(GATES)] >= PASSED_AT
    reached = [stage(pd.DataFrame({"passed": row})) for row in passed.to_numpy()]
    counts = pd.Series(reached).value_counts().reindex(list(STAGES), fill_value=0)
    ideal = np.arange(len(GATES)) < passed.sum(axis=1).to_numpy()[:, None]
    errors = (ideal != passed.to_numpy()).sum()
    frame = pd.DataFrame({"term": STAGES, "count": counts.to_numpy(), "n": len(scores)})
    return frame.assign(ordered=1 - errors / passed.size)[columns]


def healthcheck(survey: Survey, wave: str) -> pd.DataFrame:
    """The four quadrants, hard and soft side, and the whole, 0-100.

    Returns
    -------
    DataFrame: term, estimate, ci_low, ci_high (t-interval over assessors), n (assessors), evidence
    (share of answers for which evidence was named; NaN for the sums). No rows below
    `LEAST_ASSESSORS`. "Soft minus hard" is a difference of the two sides for each assessor.
    """
    scores = _scores(survey, "healthcheck", wave)
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "evidence"]
    if len(scores) < LEAST_ASSESSORS or not set(QUADRANTS) <= set(scores.columns):
        return pd.DataFrame(columns=columns)
    hundred = 100 * scores[list(QUADRANTS)] / TOP_OPTION
    hard = hundred[["strategy", "execution"]].mean(axis=1)
    soft = hundred[["leadership", "culture"]].mean(axis=1)
    lines = {name.capitalize(): hundred[name] for name in QUADRANTS} | {
        "Hard side": hard,
        "Soft side": soft,
        "Soft minus hard": soft - hard,
        "Healthcheck": sum(hundred[name] * weight for name, weight in QUADRANTS.items()),
    }
    shown = _evidence(survey, wave)
    rows = [
        (term, *_mean(values), shown.get(term.lower(), float("nan")))
        for term, values in lines.items()
    ]
    return pd.DataFrame(rows, columns=columns)


def _evidence(survey: Survey, wave: str) -> dict[str, float]:
    rows = survey.assessments
    rows = rows[(rows["instrument"] == "healthcheck") & (rows["wave"] == wave)]
    rows = rows[rows["evidence"].notna()]
    block = rows["item"].str.replace(r"_\d+$", "", regex=True)
    named = ~rows["evidence"].str.lower().isin(["no", "none", "-"])
    return named.groupby(block).mean().to_dict()


def _mean(values: pd.Series) -> tuple[float, float, float, int]:
    """Mean, t-interval and n."""
    values = values.dropna()
    n = len(values)
    mean = float(values.mean())
    half = float(stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    return mean, mean - half, mean + half, n
