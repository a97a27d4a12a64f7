"""The REST API, version 1: thin functions, each a door: request to values, one flow or query, values to a schema."""
