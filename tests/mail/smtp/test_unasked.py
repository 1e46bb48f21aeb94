"""What a server says that it was not asked, in a packet of its own: never taken for the answer to what comes next."""

from __future__ import annotations

import time

import pytest

from mailtui import ConnectionFailed, Receipt
from mailtui.mail.smtp.connection import Connection
from mailtui.mail.submission import Submission
from tests.fault_server import Act, Peer, Record, fault_server, say
from tests.mail.smtp.lines import letter, mail_to, outcome_of, statuses

USUAL: dict[str, Act] = {
    "connect": say("220 mx.example.org ready"),
    "EHLO": say("250-mx.example.org\r\n", "250 AUTH PLAIN LOGIN"),
    "EHLO2": say("250-mx.example.org\r\n", "250 AUTH PLAIN LOGIN"),
    "STARTTLS": say("220 go ahead"),
    "AUTH": say("334 VXNlcm5hbWU6"),
    "AUTH2": say("334 UGFzc3dvcmQ6"),
    "AUTH3": say("235 welcome"),
    "MAIL": say("250 OK"),
    "RCPT1": say("250 OK"),
    "RCPT3": say("250 OK"),
    "DATA": say("354 go ahead"),
    "body": lambda peer: None,
    "end": say("250 queued"),
    "QUIT": say("221 bye"),
}
BEFORE_THE_ENVELOPE = ("connect", "EHLO", "EHLO2", "STARTTLS", "AUTH", "AUTH2")


def hold_back(record: Record, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold back what comes after that point, until all has come that is said too much there."""
    owner, name = (Submission, "let_go") if point == "body" else (Connection, "spoke_up")
    real = getattr(owner, name)

    def held_back(self: object) -> object:
        if point == "body" or point in record.reached:
            record.wait_for("spoken")
            time.sleep(0.005)
        return real(self)

    monkeypatch.setattr(owner, name, held_back)


ALL = [("none", point) for point in USUAL if point not in ("EHLO2", "STARTTLS")]
ALL += [("starttls", "STARTTLS"), ("starttls", "EHLO2")]
ALL += [("tls", point) for point in USUAL if point not in ("EHLO2", "STARTTLS", "connect")]


@pytest.mark.parametrize("words", ["250 OK", "250-half", "235 2"])
@pytest.mark.parametrize(("security", "point"), ALL)
def test_an_answer_too_many(security: str, point: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def speak(peer: Peer) -> None:
        USUAL[point](peer)
        if point == "STARTTLS":
            peer.end.wait(0.02)  # until it was read
        peer.write(words.encode() + b"\r\n")
        peer.record.reach("spoken")

    with fault_server({point: speak}, security=security) as server:
        hold_back(server.record, point, monkeypatch)
        mail = mail_to(server, security, username="me", password="right horse", mechanism="login")
        outcome = outcome_of(mail.begin(letter(mail)))
        record = server.record
    if point in BEFORE_THE_ENVELOPE:
        assert isinstance(outcome, ConnectionFailed)
        told = "more than it should before TLS began" if point == "STARTTLS" else "it spoke before it was asked"
        assert told in str(outcome)
        assert not any(line.startswith(b"MAIL") for line in record.lines)
    elif point in ("end", "QUIT"):
        assert statuses(outcome) == [("accepted", 250)] * 3
    else:
        assert statuses(outcome) == [("refused", None)] * 3
        assert isinstance(outcome, Receipt)
        assert outcome.recipients[0].reply == "the line broke: it spoke before it was asked; nothing was handed over"
        assert not record.messages
    assert point != "STARTTLS" or not record.wire
    record.assert_secure()


@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_line_that_ends_before_the_message_does(security: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has hung up before the last line of the message cannot have accepted it."""

    def hang_up(peer: Peer) -> None:
        peer.sock.shutdown(1)
        peer.record.reach("spoken")

    with fault_server({"body": hang_up}, security=security) as server:
        hold_back(server.record, "body", monkeypatch)
        mail = mail_to(server, security)
        outcome = outcome_of(mail.begin(letter(mail)))
        server.record.wait_for("closed")
    assert statuses(outcome) == [("refused", None)] * 3
    assert isinstance(outcome, Receipt)
    assert outcome.recipients[0].reply == "the line broke: it closed the connection; nothing was handed over"
    assert not server.record.messages
