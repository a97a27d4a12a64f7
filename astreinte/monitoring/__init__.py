"""Is it up, since when, how do we know: checks, incidents and planned maintenance."""
