"""Ring until a person answers."""
