import numpy as np
import pandas as pd

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


def test_paths_become_a_table_and_a_diagram_and_their_absence_a_sentence():
    block = tables.paths(links(TRUST, VALUES, UNASKED), minimum=5, method="m", otherwise="why")
    assert isinstance(block, Table)
    assert len(block.rows) == 2
    assert block.chart.alt == "Trust leads to commitment (0.46); 2 of 2 links are as expected."
    none = tables.paths(links(UNASKED), minimum=5, method="m", otherwise="why")
    assert isinstance(none, Note)
    assert none.sentence == "why"


def test_links_not_asked_stand_in_the_signs_and_count_as_nothing_hidden():
    block = tables.signs(links(TRUST, UNASKED), minimum=5, otherwise="why")
    assert block.hidden == 0
    assert block.rows[1]["verdict"] == "not asked"
    assert block.rows[1]["estimate"] is None
    assert isinstance(tables.signs(links(UNASKED), minimum=5, otherwise="why"), Note)


def test_small_groups_are_hidden_in_every_table():
    few = links(TRUST | {"n": 40}, VALUES | {"n": 40})
    assert tables.paths(few, minimum=50, method="m", otherwise="").hidden == 2
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
