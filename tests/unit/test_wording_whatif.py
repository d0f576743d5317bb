import numpy as np
import pandas as pd

from analysis.models import proposals, whatif
from analysis.publish.results import Note, Table
from analysis.publish.wording import whatif as wording
from analysis.publish.wording import whatif_tables as tables

SHARES = {"promoters_now": 0.3, "promoters_after": 0.4, "passives_now": 0.3, "passives_after": 0.3}
SHARES |= {"detractors_now": 0.4, "detractors_after": 0.3}


def scenario(*rows) -> pd.DataFrame:
    """Scenarios; each row: label, estimate, ci_low, ci_high."""
    frame = pd.DataFrame(rows, columns=["label", "estimate", "ci_low", "ci_high"])
    frame = frame.assign(term=frame["label"], n=204, n_accounts=70, n_shifted=204, n_least=204)
    frame = frame.assign(**SHARES, nps_now=-10.0, nps_after=0.0, at_top=0.1, note="")
    frame["clear"], frame["rank"] = frame["ci_low"] > 0, range(1, len(frame) + 1)
    return frame[list(whatif.SCENARIOS)]


def register(*rows) -> pd.DataFrame:
    """Proposals; each row: label, estimate, ci_low, ci_high, cost."""
    frame = pd.DataFrame(rows, columns=["label", "estimate", "ci_low", "ci_high", "cost"])
    frame = frame.assign(
        term=frame["label"], where="everywhere", lifts="speed by 0.5", n=204, n_accounts=70
    )
    frame = frame.assign(**SHARES, n_shifted=204, n_least=204, nps_now=-10.0, nps_after=0.0)
    frame["per_cost"], frame["clear"] = frame["estimate"] / frame["cost"], frame["ci_low"] > 0
    frame["note"] = np.where(frame["estimate"].notna(), "", "nobody of its accounts answered")
    return frame.assign(rank=range(1, len(frame) + 1))[list(proposals.PROPOSALS)]


def test_the_largest_effect_is_called_a_scenario():
    found = wording.largest(scenario(("Speed", 24.2, 17.4, 30.6), ("Care", 4.0, 0.0, 10.0)), 5)
    assert found.sentence == (
        "If everybody scored speed one point higher on its own scale, the model puts the NPS 24 "
        "points higher (95% interval 17 to 31; 204 answers): a scenario, not a forecast. Next "
        "comes care with 4 points (0 to 10)."
    )
    assert found.evidence == "clear"
    assert not found.lead


def test_where_nothing_is_clear_nothing_is_promised():
    found = wording.largest(scenario(("Speed", 4.0, 0.0, 9.0)), 5)
    assert found.sentence.startswith("For no driver is it clear")
    assert found.evidence == "undecided"


def test_one_point_is_singular():
    found = wording.largest(scenario(("Speed", 1.2, 0.6, 2.0)), 5)
    assert "the NPS 1 point higher" in found.sentence


def test_what_stands_behind_the_scenarios():
    note = wording.told_by(0.1, 204, 70, scenario(("Speed", 24.0, 17.0, 31.0)))
    assert "204 answers from 70 accounts" in note.sentence
    assert "11% more chance" in note.sentence  # exp(0.1) - 1
    assert "not a forecast" in note.sentence
    assert note.about == "method"


def test_steps_that_differ_are_a_caveat():
    table = scenario(("Speed", 24.0, 17.0, 31.0))
    assert "p = 0.010" in wording.steps_differ(0.01, table).sentence
    assert "p < 0.001" in wording.steps_differ(0.0001, table).sentence
    assert wording.steps_differ(0.2, table) is None
    assert wording.steps_differ(float("nan"), table) is None


def test_the_table_shows_changes_and_no_levels():
    # levels of complete answers would give away the class of the few who are not complete
    found = tables.scenarios(scenario(("Speed", 24.0, 17.0, 31.0)), "", 5)
    assert isinstance(found, Table)
    assert not {column.key for column in found.columns} & {"nps_now", "promoters_now", "nps_after"}
    assert found.rows[0]["promoters"] == 0.1
    assert found.rows[0]["detractors"] == -0.1
    assert found.chart.reference == 0
    assert "scenario" in found.chart.axis


