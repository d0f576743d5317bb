"""Weak signals: a remark that stands alone, speaks of leaving, and comes from one who decides.

No smallest group hides them, so they are for the research team alone. Answers that were not given
in the open are shown masked, without account, role or person.
"""

import re
from typing import Any

import numpy as np
import pandas as pd

from analysis.language import later, tr
from analysis.models.topics import redact
from analysis.models.topics.fit import OTHER

COLUMNS = (
    "text",
    "topic",
    "rare",
    "negative",
    "influence",
    "strength",
    "why",
    "account",
    "role",
    "nps",
    "mode",
    "respondent",
)
SHOWN = 15  # the strongest are enough to read in a sitting (our default)
ALONE = 0.5  # at a cosine below this with anybody else's sentence, a remark stands alone
FEW = 3  # people who raise a topic up to which it is rare
HIDDEN = later("not in the open")
TIERS = {"A": 1.0, "B": 0.5}

#: Leaving, looking elsewhere, doing it oneself, moving abroad, a change of those who decide.
_LEAVING_WORDS = r"""
leav(?:e|ing); switch\w*; competitors?; elsewhere; re-?tender\w*; tender; terminat\w*; cancel\w*;
in-?hous\w+; insourc\w*; off-?shor\w+; near-?shor\w+; alternatives;
look(?:ing)? (?:at|for) (?:other|alternative)\w*; new (?:\w+ )?(?:board|owner|management|director);
merger; takeover;
opzegg\w*; overstap\w*; concurrent\w*; aanbested\w*; zelf doen; naar het buitenland; verplaats\w*;
andere (?:partij|leverancier)\w*; nieuwe (?:\w+ )?(?:directie|eigenaar); overname;
kündig\w*; wechseln; wettbewerb\w*; ausschreib\w*; selbst machen; ins ausland; verlager\w*;
andere anbieter; neue\w* (?:\w+ )?(?:vorstand|eigentümer|geschäftsführ\w*); übernahme;
résili\w*; quitter; partir; concurren\w*; appel d'offres; internalis\w*; délocalis\w*;
à l'étranger; autre fournisseur; nouvelle? (?:\w+ )?(?:direction|propriétaire); rachat
"""
_LEAVING = re.compile(
    rf"(?i)\b(?:{'|'.join(part.strip() for part in _LEAVING_WORDS.split(';'))})\b"
)


def weak(
    lines: pd.DataFrame,
    people: pd.DataFrame,
    vectors: np.ndarray,
    names: dict[int, str],
    tiers: dict[str, str],
    influence: dict[str, float],
) -> pd.DataFrame:
    """Rank the sentences of a wave by how much they are a warning.

    Parameters
    ----------
    lines : sentences of the wave: respondent, account, mode, nps, text (masked), topic.
    people : respondent, role. vectors : a row a sentence, each of length 1.
    tiers : account -> "A", "B" or "C". influence : role -> weight, as in the parameters.

    Returns
    -------
    DataFrame with `COLUMNS`, strongest first, at most `SHOWN` rows, one a person. strength is the
    mean of three parts from 0 to 1, so that anybody can see why: rare (1 where nobody else says
    the like or `FEW` raise the topic), negative (words of leaving 1; else how far the rating is
    below 9), influence (the role's weight beside the highest, or the account's tier). A sentence
    without words of leaving counts only from a rating of 6 or less. account, role, nps and
    respondent are empty where the answer was not given in the open, and its part of influence is
    not told.
    """
    if lines.empty:
        return pd.DataFrame(columns=COLUMNS)
    frame = lines.reset_index(drop=True).assign(at=range(len(lines)))
    sizes = frame.groupby("topic")["respondent"].nunique()
    lonely = _alone(frame, vectors)
    few = (frame["topic"] == OTHER) | (frame["topic"].map(sizes) <= FEW)
    frame["rare"] = np.where(lonely, 1.0, np.where(few, 0.5, 0.0))
    leaving = frame["text"].map(lambda text: bool(_LEAVING.search(redact.bare(text))))
    frame["leaving"] = leaving.astype(bool)
    low = ((9 - frame["nps"].fillna(9)) / 9).clip(0, 1).where(frame["nps"] <= 6, 0.0)
    frame["negative"] = np.where(leaving, 1.0, low)
    top = max(influence.values(), default=1.0)
    roles = dict(zip(people["respondent"], people["role"], strict=True))
    weight = frame["respondent"].map(roles).map(influence).astype(float).fillna(0.0) / top
    frame["influence"] = np.maximum(weight, frame["account"].map(tiers).map(TIERS).fillna(0.0))
    open_ = frame["mode"] == "attributable"
    frame["strength"] = (
        (frame["rare"] + frame["negative"] + frame["influence"].where(open_, 0.0)) / 3
    ).round(4)
    may = frame[(frame["negative"] > 0) & (frame["rare"] > 0)].copy()
    may = may.sort_values(["strength", "text"], ascending=[False, True])
    may = may.drop_duplicates("respondent").head(SHOWN).reset_index(drop=True)
    shown = may["mode"] == "attributable"
    may["why"] = [_why(row, ok) for row, ok in zip(may.itertuples(), shown, strict=True)]
    may["role"] = may["respondent"].map(roles)
    for column in ("account", "role", "respondent"):
        may[column] = may[column].astype(object).where(shown, tr(HIDDEN))
    may["nps"] = may["nps"].where(shown)
    may["influence"] = may["influence"].where(shown)
    may["topic"] = may["topic"].map(names).astype(object).fillna("")
    return may.reindex(columns=COLUMNS)


def _alone(frame: pd.DataFrame, vectors: np.ndarray) -> np.ndarray:
    """Whether nobody else's sentence is as near as `ALONE`."""
    alone = np.ones(len(frame), dtype=bool)
    who = pd.factorize(frame["respondent"])[0]
    for start in range(0, len(frame), 512):
        near = np.round(vectors[start : start + 512] @ vectors.T, 5)
        near[who[start : start + 512, None] == who[None, :]] = -1.0
        alone[start : start + 512] = near.max(axis=1) < ALONE
    return alone


def _why(row: Any, shown: bool) -> str:
    parts = [tr("says what nobody else does" if row.rare == 1 else "raised by few")]
    if row.leaving:
        parts.append(tr("speaks of leaving or of those who decide changing"))
    elif shown:
        parts.append(tr("rated {rating}", rating=f"{row.nps:.0f}"))
    if shown and row.influence >= 1:
        parts.append(tr("comes from one who decides, or a key account"))
    return "; ".join(parts)
