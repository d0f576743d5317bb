import numpy as np
import pandas as pd
import pytest

from analysis.publish import charts
from analysis.publish.wording import commitment_trust_theory as wording
from analysis.publish.wording import commitment_trust_theory_tables as tables

EFFECTS = "source target kind estimate ci_low ci_high p n n_accounts verdict".split()
MEDIATION = (
    "source target estimate ci_low ci_high direct direct_low direct_high n n_accounts verdict"
).split()
RIVAL = "model chisq df cfi pnfi rmsea srmr aic bic paths clear_paths mean_r2 n".split()
LEVELS = "source target estimate ci_low ci_high se p n n_accounts verdict".split()


def effect(source, target, kind, estimate, n=380):
    ends = (estimate - 0.07, estimate + 0.07)
    return (source, target, kind, estimate, *ends, 0.01, n, 120, "")


def effects(*rows):
    return pd.DataFrame(list(rows), columns=EFFECTS)


def way(source, target, verdict, estimate=0.2, n=380):
    ends = (estimate - 0.05, estimate + 0.05)
    return (source, target, estimate, *ends, 0.02, -0.06, 0.10, n, 120, verdict)


def ways(*rows):
    return pd.DataFrame(list(rows), columns=MEDIATION)


def two(**rival_has):
    theory = ("Between", 310.4, 250, 0.951, 0.74, 0.045, 0.061, 21010.2, 21320.7, 13, 12, 0.3, 380)
    other = ("Straight", 302.9, 235, 0.953, 0.68, 0.046, 0.06, 21021, 21480.7, 35, 11, 0.3, 380)
    frame = pd.DataFrame([theory, other], columns=RIVAL)
    for column, value in rival_has.items():
        frame.loc[1, column] = value
    return frame


def level(source, target, estimate, n=380):
    ends = (estimate - 0.1, estimate + 0.1)
    return (source, target, estimate, *ends, 0.05, 0.001, n, np.nan, "")


def levels(*rows):
    return pd.DataFrame(list(rows), columns=LEVELS)


SERVICE, RELATION = (
    level("Service", "Uniqueness", 0.62),
    level("Uniqueness", "Relationship", 0.55),
)


def test_most_links_through_trust_and_commitment_mean_that_they_stand_between():
    found = wording.mediation(
        ways(
            way("Shared values", "Cooperation", "carried", 0.30),
            way("Communication", "Cooperation", "carried in part"),
            way("Opportunism", "Uncertainty", "undecided", 0.01),
        ),
        minimum=5,
    )
    assert found.sentence == (
        "Trust and commitment stand between what the relationship is made of and what comes of "
        "it: of 3 links, 1 through them with no clear link beside, 1 through them in part and 1 "
        "undecided; the strongest from shared values to cooperation (0.30, 95% interval 0.25 to "
        "0.35, n = 380)."
    )
    assert found.evidence == "clear"


@pytest.mark.parametrize(
    ("verdicts", "says", "evidence"),
    [
        (("undecided", "undecided"), "do not show", "undecided"),
        (("not carried", "not carried", "undecided"), "past trust and commitment: of 3", "clear"),
        (("carried", "undecided"), "for some links only", "undecided"),
        (("not carried", "undecided"), "do not show", "undecided"),
    ],
)
def test_mediation_is_said_no_more_surely_than_it_is_shown(verdicts, says, evidence):
    found = wording.mediation(ways(*(way("A", "B", v) for v in verdicts)), minimum=5)
    assert says in found.sentence
    assert found.evidence == evidence
    assert "cause" not in found.sentence


def test_the_theory_and_its_rival_are_weighed_by_what_speaks_for_each():
    found = wording.rival(two(cfi=0.961), "model", 0.21, minimum=5)
    assert found.sentence == (
        "The theory, in which trust and commitment stand between, describes the answers better "
        "than its rival, in which everything leads straight to the outcomes: for the theory, fit "
        "weighed against simplicity (BIC 21,321 against 21,481, lower is better) and clear links "
        "(12 of 13 against 11 of 35); for the rival, fit (CFI 0.96 against 0.95); chi-square is "
        "lower for the rival, by no more than chance explains (p = 0.21); n = 380."
    )
    assert found.evidence == "clear"


def test_a_measure_that_prints_alike_speaks_for_neither():
    assert "CFI" not in wording.rival(two(), "model", 0.21, minimum=5).sentence


def test_a_rival_that_wins_or_cannot_be_decided_is_said_plainly():
    won = wording.rival(two(bic=21000.0), "rival", 0.0004, minimum=5)
    assert won.sentence.startswith("The answers show links that the theory leaves out: its rival, ")
    assert won.evidence == "clear"
    assert wording.rival(two(), "rival", np.nan, minimum=5).evidence == "undecided"
    assert "BIC 21,000 against 21,321" in won.sentence
    assert "by more than chance explains (p < 0.001)" in won.sentence
    open_ = wording.rival(two(), "undecided", np.nan, minimum=5)
    assert open_.sentence.startswith("The answers do not decide between the theory")
    assert "chi-square" not in open_.sentence
    assert open_.evidence == "undecided"


