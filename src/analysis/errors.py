"""The few errors a user can meet, each with its own exit code.

Each message is one sentence for the person who can act: what, where, what to do. It never holds
the content of a cell. Any other exception is a bug in Rapport.
"""


class RapportError(Exception):
    """Base of the errors that are shown without a traceback."""

    exit_code = 10


class ParamsError(RapportError):
    """A parameter file, client id or wave id that cannot be used."""

    exit_code = 11


class DataError(RapportError):
    """A data file or codebook that cannot be used."""

    exit_code = 12


class ModelError(RapportError):
    """A model that cannot be described or estimated."""

    exit_code = 13


class DisclosureError(RapportError):
    """A result that may not be published."""

    exit_code = 14


class RunError(RapportError):
    """A chapter that broke, or a report that could not be written."""

    exit_code = 15
