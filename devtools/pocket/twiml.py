"""What a TwiML document makes a phone do: say, text back, and ask for a key."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET


@dataclass(frozen=True, kw_only=True)
class Script:
    """The sentences spoken, the texts sent back, where the next key goes (empty: the line is then hung up)."""

    said: tuple[str, ...]
    texts: tuple[str, ...]
    action: str
    language: str


def read(document: str) -> Script:
    """Raises `ValueError` for what is not TwiML."""
    try:
        # Our own product writes these documents; entities are refused all the same.
        root = ET.fromstring(document) if "<!" not in document else None  # noqa: S314
    except ET.ParseError:
        root = None
    if root is None or root.tag != "Response":
        raise ValueError("not TwiML")
    gather = root.find("Gather")
    # A second Gather only repeats the first for those who stay silent: on the screen the words stay.
    spoken = gather.iter("Say") if gather is not None else root.iter("Say")
    sentences = list(spoken)
    said = list(dict.fromkeys("".join(say.itertext()).strip() for say in sentences))
    return Script(
        said=tuple(said),
        texts=tuple("".join(message.itertext()).strip() for message in root.iter("Message")),
        action=gather.get("action", "") if gather is not None else "",
        language=sentences[0].get("language", "fr-FR") if sentences else "fr-FR",
    )
