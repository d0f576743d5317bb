import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis import params
from analysis import survey as surveys
from analysis.models import panel
from analysis.params import Wave
from analysis.survey import demo
from tests.scored import answers, join, survey
from tests.surveyed import table

WAVES = tuple(
    Wave(
        id=str(k),
        label=f"Wave {k}",
        closed=dt.date(2020 + k, 3, 1),
        reported=dt.date(2020 + k, 4, 1),
    )
    for k in (1, 2, 3)
)


def action(account, done="2021-09-01", wave="1", status="done", theme="delivery"):
    return {
        "action": f"P-{account}-{done}",
        "wave": wave,
        "account": account,
        "theme": theme,
        "said": "Slow.",
        "did": "Faster." if status == "done" else None,
        "status": status,
        "done": done if status == "done" else None,
    }


def with_actions(frame, *rows):
    """A survey of one item, of the construct trust, and these actions."""
    made = survey(frame, {"trust": ["t"]})
    return replace(made, actions=table("actions", list(rows)))


def arithmetic(first=None):
    """Answers of 30 accounts in two waves; the first nine of them had an action.

    R 4.2.2: acc <- rep(1:30, times = 2 + (1:30) %% 3); j <- 1:length(acc)
    tr <- as.numeric(acc <= 9); y0 <- round(5+sin(j*sqrt(2))+0.5*sin(acc*sqrt(3)), 6)
    y1 <- round(5.2+sin(j*sqrt(5))+0.5*sin(acc*sqrt(3))+0.6*tr, 6)
    """
    account = np.repeat(np.arange(1, 31), 2 + np.arange(1, 31) % 3)
    j = np.arange(1, len(account) + 1)
    level = 0.5 * np.sin(account * np.sqrt(3))
    old = np.round(5 + np.sin(j * np.sqrt(2)) + level, 6)
    new = np.round(5.2 + np.sin(j * np.sqrt(5)) + level + 0.6 * (account <= 9), 6)
    homes, names = [f"a{k:02}" for k in account], [f"c{k}" for k in j]
    waves = [(w.id, t) for w, t in zip(WAVES[1:] if first else WAVES, (old, new), strict=False)]
    frames = [answers([8.0] * len(j), w, homes, names, t=t) for w, t in waves]
    return join(*([first] if first is not None else []), *frames)


def nine(done="2021-09-01", **more):
    return [action(f"a{k:02}", done, **more) for k in range(1, 10)]


def row(frame, key):
    found = frame.set_index("key").loc[key]
    return [found[name] for name in ("estimate", "ci_low", "ci_high")]


def test_effects_are_those_of_r_with_cr2_and_satterthwaite():
    # R 4.2.2, clubSandwich: coef_test and conf_int with vcov = "CR2", of
    found = panel.action_effect(with_actions(arithmetic(), *nine()), WAVES[:2], "trust")
    # lm(y ~ tr*post), cluster = account: "tr:post"
    assert row(found, "answers") == pytest.approx([0.606360989, 0.341330971, 0.871391008], abs=1e-6)
    assert found.set_index("key").loc["answers", "p"] == pytest.approx(0.000229603, abs=1e-6)
    # lm(y1 - y0 ~ tr), cluster = account
    assert row(found, "people") == pytest.approx([0.606360989, 0.341330971, 0.871391008], abs=1e-6)
    # lm(rise ~ tr) of account means, each its own cluster
    assert row(found, "accounts") == pytest.approx(
        [0.732148184, 0.424494183, 1.039802184], abs=1e-6
    )
    # lm(after ~ tr + before) of account means
    assert row(found, "adjusted") == pytest.approx(
        [0.719247569, 0.540770353, 0.897724785], abs=1e-6
    )
    # lm(before ~ tr) of account means
    assert row(found, "start") == pytest.approx([-0.022452036, -0.466423472, 0.4215194], abs=1e-6)


