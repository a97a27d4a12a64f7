"""What is asked about the names of a server: of DNS, of the registry, of the certificate it shows. Knows nothing of Django."""

from astreinte.monitoring.lookups import certificate, names, networks, registry
from astreinte.monitoring.lookups.base import KINDS, Answer, Asking, Found, Settings, run

__all__ = ["KINDS", "Answer", "Asking", "Found", "Settings", "certificate", "names", "networks", "registry", "run"]
