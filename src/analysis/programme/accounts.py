"""One account at a time, for the team that looks after it.

Only answers given in the open ("attributable") are shown one by one. What was said in confidence
enters a mean only together with at least the client's minimum of other confidential answers of the
same account, so that nobody's answer is what is left when the open ones are taken away. Where few
answers of all customers, of a level or of those heard before were given in confidence, some open
scores stay off the sheets too: the published score less all sheets would be theirs.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.language import tr
from analysis.measures import crq, groups, inference, nps, scales
from analysis.models.panel.gaps import LOWER, UPPER
from analysis.params import Params
from analysis.programme import fieldwork, loop
from analysis.survey.tables import Survey, seniority

PEOPLE = ("contact", "role", "rating", "before", "crq", "segment", "lowest", "lowest_score")
SCORES = ("term", "label", "estimate", "ci_low", "ci_high", "n", "everybody", "n_everybody")
#: A mean of an account's sheet: account and scale; and the scores under each.
Mean = tuple[str, str]
Means = dict[Mean, pd.Series]
DONE = ("said", "did", "owner", "status", "due", "overdue", "label")


@dataclass(frozen=True)
class Sheet:
    """What one account's team may see. Frames may be empty."""

    account: str
    name: str
    tier: str
    owner: str
    flags: tuple[str, ...]
    answered: int  # in the reported wave, in whatever mode; as in `fieldwork`, where it is known
    asked: int  # invited, as far as it is known whether they answered; 0 where it is not
    people: pd.DataFrame  # columns PEOPLE: answers in the open, decision makers first
    withheld: bool  # whether some of their scores are left out, see `groups.withheld`
    scores: pd.DataFrame  # columns SCORES: the account's means beside all customers'
    actions: pd.DataFrame  # columns DONE


def sheets(survey: Survey, params: Params) -> list[Sheet]:
    """A sheet for every account that was asked, answered, or has an action in the reported wave.

    Returns
    -------
    Sheets, those with most flags first, then by account id.

    Raises
    ------
    DataError: an action whose status is not known (see `loop.plans`).
    """
    now = params.wave.id
    answers = survey.at(now).dropna(subset="account")
    invited = survey.invitations[survey.invitations["wave"] == now]
    asked = fieldwork.by_account(survey, now).drop_duplicates("account").set_index("account")
    values = _values(survey, _wanted(survey), now)
    means = _means(answers, values, params.confidentiality.min_scores)
    people, hidden = _people(survey, params, values, means)
    actions = _actions(survey, params)
    ids = {*answers["account"], *invited["account"].dropna(), *actions["account"].dropna()}
    known = survey.accounts.drop_duplicates("account").set_index("account")
    made = []
    for account in sorted(map(str, ids)):
        here = answers[answers["account"] == account]
        mine = people[people["account"] == account]
        plans = actions[actions["account"] == account]
        facts = known.loc[account] if account in known.index else pd.Series(dtype=object)
        # An anonymous answer has no account, but the invitation tells that it came from here: to
        # count only what has an account would show, beside the fieldwork, whose answer it is.
        came = max(len(here), int(asked["answered"].get(account, 0)))
        of = int(asked["n"].get(account, 0))
        made.append(
            Sheet(
                account=account,
                name=_fact(facts, "name") or account,
                tier=_fact(facts, "tier"),
                owner=_fact(facts, "owner"),
                flags=_flags(mine, came, of, plans),
                answered=came,
                asked=of,
                people=mine[list(PEOPLE)].reset_index(drop=True),
                withheld=bool(mine["withheld"].any()) or any(of == account for of, _ in hidden),
                scores=_scores(account, values, means, hidden),
                actions=plans[list(DONE)].reset_index(drop=True),
            )
        )
    return sorted(made, key=lambda sheet: (-len(sheet.flags), sheet.account))


def _wanted(survey: Survey) -> list[str]:
    """Scales of the sheet: those of the CRQ where asked, else all."""
    of_crq = (*crq.DIMENSIONS[:-1], *crq.SERVICE)
    return [name for name in of_crq if survey.of(name)] or survey.constructs


def _values(survey: Survey, wanted: list[str], wave: str) -> pd.DataFrame:
    """Everybody's score on each scale, those that were asked."""
    answers = survey.at(wave)
    made = {name: scales.score(answers, survey.of(name)) for name in wanted}
    return pd.DataFrame(made, index=answers.index).dropna(axis=1, how="all")


