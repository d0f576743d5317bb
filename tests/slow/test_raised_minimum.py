"""A client that asks for more answers than there are gets a report that tells nothing of them."""

import re
import shutil
from pathlib import Path

import pytest

from analysis import params
from analysis.batch import execute
from analysis.publish import results
from analysis.survey import demo

ROOT = Path(__file__).parents[2]

#: They count who was asked and how much came in, never what was answered.
COUNTS_ONLY = {"fieldwork", "actions", "maturity"}
COUNTED = {"comments_read", "comments_received"}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Harbour's report when a hundred thousand answers are asked for; it has 425."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(ROOT / "data" / "reference", root / "data" / "reference")
    (root / "params").mkdir()
    shutil.copy(ROOT / "params" / "_defaults.yml", root / "params")
    own = (ROOT / "params" / "harbour.yml").read_text()
    asked = "confidentiality: {min_scores: 100000, min_comments: 100000}\n"
    (root / "params" / "harbour.yml").write_text(own + asked)
    demo.write(root, ["harbour"])
    assert execute.make("harbour", params_dir=root / "params").status == "made"
    p = params.load("harbour", params_dir=root / "params")
    return results.read_report(p.paths.report / "client" / "results.json")


def told(report):
    """Key and text of every sentence, alt text and number of the chapters that rest on answers."""
    for chapter in report.chapters:
        for block in chapter.blocks:
            if chapter.id in COUNTS_ONLY or block.key in COUNTED:
                continue
            if isinstance(block, results.Table):
                numbers = [v for row in block.rows for v in row.values() if type(v) in (int, float)]
                yield block.key, " ".join(map(str, numbers))
                yield block.key, block.chart.alt if block.chart else ""
            elif isinstance(block, results.Finding):
                yield block.key, block.sentence
            elif isinstance(block, results.Advice):
                yield block.key, f"{block.do} {block.because}"
            elif isinstance(block, results.Metric):
                yield block.key, "" if block.value is None else str(block.value)
            elif isinstance(block, results.Quotes):
                yield block.key, " ".join(quote.text for quote in block.quotes)


@pytest.mark.slow
def test_no_number_is_left_in_a_sentence_a_picture_or_a_table(report):
    limits = r"95%|100.?000|\b5\.5\b|1 to 7|Spring \d{4}"  # of method, not of answers
    left = {key: text for key, text in told(report) if re.search(r"\d", re.sub(limits, "", text))}
    assert left == {}
