"""One message, one person, one channel, until it is known to have arrived."""