def test_the_estimate_is_one_rise_less_the_other():
    found = panel.action_effect(with_actions(arithmetic(), *nine()), WAVES[:2], "trust")
    for key in ("accounts", "answers", "people"):
        one = found.set_index("key").loc[key]
        assert one["estimate"] == pytest.approx(one["rise_with"] - one["rise_without"])
        assert (one["with_action"], one["without"], one["n_accounts"]) == (9, 21, 30)
    assert found["before"].tolist() == ["Wave 1"] * 5
    assert found.set_index("key").loc["accounts", "n_least"] == 27
    assert found.set_index("key").loc["people", "n_least"] == 27


def test_only_finished_actions_between_the_waves_on_the_theme_count():
    frame = arithmetic()
    for rows in (nine("2020-12-01"), nine("2023-01-01"), nine(status="open")):
        assert panel.action_effect(with_actions(frame, *rows), WAVES[:2], "trust").empty
    priced = with_actions(frame, *nine(theme="price"))
    assert panel.action_effect(priced, WAVES[:2], "trust", "delivery").empty
    assert len(panel.action_effect(priced, WAVES[:2], "trust", "price")) == 5
    undated = with_actions(frame, *nine())
    undated.actions["done"] = pd.NaT
    assert len(panel.action_effect(undated, WAVES[:2], "trust")) == 5


def test_accounts_with_an_earlier_action_are_on_neither_side():
    early = [action(f"a{k:02}", "2020-12-01") for k in (8, 9, 10)]
    found = panel.action_effect(with_actions(arithmetic(), *nine(), *early), WAVES[:2], "trust")
    one = found.set_index("key").loc["accounts"]
    assert (one["with_action"], one["without"]) == (7, 20)


