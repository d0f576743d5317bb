"""Topics over waves as they are drawn."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def before(people: pd.DataFrame, waves: Sequence[str]) -> str:
    """The wave with comments before the last one that has some; "" where there is none.

    >>> before(pd.DataFrame({"wave": ["1", "3"]}), ["1", "2", "3", "4"])
    '1'
    """
    known = [wave for wave in waves if (people["wave"] == wave).any()]
    return known[-2] if len(known) > 1 else ""


def drawn(shares: pd.DataFrame, moved: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Shares of topics over waves, with the wave's label and what changed since the one before.

    Parameters
    ----------
    shares, moved : from `trend.shares` and `trend.changes`. labels : wave -> its label.

    Returns
    -------
    `shares` with label, status and moved ("yes" where a change is clear), most raised now first. A
    topic that has no number in any wave is left out.
    """
    status = dict(zip(moved["topic"], moved["status"], strict=True))
    frame = shares[shares.groupby("topic")["estimate"].transform("count") > 0].copy()
    frame["label"] = frame["wave"].map(labels)
    frame["status"] = frame["topic"].map(status).astype(object).fillna("no clear change")
    clear = dict(zip(moved["topic"], moved["clear"], strict=True))
    frame["moved"] = np.where(frame["topic"].map(clear).eq(True), "yes", "no")
    last = frame.groupby("topic")["estimate"].transform("last").fillna(0.0)
    return frame.iloc[np.lexsort((frame["topic"], -last))].reset_index(drop=True)


def tone(score: pd.DataFrame, net: pd.DataFrame) -> pd.DataFrame:
    """Tone from the score with tone from the words beside it, where words tell.

    Parameters
    ----------
    score, net : from `tone.by_topic` and `tone.net_sentiment`.

    Returns
    -------
    `score` with net, net_low, net_high, n_words (missing where words do not tell).
    """
    names = {"estimate": "net", "ci_low": "net_low", "ci_high": "net_high", "n": "n_words"}
    beside = net[["topic", *names]].rename(columns=names)
    return score.merge(beside, on="topic", how="left")


def against(contradicts: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Comments that speak against their score with their text; only those given in the open."""
    own = lines[lines["mode"] == "attributable"]
    texts = own.groupby(["respondent", "wave"])["text"].agg(" ".join).reset_index()
    return contradicts.merge(texts, on=["respondent", "wave"])
