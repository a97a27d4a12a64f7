"""A check of ours as Prometheus's blackbox_exporter makes it: its module, its target, its secrets; or why it cannot. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from astreinte.monitoring.probes import base, dns, ftp, http, imap, pop3, smtp, ssh, tcp, tls
from astreinte.monitoring.probes.base import _
from astreinte.monitoring.probes.dialogue import Greeter

Module = dict[str, Any]
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# The last status there may be: `words.statuses` takes three digits.
HIGHEST_STATUS = 999

NO_MODULE = _("blackbox_exporter has nothing for this kind of check")
NO_KEYS = _("blackbox_exporter does not compare host keys")
ONE_ANSWER = _("blackbox_exporter compares one expected answer, and there are several")
NOT_FOLLOWED = _("redirects are not followed: blackbox_exporter would hand its password on to where they lead")


class CannotBeMade(Exception):  # noqa: N818 - an answer, not an error
    """blackbox_exporter cannot look at this; the text says why, for gettext."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """One check for blackbox_exporter. `secret`: what its module reads from a file; `own`: nobody else may share the module.

    `labels` are added to those of the target; `note` says what differs from our own look, for gettext.
    """

    module: Module
    target: str
    secret: str = ""
    own: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def made(kind: str, parameters: Mapping[str, Any], *, secret_file: str) -> Made:
    """This check; raises CannotBeMade. `secret_file`: where its secret will be, if it has one."""
    try:
        probe = base.make(kind, parameters)
    except base.BadParameters as bad:
        raise CannotBeMade(str(bad)) from None
    if kind not in _MAKERS:
        raise CannotBeMade(NO_MODULE)
    return _MAKERS[kind](probe, secret_file)


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _module(prober: str, **settings: Any) -> Module:
    """IPv4 first: the exporter's own preference takes a site for dead where this machine has no IPv6."""
    more = {"preferred_ip_protocol": "ip4", "ip_protocol_fallback": True}
    return {"prober": prober, "timeout": f"{base.DEADLINE_S:g}s", prober: {**settings, **more}}


def _certificate(*, verify: bool, name: str = "") -> dict[str, Any]:
    said: dict[str, Any] = {
        **({} if verify else {"insecure_skip_verify": True}),
        **({"server_name": name} if name else {}),
    }
    return {"tls_config": said} if said else {}


# -- each kind -----------------------------------------------------------------------------------------------------------


def _http(probe: http.Http, secret_file: str) -> Made:
    guarded = bool(probe.user or probe.headers)
    settings: dict[str, Any] = {
        "valid_status_codes": _statuses(probe),
        "follow_redirects": probe.redirects == "follow" and not guarded,
        **_certificate(verify=probe.verify),
    }
    if probe.contains:
        settings["fail_if_body_not_matches_regexp"] = [re.escape(probe.contains)]
    if probe.headers:
        settings["headers"] = dict(probe.headers)
    if probe.user:
        settings["basic_auth"] = {"username": probe.user, "password_file": secret_file}
    note = NOT_FOLLOWED if guarded and probe.redirects == "follow" else ""
    return Made(module=_module("http", **settings), target=probe.url, secret=probe.password, own=guarded, note=note)


def _statuses(probe: http.Http) -> list[int]:
    found: list[int] = []
    for one in probe.status.split(","):
        first, _sep, last = one.partition("-")
        found += range(int(first), min(int(last or first), HIGHEST_STATUS) + 1)
    return [one for one in dict.fromkeys(found) if probe.redirects != "refuse" or one not in REDIRECTS]


def _tcp(probe: tcp.Tcp, _file: str) -> Made:
    asked = [*_says(probe.sends)] if probe.sends else []
    asked += [{"expect": re.escape(probe.expects)}] if probe.expects else []
    return _conversation(probe.host, probe.port, asked)


def _conversation(host: str, port: int, asked: list[dict[str, Any]], **settings: Any) -> Made:
    talk = {"query_response": asked} if asked else {}
    return Made(module=_module("tcp", **talk, **settings), target=_place(host, port))


