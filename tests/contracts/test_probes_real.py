"""Every probe against a real server: well, refusing, silent, gone. Each server is started once for this file."""

import asyncio
import contextlib
import os
import socket

import pytest

from astreinte.core import echoes
from astreinte.monitoring import probes
from tests import probe_servers, real_servers
from tests.probe_servers import AT, play
from tests.real_servers import PASSWORD, USER

# On one worker: each of these starts its server.
pytestmark = pytest.mark.xdist_group("real servers")
SLEEP_S = 0.3


@pytest.fixture(scope="module", autouse=True)
def warm():
    probes.warm(probes.KINDS)


def serving(name, server):
    @pytest.fixture(scope="module", name=name)
    def fixture(tmp_path_factory):
        with server(tmp_path_factory.mktemp(name)) as found:
            yield found

    return fixture


ftp = serving("ftp", real_servers.vsftpd)
mailboxes = serving("mailboxes", real_servers.dovecot)
ssh = serving("ssh", real_servers.sshd)
names = serving("names", real_servers.named)
mysql = serving("mysql", real_servers.mariadb)
mail = serving("mail", real_servers.smtp)
web = serving("web", real_servers.granian)
postgresql = serving("postgresql", lambda _folder: real_servers.postgresql())


def look(kind, port=None, *, deadline_s=8.0, **given):
    where = {} if port is None else {"host": "127.0.0.1", "port": port}
    probe = probes.make(kind, {**where, **given})
    result = play(probes.run(probe, at=AT, allow_private=True, deadline_s=deadline_s))
    assert result.defect is None
    assert PASSWORD not in repr(result)
    return result


def told(result):
    return result.up, result.error


def is_silent(real, kind, port=None, **given):
    """The same server, stopped in its tracks, is left at the deadline."""
    where = None if "url" in given else port or real.port
    with real.asleep():
        return told(look(kind, where, deadline_s=SLEEP_S, **given)) == (False, "timeout")


def test_vsftpd(ftp):
    well = look("ftp", ftp.port)
    assert (well.up, well.summary) == (True, "220 (vsFTPd 3.0.3)")
    encrypted = look("ftp", ftp.port, tls="starttls", verify=False)
    assert encrypted.facts["tls"].startswith("TLSv1")
    assert told(look("ftp", ftp.port, tls="starttls")) == (False, "tls")
    assert is_silent(ftp, "ftp")


@contextlib.contextmanager
def crowd(port, *, of):
    """So many clients who are greeted, and stay."""
    with contextlib.ExitStack() as held:
        for _number in range(of):
            held.enter_context(socket.create_connection(("127.0.0.1", port))).recv(100)
        yield


def test_vsftpd_that_is_full_is_down(ftp):
    with crowd(ftp.port, of=real_servers.CLIENTS):
        full = look("ftp", ftp.port)
    assert told(full) == (False, "")
    assert full.summary.startswith("421 There are too many connected users")
    real_servers.wait(lambda: look("ftp", ftp.port).up)


@pytest.mark.parametrize(("kind", "start"), [("imap", "* OK [CAPABILITY IMAP4rev1"), ("pop3", "+OK Dovecot")])
def test_dovecot(mailboxes, kind, start):
    real, ports = mailboxes
    well = look(kind, ports[kind], tls="none")
    assert well.up
    assert well.summary.startswith(start)
    assert look(kind, ports[kind], tls="starttls", verify=False).facts["tls"].startswith("TLSv1")
    assert told(look(kind, ports[kind], tls="starttls")) == (False, "tls")
    assert is_silent(real, kind, ports[kind], tls="none")


def test_openssh(ssh):
    real, fingerprint, _key = ssh
    assert look("ssh", real.port).summary.startswith("SSH-2.0-OpenSSH_")
    assert look("ssh", real.port, host_keys=fingerprint).summary == f"host key {fingerprint}"
    other = look("ssh", real.port, host_keys=f"SHA256:{'A' * 43}")
    assert told(other) == (False, "")
    assert is_silent(real, "ssh")


def test_a_backup_by_openssh(ssh):
    real, fingerprint, key = ssh
    folder = real.folder / "backups"
    login = {"user": "nobody" if real_servers.NOBODY else real_servers.USER_HERE, "key": key, "host_keys": fingerprint}
    given = {"path": str(folder), "younger_than": "520w", **login}
    missing = look("backup", real.port, **given)
    assert told(missing) == (False, "")
    assert missing.summary.endswith("No such file")
    (folder / "2026-11-26" / "files").mkdir(parents=True)
    os.utime(folder / "2026-11-26", (AT.timestamp(), AT.timestamp()))  # made when it is looked at, whatever day this is
    assert look("backup", real.port, **given).summary == "the newest copy, 2026-11-26, is empty"
    file = folder / "2026-11-26" / "files" / "www.tar"
    file.write_text("tonight")
    assert look("backup", real.port, **given).up
    if real_servers.NOBODY:
        file.chmod(0o600)  # of root, and nobody asks
        assert look("backup", real.port, **given).summary.endswith("Permission denied")
    assert told(look("backup", real.port, **{**given, "host_keys": f"SHA256:{'A' * 43}"})) == (False, "")
    assert is_silent(real, "backup", **given)


