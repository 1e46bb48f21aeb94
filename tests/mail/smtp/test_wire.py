"""The bytes on the line: logging in as the standards say, and messages that arrive as they were written."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui import AuthenticationFailed, Draft, SMTPMailHandler
from mailtui.mail.smtp.transaction import _blocks, dot_stuffed
from tests.fault_server import fault_server, say
from tests.mail.emails import email_of
from tests.mail.smtp.lines import TO, large_file, letter, mail_to, outcome_of, statuses
from tests.smtp_server import Mailbox, smtp_server
from tests.strategies import bodies


def test_plain_as_in_rfc_4616() -> None:
    """The first example of section 4: tim with tanstaaftanstaaf, in base64 of one line."""
    with fault_server() as server:
        mail = mail_to(server, username="tim", password="tanstaaftanstaaf", mechanism="plain")
        assert mail.send("Hello", to=TO)
    assert server.record.lines[1] == b"AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm"


def test_plain_as_in_rfc_4954() -> None:
    with fault_server() as server:
        assert mail_to(server, username="test", password="1234").send("Hello", to=TO)
    assert server.record.lines[1] == b"AUTH PLAIN AHRlc3QAMTIzNA=="  # section 4.1 gives the authorization id, too


def test_login_as_in_its_draft() -> None:
    with fault_server() as server:
        mail = mail_to(server, username="tim", password="tanstaaftanstaaf", mechanism="login")
        assert mail.send("Hello", to=TO)
    assert server.record.lines[1:4] == [b"AUTH LOGIN", b"dGlt", b"dGFuc3RhYWZ0YW5zdGFhZg=="]


@pytest.mark.parametrize(("point", "said"), [("AUTH", 1), ("AUTH2", 2)])
@pytest.mark.parametrize("answer", ["504 no", "235 what?", "250 what?"])
def test_login_says_no_more_than_it_is_asked_for(point: str, said: int, answer: str) -> None:
    with fault_server({point: say(answer)}) as server:
        mail = mail_to(server, username="tim", password="tanstaaftanstaaf", mechanism="login")
        outcome_of(mail.begin(letter(mail)))
    assert b"dGFuc3RhYWZ0YW5zdGFhZg==" not in server.record.lines
    assert (b"dGlt" in server.record.lines) == (said == 2)


def test_xoauth2_as_google_has_it() -> None:
    """https://developers.google.com/gmail/imap/xoauth2-protocol gives this very example."""
    token = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"
    with fault_server() as server:
        mail = mail_to(server, username="someuser@example.com", password=token, mechanism="xoauth2")
        assert mail.send("Hello", to=TO)
    assert server.record.lines[1] == (
        b"AUTH XOAUTH2 dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1"
        b"semRHRXVZMjl0Q2cBAQ=="
    )


def test_xoauth2_that_is_refused() -> None:
    reason = b64encode(b'{"status":"401","schemes":"bearer"}')
    with fault_server({"AUTH": say(b"334 " + reason), "AUTH2": say("535 5.7.8 no")}) as server:
        mail = mail_to(server, username="me", password="token", mechanism="xoauth2")
        error = outcome_of(mail.begin(letter(mail)))
    assert isinstance(error, AuthenticationFailed)
    assert server.record.lines[-1] == b""
    assert 'refused the log-in of me: 535 5.7.8 no {"status":"401","schemes":"bearer"}. Check username' in str(error)
    assert error.code == 535


@pytest.mark.parametrize(
    ("offered", "mechanism", "said"),
    [
        ("AUTH PLAIN LOGIN", "auto", b"AUTH PLAIN "),
        ("AUTH LOGIN PLAIN", "auto", b"AUTH PLAIN "),
        ("AUTH login", "auto", b"AUTH LOGIN"),
        ("AUTH=LOGIN", "auto", b"AUTH LOGIN"),
        ("AUTH=PLAIN LOGIN", "login", b"AUTH LOGIN"),
        ("auth CRAM-MD5 PLAIN", "plain", b"AUTH PLAIN "),
    ],
)
def test_a_mechanism_that_both_know(offered: str, mechanism: str, said: bytes) -> None:
    with fault_server(extensions=(offered,)) as server:
        assert mail_to(server, username="me", password="right", mechanism=mechanism).send("Hello", to=TO)
    assert server.record.lines[1].startswith(said)


@pytest.mark.parametrize(
    ("offered", "mechanism", "told"),
    [
        ("AUTH CRAM-MD5", "auto", "by PLAIN or LOGIN, only by CRAM-MD5; mailtui knows none of these"),
        ("AUTH PLAIN LOGIN", "xoauth2", "by XOAUTH2, only by PLAIN LOGIN; set mechanism to plain or login"),
        ("AUTH XOAUTH2", "auto", "by PLAIN or LOGIN, only by XOAUTH2; set mechanism to xoauth2"),
        ("AUTH PLAINER", "plain", "by PLAIN, only by PLAINER; mailtui knows none"),
        ("AUTH", "auto", "offers no log-in on this line; leave username empty, or check security and port"),
        ("HELP", "auto", "offers no log-in on this line; leave username empty, or check security and port"),
    ],
)
def test_no_mechanism_that_both_know(offered: str, mechanism: str, told: str) -> None:
    with fault_server(extensions=(offered,)) as server:
        mail = mail_to(server, username="me", password="right", mechanism=mechanism)
        error = outcome_of(mail.begin(letter(mail)))
    assert isinstance(error, AuthenticationFailed)
    assert told in str(error)
    assert str(error).startswith(f"127.0.0.1:{server.port} ")
    assert str(error).endswith(". Nothing was sent.")
    assert len(server.record.lines) == 1


