"""What we promised, and did we keep it."""
