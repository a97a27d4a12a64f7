"""From the text of a provider file to what it says, or to everything that is wrong with it."""

from hashlib import sha256

from pydantic import ValidationError

from astreinte.provider_file import advice, metrics, references, sense, structure, tree
from astreinte.provider_file.grammar import ProviderFile
from astreinte.provider_file.problems import ProviderFileRefused


def parse(document: str | bytes) -> ProviderFile:
    """What the file says; raises ProviderFileRefused with every problem, in the order of the lines.

    Takes at most 1 MiB of UTF-8 text.
    """
    root, found = tree.read(document)
    found += [*references.problems(root), *sense.problems(root), *advice.problems(root)]
    found += metrics.problems(root)
    try:
        provider_file = ProviderFile.model_validate(root.plain())
    except ValidationError as error:
        raise ProviderFileRefused(sorted([*found, *structure.problems(error, root)])) from error
    if found:
        raise ProviderFileRefused(sorted(found))
    provider_file._warnings = tuple(sorted(sense.warnings(root)))  # noqa: SLF001 - not part of the grammar
    provider_file._root = root  # noqa: SLF001
    provider_file._document_sha256 = digest(document)  # noqa: SLF001
    return provider_file


def digest(document: str | bytes) -> str:
    """The SHA-256 of the document, in hexadecimal."""
    return sha256(document if isinstance(document, bytes) else document.encode()).hexdigest()
