"""What the provider file says of Prometheus, as the asker takes it: where it is, what to show, what to ask."""

from django.conf import settings

from astreinte.customers.models import Server
from astreinte.monitoring import readings
from astreinte.tickets.asking import Prometheus
from astreinte.tickets.rules.metrics import promql, table
from astreinte.tickets.rules.metrics.table import Query


def are_read() -> bool:
    """Whether the provider has a Prometheus that we may ask."""
    return bool(readings.settings())


def prometheus(server: Server) -> Prometheus:
    """The provider's Prometheus, asked about this server. Raises LookupError where there is none."""
    said = readings.settings()
    match = said.get("match") or table.MATCH
    return Prometheus(
        url=said["url"],
        matchers=promql.matchers(match, name=server.name, addresses=server.addresses),
        auth=(said["user"], settings.PROMETHEUS_PASSWORD) if said.get("user") else None,
        token="" if said.get("user") else settings.PROMETHEUS_TOKEN,
        allow_private=settings.PROBE_ALLOW_PRIVATE,
    )


def questions() -> list[Query]:
    """What is asked: the questions of the product, and the provider's."""
    said = readings.settings()
    return table.whole(said.get("queries", {}), without=frozenset(said.get("without", ())))
