"""What is owed, on paper that cannot change."""
