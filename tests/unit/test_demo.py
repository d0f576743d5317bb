import json
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis import params, survey
from analysis.errors import ParamsError
from analysis.params import CLIENT_ID, WAVE_ID
from analysis.survey import demo
from analysis.survey.demo import answers as draw
from analysis.survey.demo import clients, remarks
from analysis.survey.demo.statements import CRQ
from analysis.survey.tables import MODES, ROLES, TABLES

PROJECT = Path(__file__).parents[2]
MAIN = (
    "partnership",
    "people",
    "delivery",
    "contract",
    "price",
    "problems",
    "promises",
    "communication",
)
SMALL = ("response", "invoicing", "innovation", "portal", "turnover")


@pytest.fixture(scope="module")
def made() -> dict[str, demo.Demo]:
    return {client: demo.make(client) for client in demo.CLIENTS}


@pytest.fixture(scope="module")
def project(made, tmp_path_factory) -> Path:
    """A project that holds the demo clients as `rapport demo` writes them."""
    root = tmp_path_factory.mktemp("project")
    demo.write(root)
    (root / "params").mkdir()
    for name in ("_defaults", *demo.CLIENTS):
        text = (PROJECT / "params" / f"{name}.yml").read_text(encoding="utf-8")
        (root / "params" / f"{name}.yml").write_text(text, encoding="utf-8")
    return root


def load(project: Path, client: str) -> tuple[params.Params, survey.Survey]:
    p = params.load(client, params_dir=project / "params")
    return p, survey.load(p)


def items(one: demo.Demo, construct: str) -> list[str]:
    book = one.tables["codebook"]
    return list(book.loc[book["construct"] == construct, "column"])


# --- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("client", demo.CLIENTS)
def test_committed_parameters_are_those_of_the_demo_and_load(made, client):
    text = (PROJECT / "params" / f"{client}.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(text) == made[client].params
    p = params.load(client, params_dir=PROJECT / "params")
    assert CLIENT_ID.fullmatch(client)
    assert all(WAVE_ID.fullmatch(wave.id) for wave in p.waves)
    for wave in p.waves:
        assert 28 <= (wave.reported - wave.closed).days <= 42
        assert "2023" <= wave.closed.isoformat() <= "2026-06-30"


@pytest.mark.parametrize("client", demo.CLIENTS)
def test_tables_have_the_columns_that_a_survey_knows(made, client):
    tables = made[client].tables
    assert set(tables) <= {"answers", "codebook", *TABLES}
    for name, frame in tables.items():
        if name in TABLES:
            required, optional = TABLES[name]
            assert set(required) <= set(frame.columns) <= {*required, *optional}, name
    assert set(tables["answers"]["role"]) <= set(ROLES)
    assert set(tables["answers"]["confidentiality"]) == set(MODES)


@pytest.mark.parametrize("client", demo.CLIENTS)
def test_names_and_addresses_are_in_the_raw_file_and_marked_to_be_dropped(made, project, client):
    one = made[client]
    book = one.tables["codebook"].set_index("column")["role"]
    assert list(book.index[book == "drop"]) == ["name", "email"]
    assert one.tables["answers"]["email"].str.contains("@").any()
    _, s = load(project, client)
    assert not {"name", "email"} & set(s.answers.columns)


def test_the_same_seed_gives_the_same_bytes_whatever_python_hashes():
    code = (
        "import hashlib, json; from analysis.survey import demo\n"
        "for client in demo.CLIENTS:\n"
        "    one = demo.make(client)\n"
        "    text = ''.join(n + t.to_csv(index=False) for n, t in one.tables.items())\n"
        "    text += json.dumps([one.truth, one.params])\n"
        "    print(hashlib.sha256(text.encode()).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4242")
    ]
    assert runs[0] == runs[1]
    assert len(set(runs[0].split())) == len(demo.CLIENTS)


def test_another_seed_gives_other_answers_with_the_same_truth(made):
    other = demo.make("lark", seed=99)
    assert not other.tables["answers"].equals(made["lark"].tables["answers"])
    assert other.truth["nps"] == made["lark"].truth["nps"]


def test_writing_again_leaves_files_alone_and_truth_stands_beside_the_data(project):
    file = project / "data" / "lark" / "truth.json"
    assert json.loads(file.read_text(encoding="utf-8"))["largest_driver"] == "customer_care"
    before = {f: f.stat().st_mtime_ns for f in file.parent.iterdir()}
    assert demo.write(project, ["lark"]) == ["lark"]
    assert before == {f: f.stat().st_mtime_ns for f in file.parent.iterdir()}


