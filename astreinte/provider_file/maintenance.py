"""Planned maintenance, as the file writes it."""

from pydantic import Field

from astreinte.provider_file.sections import Section
from astreinte.provider_file.values import Host, Moment, Text


class MaintenanceSection(Section):
    """An intervention on these servers, in the provider's local time; the end is excluded. Its title and start are its name."""

    title: Text
    servers: tuple[Host, ...] = Field(min_length=1)
    start: Moment
    end: Moment
