"""Decisions of paging: where a page goes next, and what a person answered to it. Pure."""
