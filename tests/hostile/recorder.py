"""Who is called: every packet that opens something, seen by a packet socket on the only interface there is.

It stands under the process that is tested, not in it: a connection by a C library (libpq, the resolver, `ping`) is a packet like
another. It sees addresses and ports, not names; what leaves by a Unix socket is not a packet and is not seen.
"""

import ctypes
import ipaddress
import socket
import struct
import threading
from pathlib import Path

ETH_P_ALL, SO_ATTACH_FILTER, OUTGOING = 0x0003, 26, 4
TCP, UDP, ICMP, ICMP6, HOP_BY_HOP = 6, 17, 1, 58, 0
DNS = 53
# Everything but TCP packets that open nothing: those that carry a flood would push out the ones that count.
# (code, jump if true, jump if false, value), on packets that begin with their IP header.
FILTER = [
    (0x30, 0, 0, 0),  # ldb [0]
    (0x54, 0, 0, 0xF0),  # and
    (0x15, 0, 6, 0x40),  # IPv4?
    (0x30, 0, 0, 9),  # ldb protocol
    (0x15, 0, 9, TCP),  # else: keep
    (0xB1, 0, 0, 0),  # ldxb 4*([0]&0xf)
    (0x50, 0, 0, 13),  # ldb [x+13]
    (0x54, 0, 0, 0x12),
    (0x15, 5, 6, 0x02),  # SYN without ACK
    (0x30, 0, 0, 6),  # IPv6: ldb next header
    (0x15, 0, 3, TCP),
    (0x30, 0, 0, 53),
    (0x54, 0, 0, 0x12),
    (0x15, 0, 1, 0x02),
    (0x06, 0, 0, 128),  # keep
    (0x06, 0, 0, 0),  # pass over
]


def _socket() -> socket.socket:
    heard = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in FILTER))
    heard.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", len(FILTER), ctypes.addressof(code)))
    return heard


def called(packet: bytes) -> str | None:
    """`tcp 10.0.0.1 80`, `udp`, `icmp` or the number of another protocol; None for what answers and opens nothing."""
    if packet[0] >> 4 == 4:
        protocol, to, rest = packet[9], packet[16:20], packet[(packet[0] & 15) * 4 :]
    else:
        protocol, to, rest = packet[6], packet[24:40], packet[40:]
    address = ipaddress.ip_address(to)
    if protocol in {TCP, UDP}:
        origin, port = struct.unpack("!HH", rest[:4])
        return None if protocol == UDP and origin == DNS else f"{'tcp' if protocol == TCP else 'udp'} {address} {port}"
    if protocol in {ICMP, ICMP6}:
        return f"icmp {address} 0" if rest[0] in {8, 128} else None
    return None if protocol == HOP_BY_HOP and address.is_multicast else f"{protocol} {address} 0"


def record(file: Path) -> None:
    """From now on each new place that is called is one more line of this file."""
    heard = _socket()
    threading.Thread(target=_listen, args=(heard, file), daemon=True).start()


def _listen(heard: socket.socket, file: Path) -> None:
    known: set[str] = set()
    while True:
        packet, where = heard.recvfrom(128)
        place = called(packet) if where[2] == OUTGOING else None
        if place and place not in known:
            known.add(place)
            with file.open("a", encoding="utf-8") as lines:
                lines.write(f"{place}\n")
