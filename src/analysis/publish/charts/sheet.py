"""A sheet of pixels to draw on with matplotlib, and the SVG text it becomes.

Everything is placed in pixels, so that a chart is laid out for a screen or for a phone, instead of
one picture scaled down until nobody can read it.
"""

import io
import re
import warnings
from functools import cache
from typing import Any
from xml.etree import ElementTree

# Colours that change between light and dark; each becomes a CSS variable of the page. Accent and
# warm differ by one step from promoter and detractor below, which stay as they are in the dark.
INK = "#1b2430"
MUTED = "#5b6675"
RULE = "#d5dae1"
PAPER = "#fefefe"
ACCENT = "#0b5fa6"
WARM = "#b4480c"
_VARIABLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    RULE: "var(--rule)",
    PAPER: "var(--paper)",
    ACCENT: "var(--mark)",
    WARM: "var(--warm)",
}

# Colours of meaning, the same in light and dark; told apart under the three colour deficiencies.
DETRACTOR, PASSIVE, PROMOTER = "#b4480b", "#bdbdbd", "#0b5fa5"
LIKERT = ("#b35806", "#f1a340", "#d9d9d9", "#998ec3", "#542788")

FONT = "DejaVu Sans"  # comes with matplotlib: the same widths, hence the same bytes, everywhere
_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "rapport",
    "text.parse_math": False,  # a label such as "cost $^_$" otherwise stops the chart
    "font.family": FONT,
    "path.simplify": False,
}
_FAMILY = re.compile(r"font-family:[^;]*;? ?")
_LONGEST = 200  # characters of a label that are looked at; no line holds more
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Sheet:
    """Width and height in pixels; x runs to the right, y downwards."""

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.width, self.height, self._drawn = width, height, 0
        self._figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        self._figure.patch.set_visible(False)
        # No axes: making and drawing them takes a third of a chart's time.
        self._to_paper = Affine2D().scale(1, -1).translate(0, height)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 13,
        color: str = INK,
        ha: str = "left",
        bold: bool = False,
    ) -> None:
        """Write one line, vertically centred on `y`."""
        self._add(
            _words()(
                x,
                y + 0.35 * size,
                plain(words),
                fontsize=size,
                color=color,
                ha=ha,
                va="baseline",
                fontweight="bold" if bold else "normal",
                parse_math=False,
            )
        )

    def lines(self, x: float, y: float, words: list[str], *, size: float = 13, **more: Any) -> None:
        """Write several lines, together centred on `y`."""
        step = 1.25 * size
        for k, line in enumerate(words):
            self.text(x, y + (k - (len(words) - 1) / 2) * step, line, size=size, **more)

    def line(
        self,
        xs: list[float],
        ys: list[float],
        *,
        color: str = INK,
        width: float = 1,
        dash: bool = False,
    ) -> None:
        """Draw straight lines through points."""
        from matplotlib.lines import Line2D

        style = (0, (4, 3)) if dash else "-"
        self._add(Line2D(xs, ys, color=color, linewidth=width, linestyle=style))

    def dot(self, x: float, y: float, *, color: str = ACCENT, size: float = 9) -> None:
        """Draw a filled circle of `size` pixels across, with a thin rim of paper."""
        from matplotlib.lines import Line2D

        self._add(
            Line2D([x], [y], marker="o", ms=size, mfc=color, mec=PAPER, mew=1, linestyle="none")
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        color: str,
        rim: str = "none",
        pale: bool = False,
    ) -> None:
        """Fill a rectangle whose upper left corner is (x, y)."""
        from matplotlib.patches import Rectangle

        box = Rectangle((x, y), width, height, facecolor=color, edgecolor=rim, linewidth=1.2)
        box.set_alpha(0.45 if pale else None)
        self._add(box)

    def ellipse(self, x: float, y: float, width: float, height: float, *, rim: str) -> None:
        """Draw an ellipse around (x, y), filled with paper."""
        from matplotlib.patches import Ellipse

        self._add(Ellipse((x, y), width, height, facecolor=PAPER, edgecolor=rim, linewidth=1.6))

    def arrow(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        color: str,
        dash: bool = False,
        bend: float = 0,
    ) -> None:
        """Draw an arrow; `bend` curves it to one side, as a share of its length."""
        from matplotlib.patches import FancyArrowPatch

        shape = {"connectionstyle": f"arc3,rad={bend}", "shrinkA": 0, "shrinkB": 0}
        head = FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=11, color=color, **shape
        )
        head.set_linewidth(1.6)
        if dash:
            head.set_linestyle((0, (4, 3)))
        self._add(head)

    def svg(self, id: str, alt: str, css: str = "") -> str:
        """Return the sheet as one `<svg>` element for an HTML page.

        Parameters
        ----------
        id : unique in the page; every id inside begins with it.
        alt : what is seen, in words.
        css : classes of the element.
        """
        import matplotlib
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        written = io.StringIO()
        with matplotlib.rc_context(_SETTINGS), warnings.catch_warnings():
            # A script that DejaVu lacks is drawn by the reader's browser all the same.
            warnings.filterwarnings("ignore", message="Glyph")
            FigureCanvasSVG(self._figure).print_svg(written, metadata={"Date": None})
        return _embed(written.getvalue(), id, alt, css, self.width, self.height)

    def file(self, kind: str, alt: str) -> bytes:
        """Return the sheet as a file on white paper: "svg", or "png" at twice its size."""
        import matplotlib

        written = io.BytesIO()
        self._figure.patch.set(visible=True, facecolor="white")
        told = {"Date": None, "Title": plain(alt)} if kind == "svg" else {"Software": None}
        with matplotlib.rc_context(_SETTINGS), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph")
            self._figure.savefig(written, format=kind, dpi=144, metadata=told)
        return written.getvalue()

    def _add(self, artist: Any) -> None:
        self._drawn += 1
        artist.set(zorder=self._drawn, clip_on=False)  # what is drawn later lies on top
        artist.set_transform(self._to_paper)
        self._figure.add_artist(artist)


