"""The tools that guard the code are tested like the code."""
