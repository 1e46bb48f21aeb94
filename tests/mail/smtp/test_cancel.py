"""Broken off from another thread, wherever it waits: at once, told truly, and nothing is sent any more."""

from __future__ import annotations

import random
import socket
import ssl
import threading
import time
from pathlib import Path
from unittest.mock import Mock

import pytest

from mailtui import DeliveryError, Receipt, SMTPMailHandler
from mailtui.mail.smtp.connection import Connection
from mailtui.mail.smtp.dialogue import Dialogue
from mailtui.mail.submission import Submission
from tests.fault_server import Peer, fault_server
from tests.mail.smtp.lines import (
    SECURITIES,
    TO,
    Running,
    large_file,
    letter,
    mail_to,
    outcome_of,
    statuses,
)

LOG_IN = {"username": "me", "password": "right horse"}


class Silence:
    """Says nothing, and counts what is sent all the same, until the line is closed."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.before: tuple[int, int] | None = None

    def __call__(self, peer: Peer) -> None:
        record = peer.record
        self.before = (len(record.clear), len(record.wire))
        record.reach("silence")
        self.go.wait(15)
        while True:
            peer.read()


BEFORE = [("none", point) for point in ("connect", "EHLO", "AUTH")]
BEFORE += [("starttls", point) for point in ("STARTTLS", "EHLO2", "AUTH")]
BEFORE += [("tls", point) for point in ("connect", "EHLO", "AUTH")]


@pytest.mark.parametrize(("security", "point"), BEFORE)
def test_a_cancel_before_the_envelope(security: str, point: str) -> None:
    silence = Silence()
    with fault_server({point: silence}, security=security) as server:
        mail = mail_to(server, security, **LOG_IN)
        running = Running(mail.begin(letter(mail)))
        server.record.wait_for("silence")
        outcome = running.cancelled()
        silence.go.set()
        server.record.wait_for("closed")
    assert isinstance(outcome, DeliveryError)
    assert str(outcome) == "Cancelled; nothing was sent."
    assert outcome.transcript
    assert (len(server.record.clear), len(server.record.wire)) == silence.before
    server.record.assert_secure()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_cancel_in_the_handshake(security: str) -> None:
    silence = Silence()
    with fault_server({"handshake": silence}, security=security) as server:
        mail = mail_to(server, security)
        running = Running(mail.begin(letter(mail)))
        server.record.wait_for("silence")
        time.sleep(0.02)  # until it waits for the answer
        outcome = running.cancelled()
        silence.go.set()
        server.record.wait_for("closed")
    assert str(outcome) == "Cancelled; nothing was sent."
    hello = bytes(server.record.clear).rpartition(b"STARTTLS\r\n")[2]
    assert hello[:1] in (b"\x16", b"")  # no more than a ClientHello


@pytest.mark.parametrize("point", ["MAIL", "RCPT1", "RCPT3", "DATA", "end"])
@pytest.mark.parametrize("security", SECURITIES)
def test_a_cancel_after_the_log_in(security: str, point: str) -> None:
    silence = Silence()
    with fault_server({point: silence}, security=security) as server:
        mail = mail_to(server, security)
        submission = mail.begin(letter(mail))
        running = Running(submission)
        server.record.wait_for("silence")
        outcome = running.cancelled()
        silence.go.set()
        server.record.wait_for("closed")
    assert statuses(outcome) == [("unknown" if point == "end" else "refused", None)] * 3
    assert isinstance(outcome, Receipt)
    assert {one.reply for one in outcome.recipients} == {
        "cancelled; whether it was accepted is not known" if point == "end" else "cancelled; nothing was handed over"
    }
    assert submission.may_have_left == (point == "end")
    assert (len(server.record.clear), len(server.record.wire)) == silence.before
    assert outcome.transcript[-1] == "* cancelled"
    server.record.assert_secure()


def test_a_cancel_just_before_the_end_of_the_message() -> None:
    """The line is cut a moment later than the submission is cancelled: nothing may slip through meanwhile."""
    submissions: list[Submission] = []

    def cancel(peer: Peer) -> None:
        Submission.cancel(submissions[0])  # without the cut
        peer.write(b"354 go ahead\r\n")

    with fault_server({"DATA": cancel}) as server:
        mail = mail_to(server)
        email = letter(mail)
        submissions.append(mail.begin(email))
        outcome = outcome_of(submissions[0])
        server.record.wait_for("closed")
    assert statuses(outcome) == [("refused", None)] * 3
    assert not submissions[0].may_have_left
    assert server.record.everything.endswith(email.as_bytes())


def test_a_cancel_at_the_farewell_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.mail.smtp.connection._FAREWELL", 8)
    silence = Silence()
    with fault_server({"QUIT": silence}) as server:
        mail = mail_to(server)
        running = Running(mail.begin(letter(mail)))
        server.record.wait_for("silence")
        outcome = running.cancelled()
        silence.go.set()
    assert statuses(outcome) == [("accepted", 250)] * 3


@pytest.mark.parametrize("security", SECURITIES)
def test_a_cancel_while_nobody_reads(security: str, tmp_path: Path) -> None:
    silence = Silence()
    with fault_server({"body": silence}, security=security, after=1000) as server:
        mail = mail_to(server, security)
        email = letter(mail, body=".\n..\nHello", file=large_file(tmp_path))
        submission = mail.begin(email)
        running = Running(submission)
        server.record.wait_for("silence")
        sent = -1
        while sent != submission.sent:  # until all buffers are full
            sent = submission.sent
            time.sleep(0.05)
        outcome = running.cancelled()
        silence.go.set()
        server.record.wait_for("closed")
    assert statuses(outcome) == [("refused", None)] * 3
    assert not submission.may_have_left
    body = server.record.everything.partition(b"DATA\r\n")[2]
    assert len(body) > 100_000
    stuffed = email.as_bytes().replace(b"\r\n.", b"\r\n..")
    assert stuffed.startswith(body)
    server.record.assert_secure()


def test_a_cancel_on_the_way_to_a_black_hole(black_hole: int) -> None:
    mail = SMTPMailHandler(host="127.0.0.1", port=black_hole, security="none", from_addr="me@example.com")
    submission = mail.begin(letter(mail))
    running = Running(submission)
    while submission.stage != "connecting":
        time.sleep(0.01)
    time.sleep(0.05)
    assert str(running.cancelled()) == "Cancelled; nothing was sent."


def test_a_cancel_while_the_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, over = threading.Event(), threading.Event()

    def resolver(*_: object, **__: object) -> list[bool]:
        asked.set()
        return [over.wait(15)]

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolver)
        mail = SMTPMailHandler(host="mail.example.org", security="none", from_addr="me@example.com")
        running = Running(mail.begin(letter(mail)))
        assert asked.wait(15)
        assert str(running.cancelled()) == "Cancelled; nothing was sent."
        over.set()


def test_a_cancel_while_a_program_is_asked_for_the_password(tmp_path: Path) -> None:
    (tmp_path / "ask").write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nsleep 60 & sleep 60\n")
    (tmp_path / "ask").chmod(0o700)
    mail = SMTPMailHandler(
        host="127.0.0.1", port=1, username="me", password_command=[str(tmp_path / "ask")], from_addr="me@example.com"
    )
    running = Running(mail.begin(letter(mail)))
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().endswith("\n"):
        time.sleep(0.01)
    assert str(running.cancelled()) == "Cancelled; nothing was sent."
    assert not Path("/proc", (tmp_path / "pid").read_text().strip()).exists()


def test_nothing_is_said_on_a_line_that_was_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even when the cut came too early for the socket, or the system knows no shutdown of it."""
    here, there = socket.socketpair()
    with here, there:
        connection = Connection(Dialogue(), 8)
        connection.sock = here
        with monkeypatch.context() as patch:
            patch.setattr(socket.socket, "shutdown", Mock(side_effect=OSError(107, "not connected")))
            connection.cut()
        with pytest.raises(OSError, match="the connection was cut"):
            connection.say("QUIT")
        with pytest.raises(OSError, match="the connection was cut"):
            connection.open("127.0.0.1", 1, None)
        there.setblocking(False)
        with pytest.raises(BlockingIOError):
            there.recv(1)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_cut_does_not_take_tls_off_the_line(security: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSLSocket.shutdown does that first, and what another thread writes then goes out in clear."""
    shutdown = Mock()
    monkeypatch.setattr(ssl.SSLSocket, "shutdown", shutdown)
    silence = Silence()
    with fault_server({"MAIL": silence}, security=security) as server:
        mail = mail_to(server, security)
        running = Running(mail.begin(letter(mail)))
        server.record.wait_for("silence")
        running.cancelled()
        silence.go.set()
    assert not shutdown.called


def test_a_cancel_before_it_begins(tmp_path: Path) -> None:
    with fault_server() as server:
        command = ["touch", str(tmp_path / "asked")]
        mail = mail_to(server, username="me", password_command=command)
        submission = mail.begin(letter(mail))
        submission.cancel()
        assert str(outcome_of(submission)) == "Cancelled; nothing was sent."
    assert server.record.reached == []
    assert not (tmp_path / "asked").exists()


def test_a_cancel_after_it_ended() -> None:
    with fault_server() as server:
        mail = mail_to(server)
        submission = mail.begin(letter(mail))
        assert submission.run()
        submission.cancel()


@pytest.mark.parametrize("security", SECURITIES)
@pytest.mark.parametrize("seed", range(15))
def test_a_cancel_at_any_moment(security: str, seed: int) -> None:
    """The receipt never says more than is so, compared with what the server took."""
    pause = random.Random(f"{seed}{security}").uniform(0, 0.012)
    with fault_server(security=security) as server:
        mail = mail_to(server, security, **LOG_IN)
        running = Running(mail.begin(letter(mail)))
        time.sleep(pause)
        outcome = running.cancelled()
        if "connect" in server.record.reached:
            server.record.wait_for("closed")
        taken = bool(server.record.messages)
    if isinstance(outcome, Receipt) and statuses(outcome)[0][0] != "unknown":
        assert statuses(outcome) == [("accepted", 250) if taken else ("refused", None)] * 3
    assert not (taken and isinstance(outcome, DeliveryError))
    assert b"right horse" not in server.record.clear if security != "none" else True
    assert {one for one, _ in statuses(outcome)} <= {"unknown"} if "end" in server.record.reached and not taken else TO
    server.record.assert_secure()
