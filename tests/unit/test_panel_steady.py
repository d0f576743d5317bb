import numpy as np
import pandas as pd
import pytest

from analysis.measures import scales
from analysis.models import panel
from tests.scored import answers, join, survey, wave

WAVES = [wave("1"), wave("2"), wave("3")]
BOTH = {"trust": ["t"], "satisfaction": ["s"]}


def arithmetic():
    """Two scores of 24 people over three waves, some missing, that any language can make again.

    R 4.2.2: p <- rep(1:24, each=3); w <- rep(1:3, 24); k <- 1:72
    tv <- round(5+sin(p*sqrt(2))+0.4*sin(k*sqrt(3))+0.1*w, 6)
    sv <- round(5+sin(p*sqrt(2))+0.8*sin(k*sqrt(5))+0.2*w, 6); keep <- (k*11) %% 13 != 0
    """
    k = np.arange(1, 73)
    p, w = np.repeat(np.arange(1, 25), 3), np.tile([1, 2, 3], 24)
    trust = np.round(5 + np.sin(p * np.sqrt(2)) + 0.4 * np.sin(k * np.sqrt(3)) + 0.1 * w, 6)
    content = np.round(5 + np.sin(p * np.sqrt(2)) + 0.8 * np.sin(k * np.sqrt(5)) + 0.2 * w, 6)
    frame = answers([8.0] * 72, "1", [f"A{x % 12}" for x in p], [f"c{x}" for x in p])
    frame = frame.assign(wave=w.astype(str), t=trust, s=content)
    return frame[(k * 11) % 13 != 0].reset_index(drop=True)


def people(rng, n=60, waves=3, moves=(0.3, 0.9), items=3, accounts=20, noise=0.3):
    """Contacts whose two scores move about a level of their own by so much; three items each."""
    frames = []
    level = rng.normal(5, 0.6, (n, 2))
    for k in range(waves):
        frame = answers(
            rng.integers(0, 11, n), str(k + 1), [f"A{x % accounts}" for x in range(n)]
        ).assign(contact=[f"c{x}" for x in range(n)])
        for j, name in enumerate("ts"):
            now = level[:, j] + rng.normal(0, moves[j], n)
            for i in range(items):
                frame[f"{name}{i}"] = now + rng.normal(0, noise, n)
        frames.append(frame)
    names = {
        "trust": [f"t{i}" for i in range(items)],
        "satisfaction": [f"s{i}" for i in range(items)],
    }
    return survey(join(*frames), names)


def values(found):
    return found.set_index(["measure", "construct"])["estimate"]


def test_the_variance_within_contacts_is_the_residual_mean_square_of_contact_and_wave():
    # R 4.2.2: summary(lm(tv ~ factor(p) + factor(w), subset = keep))$sigma^2, and for sv
    found = values(panel.stability(survey(arithmetic(), BOTH), WAVES, resamples=200))
    assert found["within", "trust"] == pytest.approx(0.118106675243, abs=1e-9)
    assert found["within", "satisfaction"] == pytest.approx(0.474028160604, abs=1e-9)
    assert found["ratio", ""] == pytest.approx(0.474028160604 / 0.118106675243)


def test_over_two_waves_the_retest_is_pearsons_correlation():
    frame = arithmetic()
    frame = frame[frame["wave"] != "3"]
    found = values(panel.stability(survey(frame, BOTH), WAVES[:2], resamples=200))
    wide = frame.pivot(index="contact", columns="wave", values="t").dropna()
    assert found["retest", "trust"] == pytest.approx(wide["1"].corr(wide["2"]))


def test_measurement_error_is_one_minus_alpha_of_the_variance():
    made = people(np.random.default_rng(2), waves=2)
    found = values(panel.stability(made, WAVES[:2], resamples=200))
    errors = []
    for wave_id in ("1", "2"):
        items = made.at(wave_id)[made.of("trust")]
        alpha = scales.alpha(items)["estimate"].item()
        errors.append((1 - alpha) * items.mean(axis=1).var())
    taken = found["within", "trust"] - found["corrected", "trust"]
    assert taken == pytest.approx(np.mean(errors), abs=1e-10)


def test_planted_volatility_is_found_and_equal_scores_are_not_told_apart():
    clear = panel.stability(people(np.random.default_rng(1)), WAVES, resamples=500)
    rows = clear.set_index("measure")
    assert rows.loc["ratio", "clear"]
    assert rows.loc["corrected_ratio", "clear"]
    assert rows.loc["ratio", "estimate"] > 2
    alike = people(np.random.default_rng(1), moves=(0.5, 0.5))
    rows = panel.stability(alike, WAVES, resamples=500).set_index("measure")
    assert not rows.loc["ratio", "clear"]


