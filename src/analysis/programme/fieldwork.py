"""Who was asked, who answered, who is silent: two denominators, never compared.

A response rate of people and one of accounts are different numbers (domain.md 2.2: 48 % of people
and 85 % of customers in the same survey), so both are always shown with what they count.
"""

from collections.abc import Iterable, Sequence
from math import hypot

import pandas as pd

from analysis.language import later, tr
from analysis.measures import groups, inference, nps
from analysis.params import Wave
from analysis.survey.tables import ROLES, Survey

RESPONSE = ("term", "estimate", "ci_low", "ci_high", "answered", "n", "wave")
SILENT = ("account", "name", "tier", "sector", "revenue", "owner", "invited", "decision_makers")

ROLE_LABELS = {
    "decision_maker": later("Decision makers"),
    "influencer": later("Influencers"),
    "operational": later("Operational contacts"),
    "end_user": later("End users"),
}


def response(survey: Survey, wave: str) -> pd.DataFrame:
    """Response of contacts and of accounts in one wave.

    Returns
    -------
    DataFrame, two rows: term ("contacts", "accounts"), estimate (0-1) with Wilson's interval,
    answered, n (asked), wave. No rows without invitations.

    Examples
    --------
    `response(survey, "2026").set_index("term").loc["accounts", "estimate"]`
    """
    asked = _asked(survey, wave)
    if asked.empty:
        return pd.DataFrame(columns=list(RESPONSE))
    accounts = asked.groupby("account")["answered"].any()
    rows = [
        _rate("contacts", int(asked["answered"].sum()), len(asked), wave),
        _rate("accounts", int(accounts.sum()), len(accounts), wave),
    ]
    return pd.concat(rows, ignore_index=True)


def history(survey: Survey, waves: Iterable[Wave]) -> pd.DataFrame:
    """`response` of several waves, one below the other, with the wave's `label`.

    Waves without invitations are left out.
    """
    frames = [response(survey, wave.id).assign(label=wave.label) for wave in waves]
    there = [frame for frame in frames if not frame.empty]
    return pd.concat(there, ignore_index=True) if there else response(survey, "").assign(label="")


