"""Who you are, and prove it: people, roles, tokens, and the provider itself."""
