"""Provider files that are wrong in what they say of watching, and exactly what is said about them."""

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
        "\nmonitoring: {interval: 60s, down_after: 0}\n\ncustomers:",
        [(80, "down_after: write a whole number from 1 to 100, not 0.")],
    ),
]
