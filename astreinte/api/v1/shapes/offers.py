"""What an urgent ticket would cost, with the words to accept; or why there is none."""

from typing import Literal

from astreinte.api.v1.shapes.common import Shape, amount, example
from astreinte.tickets.queries import Offer
from astreinte.web import trouble

_EXAMPLE = example(
    available=True,
    server="web1.boulangerie.example",
    reason=None,
    slug=None,
    amount_excl_vat="95.00",
    vat_rate="20.00",
    amount_incl_vat="114.00",
    currency="EUR",
    language="en",
    text="By opening an urgent ticket for the server web1.boulangerie.example you immediately engage an engineer...",
    text_sha256="2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    button="Confirm the urgent ticket: 95.00 excl. VAT (114.00 incl. VAT) if the problem is not covered",
    withdrawal_box=None,
    tariff_from="2019-12-13",
    policy_from="2019-12-13",
)


class OfferOut(Shape):
    """`available` tells whether the caller may open an urgent ticket on this server now; if not, `reason` says why.

    `withdrawal_box` is the consumer's separate statement: where there is one, `accept.withdrawal_waived` must be true.
    """

    model_config = _EXAMPLE
    available: bool
    server: str
    reason: str | None
    slug: str | None
    amount_excl_vat: str | None
    vat_rate: str | None
    amount_incl_vat: str | None
    currency: Literal["EUR"]
    language: str
    text: str | None
    text_sha256: str | None
    button: str | None
    withdrawal_box: str | None
    tariff_from: str | None
    policy_from: str | None


def offer_out(offer: Offer) -> OfferOut:
    """An offer, or why there is none."""
    words = offer.words
    refusal = offer.refusal
    available = refusal is None and words is not None and offer.policy is not None
    return OfferOut(
        available=available,
        server=offer.server.name,
        reason=trouble.said(refusal) if refusal else None,
        slug=refusal.slug if refusal else None,
        amount_excl_vat=amount(offer.amount_excl_cents) if available else None,
        vat_rate=offer.vat_rate if available else None,
        amount_incl_vat=amount(offer.amount_incl_cents) if available else None,
        currency="EUR",
        language=offer.language,
        text=words.text if words else None,
        text_sha256=words.text_sha256 if words else None,
        button=words.button if words else None,
        withdrawal_box=(words.box or None) if words else None,
        tariff_from=offer.tariff_from or None,
        policy_from=offer.policy.from_date.isoformat() if offer.policy else None,
    )
