"""Were remedial actions effective: accounts where something was done against the others.

Difference in differences: how much more a score rose where an action was finished between two
waves than where none was. Accounts were not chosen at random, so this is a comparison and no
proof; the rows on the start and on the waves before show how far it can be trusted.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.language import later, tr
from analysis.measures import inference
from analysis.models.panel import follow
from analysis.params import Wave
from analysis.survey.tables import Survey

EFFECT = (
    "key",
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "clear",
    "rise_with",
    "rise_without",
    "n",
    "n_least",
    "with_action",
    "without",
    "n_accounts",
    "before",
    "after",
    "note",
)
EFFECTS = ("value", "label", "theme", *EFFECT, "p_adjusted")

#: Fewest accounts with an action, and fewest without, that are compared (our default).
MIN_ACCOUNTS = 5

#: Rows of `action_effect`, in its order. The first is the answer, the rest say how far to trust it.
ACCOUNTS, ANSWERS, PEOPLE = "accounts", "answers", "people"
ADJUSTED, START, PLACEBO, POOLED = "adjusted", "start", "placebo", "pooled"

_TERMS = {
    ACCOUNTS: later("Accounts in both waves"),
    ANSWERS: later("All answers"),
    PEOPLE: later("People who answered both times"),
    ADJUSTED: later("Allowing for where each account began"),
    START: later("Difference at the start"),
    PLACEBO: later("The same accounts one wave earlier"),
    POOLED: later("All waves together"),
}
_NOTES = {
    ACCOUNTS: later("each account counts once"),
    ANSWERS: later("each answer counts once; who answers may change"),
    PEOPLE: later("each person counts once"),
    ADJUSTED: later("accounts that began equally high are compared"),
    START: later("mean of accounts with an action less the others, before any of it"),
    PLACEBO: later("before the actions; should be near zero"),
    POOLED: later("accounts in both of two neighbouring waves, each two waves on their own level"),
}


def action_reason(
    survey: Survey, waves: Sequence[Wave], value: str = "nps", theme: str | None = None
) -> str:
    """Why the effect of actions cannot be estimated: a sentence; empty where it can."""
    series, scored = _scored(survey, waves, value)
    if survey.actions.empty:
        return tr("No file of actions was supplied, so their effect cannot be looked at.")
    if scored is None:
        name = follow.name_of(value)
        return tr("{name} was not asked, so no effect on it can be looked at.", name=name)
    if len(series) < 2:
        return tr("The effect of actions needs two waves that were asked in the same way.")
    means = _means(scored, series[-2:])
    kind = _kinds(survey, series[-2], series[-1], theme).reindex(means.index, fill_value="without")
    sizes = {side: int((kind == side).sum()) for side in ("with", "without")}
    if min(sizes.values()) < MIN_ACCOUNTS:
        told = {"some": sizes["with"], "others": sizes["without"], "least": MIN_ACCOUNTS}
        if theme is None:
            return tr(
                "Of the accounts that answered in both waves, {some} had an action finished in "
                "between and {others} had none; {least} of each are needed to compare them.",
                **told,
            )
        return tr(
            "Of the accounts that answered in both waves, {some} had an action on {theme} finished "
            "in between and {others} had none; {least} of each are needed to compare them.",
            theme=theme,
            **told,
        )
    return ""


def action_effect(
    survey: Survey, waves: Sequence[Wave], value: str = "nps", theme: str | None = None
) -> pd.DataFrame:
    """Difference in differences of the last two waves between accounts with an action and without.

    Parameters
    ----------
    waves : waves in order of time; the last ones of one method are used.
    value : "nps" (in points) or a construct (on its scale).
    theme : only actions on this theme; None: any action.

    Returns
    -------
    DataFrame with the columns `EFFECT`. Row "accounts" is the estimate: the rise of the account
    means, where an action was done after the earlier wave closed and until the later one did,
    less the rise elsewhere. Accounts with such an action done before that are left out of both.
    Beside it: "answers" and "people" (other ways to count), "adjusted" (later mean given the
    earlier one), "start" (difference in the earlier wave), "placebo" (the same accounts, the two
    waves before) and "pooled" (all neighbouring waves), each where the data carry it. rise_with
    and rise_without are the two rises; n the answers, n_least the smallest group of them.
    No rows where `action_reason` says why.

    Notes
    -----
    Least squares with accounts as clusters (CR2 and Satterthwaite below 50 accounts, CR1 from 50).
    A done action without a date counts as done between its own wave and the next.

    References
    ----------
    Angrist & Pischke (2009), Mostly Harmless Econometrics, ch. 5. Pustejovsky & Tipton (2018),
    JBES 36. R: `lm`, `clubSandwich::coef_test(vcov = "CR2")`.
    """
    series, scored = _scored(survey, waves, value)
    if scored is None or action_reason(survey, waves, value, theme):
        return pd.DataFrame(columns=list(EFFECT))
    old, new = series[-2], series[-1]
    kind = _kinds(survey, old, new, theme)
    panel = _panel(scored, old, new, kind)
    here = {"before": old.label, "after": new.label}
    rows = [
        _by_account(panel) | {"key": ACCOUNTS} | here,
        _by_answer(scored, old, new, kind) | {"key": ANSWERS} | here,
        _by_person(scored, old, new, kind) | {"key": PEOPLE} | here,
        _given_start(panel) | {"key": ADJUSTED} | here,
        _at_start(panel) | {"key": START, "before": old.label, "after": old.label},
    ]
    if len(series) > 2:
        earlier = {"before": series[-3].label, "after": old.label}
        rows.append(_by_account(_panel(scored, series[-3], old, kind)) | {"key": PLACEBO} | earlier)
        whole = {"before": series[0].label, "after": new.label}
        rows.append(_pooled(survey, scored, series, theme) | {"key": POOLED} | whole)
    kept = [row for row in rows if row.get("estimate") is not None]
    named = [_said(row["key"]) | row for row in kept]
    return pd.DataFrame(named, columns=list(EFFECT))


def action_effects(
    survey: Survey,
    waves: Sequence[Wave],
    values: Iterable[str] | None = None,
    themes: Iterable[str] | None = None,
) -> pd.DataFrame:
    """The row "accounts" of `action_effect` for many scores and themes, judged together.

    Parameters
    ----------
    values : "nps" and constructs; None: the NPS and every construct asked.
    themes : themes of actions, "" for any action; None: any, and each theme that actions name.

    Returns
    -------
    DataFrame with the columns `EFFECTS`: value, label, theme, then `EFFECT`, a row for each pair
    that the data carry, in the order of themes, then values. p_adjusted is Benjamini-Hochberg's
    over all rows and `clear` is True below `inference.FALSE_DISCOVERY`.
    """
    named = sorted(survey.actions["theme"].dropna().unique())
    wanted = ["nps", *follow.usable(survey)] if values is None else list(values)
    scored = {value: _scored(survey, waves, value) for value in wanted}
    rows = []
    for theme in ["", *named] if themes is None else themes:
        for value, (series, answers) in scored.items():
            if answers is None or len(series) < 2:
                continue
            old, new = series[-2:]
            found = _by_account(_panel(answers, old, new, _kinds(survey, old, new, theme or None)))
            told = {"value": value, "label": follow.name_of(value), "theme": theme}
            told |= {"key": ACCOUNTS} | _said(ACCOUNTS)
            if found:
                rows.append(found | told | {"before": old.label, "after": new.label})
    frame = pd.DataFrame(rows, columns=list(EFFECTS))
    frame["p_adjusted"] = inference.discoveries(frame["p"])
    frame["clear"] = frame["p_adjusted"] < inference.FALSE_DISCOVERY
    return frame


def _said(key: str) -> dict[str, str]:
    """What a row compares, and how, in words."""
    return {"term": tr(_TERMS[key]), "note": tr(_NOTES[key])}


def _scored(
    survey: Survey, waves: Sequence[Wave], value: str
) -> tuple[tuple[Wave, ...], pd.DataFrame | None]:
    """Answers of known accounts with the value as it is averaged, and the waves they span."""
    answers = survey.answers if value == "nps" else follow.with_scores(survey, [value])
    if value not in answers or answers[value].notna().sum() == 0:
        return (), None
    answers = answers[answers[value].notna() & answers["account"].notna()]
    series = follow.unbroken(answers, waves)
    return series, answers.assign(value=follow.coded(answers, value))


def _kinds(survey: Survey, old: Wave, new: Wave, theme: str | None) -> pd.Series:
    """For each account with a finished action: "with" (done between the waves) or "earlier"."""
    done = survey.actions[(survey.actions["status"] == "done") & survey.actions["account"].notna()]
    if theme is not None:
        done = done[done["theme"] == theme]
    closed = pd.Timestamp(old.closed), pd.Timestamp(new.closed)
    day = pd.to_datetime(done["done"])
    undated = day.isna() & (done["wave"] == old.id)
    between = ((day > closed[0]) & (day <= closed[1])) | undated
    earlier = set(done.loc[day <= closed[0], "account"])
    now = set(done.loc[between, "account"]) - earlier
    kinds = dict.fromkeys(sorted(now), "with") | dict.fromkeys(sorted(earlier), "earlier")
    return pd.Series(kinds, dtype=object)


def _means(scored: pd.DataFrame, pair: Sequence[Wave]) -> pd.DataFrame:
    """Mean of every account that answered in both waves: columns before and after, and counts."""
    here = scored[scored["wave"].isin([wave.id for wave in pair])]
    grouped = here.groupby(["account", "wave"])["value"].agg(["mean", "size"]).unstack("wave")
    grouped = grouped.dropna()
    if grouped.empty:
        return pd.DataFrame(columns=["before", "after", "n_before", "n_after"], dtype=float)
    old, new = pair[0].id, pair[1].id
    columns = {"before": ("mean", old), "after": ("mean", new)}
    columns |= {"n_before": ("size", old), "n_after": ("size", new)}
    return pd.DataFrame({name: grouped[key] for name, key in columns.items()})


def _panel(scored: pd.DataFrame, old: Wave, new: Wave, kind: pd.Series) -> pd.DataFrame:
    """Accounts of both waves, with or without an action; those with an earlier one left out."""
    means = _means(scored, (old, new))
    side = kind.reindex(means.index, fill_value="without")
    means = means.assign(acted=(side == "with").astype(float))[side != "earlier"]
    rise = means["after"] - means["before"]
    return means.assign(rise=rise).rename_axis("account").reset_index().assign(contact=None)


def _carried(acted: pd.Series, accounts: pd.Series) -> bool:
    """Whether both sides have the fewest accounts."""
    sides = [accounts[acted == side].nunique() for side in (1.0, 0.0)]
    return min(sides) >= MIN_ACCOUNTS


def _sizes(acted: pd.Series, accounts: pd.Series) -> dict[str, Any]:
    sides = [accounts[acted == side].nunique() for side in (1.0, 0.0)]
    return {"with_action": sides[0], "without": sides[1], "n_accounts": accounts.nunique()}


def _rises(rise: pd.Series, acted: pd.Series) -> dict[str, Any]:
    return {
        "rise_with": rise[acted == 1].mean(),
        "rise_without": rise[acted == 0].mean(),
    }


def _of_panel(panel: pd.DataFrame) -> dict[str, Any]:
    """Bases of the rows that rest on account means."""
    counts = panel.groupby("acted")[["n_before", "n_after"]].sum()
    base = {"n": int(counts.to_numpy().sum()), "n_least": int(counts.to_numpy().min())}
    return base | _sizes(panel["acted"], panel["account"])


def _by_account(panel: pd.DataFrame) -> dict[str, Any]:
    if not _carried(panel["acted"], panel["account"]):
        return {}
    x = np.column_stack([np.ones(len(panel)), panel["acted"]])
    found = follow.contrast(x, panel["rise"], panel, [0, 1])
    return found | _of_panel(panel) | _rises(panel["rise"], panel["acted"])


def _given_start(panel: pd.DataFrame) -> dict[str, Any]:
    if not _carried(panel["acted"], panel["account"]) or panel["before"].nunique() < 3:
        return {}
    x = np.column_stack([np.ones(len(panel)), panel["acted"], panel["before"]])
    return follow.contrast(x, panel["after"], panel, [0, 1, 0]) | _of_panel(panel)


def _at_start(panel: pd.DataFrame) -> dict[str, Any]:
    if not _carried(panel["acted"], panel["account"]):
        return {}
    x = np.column_stack([np.ones(len(panel)), panel["acted"]])
    return follow.contrast(x, panel["before"], panel, [0, 1]) | _of_panel(panel)


def _by_answer(scored: pd.DataFrame, old: Wave, new: Wave, kind: pd.Series) -> dict[str, Any]:
    """Every answer of both waves, also of accounts that answered once."""
    side = scored["account"].map(kind).fillna("without")
    here = scored[scored["wave"].isin([old.id, new.id]) & (side != "earlier")]
    acted = (side.loc[here.index] == "with").astype(float)
    later = (here["wave"] == new.id).astype(float)
    counts = pd.crosstab(acted, later)
    if counts.shape != (2, 2) or not _carried(acted, here["account"]):
        return {}
    x = np.column_stack([np.ones(len(here)), acted, later, acted * later])
    found = follow.contrast(x, here["value"], here, [0, 0, 0, 1])
    means = here["value"].groupby([acted, later]).mean().unstack()
    rises = {"rise_with": means.loc[1, 1] - means.loc[1, 0]}
    rises["rise_without"] = means.loc[0, 1] - means.loc[0, 0]
    base = {"n": len(here), "n_least": int(counts.to_numpy().min())}
    return found | base | rises | _sizes(acted, here["account"])


def _by_person(scored: pd.DataFrame, old: Wave, new: Wave, kind: pd.Series) -> dict[str, Any]:
    """Contacts who answered both times."""
    pairs = inference.matched_pairs(scored, old.id, new.id)
    side = pairs["account"].map(kind).fillna("without")
    pairs = pairs[side != "earlier"].reset_index(drop=True)
    acted = (side[side != "earlier"] == "with").astype(float).reset_index(drop=True)
    if not _carried(acted, pairs["account"]):
        return {}
    rise = pairs["after"].astype(float) - pairs["before"].astype(float)
    found = follow.contrast(np.column_stack([np.ones(len(pairs)), acted]), rise, pairs, [0, 1])
    base = {"n": 2 * len(pairs), "n_least": int(acted.value_counts().min())}
    return found | base | _rises(rise, acted) | _sizes(acted, pairs["account"])


def _pooled(
    survey: Survey, scored: pd.DataFrame, series: Sequence[Wave], theme: str | None
) -> dict[str, Any]:
    """All neighbouring waves with both sides, each with a level of its own; one effect for all."""
    panels = []
    for k, (old, new) in enumerate(pairwise(series)):
        panel = _panel(scored, old, new, _kinds(survey, old, new, theme))
        if _carried(panel["acted"], panel["account"]):
            panels.append(panel.assign(step=k))
    if len(panels) < 2:
        return {}
    panel = pd.concat(panels, ignore_index=True)
    steps = pd.get_dummies(panel["step"]).to_numpy(float)
    x = np.column_stack([steps, panel["acted"]])
    c = [0.0] * steps.shape[1] + [1.0]
    return follow.contrast(x, panel["rise"], panel, c) | _of_panel(panel)
