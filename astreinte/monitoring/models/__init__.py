"""Checks, incidents, maintenance, and the alerts of other monitoring: what is known of servers without a ticket."""

from astreinte.monitoring.models.incidents import Everything, Follower, Incident, Maintenance, PublicMessage, Standing
from astreinte.monitoring.models.lookups import Inquiry, LookUp
from astreinte.monitoring.models.sites import Sight, Site
from astreinte.monitoring.models.sources import Alert, AlertSource
from astreinte.monitoring.models.subscribers import Announcement, Subscriber, SubscriptionRequest
from astreinte.monitoring.models.watched import Check, Reading, Result, Rollup, ServerFact

__all__ = [
    "Alert",
    "AlertSource",
    "Announcement",
    "Check",
    "Everything",
    "Follower",
    "Incident",
    "Inquiry",
    "LookUp",
    "Maintenance",
    "PublicMessage",
    "Reading",
    "Result",
    "Rollup",
    "ServerFact",
    "Sight",
    "Site",
    "Standing",
    "Subscriber",
    "SubscriptionRequest",
]