def headline(survey: Survey, waves: Sequence[Wave], term: str) -> pd.DataFrame:
    """Response of `term` ("contacts" or "accounts") in the last wave, with its change.

    Returns
    -------
    DataFrame, one row or none: as `response`, with change, change_low, change_high (Newcombe's
    interval for two shares) and change_since, where an earlier wave has invitations.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    rows = history(survey, waves)
    rows = rows[rows["term"] == term]
    last = rows["wave"] == waves[-1].id
    now, before = rows[last], rows[~last]
    if now.empty or before.empty:
        return now.assign(change_since="")
    new, old = now.iloc[0], before.iloc[-1]
    change = new["estimate"] - old["estimate"]
    down = (new["estimate"] - new["ci_low"], old["ci_high"] - old["estimate"])
    up = (new["ci_high"] - new["estimate"], old["estimate"] - old["ci_low"])
    return now.assign(
        change=change,
        change_low=change - hypot(*down),
        change_high=change + hypot(*up),
        change_since=old["label"],
    )


def by_role(survey: Survey, wave: str, minimum: int = 0) -> pd.DataFrame:
    """Response of each contact role; roles of fewer than `minimum` who were asked stand together.

    Returns
    -------
    DataFrame: as `response`, one row per role that was asked, and known (people of that role on
    the contact list; NaN without a list), so that it shows whom the list left unasked.
    """
    asked = _asked(survey, wave)
    spoken = {role: tr(label) for role, label in ROLE_LABELS.items()}
    label = groups.joined(asked["role"].map(spoken), minimum)
    of = dict(zip(asked["role"], label, strict=True))
    listed = survey.contacts["role"].map(of).value_counts()
    rows = [
        _rate(name, int(asked["answered"][label == name].sum()), int((label == name).sum()), wave)
        for name in dict.fromkeys(of[role] for role in ROLES if role in of)
    ]
    if not rows:
        return pd.DataFrame(columns=[*RESPONSE, "known"])
    found = pd.concat(rows, ignore_index=True)
    return found.assign(known=found["term"].map(listed).astype(float))


def by_account(survey: Survey, wave: str) -> pd.DataFrame:
    """Asked and answered at each account, the least answered first.

    Returns
    -------
    DataFrame: account, name, n (asked), answered, decision_makers (asked), decided (answered).
    """
    asked = _asked(survey, wave)
    if asked.empty:
        return pd.DataFrame(
            columns=["account", "name", "n", "answered", "decision_makers", "decided"]
        )
    decider = asked["role"] == "decision_maker"
    frame = asked.assign(decider=decider, decided=decider & asked["answered"])
    table = frame.groupby("account").agg(
        n=("answered", "size"),
        answered=("answered", "sum"),
        decision_makers=("decider", "sum"),
        decided=("decided", "sum"),
    )
    table = table.reset_index().merge(
        survey.accounts[["account", "name"]].astype(object), on="account", how="left"
    )
    table["name"] = table["name"].fillna(table["account"])
    return table.sort_values(["answered", "n", "account"], ascending=[True, False, True])


def silent(survey: Survey, wave: str) -> pd.DataFrame:
    """Accounts that were asked and from which nobody answered, the largest first.

    Returns
    -------
    DataFrame with the columns `SILENT`: invited and decision_makers count the people asked.
    """
    table = by_account(survey, wave)
    quiet = table[table["answered"] == 0].rename(columns={"n": "invited"})
    known = survey.accounts.drop(columns="name").astype({"account": object})
    quiet = quiet.merge(known, on="account", how="left")
    quiet = quiet.sort_values(["revenue", "invited", "account"], ascending=[False, False, True])
    return quiet.reset_index(drop=True).reindex(columns=list(SILENT))


def silent_by_tier(survey: Survey, wave: str) -> pd.DataFrame:
    """Silent accounts of each tier: term, estimate (share silent), interval, silent, n (asked)."""
    table = by_account(survey, wave)
    tiers = survey.accounts[["account", "tier"]].dropna().astype(object)
    table = table.merge(tiers, on="account")
    rows = []
    for tier, group in table.groupby("tier"):
        quiet = int((group["answered"] == 0).sum())
        rows.append(inference.wilson(quiet, len(group)).assign(term=tier, silent=quiet))
    columns = ["term", "estimate", "ci_low", "ci_high", "silent", "n"]
    return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)


def summary(survey: Survey, wave: str) -> dict[str, float]:
    """Counts for the sentences on silence.

    Returns
    -------
    dict: asked and silent (accounts), share, revenue_share (of asked accounts whose revenue is
    known; NaN if none is), deciders and deciders_silent (people), deciders_low (lower end of
    Wilson's interval of the share silent; 0 without decision makers), no_decider (accounts where
    no decision maker was asked). Empty without invitations.
    """
    table = by_account(survey, wave)
    if table.empty:
        return {}
    quiet = table["answered"] == 0
    money = table[["account"]].merge(
        survey.accounts[["account", "revenue"]].astype({"account": object}),
        on="account",
        how="left",
    )["revenue"]
    total = money.sum()
    deciders = int(table["decision_makers"].sum())
    mute = deciders - int(table["decided"].sum())
    low = inference.wilson(mute, deciders)["ci_low"].item() if deciders else 0.0
    return {
        "asked": len(table),
        "silent": int(quiet.sum()),
        "share": float(quiet.mean()),
        "revenue_share": float(money[quiet.to_numpy()].sum() / total) if total else float("nan"),
        "deciders": deciders,
        "deciders_silent": mute,
        "deciders_low": float(low),
        "no_decider": int((table["decision_makers"] == 0).sum()),
    }


def if_silent(survey: Survey, wave: str) -> pd.DataFrame:
    """The NPS if those who were asked and did not answer had all given one and the same answer.

    Bounds, not estimates: the score of all who were asked lies somewhere between the first row and
    the last, wherever the silent stand (domain.md 2.7).

    Returns
    -------
    DataFrame, four rows from worst to best: term, estimate (points), n (ratings), silent (people
    asked who gave no rating). No rows without ratings or without invitations.
    """
    columns = ["term", "estimate", "n", "silent"]
    asked = _asked(survey, wave)
    score = nps.nps(survey.at(wave)["nps"])
    if asked.empty or score.empty:
        return pd.DataFrame(columns=columns)
    n, shown = int(score["n"].item()), float(score["estimate"].item())
    silent = max(len(asked) - n, 0)
    rows = [
        (term, (n * shown + silent * points) / (n + silent), n, silent)
        for term, points in (
            (tr("all detractors"), -100),
            (tr("all passives"), 0),
            (tr("all promoters"), 100),
        )
    ]
    rows.append((tr("like those who answered"), shown, n, silent))
    return pd.DataFrame(rows, columns=columns).sort_values("estimate", kind="stable")


def quality(survey: Survey, wave: str) -> pd.DataFrame:
    """What may weaken the answers: suspicions, never verdicts.

    Returns
    -------
    DataFrame: term, estimate (share of the answers), ci_low, ci_high, found, n.
    """
    answers = survey.at(wave)
    items = list(survey.items.index)
    missing = answers[items].isna()
    checks = {
        later("One answer to every statement"): answers["careless"],
        later("More than half of the statements left out"): missing.mean(axis=1) > 0.5,
        later("At least one statement left out"): missing.any(axis=1),
    }
    if answers["nps"].notna().any():
        checks[later("No recommendation given")] = answers["nps"].isna()
    rows = [
        inference.wilson(int(found.sum()), len(answers)).assign(term=term, found=int(found.sum()))
        for term, found in checks.items()
        if len(answers)
    ]
    columns = ["term", "estimate", "ci_low", "ci_high", "found", "n"]
    return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)


def _asked(survey: Survey, wave: str) -> pd.DataFrame:
    """Who was asked in a wave, as far as it is known whether they answered."""
    asked = survey.invitations
    asked = asked[(asked["wave"] == wave) & asked["answered"].notna()]
    return asked.assign(answered=asked["answered"].astype(bool))


def _rate(term: str, answered: int, n: int, wave: str) -> pd.DataFrame:
    return inference.wilson(answered, n).assign(term=term, answered=answered, wave=wave)[
        list(RESPONSE)
    ]
