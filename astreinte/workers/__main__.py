"""`python -m astreinte.workers NAME`: one worker in a process kept small, as `up` starts them."""

import sys
from importlib import import_module


def main() -> None:
    """`web HOST PORT`, `pager`, `keeper`, `prober`, `auditor`, or `crew`: the pager with a keeper beside it."""
    # Libraries that only dress up a terminal are imported by others wherever they are found: 10 MB for each worker.
    for name in ("rich", "click", "pygments"):
        sys.modules[name] = None  # type: ignore[assignment]
    name, *words = sys.argv[1:]
    worker = import_module(f"astreinte.workers.{name}")
    if name == "web":
        worker.run(words[0], int(words[1]))
    else:
        worker.run()


if __name__ == "__main__":
    main()
