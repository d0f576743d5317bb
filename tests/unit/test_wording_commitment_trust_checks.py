import numpy as np
import pandas as pd
import pytest

from analysis.publish.results import Finding, Note
from analysis.publish.wording import commitment_trust_checks as wording
from analysis.publish.wording import commitment_trust_checks_tables as tables

INVARIANCE = (
    "by groups level chisq df cfi delta_cfi rmsea delta_rmsea p n verdict released"
).split()
DIFFERENCES = "by label group reference estimate ci_low ci_high p n n_least verdict".split()
SENSITIVITY = (
    "source target main main_low main_high averages composites ordinal n verdict"
).split()
LEVELS = ("same structure", "same loadings", "same intercepts")


def tried(by="Wave", groups="2024, 2025", verdicts=("holds",) * 3, freed="", n=760):
    rows = [
        (by, groups, level, 700.0, 500, 0.95, -0.021 if k else np.nan, 0.05,
         0.001 if k else np.nan, 0.12 if k else np.nan, n, verdict, freed if k == 2 else "")
        for k, (level, verdict) in enumerate(zip(LEVELS, verdicts, strict=False))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=INVARIANCE)


def differ(label, estimate, verdict, by="Wave", group="2025", reference="2024", least=366):
    ends = (estimate - 0.15, estimate + 0.15)
    return (by, label, group, reference, estimate, *ends, 0.01, 760, least, verdict)


def differing(*rows):
    return pd.DataFrame(list(rows), columns=DIFFERENCES)


TRUST = differ("Trust", 0.31, "higher")
COMMITMENT = differ("Commitment", 0.05, "no clear difference")


def beside(*rows):
    return pd.DataFrame(list(rows), columns=SENSITIVITY)


AGREES = ("Trust", "Commitment", 0.46, 0.36, 0.56, 0.41, 0.47, 0.46, 380, "agree")
DIFFERS = ("Shared values", "Trust", 0.06, -0.05, 0.17, 0.19, np.nan, 0.07, 380, "differ")


def checks(n=380):
    return pd.DataFrame(
        [
            ("Share of the first factor (Harman)", 0.34, 0.30, 0.38, n, "suspicious from 0.50"),
            ("Highest full-collinearity VIF", 2.9, np.nan, np.nan, n, "suspicious from 3.3"),
        ],
        columns="label estimate ci_low ci_high n note".split(),
    )


def powers(*smallest, n=380):
    rows = [("Trust", "Commitment", value / 2.8, value, n) for value in smallest]
    return pd.DataFrame(rows, columns="source target se smallest n".split())


def test_waves_are_compared_once_the_questions_work_alike():
    found = wording.change(tried(), differing(TRUST, COMMITMENT), minimum=5)
    assert found.sentence == (
        "Higher in 2025 than in 2024: trust (0.31 standard deviations, 95% interval 0.16 to "
        "0.46) (n = 760, 366 in the smaller group); no clear difference in commitment."
    )
    assert found.evidence == "clear"


def test_without_a_clear_difference_none_is_claimed():
    found = wording.change(tried(), differing(COMMITMENT), minimum=5)
    assert found.sentence == (
        "No clear difference between 2024 and 2025 in commitment (n = 760, 366 in the smaller "
        "group)."
    )
    assert found.evidence == "undecided"


def test_roles_are_named_and_a_construct_that_differs_elsewhere_is_not_denied():
    among = {"by": "Role", "reference": "End users"}
    found = wording.roles(
        tried(by="Role"),
        differing(
            differ("Trust", -0.4, "lower", group="Decision makers", **among),
            differ("Trust", 0.0, "no clear difference", group="Influencers", **among),
        ),
        minimum=5,
    )
    assert found.sentence.startswith("Lower among decision makers than among end users: trust (")
    assert found.sentence.endswith("; otherwise no clear difference in trust.")


def test_more_differences_than_a_sentence_holds_are_counted():
    many = differing(*(differ(f"Construct {k}", 0.3 + k / 100, "higher") for k in range(6)))
    found = wording.change(tried(), many, minimum=5)
    assert found.sentence.startswith("Higher in 2025 than in 2024: construct 5")
    assert found.sentence.endswith("and 2 more clear differences.")


@pytest.mark.parametrize(
    ("verdicts", "why"),
    [
        (("holds", "does not hold", "not tried"), "do not speak equally for their constructs"),
        (("holds", "holds", "does not hold"), "people who feel alike do not answer"),
        (("not tried", "not tried", "not tried"), "each needs 100 complete answers"),
    ],
)
def test_means_are_not_compared_where_questions_do_not_work_alike(verdicts, why):
    found = wording.change(tried(verdicts=verdicts), differing(TRUST), minimum=5)
    assert isinstance(found, Note)
    assert found.about == "absent"
    assert found.sentence.startswith(
        "Trust, commitment and the others are not compared between waves: "
    )
    assert why in found.sentence
    assert "igher in" not in found.sentence


