"""A browser for the promises that pages keep."""

import pytest

from tests import browser as chromium


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium, or a skipped test where there is none."""
    if chromium.program() is None:
        pytest.skip("No Chromium on this machine: install it to test the pages.")
    with chromium.running() as running:
        yield running
