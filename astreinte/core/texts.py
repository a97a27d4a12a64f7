"""Text from elsewhere, made fit to be shown, logged and sent on: no control character, no secret."""

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote

# Below that, blanking it out would blank out half of the sentence.
SHORTEST_SECRET = 4


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, however they are written in it (plain, percent-encoded, base64)."""
    spelled = {form for secret in secrets if len(secret) >= SHORTEST_SECRET for form in _spellings(secret)}
    for form in sorted(spelled, key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def _spellings(secret: str) -> Iterable[str]:
    raw = unquote(secret)
    coded = base64.b64encode(raw.encode("utf-8", "replace")).decode()
    return {secret, raw, quote(raw, safe=""), quote_plus(raw), coded}


# Below a space (but tab and newline), the C1 block, bidirectional overrides, zero-width signs, lone surrogates, and the two
# that no XML may hold: a call is TwiML.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def plain(text: str, *, limit: int = 20_000, one_line: bool = False) -> str:
    """Text that any wire can carry: no control character, no lone surrogate, at most `limit` characters (F25)."""
    clean = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if one_line:
        clean = " ".join(clean.split())
    return clean if len(clean) <= limit else clean[: limit - 3] + "..."