def test_an_unknown_client_is_a_sentence():
    with pytest.raises(ParamsError, match="There is no demo client 'nobody'; there are harbour"):
        demo.make("nobody")


# --- scores ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("client", "planted"),
    [
        ("harbour", {"2025": 38.0, "2026": 44.0}),
        ("meridian", {"2023": -27.0, "2024": 0.0, "2025": 30.0}),
        ("stonegate", {"2026": -40.0}),
        ("lark", {"2026": 25.0}),
        ("kestrel", {"2024": -4.62, "2025": 0.74, "2026": 22.0}),
    ],
)
def test_promoters_passives_and_detractors_are_exactly_as_planned(made, client, planted):
    one = made[client]
    for wave, score in planted.items():
        told = one.truth["nps"][wave]
        ratings = one.tables["answers"].query("wave == @wave")["nps"]
        counts = [(ratings >= 9).sum(), ratings.between(7, 8).sum(), (ratings <= 6).sum()]
        assert counts == [told["promoters"], told["passives"], told["detractors"]]
        assert len(ratings) == told["n"]
        assert told["nps"] == pytest.approx(score, abs=0.005)
        assert 100 * (counts[0] - counts[2]) / len(ratings) == pytest.approx(score, abs=0.005)


@pytest.mark.parametrize("client", clients.SPECS)
def test_the_planted_driver_has_the_largest_correlation_with_the_recommendation(client):
    spec = clients.SPECS[client]
    assert max(spec.drivers, key=spec.drivers.get) == spec.largest_driver
    weights = sorted(spec.drivers.values())
    assert weights[-1] > 2 * weights[-2]
    made = [demo.make(client, seed) for seed in range(3)]
    answers = pd.concat(one.tables["answers"] for one in made)
    answers["trust_3"] = 8 - answers["trust_3"]
    related = {
        construct: answers[items(made[0], construct)]
        .astype(float)
        .mean(axis=1)
        .corr(answers["nps"].astype(float))
        for construct in CRQ
    }
    assert max(related, key=related.get) == spec.largest_driver


def test_planted_paths_have_the_signs_of_the_theory(made):
    paths = made["harbour"].truth["paths"]
    assert len(paths) == 13
    negative = {path for path, b in paths.items() if b < 0}
    assert negative == {
        "opportunism->trust",
        "commitment->propensity_to_leave",
        "trust->uncertainty",
    }
    assert [path for path, b in paths.items() if b == 0] == ["relationship_benefits->commitment"]
    assert set(made["meridian"].truth["paths"]) == set(made["stonegate"].truth["paths"])
    assert set(made["meridian"].truth["paths"]) < set(paths)
    assert set(made["lark"].truth["paths"]) == {"trust->commitment"}


@pytest.mark.parametrize("client", clients.SPECS)
def test_every_construct_has_variance_one_so_that_paths_are_standardised(client):
    spec = clients.SPECS[client]
    people = pd.DataFrame({"account": range(40_000)})
    drawn = draw.latents(spec, people, np.random.default_rng(3))
    for scores in drawn:
        assert scores.std().to_numpy() == pytest.approx(1, abs=0.02)  # 4 standard errors


