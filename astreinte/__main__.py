"""`python -m astreinte` is the command `astreinte`."""

from astreinte.workers.cli import main

if __name__ == "__main__":
    main()
