"""The customer's causes under load (facts.md, 5): resources, limits, the application, programs of their own."""

from astreinte.guarantee.rules.advice import relevance
from astreinte.guarantee.rules.advice.cause import Cause, Link, theirs
from astreinte.guarantee.rules.advice.conditions import Condition, Is, Known
from astreinte.guarantee.rules.advice.supports import (
    EFFECT_SEEN,
    RUNNING,
    SERVER_SERVES,
    SITE_FAILS,
    SITE_OK,
    SPEAKS,
    THEY_CHANGED_IT,
    WITNESS_OK,
    owned,
    warned,
)

SATURATION = ("saturation", "performance-not-ours")


def _saturation(name: str, resource: str, measure: Is, *more: Condition, fr: str, en: str, **rest: object) -> Cause:
    support = (*SERVER_SERVES, *EFFECT_SEEN, *warned(resource), *more)
    return theirs(
        name, SATURATION, measure, owned("customer", resource=resource), fr=fr, en=en, **{"support": support, **rest}
    )


RESOURCES = (
    _saturation(
        "disk full",
        "disk",
        Is(kind="disk.used_percent", is_=("alarm",)),
        Is(kind="service.failure_cause", is_=("disk-full",)),
        links=frozenset({Link.DISK_FULL}),
        fr="Le disque est plein des fichiers du client.",
        en="The disk is full of the customer's files.",
    ),
    _saturation(
        "memory exhausted",
        "memory",
        Is(kind="memory.oom_kills", is_=("alarm",)),
        Is(kind="service.failure_cause", is_=("out-of-memory",)),
        Is(kind="service.state", is_=("restarted", "crash-loop", "failed")),
        links=frozenset({Link.OUT_OF_MEMORY, Link.KILLED}),
        fr="Les programmes du client ont épuisé la mémoire.",
        en="The customer's programs exhausted the memory.",
    ),
    _saturation(
        "processor busy",
        "cpu",
        Is(kind="cpu.load_per_core", is_=("alarm",)),
        fr="Les programmes du client occupent le processeur.",
        en="The customer's programs keep the processor busy.",
    ),
    # Slow disks may be failing ones: the hardware is looked at first, and its health is what proves the rest.
    _saturation(
        "disks busy",
        "io",
        Is(kind="io.wait_percent", is_=("alarm",)),
        support=(
            Is(kind="hardware.raid", is_=("ok",)),
            Is(kind="hardware.disk_health", is_=("ok",)),
        ),
        doubt=(Is(kind="hardware.disk_health", is_=("abnormal",)),),
        context=(WITNESS_OK, SITE_FAILS),
        fr="Les programmes du client occupent les disques, qui sont sains.",
        en="The customer's programs keep the disks busy, which are healthy.",
    ),
    _saturation(
        "link busy",
        "uplink",
        Is(kind="network.uplink", is_=("saturated",)),
        symptoms=relevance.RESOURCES,
        fr="Le trafic du client sature son lien.",
        en="The customer's traffic saturates its link.",
    ),
    theirs(
        "slow queries",
        ("performance-not-ours", "saturation"),
        Is(kind="db.slow_queries", is_=("alarm",)),
        owned("customer", resource="database"),
        support=(*SERVER_SERVES, *EFFECT_SEEN, *warned("database")),
        fr="Les requêtes du client ralentissent sa base.",
        en="The customer's queries slow its database down.",
    ),
    theirs(
        "flood of requests",
        SATURATION,
        Is(kind="attack.layer", is_=("l7",)),
        symptoms=relevance.WEB,
        support=(*SERVER_SERVES, *EFFECT_SEEN, Is(kind="limit.used_percent", is_=("alarm",), on="php-workers")),
        fr="Une inondation de requêtes vise l'application, que le client doit protéger.",
        en="A flood of requests aims at the application, which is the customer's to protect.",
    ),
)