def test_only_antecedents_have_something_of_the_account_in_them():
    spec = clients.SPECS["harbour"]
    account = [k // 4 for k in range(40_000)]
    people = pd.DataFrame({"account": account})
    scores = draw.latents(spec, people, np.random.default_rng(4))[0]
    own = scores["trust"] - sum(
        b * scores[cause] for (cause, effect), b in spec.paths.items() if effect == "trust"
    )
    shares = {
        name: column.groupby(account).mean().var() / column.var() * 4 / 3 - 1 / 3
        for name, column in {"communication": scores["communication"], "own": own}.items()
    }
    assert shares["communication"] == pytest.approx(draw.ACCOUNT_SHARE, abs=0.02)
    assert shares["own"] == pytest.approx(0, abs=0.02)


def test_large_surveys_have_enough_complete_answers_and_a_few_gaps(made):
    one = made["harbour"]
    last = one.tables["answers"].query("wave == '2026'")
    book = one.tables["codebook"]
    answers = last[book.loc[book["role"] == "item", "column"]]
    assert answers.notna().all(axis=1).sum() >= 320
    assert 0.002 < answers.isna().to_numpy().mean() < 0.015
    assert answers.stack().dropna().between(1, 7).all()


def test_every_client_has_reverse_keyed_statements(made):
    for one in made.values():
        book = one.tables["codebook"].set_index("column")
        assert book.loc["trust_3", "reverse"] == "yes"
        answers = one.tables["answers"][["trust_1", "trust_3"]].astype(float)
        assert answers.corr().iloc[0, 1] < -0.2


def test_careless_people_are_found_again(made, project):
    for client in demo.CLIENTS:
        _, s = load(project, client)
        found = set(s.answers.loc[s.answers["careless"], "respondent"])
        assert found >= set(made[client].truth["careless"])


# --- people ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("client", "people", "accounts"),
    [
        ("harbour", 0.55, 0.85),
        ("meridian", 0.50, 0.84),
        ("stonegate", 0.20, 0.55),
        ("lark", 0.60, 0.91),
        ("kestrel", 0.755, 0.955),
    ],
)
def test_response_of_people_and_of_accounts_is_as_planned(made, client, people, accounts):
    one = made[client]
    asked = one.tables["invitations"]
    last = asked[asked["wave"] == asked["wave"].iloc[-1]]
    came = last["answered"] == "yes"
    assert came.mean() == pytest.approx(people, abs=0.01)
    by_account = came.groupby(last["account"]).any()
    assert by_account.mean() == pytest.approx(accounts, abs=0.01)
    assert sorted(by_account.index[~by_account]) == one.truth["silent_accounts"]
    assert 1 - by_account.mean() == pytest.approx(one.truth["silent_share"])
    over = one.truth.get("outcomes", {}).get("lost", {})
    assert len(one.tables["accounts"]) - sum(map(len, over.values())) == len(by_account)


def test_the_client_in_trouble_hears_nothing_from_most_decision_makers(made):
    one = made["stonegate"]
    assert one.truth["silent_share"] > 0.4
    asked = one.tables["invitations"].query("role == 'decision_maker'")
    assert (asked["answered"] == "no").mean() > 0.8


def test_the_tiny_client_has_twenty_four_answers_and_no_actions(made):
    tables = made["lark"].tables
    assert len(tables["answers"]) == 24
    assert "actions" not in tables
    assert "assessments" not in tables


def test_many_people_answer_again_while_some_leave_and_some_join(made):
    for client, least in (("harbour", 0.5), ("meridian", 0.5), ("kestrel", 0.45)):
        tables = made[client].tables
        answers, asked = tables["answers"], tables["invitations"]
        waves = sorted(answers["wave"].unique())
        for before, after in pairwise(waves):
            named = [
                set(
                    answers.loc[
                        (answers["wave"] == w) & (answers["contact_id"] != ""), "contact_id"
                    ]
                )
                for w in (before, after)
            ]
            assert len(named[0] & named[1]) > least * min(map(len, named))
            known = [set(asked.loc[asked["wave"] == w, "contact"]) for w in (before, after)]
            assert known[0] - known[1]
            assert known[1] - known[0]


@pytest.mark.parametrize("client", demo.CLIENTS)
def test_an_anonymous_answer_leads_to_nobody(made, client):
    answers = made[client].tables["answers"]
    hidden = answers[answers["confidentiality"] == "anonymous"]
    assert (hidden[["account_id", "contact_id", "name", "email"]] == "").all(axis=None)
    assert hidden["respondent_id"].str.fullmatch(r"[0-9]{4}-X[0-9]{4}").all()
    named = answers[answers["confidentiality"] != "anonymous"]
    assert (named["contact_id"] != "").all()
    assert 0.02 < len(hidden) / len(answers) < 0.2
    assert not answers.duplicated(["respondent_id", "wave"]).any()


# --- comments -------------------------------------------------------------------------------


def bank(language: str) -> dict[str, list[str]]:
    return remarks._bank(language)


@pytest.mark.parametrize(
    ("language", "main", "small"), [("en", 25, 12), ("nl", 12, 6), ("de", 12, 6)]
)
def test_the_bank_has_enough_to_say_on_every_theme(language, main, small):
    lines = bank(language)
    for theme in MAIN:
        assert len(lines[theme]) >= main, theme
    for theme in SMALL:
        told = [line for key in lines if key.split(".")[0] == theme for line in lines[key]]
        assert len(told) >= small, theme
    everything = [line for told in lines.values() for line in told]
    assert all(isinstance(line, str) for line in everything)
    assert len(set(everything)) == len(everything)


