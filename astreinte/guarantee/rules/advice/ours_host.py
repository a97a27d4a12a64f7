"""The provider's causes below the services (facts.md, 4): the host, the network, the resources and their limits."""

from astreinte.guarantee.rules.advice.cause import Cause, ours
from astreinte.guarantee.rules.advice.conditions import Failing, Is

OURS = ("provider", "other-customer")


def _resource(name: str, resource: str, *measures: Is, fr: str, en: str) -> tuple[Cause, ...]:
    """A resource in alarm whose largest user is the provider, or another of its customers."""
    return tuple(
        ours(
            f"{name} ({measure.kind})",
            ("service-down",),
            measure,
            Is(kind="resource.top_owner", is_=OURS, on=resource),
            fr=fr,
            en=en,
        )
        for measure in measures
    )


HOST = (
    ours(
        "maintenance",
        ("host-down", "service-down"),
        Is(kind="maintenance.window", is_=("active", "overrun", "explains-outage")),
        fr="Une maintenance annoncée par l'hébergeur couvre ce moment.",
        en="Maintenance announced by the provider covers this moment.",
    ),
    *(
        ours(
            f"hardware ({kind})",
            ("host-down", "service-down"),
            Is(kind=kind, is_=values),
            fr="Le matériel de l'hébergeur est en défaut.",
            en="The provider's hardware is at fault.",
        )
        for kind, values in {
            "hardware.raid": ("abnormal",),
            "hardware.alarm": ("abnormal",),
            "hardware.disk_health": ("failing",),
            "hardware.memory_ecc": ("uncorrectable",),
        }.items()
    ),
    ours(
        "hypervisor down",
        ("host-down",),
        Is(kind="host.state", is_=("hypervisor-down",)),
        fr="La machine qui porte le serveur est arrêtée.",
        en="The machine that carries the server is down.",
    ),
    ours(
        "host off",
        ("host-down",),
        Is(kind="host.state", is_=("off", "unknown")),
        unless=(
            Is(kind="host.reboot_cause", is_=("customer",), on="server"),
            Is(kind="host.reboot_cause", is_=("customer",), on="host"),
        ),
        fr="Le serveur n'est pas en marche, et le client ne l'a pas arrêté.",
        en="The server is not running, and the customer did not stop it.",
    ),
    ours(
        "rebooted by us",
        ("host-down", "service-down"),
        Is(kind="host.reboot_cause", is_=("provider", "hardware")),
        fr="Le dernier arrêt du serveur vient de l'hébergeur ou du matériel.",
        en="The last stop of the server comes from the provider or its hardware.",
    ),
    ours(
        "stolen processor time",
        ("host-down", "service-down"),
        Is(kind="cpu.steal_percent", is_=("alarm",)),
        fr="L'hyperviseur donne à d'autres le processeur de ce serveur.",
        en="The hypervisor gives this server's processor to others.",
    ),
)

NETWORK = (
    ours(
        "uplink",
        ("network-ours", "host-down"),
        Is(kind="network.uplink", is_=("degraded", "down")),
        fr="Le lien du serveur, chez l'hébergeur, n'est pas sain.",
        en="The server's link, at the provider, is not well.",
    ),
    ours(
        "uplink saturated",
        ("network-ours",),
        Is(kind="network.uplink", is_=("saturated",)),
        unless=(Is(kind="resource.top_owner", is_=("customer",), on="uplink"),),
        fr="Le lien du serveur est saturé, et ce n'est pas par le client.",
        en="The server's link is saturated, and not by the customer.",
    ),
    *(
        ours(
            name,
            ("network-ours",),
            Is(kind=kind, is_=("abnormal",)),
            fr="Le réseau de l'hébergeur, ou celui des transporteurs qu'il a choisis, n'est pas sain.",
            en="The provider's network, or that of the carriers it chose, is not well.",
        )
        for name, kind in {"border": "network.border", "transit": "network.transit"}.items()
    ),
    ours(
        "lost on our side",
        ("network-ours",),
        Is(kind="network.loss_at", is_=("provider", "transit"), measured=True),
        fr="Le trafic se perd du côté de l'hébergeur.",
        en="The traffic is lost on the provider's side.",
    ),
    ours(
        "lost on our side, says the customer",
        ("network-ours",),
        Is(kind="network.loss_at", is_=("provider", "transit")),
        Failing(),
        fr="Le client voit le trafic se perdre du côté de l'hébergeur, et quelque chose échoue vu d'ailleurs.",
        en="The customer sees the traffic lost on the provider's side, and something fails as seen from elsewhere.",
    ),
    ours(
        "volumetric attack",
        ("network-ours",),
        Is(kind="attack.layer", is_=("l3-l4",)),
        fr="Une attaque du réseau (couches 3 et 4) est à l'hébergeur de contenir.",
        en="A network attack (layers 3 and 4) is the provider's to contain.",
    ),
)

RESOURCES = (
    *_resource(
        "resource",
        "disk",
        Is(kind="disk.used_percent", is_=("alarm",)),
        fr="Le disque est rempli par l'hébergeur ou un autre client.",
        en="The disk is filled by the provider or another customer.",
    ),
    *_resource(
        "resource",
        "memory",
        Is(kind="memory.oom_kills", is_=("alarm",)),
        Is(kind="memory.used_percent", is_=("alarm",)),
        fr="La mémoire est prise par l'hébergeur ou un autre client.",
        en="The memory is taken by the provider or another customer.",
    ),
    *_resource(
        "resource",
        "cpu",
        Is(kind="cpu.load_per_core", is_=("alarm",)),
        fr="Le processeur est pris par l'hébergeur ou un autre client.",
        en="The processor is taken by the provider or another customer.",
    ),
    *_resource(
        "resource",
        "io",
        Is(kind="io.wait_percent", is_=("alarm",)),
        fr="Les disques sont occupés par l'hébergeur ou un autre client.",
        en="The disks are kept busy by the provider or another customer.",
    ),
    *_resource(
        "resource",
        "database",
        Is(kind="db.slow_queries", is_=("alarm",)),
        fr="La base est ralentie par l'hébergeur ou un autre client.",
        en="The database is slowed down by the provider or another customer.",
    ),
    *_resource(
        "workers wait for us",
        "workers",
        Is(kind="limit.used_percent", is_=("alarm",), on="php-workers"),
        fr="Les processus PHP attendent un service de l'hébergeur.",
        en="The PHP workers wait for a service of the provider.",
    ),
    *_resource(
        "outgoing mail",
        "outgoing-mail",
        Is(kind="mail.blacklist", is_=("listed",)),
        fr="L'adresse d'envoi est listée par la faute de l'hébergeur ou d'un autre client.",
        en="The sending address is listed through the provider or another customer.",
    ),
    ours(
        "limit of ours",
        ("service-down",),
        Is(kind="limit.used_percent", is_=("alarm",)),
        Is(kind="limit.set_by", is_=("provider",), on="same"),
        fr="La limite atteinte a été posée par l'hébergeur, hors de l'offre.",
        en="The limit that is reached was set by the provider, outside the plan.",
    ),
    ours(
        "shared pool listed",
        ("service-down",),
        Is(kind="mail.blacklist", is_=("listed",)),
        Is(kind="mail.ip_pool", is_=("shared",)),
        unless=(Is(kind="resource.top_owner", is_=("customer",), on="outgoing-mail"),),
        fr="L'adresse d'envoi partagée est listée, et pas par les envois de ce client.",
        en="The shared sending address is listed, and not through this customer's mail.",
    ),
)

CAUSES = (*HOST, *NETWORK, *RESOURCES)
