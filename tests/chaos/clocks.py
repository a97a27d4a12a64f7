"""A wall clock that a test moves under running processes: a library loaded before all others adds so many seconds to it.

The clock that never jumps is left alone, as NTP leaves it. (libfaketime was tried: it slows the threads of Python tenfold, and breaks
its sleep.)
"""

import os
import shutil
import struct
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

# No header is included, no library is linked: any C compiler will do.
SOURCE = """
extern void *dlsym(void *, const char *);
extern char *getenv(const char *);
extern int open(const char *, int, ...);
extern void *mmap(void *, unsigned long, int, int, int, long);
struct moment { long seconds, rest; };

static volatile long *offset;
static int (*clock_of_the_machine)(int, struct moment *);

static void begin(void) {
    char *path = getenv("WALL_CLOCK");
    offset = mmap(0, sizeof(long), 1 /* read */, 1 /* shared */, open(path ? path : "", 0 /* read */), 0);
    clock_of_the_machine = dlsym((void *) -1 /* the next one */, "clock_gettime");
}

int clock_gettime(int clock, struct moment *now) {
    int failed;
    if (!clock_of_the_machine) begin();
    failed = clock_of_the_machine(clock, now);
    if (!failed && (clock == 0 || clock == 5)) now->seconds += *offset; /* the wall clock, and its coarse twin */
    return failed;
}

int gettimeofday(struct moment *now, void *zone) {
    int failed = clock_gettime(0, now);
    now->rest /= 1000;
    return failed;
}

long time(long *into) {
    struct moment now;
    clock_gettime(0, &now);
    if (into) *into = now.seconds;
    return now.seconds;
}
"""


def compiler() -> str | None:
    """Any C compiler; Debian's smallest is `tcc`."""
    return next((found for found in map(shutil.which, ("cc", "gcc", "clang", "tcc")) if found), None)


class WallClock:
    """What the processes started with `environment` take for the time."""

    def __init__(self, folder: Path) -> None:
        source, library = folder / "clock.c", folder / "clock.so"
        source.write_text(SOURCE)
        subprocess.run(
            [compiler(), "-shared", "-fPIC", "-nostdlib", "-w", "-o", library, source], check=True, timeout=60
        )
        self._file = folder / "clock"
        self._file.write_bytes(struct.pack("l", 0))
        self.environment = {"LD_PRELOAD": str(library), "WALL_CLOCK": str(self._file)}
        self.offset_s = 0

    def step(self, seconds: int) -> None:
        """Forward, or back: for every process at once."""
        self.offset_s += seconds
        file = os.open(self._file, os.O_WRONLY)
        os.pwrite(file, struct.pack("l", self.offset_s), 0)
        os.close(file)

    def text(self) -> str:
        """What they take for now, as both databases compare it."""
        return f"{datetime.now(UTC) + timedelta(seconds=self.offset_s):%Y-%m-%d %H:%M:%S}"
