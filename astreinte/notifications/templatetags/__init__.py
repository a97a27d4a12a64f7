"""Filters of the messages."""
