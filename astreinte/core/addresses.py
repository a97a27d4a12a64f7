"""Which addresses the product may open a socket to (reliability, S3)."""

import ipaddress
from urllib.parse import urlsplit

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutboundRefused(Exception):  # noqa: N818 - an answer, not an error
    """The product may not contact this address."""


# Never, not even for a registered private target: link-local (cloud metadata lives there), multicast, "this network",
# reserved, broadcast, and the metadata addresses that hide in private ranges.
_NEVER = [
    "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "100.100.100.200/32",
    "::/128", "fe80::/10", "fec0::/10", "ff00::/8", "fd00:ec2::254/128",
]  # fmt: skip
# Only where private addresses are allowed: RFC 1918, loopback, CGNAT, ULA, documentation, benchmarking, 6to4 relays,
# and every way to write an IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4, Teredo).
_PRIVATE = [
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
    "3fff::/20", "5f00::/16", "fc00::/7",
]  # fmt: skip
NEVER = [ipaddress.ip_network(net) for net in _NEVER]
PRIVATE = [ipaddress.ip_network(net) for net in _PRIVATE]


def _within(address: IpAddress, networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return any(address.version == net.version and address in net for net in networks)


def _carried(address: IpAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside a mapped, compatible, NAT64, 6to4 or Teredo IPv6 address."""
    if address.version == 4:  # noqa: PLR2004
        return None
    inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inside is None and _within(address, [ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96")]):
        inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inside


def parsed(host: str) -> IpAddress | None:
    """The IP address that this text is, in one of its own spellings; None for anything else."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def check(host: str, *, allow_private: bool) -> None:
    """Raise `OutboundRefused` unless this IP address may be contacted. `host` may carry a zone (`fe80::1%eth0`)."""
    address = parsed(host)
    if address is None:
        raise OutboundRefused(f"{host} is not an IP address")
    inside = _carried(address)
    loopback = str(address) == "::1"
    if not loopback and (_within(address, NEVER) or (inside is not None and _within(inside, NEVER))):
        raise OutboundRefused(f"{host} is never contacted")
    if not allow_private and (_within(address, PRIVATE) or not address.is_global):
        raise OutboundRefused(f"{host} is not a public address")


def place(address: str) -> str:
    """Where somebody asks from: an address, or the network of 64 bits that one house has in IPv6."""
    return ":".join(address.split(":")[:4]) if ":" in address else address


# This machine, by the one name that means nothing else (RFC 6761).
OWN_NAMES = {"localhost": ("127.0.0.1", "::1")}


def written(said: str) -> tuple[str, ...]:
    """The host of a parameter or of a URL, as it stands: an address there is registered by that, a name stands for none."""
    host = (urlsplit(said).hostname or "") if "://" in said else said
    return OWN_NAMES.get(host.lower(), (host,))
