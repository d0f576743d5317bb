"""Kestrel: a made-up client whose truths are not straight lines.

The other clients are drawn from one linear model; this one carries what the analyses of change,
asymmetry, necessity, renewal and trust ought to find again. Who answers in the last wave is chosen:
the unhappy leave and happier accounts join, so that the score rises while nobody changes his mind.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.survey.demo import answers as draw
from analysis.survey.demo import exported, kestrel_truth, people, planted, programme, remarks, trust
from analysis.survey.demo.clients import Spec, WavePlan
from analysis.survey.demo.exported import Demo
from analysis.survey.demo.statements import TRUST_ELEMENTS

SPEC = Spec(
    id="kestrel",
    name="Kestrel Energy Services",
    sector="Facility services",
    business="facilities",
    waves=(
        WavePlan("2024", "Spring 2024", "2024-03-22", "2024-04-26", (80, 88, 92), 5.05),
        WavePlan("2025", "Spring 2025", "2025-03-21", "2025-04-25", (90, 92, 88), 5.1),
        WavePlan("2026", "Spring 2026", "2026-03-20", "2026-04-24", (136, 94, 70), 5.2),
    ),
    accounts=116,
    contacts=640,
    asked=440,
    seed=40,  # one in which every truth comes back; tests/slow tells how often each does
    largest_driver=planted.BOTH,
    drivers={},
    languages={"en": 0.8, "nl": 0.2},
    constructs=("communication", *TRUST_ELEMENTS),
    silent=0.04,
    spread=0.7,
    staff=("Owen Blake", "Femke Kuipers", "Ruth Adeyemi", "Daniel Frost"),
    stage=3,
    plans=48,
    focus=0.6,
    finished=0.85,
    lift=1.25,
)

#: Accounts that buy from the first wave on, and that join before the second and the third.
_JOIN = (92, 10, 14)
_LOST = 0.15  # share of the accounts that ends the contract after a wave
_OTHERWISE = 0.2  # what else than commitment decides that, in standard deviations
_MOOD = 0.7  # how much better the last newcomers see the three drivers
_LEAVE = 0.3  # share of the people of the second wave who leave before the third
_STAYERS = (1, -1)  # more promoters, and more detractors, among those who answer both times

#: Growth of revenue at accounts that stay: at an ordinary one, for each standard deviation of its
#: commitment, and by chance.
_GROWTH, _GROWS_WITH, _GROWS_ANYHOW = 0.02, 0.06, 0.06

#: Latent scores are that much wider than the spread of the items, so that scales are reliable.
_WIDER = 1.6

#: What decision makers call poor and users do not (points).
MISPERCEIVED = "customer_care"
_BY_ROLE = {"decision_maker": -1.2, "influencer": -0.2, "operational": 0.4, "end_user": 0.4}
#: A question that is low in every wave, and one that is low in the second only (points).
PERSISTENT, ONE_OFF = "communication_3", "experience_1"
_PERSISTENT, _ONE_OFF = -1.3, -1.3

PROPOSALS = [
    {
        "name": "Standby engineers in every region",
        "lifts": {"responsiveness": 0.6},
        "tiers": ["A", "B"],
        "cost": 90_000,
    },
    {
        "name": "Yearly energy plan with each customer",
        "lifts": {"solution": 0.5, "communication": 0.3},
        "cost": 60_000,
    },
]


@dataclass(frozen=True)
class _Base:
    """Who buys and who is known, over all waves."""

    accounts: pd.DataFrame  # as exported, with `joins`, the place of the first wave
    contacts: pd.DataFrame  # as `people.contacts`
    scores: list[pd.DataFrame]  # per wave, rows as contacts
    lost: dict[str, list[str]]  # wave -> accounts that ended the contract after it
    customers: dict[str, pd.Index]  # wave -> rows of the accounts that bought then


def make(seed: int) -> Demo:
    """Make the client; see `demo.make`."""
    rng = np.random.default_rng(seed)
    base = _base(rng)
    quiet = people.silent(SPEC, base.accounts, rng)
    actions, mended = programme.actions(SPEC, base.accounts, rng, base.customers)
    asked: dict[str, pd.DataFrame] = {}
    came: dict[str, pd.DataFrame] = {}
    contacts = base.contacts
    for n, wave in enumerate(SPEC.waves):
        if n == len(SPEC.waves) - 1:
            contacts = _left(contacts, came[SPEC.waves[n - 1].id].index, base.scores, rng)
        asked[wave.id] = people.asked(SPEC, contacts, n, rng)
        came[wave.id] = people.respondents(SPEC, asked[wave.id], quiet[n], sum(wave.counts), rng)
    answers, themes, lifts = _answers(base, came, mended, rng)
    careless = exported.straight_lines(answers, SPEC, rng)
    tables = {
        "answers": exported.as_exported(answers),
        "codebook": exported.codebook(SPEC),
        "accounts": base.accounts.drop(columns="joins"),
        "contacts": contacts[["contact", "account", "role", "seniority"]],
        "invitations": people.invitations(SPEC, asked, came, rng),
        "touchpoints": programme.touchpoints(SPEC, rng),
        "practices": programme.practices(SPEC, base.accounts, rng),
        "actions": actions,
    }
    own, seen = trust.assessments(SPEC, tables["answers"], rng)
    tables["assessments"] = pd.concat([programme.assessments(SPEC, rng), own], ignore_index=True)
    tables["outcomes"] = _outcomes(base, rng)
    tables["accounts"] = _now(tables["accounts"], tables["outcomes"])
    silent = _silent(asked, came)
    truth = exported.truth(SPEC, silent, themes, careless)
    truth["silent_share"] = len(silent[SPEC.waves[-1].id]) / len(base.customers[SPEC.waves[-1].id])
    truth |= exported.action_effect(SPEC, tables["answers"], mended)
    truth["action_effect"]["points"] = lifts
    truth |= kestrel_truth.all_of(SPEC, tables, base.lost) | {"trust": trust.TRUTH | seen}
    truth["misperception"] = {"construct": MISPERCEIVED, "by_role": _BY_ROLE}
    truth["low"] = {"persistent": PERSISTENT, "one_off": ONE_OFF}
    return Demo(tables, _params(), truth)


def _base(rng: np.random.Generator) -> _Base:
    """Accounts that join and end their contracts, their contacts, and everybody's scores."""
    accounts = people.accounts(SPEC, rng)
    # The supplier's own name would be a strange one for a customer.
    accounts["name"] = accounts["name"].str.replace("Kestrel", "Falcon")
    joins = np.repeat(np.arange(len(_JOIN)), _JOIN)[rng.permutation(len(accounts))]
    accounts["joins"] = joins
    newer = {n: f"{int(wave.id) - 1}-07-01" for n, wave in enumerate(SPEC.waves) if n}
    accounts["since"] = accounts["joins"].map(newer).fillna(accounts["since"])
    accounts["dormant"] = accounts["dormant"].mask(joins > 0, "no")
    contacts = people.contacts(SPEC, accounts, rng)
    joined = contacts["account"].map(accounts.set_index("account")["joins"])
    contacts["there_from"] = np.maximum(contacts["there_from"], joined)
    # Who came with a new account is still there.
    contacts["there_to"] = contacts["there_to"].mask(joined > 0, len(SPEC.waves) - 1)
    moods = pd.Series(np.where(joined == len(SPEC.waves) - 1, _MOOD, 0.0), contacts.index)
    scores = planted.latents(contacts, moods, len(SPEC.waves), rng)
    lost: dict[str, list[str]] = {}
    customers = {}
    gone: set[str] = set()
    for n, wave in enumerate(SPEC.waves):
        buys = (accounts["joins"] <= n) & ~accounts["account"].isin(gone)
        customers[wave.id] = accounts.index[buys]
        if n == len(SPEC.waves) - 1:
            break
        here = contacts["account"].isin(accounts.loc[buys, "account"])
        here &= (contacts["there_from"] <= n) & (n <= contacts["there_to"])
        who = contacts[here]
        lost[wave.id] = planted.lost(
            who["account"],
            scores[n].loc[who.index, "commitment"],
            round(_LOST * buys.sum()),
            _OTHERWISE,
            rng,
        )
        gone |= set(lost[wave.id])
        over = contacts["account"].isin(lost[wave.id])
        contacts["there_to"] = contacts["there_to"].mask(over, np.minimum(contacts["there_to"], n))
    known = contacts["there_from"] <= contacts["there_to"]
    return _Base(accounts, contacts[known], scores, lost, customers)


