"""The door for programs: REST v1, and what comes in without a login."""
