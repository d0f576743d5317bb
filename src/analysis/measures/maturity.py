"""How customer-driven the client itself is: five stages and a healthcheck, from its own people.

Both instruments are ours where the published ones give no questions or thresholds (domain.md 2.5
and 2.6); every such rule is a constant here, marked *published* or *our default*.
"""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, tr
from analysis.survey.tables import Survey

#: Published (Blauw, Nationale Klantgedrevenheid Monitor): the five stages, in order.
STAGES = (
    later("Ignoring"),
    later("Gathering"),
    later("Analysing"),
    later("Collaborating"),
    later("Transforming"),
)

#: Our default: three statements, 1 to 5, on each of five practices. Who passes none is Ignoring,
#: "collect" makes Gathering, "analyse" Analysing, "act" and then "collaborate" Collaborating, and
#: "transform" Transforming; a stage counts only when all practices before it are passed.
GATES = ("collect", "analyse", "act", "collaborate", "transform")
_REACHED = {0: 0, 1: 1, 2: 2, 3: 2, 4: 3, 5: 4}  # gates passed in a row -> stage
PASSED_AT = 3.5  # mean of a practice on 1-5; our default

GATE_LABELS = {
    "collect": later("Collects feedback"),
    "analyse": later("Analyses what drives it"),
    "act": later("Acts on it, leaders in front"),
    "collaborate": later("Works on it across departments"),
    "transform": later("Is steered by it"),
}

#: What to build next: stated in the round table of 2020 (domain.md 3.11-3.13), in our words. It
#: names three things for each pair of stages below and above Analysing.
_FIRST_STEPS = later(
    "Have the board speak up for customers, start small with a keen team and a clear plan, and "
    "tell stories of loyal customers inside the firm."
)
_LAST_STEPS = later(
    "Tie the purpose of the firm to customers, make clear who works on what, and let everyone feel "
    "responsible, those without customer contact included."
)
NEXT = {
    "Ignoring": _FIRST_STEPS,
    "Gathering": _FIRST_STEPS,
    "Analysing": later(
        "Give people room to act on what they hear, improve in small steps instead of debating "
        "scores, and put departments into one team."
    ),
    "Collaborating": _LAST_STEPS,
    "Transforming": _LAST_STEPS,
}

#: Published: four quadrants; hard = strategy and execution, soft = leadership and culture.
#: Weights are our default (published: leadership matters most, culture is most challenging).
QUADRANTS = {"leadership": 0.3, "strategy": 0.2, "execution": 0.2, "culture": 0.3}
TOP_OPTION = 3  # answers run 0-3; scores are printed 0-100

#: Assessors are the client's own people, yet each must be able to say what is wrong: a mean of
#: fewer complete assessments is not shown, as for respondents. Our default (domain.md 2.8).
LEAST_ASSESSORS = 5

CLAIMED_AT = 2  # of 3: the two upper answers claim that a practice is in place; our default

ESTIMATES = ("term", "estimate", "ci_low", "ci_high", "n", "passed")


def _scores(survey: Survey, instrument: str, wave: str) -> pd.DataFrame:
    """Mean of each block for each assessor who rated all blocks: index assessor."""
    blocks = list(GATES if instrument == "stages" else QUADRANTS)
    rows = survey.assessments
    rows = rows[(rows["instrument"] == instrument) & (rows["wave"] == wave)]
    if rows.empty:
        return pd.DataFrame(columns=blocks)
    block = rows["item"].str.replace(r"_\d+$", "", regex=True)
    means = rows.assign(block=block).pivot_table(
        index="assessor", columns="block", values="score", aggfunc="mean"
    )
    return means.reindex(columns=blocks).dropna()


def _enough(survey: Survey, instrument: str, wave: str) -> pd.DataFrame:
    """`_scores`, or no rows where too few assessors rated all blocks."""
    scores = _scores(survey, instrument, wave)
    return scores if len(scores) >= LEAST_ASSESSORS else scores.iloc[:0]


