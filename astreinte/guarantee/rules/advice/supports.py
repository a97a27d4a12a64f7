"""Facts that agree with a cause of the customer's side: what makes it proven (facts.md, 3.3). Named once, used by the tables."""

from astreinte.guarantee.rules.advice.conditions import Condition, Is

ALL_REACH = 0.8

WITNESS_OK = Is(kind="http.witness", is_=("ok",))
WITNESS_OK_ANYWAY = Is(kind="http.witness", is_=("ok",), anyway=True)
DIRECT_OK = Is(kind="http.direct", is_=("ok",), on="same", anyway=True)
RUNNING = Is(kind="service.state", is_=("running",))
SPEAKS = Is(kind="service.dialogue", is_=("ok",))
OPEN = Is(kind="tcp.port", is_=("open",))
SITE_OK = Is(kind="http.site", is_=("ok",))
SITE_FAILS = Is(kind="http.site", is_=("alarm",))
ALL_GET_THERE = Is(kind="vantage.ok_ratio", least=ALL_REACH)
SOME_DO_NOT = Is(kind="vantage.ok_ratio", most=ALL_REACH - 1e-9)
CROWD = Is(kind="traffic.ratio", is_=("alarm",))
WARNED = Is(kind="notice.age", least=0, on="same")
THEY_CHANGED_IT = Is(kind="change.by", is_=("customer",), on="same", anyway=True)
WE_CHANGED_IT = Is(kind="change.by", is_=("provider", "third-party"), on="same", anyway=True)

# What agrees with a resource or an application that is the customer's: the server serves, or the effect is seen.
SERVER_SERVES: tuple[Condition, ...] = (WITNESS_OK, RUNNING, SPEAKS)
EFFECT_SEEN: tuple[Condition, ...] = (SITE_FAILS, CROWD)


def warned(*subjects: str) -> tuple[Condition, ...]:
    """The customer was warned about one of these."""
    return tuple(Is(kind="notice.age", least=0, on=subject) for subject in subjects)


def owned(*owners: str, resource: str) -> Is:
    """The largest user of a resource is one of these."""
    return Is(kind="resource.top_owner", is_=owners, on=resource)
