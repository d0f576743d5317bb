"""How a number is printed, everywhere the same."""

import datetime as dt
from typing import Any

from analysis.language import punctuated, tr

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
HIDDEN = "\N{EM DASH}"

#: A score's interval narrower than this is printed with two decimals, so that its ends differ.
NARROW = 0.5

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

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
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if unit == "date":
        return date(value)
    if unit == "text" or isinstance(value, str):
        return str(value)
    if unit == "share":
        text = f"{100 * value:.0f}%"
    elif unit == "p":
        text = "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
    else:
        text = _FORMATS[unit].format(value)
    if text.strip("+-0.,%") == "":  # no "-0" and no "+0"
        text = text.lstrip("+-")
    return localised(text)


def plain(value: float) -> str:
    """Print a number with as many decimals as it has, such as a cut-off.

    >>> plain(5.5), plain(30.0), plain(-0.25)
    ('5.5', '30', '−0.25')
    """
    return localised(f"{value:,g}")


def localised(number: str) -> str:
    """A printed number with a minus sign, and the marks of the language in use.

    >>> localised("-1,234.5")
    '−1,234.5'
    """
    return punctuated(number.replace("-", MINUS))


def interval(low: Any, high: Any, unit: str) -> str:
    """Print the two ends of an interval; a hidden one is an em dash.

    Examples
    --------
    >>> interval(-2.4, 23.8, "points"), interval(5.36, 5.47, "score")
    ('−2 to +24', '5.36 to 5.47')
    """
    if low is None or high is None or low != low or high != high:
        return HIDDEN
    if unit == "score" and high - low < NARROW:
        return tr("{low} to {high}", low=localised(f"{low:.2f}"), high=localised(f"{high:.2f}"))
    return tr("{low} to {high}", low=show(low, unit), high=show(high, unit))


def signed(value: Any, unit: str) -> str:
    """Print a change with its sign; a change of a share is in percentage points.

    Examples
    --------
    >>> signed(0.042, "share"), signed(-0.31, "score"), signed(12.2, "points")
    ('+4 pp', '−0.3', '+12')
    """
    if value is None or value != value:
        return HIDDEN
    text = show(100 * value, "count") if unit == "share" else show(value, unit)
    rounded_to_nothing = text.strip("0.,") == ""
    text = text if text[0] in f"+{MINUS}" or rounded_to_nothing else f"+{text}"
    return f"{text} pp" if unit == "share" else text


def date(value: Any) -> str:
    """Print a day; what is no ISO date is printed as it is.

    Examples
    --------
    >>> date("2026-03-09"), date("in March")
    ('9 Mar 2026', 'in March')
    """
    try:
        day = dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return str(value)
    return f"{day.day} {tr(_MONTHS[day.month - 1])} {day.year}"
