"""Blocks in a notebook: a list of them shows as each of them does.

A run draws the page of each chapter from the data in its outputs. It sets `APART`, so that its
notebooks hold the data alone: drawing every block in them too took a third of a chapter's time.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

#: Under this type a block travels in the output of a notebook cell, beside its HTML.
MIME = "application/vnd.rapport.block+json"


#: Environment variable: blocks are drawn apart from the notebook that holds them.
APART = "RAPPORT_DRAWN_APART"


def shown(*blocks: Any) -> dict[str, Any]:
    """What a notebook shows of blocks: each drawn, unless a page of its own shows it."""
    names = (f"{type(one).__name__} {getattr(one, 'key', '')}".strip() for one in blocks)
    made: dict[str, Any] = {"text/plain": ", ".join(names)}
    if not os.environ.get(APART):
        made["text/html"] = "".join(one._repr_html_() for one in blocks)
    return made


def bundle(found: Any, include: Any = None, exclude: Any = None) -> dict[str, Any] | None:
    """Return what a notebook shows for a list of blocks, nested or not; None for other lists."""
    flat = [*_flat(found)]
    if found and not flat:
        return {"text/markdown": "*Nothing to show.*"}  # in place of [None, None]
    if not flat or not all(hasattr(one, "model_dump") for one in flat):
        return None
    return {**shown(*flat), MIME: [one.model_dump(mode="json") for one in flat]}


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
