"""A page of an executed chapter notebook for the research team: its story and results, no code.

Blocks are drawn anew from the data beside their output, so none of a notebook's HTML is trusted;
what is not a block (a frame, a picture, Markdown) passes an allow-list.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from analysis.errors import RunError
from analysis.language import tr
from analysis.publish import page, story
from analysis.publish.notebook import MIME
from analysis.publish.results import Block, Chapter

_BLOCK = TypeAdapter(Block)
_TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "em", "h2", "h3", "h4", "hr", "i", "li", "ol",
    "p", "pre", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}
_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


@dataclass(frozen=True)
class Part:
    """One thing on the page; the first that is set is shown."""

    block: Any = None
    id: str = ""  # of the block
    html: Markup | str = ""
    table: Markup | str = ""
    image: str = ""
    alt: str = ""
    text: str = ""


def write(notebook: Path, file: Path, title: str) -> None:
    """Draw the page of one executed notebook.

    Parameters
    ----------
    title : name of the client.
    """
    beside = file.with_name(file.name + ".part")
    beside.write_text(chapter_html(notebook, title), encoding="utf-8")
    beside.replace(file)


def chapter_html(notebook: Path, title: str) -> str:
    """Return the page of one executed notebook.

    Raises
    ------
    RunError: the file is no notebook.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        raise RunError(f"{notebook.name} is no notebook that could be shown.") from None
    chapter = notebook.stem.partition("_")[2] or notebook.stem
    parts = [
        replace(p, id=story.anchor(chapter, p.block)) if p.block else p
        for p in _once(_parts(cells))
    ]
    heading = re.match(r"#\s+(.+)", _source(cells[0])) if cells else None
    return page.render(
        "chapter.html",
        client=title,
        title=heading.group(1).strip() if heading else notebook.stem,
        parts=parts,
    )


def _parts(cells: list[dict[str, Any]]) -> Iterator[Part]:
    for k, cell in enumerate(cells):
        if cell["cell_type"] == "markdown":
            text = _source(cell)
            if k == 0:  # the title stands above the page
                text = re.sub(r"\A#\s+.+\n?", "", text)
            if text.strip():
                yield Part(html=_markdown(text))
        for output in cell.get("outputs", ()):
            yield from _output(output)


def _output(output: dict[str, Any]) -> Iterator[Part]:
    data = output.get("data", {})
    picture = next((kind for kind in _PICTURES if kind in data), None)
    if MIME in data:
        yield from _blocks(data[MIME])
    elif picture and _is_picture(_joined(data[picture]), _PICTURES[picture]):
        described = output.get("metadata", {}).get(picture, {})
        alt = str(described.get("alt", tr("Figure of this chapter, for the research team.")))
        coded = "".join(_joined(data[picture]).split())
        yield Part(image=f"data:{picture};base64,{coded}", alt=alt)
    elif "text/html" in data:
        yield Part(table=_clean(_joined(data["text/html"])))
    elif "text/plain" in data and output.get("output_type") != "execute_result":
        yield Part(text=_joined(data["text/plain"]))


def _blocks(found: Any) -> Iterator[Part]:
    """One block, several, or all of a recorded chapter."""
    if isinstance(found, list):
        for one in found:
            yield from _blocks(one)
        return
    try:
        if isinstance(found, dict) and "blocks" in found:
            for block in Chapter.model_validate_json(json.dumps(found)).blocks:
                yield Part(block=block)
        else:
            yield Part(block=_BLOCK.validate_json(json.dumps(found)))
    except ValidationError:
        yield Part(text=tr("A result of an older version of Rapport: run the chapter again."))


def _once(parts: Iterator[Part]) -> Iterator[Part]:
    """Leave out a block that stands on the page already: the last cell repeats all of them."""
    seen = set()
    for part in parts:
        key = part.block.key if part.block is not None else None
        if key is None or key not in seen:
            yield part
        seen.add(key)


def _markdown(text: str) -> Markup:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(escape=True, exclude_anchor_links=True)
    return _clean(MarkdownWithMath(renderer=renderer).render(text))


def _clean(html: str) -> Markup:
    """Keep text and structure; scripts, styles, handlers, links and pictures go."""
    import nh3

    kept = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)
    return Markup(kept)  # trusted: nh3 has parsed it and written only what the list allows


def _source(cell: dict[str, Any]) -> str:
    return _joined(cell.get("source", ""))


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def _is_picture(text: str, begins: bytes) -> bool:
    try:
        return base64.b64decode("".join(text.split()), validate=True).startswith(begins)
    except ValueError:
        return False
