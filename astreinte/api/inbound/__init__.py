"""What comes in without a login: each door checks a signature or a key."""
