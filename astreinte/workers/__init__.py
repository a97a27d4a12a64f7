"""The door of the clock: pager, keeper, auditor, and the command line that starts them."""
