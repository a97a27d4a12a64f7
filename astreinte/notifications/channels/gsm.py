"""SMS text: in the GSM alphabet where possible, counted in segments, cut before its link and code (3GPP TS 23.038)."""

import unicodedata

# Contract, section 6.
LIMIT = 320

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€")
_WRITTEN = str.maketrans({
    "’": "'", "‘": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "‑": "-",
    "…": "...", "·": ".", "•": "-", "→": "->", "←": "<-", "×": "x", "œ": "oe", "Œ": "OE", "\u00a0": " ",
    "\u202f": " ", "\u2009": " ", "\t": " ", "`": "'", "°": "o", "≥": ">=", "≤": "<=",
})  # fmt: skip


def is_gsm(text: str) -> bool:
    """True when the text needs no 16-bit message."""
    return all(sign in BASIC or sign in EXTENDED for sign in text)


def fold(text: str) -> str:
    """The same text with its typography and its accents outside the alphabet written otherwise; other scripts stay."""
    return "".join(_folded(sign) for sign in text.translate(_WRITTEN))


def _folded(sign: str) -> str:
    if sign in BASIC or sign in EXTENDED:
        return sign
    bare = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    if is_gsm(bare):
        return bare
    # Letters of other scripts are somebody's name; pictures and signs only cost segments.
    return sign if unicodedata.category(sign)[0] in "LMN" else ""


def length(text: str) -> int:
    """Characters of the GSM alphabet count one, those of its extension two; without it, UTF-16 units."""
    if is_gsm(text):
        return sum(2 if sign in EXTENDED else 1 for sign in text)
    return len(text.encode("utf-16-le")) // 2


def segments(text: str) -> int:
    """How many messages the network carries: 160 then 153 characters each, or 70 then 67."""
    single, joined = (160, 153) if is_gsm(text) else (70, 67)
    size = length(text)
    return 1 if size <= single else -(-size // joined)


def fit(text: str, *, tail_at: str = "", limit: int = LIMIT) -> str:
    """At most `limit` characters, cut in what stands before `tail_at` (the link): link and code always stay whole."""
    folded = " ".join(fold(text).split(" "))
    if length(folded) <= limit:
        return folded
    cut = folded.rfind(fold(tail_at)) if tail_at else -1
    head, tail = (folded[:cut], folded[cut:]) if cut >= 0 else (folded, "")
    mark = "... " if tail else "..."
    while head and length(head + mark + tail) > limit:
        head = head[:-1]
    return head.rstrip() + mark + tail if head else tail[:limit]
