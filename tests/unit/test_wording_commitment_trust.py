import numpy as np
import pandas as pd

from analysis.publish import charts
from analysis.publish.results import Note, Table
from analysis.publish.wording import commitment_trust as wording
from analysis.publish.wording import commitment_trust_tables as tables

COLUMNS = "source target expected estimate ci_low ci_high se p p_holm n n_accounts verdict".split()


def link(source, target, estimate, low, high, verdict, n=380):
    row = (source, target, "+", estimate, low, high, 0.05, 0.01, 0.02, n, 120, verdict)
    return dict(zip(COLUMNS, row, strict=True))


def links(*rows):
    return pd.DataFrame(list(rows), columns=COLUMNS)


TRUST = link("Trust", "Commitment", 0.46, 0.36, 0.56, "met")
VALUES = link("Shared values", "Trust", 0.30, 0.20, 0.40, "met")
TALK = link("Communication", "Trust", 0.10, -0.02, 0.22, "undecided")
UNASKED = link("Trust", "Uncertainty", np.nan, np.nan, np.nan, "not asked", n=0)


def test_trust_carries_commitment_where_the_interval_says_so():
    found = wording.core(links(TRUST), minimum=5)
    assert found.sentence == (
        "Trust carries commitment: where trust is higher, so is commitment "
        "(0.46, 95% interval 0.36 to 0.56, n = 380)."
    )
    assert (found.evidence, found.lead) == ("clear", True)


def test_an_undecided_link_is_not_called_one():
    found = wording.core(links(link("Trust", "Commitment", 0.1, -0.1, 0.3, "undecided")), minimum=5)
    assert "do not show" in found.sentence
    assert found.evidence == "undecided"


def test_a_link_against_expectation_is_said_plainly():
    against = link("Trust", "Commitment", -0.3, -0.4, -0.2, "not met")
    assert "commitment is lower" in wording.core(links(against), minimum=5).sentence
    counted = wording.counted(links(against, VALUES), minimum=5)
    assert "1 contradicted" in counted.sentence
    assert "against expectation: trust with commitment" in counted.sentence


def test_clear_links_are_named_and_the_unclear_ones_too():
    found = wording.strongest(links(TRUST, VALUES, TALK), "Trust", minimum=5)
    assert found.sentence == (
        "Linked with trust: shared values (0.30, 95% interval 0.20 to 0.40, n = 380); "
        "no clear link with communication."
    )


def test_without_a_clear_link_none_is_claimed():
    found = wording.strongest(links(TALK), "Trust", minimum=5)
    assert found.sentence == "No clear link from communication to trust (n = 380)."
    assert found.evidence == "undecided"
    assert wording.strongest(links(TRUST), "Trust", minimum=5) is None


def test_signs_are_counted_over_all_that_theory_expects():
    found = wording.counted(links(TRUST, VALUES, TALK, UNASKED), minimum=5)
    assert found.sentence == (
        "Of the 4 links that the theory expects, 2 are met, 1 undecided and 1 were not asked "
        "(n = 380)."
    )


def test_nothing_is_said_of_groups_below_the_minimum():
    few = links(TRUST | {"n": 40}, VALUES | {"n": 40})
    for said in (wording.core, wording.advice, wording.counted):
        assert said(few, minimum=50) is None
    assert wording.strongest(few, "Trust", minimum=50) is None


def test_advice_rests_on_a_met_link_and_claims_no_cause():
    found = wording.advice(links(TRUST, VALUES, TALK), minimum=5)
    assert found.because.startswith("Shared values is clearly linked with trust (0.30")
    assert "cannot prove" in found.because
    assert found.rank >= 50
    assert wording.advice(links(TALK), minimum=5) is None
    assert "trust" in wording.advice(links(TRUST), minimum=5).do.lower()


R2 = pd.DataFrame(
    [("commitment", "Commitment", 0.61, 380), ("trust", "Trust", 0.48, 4)],
    columns=["term", "label", "estimate", "n"],
)


def test_paths_become_a_table_and_a_diagram_and_their_absence_a_sentence():
    block = tables.paths(links(TRUST, VALUES, UNASKED), R2, minimum=5, method="m", otherwise="why")
    assert isinstance(block, Table)
    assert len(block.rows) == 2
    assert block.chart.alt == (
        "2 arrows between 3 constructs; trust to commitment 0.46 (0.36 to 0.56); 2 as expected; "
        "explained: 61% of commitment."
    )
    none = tables.paths(links(UNASKED), R2, minimum=5, method="m", otherwise="why")
    assert isinstance(none, Note)
    assert none.sentence == "why"


def test_what_is_explained_stands_with_each_path_unless_too_few_answered():
    block = tables.paths(links(TRUST, VALUES), R2, minimum=5, method="m", otherwise="why")
    assert [row["explained"] for row in block.rows] == [0.61, None]
    drawn = charts.svg(block, "c")
    assert "61% explained" in drawn
    assert drawn.count("explained<") == 1
    bare = tables.paths(links(TRUST, VALUES), R2.iloc[:0], minimum=5, method="m", otherwise="why")
    assert "explained" not in charts.svg(bare, "c")


