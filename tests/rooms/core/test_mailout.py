"""A connection to a mail server serves several letters, and a cut one loses none."""

import asyncio
import socket
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from astreinte.core.mailout import Server, smtp_connection
from astreinte.core.outbound import OutboundFailed, OutboundRefused


class Mailbox:
    """A mail server's memory: who said hello, what it was given, and its open conversations."""

    def __init__(self):
        self.hellos, self.letters, self.open = [], [], []

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802
        self.hellos.append(session.peer)
        session.host_name = hostname
        return responses

    def hang_up(self):
        async def cut():
            while self.open:
                self.open.pop().transport.abort()

        asyncio.run_coroutine_threadsafe(cut(), self.loop).result(5)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append((envelope.rcpt_tos, session.peer))
        self.open.append(server)
        return "250 kept"


@contextmanager
def mail_server():
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        box.loop = controller.loop
        yield box, Server(host="127.0.0.1", port=port, security="none", allow_private=True)
    finally:
        controller.stop()


def send(server, to):
    letter = EmailMessage()
    letter["Subject"] = to
    with smtp_connection(server, deadline_s=5) as smtp:
        smtp.send_message(letter, from_addr="desk@hebergement.example", to_addrs=[to])


def test_one_hello_serves_several_letters():
    with mail_server() as (box, server):
        for to in ("a@b.example", "c@d.example", "e@f.example"):
            send(server, to)
        assert [to for to, _ in box.letters] == [["a@b.example"], ["c@d.example"], ["e@f.example"]]
        assert len(box.hellos) == 1


def test_a_connection_cut_meanwhile_is_opened_again():
    with mail_server() as (box, server):
        send(server, "a@b.example")
        box.hang_up()
        send(server, "c@d.example")
        assert [to for to, _ in box.letters] == [["a@b.example"], ["c@d.example"]]


def test_a_connection_on_which_something_failed_is_not_kept():
    with mail_server() as (box, server):
        send(server, "a@b.example")
        with pytest.raises(OutboundFailed), smtp_connection(server, deadline_s=5):
            raise TimeoutError
        send(server, "c@d.example")
        assert len({peer for _, peer in box.letters}) == 2


def test_each_login_has_its_own():
    with mail_server() as (box, server):
        send(server, "a@b.example")
        other = Server(host=server.host, port=server.port, security="none", allow_private=False)
        with pytest.raises(OutboundRefused):
            send(other, "c@d.example")
        assert len(box.letters) == 1
