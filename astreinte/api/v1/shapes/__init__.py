"""What the API answers and accepts: one schema a shape, and the function that fills it from a row."""
