"""What a fact is about: a service and its ports, a resource of the host, or a site."""

# Named in facts.md, 1 and 2.5: the provider's, unless `service.managed_by` says otherwise.
MANAGED = frozenset(
    {"http", "php", "ftp", "ssh", "imap", "pop3", "smtp", "dns", "mysql", "postgresql", "cron", "backup"}
)
ALIASES = {
    "https": "http",
    "sftp": "ssh",
    "ftps": "ftp",
    "imaps": "imap",
    "pop3s": "pop3",
    "smtps": "smtp",
    "submission": "smtp",
    "postgres": "postgresql",
}
RESOURCES = frozenset({"cpu", "io", "memory", "disk", "database", "uplink", "workers", "outgoing-mail"})
HOST = "host"
ON_THE_HOST = RESOURCES | {"", HOST, "server", "network"}
ELSEWHERE = frozenset({"account", "backup", "firewall"})
MAIL_HOSTS = ("mail.", "imap.", "smtp.", "pop.", "pop3.", "mx.")


def stem(subject: str) -> str:
    """What facts are joined by: the service of a port (`https:443` is a port of http), else the subject itself."""
    if subject.startswith("inodes:"):
        return subject
    name, _, port = subject.partition(":")
    name = name if port.isdigit() else subject
    return ALIASES.get(name, name)


def is_site(subject: str) -> bool:
    """A site or a domain, by name."""
    return "." in subject and "/" not in subject and ":" not in subject


def is_on_the_host(subject: str) -> bool:
    """Nothing in particular, the host, or one of its resources and filesystems."""
    return subject in ON_THE_HOST or subject.startswith(("/", "inodes:"))


def is_mail_host(subject: str) -> bool:
    """A service or a name that only mail uses."""
    return stem(subject) in {"imap", "pop3", "smtp"} or subject.startswith(MAIL_HOSTS)