def _left(
    contacts: pd.DataFrame, came: pd.Index, scores: list[pd.DataFrame], rng: np.random.Generator
) -> pd.DataFrame:
    """The contacts, when some of those who came to the last wave but one have left since."""
    last = len(SPEC.waves) - 1
    stays = came.intersection(contacts.index[contacts["there_to"] == last])
    stays = stays.intersection(contacts.index[contacts["account"].duplicated()])
    before, now = (s.loc[stays] for s in scores[-2:])
    leave = planted.leaving(before, now, _LEAVE, rng)
    there_to = contacts["there_to"].mask(contacts.index.isin(leave), last - 1)
    return contacts.assign(there_to=there_to)


def _answers(
    base: _Base,
    came: dict[str, pd.DataFrame],
    mended: dict[str, list[str]],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, list[dict[str, str]], dict[str, float]]:
    """Everybody's answers, what each comment is about, and what actions did to the answers."""
    owners = dict(zip(base.accounts["account"], base.accounts["owner"], strict=True))
    writer = remarks.Writer(SPEC.business, SPEC.staff, rng)
    waves: list[pd.DataFrame] = []
    themes = []
    lifts = {}
    lifted: set[str] = set()
    new: set[str] = set()
    for n, (wave, latent) in enumerate(zip(SPEC.waves, base.scores, strict=True)):
        who = came[wave.id]
        as_if = latent.loc[who.index]  # nothing had been done
        now = as_if.copy()
        now[planted.BOTH] += SPEC.lift * who["account"].isin(lifted)
        frame = exported.person(wave.id, who, exported.modes(len(who), rng), rng)
        frame["nps"] = _ratings(frame, now, wave, waves[n - 1] if n == 2 else None, rng)
        constructs = [c for c in draw.asked(SPEC) if n == 2 or c not in TRUST_ELEMENTS]
        low = ONE_OFF if n == 1 else None
        told_as_if = _given(who, as_if, wave, constructs, low, deepcopy(rng))
        given = _given(who, now, wave, constructs, low, rng)
        if n:
            rose = _responsiveness(given) - _responsiveness(told_as_if)
            lifts[SPEC.waves[n - 1].id] = round(float(rose[who["account"].isin(new)].mean()), 4)
        new = set(mended.get(wave.id, [])) - lifted
        lifted |= new
        texts, told = remarks.write(frame, owners, writer, rng)
        waves.append(pd.concat([frame, given, texts], axis=1))
        themes += told
    together = pd.concat(waves)
    ends = ["comment_reason", "comment_improve"]
    order = [column for column in waves[-1].columns if column not in ends] + ends
    return together[order].reset_index(drop=True), themes, lifts


