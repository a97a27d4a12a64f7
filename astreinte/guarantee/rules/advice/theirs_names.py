"""Names and certificates that are the customer's, or of who it chose (facts.md, 5)."""

from astreinte.guarantee.rules.advice.cause import theirs
from astreinte.guarantee.rules.advice.conditions import Is, Known
from astreinte.guarantee.rules.advice.ours_desk import NOT_OURS_TO_ANSWER
from astreinte.guarantee.rules.advice.supports import (
    DIRECT_OK,
    RUNNING,
    SITE_FAILS,
    THEY_CHANGED_IT,
    WITNESS_OK,
    warned,
)

CHOSEN = ("misuse", "network-not-ours")
ANSWERS_OURS = Is(kind="dns.answer", is_=("ours",), on="same")
ANSWERS_ELSE = Is(kind="dns.answer", is_=NOT_OURS_TO_ANSWER, on="same")
THIRD_ZONE = Is(kind="dns.delegation", is_=("third-party",), on="same")
DNS_RUNS = Is(kind="service.state", is_=("running",), on="dns")
TLS_ERROR = Is(kind="http.site", is_=("tls-error",), on="same", anyway=True)

DOMAINS = (
    theirs(
        "domain elsewhere",
        CHOSEN,
        Is(kind="domain.registration", is_=("abnormal",)),
        Is(kind="domain.registrar", is_=("third-party",), on="same"),
        support=(ANSWERS_ELSE, DIRECT_OK, THIRD_ZONE, RUNNING, SITE_FAILS),
        doubt=(ANSWERS_OURS,),
        fr="Le domaine, enregistré chez un tiers choisi par le client, n'est plus actif.",
        en="The domain, registered with a third party chosen by the customer, is no longer active.",
    ),
    theirs(
        "renewal left to the customer",
        ("misuse",),
        Is(kind="domain.registration", is_=("abnormal",)),
        Is(kind="domain.registrar", is_=("provider",), on="same"),
        Is(kind="domain.auto_renew", is_=("off", "unpaid"), on="same"),
        support=warned("same", "domain"),
        doubt=(ANSWERS_OURS,),
        context=(DIRECT_OK, ANSWERS_ELSE),
        fr="Le renouvellement du domaine était au client, qui en a été averti.",
        en="Renewing the domain was the customer's to do, and the customer was warned.",
    ),
)

ZONES = (
    theirs(
        "zone of a third party",
        CHOSEN,
        Is(kind="dns.answer", is_=NOT_OURS_TO_ANSWER),
        THIRD_ZONE,
        support=(DIRECT_OK, DNS_RUNS, SITE_FAILS, WITNESS_OK),
        fr="Le nom ne mène pas chez l'hébergeur, et sa zone est chez un tiers choisi par le client.",
        en="The name does not lead to the provider, and its zone is with a third party chosen by the customer.",
    ),
    theirs(
        "signature of a third party",
        CHOSEN,
        Is(kind="dns.dnssec", is_=("bogus",)),
        THIRD_ZONE,
        support=(ANSWERS_ELSE, DIRECT_OK, DNS_RUNS, SITE_FAILS, WITNESS_OK),
        fr="La signature DNSSEC est fausse, et la zone est chez un tiers choisi par le client.",
        en="The DNSSEC signature is wrong, and the zone is with a third party chosen by the customer.",
    ),
    theirs(
        "name as the customer set it",
        CHOSEN,
        Is(kind="dns.answer", is_=("elsewhere",)),
        Is(kind="dns.delegation", is_=("provider",), on="same"),
        Is(kind="change.by", is_=("customer",), on="same"),
        Is(kind="dns.zone_serial_lag", is_=("normal",), on="same"),
        support=(Is(kind="change.apply_state", is_=("applied",), on="same"), DIRECT_OK, DNS_RUNS),
        doubt=(
            Is(
                kind="change.apply_state",
                is_=("pending", "stuck", "failed", "drifted", "rejected"),
                on="same",
                anyway=True,
            ),
        ),
        fr="Le nom mène là où le client l'a réglé.",
        en="The name leads where the customer set it.",
    ),
)

CERTIFICATES = (
    theirs(
        "certificate of the customer",
        ("misuse",),
        Is(kind="tls.days_left", is_=("alarm",)),
        Is(kind="tls.origin", is_=("customer-upload", "third-party"), on="same"),
        support=(TLS_ERROR, ANSWERS_OURS, RUNNING, WITNESS_OK, *warned("same")),
        fr="Le certificat expiré a été fourni par le client ou par un tiers qu'il a choisi.",
        en="The expired certificate was supplied by the customer, or by a third party it chose.",
    ),
    theirs(
        "renewal blocked by the customer",
        CHOSEN,
        Is(kind="tls.days_left", is_=("alarm",)),
        Is(kind="tls.renewal_blocker", is_=("customer", "third-party"), on="same"),
        support=(ANSWERS_ELSE, THIRD_ZONE, TLS_ERROR, RUNNING, WITNESS_OK, THEY_CHANGED_IT, *warned("same")),
        context=(Known(kind="tls.origin"),),
        fr="Le renouvellement du certificat est bloqué par le client ou par un tiers qu'il a choisi.",
        en="The renewal of the certificate is blocked by the customer, or by a third party it chose.",
    ),
)

CAUSES = (*DOMAINS, *ZONES, *CERTIFICATES)
