"""How often names are found, on sentences written by somebody who had not seen the code.

`tests/redaction/README.md` says what they are. Items with an even number were looked at when the
rules were last changed; those with an odd number carry the promise: their slips were listed once,
after the last change, and nothing was changed since.
"""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from analysis.models.topics import redact

FOLDER = Path(__file__).parents[1] / "redaction"
KINDS = ("names", "companies", "emails", "phones", "ibans")


@pytest.fixture(scope="module")
def measured():
    """Per half (seen, unseen): counts of what was planted, what was masked, false alarms."""
    lists = yaml.safe_load((FOLDER / "lists.yml").read_text(encoding="utf-8"))
    items = yaml.safe_load((FOLDER / "sentences.yml").read_text(encoding="utf-8"))
    mask = redact.masker(lists["staff"], lists["companies"])
    halves = {"seen": Counter(), "unseen": Counter()}
    for number, item in enumerate(items):
        count, masked = halves[("seen", "unseen")[number % 2]], mask(item["text"])
        planted = [(kind, name) for kind in KINDS for name in item.get(kind) or ()]
        for kind, name in planted:
            gone = not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", masked)
            listed = kind if item.get("listed", True) else f"{kind}, not listed"
            for key in ("all", listed):
                count[key, "n"] += 1
                count[key, "found"] += gone
        if not planted:
            count["harmless", "n"] += 1
            count["harmless", "changed"] += masked != item["text"]
    return halves


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_of_all_that_was_planted_95_per_cent_is_masked(measured, half):
    count = measured[half]
    assert count["all", "n"] >= 200
    assert count["all", "found"] / count["all", "n"] >= 0.95


@pytest.mark.parametrize("half", ["seen", "unseen"])
@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("names", 0.95),
        ("companies", 0.95),
        ("emails", 1.0),
        ("phones", 1.0),
        ("ibans", 1.0),
        ("names, not listed", 0.9),
        ("companies, not listed", 0.9),
    ],
)
def test_each_kind_is_masked(measured, half, kind, least):
    count = measured[half]
    assert count[kind, "found"] / count[kind, "n"] >= least - 0.02


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_harmless_sentences_are_left_alone(measured, half):
    count = measured[half]
    assert count["harmless", "changed"] / count["harmless", "n"] <= 0.05