def _responsiveness(given: pd.DataFrame) -> pd.Series:
    """Mean answer of each person, in points on 1 to 7."""
    return given.filter(like=f"{planted.BOTH}_").astype(float).mean(axis=1)


def _ratings(
    frame: pd.DataFrame,
    now: pd.DataFrame,
    wave: WavePlan,
    before: pd.DataFrame | None,
    rng: np.random.Generator,
) -> pd.Series:
    """Recommendations of one wave; those who answered `before` too, by name, hardly change."""
    if before is None:
        return planted.ratings(now, wave.counts, rng)
    named = [f[f["confidentiality"] != "anonymous"] for f in (before, frame)]
    stayers = named[0].index.intersection(named[1].index)
    then = before.loc[stayers, "nps"]
    more, fewer = _STAYERS
    promoters, detractors = int((then >= 9).sum()) + more, int((then <= 6).sum()) + fewer
    same = (promoters, len(stayers) - promoters - detractors, detractors)
    rest = (wave.counts[0] - same[0], wave.counts[1] - same[1], wave.counts[2] - same[2])
    others = now.index.difference(stayers)
    parts = [
        planted.ratings(now.loc[stayers], same, rng),
        planted.ratings(now.loc[others], rest, rng),
    ]
    return pd.concat(parts).reindex(now.index)


