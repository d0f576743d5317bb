import pandas as pd
import pytest

from analysis.publish.results import Advice, Finding, Note, Quotes, Table
from analysis.publish.wording import comments as wording
from analysis.publish.wording import comments_tables as tables


def top(clear=("yes", "yes", "yes")):
    return pd.DataFrame(
        {
            "group": ["Promoters", "Passives", "Detractors"],
            "term": ["Working together", "Delivery times", "Problem, unsolved"],
            "estimate": [0.5, 0.4, 0.38],
            "ci_low": [0.4, 0.3, 0.27],
            "ci_high": [0.6, 0.5, 0.51],
            "n": [90, 60, 60],
            "rest": [0.07, 0.1, 0.12],
            "odds": [8.0, 4.0, 5.0],
            "odds_low": [4.0, 2.0, 2.0],
            "odds_high": [16.0, 8.0, 12.0],
            "p_adjusted": [0.001, 0.01, 0.01],
            "clear": list(clear),
        }
    )


def account(received, used):
    return pd.DataFrame({"what": ["Comments received", "Used for topics"], "n": [received, used]})


def languages(**counts):
    return pd.DataFrame({"language": list(counts), "n": list(counts.values())})


def test_the_lead_names_groups_whose_contrast_is_clear():
    said = wording.lead(top())
    assert said.sentence == (
        "Promoters talk about “working together”; passives talk about “delivery times”; "
        "detractors talk about “problem, unsolved”."
    )
    assert said.lead
    assert said.evidence == "clear"


def test_the_lead_leaves_out_what_is_not_clear():
    said = wording.lead(top(("no", "no", "yes")))
    assert said.sentence == "Detractors talk about “problem, unsolved”."


def test_no_clear_contrast_is_said_so_and_does_not_lead():
    said = wording.lead(top(("no", "no", "no")))
    assert "no clear difference" in said.sentence
    assert not said.lead
    assert said.evidence == "undecided"


def test_no_contrast_no_sentence():
    assert wording.lead(top().iloc[:0]) is None
    assert wording.contrasts(top().iloc[:0]) == []
    assert wording.advice(top().iloc[:0]) is None


def test_figures_hold_n_and_interval():
    first, *others = wording.contrasts(top(("yes", "no", "no")))
    assert first.sentence == (
        "50% of the 90 promoters who commented raise “working together” (95% interval 40% to "
        "60%), against 7% of everyone else."
    )
    assert others == []


def test_advice_takes_up_what_detractors_raise():
    said = wording.advice(top())
    assert isinstance(said, Advice)
    assert said.rank == 40
    assert said.do == "Take up what detractors raise: “problem, unsolved”."
    assert "38% of the 60 detractors" in said.because


def test_no_advice_without_a_clear_contrast_of_detractors():
    assert wording.advice(top(("yes", "yes", "no"))) is None
    assert wording.advice(top().assign(odds=0.2)) is None


@pytest.mark.parametrize(
    ("received", "used", "by", "sentence"),
    [
        (
            240,
            212,
            {"en": 150, "nl": 62},
            "There were 240 comments; 212 of them say something to learn from: 150 in English and "
            "62 in Dutch.",
        ),
        (
            30,
            30,
            {"de": 30},
            "There were 30 comments; all say something to learn from, all in German.",
        ),
        (9, 0, {}, "There were 9 comments; 0 of them say something to learn from."),
        (1, 1, {"xx": 1}, "There was 1 comment; all say something to learn from."),
        (
            28,
            28,
            {"en": 27, "pl": 1},
            "There were 28 comments; all say something to learn from, mostly in English.",
        ),
    ],
)
def test_how_many_comments_were_read(received, used, by, sentence):
    said = wording.read(account(received, used), languages(**by))
    assert isinstance(said, Finding)
    assert said.sentence == sentence


@pytest.mark.parametrize(
    ("received", "used", "by", "sentence"),
    [
        (
            40,
            38,
            {"en": 20, "nl": 18},
            "There were 40 comments; all but a few say something to learn from, in English and "
            "Dutch.",
        ),
        (
            30,
            29,
            {"de": 29},
            "There were 30 comments; all but a few say something to learn from, all in German.",
        ),
        (
            30,
            3,
            {"de": 3},
            "There were 30 comments; few or none of them say something to learn from.",
        ),
        (3, 0, {}, "There were 3 comments; few or none of them say something to learn from."),
        (1, 0, {}, "There was 1 comment."),
    ],
)
def test_a_few_comments_used_or_set_aside_are_not_counted(received, used, by, sentence):
    assert wording.read(account(received, used), languages(**by)).sentence == sentence


