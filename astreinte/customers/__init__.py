"""Whom we serve, and with what: customers, their members and rights, plans, servers, managed services."""
