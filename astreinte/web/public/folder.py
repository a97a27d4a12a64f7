"""The folder of the status page: each file is replaced whole, what is not published any more goes, nothing else is touched."""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

# What was written last, so that only that is ever removed: the folder may be another web server's.
LIST = ".written.json"
# Names that may be asked for: no hidden file, no way up.
NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")
# Pages drawn a moment ago may still ask for the stylesheet or the icon of before: they stay.
STAYS = re.compile(r"style\.[0-9a-f]+\.css|icon\.[0-9a-f]+\.svg")


def write(folder: Path, files: Mapping[str, bytes]) -> int:
    """Make the folder hold these files; answers how many were written or removed. The first page comes last: what it leads to is there."""
    folder.mkdir(parents=True, exist_ok=True)
    before = _written_before(folder)
    names = sorted(files, key=lambda name: (name.endswith("index.html"), name == "index.html", name))
    changed = sum(_put(folder / name, files[name]) for name in names)
    gone = [name for name in before if name not in files and NAME.fullmatch(name) and not STAYS.fullmatch(name)]
    for name in gone:
        with suppress(FileNotFoundError):
            (folder / name).unlink()
    if set(before) != set(files):
        _put(folder / LIST, json.dumps(sorted(files)).encode())
    return changed + len(gone)


def _written_before(folder: Path) -> list[str]:
    try:
        return [str(name) for name in json.loads((folder / LIST).read_text(encoding="utf-8"))]
    except (OSError, ValueError):
        return []


def _put(path: Path, content: bytes) -> bool:
    """Replace a file whole: whoever reads it meanwhile gets the old one or the new one."""
    with suppress(OSError):
        if path.read_bytes() == content:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)  # another server reads it, as another user
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True


def read(folder: Path, name: str) -> bytes | None:
    """A file by its name; a folder is its index. None when there is no such file, or the name leads elsewhere."""
    asked = f"{name}index.html" if not name or name.endswith("/") else name
    if not NAME.fullmatch(asked):
        return None
    try:
        path = (folder / asked).resolve(strict=True)
        return path.read_bytes() if path.is_relative_to(folder.resolve()) else None
    except OSError:
        return None
