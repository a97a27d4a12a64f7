"""The customer's screens: their servers, something is wrong, the ticket, the bills."""
