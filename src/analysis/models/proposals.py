"""The register of proposals: what each would do to the NPS, and what it brings for its cost."""

import difflib
from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.errors import ParamsError
from analysis.language import listed, printed, tr
from analysis.measures import scales
from analysis.models import whatif
from analysis.models.whatif import SIMULATED, WhatIf
from analysis.params import Params, Proposal
from analysis.survey.tables import Survey

PROPOSALS = (
    "term",
    "label",
    "where",
    "lifts",
    *SIMULATED,
    "cost",
    "per_cost",
    "clear",
    "rank",
    "note",
)


def register(survey: Survey, params: Params) -> WhatIf:
    """Predict the effect of every proposal in the parameters, and what it brings for its cost.

    Ranked by effect per cost; those without a cost follow by effect, those whose interval holds
    zero come after all others, and those that nobody's answers tell of last.

    Raises
    ------
    ParamsError: a proposal names a construct, tier or account that is not there.
    """
    asked = params.drivers.proposals
    if not asked:
        return WhatIf(table=whatif.empty(PROPOSALS))
    where = [_accounts(survey, params, one) for one in asked]
    found, taken, model = whatif.study(survey, params)
    found = replace(found, table=whatif.empty(PROPOSALS))
    if model is None:
        return found
    rows = []
    for one, accounts in zip(asked, where, strict=True):
        row: dict[str, object] = {
            "term": one.name,
            "label": one.name,
            "where": _where(one),
            "lifts": _lifts(one),
        }
        row |= {"cost": one.cost or np.nan, "n": len(taken.scores), "note": ""}
        lost = [scales.label(name).lower() for name in one.lifts if name not in model.names]
        concerns = accounts is None or taken.answers["account"].isin(list(accounts)).any()
        if lost:
            row["note"] = tr("no driver of the model in this wave: {names}", names=", ".join(lost))
        elif not concerns:
            row["note"] = tr("nobody of its accounts gave a complete answer")
        else:
            shift = {name: by * whatif.point(survey, name) for name, by in one.lifts.items()}
            made = whatif.simulate(model, taken.scores, taken.answers, shift, accounts)
            row = made.iloc[0].to_dict() | row
        rows.append(row)
    return replace(found, table=_ranked(pd.DataFrame(rows).reindex(columns=list(PROPOSALS))))


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    estimate, cost = frame["estimate"].astype(float), frame["cost"].astype(float)
    frame = frame.assign(per_cost=estimate / cost, clear=frame["ci_low"].astype(float) > 0)
    group = np.select([estimate.isna(), ~frame["clear"], cost.isna()], [3, 2, 1], 0)
    value = np.where(group == 0, frame["per_cost"], estimate)
    order = np.lexsort([frame["term"], -np.nan_to_num(value), group])
    frame = frame.iloc[order].reset_index(drop=True)
    frame["rank"] = np.where(frame["estimate"].notna(), np.arange(1, len(frame) + 1), np.nan)
    return frame[list(PROPOSALS)]


def _accounts(survey: Survey, params: Params, one: Proposal) -> set[str] | None:
    """Accounts that a proposal is for; None: all."""
    known = set(survey.accounts["account"].dropna()) | set(survey.answers["account"].dropna())
    tiers = survey.accounts.set_index("account")["tier"].dropna()
    _check(params, one, one.lifts, survey.constructs, "lifts")
    _check(params, one, one.tiers or (), sorted(set(tiers.astype(str))), "names the tier")
    _check(params, one, one.accounts or (), sorted(map(str, known)), "names the account")
    if one.tiers is None and one.accounts is None:
        return None
    chosen = known if one.accounts is None else set(one.accounts)
    if one.tiers is not None:
        chosen &= set(tiers.index[tiers.astype(str).isin(one.tiers)])
    return chosen


def _check(
    params: Params, one: Proposal, names: Collection[str], known: Collection[str], does: str
) -> None:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
            raise ParamsError(
                f"params/{params.client}.yml: the proposal '{one.name}' {does} '{name}', which is "
                f"not there{f'; did you mean {near[0]!r}?' if near else '.'}"
            )


def _lifts(one: Proposal) -> str:
    """What a proposal is said to lift, in points of each score's own scale."""
    return listed(
        tr("{name} by {points}", name=scales.label(name).lower(), points=printed(by, "g"))
        for name, by in one.lifts.items()
    )


def _where(one: Proposal) -> str:
    """Where a proposal would be done, in words."""
    parts = [tr("tier {names}", names=", ".join(one.tiers))] if one.tiers else []
    if one.accounts:
        count = len(one.accounts)
        parts.append(tr("one account") if count == 1 else tr("{n} accounts", n=count))
    return "; ".join(parts) or tr("everywhere")