def _people(
    survey: Survey, params: Params, values: pd.DataFrame, means: Means
) -> tuple[pd.DataFrame, set[Mean]]:
    """Open answers of the wave, with the person's last open rating; means that stay off the sheets.

    What stays off: see `groups.withheld`.
    """
    least, answers = params.confidentiality.min_scores, survey.answers
    open_ = answers[groups.in_the_open(answers)]
    now = open_[open_["wave"] == params.wave.id].dropna(subset="account")
    found = now[["account", "contact", "role"]].assign(rating=now["nps"])
    before = _before(open_, now, params)
    found["before"] = answers["nps"].reindex(before).to_numpy()
    scored = crq.score(survey, params.wave.id, params.scorecard.segments)
    found[["crq", "segment"]] = scored[["crq", "segment"]].reindex(now.index)
    mine = values.reindex(now.index).dropna(how="all")
    lowest = mine.idxmin(axis=1)
    found["lowest"] = lowest.map(scales.label).reindex(now.index)
    found["lowest_score"] = mine.min(axis=1).reindex(now.index)
    rated = answers["nps"].dropna()
    of_wave = rated.groupby(answers["wave"])
    told = set(answers.loc[[*now.index, *before.dropna()], "wave"])
    off = [_withheld(one, survey, least) for wave, one in of_wave if wave in told]
    off_crq = _withheld(scored["crq"].dropna(), survey, least)
    off_lowest, off_means = _withheld_scales(survey, values, lowest, means, least)
    hidden = {
        "rating": found.index.isin(pd.Index([]).append(off)),
        "before": before.isin(pd.Index([]).append(off)),
        "crq": found.index.isin(off_crq),
        "lowest": found.index.isin(off_crq.union(off_lowest)),
    }
    hidden |= {"segment": hidden["crq"], "lowest_score": hidden["lowest"]}
    for column, here in hidden.items():
        found[column] = found[column].mask(here, None)
    found["withheld"] = np.logical_or.reduce(list(hidden.values()))
    order = seniority(found["role"])
    found = found.assign(_order=order).sort_values(["account", "_order", "contact"], kind="stable")
    return found, off_means


def _withheld_scales(
    survey: Survey, values: pd.DataFrame, lowest: pd.Series, means: Means, minimum: int
) -> tuple[pd.Index, set[Mean]]:
    """Answers whose lowest score, and means that, stay off the sheets.

    Parameters
    ----------
    lowest : each open answer's lowest scale.
    """
    answers, off_means = pd.Index([]), set()
    for name in values:
        single = lowest.index[lowest == name]
        printed = {key: one.index for key, one in means.items() if key[1] == name}
        shown = single.append(list(printed.values()))
        off = _withheld(values[name].dropna(), survey, minimum, shown)
        answers = answers.append(single.intersection(off))
        off_means |= {key for key, index in printed.items() if index.isin(off).any()}
    return answers, off_means


def _withheld(
    values: pd.Series, survey: Survey, minimum: int, shown: pd.Index | None = None
) -> pd.Index:
    """Answers of one wave whose value stays off the sheets; decision makers are the last to.

    Parameters
    ----------
    values : of the answers that have one. shown : those on sheets; None: all in the open.
    """
    answers = survey.answers.loc[values.index]
    in_the_open = groups.in_the_open(answers)
    on_pages = in_the_open & answers["account"].notna()
    if shown is not None:
        on_pages = pd.Series(answers.index.isin(shown), answers.index)
    ranked = answers.assign(_rank=-seniority(answers["role"]) if shown is None else 0)
    last = ranked.sort_values(["_rank", "account", "respondent"]).index
    segments = _told_apart(survey, answers)
    if shown is not None:  # the people under a mean are of several levels
        segments = segments.drop(columns="level")
    off = groups.withheld(on_pages[last], ~in_the_open[last], segments.loc[last], minimum)
    return off.index[off]


def _told_apart(survey: Survey, answers: pd.DataFrame) -> pd.DataFrame:
    """By what reports tell scores of a wave apart: level, and who was heard in another wave."""
    level = dict.fromkeys(UPPER, "upper") | dict.fromkeys(LOWER, "lower")
    segments = pd.DataFrame({"level": answers["role"].map(level).astype(object)})
    keys = ["account", "contact"]
    people = pd.MultiIndex.from_frame(answers[keys].astype(object))
    for wave, others in survey.answers.groupby("wave"):
        if wave not in set(answers["wave"]):
            known = others[others["contact"].notna()]
            segments[wave] = people.isin(pd.MultiIndex.from_frame(known[keys].astype(object)))
    return segments


