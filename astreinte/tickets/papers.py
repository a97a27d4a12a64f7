"""The papers of acceptances: which are to be drawn, from what, and the file that travels with the e-mail. Reads only."""

from datetime import datetime, timedelta

from astreinte.accounts.models import Provider
from astreinte.tickets.models import Consent, Receipt
from astreinte.tickets.receipt import ReceiptDocument

File = tuple[str, str, bytes]


# What could not be drawn in this time never will be: its e-mail left long ago. And nobody looks at every acceptance each second.
TRIED_FOR = timedelta(days=1)
# Drawing takes a whole core for seconds, even at low priority. At twenty openings a second that made each page leave 0.4 s later
# (20 ms without it, measured), and sealing evidence 2 s: as long as openings follow each other this closely, both wait.
CALM = timedelta(seconds=1)
# Few at once: what has begun is not stopped when the next phone rings.
TOGETHER = 5


def to_draw(*, at: datetime, limit: int = TOGETHER) -> list[Consent]:
    """The acceptances of today that have no paper yet, newest first: somebody waits for those. None while phones begin to ring."""
    missing = Consent.objects.filter(at__gte=at - TRIED_FOR, receipt__isnull=True, ticket__isnull=False)
    found = list(missing.select_related("ticket").order_by("-id")[:limit])
    return found if found and is_calm(at=at) else []


def is_calm(*, at: datetime) -> bool:
    """Whether no phone has just begun to ring: what nobody waits for may be done."""
    return not Consent.objects.filter(at__gt=at - CALM).exists()


def document(consent: Consent, *, provider: Provider | None) -> ReceiptDocument:
    """What the paper says: the acceptance as it was frozen, and the provider's own name."""
    identity = [provider.legal_name, provider.legal_form, provider.register, provider.vat_number] if provider else []
    return ReceiptDocument(
        ref=consent.ticket.ref,
        at=consent.at.isoformat(),
        time_zone=provider.time_zone if provider else "UTC",
        language=consent.language,
        provider=provider.name if provider else "",
        provider_identity=" · ".join(one for one in identity if one),
        customer=consent.customer_name,
        server=consent.server_name,
        by=consent.by_name,
        channel=consent.channel,
        ip=consent.ip,
        user_agent=consent.user_agent,
        text=consent.text,
        text_sha256=consent.text_sha256,
        box=consent.box_text,
        button=consent.button_label,
        amount_excl_cents=consent.amount_excl_cents,
        amount_incl_cents=consent.amount_incl_cents,
        vat_rate=consent.vat_rate,
        currency=consent.currency,
        tariff_from=consent.tariff_from.isoformat(),
        policy_from=consent.policy_from.isoformat(),
        sha256=consent.sha256,
    )


def is_drawn(key: int) -> bool:
    """Whether the paper of an acceptance is there."""
    return Receipt.objects.filter(consent=key).exists()


def files(key: int) -> tuple[File, ...]:
    """The paper of an acceptance, once it is drawn."""
    paper = Receipt.objects.select_related("consent__ticket").filter(consent=key).first()
    return ((f"{paper.consent.ticket.ref}.pdf", "application/pdf", bytes(paper.pdf)),) if paper else ()
