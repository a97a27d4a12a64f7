"""The provider's causes above the host (facts.md, 4): changes, backups, firewall, certificates, incidents."""

from astreinte.guarantee.rules.advice import relevance
from astreinte.guarantee.rules.advice.cause import Cause, ours
from astreinte.guarantee.rules.advice.conditions import Failing, Is, Known

DAY = 86_400
RECENT_CHANGE_S = 3 * DAY
ANNOUNCED_S = 7 * DAY
NOT_OURS_TO_ANSWER = ("elsewhere", "no-record", "nxdomain", "servfail", "timeout")

CHANGES = (
    ours(
        "change not applied",
        ("change-not-applied",),
        Is(kind="change.apply_state", is_=("stuck", "failed", "drifted")),
        fr="La modification faite dans l'administration n'a pas été correctement appliquée.",
        en="The change made in the administration was not correctly applied.",
    ),
    ours(
        "zone not served",
        ("change-not-applied",),
        Is(kind="dns.zone_serial_lag", is_=("alarm",)),
        unless=(
            Is(kind="dns.delegation", is_=("third-party", "none"), on="same"),
            Is(kind="change.apply_state", is_=("pending",), on="same"),
        ),
        fr="La zone enregistrée n'est pas encore servie par les serveurs de noms de l'hébergeur.",
        en="The zone that was saved is not yet served by the provider's name servers.",
    ),
    ours(
        "renewal missed",
        ("change-not-applied", "service-down"),
        Is(kind="domain.registration", is_=("expired", "redemption", "deleted")),
        Is(kind="domain.registrar", is_=("provider",), on="same"),
        Is(kind="domain.auto_renew", is_=("on",), on="same"),
        fr="Le domaine devait être renouvelé par l'hébergeur.",
        en="The provider had to renew the domain.",
    ),
    ours(
        "signature of ours",
        ("service-down", "change-not-applied"),
        Is(kind="dns.dnssec", is_=("bogus",)),
        Is(kind="dns.delegation", is_=("provider",), on="same"),
        fr="La signature DNSSEC de la zone de l'hébergeur est fausse.",
        en="The DNSSEC signature of the provider's zone is wrong.",
    ),
    ours(
        "unannounced change",
        ("service-down", "change-not-applied"),
        Is(kind="change.by", is_=("provider",)),
        Is(kind="change.age", most=RECENT_CHANGE_S, on="same"),
        Failing(),
        unless=(Is(kind="notice.age", least=ANNOUNCED_S, on="same"),),
        fr="L'hébergeur a changé ceci depuis moins de trois jours, sans l'annoncer sept jours avant.",
        en="The provider changed this less than three days ago, and did not announce it seven days before.",
    ),
)

OWN_BACKUPS = Is(kind="service.managed_by", is_=("customer",), on="backup")
CUSTOMER_CHANGED_BACKUPS = Is(kind="change.by", is_=("customer",), on="backup")
BACKUPS = (
    ours(
        "backups broken",
        ("backup-unreachable",),
        Is(kind="backup.access", is_=("stale", "io-error")),
        unless=(OWN_BACKUPS,),
        fr="Les sauvegardes quotidiennes ne se lisent pas depuis le serveur.",
        en="The daily backups cannot be read from the server.",
    ),
    *(
        ours(
            name,
            ("backup-unreachable",),
            condition,
            unless=(OWN_BACKUPS, CUSTOMER_CHANGED_BACKUPS),
            fr="Les sauvegardes quotidiennes manquent, sans changement du client.",
            en="The daily backups are missing, and the customer changed nothing.",
        )
        for name, condition in {
            "backups out of reach": Is(kind="backup.access", is_=("unmounted", "denied")),
            "backups too old": Is(kind="backup.latest_age", is_=("alarm",)),
        }.items()
    ),
)

ACCESS = (
    ours(
        "wrong ban",
        ("service-down", "network-ours"),
        Is(kind="firewall.ban", is_=("provider-error",)),
        symptoms=relevance.ACCESS | {"backup", "slow"},
        fr="L'adresse du client est bannie par erreur de l'hébergeur.",
        en="The customer's address is banned by a mistake of the provider.",
    ),
    ours(
        "rule of ours",
        ("service-down", "network-ours"),
        Is(kind="firewall.blocking_rule", is_=("provider",)),
        fr="Une règle de pare-feu de l'hébergeur ferme ce port.",
        en="A firewall rule of the provider closes this port.",
    ),
)
CERTIFICATES = (
    ours(
        "renewal blocked by us",
        ("service-down", "change-not-applied"),
        Is(kind="tls.days_left", is_=("alarm",)),
        Is(kind="tls.origin", is_=("provider-auto",), on="same"),
        Is(kind="tls.renewal_blocker", is_=("provider",), on="same"),
        unless=(Is(kind="dns.answer", is_=NOT_OURS_TO_ANSWER, on="same"),),
        context=(Is(kind="dns.answer", is_=("ours",), on="same"),),
        fr="Le certificat automatique a expiré, et l'hébergeur bloque son renouvellement.",
        en="The automatic certificate expired, and the provider blocks its renewal.",
    ),
    ours(
        "renewal missed, certificate",
        ("service-down", "change-not-applied"),
        Is(kind="tls.days_left", is_=("alarm",)),
        Is(kind="tls.origin", is_=("provider-auto",), on="same"),
        Is(kind="dns.answer", is_=("ours",), on="same"),
        unless=(Is(kind="tls.renewal_blocker", is_=("customer", "third-party"), on="same"),),
        context=(Known(kind="tls.renewal_blocker"),),
        fr="Le certificat automatique a expiré alors que le nom répond chez l'hébergeur.",
        en="The automatic certificate expired although the name answers at the provider.",
    ),
)


def _incident(name: str, clauses: tuple[str, ...], **where: object) -> Cause:
    return ours(
        name,
        clauses,
        Is(kind="incident.open", is_=("confirmed",), **where),  # type: ignore[arg-type]
        Is(kind="incident.owner", is_=("provider",), on="same"),
        fr="Un incident confirmé de l'hébergeur est déjà ouvert.",
        en="A confirmed incident of the provider is already open.",
    )


def _cluster(factor: str, *clauses: str) -> Cause:
    return ours(
        f"other customers ({factor})",
        clauses,
        Is(kind="incident.other_customers", is_=("alarm",)),
        Is(kind="incident.common_factor", is_=(factor,), on="same"),
        fr="D'autres clients ont le même symptôme, et ce qu'ils partagent est à l'hébergeur.",
        en="Other customers have the same symptom, and what they share is the provider's.",
    )


INCIDENTS = (
    _incident("known incident of the server", ("host-down", "service-down"), on="server"),
    _incident("known incident", ("service-down", "host-down")),
    _cluster("host", "host-down", "network-ours"),
    _cluster("network", "network-ours"),
    _cluster("platform", "service-down"),
)

CAUSES = (*CHANGES, *BACKUPS, *ACCESS, *CERTIFICATES, *INCIDENTS)
