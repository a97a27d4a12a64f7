"""The words say what the code does."""
