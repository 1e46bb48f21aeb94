from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailtui.mail.errors import InvalidEmail
from mailtui.mail.message import Email
from tests.mail.emails import email_of, parsed, with_plain_ends
from tests.strategies import bodies


def received_text(part: Message[Any, Any]) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert part.get_content_charset() == "utf-8"
    return payload.decode().replace("\r\n", "\n")


def body_lines(email: Email) -> list[bytes]:
    data = email.as_bytes().partition(b"\r\n\r\n")[2]
    assert data.endswith(b"\r\n")
    lines = data.removesuffix(b"\r\n").split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    return lines


def assert_safe_on_the_way(email: Email) -> None:
    for line in body_lines(email):
        assert line.isascii()
        assert len(line) <= 76 or line.startswith((b"Content-", b"--=_"))
        assert not line.endswith((b" ", b"\t"))  # some servers cut it off
        assert not line.startswith(b"From ")  # some mailboxes put a > before it
        assert line != b"."
        assert b"\0" not in line


@settings(max_examples=200)
@given(bodies)
@example("")
@example("\n\n\n")
@example("  leading")
@example("trailing \t \n\t\n ")
@example(".\n..\n.hidden\n\r\n.\r\n")
@example("From me\nFrom \nfrom\n>From\n")
@example("-- \nAnn\n")
@example("From " + "x" * 20 + "From " + "y" * 45 + " ")
@example("x" * 74 + " \n" + "y" * 75 + "\t\n")
@example("=\n==3D\n=20")
@example("".join(map(chr, [0x00, 0x7F, 0x80, 0xFFFD, 0xFFFF, 0x10000, 0x2FFFF, 0x10FFFF])))
def test_a_body_arrives_as_it_was_typed(body: str) -> None:
    email = email_of(body)
    assert_safe_on_the_way(email)
    modern, legacy = parsed(email), message_from_bytes(email.as_bytes())
    assert received_text(modern) == received_text(legacy) == with_plain_ends(body)


@pytest.mark.parametrize(
    "body",
    [
        "x" * 100_000,
        "x " * 50_000,
        "é" * 100_000,
        "\U0001f600" * 25_000,
        ("From " + "x" * 71 + " ") * 1_000,
        "=" * 100_000,
        "\n" * 5_000,
    ],
    ids=lambda body: body[:6],
)
def test_a_very_long_line_arrives(body: str) -> None:
    email = email_of(body)
    assert_safe_on_the_way(email)
    assert received_text(parsed(email)) == with_plain_ends(body)


@pytest.mark.parametrize("plane", range(17))
def test_every_plane_of_unicode_arrives(plane: int) -> None:
    body = "".join(chr(code) for code in range(plane << 16, (plane + 1) << 16, 61) if not 0xD800 <= code <= 0xDFFF)
    email = email_of(body)
    assert_safe_on_the_way(email)
    assert received_text(parsed(email)) == with_plain_ends(body)


def test_text_with_a_few_accents_stays_readable_in_the_source() -> None:
    email = email_of("Hello Zoë,\nit is done.\n")
    assert body_lines(email) == [b"Hello Zo=C3=AB,", b"it is done."]
    assert "base64" not in email.source()


def test_text_of_another_script_is_base64() -> None:
    message = parsed(email_of("こんにちは、世界。\n" * 10))
    assert message["Content-Transfer-Encoding"] == "base64"
    # RFC 2045 6.8: line ends of text are CR LF before it is encoded.
    assert message.get_payload(decode=True) == ("こんにちは、世界。\r\n" * 10).encode()


@settings(max_examples=100)
@given(bodies, bodies)
def test_html_goes_beside_the_text(text: str, html: str) -> None:
    email = email_of((text, html))
    assert_safe_on_the_way(email)
    message = parsed(email)
    assert message.get_content_type() == "multipart/alternative"
    assert "Content-Transfer-Encoding" not in message
    plain, rich = message.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    assert (received_text(plain), received_text(rich)) == (with_plain_ends(text), with_plain_ends(html))


