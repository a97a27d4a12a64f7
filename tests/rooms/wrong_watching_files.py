"""Provider files that are wrong in what they say of watching, and exactly what is said about them."""

LISTED = "type: heartbeat, key: k, server: web1.boulangerie.example, proves: backup"
WRONG = [
    ("port: 9022", "port: 9022, interval: 0s", [(98, "interval cannot be 0s.")]),
    (
        "  email: {type: smtp",
        "  email: {type: sendmail",
        [(34, "type: sendmail is not one of: twilio, smtp, webhook, apprise.")],
    ),
    ("  email: {type: smtp", "  mail: {type: smtp", [(34, "mail is not known here; did you mean email?")]),
    (
        "  email: {type: smtp, url",
        "  email: {type: smtp, uri",
        [(34, "url is missing in email."), (34, "uri is not known here; did you mean url?")],
    ),
    ("email: {type: smtp, ", "email: {", [(34, "type is missing in email.")]),
    ("{type: imap, host", "{kind: imap, host", [(100, "services: a service needs its type, as in {type: http}.")]),
    (
        "\ncustomers:",
        "\ninbound: {a: {type: alerts, key: k}, b: {type: alerts, key: k}}\n\ncustomers:",
        [(80, "The key of b is already used on line 80: each needs its own.")],
    ),
    (
        "\ncustomers:",
        "\ninbound: {a: {type: heartbeat, key: k}}\n\ncustomers:",
        [(80, "a: write either every or cron, to say when the heartbeat is expected.")],
    ),
    (
        "\ncustomers:",
        '\ninbound: {a: {type: heartbeat, key: k, cron: "0 25 * * *"}}\n\ncustomers:',
        [(80, "cron: 0 25 * * * is not a cron expression; write five fields, as in 0 3 * * *.")],
    ),
    (
        "\ncustomers:",
        "\ninbound: {a: {type: heartbeat, key: k, every: 26h, server: web9.example}}\n\ncustomers:",
        [(80, "There is no server named web9.example.")],
    ),
    (
        "\ncustomers:",
        "\ninbound: {a: {type: heartbeat, key: k, listing: true}}\n\ncustomers:",
        [(80, "a: a listing is of the copies of one server: write server, and proves: backup.")],
    ),
    (
        "\ncustomers:",
        f"\ninbound: {{a: {{{LISTED.replace('backup', 'monitoring')}, listing: true}}}}\n\ncustomers:",
        [(80, "a: a listing is of the copies of one server: write server, and proves: backup.")],
    ),
    (
        "\ncustomers:",
        "\ninbound: {a: {type: heartbeat, key: k, every: 24h, younger_than: 26h}}\n\ncustomers:",
        [(80, "a: younger_than and pattern are about the listing of the copies: write listing: true.")],
    ),
    (
        "\ncustomers:",
        f"\ninbound: {{a: {{{LISTED}, listing: true, younger_than: 0s}}}}\n\ncustomers:",
        [(80, "a: younger_than cannot be 0s.")],
    ),
    (
        "\ncustomers:",
        f"\ninbound: {{a: {{{LISTED}, listing: perhaps, younger_than: soon}}}}\n\ncustomers:",
        [
            (80, "listing: write true or false, not perhaps."),
            (80, "younger_than: soon is not a duration; write 0s, 90s, 3m, 1h, 26h or 1w."),
        ],
    ),
    (
        "\ncustomers:",
        "\nmonitoring: {interval: 60s, down_after: 0}\n\ncustomers:",
        [(80, "down_after: write a whole number from 1 to 100, not 0.")],
    ),
]
