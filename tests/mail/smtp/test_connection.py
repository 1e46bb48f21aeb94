"""The line itself: what is a reply, how long it may be, how long it may take."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock, PropertyMock

import pytest

from mailtui import ConnectionFailed, Receipt
from mailtui.mail.smtp.connection import Connection, Garbled
from mailtui.mail.smtp.dialogue import Dialogue
from tests.fault_server import Act, Peer, Record, clock, fault_server, flood_line, flood_lines, say, sip, slowly
from tests.mail.smtp.lines import PATIENCE, Running, large_file, letter, mail_to, outcome_of, statuses, trusting


@pytest.fixture
def ends() -> Iterator[tuple[Connection, socket.socket]]:
    """A connection, and the other end of it."""
    here, there = socket.socketpair()
    connection = Connection(Dialogue(), 8)
    connection.sock = here
    with here, there:
        yield connection, there


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (b"200\n", 200, ""),
        (b"250 \r\n", 250, ""),
        (b"250-a\r\n250-\r\n250 b\r\n", 250, "a b"),
        (b"599 \xff\x80\r\n", 599, "\ufffd\ufffd"),
        (b"354 go\r\r\n", 354, "go"),
    ],
)
def test_a_reply(ends: tuple[Connection, socket.socket], said: bytes, code: int, words: str) -> None:
    ends[1].sendall(said)
    assert ends[0].reply() == (code, words)
    assert not ends[0].spoke_up()


NO_REPLIES = [
    b"199 a",
    b"600 a",
    b"25 a",
    b"25  a",
    b"25",
    b"2x0 a",
    b"2500",
    b"250_a",
    b" 250",
    b"+250",
    b"\xb2\xb5\xb0 ",
]


@pytest.mark.parametrize("said", [*NO_REPLIES, b"250-a\n251 b"])
def test_no_reply(ends: tuple[Connection, socket.socket], said: bytes) -> None:
    ends[1].sendall(said + b"\n")
    with pytest.raises(Garbled, match="it said "):
        ends[0].reply()


def test_an_empty_line_is_no_reply(ends: tuple[Connection, socket.socket]) -> None:
    ends[1].sendall(b"\r\n")
    with pytest.raises(Garbled, match="it said nothing in a line"):
        ends[0].reply()


def test_what_was_waited_for_a_part_is_not_waited_for_the_rest(ends: tuple[Connection, socket.socket]) -> None:
    parts = iter([b"25", b"0 O", b"K\n"])

    def receive(size: int) -> bytes:
        clock.ahead += 3
        return next(parts)

    ends[0].sock = sock = Mock(recv=receive, gettimeout=Mock(return_value=None))
    assert ends[0].reply() == (250, "OK")
    assert [call.args[0] for call in sock.settimeout.call_args_list] == pytest.approx([8, 5, 2], abs=0.5)


def test_nothing_is_said_after_the_line_was_closed(ends: tuple[Connection, socket.socket]) -> None:
    ends[0].close()
    for way in (ends[0].reply, lambda: ends[0].say("NOOP")):
        with pytest.raises(smtplib.SMTPServerDisconnected, match="the connection is closed"):
            way()


@pytest.mark.parametrize("lines", ["250-" + "x" * 56 + "\r\n", "250-\n", "250 "])
@pytest.mark.parametrize("size", [60_000, 70_000])
def test_64_kilobytes_are_the_most(ends: tuple[Connection, socket.socket], lines: str, size: int) -> None:
    length = len(lines.strip())
    said = lines * (size // length) if lines.endswith("\n") else lines.ljust(size, "x")
    ends[1].sendall(said.encode() + (b"250 x\r\n" if size < 65_536 and lines.endswith("\n") else b"\r\n"))
    if size > 65_536:
        with pytest.raises(Garbled, match="its reply has no end"):
            ends[0].reply()
    else:
        assert ends[0].reply().code == 250


@pytest.mark.parametrize("fault", [flood_lines, flood_line])
@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_flood_fills_no_memory(security: str, fault: Act) -> None:
    with fault_server({"MAIL": fault}, security=security) as server:
        mail = mail_to(server, security)
        submission = mail.begin(letter(mail))
        tracemalloc.start()
        try:
            receipt = outcome_of(submission)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert statuses(receipt) == [("refused", None)] * 3
    assert isinstance(receipt, Receipt)
    assert "its reply has no end" in receipt.recipients[0].reply
    assert most < 2_000_000


SLOW = [("tls", "handshake"), ("starttls", "handshake"), ("tls", "connect"), ("tls", "end"), ("none", "end")]
SLOW += [("none", "body"), ("tls", "body")]


def slow_at(point: str) -> Act:
    """Comes forward, byte for byte, and would take seconds for it."""
    if point == "body":
        return sip
    return slowly(Peer.begin_tls if point == "handshake" else say("250-" + "x" * 1000))


@pytest.mark.parametrize(("security", "point"), SLOW)
def test_a_deadline_is_of_the_whole_not_of_a_part(security: str, point: str, tmp_path: Path) -> None:
    """A TLS record that comes byte for byte counts as much as a line that does, and so does a reader that sips."""
    file = large_file(tmp_path) if point == "body" else None
    with fault_server({point: slow_at(point)}, security=security, after=1000) as server:
        mail = mail_to(server, security, timeout=PATIENCE)
        outcome = outcome_of(mail.begin(letter(mail, file=file)))
    if point in ("handshake", "connect"):
        assert isinstance(outcome, ConnectionFailed)
        assert "gave no answer in time while" in str(outcome)
    else:
        assert statuses(outcome) == [("unknown" if point == "end" else "refused", None)] * 3
        assert isinstance(outcome, Receipt)
        assert outcome.recipients[0].reply.startswith("the line broke: no answer in time; ")
        assert outcome.duration < 1


@pytest.mark.parametrize(("security", "point"), SLOW)
def test_a_cancel_of_what_is_slow(security: str, point: str, tmp_path: Path) -> None:
    file = large_file(tmp_path) if point == "body" else None
    with fault_server({point: slow_at(point)}, security=security, after=1000) as server:
        mail = mail_to(server, security)
        running = Running(mail.begin(letter(mail, file=file)))
        server.record.wait_for(point)
        time.sleep(0.03)
        outcome = running.cancelled()
    if point in ("handshake", "connect"):
        assert str(outcome) == "Cancelled; nothing was sent."
    else:
        assert statuses(outcome) == [("unknown" if point == "end" else "refused", None)] * 3
    server.record.assert_secure()


def test_a_cut_while_the_line_is_closed(
    ends: tuple[Connection, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other thread may take the socket away between two looks at it."""
    connection, here = ends[0], ends[0].sock
    monkeypatch.setattr(Connection, "sock", PropertyMock(side_effect=[here, None]), raising=False)
    connection.cut()
    assert ends[1].recv(1) == b""


