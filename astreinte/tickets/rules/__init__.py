"""Decisions about tickets. Pure."""
