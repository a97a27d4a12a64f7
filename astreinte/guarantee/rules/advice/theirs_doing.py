"""What the customer, or who it chose, did (facts.md, 5): bans, rules, stops, settings, names, certificates, networks, help."""

from astreinte.guarantee.rules.advice import relevance
from astreinte.guarantee.rules.advice.cause import Link, theirs
from astreinte.guarantee.rules.advice.conditions import AllNormal, Beyond, Is, Known
from astreinte.guarantee.rules.advice.supports import (
    ALL_GET_THERE,
    OPEN,
    RUNNING,
    SITE_FAILS,
    SITE_OK,
    SOME_DO_NOT,
    SPEAKS,
    THEY_CHANGED_IT,
    WE_CHANGED_IT,
    WITNESS_OK,
    warned,
)

APPLIED = Is(kind="change.apply_state", is_=("applied",), on="same", anyway=True)
NOT_APPLIED = Is(
    kind="change.apply_state", is_=("pending", "stuck", "failed", "drifted", "rejected"), on="same", anyway=True
)
CHANGE_AGE = Is(kind="change.age", least=0, on="same", anyway=True)
PORT_CLOSED = Is(kind="tcp.port", is_=("alarm",), on="same", anyway=True)

ACCESS = (
    # A ban keeps one person out: others must be seen to get in, and nothing they would see may fail.
    theirs(
        "ban",
        ("misuse",),
        Is(kind="firewall.ban", is_=("login-failures", "abuse")),
        support=(OPEN, SPEAKS, ALL_GET_THERE, SITE_OK, WITNESS_OK),
        doubt=(SITE_FAILS, SOME_DO_NOT),
        fr="L'adresse du client est bannie après des échecs de connexion ou un abus, et les autres accèdent au serveur.",
        en="The customer's address is banned after failed logins or abuse, and others reach the server.",
    ),
    theirs(
        "rule of the customer",
        ("misuse",),
        Is(kind="firewall.blocking_rule", is_=("customer",)),
        support=(Is(kind="tcp.port", is_=("alarm",), on="port"), RUNNING, WITNESS_OK),
        doubt=(
            Is(kind="tcp.port", is_=("open",), on="port"),
            Is(kind="change.apply_state", is_=("pending", "rejected"), on="firewall", anyway=True),
        ),
        context=(Is(kind="change.by", is_=("customer",), on="firewall"),),
        links=frozenset({Link.PORT}),
        fr="Une règle de pare-feu du client ferme ce port.",
        en="A firewall rule of the customer closes this port.",
    ),
)

STOPS = (
    theirs(
        "service stopped by the customer",
        ("misuse",),
        Is(kind="service.state", is_=("stopped",)),
        Is(kind="change.by", is_=("customer",), on="same"),
        support=(APPLIED,),
        doubt=(
            NOT_APPLIED,
            Is(kind="tcp.port", is_=("open",), on="same"),
            Is(kind="service.dialogue", is_=("ok",), on="same"),
        ),
        context=(PORT_CLOSED, CHANGE_AGE),
        links=frozenset({Link.SERVICE}),
        fr="Le client a lui-même arrêté ce service.",
        en="The customer stopped this service itself.",
    ),
    theirs(
        "host stopped by the customer",
        ("misuse",),
        Is(kind="host.state", is_=("off",)),
        Is(kind="host.reboot_cause", is_=("customer",), on="same"),
        support=(
            Is(kind="change.by", is_=("customer",), on="host"),
            Is(kind="icmp.loss_percent", is_=("alarm",)),
            Is(kind="tcp.port", is_=("alarm",), anyway=True),
        ),
        doubt=(Is(kind="change.by", is_=("provider", "third-party"), on="host"),),
        context=(Is(kind="change.apply_state", is_=("applied",), on="host"),),
        links=frozenset({Link.EVERYTHING}),
        fr="Le client a lui-même arrêté son serveur.",
        en="The customer stopped its server itself.",
    ),
    theirs(
        "reboot by the customer",
        ("misuse",),
        Is(kind="host.reboot_cause", is_=("customer",)),
        Is(kind="change.by", is_=("customer",), on="host"),
        Is(kind="change.apply_state", is_=("applied",), on="host"),
        support=(Is(kind="history.outage", least=60, on="host"),),
        links=frozenset({Link.EVERYTHING}),
        fr="Le client a lui-même redémarré son serveur.",
        en="The customer rebooted its server itself.",
    ),
    theirs(
        "wrong setting of the customer",
        ("misuse", "customer-app"),
        Is(kind="service.failure_cause", is_=("bad-config",)),
        Is(kind="change.by", is_=("customer",), on="same"),
        support=(
            Is(kind="service.state", is_=("alarm",), on="same"),
            PORT_CLOSED,
            Is(kind="service.dialogue", is_=("alarm",), on="same", anyway=True),
        ),
        context=(APPLIED, CHANGE_AGE),
        links=frozenset({Link.SERVICE}),
        fr="Le service est arrêté par un mauvais réglage du client.",
        en="The service stopped on a wrong setting of the customer.",
    ),
    theirs(
        "change rejected",
        ("misuse",),
        Is(kind="change.apply_state", is_=("rejected",)),
        Is(kind="change.by", is_=("customer",), on="same"),
        support=(RUNNING, SITE_FAILS, WITNESS_OK, CHANGE_AGE, *warned("same")),
        fr="La modification du client est invalide : elle a été refusée, et il en a été averti.",
        en="The customer's change is not valid: it was refused, and the customer was told.",
    ),
    theirs(
        "account suspended",
        ("misuse",),
        Is(kind="account.state", is_=("suspended-unpaid", "suspended-abuse")),
        Is(kind="notice.age", least=0, on="account"),
        support=(
            Is(kind="http.site", is_=("suspended-page", "forbidden"), anyway=True),
            RUNNING,
            WITNESS_OK,
        ),
        # Whoever did something about it since may have paid.
        doubt=(
            Is(kind="change.by", is_=("customer",), on="account"),
            Is(kind="change.apply_state", is_=("pending",), on="account"),
        ),
        fr="Le compte est suspendu, après avertissement.",
        en="The account is suspended, after a warning.",
    ),
    theirs(
        "backups closed by the customer",
        ("misuse",),
        Is(kind="backup.access", is_=("denied",)),
        Is(kind="change.by", is_=("customer",), on="backup"),
        Is(kind="change.apply_state", is_=("applied",), on="backup"),
        support=(Is(kind="backup.latest_age", is_=("normal",)), SPEAKS, Is(kind="change.age", least=0, on="backup")),
        doubt=(Is(kind="service.managed_by", is_=("customer",), on="backup"),),
        fr="Le client a lui-même retiré l'accès à ses sauvegardes.",
        en="The customer removed the access to its backups itself.",
    ),
)

