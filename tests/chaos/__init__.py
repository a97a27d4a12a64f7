"""Real processes, killed: an accepted ticket is never lost, and its page goes out at least once and at most once more per crash."""