# Who fills what the limit is about: the limit is not the customer's fault when somebody else uses it up.
USED_BY_OTHERS = {"disk-quota": "disk", "ram": "memory", "processes": "cpu", "db-connections": "database"}
MEMORY_LEFT = Is(kind="memory.used_percent", is_=("normal",))


def _limit(subject: str, set_by: str, clauses: tuple[str, ...]) -> Cause:
    when: list[Condition] = [
        Is(kind="limit.used_percent", is_=("alarm",), on=subject),
        Is(kind="limit.set_by", is_=(set_by,), on=subject),
    ]
    if subject == "php-workers":
        when.append(owned("customer", resource="workers"))
    resource = USED_BY_OTHERS.get(subject)
    whose = {"plan": ("de l'offre", "of the plan"), "customer": ("posée par le client", "set by the customer")}[set_by]
    return theirs(
        f"limit reached ({subject}, {set_by})",
        clauses,
        *when,
        support=(
            *SERVER_SERVES,
            *EFFECT_SEEN,
            *warned(subject, resource or subject),
            Is(kind="app.state", is_=("external-timeout",)),
            *((MEMORY_LEFT,) if subject == "ram" else ()),
        ),
        doubt=(owned("provider", "other-customer", "unknown", resource=resource),) if resource else (),
        links=frozenset({"ram": {Link.OUT_OF_MEMORY}, "disk-quota": {Link.DISK_FULL}}.get(subject, set())),
        fr=f"Une limite {whose[0]} est atteinte.",
        en=f"A limit {whose[1]} is reached.",
    )


LIMITED = ("php-workers", "ram", "processes", "mailbox", "disk-quota", "db-connections")
LIMITS = (
    *(_limit(subject, "plan", (*SATURATION, "customer-app")) for subject in LIMITED),
    *(_limit(subject, "customer", ("misuse", "saturation")) for subject in LIMITED),
)

SERVES_PAGES = tuple(Is(kind="service.state", is_=("running",), on=one) for one in ("http", "php"))
APPLICATION = (
    *(
        theirs(
            f"application ({sound.kind} {sound.on})",
            ("customer-app",),
            Is(kind="app.state", is_=("alarm",)),
            sound,
            support=(WITNESS_OK, *SERVES_PAGES, SITE_FAILS, THEY_CHANGED_IT),
            doubt=(SITE_OK,),
            fr="L'application du client est en erreur, et le serveur répond.",
            en="The customer's application fails, and the server answers.",
        )
        for sound in (WITNESS_OK, *SERVES_PAGES)
    ),
    *(
        theirs(
            f"program of the customer ({sign.kind})",
            ("customer-app",),
            Is(kind="service.managed_by", is_=("customer",)),
            sign,
            support=(
                Is(kind="service.state", is_=("alarm",), on="same"),
                Known(kind="service.failure_cause"),
                Is(kind="tcp.port", is_=("alarm",), on="same"),
                Is(kind="service.dialogue", is_=("alarm",), on="same"),
                THEY_CHANGED_IT,
                WITNESS_OK,
            ),
            doubt=(Is(kind="service.dialogue", is_=("ok",), on="same"),),
            fr="Un programme administré par le client ne fonctionne pas.",
            en="A program that the customer administers does not work.",
        )
        for sign in (
            Is(kind="service.state", is_=("alarm",), on="same"),
            Is(kind="tcp.port", is_=("alarm",), on="same"),
        )
    ),
    theirs(
        "spam",
        ("customer-app", "misuse"),
        Is(kind="mail.blacklist", is_=("listed",)),
        owned("customer", resource="outgoing-mail"),
        support=(RUNNING, SPEAKS, Is(kind="app.state", is_=("alarm",), anyway=True), *warned("outgoing-mail")),
        context=(Is(kind="mail.ip_pool", is_=("said",)),),
        fr="Les envois du client ont fait lister l'adresse d'envoi.",
        en="The customer's mail had the sending address listed.",
    ),
)

CAUSES = (*RESOURCES, *LIMITS, *APPLICATION)
