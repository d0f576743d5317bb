"""Blocks in a notebook: a list of them shows as each of them does."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

#: Under this type a block travels in the output of a notebook cell, beside its HTML.
MIME = "application/vnd.rapport.block+json"


def bundle(found: Any, include: Any = None, exclude: Any = None) -> dict[str, Any] | None:
    """Return what a notebook shows for a list of blocks, nested or not; None for other lists."""
    flat = [*_flat(found)]
    if not flat or not all(hasattr(one, "_repr_mimebundle_") for one in flat):
        return None
    data = [one._repr_mimebundle_().get(MIME) for one in flat]
    if None in data:
        return None
    return {"text/html": "".join(one._repr_html_() for one in flat), MIME: data}


def _flat(found: Iterable[Any]) -> Iterator[Any]:
    """Blocks of lists within lists; what is None says nothing."""
    for one in found:
        if isinstance(one, list | tuple):
            yield from _flat(one)
        elif one is not None:
            yield one


def _show_lists() -> None:
    """Tell the running notebook, if there is one."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    formatter = getattr(shell, "display_formatter", None)
    if formatter is not None:
        for kind in (list, tuple):
            formatter.mimebundle_formatter.for_type(kind, bundle)


_show_lists()
