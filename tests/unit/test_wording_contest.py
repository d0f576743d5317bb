import pandas as pd
import pytest

from analysis.models import contest
from analysis.models.contest import advocacy, auc, correlations, risk
from analysis.publish.results import Note, Table
from analysis.publish.wording import contest as wording
from analysis.publish.wording import contest_tables as tables

LABELS = ("Commitment", "Trust", "NPS")


def scored(low=0.66, **changes) -> pd.DataFrame:
    """Areas of three scores, the best first."""
    rows = [
        (name.lower(), name, 0.84 - 0.05 * k, low - 0.05 * k, 0.92, 120, 20, 20, "")
        for k, name in enumerate(LABELS)
    ]
    return pd.DataFrame(rows, columns=list(auc.AUC)).assign(**changes)


def compared(*verdicts) -> pd.DataFrame:
    """Differences of each two of three scores."""
    pairs = [("Commitment", "Trust"), ("Commitment", "NPS"), ("Trust", "NPS")]
    rows = [
        (f"{one} - {other}", one, other, 0.05, -0.02, 0.12, 0.1, 0.2, 120, verdict)
        for (one, other), verdict in zip(pairs, verdicts, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(auc.PAIRS))


ALIKE, DIFFER = "not distinguishable", "differ"


def test_a_winner_is_named_with_its_interval_and_base():
    found = wording.finding(scored(), compared(DIFFER, DIFFER, ALIKE), "ahead")
    assert found.sentence == (
        "Commitment told best which accounts would leave: it was lower at the account that left "
        "than at one that stayed in 84% of cases (95% interval 66% to 92%; 120 accounts, 20 of "
        "them lost since), clearly better than trust and the NPS."
    )
    assert found.evidence == "clear"
    assert found.lead


def test_scores_that_cannot_be_told_apart_win_nothing():
    found = wording.finding(scored(), compared(ALIKE, ALIKE, ALIKE), ALIKE)
    assert "Which score does best is not distinguishable" in found.sentence
    assert "commitment, trust and the NPS differ by no more than chance" in found.sentence
    assert not found.lead


def test_a_score_that_beats_some_is_told_apart_from_these_only():
    found = wording.finding(scored(), compared(ALIKE, DIFFER, ALIKE), "some differ")
    assert found.sentence.endswith(
        "clearly better than the NPS but not distinguishable from trust."
    )
    later = wording.finding(scored(), compared(ALIKE, ALIKE, DIFFER), "some differ")
    assert later.sentence.endswith("not distinguishable from trust and the NPS.")


def test_a_score_no_better_than_a_coin_tells_nothing():
    found = wording.finding(scored(low=0.48), compared(ALIKE, ALIKE, ALIKE), ALIKE)
    assert found.sentence.startswith("No score clearly told which accounts would leave")
    assert found.evidence == "undecided"


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ((DIFFER, DIFFER, ALIKE), "these accounts bear it out"),
        ((ALIKE, ALIKE, ALIKE), "cannot be told apart from the other scores"),
        ((ALIKE, DIFFER, ALIKE), "better than the NPS, and no better than the rest"),
    ],
)
def test_the_claim_about_commitment_is_held_against_the_accounts(verdicts, words):
    note = wording.commitment(scored(), compared(*verdicts))
    assert words in note.sentence
    assert "Palmatier" in note.sentence


def test_another_winner_contradicts_the_claim():
    turned = {"Commitment": "Trust", "Trust": "Commitment", "NPS": "NPS"}
    pairs = compared(DIFFER, DIFFER, ALIKE)
    pairs = pairs.assign(one=pairs["one"].map(turned), other=pairs["other"].map(turned))
    areas = scored().assign(label=["Trust", "Commitment", "NPS"])
    assert "here trust did better" in wording.commitment(areas, pairs).sentence


def test_revenue_goes_with_a_score_only_where_the_interval_says_so():
    row = ("trust", "Trust", 0.46, 0.23, 0.64, 60, "")
    table = pd.DataFrame([row, ("nps", "NPS", 0.4, 0.1, 0.6, 60, "")])
    table.columns = list(correlations.CORRELATION)
    found = wording.revenue(table, ALIKE)
    assert found.sentence == (
        "Accounts with higher trust spent more afterwards, or cut less (correlation 0.46, 95% "
        "interval 0.23 to 0.64; 60 accounts). The other scores cannot be told apart from it."
    )
    assert wording.revenue(table, "ahead").sentence.endswith("closer than with any other score.")
    unsure = wording.revenue(table.assign(ci_low=-0.1), ALIKE)
    assert unsure.evidence == "undecided"
    assert unsure.sentence.startswith("No score clearly goes with")


def hits(**changes):
    """Most of the lost stood in the highest band."""
    row = {"estimate": 0.69, "ci_low": 0.44, "ci_high": 0.86, "n": 16.0, "band": 1 / 3}
    return row | changes


BANDS = pd.DataFrame({"label": ["Low", "Middle", "High"], "note": "as predicted"})


def test_a_band_that_came_out_otherwise_is_named():
    off = BANDS.assign(note=["as predicted", "more left", "as predicted"])
    found = wording.risk(hits(), 0.6, 0.15, 0.19, "", off)
    assert found.sentence.endswith("they held on the whole, but not in the band middle.")


def test_the_hit_rate_is_told_beside_the_size_of_the_band():
    found = wording.risk(hits(), 0.6, 0.15, 0.19, "", BANDS)
    assert found.sentence == (
        "Of 16 accounts that left, 69% stood in the highest band of risk (95% interval 44% to "
        "86%), which holds 33% of all accounts; the risks were drawn from all other accounts. As "
        "chances they held on the whole."
    )
    assert found.evidence == "clear"
    assert wording.risk(hits(ci_low=0.3), 0.6, 0.15, 0.19, "1", BANDS).evidence == "undecided"


