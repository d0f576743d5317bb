"""What to do about a weak element of trust: moves from easy to advanced.

Two moves are published as examples for interdependence (Hollyoake, guest blog at Deep-Insight:
working in the customer's office, and a joint business plan made together); all others, and all
wording, are ours. They are suggestions to discuss with the customer; no effect was measured.
"""

from collections.abc import Iterable

import pandas as pd

from analysis.language import later, tr
from analysis.measures.trust.elements import ELEMENTS

PUBLISHED = later("after Hollyoake, Deep-Insight")
OURS = later("our suggestion")
EASY, NEXT, ADVANCED = later("easy"), later("next"), later("advanced")

#: Element -> moves, each (how hard, what to do, whence), from easy to advanced.
MOVES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "intentions": (
        (
            EASY,
            later("Tell the customer in one page what you want from the relation, and ask back."),
            OURS,
        ),
        (
            NEXT,
            later(
                "Name a sponsor on both boards, who meet twice a year without an agenda of sales."
            ),
            OURS,
        ),
        (
            ADVANCED,
            later("Invest ahead of a contract in something that only this customer needs."),
            OURS,
        ),
    ),
    "ability": (
        (
            EASY,
            later(
                "Bring your specialists into the regular meetings, not only the account manager."
            ),
            OURS,
        ),
        (
            NEXT,
            later("Agree with the customer which skills the team must have, and train for them."),
            OURS,
        ),
        (
            ADVANCED,
            later(
                "Run a pilot together on the customer's hardest problem, and share what it shows."
            ),
            OURS,
        ),
    ),
    "credibility": (
        (
            EASY,
            later("Keep one open list of promises with dates, and go through it at every meeting."),
            OURS,
        ),
        (
            NEXT,
            later("Report misses before the customer finds them, with what you do about each."),
            OURS,
        ),
        (
            ADVANCED,
            later("Let the customer check you: open books, open service data, joint audits."),
            OURS,
        ),
    ),
    "mutual_value": (
        (
            EASY,
            later("Write down what each side gains from the relation, and ask whether it is fair."),
            OURS,
        ),
        (
            NEXT,
            later("Set two goals that both sides count as success, and review them each quarter."),
            OURS,
        ),
        (
            ADVANCED,
            later("Share gains and risks in the contract, by a measure that both sides trust."),
            OURS,
        ),
    ),
    "interdependence": (
        (EASY, later("Work at the customer's office one day a week."), PUBLISHED),
        (NEXT, later("Plan the next half-year's work in one team from both firms."), OURS),
        (ADVANCED, later("Write a joint business plan together, and own it together."), PUBLISHED),
    ),
    "time": (
        (EASY, later("Fix the dates of next year's reviews now, and keep each of them."), OURS),
        (
            NEXT,
            later("Hand over between people with an overlap, so that no agreement is forgotten."),
            OURS,
        ),
        (
            ADVANCED,
            later("Agree on a horizon beyond the contract, and look back together every year."),
            OURS,
        ),
    ),
}


def moves(elements: Iterable[str] | None = None) -> pd.DataFrame:
    """Ladder of moves for some elements, from easy to advanced.

    Parameters
    ----------
    elements : keys of `ELEMENTS`, in the order wanted; None: all.

    Returns
    -------
    DataFrame: term (label of the element), element, step (from 1), effort (easy, next, advanced),
    move, source.

    Examples
    --------
    >>> moves(["interdependence"])["move"].iloc[0]
    "Work at the customer's office one day a week."
    """
    rows = [
        (tr(ELEMENTS[element]), element, step, *map(tr, move))
        for element in (ELEMENTS if elements is None else elements)
        for step, move in enumerate(MOVES[element], start=1)
    ]
    return pd.DataFrame(rows, columns=["term", "element", "step", "effort", "move", "source"])