def test_a_cut_while_the_line_is_made(ends: tuple[Connection, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes too early for the socket, so it is looked for as soon as there is one."""
    connection, here = ends[0], ends[0].sock

    def dial(*_: object, **__: object) -> socket.socket | None:
        connection.cut()
        return here

    for way, sock in ((dial, here), (Mock(side_effect=AssertionError), None)):
        connection.sock = None
        monkeypatch.setattr("mailtui.mail.smtp.connection.dial", way)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="the connection was cut"):
            connection.open("127.0.0.1", 25, None)
        assert connection.sock is sock


def test_a_cut_while_tls_takes_the_line(
    ends: tuple[Connection, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, there = ends
    real = ssl.SSLContext.wrap_socket

    def wrap(*given: Any, **options: Any) -> ssl.SSLSocket:
        secured = real(*given, **options)
        connection.cut()  # the old socket is one no more, and the new one is not known yet
        return secured

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="the connection was cut"):
        connection.secure("localhost", trusting())
    connection.close()
    assert there.recv(1) == b""  # no ClientHello


@pytest.mark.parametrize("nothing", [BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError])
def test_nothing_unasked(
    ends: tuple[Connection, socket.socket], nothing: type[OSError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailtui.mail.smtp.connection.is_ready", lambda *_, **__: True)  # by what TLS says of its own
    connection = ends[0]
    connection.sock = Mock(recv=Mock(side_effect=nothing), gettimeout=Mock(return_value=8.0))
    assert not connection.spoke_up()
    connection.sock.settimeout.assert_called_once_with(0)


def test_small_packets_go_at_once_and_nobody_asks_dns_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getfqdn", Mock(side_effect=AssertionError))
    connection = Connection(Dialogue(), 8)
    with fault_server() as server:
        connection.open(server.host, server.port, None)
        assert connection.sock is not None
        assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        connection.close()


IN_CLEAR = [
    b"QUIT\r\n",
    b"RCPT TO:<ann@example.org>\r\n",
    b".\r\n",
    b"Q",
    b"VGhpcyBpcyBhIGxpbmUgb2YgYSBtZXNzYWdlIGluIGJhc2U2NA",
]


@pytest.mark.parametrize("clear", IN_CLEAR)
def test_what_is_sent_in_clear_after_tls_began_is_noticed(clear: bytes) -> None:
    """By the tests themselves."""
    record = Record(wire=bytearray(b"\x17\3\3\0\4\0\1\2\3"))
    record.assert_secure()
    record.wire += clear
    with pytest.raises(AssertionError):
        record.assert_secure()
    if len(clear) > 3:  # a shorter one cannot be told from the rest of a record
        with pytest.raises(AssertionError):
            Record(wire=bytearray(b"\x17\3\3\0\x40\0\1\2\3" + clear)).assert_secure()
