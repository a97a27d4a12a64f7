"""The decisions of the on-call room: values in, values out; no Django, no clock, no database."""