def test_openssh_refuses_another_key(ssh):
    import asyncssh

    real, fingerprint, _key = ssh
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    refused = look("backup", real.port, path="/", user="nobody", key=stranger, host_keys=fingerprint)
    assert (refused.up, refused.summary) == (False, "nobody may not log in")


@pytest.mark.parametrize("tcp", [False, True])
def test_bind(names, tcp):
    given = {"name": "www.example.test", "tcp": tcp}
    assert look("dns", names.port, expects="192.0.2.10", **given).summary == "NOERROR 192.0.2.10"
    assert look("dns", names.port, name="example.test", record="SOA", tcp=tcp).facts["serial"] == 2026112601
    unknown = look("dns", names.port, name="www.example.test", record="MX", tcp=tcp)
    assert told(unknown) == (False, "")
    assert look("dns", names.port, name="gone.example.test", tcp=tcp).summary.startswith("NXDOMAIN")
    assert look("dns", names.port, name="example.net", tcp=tcp).summary.startswith("REFUSED")
    assert is_silent(names, "dns", **given)


def test_bind_answers_over_tcp_what_does_not_fit(names):
    long = look("dns", names.port, name="long.example.test", record="TXT")
    assert long.up
    assert len(long.facts["answers"]) > 100


def test_mariadb(mysql):
    turned_away = look("mysql", mysql.port)
    assert (turned_away.up, turned_away.facts) == (True, {"code": 1045})
    well = look("mysql", mysql.port, user=USER, password=PASSWORD)
    assert well.up
    assert well.summary.endswith("SELECT 1 gives 1")
    assert "MariaDB" in well.facts["version"]
    wrong = look("mysql", mysql.port, user=USER, password="wrong")
    assert (wrong.up, wrong.facts) == (False, {"code": 1045})
    assert told(look("mysql", mysql.port, tls="tls")) == (False, "nonsense")
    assert is_silent(mysql, "mysql")


def test_mariadb_that_is_full_is_down(mysql):
    # whoever says who he is, and hangs up after that, is not blocked
    greeted = [probes.make("mysql", {"host": "127.0.0.1", "port": mysql.port, "user": USER, "password": PASSWORD})] * 60

    async def story():
        looks = [probes.run(one, at=AT, allow_private=True) for one in greeted]
        return await asyncio.gather(*looks)

    seen = {(result.up, result.facts.get("code")) for result in play(story())}
    assert (False, 1040) in seen
    assert seen <= {(False, 1040), (True, None)}
    real_servers.wait(lambda: look("mysql", mysql.port).up)


def test_mariadb_blocks_nobody_who_looks_often(mysql):
    """It blocks whoever hangs up after the greeting three times, with everybody on the same machine."""
    assert [look("mysql", mysql.port).facts for _number in range(5)] == [{"code": 1045}] * 5


def test_postgresql(postgresql):
    assert look("postgresql", postgresql).summary == "PostgreSQL answers"
    well = look("postgresql", postgresql, user=USER, password=PASSWORD)
    assert well.up
    assert well.summary.endswith("SELECT 1 gives 1")
    wrong = look("postgresql", postgresql, user=USER, password="wrong")
    assert told(wrong) == (False, "")
    assert wrong.summary == f'PostgreSQL answers: FATAL: password authentication failed for user "{USER}"'
    elsewhere = look("postgresql", postgresql, user=USER, password=PASSWORD, database="gone")
    assert (elsewhere.up, elsewhere.summary) == (False, 'PostgreSQL answers: FATAL: database "gone" does not exist')
    assert told(look("postgresql", postgresql, tls="tls")) == (False, "nonsense")


def test_aiosmtpd(mail):
    well = look("smtp", mail)
    assert (well.up, well.facts["starttls_offered"]) == (True, True)
    assert look("smtp", mail, tls="starttls", verify=False).facts["tls"].startswith("TLSv1")
    assert told(look("smtp", mail, tls="starttls")) == (False, "tls")
    assert told(look("smtp", mail, tls="tls")) == (False, "tls")


@pytest.mark.parametrize(("http2", "version"), [(False, "HTTP/1.1"), (True, "HTTP/2")])
def test_granian(web, http2, version):
    given = {"url": f"https://127.0.0.1:{web.port}/", "http2": http2}
    well = look("http", verify=False, contains="All is well", **given)
    assert (well.up, well.facts["version"], well.facts["bytes"]) == (True, version, 11)
    busy = look("http", verify=False, **{**given, "url": f"{given['url']}busy"})
    assert busy.summary == "HTTP 503, expected 200-399"
    assert told(look("http", **given)) == (False, "tls")
    assert look("tls", web.port, verify=False).facts["days_left"] == 90
    assert look("tcp", web.port).up
    assert is_silent(web, "http", verify=False, **given)


@pytest.mark.skipif(not echoes.path(), reason="this machine may not send an echo")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_kernel(host):
    assert look("ping", host=host).up


@pytest.mark.parametrize("kind", ["ftp", "imap", "pop3", "ssh", "smtp", "mysql", "postgresql", "tls"])
def test_a_server_that_is_gone_is_refused(kind):
    assert told(look(kind, probe_servers.closed_port())) == (False, "refused")
