"""How often what was planted in a panel comes back, and how often the intervals hold the truth."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis import params
from analysis import survey as surveys
from analysis.models import panel
from analysis.models.panel import follow
from analysis.params import Wave
from analysis.survey import demo
from tests.scored import answers, join, survey
from tests.surveyed import table

pytestmark = pytest.mark.slow

WAVES = tuple(
    Wave(id=str(k), label=str(k), closed=dt.date(2020 + k, 3, 1), reported=dt.date(2020 + k, 4, 1))
    for k in (1, 2, 3)
)


# --- actions ---------------------------------------------------------------------------------


def acted(rng, effect, treated=8, accounts=30, low_ones=False):
    """Two waves of two to four people an account; `treated` accounts rise by `effect`.

    With `low_ones` the accounts that scored lowest in the first wave get the action.
    """
    home = np.repeat(np.arange(accounts), rng.integers(2, 5, accounts))
    level = rng.normal(5, 0.5, accounts)
    first = level[home] + rng.normal(0, 0.8, len(home))
    means = np.bincount(home, first) / np.bincount(home)
    chosen = np.argsort(means if low_ones else rng.random(accounts))[:treated]
    second = level[home] + effect * np.isin(home, chosen) + rng.normal(0, 0.8, len(home))
    names, homes = [f"c{k}" for k in range(len(home))], [f"a{k:02}" for k in home]
    frame = join(
        *(
            answers([8.0] * len(home), str(k), homes, names, t=t)
            for k, t in enumerate((first, second), 1)
        )
    )
    rows = [
        {"action": f"P{k}", "wave": "1", "account": f"a{k:02}", "said": "Slow.", "did": "Faster."}
        | {"status": "done", "done": "2021-09-01", "theme": "response"}
        for k in chosen
    ]
    return replace(survey(frame, {"trust": ["t"]}), actions=table("actions", rows))


@pytest.mark.parametrize("effect", [0.0, 0.6])
def test_the_effect_of_actions_is_held_by_its_interval(effect):
    # 400 samples each, 8 accounts against 22: accounts .94 to .97, answers .94 to .97.
    rng, held, repeats = np.random.default_rng(3), {"accounts": 0, "answers": 0, "people": 0}, 400
    for _ in range(repeats):
        found = panel.action_effect(acted(rng, effect), WAVES[:2], "trust").set_index("key")
        for key in held:
            held[key] += found.loc[key, "ci_low"] <= effect <= found.loc[key, "ci_high"]
    assert all(0.92 <= count / repeats <= 0.985 for count in held.values()), held


def test_where_low_scores_are_chosen_the_plain_difference_flatters_and_the_start_warns():
    rng, repeats = np.random.default_rng(4), 200
    plain, adjusted, warned = [], [], 0
    for _ in range(repeats):
        made = acted(rng, 0.0, low_ones=True)
        found = panel.action_effect(made, WAVES[:2], "trust").set_index("key")
        plain.append(found.loc["accounts", "estimate"])
        adjusted.append(found.loc["adjusted", "estimate"])
        warned += bool(found.loc["start", "clear"])
    assert np.mean(plain) > 0.3  # regression to the mean, with no effect at all
    assert abs(np.mean(adjusted)) < 0.08
    assert warned / repeats > 0.95


def test_the_effect_planted_in_the_demo_is_found_more_often_than_chance(tmp_path):
    # Ten made-up clients, one standard deviation planted: the sign is right in all of them.
    right = clear = 0
    for seed in range(10):
        p, s, truth = loaded(demo.make("meridian", seed), tmp_path / str(seed))
        found = panel.action_effect(s, p.history, truth["construct"], "response").set_index("key")
        key = "pooled" if "pooled" in found.index else "accounts"
        right += found.loc[key, "estimate"] > 0
        clear += bool(found.loc[key, "clear"])
    assert right >= 9
    assert clear >= 6


def loaded(made, root):
    """Parameters, survey and planted effect of a made-up client, written and read again."""
    (root / "params").mkdir(parents=True)
    (root / "data" / "meridian").mkdir(parents=True)
    (root / "params" / "_defaults.yml").write_text("language: en\n")
    (root / "params" / "meridian.yml").write_text(yaml.safe_dump(made.params))
    for name, frame in made.tables.items():
        frame.to_csv(root / "data" / "meridian" / f"{name}.csv", index=False)
    p = params.load("meridian", params_dir=root / "params")
    return p, surveys.load(p), made.truth["action_effect"]


# --- stability -------------------------------------------------------------------------------


def moving(rng, moves, accounts=30, each=3, noise=0.5):
    """Three waves of contacts whose two scores of three items move about by so much."""
    n = accounts * each
    home = np.repeat(np.arange(accounts), each)
    level = rng.normal(5, 0.6, (n, 2))
    homes, names = [f"a{k}" for k in home], [f"c{k}" for k in range(n)]
    frames = []
    for k in (1, 2, 3):
        frame = answers(rng.integers(0, 11, n), str(k), homes, names)
        for j, name in enumerate("ts"):
            # half of what moves is shared by the account
            shared = rng.normal(0, moves[j] * np.sqrt(0.5), accounts)[home]
            now = level[:, j] + shared + rng.normal(0, moves[j] * np.sqrt(0.5), n)
            for i in range(3):
                frame[f"{name}{i}"] = now + rng.normal(0, noise, n)
        frames.append(frame)
    asked = {"trust": ["t0", "t1", "t2"], "satisfaction": ["s0", "s1", "s2"]}
    return survey(join(*frames), asked)


@pytest.mark.parametrize("moves", [(0.5, 0.5), (0.4, 0.7)])
def test_the_ratio_of_the_variances_within_contacts_is_held_by_its_interval(moves):
    rng, repeats = np.random.default_rng(9), 200
    error = 0.5**2 / 3
    truth = {
        "ratio": (moves[1] ** 2 + error) / (moves[0] ** 2 + error),
        "corrected_ratio": moves[1] ** 2 / moves[0] ** 2,
    }
    held = dict.fromkeys(truth, 0)
    for k in range(repeats):
        found = panel.stability(moving(rng, moves), WAVES, seed=k, resamples=400)
        found = found.set_index("measure")
        for key, value in truth.items():
            held[key] += found.loc[key, "ci_low"] <= value <= found.loc[key, "ci_high"]
    assert all(0.89 <= count / repeats <= 0.985 for count in held.values()), held


# --- shares and kinds ------------------------------------------------------------------------


def test_a_share_over_accounts_keeps_its_level_where_independence_would_not():
    rng, held, alone, repeats = np.random.default_rng(5), 0, 0, 1500
    people = pd.DataFrame({"account": np.repeat(np.arange(20), 3).astype(str), "contact": None})
    single = people.assign(account=[f"a{k}" for k in range(60)])
    for _ in range(repeats):
        shared = np.repeat(rng.normal(size=20), 3) * np.sqrt(0.5)
        flags = pd.Series(shared + rng.normal(size=60) * np.sqrt(0.5) > 0)
        for frame, name in ((people, "held"), (single, "alone")):
            row = follow.share(flags, frame)
            inside = row["ci_low"] <= 0.5 <= row["ci_high"]
            held += inside if name == "held" else 0
            alone += inside if name == "alone" else 0
    assert 0.93 <= held / repeats <= 0.98
    assert alone / repeats < 0.92


def test_the_test_of_the_mix_keeps_its_level_where_accounts_move_together():
    # 20 accounts of three people who move together: the textbook test finds change in a mix that
    # is still too often, the one by account does not.
    rng, repeats = np.random.default_rng(6), 400
    found = np.zeros(2)
    homes = np.repeat([f"A{k}" for k in range(20)], 3)
    names = [f"c{k}" for k in range(60)]
    for _ in range(repeats):
        kinds = []
        for _ in "12":
            shared = np.repeat(rng.normal(size=20), 3) * np.sqrt(0.6)
            latent = shared + rng.normal(size=60) * np.sqrt(0.4)
            kinds.append(np.array(["a", "b", "c"])[np.searchsorted([-0.4, 0.4], latent)])
        frame = join(*(answers([8.0] * 60, w, homes, names) for w in "12"))
        states = pd.Series(np.concatenate(kinds), index=frame.index)
        tested = panel.homogeneity(states, frame, *WAVES[:2], ("a", "b", "c"))
        found += tested["p"].to_numpy(float) < 0.05
    assert found[0] / repeats > 0.10
    assert 0.025 <= found[1] / repeats <= 0.085


# --- levels ----------------------------------------------------------------------------------


def test_misperceptions_are_seldom_found_where_there_are_none():
    rng, listed, repeats = np.random.default_rng(7), 0, 150
    names = [f"i{k}" for k in range(20)]
    role = ["decision_maker"] * 20 + ["end_user"] * 40
    homes = [f"A{k % 20}" for k in range(60)]
    for _ in range(repeats):
        frame = answers([8.0] * 60, "1", homes, [f"c{k}" for k in range(60)], role=role)
        home = rng.normal(0, 0.5, (20, 20))[np.arange(60) % 20]
        frame[names] = 4.5 + home + rng.normal(0, 1, (60, 20))
        contrasts = panel.level_contrasts(survey(frame, {"trust": names}), "1")
        listed += len(panel.misperceptions(contrasts)) > 0
    assert listed / repeats <= 0.08
