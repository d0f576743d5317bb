import numpy as np
import pandas as pd
import pytest

from analysis.models.sem import signs

COLUMNS = ["lhs", "rhs", "estimate", "ci_low", "ci_high", "se", "p", "n", "n_accounts"]


def test_thirteen_links_with_the_signs_of_morgan_and_hunt():
    expected = {(source, target): sign for source, target, sign in signs.PATHS}
    assert len(expected) == 13
    negative = {pair for pair, sign in expected.items() if sign < 0}
    assert negative == {
        ("opportunism", "trust"),
        ("commitment", "propensity_to_leave"),
        ("trust", "uncertainty"),
    }


@pytest.mark.parametrize(
    ("low", "high", "sign", "verdict"),
    [
        (0.1, 0.3, 1, "met"),
        (0.1, 0.3, -1, "not met"),
        (-0.3, -0.1, -1, "met"),
        (-0.3, -0.1, 1, "not met"),
        (-0.1, 0.3, 1, "undecided"),
        (0.0, 0.3, 1, "undecided"),
        (np.nan, np.nan, 1, "undecided"),
    ],
)
def test_a_sign_counts_only_where_the_interval_leaves_zero_out(low, high, sign, verdict):
    assert signs.verdict({"estimate": 0.1, "ci_low": low, "ci_high": high}, sign) == verdict


def test_what_was_not_asked_has_no_answers_and_no_number():
    row = ("commitment", "trust", 0.4, 0.3, 0.5, 0.05, 0.001, 200, 80)
    found = signs.signs(pd.DataFrame([row], columns=COLUMNS)).set_index("term")
    assert found["verdict"].value_counts().to_dict() == {"not asked": 12, "met": 1}
    assert found.loc["trust -> commitment", "n"] == 200
    assert found.loc["trust -> uncertainty", "n"] == 0
    assert np.isnan(found.loc["trust -> uncertainty", "estimate"])


def test_holms_p_values_match_r():
    # R: p.adjust(c(.01, .02, .03, .5), "holm")
    found = signs.holm(pd.Series([0.03, np.nan, 0.5, 0.01, 0.02]))
    assert found.tolist() == pytest.approx([0.06, np.nan, 0.5, 0.04, 0.06], nan_ok=True)
