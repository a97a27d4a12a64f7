"""Encrypts the credentials of channels at rest, with a key derived from the installation's secret."""

import base64
import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

_MARK = "sealed:"


def _fernet() -> Fernet:
    key = hashlib.sha256(b"astreinte channel credentials\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(value: Any) -> str:
    """Encrypt a JSON value."""
    return _MARK + _fernet().encrypt(json.dumps(value).encode()).decode()


def is_sealed(text: str) -> bool:
    """Whether this text is a secret, encrypted."""
    return text.startswith(_MARK)


def unseal(text: str) -> Any:
    """The JSON value, or the text itself when it was not sealed. Raises ValueError when the secret key has changed."""
    if not text.startswith(_MARK):
        return text
    try:
        return json.loads(_fernet().decrypt(text.removeprefix(_MARK).encode()))
    except InvalidToken as error:
        raise ValueError(
            "The secret key is not the one these credentials were sealed with: apply the provider file again."
        ) from error
