"""A disk of a few megabytes that a test fills and frees."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

BLOCK = 4096


class SmallDisk:
    """A file system of its own, mounted here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Not a byte is left."""
        with self._ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(BLOCK))

    def free(self) -> None:
        """What filled it goes."""
        self._ballast.unlink()


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk | None]:
    """None where nothing may be mounted."""
    folder = Path(tempfile.mkdtemp(prefix="astreinte-disk-"))
    folder.chmod(0o755)
    mount = shutil.which("mount")
    argv = [mount, "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder]
    mounted = mount and os.geteuid() == 0 and subprocess.run(argv, capture_output=True, check=False).returncode == 0
    try:
        yield SmallDisk(folder) if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()
