import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import params
from analysis.models.drivers import segments
from tests.scored import answers, survey

DRIVERS = ("reliability", "solution")

#: Difference, its interval, p, and slope among the others, in R.
REFERENCE = {
    "reliability": [0.5548951300, 0.3810059168, 0.7287843431, 1.1029586389e-06, 0.0171024984],
    "solution": [-0.0218724318, -0.2157481944, 0.1720033308, 8.1756768347e-01, 0.2556127268],
}


def made(n=120, seed=11, gap=0.9, accounts=30):
    """Ratings that go with reliability among decision makers only; R reads the same rows."""
    rng = np.random.default_rng(seed)
    account = np.repeat(np.arange(accounts), n // accounts)
    role = np.where(np.arange(n) % 2 == 0, "decision_maker", "end_user")
    a = rng.integers(1, 8, n)
    b = np.clip(a + rng.integers(-3, 4, n), 1, 7)
    rating = 3 + gap * a * (role == "decision_maker") + 0.3 * b + rng.normal(0, 1.2, n)
    frame = answers(
        np.clip(np.rint(rating), 0, 10),
        accounts=[f"a{k:02d}" for k in account],
        contacts=[f"c{k}" for k in range(n)],
        reliability_1=a.astype(float),
        solution_1=b.astype(float),
    )
    return frame.assign(role=role, mode="attributable")


def found(frame, by="role", accounts=None, tmp_path=None):
    one = survey(frame, {name: [f"{name}_1"] for name in DRIVERS})
    if accounts is not None:
        table = one.accounts.reindex(range(len(accounts))).assign(**accounts)
        one = dataclasses.replace(one, accounts=table)
    return segments.differences(one, settings(by))


def settings(by):
    folder = Path(__file__).parents[2] / "params"
    p = params.load("lark", params_dir=folder)
    wave = p.wave.model_copy(update={"id": "1"})
    drivers = p.drivers.model_copy(update={"segments": by, "predictors": DRIVERS})
    return p.model_copy(update={"drivers": drivers, "wave": wave})


def test_differences_of_slopes_are_those_of_one_regression_with_accounts_as_clusters():
    # R, on the rows of `made`: z <- function(v) (v-mean(v))/sqrt(mean((v-mean(v))^2))
    #    d <- data.frame(y=z(r), a=z(a), b=z(b), s=as.numeric(seg=="decision_maker"))
    #    m <- lm(y ~ s + a + b + a:s + b:s, d)
    #    coef_test(m, vcov = "CR2", cluster = acc, test = "Satterthwaite")
    table = found(made()).table.set_index("term")
    for term, numbers in REFERENCE.items():
        row = table.loc[term]
        names = ("estimate", "ci_low", "ci_high", "p", "slope_out")
        assert row[list(names)].astype(float).tolist() == pytest.approx(numbers, abs=1e-6)
    # R: p.adjust(c(pa, pb), "BH")
    assert table.loc["reliability", "p_adjusted"] == pytest.approx(
        2 * REFERENCE["reliability"][3], rel=1e-6
    )


def test_a_planted_difference_is_clear_and_none_without_it():
    table = found(made()).table.set_index("term")
    assert bool(table.loc["reliability", "clear"])
    assert table.loc["reliability", "estimate"] > 0
    assert not table.loc["solution", "clear"]
    assert (table["n_in"] == 60).all()
    assert not found(made(gap=0.0)).table["clear"].any()


def test_two_kinds_are_one_comparison_and_three_are_three():
    assert found(made()).table["segment"].unique().tolist() == ["decision_maker"]
    frame = made(n=240, accounts=60)
    third = frame.assign(
        role=np.array(["decision_maker", "influencer", "end_user"])[np.arange(240) % 3]
    )
    assert sorted(found(third).table["segment"].unique()) == [
        "decision_maker",
        "end_user",
        "influencer",
    ]


def test_tiers_come_from_the_accounts():
    names = [f"a{k:02d}" for k in range(30)]
    accounts = pd.DataFrame({"account": names, "tier": ["A"] * 15 + ["B"] * 15})
    table = found(made(), by="tier", accounts=accounts).table
    assert table["segment"].unique().tolist() == ["A"]
    assert not table["clear"].any()


def test_few_whose_kind_is_not_known_would_be_what_is_left():
    frame = made()
    frame.loc[frame.index[:3], "role"] = None
    assert (found(frame).table["n_least"] == 3).all()


def test_rows_in_another_order_say_the_same():
    frame = made()
    shuffled = found(frame.sample(frac=1, random_state=2)).table
    pd.testing.assert_frame_equal(shuffled, found(frame).table, check_exact=False, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"role": None}, "fewer than two kinds"),
        ({"role": "end_user"}, "fewer than two kinds"),
        ({"nps": np.nan}, "was not asked"),
    ],
)
def test_what_cannot_be_compared_says_why(change, why):
    result = found(made().assign(**change))
    assert result.table.empty
    assert list(result.table.columns) == list(segments.DIFFERENCES)
    assert why in result.reason


def test_small_kinds_are_named_and_left_out():
    frame = made()
    frame.loc[frame.index[:9], "role"] = "influencer"
    result = found(frame)
    assert result.left_out == ("influencer",)
    few = found(made(n=40, accounts=10))
    assert few.table.empty
    assert "30 complete answers" in few.reason