NETWORK = (
    theirs(
        "network of the customer",
        ("network-not-ours",),
        Is(kind="network.loss_at", is_=("customer-lan", "customer-isp", "remote-isp")),
        symptoms=relevance.ACCESS | {"slow"},
        support=(ALL_GET_THERE,),
        doubt=(SOME_DO_NOT,),
        context=(Is(kind="incident.common_factor", is_=("isp",)),),
        fr="Le trafic se perd chez le client ou dans un réseau d'accès, et tous les autres arrivent.",
        en="The traffic is lost at the customer's or in an access network, and everybody else gets there.",
    ),
    theirs(
        "front chosen by the customer",
        ("network-not-ours",),
        Is(kind="http.front", is_=("third-party",)),
        Is(
            kind="http.site",
            is_=("server-error", "gateway-error", "tls-error", "refused", "timeout", "not-found", "forbidden"),
            on="same",
        ),
        support=(Is(kind="http.direct", is_=("ok",), on="same"),),
        context=(WITNESS_OK,),
        fr="Le CDN choisi par le client échoue, et le site répond sur le serveur.",
        en="The CDN chosen by the customer fails, and the site answers on the server.",
    ),
)

HELP = (
    theirs(
        "question",
        ("general-help",),
        Is(kind="request.intent", is_=("how-to",)),
        symptoms=frozenset({"how-to"}),
        support=(AllNormal(),),
        fr="C'est une question d'utilisation, et tout ce qui a été mesuré est normal.",
        en="This is a question of use, and everything that was measured is normal.",
    ),
    theirs(
        "older than what is kept",
        ("general-help",),
        Beyond(kind="request.data_age", limit="backup.oldest_age"),
        support=(Is(kind="backup.access", is_=("ok",)),),
        # Less than the days we promise to keep is no fault of the customer.
        doubt=(Is(kind="backup.oldest_age", is_=("between",)),),
        fr="Les données demandées sont plus anciennes que les sauvegardes gardées.",
        en="The data asked for are older than the backups that are kept.",
    ),
    theirs(
        "caches not expired",
        ("general-help",),
        Is(kind="dns.ttl_left", least=1),
        Is(kind="dns.zone_serial_lag", is_=("normal",), on="same"),
        Is(kind="change.apply_state", is_=("applied",), on="same"),
        unless=(WE_CHANGED_IT, Is(kind="dns.delegation", is_=("third-party", "none"), on="same")),
        support=(
            Known(kind="dns.answer"),
            THEY_CHANGED_IT,
            RUNNING,
            Is(kind="http.direct", is_=("ok",), on="same", anyway=True),
        ),
        fr="La modification est appliquée et servie ; les caches gardent encore l'ancienne réponse.",
        en="The change is applied and served; caches still hold the previous answer.",
    ),
)

CAUSES = (*ACCESS, *STOPS, *NETWORK, *HELP)
