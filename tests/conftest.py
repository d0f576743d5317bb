"""What tests of several rooms share."""

import pytest

from tests import small


@pytest.fixture
def small_client(tmp_path):
    """The folder of a project with the one good client "beta"; see `tests.small`."""
    return small.write(tmp_path / "project")