def test_the_bank_speaks_in_short_and_long_remarks():
    lines = [line for told in bank("en").values() for line in told]
    words = [len(line.split()) for line in lines]
    assert min(words) == 1
    assert max(words) >= 20
    text = "\n".join(lines)
    assert re.search(r"@supplier\.example", text)
    assert re.search(r"\b0\d{2,3} \d{3,4} \d{4}", text)
    assert "{staff}" in text
    assert "{first}" in text


def test_no_comment_recurs_often_and_nobody_repeats_himself(made):
    short = {line for language in ("en", "nl", "de") for line in bank(language)["nothing"]}
    for client, one in made.items():
        answers = one.tables["answers"]
        for question in ("comment_reason", "comment_improve"):
            said = answers[(answers[question] != "") & ~answers[question].isin(short)]
            assert said.groupby(["wave", question]).size().max() <= 3, client
            known = said[said["contact_id"] != ""]
            assert not known.duplicated(["contact_id", question]).any(), client
            long = said[said[question].str.len() > 80]
            assert (long.groupby(["wave", question]).size() <= 2).all(), client


@pytest.mark.parametrize("client", demo.CLIENTS)
def test_every_comment_has_its_theme_in_the_truth(made, project, client):
    _, s = load(project, client)
    truth = made[client].truth
    told = {(row["respondent"], row["wave"]) for row in truth["themes"]}
    assert len(s.comments) == len(truth["themes"])
    assert set(zip(s.comments["respondent"], s.comments["wave"], strict=True)) == told
    named = [row["names"] for row in truth["themes"] if row["names"]]
    assert set(named) <= set(truth["staff"]) == set(made[client].params["comments"]["staff"])


def test_the_planted_theme_is_the_commonest_of_its_score_group(made):
    for client in ("harbour", "meridian", "kestrel"):
        truth = made[client].truth
        ratings = made[client].tables["answers"].set_index(["respondent_id", "wave"])["nps"]
        counts = {group: Counter() for group in truth["dominant_themes"]}
        for row in truth["themes"]:
            if row["question"] == "comment_reason":
                counts[remarks.group(ratings[row["respondent"], row["wave"]])][row["theme"]] += 1
        for group in counts:
            assert counts[group].most_common(1)[0][0] == truth["dominant_themes"][group], client


# --- programme ------------------------------------------------------------------------------


@pytest.mark.parametrize("client", ["harbour", "meridian", "stonegate", "kestrel"])
def test_the_dates_of_a_plan_are_in_order(made, client):
    plans = made[client].tables["actions"].replace("", None)
    last = made[client].params["waves"][-1]
    steps = plans[["created", "discussed", "agreed", "shared"]].apply(pd.to_datetime)
    for before, after in pairwise(steps):
        both = steps[[before, after]].dropna()
        assert (both[before] <= both[after]).all()
    assert (plans["due"] >= plans["created"]).all()
    done = plans["status"] == "done"
    assert (done == plans["done"].notna()).all()
    assert (done == plans["did"].notna()).all()
    assert (plans.loc[done & (plans["wave"] == last["id"]), "done"] <= last["reported"]).all()
    assert (plans.loc[done, "done"] >= plans.loc[done, "created"]).all()


def test_the_client_in_trouble_is_late_with_its_plans(made):
    shares = {}
    for client in ("harbour", "meridian", "stonegate"):
        one = made[client]
        wave = one.params["waves"][-1]
        plans = one.tables["actions"].query("wave == @wave['id']")
        due = plans["due"] < wave["reported"]
        shares[client] = ((plans["status"] == "open") & due).mean()
    assert shares["stonegate"] > 0.5
    assert max(shares["harbour"], shares["meridian"]) < 0.25


def test_actions_on_response_times_lift_the_accounts_that_had_them(made):
    effect = made["meridian"].truth["action_effect"]
    assert effect["construct"] == made["meridian"].truth["largest_driver"]
    for wave in ("2023", "2024"):
        assert len(effect["mended"][wave]) >= 15
        assert effect["came_out"][wave]["responsiveness"] > 0


def test_the_planted_lift_shows_on_average_over_many_seeds():
    came = [
        rise["responsiveness"]
        for seed in range(20, 30)
        for rise in demo.make("meridian", seed).truth["action_effect"]["came_out"].values()
    ]
    spec = clients.SPECS["meridian"]
    loading = (0.88 + 0.81) / 2
    # 0.89 points; the standard error of the mean of 20 is about 0.03. Answers stop at 7, and with
    # them a part of the lift: 0.78 was measured.
    assert sum(came) / len(came) == pytest.approx(spec.lift * spec.spread * loading, abs=0.2)
