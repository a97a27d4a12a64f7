"""`python -m devtools.bench.command WORDS`: the command `astreinte`, wherever it is installed."""

from astreinte.workers.cli import main

if __name__ == "__main__":
    main()
