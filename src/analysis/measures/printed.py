"""How a number is printed inside a sentence of the left side: with the marks of the language."""

from analysis.language import SOURCE, in_use, marks


def printed(value: float, form: str = ",") -> str:
    """Print a number in a format of Python, with the marks of the language in use.

    >>> printed(1234), printed(0.854, ".2f"), printed(5.5, "g")
    ('1,234', '0.85', '5.5')
    """
    text = f"{value:{form}}"
    if in_use() == SOURCE:
        return text
    decimal, thousands = marks(in_use())
    return text.translate(str.maketrans({".": decimal, ",": thousands}))
