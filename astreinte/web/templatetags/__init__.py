"""What the templates can say: money, instants, clocks, states."""