def test_noise_of_the_questions_is_not_called_change():
    # The same movement, but satisfaction is asked with three times the noise.
    rng = np.random.default_rng(8)
    made = people(rng, n=150, moves=(0.4, 0.4), accounts=50)
    made.answers[made.of("satisfaction")] += rng.normal(0, 1.0, (len(made.answers), 3))
    rows = panel.stability(made, WAVES, resamples=500).set_index("measure")
    assert rows.loc["ratio", "clear"]
    assert not rows.loc["corrected_ratio", "clear"]


def test_swapping_the_two_turns_ratio_and_difference_over():
    made = people(np.random.default_rng(5))
    there = panel.stability(made, WAVES, resamples=300).set_index("measure")
    back = panel.stability(made, WAVES, ("satisfaction", "trust"), resamples=300)
    back = back.set_index("measure")
    assert back.loc["ratio", "estimate"] == pytest.approx(1 / there.loc["ratio", "estimate"])
    gap = "retest_difference"
    assert back.loc[gap, "estimate"] == pytest.approx(-there.loc[gap, "estimate"])


def test_the_seed_and_not_the_order_of_rows_decides():
    made = people(np.random.default_rng(5))
    mixed = survey(made.answers.sample(frac=1, random_state=3), {n: made.of(n) for n in BOTH})
    first = panel.stability(made, WAVES, resamples=200)
    pd.testing.assert_frame_equal(first, panel.stability(mixed, WAVES, resamples=200))
    other = panel.stability(made, WAVES, resamples=200, seed=7)
    assert not first["ci_low"].equals(other["ci_low"])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda f: f.assign(contact=None), "there are 0 of 0"),
        (lambda f: f.assign(account="A"), "there are 60 of 1"),
        (lambda f: f[f["wave"] == "1"], "needs two waves"),
        (lambda f: f[f["contact"].isin([f"c{k}" for k in range(15)])], "there are 15 of 15"),
    ],
)
def test_too_little_is_refused_with_the_reason(change, why):
    made = people(np.random.default_rng(5))
    poor = survey(change(made.answers), {n: made.of(n) for n in BOTH})
    waves = WAVES[: poor.answers["wave"].nunique()]
    assert why in panel.stability_reason(poor, waves)
    assert panel.stability(poor, waves).empty


def test_scores_not_asked_or_on_other_scales_are_refused():
    made = people(np.random.default_rng(5))
    assert "satisfaction was not asked" in panel.stability_reason(
        survey(made.answers, {"trust": made.of("trust")}), WAVES
    )
    made.items.loc[made.of("satisfaction"), "scale_max"] = 5
    assert "different scales" in panel.stability_reason(made, WAVES)


def test_a_single_question_has_no_correction_and_says_the_rest():
    found = panel.stability(survey(arithmetic(), BOTH), WAVES, resamples=200)
    assert set(found["measure"]) == {"retest", "within", "retest_difference", "ratio"}


def test_waves_of_another_method_are_left_out():
    made = people(np.random.default_rng(5))
    found = panel.stability(made, [wave("1", "postal"), *WAVES[1:]], resamples=200)
    assert found["waves"].unique().tolist() == [2]


# --- pull ------------------------------------------------------------------------------------


def test_the_pull_of_each_wave_is_pearsons_correlation_and_the_change_their_difference():
    made = people(np.random.default_rng(5))
    found = panel.effect_stability(made, WAVES, ["trust"], resamples=200)
    for k, wave_id in enumerate("123"):
        here = made.at(wave_id)
        score = here[made.of("trust")].mean(axis=1)
        assert found["estimate"].iloc[k] == pytest.approx(score.corr(here["nps"]))
    assert found["estimate"].iloc[3] == pytest.approx(
        found["estimate"].iloc[2] - found["estimate"].iloc[0]
    )


def test_a_score_that_loses_its_pull_is_noticed():
    rng = np.random.default_rng(4)
    made = people(rng, n=120, waves=2, accounts=40)
    first = made.answers["wave"] == "1"
    score = made.answers["t0"].rank()
    made.answers.loc[first, "nps"] = np.floor(10 * score / score.max())
    found = panel.effect_stability(made, WAVES[:2], ["trust"], resamples=300).set_index("term")
    assert found.loc["change", "estimate"] < -0.5
    assert found.loc["change", "clear"]


def test_pull_is_refused_with_one_wave_or_few_answers():
    made = people(np.random.default_rng(5))
    assert panel.effect_stability(made, WAVES[:1]).empty
    small = people(np.random.default_rng(5), n=12)
    assert panel.effect_stability(small, WAVES).empty
    assert panel.effect_stability(made, WAVES, ["unknown"]).empty