def test_a_reason_stands_for_the_table_once():
    nothing = pd.DataFrame(columns=list(whatif.SCENARIOS))
    note = tables.scenarios(nothing, "Too few.", 5)
    assert isinstance(note, Note)
    assert note.sentence == "Too few."
    assert tables.scenarios(nothing, "Too few.", 5, said=["Too few."]) is None
    none = pd.DataFrame(columns=list(proposals.PROPOSALS))
    assert tables.proposals(none, "", 5) is None
    assert tables.proposals(none, "Too few.", 5).sentence == "Too few."
    assert tables.proposals(none, "Too few.", 5, said=["Too few."]) is None


def test_a_scenario_for_few_answers_is_hidden():
    frame = scenario(("Speed", 24.0, 17.0, 31.0)).assign(n_least=4)
    assert wording.largest(frame, 5) is None
    assert tables.scenarios(frame, "", 5).rows[0]["estimate"] is None


def test_the_best_proposal_is_told_with_what_a_point_costs():
    found = wording.best_proposal(
        register(("Faster", 16.0, 12.0, 21.0, 48_000), ("Dear", 20.0, 11.0, 29.0, 900_000)), 5
    )
    assert found.sentence == (
        "If 'Faster' lifts speed by 0.5, as the client expects, it goes with 16 points of NPS (95% "
        "interval 12 to 21; 204 answers), about 3,000 a point: the first of 2 proposals. A "
        "scenario, not a forecast."
    )
    assert found.evidence == "descriptive"  # whether it lifts anything is nobody's finding


def test_proposals_that_may_do_nothing_are_not_recommended():
    found = wording.best_proposal(register(("Vain", 2.0, 0.0, 5.0, 10)), 5)
    assert found.sentence.startswith("No proposal clearly goes with a higher NPS")
    assert found.evidence == "undecided"


def test_one_proposal_is_not_the_most_of_any():
    found = wording.best_proposal(register(("Faster", 16.0, 12.0, 21.0, np.nan)), 5)
    assert found.sentence.startswith("If 'Faster' lifts speed by 0.5")
    assert "the first of" not in found.sentence


def test_proposals_nobody_can_tell_of_are_named_with_the_reason():
    frame = register(("Faster", 16.0, 12.0, 21.0, 10), ("Lost", np.nan, np.nan, np.nan, 10))
    note = wording.not_simulated(frame)
    assert note.sentence == (
        "Nothing can be said of these proposals: 'Lost' (nobody of its accounts answered)."
    )
    assert [row["label"] for row in tables.proposals(frame, "", 5).rows] == ["Faster"]
    assert wording.not_simulated(register(("Faster", 16.0, 12.0, 21.0, 10))) is None


def test_the_cost_of_a_point_is_told_only_where_the_effect_is_clear():
    frame = register(("Faster", 16.0, 12.0, 21.0, 48_000), ("Vain", 2.0, 0.0, 5.0, 10))
    assert [row["point"] for row in tables.proposals(frame, "", 5).rows] == [3000, None]


def test_a_proposal_for_few_answers_is_hidden():
    frame = register(("Faster", 16.0, 12.0, 21.0, 10)).assign(n_least=3, n_shifted=3)
    shown = tables.proposals(frame, "", 5)
    assert shown.rows[0]["estimate"] is None
    assert shown.hidden == 1
    assert wording.best_proposal(frame, 5) is None


def test_what_is_hidden_is_not_in_the_alt_text_either():
    given = (("Speed", 24.2, 17.4, 30.6), ("Price", 7.7, 1.0, 9.0))
    few = scenario(*given).assign(n_least=[204, 4])
    alt = tables.scenarios(few, "", 5).chart.alt
    assert alt == ("Change of the NPS with 95% intervals: Speed first (+24 points); 204 answers.")
    few = register(*((*row, 1000.0) for row in given)).assign(n_least=[4, 204])
    found = tables.proposals(few, "", 5)
    assert "Speed" not in found.chart.alt
    assert "24" not in found.chart.alt
    assert found.rows[0]["where"] == "everywhere"  # what the client wrote names the row
