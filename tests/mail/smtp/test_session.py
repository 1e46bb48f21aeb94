"""What goes wrong before MAIL: nobody gets anything, and a sentence says what happened, where, and what to do."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from mailtui import AuthenticationFailed, ConnectionFailed, DeliveryError, MailError, SMTPMailHandler, TLSFailed
from mailtui.mail.smtp.connection import Connection
from tests.fault_server import Peer, drop, fault_server, hang, hear, raw, reset, say, then
from tests.mail.smtp.lines import FAULTS, PATIENCE, REFUSALS, SLOW, TO, letter, mail_to, outcome_of

POINTS = {
    "none": ["connect", "EHLO", "HELO", "AUTH", "AUTH2", "AUTH3"],
    "starttls": ["connect", "EHLO", "STARTTLS", "handshake", "EHLO2", "AUTH"],
    "tls": ["handshake", "connect", "EHLO", "AUTH"],
}
LOG_IN = {"username": "me", "password": "right horse"}


def assert_clear(error: DeliveryError, port: int) -> None:
    text = str(error)
    assert f"127.0.0.1:{port}" in text
    assert text.endswith(".")
    assert text[0] == text[0].upper()
    assert len(text) < 400
    for ugly in ("[Errno", "_ssl", "b'", "..", ": .", "None", "\\n", "  "):
        assert ugly not in text
    for line in (text, *error.transcript):
        assert line.isprintable()
    assert error.transcript[0] == f"* connecting to 127.0.0.1:{port}"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("security", "point"), [(one, point) for one, points in POINTS.items() for point in points])
def test_a_fault_before_the_envelope(security: str, point: str, fault: str) -> None:
    act = FAULTS[fault]
    if (point, fault) == ("handshake", "reset"):
        # Python's wrap_socket leaves a socket open that is reset in that very moment; so it is reset a moment later.
        act = then(hear, reset)
    script = {"EHLO": say("502 what?")} if point == "HELO" else {"HELO": act}
    with fault_server(script | {point: act}, security=security) as server:
        mechanism = "login" if point in ("AUTH2", "AUTH3") else "plain"
        mail = mail_to(server, security, **LOG_IN, mechanism=mechanism, timeout=PATIENCE if act is hang else 8)
        error = outcome_of(mail.begin(letter(mail)))
        record = server.record
    assert isinstance(error, DeliveryError)
    assert_clear(error, server.port)
    if fault in REFUSALS and point != "handshake":
        assert f"{error.code}" == fault
        assert f"{fault} " in str(error)
        kind = {"AUTH": AuthenticationFailed, "STARTTLS": TLSFailed}.get(point.rstrip("23"), ConnectionFailed)
        assert type(error) is kind
        if kind is ConnectionFailed:
            assert ("Try again later" in str(error)) == (fault[0] == "4")
    elif point == "handshake" and fault != "hang":
        assert type(error) in (TLSFailed, ConnectionFailed)
        assert "Nothing was sent" in str(error) or type(error) is ConnectionFailed
    else:
        assert type(error) is ConnectionFailed
        assert ("gave no answer in time while" in str(error)) == (fault in SLOW)
    assert not record.messages
    assert not any(line.startswith(b"MAIL") for line in record.lines)
    assert b"right horse" not in record.clear.replace(b"\0", b"")
    assert security == "none" or b"AUTH" not in record.clear
    record.assert_secure()


@pytest.mark.parametrize("fault", ["drop", "421", "550", "HTTP"])
@pytest.mark.parametrize("point", ["connect", "EHLO", "AUTH"])
def test_a_check_tells_the_same(point: str, fault: str) -> None:
    with fault_server({point: FAULTS[fault]}) as server:
        mail = mail_to(server, **LOG_IN)
        error = outcome_of(mail.begin(letter(mail)))
        with pytest.raises(DeliveryError) as caught:
            mail.check()
    assert (str(caught.value), type(caught.value)) == (str(error), type(error))
    assert isinstance(error, DeliveryError)
    assert caught.value.transcript == error.transcript


@pytest.mark.parametrize("fault", ["drop", "550", "binary"])
def test_a_check_says_goodbye_and_that_changes_nothing(fault: str) -> None:
    with fault_server({"QUIT": FAULTS[fault]}) as server:
        assert "> QUIT" in mail_to(server).check()
    assert server.record.lines[-1] == b"QUIT"


@pytest.mark.parametrize("injected", [b"220 go ahead\r\n250 injected\r\n", b"220 go ahead\r\n250 half a"])
def test_what_comes_in_clear_before_tls_is_noticed(injected: bytes) -> None:
    with fault_server({"STARTTLS": raw(injected)}, security="starttls") as server:
        mail = mail_to(server, "starttls", **LOG_IN)
        error = outcome_of(mail.begin(letter(mail)))
    assert isinstance(error, ConnectionFailed)
    assert "it said more than it should before TLS began" in str(error)
    assert server.record.lines[-1] == b"STARTTLS"
    assert not server.record.wire


@pytest.mark.parametrize(
    ("point", "answer", "kind", "told"),
    [
        ("connect", "250 hello", ConnectionFailed, "takes no mail from here: 250 hello"),
        ("EHLO", "220 hello", ConnectionFailed, "does not want to talk: 220 hello"),
        ("STARTTLS", "250 hello", TLSFailed, "refused STARTTLS: 250 hello"),
    ],
)
def test_a_yes_to_another_question(point: str, answer: str, kind: type[DeliveryError], told: str) -> None:
    with fault_server({point: say(answer)}, security="starttls") as server:
        mail = mail_to(server, "starttls", **LOG_IN)
        error = outcome_of(mail.begin(letter(mail)))
    assert type(error) is kind
    assert told in str(error)
    assert not server.record.wire


def test_whose_line_it_is_is_asked_of_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name may lead to this machine, or away from it, whatever it is called."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    with fault_server() as server, monkeypatch.context() as patch:
        found = [(*found[0][:4], ("127.0.0.1", server.port))]
        patch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert mail_to(server, host="mail.example.org", **LOG_IN).send("Hello", to=TO)
        patch.setattr(Connection, "peer", "192.0.2.1")
        with pytest.raises(AuthenticationFailed, match=r"was not sent to localhost:.*the line is not encrypted"):
            mail_to(server, host="localhost", **LOG_IN).send("Hello", to=TO)
    assert len([line for line in server.record.lines if line.startswith(b"AUTH")]) == 1


def test_a_line_that_is_gone_before_tls_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Connection.secure
    go = threading.Event()

    def wait(peer: Peer) -> None:
        go.wait(8)

    def secure(self: Connection, host: str, context: ssl.SSLContext) -> None:
        go.set()
        server.record.wait_for("closed")
        time.sleep(0.02)  # until that is known here
        real(self, host, context)

    monkeypatch.setattr(Connection, "secure", secure)
    with fault_server({"STARTTLS": then(say("220 go ahead"), wait, reset)}, security="starttls") as server:
        mail = mail_to(server, "starttls")
        error = outcome_of(mail.begin(letter(mail)))
    assert "broke while securing the line: it closed the connection. Check" in str(error)


def test_a_greeting_that_answers_more_than_was_asked() -> None:
    with fault_server({"connect": say("220 hello\r\n", "250 EHLO is fine, too")}) as server:
        mail = mail_to(server)
        error = outcome_of(mail.begin(letter(mail)))
    assert isinstance(error, ConnectionFailed)
    assert "it spoke before it was asked" in str(error)


def test_a_server_that_knows_no_ehlo() -> None:
    with fault_server({"EHLO": say("502 what?")}) as server:
        receipt = mail_to(server).send("Hello", to=TO)
    assert receipt
    assert server.record.lines[1] == b"helo [127.0.0.1]"
    assert server.record.lines[2] == b"MAIL FROM:<me@example.com>"


def test_a_server_that_knows_neither() -> None:
    with fault_server({"EHLO": say("502 what?"), "HELO": say("550 go away")}) as server:
        mail = mail_to(server)
        error = outcome_of(mail.begin(letter(mail)))
    assert isinstance(error, ConnectionFailed)
    assert_clear(error, server.port)
    assert "550 go away" in str(error)


def test_no_helo_to_a_server_that_is_closing() -> None:
    with fault_server({"EHLO": say("421 closing")}) as server:
        mail = mail_to(server)
        error = outcome_of(mail.begin(letter(mail)))
    assert [line[:4] for line in server.record.lines] == [b"ehlo"]
    assert isinstance(error, ConnectionFailed)
    assert "421 closing. Try again later." in str(error)


@pytest.mark.parametrize("size", ["²", "9" * 5000, "-1", "0", "", "x"])
def test_a_size_that_says_nothing(size: str) -> None:
    with fault_server(extensions=(f"SIZE {size}",)) as server:
        assert mail_to(server).send("Hello", to=TO)


@pytest.mark.parametrize(("limit", "taken"), [(0, True), (-1, False), (+1, True)])
def test_the_size_that_a_server_takes(limit: int, taken: bool) -> None:
    with fault_server() as server:
        mail = mail_to(server)
        email = letter(mail)
    with fault_server(extensions=(f"SIZE {email.size + limit}",)) as server:
        mail = mail_to(server)
        outcome = outcome_of(mail.begin(letter(mail)))
    assert bool(outcome) if taken else isinstance(outcome, DeliveryError) and "(SIZE)" in str(outcome)
    assert bool(server.record.messages) == taken


def test_the_handshake_has_the_whole_time_not_the_rest_of_the_last_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = []
    real = ssl.SSLSocket.do_handshake

    def handshake(self: ssl.SSLSocket) -> None:
        waits.append(self.gettimeout())
        real(self)

    monkeypatch.setattr(ssl.SSLSocket, "do_handshake", handshake)
    with fault_server(security="starttls") as server:
        assert mail_to(server, "starttls", timeout=7).send("Hello", to=TO)
    assert waits == [7]


def test_port_465_wants_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    with fault_server({"connect": hang}) as server:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]
        with monkeypatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
            with pytest.raises(ConnectionFailed, match=r'127\.0\.0\.1:465 gave .*usually wants security = "tls"'):
                mail_to(server, port=465, timeout=PATIENCE).send("Hello", to=TO)


def test_a_submission_runs_once() -> None:
    with fault_server() as server:
        mail = mail_to(server)
        submission = mail.begin(letter(mail))
        assert submission.run()
        with pytest.raises(MailError, match="being handed over already"):
            submission.run()
    assert len(server.record.messages) == 1


def test_a_ca_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("hello")
    for name, reason in (("none.pem", "No such file"), ("empty.pem", "it holds no certificate")):
        mail = SMTPMailHandler(host="127.0.0.1", port=1, ca_file=tmp_path / name, from_addr="me@example.com")
        with pytest.raises(TLSFailed, match=f"ca_file of smtp: .*{name}: {reason}.*Nothing was sent"):
            mail.send("Hello", to=TO)


def test_a_server_that_hangs_up_says_so() -> None:
    with fault_server({"EHLO": drop}) as server:
        mail = mail_to(server)
        error = outcome_of(mail.begin(letter(mail)))
    assert str(error) == (
        f"The connection to 127.0.0.1:{server.port} broke while connecting: it closed the connection. "
        "Check host, port and security of smtp, or try again later."
    )