def test_risks_that_are_off_are_called_an_order():
    assert (
        "read the bands as an order" in wording.risk(hits(), 0.01, 0.15, 0.19, "", BANDS).sentence
    )
    assert "no nearer than giving" in wording.risk(hits(), 0.6, 0.2, 0.19, "", BANDS).sentence
    assert wording.risk({}, 1.0, 0.1, 0.2, "", BANDS) is None


def crossing(low, high) -> pd.DataFrame:
    """Accounts by class and trust."""
    counts = [count for count in (low, high) if count]
    row = ("promoter", "Promoter", low, high, 0.5, low + high, min(counts, default=0))
    rest = ("passive", "Passive", 20, 12, 0.6, 32, 12)
    return pd.DataFrame([row, rest], columns=list(advocacy.TABLE))


R = {"estimate": 0.55, "ci_low": 0.4, "ci_high": 0.7, "n": 60}


def test_accounts_that_recommend_and_trust_little_are_counted_when_there_are_enough():
    found = wording.disagreement(crossing(6, 22), R, 5)
    assert found.sentence.startswith("6 of 28 accounts that recommend trust little.")
    few = wording.disagreement(crossing(3, 22), R, 5)
    assert few.sentence.startswith("Accounts that trust more also recommend more. Over accounts")
    assert "3" not in few.sentence.split("correlate")[0]
    by_subtraction = wording.disagreement(crossing(22, 3), R, 5)
    assert "22" not in by_subtraction.sentence
    none = wording.disagreement(crossing(0, 22), R, 5)
    assert none.sentence.startswith("All 22 accounts that recommend also trust.")
    assert wording.disagreement(crossing(6, 22), {}, 5) is None


def test_the_table_of_accounts_hides_small_groups_and_what_gives_them_away():
    found = tables.disagreement(crossing(3, 22), "", 5)
    assert found.rows[0]["low"] is None
    assert found.rows[1]["low"] is None  # else the first would come back by subtraction
    assert found.hidden == 2


def test_named_accounts_stay_inside():
    frame = pd.DataFrame([("A1", 95.0, 40.0, 6)], columns=list(advocacy.LISTED))
    found = tables.listed(frame, 2, 5)
    assert isinstance(found, Table)
    assert found.audience == "internal"
    assert found.caveats == ("2 more may not be named: fewer than 5 answers, not all in the open.",)
    assert tables.listed(frame.iloc[:0], 0, 5) is None
    assert tables.listed(frame.iloc[:0], 3, 5) is None  # how few would be told to everybody


def test_the_contest_is_drawn_against_a_coin():
    found = tables.contest(scored(), "", 5)
    assert found.chart.reference == 0.5
    assert found.chart.alt.startswith("Dots with 95% intervals: Commitment 84% at the top")
    assert found.n == 120


def test_bands_are_drawn_with_their_intervals():
    rows = [
        ("band_1", "Low risk", 0.05, 0.0, 0.0, 0.16, 0, 20, 20, "as predicted"),
        ("band_3", "High risk", 0.57, 0.55, 0.34, 0.74, 11, 20, 20, "as predicted"),
    ]
    found = tables.risk(pd.DataFrame(rows, columns=list(risk.TABLE)), "", 5)
    assert found.n == 40
    assert found.chart.alt.endswith("low risk 0%, high risk 55%.")


def test_without_outcomes_there_are_reasons_and_no_sentences():
    nothing = contest.Contest(reason="Too few losses.")
    assert wording.finding(nothing.auc, nothing.pairs, nothing.verdict) is None
    assert wording.commitment(nothing.auc, nothing.pairs) is None
    assert wording.revenue(nothing.revenue, "") is None
    for note in (
        tables.contest(nothing.auc, nothing.reason, 5),
        tables.revenue(nothing.revenue, nothing.reason, 5),
        tables.risk(nothing.risk.table, nothing.reason, 5),
        tables.disagreement(crossing(1, 1).iloc[:0], nothing.reason, 5),
    ):
        assert isinstance(note, Note)
        assert note.sentence == "Too few losses."
    assert tables.pairs(nothing.pairs, 5) is None


def test_pairs_are_for_the_appendix_and_keep_two_keys():
    one = tables.pairs(compared(ALIKE, ALIKE, ALIKE), 5)
    other = tables.pairs(compared(ALIKE, ALIKE, ALIKE), 5, of_revenue=True)
    assert one.appendix
    assert one.key != other.key
    assert one.columns[2].unit == "share"
    assert other.columns[2].unit == "r"


def test_what_is_hidden_is_not_in_the_alt_text_either():
    alt = tables.contest(scored().assign(n_least=[4, 20, 20]), "", 5).chart.alt
    assert "Commitment" not in alt
    assert "84%" not in alt
    rows = [
        ("band_1", "Low risk", 0.05, 0.0, 0.0, 0.16, 0, 20, 20, "as predicted"),
        ("band_3", "High risk", 0.57, 0.55, 0.34, 0.74, 11, 20, 4, "as predicted"),
    ]
    alt = tables.risk(pd.DataFrame(rows, columns=list(risk.TABLE)), "", 5).chart.alt
    assert alt == "Share of accounts that left, by band of predicted risk: low risk 0%."
    none = tables.risk(pd.DataFrame(rows, columns=list(risk.TABLE)), "", 50)
    assert none.chart.alt == ""
