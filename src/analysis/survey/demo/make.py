"""Put a made-up client together and write its files."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import ParamsError
from analysis.survey.demo import answers as draw
from analysis.survey.demo import exported, kestrel, people, programme, remarks
from analysis.survey.demo.clients import SPECS, Spec
from analysis.survey.demo.exported import Demo

CLIENTS = (*SPECS, kestrel.SPEC.id)


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
    if client not in CLIENTS:
        raise ParamsError(f"There is no demo client {client!r}; there are {', '.join(CLIENTS)}.")
    if client == kestrel.SPEC.id:
        return kestrel.make(kestrel.SPEC.seed if seed is None else seed)
    spec = SPECS[client]
    rng = np.random.default_rng(spec.seed if seed is None else seed)
    accounts = people.accounts(spec, rng)
    contacts = people.contacts(spec, accounts, rng)
    quiet = people.silent(spec, accounts, rng)
    actions, mended = programme.actions(spec, accounts, rng) if spec.plans else (None, {})
    asked, came = {}, {}
    for n, wave in enumerate(spec.waves):
        asked[wave.id] = people.asked(spec, contacts, n, rng)
        came[wave.id] = people.respondents(spec, asked[wave.id], quiet[n], sum(wave.counts), rng)
    answers, themes = _answers(spec, accounts, contacts, came, mended, rng)
    careless = exported.straight_lines(answers, spec, rng)
    tables = {
        "answers": exported.as_exported(answers),
        "codebook": exported.codebook(spec),
        "accounts": accounts,
        "contacts": contacts[["contact", "account", "role", "seniority"]],
        "invitations": people.invitations(spec, asked, came, rng),
        "touchpoints": programme.touchpoints(spec, rng),
        "practices": programme.practices(spec, accounts, rng),
    }
    if actions is not None:
        tables["actions"] = actions
    if spec.stage:
        tables["assessments"] = programme.assessments(spec, rng)
    silent = dict(zip((wave.id for wave in spec.waves), quiet, strict=True))
    truth = exported.truth(spec, silent, themes, careless) | {
        "paths": {f"{cause}->{effect}": b for (cause, effect), b in spec.paths.items()},
        "drivers": spec.drivers,
    }
    truth |= exported.action_effect(spec, tables["answers"], mended)
    return Demo(tables, exported.params(spec), truth)


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
    accounts: pd.DataFrame,
    contacts: pd.DataFrame,
    came: dict[str, pd.DataFrame],
    mended: dict[str, list[str]],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Everybody's answers, with the contact of each, and what each comment is about."""
    scores = draw.latents(spec, contacts, rng)
    owners = dict(zip(accounts["account"], accounts["owner"], strict=True))
    writer = remarks.Writer(spec.business, spec.staff, rng)
    waves, themes = [], []
    lifted: set[str] = set()
    for wave, latent in zip(spec.waves, scores, strict=True):
        who = came[wave.id]
        now = latent.loc[who.index].copy()
        lift = spec.lift * who["account"].isin(lifted)
        now["responsiveness"] += lift
        now["advocacy"] += lift * spec.drivers.get("responsiveness", 0.0)
        lifted |= set(mended.get(wave.id, []))
        given = draw.items(now, draw.asked(spec), wave.level, spec.spread, rng)
        given = draw.blank(given, rng)
        frame = exported.person(wave.id, who, exported.modes(len(who), rng), rng)
        frame["nps"] = draw.ratings(now["advocacy"], wave.counts, rng).astype(int)
        texts, planted = remarks.write(frame, owners, writer, rng)
        waves.append(pd.concat([frame, given, texts], axis=1))
        themes += planted
    answers = pd.concat(waves, ignore_index=True)
    remarks.warn(answers, themes, dict(zip(accounts["account"], accounts["tier"], strict=True)))
    return answers, themes
