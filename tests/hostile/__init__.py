"""A small Internet that answers everywhere and remembers who was called: `internet.py` is what a test asks for."""
