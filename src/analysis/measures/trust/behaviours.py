"""Behaviours that keep trust and breaches that break it, as the own people see them.

The eleven behaviours and twelve breaches are those that Serco names (a post of Deep-Insight quotes
them in full); the labels are our short paraphrases, in the published order.
"""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import DataError
from analysis.language import later, tr
from analysis.measures import inference
from analysis.measures.trust.elements import LEAST
from analysis.survey.tables import Survey

INSTRUMENT = "trust_behaviours"
SOURCE = later("Serco's trust behaviours and breaches, in our words")

#: Published: eleven behaviours; the wording is ours.
BEHAVIOURS = {
    "behaviour_1": later("Keeps its word and finishes what it starts"),
    "behaviour_2": later("Serves customers to a high standard, every time"),
    "behaviour_3": later("Looks for a way to make things work"),
    "behaviour_4": later("Is honest and hides nothing"),
    "behaviour_5": later("Says what is true, clearly and briefly"),
    "behaviour_6": later("Does what is right, also when that is hard"),
    "behaviour_7": later("Weighs what a decision will lead to"),
    "behaviour_8": later("Speaks up when something is wrong"),
    "behaviour_9": later("Knows its customers, listens and acts on what they say"),
    "behaviour_10": later("Questions assumptions with respect"),
    "behaviour_11": later("Owns up to mistakes and puts them right"),
}

#: Published: twelve breaches; the wording is ours.
BREACHES = {
    "breach_1": later("Promises what cannot be kept"),
    "breach_2": later("Offers solutions before listening"),
    "breach_3": later("Leaves customers or colleagues uninformed"),
    "breach_4": later("Is evasive or opaque"),
    "breach_5": later("Lets disrespect or discrimination pass"),
    "breach_6": later("Uses the firm's means for private gain"),
    "breach_7": later("Breaks the code of conduct or the law"),
    "breach_8": later("Bends or invents information"),
    "breach_9": later("Looks away when something is wrong"),
    "breach_10": later("Shuts its ears to criticism"),
    "breach_11": later("Blames others for its own mistakes"),
    "breach_12": later("Passes its duties on to others"),
}

KINDS = {"behaviour": BEHAVIOURS, "breach": BREACHES}

#: Columns of `checklist` and of `balance`.
CHECKLIST = (
    "key",
    "kind",
    "term",
    "state",
    "estimate",
    "ci_low",
    "ci_high",
    "count",
    "n",
    "n_least",
    "source",
)
BALANCE = ("term", "key", "estimate", "ci_low", "ci_high", "n", "clear")


def checklist(survey: Survey, wave: str) -> pd.DataFrame:
    """All 23 lines, and how many of the own people have seen each.

    Returns
    -------
    DataFrame with the columns `CHECKLIST`, always 23 rows in the published order: kind ("behaviour"
    or "breach"), term (our label), state ("seen", "not seen", "not assessed", or "too few" below
    `LEAST` assessors), estimate (share of the assessors who have seen it), ci_low, ci_high
    (Wilson), count, n (assessors of this line). Numbers are NaN below `LEAST`; n_least is then n,
    and infinite for a line that nobody assessed, which gives nobody away.

    Raises
    ------
    DataError: a score other than 0 or 1, or an item that is not on the list.
    """
    seen = _seen(survey, wave)
    rows = []
    for kind, labels in KINDS.items():
        for key, label in labels.items():
            told = seen[key].dropna() if key in seen else pd.Series(dtype=float)
            n, count = len(told), int(told.sum())
            row = {"key": key, "kind": kind, "term": tr(label), "n": n, "source": tr(SOURCE)}
            row["n_least"] = n if n else np.inf
            row["state"] = later("too few") if n else later("not assessed")
            if n >= LEAST:
                row |= inference.wilson(count, n).iloc[0].to_dict() | {"n": n, "count": count}
                row["state"] = later("seen") if count else later("not seen")
            rows.append(row)
    return pd.DataFrame(rows, columns=list(CHECKLIST))


def balance(survey: Survey, wave: str) -> pd.DataFrame:
    """Share of the behaviours that people see, of the breaches, and the first less the second.

    Returns
    -------
    DataFrame with the columns `BALANCE`, three rows ("kept", "broken", "balance"): the mean over
    assessors, who each rated at least half of the behaviours and half of the breaches, of the
    share of lines that they have seen; t-interval over assessors. clear: the interval of the
    balance leaves out zero. No rows with fewer than `LEAST` such assessors.
    """
    seen = _seen(survey, wave)
    shares = {}
    for kind, labels in KINDS.items():
        told = seen.reindex(columns=list(labels))
        enough = told.notna().mean(axis=1) >= 0.5
        shares[kind] = told.mean(axis=1).where(enough)
    both = pd.DataFrame(shares).dropna()
    if len(both) < LEAST:
        return pd.DataFrame(columns=list(BALANCE))
    lines = {
        "kept": (tr("Behaviours that keep trust, seen"), both["behaviour"]),
        "broken": (tr("Breaches of trust, seen"), both["breach"]),
        "balance": (tr("Kept less broken"), both["behaviour"] - both["breach"]),
    }
    rows = []
    for key, (term, values) in lines.items():
        n = len(values)
        centre = float(values.mean())
        half = float(stats.t.ppf(0.975, n - 1) * values.std() / np.sqrt(n))
        # A share ends at 0 and 1, a difference of two at -1 and 1.
        low = max(centre - half, -1.0 if key == "balance" else 0.0)
        high = min(centre + half, 1.0)
        rows.append((term, key, centre, low, high, n, bool(low > 0 or high < 0)))
    return pd.DataFrame(rows, columns=list(BALANCE))


def _seen(survey: Survey, wave: str) -> pd.DataFrame:
    """A row per assessor, a column per line: 1 where he has seen it anywhere, else 0."""
    rows = survey.assessments
    rows = rows[(rows["instrument"] == INSTRUMENT) & (rows["wave"] == wave)]
    rows = rows.dropna(subset=["assessor", "item", "score"])
    known = {*BEHAVIOURS, *BREACHES}
    if not rows["item"].isin(known).all():
        raise DataError(
            "The checklist of trust behaviours has items that are not on it. Name them behaviour_1 "
            f"to behaviour_{len(BEHAVIOURS)} and breach_1 to breach_{len(BREACHES)}."
        )
    if not rows["score"].astype(float).isin([0, 1]).all():
        raise DataError(
            "The checklist of trust behaviours holds scores other than 0 (not seen) and 1 (seen). "
            "Mend them in the table of assessments."
        )
    scored = rows.assign(score=rows["score"].astype(float))
    return scored.pivot_table(index="assessor", columns="item", values="score", aggfunc="max")
