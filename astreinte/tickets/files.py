"""Files of the conversation: checked, renamed, and kept outside the web root under a random name (reliability, S5 and S6).

Nothing is ever unpacked or drawn: a file is looked at by its first bytes, hashed, and stored as it came.
"""

import contextlib
import hashlib
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from astreinte.core.refusals import Refusal
from astreinte.tickets.models import Attachment

CHUNK = 64 * 1024
NAME_LENGTH = 120
# A photograph of 50 megapixels is a photograph; more is an attack on whoever opens it.
MAX_PIXELS = 50_000_000

IMAGES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
TEXTS = {"txt": "text/plain", "log": "text/plain", "csv": "text/csv", "md": "text/plain", "json": "application/json"}
OTHERS = {"pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip"}
ALLOWED = {**IMAGES, **TEXTS, **OTHERS}
# What the first bytes of each kind may look like, as puremagic names it.
_LOOKS_LIKE = {"jpg": {"jpg", "jpeg", "jfif"}, "jpeg": {"jpg", "jpeg", "jfif"}, "gz": {"gz", "gzip", "tgz"}}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UNSAFE = re.compile(r"[^\w .()+,=@\[\]{}~'-]")


class Readable(Protocol):
    """A file that came in, in memory or on the disk."""

    def read(self, size: int = -1, /) -> bytes: ...

    def seek(self, offset: int, whence: int = 0, /) -> object: ...


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that was checked: its safe name, its true type, where its bytes are kept."""

    public_id: str
    name: str
    content_type: str
    size: int
    sha256: str


class EmptyFile(Refusal):
    """The file %(name)s is empty."""

    slug = "empty-file"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class FileTooLarge(Refusal):
    """The file %(name)s is too large: 20 MiB at most."""

    slug = "too-large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class KindNotAllowed(Refusal):
    """The file %(name)s cannot be attached: images, PDF, text files, zip and gz can."""

    slug = "file-not-allowed"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NotWhatItSays(Refusal):
    """The content of %(name)s is not what its name says: send it under its true name."""

    slug = "file-not-allowed"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class PictureTooLarge(Refusal):
    """The picture %(name)s has too many pixels: 50 million at most."""

    slug = "file-not-allowed"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


def safe_name(name: str) -> str:
    """A name that is only a name: no path, no control, direction or invisible character, one dot, at most 120 characters."""
    plain = unicodedata.normalize("NFKC", name)
    plain = "".join(one for one in plain if unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    plain = _UNSAFE.sub("_", plain.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    if not dot:
        return plain[:NAME_LENGTH] or "file"
    # one dot only: "invoice.php.png" must not mean anything to any server
    stem = stem.replace(".", "_").strip(" _") or "file"
    return f"{stem[:NAME_LENGTH]}.{suffix.lower()[:10]}"


def check(name: str, data: Readable) -> Upload:
    """Look at a file: its name, its kind, its size, its first bytes. Raises one of the refusals above."""
    tidy = safe_name(name)
    suffix = tidy.rpartition(".")[2] if "." in tidy else ""
    if suffix not in ALLOWED:
        raise KindNotAllowed(name=tidy)
    size, sha256, has_control = _measure(data, name=tidy)
    if not _is_what_it_says(suffix, data, has_control=has_control):
        raise NotWhatItSays(name=tidy)
    if suffix in IMAGES:
        _check_pixels(data, name=tidy)
    return Upload(public_id=str(uuid.uuid4()), name=tidy, content_type=ALLOWED[suffix], size=size, sha256=sha256)


def _measure(data: Readable, *, name: str) -> tuple[int, str, bool]:
    data.seek(0)
    size, digest, has_control = 0, hashlib.sha256(), False
    while chunk := data.read(CHUNK):
        size += len(chunk)
        if size > settings.ATTACHMENT_MAX_BYTES:
            raise FileTooLarge(name=name)
        digest.update(chunk)
        has_control = has_control or _CONTROL.search(chunk) is not None
    if not size:
        raise EmptyFile(name=name)
    return size, digest.hexdigest(), has_control


def _is_what_it_says(suffix: str, data: Readable, *, has_control: bool) -> bool:
    if suffix in TEXTS:
        return not has_control
    import puremagic

    data.seek(0)
    try:
        seen = puremagic.magic_string(data.read(8192))
    except puremagic.PureError:
        return False
    expected = _LOOKS_LIKE.get(suffix, {suffix})
    return any(match.extension.lstrip(".").lower() in expected for match in seen)


def _check_pixels(data: Readable, *, name: str) -> None:
    """Read the size in the header; nothing is decoded."""
    from PIL import Image

    data.seek(0)
    try:
        with Image.open(data) as picture:  # type: ignore[arg-type]  # reading and seeking is all it needs
            width, height = picture.size
    except Image.DecompressionBombError as bomb:
        raise PictureTooLarge(name=name) from bomb
    except Image.DecompressionBombWarning as bomb:
        raise PictureTooLarge(name=name) from bomb
    except (OSError, ValueError, SyntaxError) as broken:
        raise NotWhatItSays(name=name) from broken
    if width * height > MAX_PIXELS:
        raise PictureTooLarge(name=name)


def _path(public_id: str) -> Path:
    key = uuid.UUID(public_id).hex  # a name that is not one of ours raises ValueError here
    return Path(settings.DATA) / "attachments" / key[:2] / key


def store(upload: Upload, data: Readable) -> None:
    """Keep the bytes under their random name, readable by us alone."""
    path = _path(upload.public_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    data.seek(0)
    with path.open("xb") as file:
        path.chmod(0o600)
        while chunk := data.read(CHUNK):
            file.write(chunk)


@contextlib.contextmanager
def kept(checked: Iterable[tuple[Upload, Readable]]) -> Iterator[list[Upload]]:
    """Store these files while something is said with them; nothing of them stays if it was not said after all."""
    uploads: list[Upload] = []
    try:
        for upload, data in checked:
            uploads.append(upload)
            store(upload, data)
        yield uploads
    except BaseException:
        for upload in uploads:
            _path(upload.public_id).unlink(missing_ok=True)
        raise


def remove(attachment: Attachment) -> None:
    """The bytes of an attachment are gone from the data folder."""
    _path(str(attachment.public_id)).unlink(missing_ok=True)


def open_stored(attachment: Attachment) -> BinaryIO:
    """The bytes of an attachment. Raises FileNotFoundError when the data folder lost them."""
    return _path(str(attachment.public_id)).open("rb")