def test_a_hidden_path_is_not_told_in_the_alternative_text():
    few = links(TRUST | {"n": 4}, VALUES, TALK)
    block = tables.paths(few, R2, minimum=5, method="m", otherwise="why")
    assert block.chart.alt == (
        "2 arrows between 3 constructs; 1 as expected; 1 undecided (dashed)."
    )


def test_loadings_stand_with_the_wording_of_the_question():
    loaded = {"op": "=~", "lhs": "shared_values", "estimate": 0.8, "ci_low": 0.7, "ci_high": 0.9}
    frame = pd.DataFrame([loaded | {"rhs": rhs, "n": 380} for rhs in ("v1", "v2")])
    block = tables.loadings(frame, minimum=5, labels={"v1": "We want the same things"})
    assert [row["question"] for row in block.rows] == ["We want the same things", "v2"]
    assert block.rows[0]["label"] == "Shared values"
    assert tables.loadings(frame.iloc[:0], minimum=5, labels={}) is None


def test_fit_is_printed_in_the_order_and_with_the_decimals_that_convention_reads():
    rows = [
        ("bic", 21320.66, np.nan, np.nan, 380, ""),
        ("rmsea", 0.0451, 0.0304, 0.0583, 380, "robust"),
        ("cfi", 0.9514, np.nan, np.nan, 380, "robust"),
        ("chisq_scaled", 289.118, np.nan, np.nan, 380, ""),
        ("pvalue_scaled", 0.0002, np.nan, np.nan, 380, ""),
        ("swain_chisq", np.nan, np.nan, np.nan, 380, ""),
        ("logl", -900.0, np.nan, np.nan, 380, ""),
    ]
    frame = pd.DataFrame(rows, columns="term estimate ci_low ci_high n note".split())
    block = tables.fit_table(frame, minimum=5)
    assert [(row["label"], row["value"], row["interval"]) for row in block.rows] == [
        ("Chi-square, scaled", "289.12", ""),
        ("p of the scaled chi-square", "< 0.001", ""),
        ("CFI", "0.951", ""),
        ("RMSEA", "0.045", "0.030 to 0.058"),
        ("BIC", "21,320.7", ""),
    ]
    assert tables.fit_table(frame.iloc[:0], minimum=5) is None


def test_pairs_of_constructs_stand_with_their_intervals():
    pair = {"one": "Commitment", "other": "Trust", "estimate": 0.86, "n": 380}
    pairs = pd.DataFrame([pair | {"ci_low": 0.8, "ci_high": 0.92}])
    made = tables.measurement(
        pd.DataFrame(columns=["label"]), pairs, pairs.assign(note="close"), minimum=5
    )
    assert [block.key for block in made] == ["latent_correlations", "htmt"]
    assert made[1].rows[0] == pair | {"ci_low": 0.8, "ci_high": 0.92, "note": "close"}


def test_links_not_asked_stand_in_the_signs_and_count_as_nothing_hidden():
    block = tables.signs(links(TRUST, UNASKED), minimum=5, otherwise="why")
    assert block.hidden == 0
    assert block.rows[1]["verdict"] == "not asked"
    assert block.rows[1]["estimate"] is None
    assert isinstance(tables.signs(links(UNASKED), minimum=5, otherwise="why"), Note)


def test_small_groups_are_hidden_in_every_table():
    few = links(TRUST | {"n": 40}, VALUES | {"n": 40})
    assert tables.paths(few, R2, minimum=50, method="m", otherwise="").hidden == 2
    assert tables.signs(few, minimum=50, otherwise="").hidden == 2


def test_caveats_follow_what_was_done():
    indices = pd.DataFrame({"term": ["cfi", "rmsea", "srmr"], "estimate": [0.95, 0.05, 0.05]})
    keys = [
        note.key for note in wording.caveats(links(TRUST), indices, n=300, answered=400,
                                             engine="semopy")
    ]  # fmt: skip
    assert keys == ["no_causes", "complete_only"]
    none = indices.iloc[:0]
    keys = [
        n.key for n in wording.caveats(links(TRUST), none, n=95, answered=95, engine="averages")
    ]
    assert keys == ["no_causes", "averages_weaker"]
    assert wording.caveats(links(UNASKED), none, n=0, answered=24, engine="none") == []


def test_poor_fit_is_said_by_name():
    indices = pd.DataFrame({"term": ["cfi", "rmsea", "srmr"], "estimate": [0.80, 0.12, 0.05]})
    found = wording.caveats(links(TRUST), indices, n=300, answered=300, engine="semopy")
    assert "(CFI and RMSEA)" in found[-1].sentence


def test_constructs_that_customers_hardly_tell_apart_are_named():
    pair = {"one": "Commitment", "other": "Trust", "estimate": 0.86, "n": 380}
    pairs = pd.DataFrame([pair | {"ci_low": 0.8, "ci_high": 0.92}])
    htmt = pd.DataFrame([pair | {"note": ""}])
    assert "commitment and trust" in wording.alike(pairs, htmt).sentence
    assert wording.alike(pairs.assign(ci_high=0.88), htmt) is None


def test_which_model_is_a_matter_of_method_and_a_refused_one_a_caveat():
    found = wording.which("95 answers are few.", usable=True, problems=("It could not be.",))
    assert [(note.about, note.key) for note in found] == [
        ("method", "which_model"),
        ("caveat", "model_problem"),
    ]
    assert wording.which("24 answers are too few.", usable=False, problems=()) == []
