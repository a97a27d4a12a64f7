"""Who is on call at a given instant."""
