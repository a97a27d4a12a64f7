"""A pocket telephone network and mailbox: every SMS, call, e-mail and webhook arrives here and can be answered."""

from devtools.pocket.server import Pocket, Settings, running

__all__ = ["Pocket", "Settings", "running"]