@cache
def _words() -> type:
    """A line of text that is not measured for SVG, where the reader's browser does it.

    Measuring took a fifth of a page's time.
    """
    from matplotlib.text import Text

    class Words(Text):
        def draw(self, renderer: Any) -> None:
            if not hasattr(renderer, "writer"):  # of SVG alone; it is wrapped in another class
                super().draw(renderer)
            elif words := self.get_text():
                pen = renderer.new_gc()
                pen.set_foreground(self.get_color())
                x, y = self.get_transform().transform(self.get_unitless_position())
                y = renderer.get_canvas_width_height()[1] - y
                font, turned = self.get_fontproperties(), self.get_rotation()
                renderer.draw_text(pen, x, y, words, font, turned, mtext=self)
                pen.restore()

    return Words


def plain(words: Any) -> str:
    """Text on one line without characters that XML cannot hold."""
    return " ".join(_NOT_XML.sub("", str(words)).split())


@cache
def width_of(words: str, size: float = 13, bold: bool = False) -> float:
    """Width of a line in pixels, in a font that is wider than those of most readers."""
    from matplotlib import font_manager

    weight = "bold" if bold else "normal"
    path = font_manager.findfont(font_manager.FontProperties(family=FONT, weight=weight))
    font = font_manager.get_font(path)
    font.set_size(size, 72)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")
        font.set_text(plain(words)[:_LONGEST], 0.0)
    return font.get_width_height()[0] / 64


def wrap(words: Any, width: float, size: float = 13, most: int = 2) -> list[str]:
    """Break text into at most `most` lines of `width` pixels; what is too long ends in "…"."""
    lines = [""]
    for word in plain(words)[:_LONGEST].split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    cut = len(lines) > most
    lines = lines[:most]
    for k, line in enumerate(lines):
        last = cut and k == most - 1
        lines[k] = _fit(line, width, size, dots=last)
    return lines


def _fit(line: str, width: float, size: float, dots: bool) -> str:
    """Shorten one line until it fits."""
    if not dots and width_of(line, size) <= width:
        return line
    while line and width_of(f"{line}…", size) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _embed(text: str, id: str, alt: str, css: str, width: float, height: float) -> str:
    """Make matplotlib's file an element of a page: own ids, page's colours, nothing superfluous."""
    root = ElementTree.fromstring(text)
    used = set(re.findall(r"(?:url\(#|href=\"#)([^\")]+)", text))
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith("metadata") or (child.tag.endswith("style")):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
        for name, value in list(element.attrib.items()):
            del element.attrib[name]
            name = name.split("}")[-1]
            if name == "id" and value not in used:
                continue
            element.set(name, _attribute(name, value, id))
    root.attrib = {
        "class": css,
        "role": "img",
        "aria-label": plain(alt),
        "viewBox": f"0 0 {width:g} {height:g}",
        "width": f"{width:g}",
        "height": f"{height:g}",
    }
    return re.sub(r">\s+<", "><", ElementTree.tostring(root, encoding="unicode"))


def _attribute(name: str, value: str, id: str) -> str:
    if name == "id":
        return f"{id}-{value}"
    if name == "href":
        return f"#{id}-{value.removeprefix('#')}"
    if name == "style":
        value = _FAMILY.sub("", value)  # the page's style names the font once
        for color, variable in _VARIABLES.items():
            value = value.replace(color, variable)
    return value.replace("url(#", f"url(#{id}-")
