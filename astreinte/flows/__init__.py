"""The stories that cross rooms: one file a journey, one transaction a flow."""
