"""Measures what the product promises about time, on both databases, beside what this machine can do at best."""