def _before(open_: pd.DataFrame, now: pd.DataFrame, params: Params) -> pd.Series:
    """The same person's answer with a rating in the wave before, where asked by the same method."""
    rated = open_[open_["nps"].notna()]
    earlier = scales.previous(rated, params.history)
    blank = pd.Series(np.nan, index=now.index, dtype=object)
    if earlier is None:
        return blank
    keys = ["account", "contact"]
    old = rated[(rated["wave"] == earlier.id) & rated["contact"].notna()]
    old = old[~old.duplicated(keys, keep=False)]
    places = pd.Series(old.index, pd.MultiIndex.from_frame(old[keys]), dtype=object)
    wanted = pd.MultiIndex.from_frame(now[keys])
    return pd.Series(places.reindex(wanted).to_numpy(), index=now.index) if len(old) else blank


def _means(answers: pd.DataFrame, values: pd.DataFrame, minimum: int) -> Means:
    """The scores under each mean of an account that holds enough answers to be printed.

    Examples
    --------
    Four open answers and two in confidence: the two stay out, and four are too few for a mean.
    """
    found = {}
    for account, here in answers.groupby("account"):
        in_confidence = ~groups.in_the_open(here)
        base = here[~in_confidence] if 0 < in_confidence.sum() < minimum else here
        for name in values if len(base) >= minimum else ():
            mine = values[name].reindex(base.index).dropna()
            # Whoever left the scale blank must not turn many confidences into a few.
            confided = in_confidence[mine.index].sum()
            if len(mine) >= minimum and not 0 < confided < minimum:
                found[str(account), name] = mine
    return found


def _scores(account: str, values: pd.DataFrame, means: Means, hidden: set[Mean]) -> pd.DataFrame:
    """Means of the account beside those of all customers."""
    rows = []
    for name in values:
        if (account, name) not in means or (account, name) in hidden:
            continue
        mine, all_ = means[account, name], values[name].dropna()
        alone = pd.DataFrame({"account": None, "contact": None}, index=mine.index)
        found = inference.mean(mine, alone).iloc[0]
        rows.append(
            {
                "term": name,
                "label": scales.label(name),
                **found[["estimate", "ci_low", "ci_high", "n"]].to_dict(),
                "everybody": all_.mean(),
                "n_everybody": len(all_),
            }
        )
    return pd.DataFrame(rows, columns=list(SCORES))


def _actions(survey: Survey, params: Params) -> pd.DataFrame:
    """Actions up to the day of the report, with what was done."""
    plans = loop.plans(survey, params.history)
    did = survey.actions.drop_duplicates("action").set_index("action")["did"]
    done = plans["status"] == "done"
    said = plans["action"].map(did).astype(object)
    return plans.assign(did=said.where(done & said.notna(), ""))


def _flags(people: pd.DataFrame, answered: int, asked: int, plans: pd.DataFrame) -> tuple[str, ...]:
    """Why the account wants attention; from open answers and from what was promised only."""
    deciding = people[people["role"] == "decision_maker"]
    flags = []
    if (deciding["rating"] < nps.PASSIVE).any():
        flags.append(tr("A decision maker is a detractor"))
    if deciding["segment"].isin(["Opponent", "Stalker"]).any():
        flags.append(tr("A decision maker wants out of the relationship"))
    if asked and not answered:
        flags.append(tr("Nobody of {n} asked has answered", n=asked))
    late = int(plans["overdue"].sum())
    if late:
        flags.append(
            tr(
                "1 open action past the date" if late == 1 else "{n} open actions past the date",
                n=late,
            )
        )
    fell = (people["before"] - people["rating"] >= 2).sum()
    if fell:
        flags.append(
            tr(
                "1 rating fell by two points or more"
                if fell == 1
                else "{n} ratings fell by two points or more",
                n=fell,
            )
        )
    return tuple(flags)


def _fact(facts: pd.Series, name: str) -> str:
    value = facts.get(name)
    return str(value) if isinstance(value, str) and value else ""
