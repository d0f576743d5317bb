"""A whole small project in a temporary folder, with stand-in notebooks that run in a second."""

import json
import shutil
from pathlib import Path

from analysis.batch.plan import NOTEBOOKS, REPORT

ROOT = Path(__file__).parents[2]

RECORD = """\
from analysis import params, survey
from analysis.publish import results
p = params.load(client, wave, params_dir)
s = survey.load(p)
note = results.Note(key="{chapter}", sentence="Nothing to add.")
results.record(p, "{chapter}", s.sources, [note])
"""

PAGE = """\
from analysis import params
p = params.load(client, wave, params_dir)
folder = p.paths.building / "client"
folder.mkdir()
_ = (folder / "report.html").write_text("<p>" + p.client + "</p>")
_ = (folder / "results.json").write_text("{}")
"""

PORTFOLIO = """\
from pathlib import Path
_ = (Path(params_dir).parent / "reports" / "portfolio.html").write_text("<p>all</p>")
"""


def notebook(code: str) -> str:
    """A notebook with a `parameters` cell and one cell of code."""
    parameters = 'client = "alpha"\nwave = "latest"\nparams_dir = "../params"'
    cells = [
        {"id": "parameters", "metadata": {"tags": ["parameters"]}, "source": parameters},
        {"id": "work", "metadata": {}, "source": code},
    ]
    for cell in cells:
        cell |= {"cell_type": "code", "execution_count": None, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    )


def set_notebook(root: Path, chapter: str, code: str) -> None:
    (root / "notebooks" / NOTEBOOKS[chapter]).write_text(notebook(code))


def add_client(root: Path, client: str) -> None:
    """A client with six answers to one item."""
    (root / "params" / f"{client}.yml").write_text(
        f"name: {client.title()}\n"
        "waves: [{id: w1, label: First, closed: 2025-01-31, reported: 2025-03-01}]\n"
    )
    data = root / "data" / client
    data.mkdir(parents=True)
    (data / "codebook.csv").write_text(
        "column,label,construct,scale_min,scale_max,reverse,missing,role\n"
        "id,Id,,,,,,respondent\n"
        "trust_1,They keep their promises.,trust,1,7,,,item\n"
    )
    answers = "".join(f"r{i},{i}\n" for i in range(1, 7))
    (data / "answers.csv").write_text("id,trust_1\n" + answers)


def small_project(root: Path) -> Path:
    """Write the project into `root`."""
    (root / "params").mkdir()
    (root / "notebooks").mkdir()
    shutil.copy(ROOT / "params" / "_defaults.yml", root / "params")
    for client in ("alpha", "beta"):
        add_client(root, client)
    for chapter in NOTEBOOKS:
        code = PAGE if chapter == REPORT else RECORD.format(chapter=chapter)
        set_notebook(root, chapter, code)
    (root / "notebooks" / "portfolio.ipynb").write_text(notebook(PORTFOLIO))
    return root
