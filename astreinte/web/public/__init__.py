"""The public pages: the status page, written as files that need neither this program nor its database, and who is told of it."""
