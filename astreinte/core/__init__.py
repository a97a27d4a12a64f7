"""What every room needs and no room owns: the clock, who did it, moves, the timeline, money, the way out."""