@pytest.mark.parametrize(
    ("rows", "waves", "value", "why"),
    [
        ([], WAVES[:2], "trust", "No file of actions"),
        (nine(), WAVES[:1], "trust", "needs two waves"),
        (nine(), WAVES[:2], "unasked", "was not asked"),
        (nine()[:4], WAVES[:2], "trust", "4 had an action finished in between and 26 had none"),
        (
            [action(f"a{k:02}") for k in range(1, 28)],
            WAVES[:2],
            "trust",
            "27 had an action finished in between and 3 had none",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(rows, waves, value, why):
    made = with_actions(arithmetic(), *rows)
    if len(waves) < 2:
        made = replace(made, answers=made.at("1"))
    assert why in panel.action_reason(made, waves, value)
    assert panel.action_effect(made, waves, value).empty
    assert panel.action_effects(made, waves, [value]).empty


def test_a_change_of_method_refuses_too():
    broken = (WAVES[0].model_copy(update={"method": "postal"}), WAVES[1])
    made = with_actions(arithmetic(), *nine())
    assert "asked in the same way" in panel.action_reason(made, broken, "trust")


def test_the_order_of_rows_does_not_matter_and_neither_do_other_columns():
    made = with_actions(arithmetic(), *nine())
    mixed = replace(
        made,
        answers=made.answers.sample(frac=1, random_state=3),
        actions=made.actions.sample(frac=1, random_state=3),
    )
    first = panel.action_effect(made, WAVES[:2], "trust")
    pd.testing.assert_frame_equal(first, panel.action_effect(mixed, WAVES[:2], "trust"))


def test_turning_the_sides_turns_the_sign():
    frame = arithmetic()
    others = [action(f"a{k:02}") for k in range(10, 31)]
    there = panel.action_effect(with_actions(frame, *nine()), WAVES[:2], "trust")
    back = panel.action_effect(with_actions(frame, *others), WAVES[:2], "trust")
    for key in ("accounts", "answers", "people", "start"):
        low, high = row(back, key)[1:]
        assert row(there, key) == pytest.approx([-row(back, key)[0], -high, -low])


def three(rng, planted=0.0, before=0.0, accounts=40, each=4):
    """Three waves; half the accounts move by `before` in the second and `planted` in the third."""
    frames = []
    acted = np.repeat(np.arange(accounts) < accounts // 2, each)
    level = np.repeat(rng.normal(0, 0.4, accounts), each)
    for k in range(3):
        shift = acted * (before * (k > 0) + planted * (k > 1))
        t = 5 + level + shift + rng.normal(0, 0.7, accounts * each)
        homes = [f"a{x:02}" for x in np.repeat(np.arange(accounts), each)]
        names = [f"c{x}" for x in range(accounts * each)]
        frames.append(answers([8.0] * len(t), str(k + 1), homes, names, t=t))
    rows = [action(f"a{x:02}", "2022-09-01", "2") for x in range(accounts // 2)]
    return with_actions(join(*frames), *rows)


def test_a_planted_effect_is_found_and_the_placebo_stays_still():
    found = panel.action_effect(three(np.random.default_rng(1), 0.8), WAVES, "trust")
    found = found.set_index("key")
    assert found.loc["accounts", "clear"]
    assert found.loc["accounts", "ci_low"] < 0.8 < found.loc["accounts", "ci_high"]
    assert not found.loc["placebo", "clear"]
    assert found.loc["placebo", ["before", "after"]].tolist() == ["Wave 1", "Wave 2"]


def test_accounts_that_moved_apart_before_are_caught_by_the_placebo():
    found = panel.action_effect(three(np.random.default_rng(1), 0.0, 0.8), WAVES, "trust")
    assert found.set_index("key").loc["placebo", "clear"]


def test_several_waves_are_pooled_each_on_its_own_level():
    made = three(np.random.default_rng(3), 0.8)
    second = [action(f"a{x:02}", "2021-09-01", "1") for x in range(30, 40)]
    made = replace(made, actions=pd.concat([made.actions, table("actions", second)]))
    found = panel.action_effect(made, WAVES, "trust").set_index("key")
    assert (found.loc["accounts", "with_action"], found.loc["accounts", "without"]) == (20, 10)
    assert found.loc["pooled", "n_accounts"] == 40
    assert found.loc["pooled", ["before", "after"]].tolist() == ["Wave 1", "Wave 3"]


def test_effects_on_several_scores_are_judged_together():
    made = with_actions(arithmetic(), *nine())
    found = panel.action_effects(made, WAVES[:2])
    assert found["theme"].tolist() == ["", "", "delivery", "delivery"]
    assert found["value"].tolist() == ["nps", "trust"] * 2
    assert (found["p_adjusted"] >= found["p"]).all()
    assert found["clear"].tolist() == [False, True] * 2
    only = panel.action_effects(made, WAVES[:2], ["trust"], ["delivery"])
    assert only[["value", "theme"]].to_numpy().tolist() == [["trust", "delivery"]]
    alone = panel.action_effect(made, WAVES[:2], "trust", "delivery").iloc[0]
    assert only["estimate"].iloc[0] == pytest.approx(alone["estimate"])
    assert only["p"].iloc[0] == pytest.approx(alone["p"])


def test_the_effect_planted_in_the_demo_is_found(tmp_path):
    p, s, truth = loaded(demo.make("meridian"), tmp_path)
    for waves, since in ((p.history[:2], "2023"), (p.history, "2024")):
        found = panel.action_effect(s, waves, truth["construct"], "response").set_index("key")
        # over all answers of the accounts, as the truth is worked out (with half-answered scales)
        came_out = truth["came_out"][since]["responsiveness"]
        assert found.loc["answers", "estimate"] == pytest.approx(came_out, abs=0.03)
    assert found.loc["accounts", "clear"]
    assert found.loc["accounts", "estimate"] > 0
    assert found.loc["pooled", "clear"]
    untouched = panel.action_effect(s, p.history, "trust", "response").set_index("key")
    assert not untouched.loc["accounts", "clear"]


def loaded(made, root):
    """Parameters, survey and planted effect of a made-up client, written and read again."""
    (root / "params").mkdir()
    (root / "data" / "meridian").mkdir(parents=True)
    (root / "params" / "_defaults.yml").write_text("language: en\n")
    (root / "params" / "meridian.yml").write_text(yaml.safe_dump(made.params))
    for name, frame in made.tables.items():
        frame.to_csv(root / "data" / "meridian" / f"{name}.csv", index=False)
    p = params.load("meridian", params_dir=root / "params")
    return p, surveys.load(p), made.truth["action_effect"]
