"""Say in a line what this machine lacks and which tests are skipped for it."""

import shutil
import sys

#: Any of these runs the tests of the pages.
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def missing() -> list[str]:
    """Return one sentence for each thing that some tests need and this machine lacks."""
    sentences = []
    if not any(shutil.which(browser) for browser in BROWSERS):
        sentences.append(
            "No Chromium: tests marked 'browser' are skipped; "
            "install it with 'apt-get install chromium' (Debian) or from your distribution."
        )
    return sentences


if __name__ == "__main__":
    for sentence in missing():
        sys.stdout.write(sentence + "\n")
