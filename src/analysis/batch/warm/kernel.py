"""A Jupyter kernel in a process that was forked warm."""

import os


def serve(*arguments: str) -> None:
    """Run ipykernel with the arguments of its launcher until it is told to stop."""
    from ipykernel.kernelapp import IPKernelApp

    from analysis.batch.warm.cells import show_figures

    app = IPKernelApp.instance()
    app.parent_handle = os.getppid()  # its default was read when the parent imported it
    app.initialize(list(arguments))
    show_figures(app.shell)
    app.start()
