"""The policy table: who may call each route. A route without a line here fails the build, and answers 404."""

from enum import StrEnum

from astreinte.accounts.models import StaffRole, User


class Who(StrEnum):
    """The kinds of callers a route may be for."""

    ANYONE = "anyone"  # no login: public pages, health, sign-in
    SIGNED = "signed"  # no login, but a signature, a key or a secret link that the view itself checks
    TOKEN = "token"  # noqa: S105 - an API token, checked by the API with its scopes
    PERSON = "person"  # anybody signed in; the scoped query decides what they see
    STAFF = "staff"
    ENGINEER = "engineer"
    MANAGER = "manager"
    BILLING = "billing"
    ADMIN = "admin"


_ROLES = {
    Who.ENGINEER: {StaffRole.ENGINEER, StaffRole.MANAGER},
    Who.MANAGER: {StaffRole.MANAGER},
    Who.BILLING: {StaffRole.BILLING, StaffRole.MANAGER},
    Who.ADMIN: {StaffRole.ADMIN},
}

# The customer's screens: what each person sees there is decided by the scoped queries.
_PORTAL = (
    "servers",
    "server",
    "service",
    "incident",
    "incident_live",
    "follow",
    "unfollow",
    "problem",
    "diagnosis",
    "look",
    "looking",
    "offer",
    "standard",
    "confirm",
    "tickets",
    "ticket",
    "live",
    "say",
    "cancel",
    "make_urgent",
    "reopen",
    "contest",
    "receipt",
    "attachment",
    "evidence",
    "evidence_file",
    "bills",
    "bill_pdf",
    "bill_xml",
    "rehearse",
    "go_on",
)

# What a token may be limited to. Whatever its scopes, a token never does more than its person.
SCOPES: dict[str, str] = {
    "read": "read everything its person sees, invoices excepted",
    "tickets": "open tickets, urgent ones included, and act on them",
    "oncall": "change who is on call",
    "facts": "push what the provider's own systems see of a server",
    "billing": "read invoices",
}

_API_PAGES = ("openapi-json", "openapi-view", "api-root")
_API_CALLS = (
    "servers",
    "server",
    "me",
    "availability",
    "server_facts",
    "diagnoses",
    "diagnosis",
    "advice",
    "just_me",
    "just_me_one",
    "offer",
    "tickets",
    "ticket",
    "ticket_messages",
    "ticket_attachments",
    "ticket_attachment",
    "ticket_cancel",
    "ticket_acknowledge",
    "ticket_hand_over",
    "ticket_add",
    "ticket_resolve",
    "ticket_reopen",
    "ticket_verdict",
    "ticket_dispute",
    "ticket_dispute_decision",
    "ticket_evidence",
    "ticket_evidence_file",
    "figures",
    "reviews",
    "incidents",
    "incident",
    "incident_acknowledge",
    "incident_resolve",
    "incident_confirm",
    "incident_messages",
    "incident_follow",
    "maintenance",
    "maintenance_cancel",
    "page",
    "oncall",
    "rota_shifts",
    "rota_overrides",
    "invoices",
    "invoice",
    "invoice_pdf",
    "invoice_xml",
)

# The staff's screens: technical ones for engineers, money for the clerk, and managers see both.
_CONSOLE = {
    Who.STAFF: ("me", "me_live", "test_contact"),
    Who.ENGINEER: (
        "tonight",
        "tonight_live",
        "cases",
        "case",
        "case_live",
        "take",
        "not_me",
        "hand_over",
        "add",
        "say",
        "resolve",
        "reopen",
        "verdict",
        "diagnose",
        "evidence",
        "incident",
        "incident_live",
        "incident_take",
        "incident_not_me",
        "incident_over",
        "incident_confirm",
        "incident_say",
        "maintenance",
        "maintenance_one",
        "maintenance_cancel",
        "checks",
        "check",
        "look",
        "rotas",
        "replace",
        "rehearse",
    ),
    Who.MANAGER: ("reviews", "decide", "review", "figures", "figures_csv", "past_incident"),
    Who.BILLING: ("bills", "journal", "try_again", "paid"),
    Who.ADMIN: ("health", "erase"),
}

# What programs call without a login.
_INBOUND = (
    "twilio-sms",
    "twilio-voice",
    "twilio-status",
    "alertmanager",
    "alerts",
    "events",
    "events-enqueue",
    "events-key",
    "prober",
    "heartbeat",
    "heartbeat-start",
    "heartbeat-fail",
)

POLICY: dict[str, Who] = {
    "home": Who.PERSON,
    "login": Who.ANYONE,
    "logout": Who.PERSON,
    "set_language": Who.ANYONE,
    "password_reset": Who.ANYONE,
    "password_reset_done": Who.ANYONE,
    "password_reset_confirm": Who.SIGNED,
    "password_reset_complete": Who.ANYONE,
    "healthz": Who.ANYONE,
    "readyz": Who.ANYONE,
    "metrics": Who.ANYONE,
    "verifier": Who.ANYONE,
    "phones": Who.ANYONE,
    "public:status": Who.ANYONE,
    "public:status_file": Who.ANYONE,
    "public:subscribe": Who.ANYONE,
    "public:subscribe_sent": Who.ANYONE,
    "public:figures": Who.ANYONE,
    "public:confirm": Who.SIGNED,
    "public:unsubscribe": Who.SIGNED,
    "take": Who.SIGNED,
    "join": Who.SIGNED,
    # the view asks for a login unless the provider has opened it; what it shows is scoped
    "just_me": Who.ANYONE,
    "just_me_result": Who.ANYONE,
    "just_me_live": Who.ANYONE,
    "just_me_shared": Who.SIGNED,
    "just_me_share": Who.PERSON,
    "just_me_unshare": Who.PERSON,
    "just_me_lift": Who.PERSON,
    **{f"console:{name}": who for who, names in _CONSOLE.items() for name in names},
    **{f"portal:{name}": Who.PERSON for name in _PORTAL},
    **{f"inbound:{name}": Who.SIGNED for name in _INBOUND},
    **{f"api:{name}": Who.ANYONE for name in _API_PAGES},
    **{f"api:{name}": Who.TOKEN for name in _API_CALLS},
}


def allows(who: Who, user: User) -> bool:
    """Whether this person, signed in, may call a route that is for `who`."""
    if who in {Who.ANYONE, Who.SIGNED, Who.TOKEN}:
        return True
    if who == Who.PERSON:
        return user.is_active
    if who == Who.STAFF:
        return user.is_staff_member
    return user.has_role(*_ROLES[who])
