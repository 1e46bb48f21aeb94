"""Nothing leaves that other programs would read otherwise: the writer is broken here in many ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailtui import Draft, InvalidEmail, SMTPMailHandler
from mailtui.mail import composition, headers, mime
from mailtui.mail.message import Email
from tests.fault_server import fault_server
from tests.mail.emails import email_of


@pytest.fixture
def email(tmp_path: Path) -> Email:
    """One with everything in it."""
    for name in ("plan.pdf", "chart.png"):
        (tmp_path / name).write_bytes(name.encode())
    return email_of(
        ("Grüße,\n.\nFrom me\n", "<p>Grüße <img src='cid:chart'>"),
        to='"Doe, Jane" <jane@example.org>, ann@example.org',
        cc="Zoë <zoe@bücher.example>",
        reply_to="list@example.org",
        subject="Grüße",
        headers={"X-Ticket": "47 11"},
        files=[tmp_path / "plan.pdf", ("chart.png", tmp_path / "chart.png", "chart")],
    )


def wrong(pattern: bytes, replacement: bytes) -> Callable[[bytes], bytes]:
    """Changes what was written, and makes sure that it does."""

    def change(written: bytes) -> bytes:
        changed, count = re.subn(pattern, replacement, written)
        assert count
        return changed

    return change


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("subject", wrong(rb"Subject: .*\r\n", b"Subject: Gr\xc3\xbc\xc3\x9fe\xcc\x81\r\n")),
        ("subject", wrong(rb"Subject: .*\r\n", b"Subject: =?utf-8?b?R3I=?=\r\n")),
        ("subject", wrong(rb"Subject: .*\r\n", b"Subject: =?utf-9?b?R3I=?=\r\n")),
        ("subject", wrong(rb"Subject: .*\r\n", b"Subject: =?utf-8?b?R?=\r\n")),
        ("subject", wrong(rb"Subject: .*\r\n", b"Subject: =?utf-8?b?R3I?=\r\n")),
        ("body", wrong(rb"(Subject: .*)\r\n", rb"\1\r\nBcc: eve@example.org\r\n")),
        ("body", wrong(rb"(Subject: .*)\r\n", rb"\1\nBcc: eve@example.org\r\n")),
        ("body", wrong(rb"Subject: .*\r\n", b"")),
        ("to", wrong(rb'"Doe, Jane"', b"Doe, Jane")),
        ("to", wrong(rb"jane@", b"june@")),
        ("to", wrong(rb", ann@example.org", b"")),
        ("to", wrong(rb", ann@example.org", b", ann@example.org, eve@example.org")),
        ("to", wrong(rb"To: (.*), (ann.*)\r\n", rb"To: \2, \1\r\n")),
        ("cc", wrong(rb"<zoe@.*>", b"<zoe@example.org>")),
        ("from_addr", wrong(rb"me@example.com", b"<me@example.com> Me")),
        ("reply_to", wrong(rb"list@", b"me@")),
        ("headers", wrong(rb"47 11", b"47 12")),
        ("date", wrong(rb"Date: .*\r\n", b"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n")),
        ("date", wrong(rb"Date: .*\r\n", b"Date: today\r\n")),
        ("message_id", wrong(rb"Message-ID: <", b"Message-ID: <x")),
        ("body", wrong(rb"=BC=C3=9Fe,", b"=BC=C3=9Fe")),
        ("body", wrong(rb"\r\n=2E\r\n", b"\r\n\r\n")),
        ("body", wrong(rb"text/plain; charset=\"utf-8\"", b'text/plain; charset="latin-1"')),
        ("body", wrong(rb"=BC=C3", b"=BC\xc3")),
        ("body", wrong(rb"=2E", b"\r=2E")),
        ("body", wrong(rb"=2E", b"=2E=\n")),
        ("body", wrong(rb"\A((?s:.*?))\r\n\r\n--", rb"\1\r\n\r\n\0\r\n--")),
        ("body", wrong(rb"\A((?s:.*?))\r\n\r\n--", rb"\1\r\n\r\n" + b"x" * 999 + b"\r\n--")),
        ("body", wrong(rb"--=_\w+_mixed--\r\n\Z", b"")),
        ("body", wrong(rb"(?s)--=_\w+_mixed\r\nContent-Type: application/pdf.*?\r\n\r\n\r\n", b"")),
        ("body", wrong(rb"text/html", b"text/plain")),
        ("body", wrong(rb"multipart/alternative", b"multipart/digest")),
        ("body", wrong(rb"--\r\n\Z", b"\r\n")),
        ("body", wrong(rb"quoted-printable", b"base64")),
        ("body", wrong(rb"MIME-Version: 1.0\r\n", b"MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n")),
        ("attachments", wrong(rb"application/pdf", b"application/octet-stream")),
        ("attachments", wrong(rb"plan.pdf", b"plan.exe")),
        ("attachments", wrong(rb"attachment;", b"inline;")),
        ("attachments", wrong(rb"<chart>", b"<plan>")),
        ("attachments", wrong(rb"Content-ID: <chart>\r\n", b"")),
    ],
)  # fmt: skip
def test_what_would_be_read_otherwise_does_not_leave(
    monkeypatch: pytest.MonkeyPatch, email: Email, field: str, change: Callable[[bytes], bytes]
) -> None:
    assert email.as_bytes()
    changed = replace(email)
    monkeypatch.setattr(changed._composition, "_pieces", [change(text_of(email))])
    for hand_over in (changed.as_bytes, lambda: changed.size):
        with pytest.raises(InvalidEmail, match=r"mail programs would read .*; nothing was sent") as caught:
            hand_over()
        assert caught.value.problems.keys() == {field}


def text_of(email: Email) -> bytes:
    """All of a message but the bodies of its files."""
    return b"".join(piece for piece in email._composition._pieces if isinstance(piece, bytes))


@pytest.mark.parametrize(
    ("module", "name", "broken"),
    [
        (headers, "_encoded_words", lambda text: ["=?utf-8?q?a=0ABcc=3A_eve=40example=2Eorg?="]),
        (headers, "_is_plain", lambda text: True),
        (mime, "_transfer_encoded", lambda data: ("7bit", data)),
    ],
)
def test_a_broken_writer_says_no_word_to_the_server(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, broken: Any
) -> None:
    monkeypatch.setattr(module, name, broken)
    with fault_server() as server:
        mail = SMTPMailHandler(host=server.host, port=server.port, security="none", from_addr="me@example.com")
        with pytest.raises(InvalidEmail, match="nothing was sent"):
            mail.deliver(mail.prepare(Draft(to="Zoë <zoe@example.org>", subject="Grüße", body="Grüße\n")))
    assert not [line for line in server.record.lines if line.startswith(b"MAIL")]


def test_a_date_that_is_read_as_another_century_does_not_leave() -> None:
    with pytest.raises(InvalidEmail, match="Date: mail programs would read"):
        email_of(date=datetime(49, 1, 1, tzinfo=UTC)).as_bytes()


def test_it_is_read_back_once(monkeypatch: pytest.MonkeyPatch, email: Email) -> None:
    read = []
    monkeypatch.setattr(composition, "read_back", lambda *given: read.append(given))
    assert email.size == len(email.as_bytes())
    assert len(read) == 1
