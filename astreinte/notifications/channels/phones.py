"""Telephone numbers, as E.164 writes them."""

import phonenumbers


def e164(text: str) -> str:
    """The number as `+33611111111`, from any writing that has its country; raises `ValueError` with a sentence."""
    try:
        number = phonenumbers.parse(str(text), None)
    except phonenumbers.NumberParseException:
        raise ValueError(
            f"{str(text)[:30]} is not a telephone number: write it with its country, as +33611111111"
        ) from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError(f"{str(text)[:30]} does not have the length of a telephone number of its country")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