def assessors(survey: Survey, wave: str, instrument: str = "stages") -> int:
    """How many people filled in the whole of an instrument in a wave."""
    return len(_scores(survey, instrument, wave))


def gates(survey: Survey, wave: str) -> pd.DataFrame:
    """Mean of each practice over the assessors, in order, and whether it is passed.

    Returns
    -------
    DataFrame: term (label), gate, estimate (1-5), ci_low, ci_high (t-interval over assessors), n
    (assessors), passed (bool). No rows below `LEAST_ASSESSORS`.
    """
    scores = _enough(survey, "stages", wave)
    columns = ["term", "gate", *ESTIMATES[1:]]
    if scores.empty:
        return pd.DataFrame(columns=columns)
    rows = [
        (tr(GATE_LABELS[gate]), gate, *_mean(scores[gate]), scores[gate].mean() >= PASSED_AT)
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
    scores = _enough(survey, "stages", wave)
    columns = ["term", "count", "n", "ordered"]
    if scores.empty:
        return pd.DataFrame(columns=columns)
    passed = scores >= PASSED_AT
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
    DataFrame: term, estimate, ci_low, ci_high (t-interval over assessors), n (assessors), gap
    (share of claims, see `claims`, without evidence; NaN for the sums and where nobody named any).
    No rows below `LEAST_ASSESSORS`. "Soft minus hard" is a difference of the two sides for each
    assessor.
    """
    scores = _enough(survey, "healthcheck", wave)
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "gap"]
    if scores.empty:
        return pd.DataFrame(columns=columns)
    hundred = 100 * scores / TOP_OPTION
    hard = hundred[["strategy", "execution"]].mean(axis=1)
    soft = hundred[["leadership", "culture"]].mean(axis=1)
    lines = {name.capitalize(): hundred[name] for name in QUADRANTS} | {
        later("Hard side"): hard,
        later("Soft side"): soft,
        later("Soft minus hard"): soft - hard,
        later("Healthcheck"): sum(hundred[name] * weight for name, weight in QUADRANTS.items()),
    }
    gap = claims(survey, wave).set_index("term")["estimate"]
    rows = [(term, *_mean(values), gap.get(term, float("nan"))) for term, values in lines.items()]
    return pd.DataFrame(rows, columns=columns)


def claims(survey: Survey, wave: str) -> pd.DataFrame:
    """Saying against doing: claims of the healthcheck for which nobody named evidence.

    A claim is an answer of `CLAIMED_AT` or more; without evidence is an empty cell, "no", "none"
    or "-".

    Returns
    -------
    DataFrame: term (quadrant; last "All"), estimate (share of claims without evidence), unproven,
    n (claims). No interval: claims of one assessor hang together and are all there are. No rows
    where no evidence was asked for or too few assessors answered.
    """
    columns = ["term", "estimate", "unproven", "n"]
    rows = survey.assessments
    rows = rows[(rows["instrument"] == "healthcheck") & (rows["wave"] == wave)]
    if _enough(survey, "healthcheck", wave).empty or rows["evidence"].isna().all():
        return pd.DataFrame(columns=columns)
    rows = rows[rows["score"] >= CLAIMED_AT]
    bare = rows["evidence"].fillna("no").str.strip().str.lower().isin(["", "no", "none", "-"])
    quadrant = rows["item"].str.replace(r"_\d+$", "", regex=True).str.capitalize()
    names = [name.capitalize() for name in QUADRANTS]
    table = bare.groupby(quadrant).agg(["sum", "size"]).reindex(names).dropna()
    table.loc[later("All")] = table.sum()
    table = table.astype(int).rename(columns={"sum": "unproven", "size": "n"})
    table = table[table["n"] > 0].rename_axis("term").reset_index()
    return table.assign(estimate=table["unproven"] / table["n"])[columns]


def _mean(values: pd.Series) -> tuple[float, float, float, int]:
    """Mean, t-interval and n."""
    values = values.dropna()
    n = len(values)
    mean = float(values.mean())
    half = float(stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    return mean, mean - half, mean + half, n
