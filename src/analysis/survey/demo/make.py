"""Put a made-up client together and write its files."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import ParamsError
from analysis.survey.demo import answers as draw
from analysis.survey.demo import people, programme, remarks
from analysis.survey.demo.clients import SPECS, Spec
from analysis.survey.demo.statements import IMPROVE, REASON, RECOMMEND, STATEMENTS
from analysis.survey.tables import MODES

CLIENTS = tuple(SPECS)

#: Lift of responsiveness, in standard deviations, where an action on it was done (meridian).
ACTION_EFFECT = 0.6
_CARELESS = 2  # people of the last wave who give one answer to everything
_MODE_SHARES = (0.65, 0.28, 0.07)


@dataclass(frozen=True)
class Demo:
    """One made-up client."""

    tables: dict[str, pd.DataFrame]  # as written to data/<client>/<table>.csv
    params: dict[str, Any]  # as written in params/<client>.yml
    truth: dict[str, Any]


def make(client: str, seed: int | None = None) -> Demo:
    """Make one client.

    Parameters
    ----------
    client : one of `CLIENTS`.
    seed : None for the client's own, which always gives the same bytes.

    Raises
    ------
    ParamsError: there is no such demo client.
    """
    if client not in SPECS:
        raise ParamsError(f"There is no demo client {client!r}; there are {', '.join(CLIENTS)}.")
    spec = SPECS[client]
    rng = np.random.default_rng(spec.seed if seed is None else seed)
    accounts = people.accounts(spec, rng)
    contacts = people.contacts(spec, accounts, rng)
    quiet = people.silent(spec, accounts, rng)
    actions, acted = programme.actions(spec, accounts, rng) if spec.actions else (None, [])
    came = {
        wave.id: people.respondents(spec, contacts, quiet, sum(wave.counts), rng)
        for wave in spec.waves
    }
    answers, themes, careless = _answers(spec, contacts, came, acted, rng)
    tables = {
        "answers": answers,
        "codebook": _codebook(spec),
        "accounts": accounts,
        "contacts": contacts[["contact", "account", "role", "seniority"]],
        "invitations": people.invitations(spec, contacts, came, rng),
        "touchpoints": programme.touchpoints(spec, rng),
        "practices": programme.practices(spec, accounts, rng),
    }
    if actions is not None:
        tables["actions"] = actions
    if spec.stage:
        tables["assessments"] = programme.assessments(spec, rng)
    truth = _truth(spec, quiet, acted, themes, careless)
    return Demo(tables, _params(spec), truth)


def write(root: Path, clients: Iterable[str] | None = None) -> list[str]:
    """Write demo clients into `root`/data; files that are the same already are left alone.

    Returns
    -------
    Ids of the clients written.
    """
    written = []
    for client in clients or CLIENTS:
        made = make(client)
        folder = root / "data" / client
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in made.tables.items():
            _keep(folder / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
        truth = json.dumps(made.truth, indent=1, sort_keys=True, ensure_ascii=False)
        _keep(folder / "truth.json", truth + "\n")
        written.append(client)
    return written


def _keep(file: Path, text: str) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def _answers(
    spec: Spec,
    contacts: pd.DataFrame,
    came: dict[str, pd.DataFrame],
    acted: list[str],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, list[dict[str, str]], list[str]]:
    """The answers file, the planted theme of each comment, and the careless respondents."""
    scores = draw.latents(contacts, len(spec.waves), spec.drivers, rng)
    languages = rng.choice(list(spec.languages), len(contacts), p=list(spec.languages.values()))
    contacts = contacts.assign(language=languages)
    waves, themes = [], []
    for n, (wave, latent) in enumerate(zip(spec.waves, scores, strict=True)):
        who = contacts.loc[came[wave.id].index]
        now = latent.loc[who.index].copy()
        if n > 0:
            lift = ACTION_EFFECT * who["account"].isin(acted)
            now["responsiveness"] += lift
            now["advocacy"] += lift * spec.drivers.get("responsiveness", 0.0)
        given = draw.items(now, draw.asked(spec), wave.level, spec.spread, rng)
        given = draw.blank(given, rng)
        frame = pd.DataFrame(
            {
                "respondent_id": [f"{wave.id}-{c}" for c in who["contact"]],
                "wave": wave.id,
                "account_id": who["account"],
                "contact_id": who["contact"],
                "name": who["name"],
                "email": who["email"],
                "role": who["role"],
                "language": who["language"],
                "confidentiality": rng.choice(MODES, len(who), p=_MODE_SHARES),
                "nps": draw.ratings(now["advocacy"], wave.counts, rng),
            }
        )
        texts, planted = remarks.write(frame, spec.business, spec.staff, rng)
        waves.append(pd.concat([frame, given, texts], axis=1))
        themes += planted
    answers = pd.concat(waves, ignore_index=True)
    careless = _straight_lines(answers, spec, rng)
    return _unlinked(answers, rng), themes, careless


def _straight_lines(answers: pd.DataFrame, spec: Spec, rng: np.random.Generator) -> list[str]:
    """Give a few people of the last wave one answer to everything."""
    last = answers.index[answers["wave"] == spec.waves[-1].id]
    chosen = sorted(rng.choice(last, _CARELESS if len(last) > 100 else 0, replace=False))
    columns = [c for c in answers.columns if c.rsplit("_", 1)[0] in STATEMENTS]
    answers.loc[chosen, columns] = 4.0
    return list(answers.loc[chosen, "respondent_id"])


def _unlinked(answers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Anonymous answers carry no account, contact or name, and an id that leads nowhere."""
    answers = answers.astype({"nps": int})
    hidden = answers["confidentiality"] == "anonymous"
    order = rng.permutation(int(hidden.sum()))
    answers.loc[hidden, ["account_id", "contact_id", "name", "email"]] = ""
    answers.loc[hidden, "respondent_id"] = [f"anonymous-{k:04d}" for k in order]
    items = [c for c in answers.columns if c.rsplit("_", 1)[0] in STATEMENTS]
    answers[items] = answers[items].astype("Int64")
    return answers.sort_values(["wave", "respondent_id"], ignore_index=True)


def _codebook(spec: Spec) -> pd.DataFrame:
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


def _params(spec: Spec) -> dict[str, Any]:
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


def _truth(
    spec: Spec,
    quiet: list[str],
    acted: list[str],
    themes: list[dict[str, str]],
    careless: list[str],
) -> dict[str, Any]:
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
    return {
        "nps": nps,
        "paths": {f"{cause}->{effect}": b for (cause, effect), b in spec.paths.items()},
        "largest_driver": spec.largest_driver,
        "drivers": spec.drivers,
        "silent_accounts": quiet,
        "silent_share": len(quiet) / spec.accounts,
        "acted_on_response": acted,
        "action_effect": ACTION_EFFECT if acted else 0.0,
        "dominant_themes": dominant,
        "themes": themes,
        "careless": careless,
    }
