"""The three levels of the CRQ as constructs: service carries uniqueness, both carry relationship.

Each level is measured by its dimensions' scores: Relationship by trust, commitment and
satisfaction, Uniqueness by experience and solution, Service by reliability, responsiveness and
customer care.
"""

import pandas as pd

from analysis.language import later, printed, tr
from analysis.measures import scales
from analysis.models.sem import fitting, intervals, measurement, theory
from analysis.models.tier import LEAST_MODEL
from analysis.survey.tables import Survey

LEVELS = {
    later("Service"): ("reliability", "responsiveness", "customer_care"),
    later("Uniqueness"): ("experience", "solution"),
    later("Relationship"): ("trust", "commitment", "satisfaction"),
}
ARROWS = (
    ("Service", "Uniqueness"),
    ("Service", "Relationship"),
    ("Uniqueness", "Relationship"),
)
#: Two levels whose correlation may reach this are not told apart (Ronkko & Cho 2022).
SAME = 0.90

COLUMNS = (
    "source",
    "target",
    "estimate",
    "ci_low",
    "ci_high",
    "se",
    "p",
    "n",
    "n_accounts",
    "verdict",
)


def levels(survey: Survey, answers: pd.DataFrame, n_accounts: float) -> tuple[pd.DataFrame, str]:
    """Fit the model of levels.

    Parameters
    ----------
    answers : rows of one wave with a column "cluster".

    Returns
    -------
    The arrows, columns `COLUMNS`, empty where they cannot be drawn; and a sentence that says why
    not, or what to know; "" for neither.
    """
    empty = pd.DataFrame(columns=list(COLUMNS))
    asked = {level: [name for name in names if survey.of(name)] for level, names in LEVELS.items()}
    if any(len(names) < 2 for names in asked.values()):
        return empty, ""
    scored = pd.DataFrame(
        {name: scales.score(answers, survey.of(name)) for names in asked.values() for name in names}
    ).assign(cluster=answers["cluster"])
    known = scored.drop(columns="cluster").notna().all(axis=1).sum()
    if known < LEAST_MODEL:
        return empty, ""
    fill = "fiml" if known < len(scored) else "listwise"
    settings = {"estimator": "MLR", "missing": fill, "cluster": "cluster", "check": False}
    apart = fitting.fit(theory.text(asked), scored, **settings)
    if not apart.usable:
        return empty, tr(
            "No arrows are drawn between the CRQ's three levels, because the answers do not part "
            "them: {problems}",
            problems=" ".join(apart.problems),
        )
    pairs = intervals.wider(apart, measurement.latent_correlations, "est", "se")
    close = pairs[pairs["ci_high"] >= SAME]
    if len(close):
        row = close.iloc[close["ci_high"].argmax()]
        return empty, tr(
            "No arrows are drawn between the CRQ's levels: for customers {one} and {other} may be "
            "one (correlation {r}, 95% interval {low} to {high}, n = {n}).",
            one=tr(row["lhs"]),
            other=tr(row["rhs"]),
            r=printed(row["estimate"], ".2f"),
            low=printed(row["ci_low"], ".2f"),
            high=printed(min(row["ci_high"], 1), ".2f"),
            n=printed(apart.n),
        )
    found = fitting.fit(theory.text(asked, ARROWS), scored, **settings)
    if not found.usable:
        return empty, " ".join(found.problems)
    paths = intervals.parameters(found)
    paths = paths[paths["op"] == "~"]
    clear = (paths["ci_low"] > 0) | (paths["ci_high"] < 0)
    return (
        paths.assign(
            source=paths["rhs"],
            target=paths["lhs"],
            n=found.n,
            n_accounts=n_accounts,
            verdict=clear.map({True: later("clear"), False: later("undecided")}),
        )[list(COLUMNS)].reset_index(drop=True),
        "",
    )
