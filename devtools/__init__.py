"""What developers run and the product does not need."""
