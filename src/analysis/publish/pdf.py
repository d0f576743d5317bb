"""A page as PDF, printed by the browser that is on the machine."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

#: Any of these prints; which one is found first.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 120  # seconds
_PRINTED = re.compile(rb"D:\d{14}")


def browser() -> str | None:
    """Where a browser is that can print, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def write(page: Path, file: Path, date: str) -> bool:
    """Print a page of ours to A4; it runs nothing and loads nothing.

    Parameters
    ----------
    date : ISO date that the file bears as its own, so that the same page gives the same bytes.

    Returns
    -------
    False where no browser is on the machine, or it does not print; no file is left then.
    """
    program = browser()
    if program is None:
        return False
    beside = file.with_name(file.name + ".part")
    with tempfile.TemporaryDirectory(prefix="rapport-") as profile:
        command = [
            program,
            "--headless",
            "--no-sandbox",  # as root in a container there is none; the page is our own, no script
            "--disable-gpu",
            "--disable-background-networking",
            "--no-pdf-header-footer",
            f"--user-data-dir={profile}",
            f"--print-to-pdf={beside.resolve()}",
            page.resolve().as_uri(),
        ]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
        except (subprocess.SubprocessError, OSError):
            beside.unlink(missing_ok=True)
            return False
    if not beside.exists():
        return False
    day = f"D:{date.replace('-', '')}000000".encode()
    beside.write_bytes(_PRINTED.sub(day, beside.read_bytes()))  # as long as what it replaces
    beside.replace(file)
    return True
