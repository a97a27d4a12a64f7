"""`make score`: the coverage advice against labelled scenarios."""
