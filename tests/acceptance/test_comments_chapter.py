"""Chapter 5 of any comments: a sensible chapter or one clear sentence, the same in any order."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.publish.results import Finding, Note, Table
from tests.chapters import project, run
from tests.comments import SENTENCES, frame, made

ROOT = Path(__file__).parents[2]
CHAPTER = "5_comments"
ARABIC = ["الخدمة ممتازة والفريق سريع جدا", "الفاتورة خاطئة كل شهر", "السعر مرتفع جدا هذا العام"]
HOSTILE = [
    "<script>alert(1)</script> the invoice {n} was wrong",
    '=HYPERLINK("http://evil","x") late truck {n}',
    "{{{{ config }}}} ${{7*7}} %s price {n} \x1b[31m",
    "' OR 1=1; DROP TABLE answers; -- reply {n}",
    "⟨en⟩ [person] ]]> <!-- partner {n} -->",
]


def chapter(tmp_path, said, **more):
    return run(CHAPTER, "acme", project(tmp_path, "acme", said, **more))


def shown(found):
    return [b for b in found.blocks if getattr(b, "audience", "client") == "client"]


def absent(found):
    return [b.sentence for b in shown(found) if isinstance(b, Note) and b.about == "absent"]


def scored(texts, **more):
    rng = np.random.default_rng(0)
    return frame(texts, nps=rng.integers(0, 11, len(texts)).astype(float), **more)


@pytest.mark.parametrize("n", [0, 1, 5, 9])
def test_too_few_comments_are_a_sentence_and_a_list_to_read(tmp_path, n):
    comments = made(60).drop(columns="theme")
    comments.loc[comments.index[n:], "text"] = ""
    found = chapter(tmp_path, comments)
    assert not [b for b in shown(found) if isinstance(b, Table) and b.key == "topics"]
    assert len(absent(found)) >= 1
    listed = [b for b in found.blocks if b.key == "reading_list"]
    assert sum(len(b.rows) for b in listed) == n
    assert all(b.audience == "internal" for b in listed)


@pytest.mark.parametrize("n", [12, 15, 30, 75])
def test_few_comments_are_sorted_into_the_frame(tmp_path, n):
    found = chapter(tmp_path, made(n).drop(columns="theme"))
    keys = [b.key for b in found.blocks]
    assert "topic_counts" in keys
    assert "reading_list" not in keys
    topics = next(b for b in found.blocks if b.key == "topics")
    rows = topics.rows if isinstance(topics, Table) else ()
    assert all(row["n"] >= 8 for row in rows)
    assert n < 75 or rows


@pytest.mark.slow
def test_five_thousand_comments(tmp_path):
    many = made(5000).drop(columns="theme")
    many["text"] = many["text"] + [f" This is about order {i}." for i in range(5000)]
    topics = next(b for b in chapter(tmp_path, many).blocks if b.key == "topics")
    assert 5 <= len(topics.rows) <= 24


ODD = {
    "all identical": ["Invoices are always wrong"] * 60,
    "all empty": [""] * 60,
    "right to left": ARABIC * 20,
    "hostile": [HOSTILE[i % 5].format(n=i) for i in range(60)],
    "emoji": ["😀👍🎉"] * 60,
    "very long": ["The same long story about invoices and late trucks. " * 200] * 60,
}


@pytest.mark.parametrize("texts", ODD.values(), ids=ODD)
def test_odd_comments_give_a_chapter_or_a_sentence(tmp_path, texts):
    found = chapter(tmp_path, scored(texts))
    assert shown(found)
    counted = next((b for b in found.blocks if b.key == "comments_received"), None)
    if counted is not None:
        n = {row["what"]: row["n"] for row in counted.rows}
        aside = sum(v for k, v in n.items() if k.startswith("Set aside"))
        assert n["Comments received"] == n["Used for topics"] + aside
    else:
        assert absent(found)


def test_three_languages_are_one_chapter(tmp_path):
    found = chapter(tmp_path, made(150).drop(columns="theme"))
    read = next(b for b in found.blocks if b.key == "comments_read")
    assert isinstance(read, Finding)
    assert all(name in read.sentence for name in ("English", "Dutch", "German"))
    assert not [b for b in found.blocks if b.key == "topic_language"]


SCRIPT = """
import sys
from pathlib import Path
from tests.chapters import run
print(run("5_comments", "acme", Path(sys.argv[1])).model_dump_json(exclude={"data"}))
"""


@pytest.mark.parametrize(("hash_seed", "threads"), [("0", "1"), ("17", "2")])
def test_order_hash_seed_and_threads_change_no_byte_of_the_chapter(tmp_path, hash_seed, threads):
    comments = pd.concat(
        [
            made(80, seed=1).assign(wave="w1", respondent=[f"p{i}" for i in range(80)]),
            made(120, seed=2).assign(wave="w2", respondent=[f"q{i}" for i in range(120)]),
        ]
    ).drop(columns="theme")
    here = chapter(tmp_path / "here", comments, waves=2)
    there = project(tmp_path / "there", "acme", comments.sample(frac=1, random_state=3), waves=2)
    environment = os.environ | {
        "PYTHONHASHSEED": hash_seed,
        "OPENBLAS_NUM_THREADS": threads,
        "OMP_NUM_THREADS": threads,
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(there)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == here.model_dump_json(exclude={"data"}), done.stderr


def test_names_that_were_kept_stand_in_the_chapter(tmp_path):
    extra = [s.strip() for s in SENTENCES["invoices"]["en"].splitlines()]
    parking = [f"The canteen at gate {i} serves cold soup every day." for i in range(40)]
    comments = scored([*parking, *extra * 6])
    first = chapter(tmp_path, comments, comments={"frame": "none"})
    memory = next(b for b in first.blocks if b.key == "topic_memory")
    like = memory.rows[0]["like"].split(" | ")
    (tmp_path / "params" / "acme.topics.yml").write_text(
        "topics:\n- name: A name of our own\n  like:\n" + "".join(f"  - {x!r}\n" for x in like),
        encoding="utf-8",
    )
    again = run(CHAPTER, "acme", tmp_path / "params")
    topics = next(b for b in again.blocks if b.key == "topics")
    assert "A name of our own" in [row["term"] for row in topics.rows]
