"""Early warnings: what stands alone, speaks of leaving, and comes from one who decides."""

import numpy as np
import pandas as pd
import pytest

from analysis.models.topics import embed, signals, units
from tests.comments import bank, frame

INFLUENCE = {"decision_maker": 3.0, "influencer": 2.0, "operational": 1.0, "end_user": 1.0}
WARNING = {
    "en": "Our board looks at moving this work offshore when the term ends.",
    "nl": "Onze directie onderzoekt of we dit werk naar het buitenland verplaatsen.",
    "de": "Unser Vorstand prüft, diese Arbeit ins Ausland zu verlagern.",
    "fr": "Notre direction étudie un autre fournisseur pour ce travail.",
}


def weak(texts, tiers=None, **columns):
    said = units.read(frame(texts, **columns))
    lines = said.sentences.merge(
        said.used[["comment", "respondent", "account", "mode", "nps", "role"]], on="comment"
    )
    known = set(bank("invoices", "en")) | set(bank("partnership", "en"))
    common = lines["text"].isin(known) | lines["text"].str.contains("invoice is wrong")
    lines["topic"] = common.map({True: 0, False: -1})
    vectors = embed.vectors(lines["text"].tolist(), embed.load())
    people = lines[["respondent", "role"]].drop_duplicates()
    return signals.weak(lines, people, vectors, {0: "Invoices"}, tiers or {}, INFLUENCE)


COMMON = bank("invoices", "en") * 3 + bank("partnership", "en") * 3


@pytest.mark.parametrize("language", WARNING)
def test_the_planted_warning_comes_first(language):
    texts = [*COMMON, WARNING[language]]
    roles = [*["end_user"] * len(COMMON), "decision_maker"]
    found = weak(texts, role=roles, nps=8.0)
    assert found["text"].iat[0].startswith(WARNING[language][:20])
    assert found["strength"].iat[0] == 1.0
    assert "speaks of leaving" in found["why"].iat[0]
    assert "one who decides" in found["why"].iat[0]


def test_a_common_complaint_is_no_weak_signal():
    found = weak([*COMMON, *["The invoice is wrong again."] * 5], role="decision_maker", nps=2.0)
    assert not found["text"].str.contains("invoice", case=False).any()


def test_what_was_not_said_in_the_open_is_shown_without_its_author():
    texts = [*COMMON, WARNING["en"], "We may switch to a competitor after this winter."]
    modes = [*["attributable"] * len(COMMON), "confidential", "anonymous"]
    found = weak(texts, role="decision_maker", nps=3.0, mode=modes)
    hidden = found[found["mode"] != "attributable"]
    assert len(hidden) == 2
    assert (hidden[["account", "role", "respondent"]] == signals.HIDDEN).all(axis=None)
    assert hidden[["nps", "influence"]].isna().all(axis=None)
    assert not hidden["why"].str.contains("decides, or a key").any()
    assert not hidden["why"].str.contains("rated").any()


def test_a_key_account_counts_as_influence():
    texts = [*COMMON, WARNING["en"]]
    found = weak(texts, {f"a{(len(texts) - 1) // 2:03d}": "A"}, role="end_user", nps=8.0)
    assert found["influence"].iat[0] == 1.0


def test_a_content_remark_without_words_of_leaving_is_none():
    assert weak(["The canteen has a fine soup on Thursdays."], nps=9.0).empty


def test_nothing_said_nothing_found():
    none = pd.DataFrame(columns=["respondent", "account", "mode", "nps", "text", "topic"])
    found = signals.weak(none, none, np.empty((0, 512)), {}, {}, {})
    assert list(found.columns) == list(signals.COLUMNS)
