"""From a fresh machine to a working environment."""
