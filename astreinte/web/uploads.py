"""The files of a form: all checked before any is kept, and none is kept when what they came with is refused."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.files.uploadedfile import UploadedFile

from astreinte.tickets import files


@contextmanager
def kept(uploads: Sequence[UploadedFile[bytes]]) -> Iterator[list[files.Upload]]:
    """Check and store; whatever is raised inside, the bytes go again."""
    checked = [(files.check(upload.name or "", upload), upload) for upload in uploads]
    stored: list[files.Upload] = []
    try:
        for one, upload in checked:
            stored.append(one)
            files.store(one, upload)
        yield stored
    except BaseException:
        for one in stored:
            files.discard(one)
        raise