contents = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(
        [b"", b"\r\n.\r\n", b"From me\n", b"\0" * 57, b"x" * 57 * 1024, b"x" * (57 * 1024 + 1), bytes(range(256)) * 300]
    ),
)


@settings(max_examples=60)
@given(body=bodies, files=st.lists(contents, min_size=1, max_size=3), html=st.booleans())
def test_attachments_arrive_beside_the_body(
    tmp_path_factory: pytest.TempPathFactory, body: str, files: list[bytes], html: bool
) -> None:
    folder = tmp_path_factory.mktemp("files")
    paths = [folder / f"{number}.bin" for number in range(len(files))]
    for path, content in zip(paths, files, strict=True):
        path.write_bytes(content)
    email = email_of((body, "<p>") if html else body, files=paths)
    assert_safe_on_the_way(email)
    message = parsed(email)
    assert message.get_content_type() == "multipart/mixed"
    assert "Content-Transfer-Encoding" not in message
    text = message.get_body(("plain",))
    assert text is not None
    assert received_text(text) == with_plain_ends(body)
    assert (message.get_body(("html",)) is not None) == html
    got = [(part.get_filename(), part.get_payload(decode=True)) for part in message.iter_attachments()]
    assert got == [(path.name, content) for path, content in zip(paths, files, strict=True)]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("report.pdf", "application/pdf"),
        ("photo.JPG", "image/jpeg"),
        ("notes.txt", "text/plain"),
        ("backup.tar.gz", "application/octet-stream"),
        ("forwarded.eml", "application/octet-stream"),
        ("unknown", "application/octet-stream"),
        ("data:text,x", "application/octet-stream"),
    ],
)
def test_the_type_is_that_of_the_name(tmp_path: Path, name: str, content_type: str) -> None:
    (tmp_path / name).write_bytes(b"content")
    (part,) = parsed(email_of(files=[tmp_path / name])).iter_attachments()
    assert isinstance(part, EmailMessage)
    assert part.get_content_type() == content_type
    assert part.get_content_disposition() == "attachment"
    assert part["Content-Transfer-Encoding"] == "base64"
    assert part.get_payload(decode=True) == b"content"


@pytest.mark.parametrize(
    "name",
    ["data:ä/ü,x.pdf", "data:text/html; charset=x,.pdf", "data:a/b" + " c" * 600 + ",x"],
    ids=lambda name: name[:12],
)
def test_the_name_of_a_file_writes_no_type_of_its_own(tmp_path: Path, name: str) -> None:
    (tmp_path / "x").touch()
    try:
        data = email_of(files=[(name, tmp_path / "x")]).as_bytes()
    except InvalidEmail:
        return
    (line,) = re.findall(rb"\r\nContent-Type: ([^m][^\r]+)\r\nContent-Transfer-Encoding: base64", data)
    assert re.fullmatch(rb"[a-z]+/[a-z0-9.+-]+", line)


def test_the_parts_are_told_apart_whatever_is_in_them(tmp_path: Path) -> None:
    first = email_of("x", files=[__file__])
    path = tmp_path / "bytes.eml"
    path.write_bytes(first.as_bytes())
    body = f"--=_{first.boundary}\n--=_{first.boundary}--\n"
    second = email_of(body, files=[path], letter=first.boundary)
    text, attachment = parsed(second).iter_parts()
    assert received_text(text) == body
    assert attachment.get_payload(decode=True) == first.as_bytes()


@pytest.mark.parametrize("letter", ["", "0a1b", "a" * 64])
def test_no_boundary_begins_another_or_is_too_long(letter: str) -> None:
    # RFC 2046 5.1.1: at most 70 characters, and readers need only compare the beginning of a line.
    message = parsed(email_of(("text", "<p>html</p>"), files=[__file__], letter=letter))
    inner, outer = sorted((str(part.get_boundary()) for part in message.walk() if part.is_multipart()), key=len)
    assert not outer.startswith(inner)
    assert len(outer) <= 70
