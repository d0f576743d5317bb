import pytest

from tests.batch.project import small_project


@pytest.fixture
def project(tmp_path):
    """Root of a project with the clients alpha and beta and stand-in notebooks."""
    return small_project(tmp_path)
