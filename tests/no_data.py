"""Stop a commit that holds answers, reports, notebook outputs or large files."""

import json
import subprocess
import sys
from pathlib import Path

LARGEST = 1_000_000  # bytes
ALLOWED = ("data/reference/", "data/mobi/codebook.csv", "reports/.gitkeep")


def faults(files: list[str], root: Path = Path()) -> list[str]:
    """Return a sentence for each tracked file that does not belong in the repository."""
    found = []
    for name in files:
        file = root / name
        if name.startswith(("data/", "reports/")) and not name.startswith(ALLOWED):
            found.append(f"{name} belongs to a client and stays out of the repository.")
        elif file.is_file() and file.stat().st_size > LARGEST:
            found.append(f"{name} is larger than {LARGEST:,} bytes.")
        elif name.endswith(".ipynb") and file.is_file():
            cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
            if any(cell.get("outputs") for cell in cells):
                found.append(f"{name} holds outputs; run nbstripout on it.")
    return found


def tracked() -> list[str]:
    """Return the names of all files that git tracks."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name]


if __name__ == "__main__":
    sentences = faults(tracked())
    sys.stdout.writelines(f"{sentence}\n" for sentence in sentences)
    sys.exit(bool(sentences))
