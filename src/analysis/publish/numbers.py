"""How a number is printed, everywhere the same."""

from typing import Any

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
HIDDEN = "\N{EM DASH}"

_FORMATS = {
    "count": "{:,.0f}",
    "points": "{:+.0f}",
    "score": "{:.1f}",
    "weight": "{:.2f}",
    "r": "{:.2f}",
    "days": "{:.0f}",
}


def show(value: Any, unit: str = "text") -> str:
    """Print one value in its unit; missing or hidden is an em dash.

    Examples
    --------
    >>> show(-27.3, "points"), show(0.4312, "share"), show(0.0004, "p"), show(None, "score")
    ('−27', '43%', '< 0.001', '—')
    """
    if value is None or value != value:
        return HIDDEN
    if unit in ("text", "date"):
        return str(value)
    if unit == "share":
        text = f"{100 * value:.0f}%"
    elif unit == "p":
        text = "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
    else:
        text = _FORMATS[unit].format(value)
    if text.strip("+-0.,%") == "":  # no "-0" and no "+0"
        text = text.lstrip("+-")
    return text.replace("-", MINUS)


def interval(low: Any, high: Any, unit: str) -> str:
    """Print the two ends of an interval; a hidden one is an em dash.

    Examples
    --------
    >>> interval(-2.4, 23.8, "points")
    '−2 to +24'
    """
    if low is None or high is None or low != low or high != high:
        return HIDDEN
    return f"{show(low, unit)} to {show(high, unit)}"
