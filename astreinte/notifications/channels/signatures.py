"""Is this request from our telephone provider? Twilio's signature, closed while no secret is set (reliability, F22).

A valid request that is sent twice stays valid: the outbox deduplicates by the provider's id and only moves forward.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

# Contract, section 8: provider callbacks.
MAX_BYTES = 64 * 1024

Params = Mapping[str, str | Sequence[str]]


class _Repeated(dict[str, list[str]]):
    """Parameters that may come several times, as the validator reads them."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def is_genuine(url: str, params: Params | bytes, *, signature: str, secrets: Iterable[str]) -> bool:
    """True when one of the active secrets signed this request.

    `url`: our public address of the route with its query, from the configured base, never from the Host header.
    `params`: the form fields, each with all its values, or the raw body of a JSON request. Behind a proxy the provider
    may have written http for https, or the port: each spelling of *our* address is tried, all of them always.
    """
    active = [secret for secret in secrets if secret]
    if not active or not signature or _size(params) > MAX_BYTES:
        return False
    fields, whole = _fields(url, params)
    given = signature.encode("utf-8", "replace")
    found = False
    for secret in active:
        for spelling in _spellings(url):
            expected = _sign(spelling, fields, secret=secret)
            found |= hmac.compare_digest(expected.encode(), given)
    return found and whole


def sign(url: str, params: Params, *, secret: str) -> str:
    """The signature a provider would put on this request: for the stand-in network and for tests."""
    return _sign(url, _listed(params), secret=secret)


def _sign(url: str, fields: _Repeated, *, secret: str) -> str:
    from twilio.request_validator import RequestValidator

    return str(RequestValidator(secret).compute_signature(url, fields))


def _size(params: Params | bytes) -> int:
    if isinstance(params, bytes):
        return len(params)
    return sum(len(name) + sum(map(len, _values(value))) for name, value in params.items())


def _values(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _listed(params: Params) -> _Repeated:
    return _Repeated({name: list(_values(value)) for name, value in params.items()})


def _fields(url: str, params: Params | bytes) -> tuple[_Repeated, bool]:
    """The signed fields, and whether the body is the one that was signed (`bodySHA256`, for JSON)."""
    if not isinstance(params, bytes):
        return _listed(params), True
    from hashlib import sha256

    promised = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
    return _Repeated(), hmac.compare_digest(sha256(params).hexdigest().encode(), promised.encode())


def _spellings(url: str) -> list[str]:
    from twilio.request_validator import add_port, remove_port

    found = []
    for scheme in ("https", "http"):
        parts = urlsplit(url)._replace(scheme=scheme)
        found += [parts.geturl(), add_port(parts), remove_port(parts)]
    return found
