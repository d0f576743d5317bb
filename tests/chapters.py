"""Run one chapter's notebook in this process, for small projects made by hand."""

import json
from pathlib import Path

import pandas as pd
import yaml

from analysis import params
from analysis.publish import results

ROOT = Path(__file__).parents[1]
WAVES = (
    {"id": "w1", "label": "First", "closed": "2024-03-01", "reported": "2024-04-15"},
    {"id": "w2", "label": "Second", "closed": "2025-03-01", "reported": "2025-04-15"},
)
CODEBOOK = [
    ("respondent_id", "respondent", "Respondent"),
    ("wave", "wave", "Wave"),
    ("account_id", "account", "Account"),
    ("role", "contact_role", "Role"),
    ("language", "language", "Language"),
    ("confidentiality", "mode", "Mode"),
    ("nps", "nps", "Would you recommend us?"),
    ("comment", "comment", "Why?"),
]


def project(root: Path, client: str, said: pd.DataFrame, waves: int = 1, **settings) -> Path:
    """A project with one client whose answers are these comments (see `tests.comments.frame`)."""
    (root / "params").mkdir(parents=True, exist_ok=True)
    (root / "data" / client).mkdir(parents=True, exist_ok=True)
    (root / "data" / "reference").mkdir(exist_ok=True)
    defaults = (ROOT / "params" / "_defaults.yml").read_text(encoding="utf-8")
    (root / "params" / "_defaults.yml").write_text(defaults, encoding="utf-8")
    own = {"name": "Acme", "waves": list(WAVES[:waves]), **settings}
    (root / "params" / f"{client}.yml").write_text(yaml.safe_dump(own), encoding="utf-8")
    columns = {"respondent": "respondent_id", "account": "account_id", "text": "comment"}
    answers = said.rename(columns={**columns, "mode": "confidentiality"})
    keep = [name for name, *_ in CODEBOOK]
    answers = answers.reindex(columns=keep)
    answers.to_csv(root / "data" / client / "answers.csv", index=False)
    book = pd.DataFrame(CODEBOOK, columns=["column", "role", "label"])
    book.to_csv(root / "data" / client / "codebook.csv", index=False)
    return root / "params"


def run(notebook: str, client: str, params_dir: Path, wave: str = "latest") -> results.Chapter:
    """Run the cells of a notebook of `notebooks/` and give the chapter that it recorded."""
    cells = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))
    given = f"client = {client!r}\nwave = {wave!r}\nparams_dir = {str(params_dir)!r}"
    names: dict = {}
    for cell in cells["cells"]:
        if cell["cell_type"] == "code":
            tagged = "parameters" in cell["metadata"].get("tags", [])
            exec(given if tagged else "".join(cell["source"]), names)  # our own notebook
    p = params.load(client, wave, params_dir)
    (file,) = p.paths.chapters.glob("*.json")
    return results.read_chapter(file)
