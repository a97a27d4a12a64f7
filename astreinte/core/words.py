"""What somebody typed, before it reaches a person: is anything to be seen in it, and one line that reads in one direction."""

import unicodedata

# Letters and signs by their category, that are drawn as nothing.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
# They turn around the words that follow, beyond the text they stand in: the page, the SMS, the name of a file.
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def says_nothing(text: str) -> bool:
    """Whether nobody would see anything: spaces, and characters that are not drawn."""
    return all(one in _BLANK or unicodedata.category(one)[0] in "ZC" for one in text)


def one_line(text: str) -> str:
    """The same words with single spaces between them, without controls and without what turns the text around."""
    spaced = " ".join(text.split())
    return "".join(one for one in spaced if one not in _TURNING and unicodedata.category(one) != "Cc")