def _given(
    who: pd.DataFrame,
    now: pd.DataFrame,
    wave: WavePlan,
    constructs: list[str],
    low: str | None,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Answers to the statements of one wave."""
    by_role = who["role"].map(_BY_ROLE).to_numpy(float)
    shifts = {f"{MISPERCEIVED}_{k}": by_role for k in (1, 2)} | {PERSISTENT: _PERSISTENT}
    shifts |= {low: _ONE_OFF} if low else {}
    for name in TRUST_ELEMENTS:
        shifts |= {f"{name}_{k}": trust.CUSTOMERS[name.removeprefix("trust_")] for k in (1, 2)}
    drawn = draw.items(_WIDER * now[constructs], constructs, wave.level, SPEC.spread, rng, shifts)
    return draw.blank(drawn, rng)


def _silent(asked: dict[str, pd.DataFrame], came: dict[str, pd.DataFrame]) -> dict[str, list[str]]:
    """Accounts that were asked and did not answer, of each wave."""
    return {w: sorted(set(asked[w]["account"]) - set(came[w]["account"])) for w in asked}


def _outcomes(base: _Base, rng: np.random.Generator) -> pd.DataFrame:
    """What became of each account after each wave but the last, of which nobody knows yet."""
    revenue = base.accounts.set_index("account")["revenue"].astype(float)
    rows = []
    for n, (wave, lost) in enumerate(base.lost.items()):
        names = base.accounts.loc[base.customers[wave], "account"]
        who = base.contacts["account"]
        means = base.scores[n].loc[who.index, "commitment"].groupby(who).mean().reindex(names)
        growth = _GROWTH + _GROWS_WITH * (means - means.mean()) / means.std()
        growth = growth + _GROWS_ANYHOW * rng.standard_normal(len(names))
        kept = ~growth.index.isin(lost)
        after = (revenue[names] * (1 + growth)).where(kept, 0.0).round(-2)
        frame = pd.DataFrame({"wave": wave, "account": names.to_numpy()})
        frame["renewed"] = np.where(kept, "yes", "no")
        frame["revenue_before"] = revenue[names].to_numpy().astype(int)
        frame["revenue_after"] = after.to_numpy().astype(int)
        rows.append(frame)
        revenue.update(after[kept])
    return pd.concat(rows, ignore_index=True)


def _now(accounts: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """The accounts as they stand after the last wave: revenue of today, and who buys no more."""
    kept = outcomes[outcomes["renewed"] == "yes"].drop_duplicates("account", keep="last")
    today = accounts["account"].map(kept.set_index("account")["revenue_after"])
    over = accounts["account"].isin(outcomes.loc[outcomes["renewed"] == "no", "account"])
    return accounts.assign(
        revenue=today.fillna(accounts["revenue"]).astype(int),
        dormant=accounts["dormant"].mask(over, "yes"),
    )


def _params() -> dict[str, Any]:
    return exported.params(SPEC) | {
        "scorecard": {"nps_target": 35, "nps_target_wave": "2028"},
        "drivers": {"proposals": PROPOSALS},
    }
