"""What developers and the demonstration run beside the product; never imported by it."""
