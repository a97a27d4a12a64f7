"""What is known of servers without a ticket: open incidents and planned maintenance."""