def test_no_comments_are_told_once():
    assert wording.read(account(0, 0), languages()) is None
    assert tables.received(account(0, 0)) is None
    none = pd.DataFrame(columns=list(tables.TOPICS))
    said = tables.topics(none, n=0, minimum=8, reason="There are no comments.")
    assert isinstance(said, Note)
    assert said.about == "absent"
    assert tables.phrases(none, model="m", minimum=8) is None
    assert tables.lift(top().iloc[:0], n_topics=0, minimum=8, reason="x") is None
    assert tables.shares(top().iloc[:0], minimum=8) is None
    assert wording.voices(pd.DataFrame(), n_comments=0, minimum=8) is None


def test_topics_without_scores_are_told_why_they_are_not_compared():
    said = tables.lift(top().iloc[:0], n_topics=6, minimum=8, reason="Not asked.")
    assert isinstance(said, Note)
    assert said.sentence == "Not asked."


def test_a_topic_of_too_few_people_shows_no_number():
    rows = {"term": ["A", "B"], "estimate": [0.5, 0.1], "ci_low": [0.4, 0.0], "ci_high": [0.6, 0.2]}
    frame = pd.DataFrame(rows | {"n": [40, 7], "n_accounts": [20, 3], "example": ""})
    frame = frame.assign(kind="code")
    made = tables.topics(frame, n=80, minimum=8, reason="")
    assert isinstance(made, Table)
    assert made.rows[1]["estimate"] is None
    assert made.rows[1]["n"] is None


def emerged(*status, kind="found"):
    return pd.DataFrame(
        {"term": [f"T{i}" for i in range(len(status))], "kind": kind, "status": list(status)}
    )


SURE = {"framed": False, "stability": 0.83, "indicative": False}
WEAK = {"framed": False, "stability": 0.4, "indicative": True}


def test_how_far_the_topics_can_be_trusted():
    firm = wording.trust(emerged("new", "new"), **SURE, follows_language=False, other=0.0)
    assert [note.key for note in firm] == ["topic_stability"]
    assert "0.83" in firm[0].sentence
    assert "firm enough" in firm[0].sentence
    weak = wording.trust(emerged("new"), **WEAK, follows_language=True, other=0.2)
    assert [note.key for note in weak] == ["topic_stability", "topic_other", "topic_language"]
    assert "indications" in weak[0].sentence
    assert "20%" in weak[1].sentence
    assert wording.trust(emerged(), **WEAK, follows_language=True, other=1) == []


def test_codes_alone_say_how_often_the_frame_was_right_and_nothing_of_stability():
    codes = emerged("", "", kind="code")
    said = wording.trust(
        codes, **(WEAK | {"framed": True}), follows_language=False, other=0, measured="Nine in ten."
    )
    assert [(note.key, note.sentence) for note in said] == [("topic_frame", "Nine in ten.")]


def test_what_became_of_topics_that_were_kept_is_told():
    said = wording.trust(
        emerged("new", "same", "merged"),
        **SURE,
        follows_language=False,
        other=0,
        gone=("Parking", "Noise"),
    )
    told = {note.key: note.sentence for note in said}
    assert told["topic_new"] == "New beside the topics kept from earlier: “T0”."
    assert told["topic_merged"] == "What were several topics before is one now: “T2”."
    assert told["topic_gone"].endswith("did not emerge: “Parking” and “Noise”.")


def test_the_research_team_alone_reads_single_comments_and_small_counts():
    lines = pd.DataFrame({"text": ["b", "a"], "language": "en"})
    listed = tables.reading_list(lines, n_comments=2, most=10)
    assert listed.audience == "internal"
    assert [row["text"] for row in listed.rows] == ["a", "b"]
    assert tables.reading_list(lines, n_comments=10, most=10) is None
    assert tables.reading_list(lines.iloc[:0], n_comments=0, most=10) is None
    counted = pd.DataFrame({"term": ["Price"], "n": [2], "n_accounts": [1]})
    assert tables.every_topic(counted).audience == "internal"
    assert tables.every_topic(counted.iloc[:0]) is None
    kept = pd.DataFrame({"term": ["Parking"], "like": ["no places | parked"]})
    assert tables.memory(kept).audience == "internal"
    assert tables.memory(kept.iloc[:0]) is None


def test_voices_carry_their_group_and_topic():
    row = {"text": "Wrong.", "language": "en", "voice": "detractor", "topic": "Invoices"}
    made = wording.voices(pd.DataFrame([row]), n_comments=50, minimum=8)
    assert isinstance(made, Quotes)
    assert made.quotes[0].voice == "detractor"
    assert made.quotes[0].topic == "Invoices"


def test_no_voices_say_why():
    said = wording.voices(pd.DataFrame(), n_comments=5, minimum=8)
    assert isinstance(said, Note)
    assert "at least 8 comments" in said.sentence
