"""What every made-up client is exported as: answers, codebook, parameters and truths."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.survey.demo import answers as draw
from analysis.survey.demo import remarks
from analysis.survey.demo.clients import Spec
from analysis.survey.demo.statements import IMPROVE, REASON, RECOMMEND, STATEMENTS
from analysis.survey.tables import MODES

#: People of the last wave who give one answer to everything, in surveys that are large enough.
_CARELESS = 3
_LARGE = 50  # answers
_MODE_SHARES = (0.65, 0.28, 0.07)


@dataclass(frozen=True)
class Demo:
    """One made-up client."""

    tables: dict[str, pd.DataFrame]  # as written to data/<client>/<table>.csv
    params: dict[str, Any]  # as written in params/<client>.yml
    truth: dict[str, Any]


def modes(n: int, rng: np.random.Generator) -> np.ndarray:
    """Confidentiality choices of so many people."""
    return rng.choice(MODES, n, p=_MODE_SHARES)


def person(
    wave: str, who: pd.DataFrame, modes: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Who answered in a wave, as the file of answers begins; `who` are rows of the contacts."""
    return pd.DataFrame(
        {
            "respondent_id": _ids(wave, who["contact"], modes, rng),
            "wave": wave,
            "account_id": who["account"],
            "contact_id": who["contact"],
            "name": who["name"],
            "email": who["email"],
            "role": who["role"],
            "language": who["language"],
            "confidentiality": modes,
        }
    )


def _ids(wave: str, contacts: pd.Series, modes: np.ndarray, rng: np.random.Generator) -> list[str]:
    """Ids of respondents: the contact in the wave, or, where anonymous, one that leads nowhere."""
    numbers = rng.permutation(len(contacts))
    return [
        f"{wave}-X{number:04d}" if mode == "anonymous" else f"{wave}-{contact}"
        for contact, mode, number in zip(contacts, modes, numbers, strict=True)
    ]


def straight_lines(answers: pd.DataFrame, spec: Spec, rng: np.random.Generator) -> list[str]:
    """Give a few people of the last wave one answer to everything."""
    last = answers.index[answers["wave"] == spec.waves[-1].id]
    chosen = sorted(rng.choice(last, _CARELESS if len(last) > _LARGE else 0, replace=False))
    answers.loc[chosen, _items(answers)] = 4.0
    return list(answers.loc[chosen, "respondent_id"])


def as_exported(answers: pd.DataFrame) -> pd.DataFrame:
    """The answers file: anonymous answers carry no account, contact, name or address."""
    answers = answers.copy()
    hidden = answers["confidentiality"] == "anonymous"
    answers.loc[hidden, ["account_id", "contact_id", "name", "email"]] = ""
    items = _items(answers)
    answers[items] = answers[items].astype("Int64")
    return answers.sort_values(["wave", "respondent_id"], ignore_index=True)


def _items(answers: pd.DataFrame) -> list[str]:
    return [column for column in answers.columns if column.rsplit("_", 1)[0] in STATEMENTS]


def codebook(spec: Spec) -> pd.DataFrame:
    """What each column of the answers means."""

    def row(column: str, role: str, label: str = "", **more: Any) -> dict[str, Any]:
        return {"column": column, "label": label.format(name=spec.name), "role": role, **more}

    rows = [
        row("respondent_id", "respondent", "Respondent"),
        row("wave", "wave", "Wave"),
        row("account_id", "account", "Account"),
        row("contact_id", "contact", "Contact"),
        row("name", "drop", "Name"),
        row("email", "drop", "E-mail"),
        row("role", "contact_role", "Role at the account"),
        row("language", "language", "Language of the answers"),
        row("confidentiality", "mode", "Confidentiality choice"),
        row("nps", "nps", RECOMMEND),
    ]
    for construct in draw.asked(spec):
        for k, statement in enumerate(STATEMENTS[construct], start=1):
            scale = {"construct": construct, "scale_min": 1, "scale_max": 7}
            reverse = "yes" if statement.endswith("(R)") else ""
            label = statement.removesuffix(" (R)")
            rows.append(row(f"{construct}_{k}", "item", label, reverse=reverse, **scale))
    rows.append(row("comment_reason", "comment", REASON))
    rows.append(row("comment_improve", "comment", IMPROVE))
    columns = [
        "column",
        "label",
        "construct",
        "scale_min",
        "scale_max",
        "reverse",
        "missing",
        "role",
    ]
    frame = pd.DataFrame(rows).reindex(columns=columns)
    return frame.astype({"scale_min": "Int64", "scale_max": "Int64"})


def params(spec: Spec) -> dict[str, Any]:
    """What stands in the client's file of parameters."""
    params: dict[str, Any] = {
        "name": spec.name,
        "sector": spec.sector,
        "waves": [
            {"id": w.id, "label": w.label, "closed": w.closed, "reported": w.reported}
            for w in spec.waves
        ],
        "comments": {"languages": list(spec.languages), "staff": list(spec.staff)},
    }
    if spec.id == "meridian":
        params["scorecard"] = {"nps_target": 40}
    return params


def truth(
    spec: Spec,
    silent: dict[str, list[str]],
    themes: list[dict[str, str]],
    careless: list[str],
) -> dict[str, Any]:
    """What holds for every made-up client: scores, silence, themes, careless people."""
    nps = {}
    for wave in spec.waves:
        promoters, passives, detractors = wave.counts
        n = promoters + passives + detractors
        nps[wave.id] = {
            "promoters": promoters,
            "passives": passives,
            "detractors": detractors,
            "n": n,
            "nps": 100 * (promoters - detractors) / n,
        }
    dominant = {group: max(shares, key=shares.get) for group, shares in remarks.THEMES.items()}
    last = silent[spec.waves[-1].id]
    return {
        "nps": nps,
        "largest_driver": spec.largest_driver,
        "silent_accounts": last,
        "silent_share": len(last) / spec.accounts,
        "silent": silent,
        "dominant_themes": dominant,
        "themes": themes,
        "warning": [row["respondent"] for row in themes if row["theme"] == "warning"],
        "staff": list(spec.staff),
        "careless": careless,
    }


def action_effect(
    spec: Spec, answers: pd.DataFrame, mended: dict[str, list[str]]
) -> dict[str, Any]:
    """What actions on response times did: planted, and as it came out in the answers.

    `came_out` holds for each wave with a next one the rise of mean responsiveness to the next wave
    at accounts mended in between, less the rise at accounts never mended until then (points on
    1-7), and the same for the mean recommendation (points on 0-10).
    """
    if not spec.lift:
        return {}
    statements = [column for column in answers if column.startswith("responsiveness_")]
    scores = answers[["wave", "account_id", "nps"]].assign(
        responsiveness=answers[statements].astype(float).mean(axis=1)
    )
    scores = scores[scores["account_id"] != ""]
    came_out = {}
    earlier: set[str] = set()
    for wave, following in pairwise(wave.id for wave in spec.waves):
        now = set(mended[wave]) - earlier
        mine = scores["account_id"].isin(now)
        others = ~scores["account_id"].isin(now | earlier)
        earlier |= now
        rises = [
            scores[those & (scores["wave"] == following)][["responsiveness", "nps"]].mean()
            - scores[those & (scores["wave"] == wave)][["responsiveness", "nps"]].mean()
            for those in (mine, others)
        ]
        came_out[wave] = {name: round(float(d), 4) for name, d in (rises[0] - rises[1]).items()}
    return {
        "action_effect": {
            "construct": "responsiveness",
            "lift": spec.lift,  # standard deviations of the construct
            "mended": mended,
            "came_out": came_out,
        }
    }
