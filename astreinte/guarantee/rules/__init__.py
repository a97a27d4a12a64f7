"""Decisions about the guarantee. Pure."""