def test_levels_build_on_each_other_only_where_both_steps_are_clear():
    found = wording.levels(levels(SERVICE, RELATION), "", minimum=5)
    assert found[0].sentence == (
        "The CRQ's levels build on each other as expected: service to uniqueness (0.62, 95% "
        "interval 0.52 to 0.72, n = 380) and uniqueness to relationship (0.55, 95% interval 0.45 "
        "to 0.65, n = 380)."
    )
    half = wording.levels(levels(SERVICE, level("Uniqueness", "Relationship", 0.05)), "", minimum=5)
    assert half[0].evidence == "undecided"
    assert "no clear link from uniqueness to relationship (0.05" in half[0].sentence
    none = wording.levels(levels(level("Service", "Uniqueness", 0.05)), "Few.", minimum=5)
    assert none[0].sentence.startswith("The answers do not show whether")
    assert none[1].sentence == "Few."


def test_without_levels_the_reason_stands_in():
    found = wording.levels(levels(), "Uniqueness was not asked.", minimum=5)
    assert [(note.about, note.sentence) for note in found] == [
        ("absent", "Uniqueness was not asked.")
    ]
    assert wording.levels(levels(), "", minimum=5) == []


def test_nothing_is_said_or_shown_without_a_frame():
    assert wording.mediation(ways(), minimum=5) is None
    assert wording.rival(two().iloc[:0], "", np.nan, minimum=5) is None
    assert wording.rival(two(), "", np.nan, minimum=5) is None
    assert tables.effects(effects(), minimum=5) is None
    assert tables.effects_all(effects(), minimum=5) is None
    assert tables.mediation(ways(), minimum=5) is None
    assert tables.rival(two().iloc[:0], np.nan, minimum=5) is None
    assert tables.levels(levels(), minimum=5) is None


def test_groups_below_the_minimum_are_neither_told_nor_shown():
    few = ways(way("Shared values", "Cooperation", "carried", n=40))
    assert wording.mediation(few, minimum=50) is None
    assert tables.mediation(few, minimum=50).rows[0]["estimate"] is None
    assert wording.rival(two(), "model", 0.2, minimum=500) is None
    assert tables.rival(two(), 0.2, minimum=500).rows[0]["theory"] is None
    assert wording.levels(levels(SERVICE), "", minimum=500) == []
    small = effects(effect("Trust", "Cooperation", "total", 0.5, n=40))
    assert tables.effects(small, minimum=50) is None
    assert tables.effects_all(small, minimum=50).hidden == 1


def test_effects_are_drawn_all_ways_together_the_strongest_of_them():
    rows = [effect("Trust", f"Outcome {k}", "total", 0.5 - 0.06 * k) for k in range(14)]
    rows += [effect("Trust", "Outcome 0", "direct", 0.3), effect("Trust", "Outcome 0", "indirect",
                                                                  0.2)]  # fmt: skip
    block = tables.effects(effects(*rows), minimum=5)
    assert not block.appendix
    assert len(block.rows) == tables.MOST_DRAWN
    assert block.title.endswith("the 12 strongest")
    first = block.rows[0]
    assert (first["link"], first["estimate"], first["indirect"], first["clear"]) == (
        "Trust → outcome 0",
        0.5,
        0.2,
        "yes",
    )
    assert block.chart.alt == (
        "Dots with 95% intervals for 12 links, 12 of them clear; the strongest is trust to "
        "outcome 0 (0.50)."
    )
    assert "Trust → outcome 0" in charts.svg(block, "c")
    weak = tables.effects(effects(effect("Trust", "Cooperation", "total", 0.05)), minimum=5)
    assert weak.rows[0]["clear"] == "no"
    assert weak.title.endswith("all ways together")
    whole = tables.effects_all(effects(*rows), minimum=5)
    assert len(whole.rows) == 14
    assert whole.rows[0]["direct_high"] == pytest.approx(0.37)
    assert whole.rows[1]["direct"] is None


def test_the_rival_stands_beside_the_theory_line_by_line():
    block = tables.rival(two(), 0.0004, minimum=5)
    assert [column.label for column in block.columns][2:] == ["Between", "Straight"]
    shown = {row["label"]: (row["theory"], row["rival"]) for row in block.rows}
    assert shown["CFI (higher is better)"] == ("0.951", "0.953")
    assert shown["Degrees of freedom"] == ("250", "235")
    assert shown["Explained of the constructs, on average"] == ("30%", "30%")
    assert block.method.endswith("p < 0.001.")


def test_accounts_are_a_column_only_where_answers_belong_to_any():
    keys = {column.key for column in tables.mediation(ways(way("A", "B", "carried")),
                                                      minimum=5).columns}  # fmt: skip
    assert "n_accounts" in keys
    assert "n_accounts" not in {c.key for c in tables.levels(levels(SERVICE), minimum=5).columns}