def test_the_reason_stands_with_its_numbers():
    found = wording.roles(
        tried("Role", "Decision makers, End users", ("holds", "does not hold")),
        differing(),
        minimum=5,
    )
    assert "(Decision makers, End users; change in CFI −0.021; n = 760)" in found.sentence


def test_groups_that_were_not_tried_up_to_the_intercepts_are_not_compared():
    assert wording.change(tried(verdicts=("holds", "holds")), differing(TRUST), minimum=5) is None


def test_a_difference_whose_smaller_group_is_too_small_is_neither_told_nor_shown():
    few = differing(differ("Trust", 0.31, "higher", least=9))
    assert wording.change(tried(), few, minimum=10) is None
    assert tables.differences(few, minimum=10).rows[0]["estimate"] is None
    assert isinstance(wording.change(tried(), few, minimum=9), Finding)


def test_other_methods_that_agree_are_one_clause_and_those_that_differ_are_named():
    agreed = wording.agreement(beside(AGREES), minimum=5)
    assert agreed.sentence == (
        "The link comes out alike by averages, composites (PLSc) and ranked answers (n = 380)."
    )
    found = wording.agreement(beside(AGREES, DIFFERS), minimum=5)
    assert found.sentence == (
        "By averages, composites (PLSc) and ranked answers, 1 of 2 links come out alike (n = 380); "
        "not so shared values to trust (0.06, 95% interval −0.05 to 0.17, n = 380; averages 0.19 "
        "and ranked answers 0.07)."
    )
    assert found.evidence == "descriptive"


def test_only_methods_that_were_used_are_named():
    frame = beside(AGREES, DIFFERS).assign(composites=np.nan)
    assert "PLSc" not in wording.agreement(frame, minimum=5).sentence
    assert "composites" not in {c.key for c in tables.sensitivity(frame, minimum=5).columns}
    none = frame.assign(averages=np.nan, ordinal=np.nan)
    assert wording.agreement(none, minimum=5) is None


def test_power_is_told_as_the_weakest_link_that_is_mostly_found():
    found = wording.power(powers(0.14, 0.22), minimum=5)
    assert found.sentence == (
        "A link weaker than 0.14 to 0.22, depending on the link, would often be missed: a survey "
        "of this size (n = 380) finds it less than four times in five. So “no clear link” does not "
        "mean that there is none."
    )
    assert "weaker than 0.14 would" in wording.power(powers(0.14, 0.141), minimum=5).sentence


def test_one_questionnaire_is_a_caveat_that_checks_do_not_remove():
    found = wording.common_method(checks(), minimum=5)
    assert found.about == "caveat"
    assert (
        "Looked at: Share of the first factor (Harman) 0.34 (95% interval 0.30 to 0.38); Highest "
        "full-collinearity VIF 2.90 (n = 380)."
    ) in found.sentence
    assert "not remove it" in found.sentence


def test_nothing_is_said_or_shown_without_a_frame_or_below_the_minimum():
    for rows in (slice(0, 0), slice(0, None)):
        least = 1000
        assert wording.change(tried().iloc[rows], differing(TRUST), minimum=least) is None
        assert wording.agreement(beside(AGREES).iloc[rows], minimum=least) is None
        assert wording.power(powers(0.1).iloc[rows], minimum=least) is None
        assert wording.common_method(checks().iloc[rows], minimum=least) is None
    assert wording.change(tried(), differing(), minimum=5) is None
    assert tables.invariance(tried().iloc[:0], minimum=5, labels={}) is None
    assert tables.differences(differing(), minimum=5) is None
    assert tables.sensitivity(beside(), minimum=5) is None
    assert tables.power(powers(), minimum=5) is None
    assert tables.common_method(checks().iloc[:0], minimum=5) is None


def test_every_table_hides_what_rests_on_too_few_answers():
    made = (
        tables.invariance(tried(), minimum=1000, labels={}),
        tables.differences(differing(TRUST), minimum=1000),
        tables.sensitivity(beside(AGREES), minimum=1000),
        tables.power(powers(0.1), minimum=1000),
        tables.common_method(checks(), minimum=1000),
    )
    for table in made:
        assert table.hidden == len(table.rows)
        assert table.appendix
        numbers = [c.key for c in table.columns if c.unit != "text"]
        assert all(row[key] is None for row in table.rows for key in numbers)


def test_invariance_says_which_questions_were_left_free_in_their_own_words():
    block = tables.invariance(tried(freed="t1, c2"), minimum=5, labels={"t1": "They keep promises"})
    assert block.rows[2]["held"] == "same intercepts, but for: They keep promises; c2"
    assert block.rows[0]["cfi"] == "0.950"
    assert block.rows[1]["cfi"] == "0.950 (−0.021)"
    assert block.rows[0]["p"] == ""
