"""The smtp handler against a real server."""

from __future__ import annotations

import socket
import threading
import time
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from mailtui import (
    AuthenticationFailed,
    ConnectionFailed,
    DeliveryError,
    Draft,
    InvalidEmail,
    InvalidOptions,
    Receipt,
    SMTPMailHandler,
    TLSFailed,
)
from mailtui.mail.receipt import Recipient
from tests.at_once import at_once
from tests.smtp_server import Mailbox, smtp_server, write_authority

PLAIN: dict[str, Any] = {"host": "127.0.0.1", "security": "none", "from_addr": "me@example.com", "timeout": 5}


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    return write_authority(tmp_path)


def statuses(receipt: Receipt) -> list[tuple[str, str, int | None]]:
    return [(recipient.address, recipient.status, recipient.code) for recipient in receipt.recipients]


def test_everybody_of_the_envelope_gets_the_very_bytes(mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(bytes(range(256)) * 1000)
    with smtp_server(mailbox) as port:
        mail = SMTPMailHandler(**PLAIN, port=port)
        draft = Draft(
            to="Ann <ann@example.org>, bob@example.org",
            cc="carl@example.org",
            bcc="dora@example.org",
            subject="Grüße",
            body=".\n.. two\nFrom me\n\nbye",
            attachments=str(tmp_path / "report.pdf"),
        )
        email = mail.prepare(draft)
        receipt = mail.deliver(email)
    (message,) = mailbox.messages
    assert message.sender == "me@example.com"
    assert message.recipients == ["ann@example.org", "bob@example.org", "carl@example.org", "dora@example.org"]
    assert message.data == email.as_bytes()
    assert message.options == [f"SIZE={len(email.as_bytes())}"]
    assert b"dora" not in message.data
    parsed = message_from_bytes(message.data, policy=policy.default)
    assert parsed["Subject"] == "Grüße"
    assert receipt
    assert receipt.message_id == email.message_id
    assert receipt.duration > 0
    assert statuses(receipt) == [(address, "accepted", 250) for address in message.recipients]
    assert receipt.recipients[0].reply == "2.0.0 queued as 4711"
    assert "> RCPT TO:<dora@example.org>" in receipt.transcript
    assert receipt.transcript[-2:] == ("> QUIT", "< 221 Bye")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_line_is_secured_and_the_certificate_verified(mailbox: Mailbox, security: str, ca_file: Path) -> None:
    with smtp_server(mailbox, security=security) as port:
        mail = SMTPMailHandler(**PLAIN | {"security": security}, port=port, ca_file=ca_file)
        assert mail.send("Hello", to=["ann@example.org"])
    assert [message.encrypted for message in mailbox.messages] == [True]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_untrusted_certificate_ends_it(mailbox: Mailbox, security: str) -> None:
    with smtp_server(mailbox, security=security) as port:
        mail = SMTPMailHandler(**PLAIN | {"security": security, "username": "me", "password": "secret"}, port=port)
        with pytest.raises(TLSFailed, match=rf"certificate of 127.0.0.1:{port} cannot be verified: .*ca_file of smtp"):
            mail.send("Hello", to=["ann@example.org"])
    assert (mailbox.messages, mailbox.logins) == ([], [])


def test_a_certificate_for_another_name_ends_it(mailbox: Mailbox, ca_file: Path) -> None:
    with smtp_server(mailbox, security="tls", certified=["mail.example.org"]) as port:
        mail = SMTPMailHandler(**PLAIN | {"security": "tls"}, port=port, ca_file=ca_file)
        with pytest.raises(TLSFailed, match="not valid for"):
            mail.send("Hello", to=["ann@example.org"])
    assert mailbox.messages == []


def test_a_server_without_starttls_gets_nothing(mailbox: Mailbox) -> None:
    with smtp_server(mailbox) as port:
        mail = SMTPMailHandler(
            **PLAIN | {"security": "starttls", "username": "me", "password": "secret", "allow_plaintext_login": True},
            port=port,
        )
        with pytest.raises(TLSFailed, match=r'does not offer STARTTLS.* needs security = "none"'):
            mail.send("Hello", to=["ann@example.org"])
    assert (mailbox.messages, mailbox.logins) == ([], [])


def test_tls_where_none_is_spoken(mailbox: Mailbox) -> None:
    with smtp_server(mailbox) as port, pytest.raises(TLSFailed, match='needs security = "starttls"'):
        SMTPMailHandler(**PLAIN | {"security": "tls"}, port=port).send("Hello", to=["ann@example.org"])


def test_no_tls_where_it_is_expected(mailbox: Mailbox) -> None:
    with smtp_server(mailbox, security="tls") as port, pytest.raises(ConnectionFailed, match="no answer in time"):
        SMTPMailHandler(**PLAIN | {"timeout": 0.2}, port=port).send("Hello", to=["ann@example.org"])


@pytest.mark.parametrize(
    ("without", "mechanism", "used"),
    [((), "auto", "PLAIN"), (("PLAIN",), "auto", "LOGIN"), ((), "login", "LOGIN"), ((), "plain", "PLAIN")],
)
def test_the_log_in(mailbox: Mailbox, without: tuple[str, ...], mechanism: str, used: str) -> None:
    mailbox.password = 'Pässwört 😀 with:colons\\and"quotes'
    with smtp_server(mailbox, auth_required=True, without_mechanisms=without) as port:
        mail = SMTPMailHandler(**PLAIN, port=port, username="me", password=mailbox.password, mechanism=mechanism)
        assert mail.send("Hello", to=["ann@example.org"])
    assert mailbox.logins == [(used, mailbox.password)]


@pytest.mark.parametrize("without", [(), ("PLAIN",), ("LOGIN",)])
def test_a_wrong_password_is_tried_once(mailbox: Mailbox, without: tuple[str, ...]) -> None:
    with smtp_server(mailbox, auth_required=True, without_mechanisms=without) as port:
        mail = SMTPMailHandler(**PLAIN, port=port, username="me", password="wrong horse")
        with pytest.raises(AuthenticationFailed, match="refused the log-in of me: 535") as caught:
            mail.send("Hello", to=["ann@example.org"])
    assert len(mailbox.logins) == mailbox.connections == 1
    assert caught.value.code == 535
    assert not any("wrong horse" in line for line in caught.value.transcript)


def test_no_log_in_over_a_line_that_others_can_read(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.mail.smtp.session.is_loopback", lambda host: False)
    with smtp_server(mailbox) as port:
        options = {**PLAIN, "port": port, "username": "me", "password": mailbox.password}
        with pytest.raises(AuthenticationFailed, match="the line is not encrypted"):
            SMTPMailHandler(**options).send("Hello", to=["ann@example.org"])
        assert mailbox.logins == []
        assert SMTPMailHandler(**options, allow_plaintext_login=True).send("Hello", to=["ann@example.org"])


def test_a_refused_recipient_does_not_stop_the_others(mailbox: Mailbox) -> None:
    mailbox.refused = {"bob@example.org": "550 5.1.1 no such\x1b[31m user"}
    with smtp_server(mailbox) as port:
        receipt = SMTPMailHandler(**PLAIN, port=port).send("Hello", to=["ann@example.org", "bob@example.org"])
    assert mailbox.messages[0].recipients == ["ann@example.org"]
    assert not receipt
    assert statuses(receipt) == [("ann@example.org", "accepted", 250), ("bob@example.org", "refused", 550)]
    assert receipt.recipients[1].reply == "5.1.1 no such\\x1b[31m user"


def test_nobody_is_taken(mailbox: Mailbox) -> None:
    mailbox.refused = {"ann@example.org": "450 4.2.0 greylisted"}
    with smtp_server(mailbox) as port:
        receipt = SMTPMailHandler(**PLAIN, port=port).send("Hello", to=["ann@example.org"])
    assert receipt.recipients == (Recipient("ann@example.org", "refused", 450, "4.2.0 greylisted"),)
    assert "> DATA" not in receipt.transcript


@pytest.mark.parametrize(
    ("mail_answer", "data_answer"), [("552 5.3.4 too big", ""), ("", "554 5.6.0 spam"), ("", "451 4.3.0 later")]
)
def test_a_refused_sender_or_message(mailbox: Mailbox, mail_answer: str, data_answer: str) -> None:
    mailbox.mail_answer, mailbox.data_answer = mail_answer, data_answer
    with smtp_server(mailbox) as port:
        receipt = SMTPMailHandler(**PLAIN, port=port).send("Hello", to=["ann@example.org", "bob@example.org"])
    answer = mail_answer or data_answer
    assert [f"{one.code} {one.reply}" for one in receipt.recipients] == [answer, answer]
    assert {one.status for one in receipt.recipients} == {"refused"}
    assert mailbox.messages == []


def test_a_message_that_is_too_large_is_not_begun(mailbox: Mailbox) -> None:
    with smtp_server(mailbox, data_size_limit=1000) as port:
        mail = SMTPMailHandler(**PLAIN, port=port)
        with pytest.raises(DeliveryError, match=r"up to 1,000 bytes \(SIZE\), and this one has"):
            mail.send("Hello " * 1000, to=["ann@example.org"])
        assert mail.send("Hello", to=["ann@example.org"])


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(mailbox: Mailbox) -> None:
    with smtp_server(mailbox) as port:
        to = ["jürg@example.org", "ann@bücher.example"]
        assert SMTPMailHandler(**PLAIN, port=port).send("Hello", to=to)
    assert mailbox.messages[0].recipients == ["jürg@example.org", "ann@xn--bcher-kva.example"]
    assert "SMTPUTF8" in mailbox.messages[0].options
    with smtp_server(mailbox, enable_SMTPUTF8=False) as port:
        mail = SMTPMailHandler(**PLAIN, port=port)
        with pytest.raises(DeliveryError, match="takes ASCII addresses only"):
            mail.send("Hello", to=to)
        assert mail.send("Hello", to=["ann@bücher.example"])
    assert len(mailbox.messages) == 2


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(ConnectionFailed, match=f"Connection refused at 127.0.0.1:{port}. Is a mail server running"):
            SMTPMailHandler(**PLAIN, port=port).send("Hello", to=["ann@example.org"])


def test_there_is_no_such_host() -> None:
    with pytest.raises(ConnectionFailed, match=r"There is no host nowhere.invalid: .*Check host of smtp"):
        SMTPMailHandler(**PLAIN | {"host": "nowhere.invalid"}).send("Hello", to=["ann@example.org"])
    with pytest.raises(ConnectionFailed, match="cannot be the name of a host"):
        SMTPMailHandler(**PLAIN | {"host": "a..b"}).send("Hello", to=["ann@example.org"])


def test_an_attachment_that_changed_is_not_sent(mailbox: Mailbox, tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("before")
    with smtp_server(mailbox) as port:
        mail = SMTPMailHandler(**PLAIN, port=port)
        email = mail.prepare(Draft(to="ann@example.org", attachments=str(path)))
        path.write_text("before and after")
        with pytest.raises(InvalidEmail, match="it changed after the message was prepared"):
            mail.deliver(email)
    assert mailbox.messages == []


def test_the_rest_gets_the_same_message(mailbox: Mailbox) -> None:
    mailbox.refused = {"bob@example.org": "450 later"}
    with smtp_server(mailbox) as port:
        mail = SMTPMailHandler(**PLAIN, port=port)
        email = mail.prepare(Draft(to="ann@example.org, bob@example.org", body="Hello"))
        mail.deliver(email)
        mailbox.refused = {}
        receipt = mail.deliver(email.to_others_than(["ann@example.org"]))
    assert statuses(receipt) == [("bob@example.org", "accepted", 250)]
    first, second = mailbox.messages
    assert (first.recipients, second.recipients) == (["ann@example.org"], ["bob@example.org"])
    assert first.data == second.data


def test_a_cancel_before_the_answer(mailbox: Mailbox) -> None:
    mailbox.delay = 60
    with smtp_server(mailbox) as port:
        mail = SMTPMailHandler(**PLAIN, port=port)
        submission = mail.begin(mail.prepare(Draft(to="ann@example.org", body="Hello")))
        receipts: list[Receipt] = []
        thread = threading.Thread(target=lambda: receipts.append(submission.run()))
        thread.start()
        while submission.stage != "waiting for the server's answer":
            time.sleep(0.01)
        assert submission.may_have_left
        with at_once():
            submission.cancel()
            thread.join(20)
    assert [(one.status, one.code) for one in receipts[0].recipients] == [("unknown", None)]
    assert "whether it was accepted is not known" in receipts[0].recipients[0].reply


def test_a_check_logs_in_and_sends_nothing(mailbox: Mailbox, ca_file: Path) -> None:
    with smtp_server(mailbox, security="starttls", auth_required=True) as port:
        options = PLAIN | {"security": "starttls", "username": "me", "ca_file": ca_file, "port": port}
        transcript = SMTPMailHandler(**options, password=mailbox.password).check()
        assert mailbox.logins == [("PLAIN", mailbox.password)]
        with pytest.raises(AuthenticationFailed) as caught:
            SMTPMailHandler(**options, password="wrong").check()
    assert "> AUTH PLAIN ***" in transcript
    assert caught.value.transcript[-1].startswith("< 535")
    assert not any("MAIL FROM" in line for line in transcript)
    assert mailbox.messages == []


def test_a_password_from_a_program(mailbox: Mailbox) -> None:
    with smtp_server(mailbox, auth_required=True) as port:
        command = ["printf", r"%s\n%s", mailbox.password, "not this"]
        assert SMTPMailHandler(**PLAIN, port=port, username="me", password_command=command).send(
            "Hello", to=["ann@example.org"]
        )
    assert mailbox.logins == [("PLAIN", mailbox.password)]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"host": ""}, "host: expected the name or the address"),
        ({"host": "a b"}, "host: expected"),
        ({"host": "mail.example.org:587"}, "host: the port has an option of its own"),
        ({"username": "me"}, "username: a log-in needs password_command or password"),
        ({"port": 0}, "port: expected a whole number from 1 to 65535"),
        ({"security": "ssl"}, "security: expected 'tls' or 'starttls' or 'none'"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], problem: str) -> None:
    with pytest.raises(InvalidOptions, match=problem):
        SMTPMailHandler(**options)
