"""Which sentences may be quoted, and which of those say it best."""

import pandas as pd

from analysis.models.topics import redact
from analysis.models.topics.contrast import Contrast, joined
from analysis.models.topics.fit import OTHER, Topics
from analysis.models.topics.naming import tidy, usual_words

SHORTEST, LONGEST = 5, 30  # words of a quotation
EACH = 3  # quotations a group

VOICE_COLUMNS = ["group", "voice", "text", "language", "topic"]
_VOICE = {"Promoters": "promoter", "Passives": "passive", "Detractors": "detractor"}


def choose(found: Topics, compared: Contrast, minimum: int = 8) -> pd.DataFrame:
    """Choose quotations: first of the topic that sets a group apart, then of what it raises most.

    Only sentences of attributable answers, of groups with at least `minimum` comments; never two
    of one person, nor two of one account in a group. Sentences with a rare capitalised word are
    left out: it may be a name that no pattern knows.

    Returns
    -------
    DataFrame with `VOICE_COLUMNS`, at most `EACH` rows a group, promoters first. voice: promoter,
    passive, detractor, or "" where groups were joined or no score was asked.
    """
    lines = found.sentences
    if lines.empty:
        return pd.DataFrame(columns=VOICE_COLUMNS)
    lines = lines.assign(group=_groups(lines, minimum))
    lines = lines[lines.groupby("group")["comment"].transform("nunique") >= minimum]
    usual = usual_words(found.sentences)
    quotable = lines[
        (lines["mode"] == "attributable")
        & lines["words"].between(SHORTEST, LONGEST)
        & ~lines["text"].map(lambda text: redact.unusual_name(text, usual)).astype(bool)
    ]
    names = {**dict(zip(found.topics["topic"], found.topics["term"], strict=True)), OTHER: ""}
    quotable = quotable[(quotable["topic"] != OTHER) | (not len(found.topics))]
    apart = dict(zip(compared.top["group"], compared.top["topic"], strict=True))
    rows: list[dict[str, str]] = []
    quoted: set[str] = set()
    for group in sorted(quotable["group"].unique(), key=_place):
        own = quotable[quotable["group"] == group]
        raised = own.groupby("topic")["respondent"].transform("nunique")
        own = own.assign(
            later=own["topic"] != apart.get(group),
            raised=raised,
            masked=own["text"].str.contains("[", regex=False),
        ).sort_values(
            ["later", "masked", "raised", "central", "text"],
            ascending=[True, True, False, False, True],
        )
        for line in _spread(own[~own["bare"].isin(quoted)]):
            quoted.add(line.bare)
            rows.append(
                {
                    "group": group,
                    "voice": _VOICE.get(group, ""),
                    "text": tidy(line.text),
                    "language": line.language,
                    "topic": names[line.topic],
                }
            )
    return pd.DataFrame(rows, columns=VOICE_COLUMNS)


def _groups(lines: pd.DataFrame, minimum: int) -> pd.Series:
    """Score group of each sentence, by the respondents with a comment; "" without a score."""
    people = lines.drop_duplicates("respondent").dropna(subset=["nps"])
    if people.empty:
        return pd.Series("", index=lines.index)
    group = joined(people["nps"], minimum)
    of = dict(zip(people["respondent"], group, strict=True))
    return lines["respondent"].map(of).fillna("").astype(object)


def _spread(own: pd.DataFrame) -> list:
    """The first `EACH` sentences: two of the first topic, other people, other accounts."""
    kept: list = []
    for line in own.itertuples():
        people = {k.respondent for k in kept}
        accounts = {k.account for k in kept if isinstance(k.account, str)}
        same_topic = sum(k.topic == line.topic for k in kept)
        several = own["topic"].nunique() > 1
        if line.respondent in people or line.account in accounts or (several and same_topic >= 2):
            continue
        if any(k.bare == line.bare for k in kept):
            continue
        kept.append(line)
        if len(kept) == EACH:
            break
    return kept


def _place(group: str) -> tuple[int, str]:
    first = ("Promoters", "Promoters and passives", "Passives", "Passives and detractors")
    return (first.index(group) if group in first else len(first)), group