def test_what_was_offered_in_clear_does_not_count() -> None:
    """Whoever is on the line may have offered it."""
    with fault_server({"EHLO2": say("250 mx.example.org")}, security="starttls") as server:
        mail = mail_to(server, "starttls", username="me", password="right")
        error = outcome_of(mail.begin(letter(mail)))
    assert "offers no log-in on this line" in str(error)


def lines_stuffed(message: bytes) -> bytes:
    """What RFC 5321 4.5.2 says, in the plainest way: line by line."""
    return b"\r\n".join(b"." + line if line[:1] == b"." else line for line in message.split(b"\r\n"))


signs = st.lists(st.sampled_from([b".", b"..", b"\r\n", b"\r", b"\n", b"a", b"\r\n.\r\n", b"\n.", b"\r."]), max_size=30)


@given(message=signs.map(b"".join), cuts=st.lists(st.integers(0, 60), max_size=12))
@settings(max_examples=150)
def test_dots_however_the_message_is_cut(message: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(message)]
    pieces = [message[start:end] for start, end in pairwise(edges)]
    assert b"".join(pieces) == message
    assert b"".join(dot_stuffed(pieces)) == lines_stuffed(message)
    assert b"".join(_blocks(pieces)) == message


def test_pieces_are_put_together_to_packets() -> None:
    blocks = list(_blocks([b"x"] * 200_000))
    assert [len(block) for block in blocks] == [65536, 65536, 65536, 3392]
    assert sum(map(len, _blocks([]))) == 0


@pytest.fixture(scope="module")
def delivered() -> Iterator[tuple[Mailbox, SMTPMailHandler]]:
    """A real server for many messages."""
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        yield mailbox, SMTPMailHandler(host="127.0.0.1", port=port, security="none", from_addr="me@example.com")


@given(body=bodies)
@settings(max_examples=30)
def test_any_text_arrives_as_it_was_written(delivered: tuple[Mailbox, SMTPMailHandler], body: str) -> None:
    mailbox, mail = delivered
    email = mail.prepare(Draft(to="ann@example.org", body=body))
    assert mail.deliver(email)
    message = mailbox.messages.pop()
    assert not mailbox.messages
    assert message.data == email.as_bytes()
    assert len(message.data) == email.size


@pytest.mark.parametrize(
    "body",
    [
        "a\r\n.\r\nMAIL FROM:<evil@example.org>\r\nRCPT TO:<ann@example.org>\r\nDATA\r\nSubject: x\r\n\r\nhello",
        "a\n.\nb",
        "a\r.\rb",
        "a\r\n.\rb",
        "a\n.\r\nb",
        "a\r\r\n.\r\nb",
        ".",
        "..",
        ".\n",
        "a\n.",
        "\0.\n.",
        "a\u2028.\u2028b",
        "a\x0b.\x0b",
        ("x" * 76 + "\n.\n") * 2000,
    ],
)
def test_no_body_ends_the_message(delivered: tuple[Mailbox, SMTPMailHandler], body: str) -> None:
    mailbox, mail = delivered
    email = mail.prepare(Draft(to="ann@example.org", body=body))
    assert mail.deliver(email)
    (message,) = mailbox.messages
    mailbox.messages.clear()
    assert message.data == email.as_bytes()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", message.data)


sizes = st.sampled_from([0, 1, 56, 57, 58, 57 * 1024 - 1, 57 * 1024, 57 * 1024 + 1, 100_000])


@given(body=bodies, html=st.none() | bodies, files=st.lists(sizes, max_size=3))
@settings(max_examples=15)
def test_the_size_is_known_before(
    tmp_path_factory: pytest.TempPathFactory, body: str, html: str | None, files: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("files")
    for number, size in enumerate(files):
        (folder / f"ü{number}").write_bytes(b".\r\n" * (size // 3) + b"." * (size % 3))
    email = email_of(body if html is None else (body, html), files=[str(path) for path in folder.iterdir()])
    assert email.size == len(email.as_bytes())


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_large_message_arrives_whole(security: str, tmp_path: Path) -> None:
    with fault_server(security=security) as server:
        mail = mail_to(server, security)
        email = letter(mail, body="..\n" * 1000, file=large_file(tmp_path, 1_000_000))
        submission = mail.begin(email)
        assert statuses(submission.run()) == [("accepted", 250)] * 3
        assert server.record.messages == [email.as_bytes()]
        assert submission.size == email.size
        assert submission.sent == len(email.as_bytes()) == submission.size
    server.record.assert_secure()


def test_the_whole_dialogue() -> None:
    with fault_server() as server:
        mail = mail_to(server)
        email = letter(mail)
        receipt = mail.deliver(email)
    assert receipt.transcript == (
        f"* connecting to 127.0.0.1:{server.port}",
        "< 220 mx.example.org ready",
        "> ehlo [127.0.0.1]",
        "< 250-mx.example.org",
        "< 250-AUTH PLAIN LOGIN XOAUTH2",
        "< 250 SIZE 0",
        f"> MAIL FROM:<me@example.com> SIZE={email.size}",
        "< 250 OK",
        *(line for address in TO for line in (f"> RCPT TO:<{address}>", "< 250 OK")),
        "> DATA",
        "< 354 go ahead",
        f"> ({email.size} bytes of the message)",
        "> .",
        "< 250 queued",
        "> QUIT",
        "< 221 bye",
    )
