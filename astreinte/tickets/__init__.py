"""The case, from the red button to the dispute."""