def _says(*lines: str) -> list[dict[str, Any]]:
    """Lines to send: the exporter ends them with a line feed, the protocols want a carriage return before it."""
    return [{"send": f"{line}\r"} for line in lines]


def _hears(start: str) -> dict[str, Any]:
    return {"expect": f"^{start}"}


def _ssh(probe: ssh.Ssh, _file: str) -> Made:
    if probe.host_keys:
        raise CannotBeMade(NO_KEYS)
    return _conversation(probe.host, probe.port, [_hears(r"SSH-(2\.0|1\.99)-"), *_says("SSH-2.0-astreinte")])


def _greeter(probe: Greeter, talk: list[dict[str, Any]], *, upgrade: list[dict[str, Any]]) -> Made:
    """The greeting, TLS where it is asked for, and what follows."""
    greeting, *rest = talk
    at_once = probe.tls == "tls" or (probe.tls == "auto" and probe.port == probe.tls_port)
    middle = [*upgrade, {"starttls": True}] if probe.tls == "starttls" else []
    encrypted = at_once or bool(middle)
    settings: dict[str, Any] = {"tls": True} if at_once else {}
    settings |= _certificate(verify=probe.verify, name=probe.server_name) if encrypted else {}
    return _conversation(probe.host, probe.port, [greeting, *middle, *rest], **settings)


def _ftp(probe: ftp.Ftp, _file: str) -> Made:
    return _greeter(probe, [_hears("220 "), *_says("QUIT")], upgrade=[*_says("AUTH TLS"), _hears("234")])


def _imap(probe: imap.Imap, _file: str) -> Made:
    talk = [_hears(r"\* (?i:OK|PREAUTH)"), *_says("a2 LOGOUT")]
    return _greeter(probe, talk, upgrade=[*_says("a1 STARTTLS"), _hears("(?i:a1 OK)")])


def _pop3(probe: pop3.Pop3, _file: str) -> Made:
    ok = _hears(r"\+(?i:OK)")
    return _greeter(probe, [ok, *_says("QUIT")], upgrade=[*_says("STLS"), ok])


def _smtp(probe: smtp.Smtp, _file: str) -> Made:
    hello = [*_says(f"EHLO {probe.helo}"), _hears("250 ")]
    talk = [_hears("220 "), *hello, *_says("QUIT")]
    return _greeter(probe, talk, upgrade=[*hello, *_says("STARTTLS"), _hears("220 ")])


def _dns(probe: dns.Dns, _file: str) -> Made:
    if len(probe.expects) > 1:
        raise CannotBeMade(ONE_ANSWER)
    expected = f"{re.escape(probe.expects[0].rstrip('.'))}\\.?$" if probe.expects else ""
    settings = {
        "query_name": probe.name,
        "query_type": probe.record,
        "transport_protocol": "tcp" if probe.tcp else "udp",
        "valid_rcodes": ["NOERROR"],
        "validate_answer_rrs": {"fail_if_none_matches_regexp": [rf"(?i)\sIN\s+{probe.record}\s+{expected}"]},
    }
    return Made(module=_module("dns", **settings), target=_place(probe.host, probe.port))


def _tls(probe: tls.Tls, _file: str) -> Made:
    """The days that are left are looked at by a rule: see `DAYS` in prometheus.py."""
    settings = {"tls": True, **_certificate(verify=probe.verify, name=probe.server_name)}
    labels = {"days": str(probe.days), "warn_days": str(probe.warn_days)}
    return Made(module=_module("tcp", **settings), target=_place(probe.host, probe.port), labels=labels)


def _ping(probe: Any, _file: str) -> Made:
    return Made(module=_module("icmp"), target=probe.host)


_MAKERS: dict[str, Callable[[Any, str], Made]] = {
    "http": _http,
    "tcp": _tcp,
    "ssh": _ssh,
    "ftp": _ftp,
    "imap": _imap,
    "pop3": _pop3,
    "smtp": _smtp,
    "dns": _dns,
    "tls": _tls,
    "ping": _ping,
}
