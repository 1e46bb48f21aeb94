"""The body of a message as MIME parts (RFC 2045, 2046): text in 7 bits, attachments streamed in base64."""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Callable, Iterator, Sequence

from mailtui.mail.attachment import Attachment
from mailtui.mail.headers import parameter_field

_BASE64_LINE = 57  # bytes, 76 columns of base64 (RFC 2045 6.8)

Part = Iterator[bytes]


def message_body(
    *,
    text: str,
    html: str | None,
    attachments: Sequence[Attachment],
    boundary: str,
    attachment_body: Callable[[Attachment], Iterator[bytes]],
) -> Iterator[bytes]:
    """The Content-Type fields, the blank line and the body of a message.

    Args:
        text: The plain text.
        html: The same as HTML, if there is such a form.
        attachments: In their order.
        boundary: A token that cannot stand in the text; kept with the Email, so that its bytes stay the same.
        attachment_body: Gives the encoded body of one attachment.

    Source: RFC 2046 5.1.3 (mixed) and 5.1.4 (alternative).
    """
    body = _text_part("plain", text)
    if html is not None:
        body = _multipart("alternative", f"=_{boundary}_alternative", [body, _text_part("html", html)])
    if attachments:
        files = [_attachment_part(attachment, attachment_body) for attachment in attachments]
        body = _multipart("mixed", f"=_{boundary}_mixed", [body, *files])
    yield from body


def base64_body(attachment: Attachment) -> Iterator[bytes]:
    """The file in base64, read while it is written.

    Args:
        attachment: Measured when the message was prepared.

    Raises:
        InvalidAttachment: The file is gone or has changed.
    """
    for chunk in attachment.chunks():
        yield _base64_lines(chunk)


def base64_size(attachment: Attachment) -> int:
    """How many bytes `base64_body` gives.

    Args:
        attachment: Measured when the message was prepared.
    """
    lines = -(-attachment.size // _BASE64_LINE)
    return -(-attachment.size // 3) * 4 + lines * len(b"\r\n")


def no_body(attachment: Attachment) -> Iterator[bytes]:
    """Nothing in place of the file, where the rest is counted.

    Args:
        attachment: Any.
    """
    yield from ()


def elided_body(attachment: Attachment) -> Iterator[bytes]:
    """One line that stands for the file where a person reads the source.

    Args:
        attachment: Measured when the message was prepared.
    """
    yield f"[{attachment.size:,} bytes in base64, not shown here]\r\n".encode()


def _text_part(subtype: str, text: str) -> Part:
    data = re.sub(r"\r\n?", "\n", text)
    if not data.endswith("\n"):
        data += "\n"
    name, body = _transfer_encode(data.encode())
    yield f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {name}\r\n\r\n'.encode()
    yield body


def _attachment_part(attachment: Attachment, body: Callable[[Attachment], Iterator[bytes]]) -> Part:
    yield f"Content-Type: {attachment.content_type}\r\nContent-Transfer-Encoding: base64\r\n".encode()
    yield parameter_field("Content-Disposition", "attachment", "filename", attachment.name)
    yield b"\r\n"
    yield from body(attachment)


def _multipart(subtype: str, boundary: str, parts: Sequence[Part]) -> Part:
    yield f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    for part in parts:
        yield f"--{boundary}\r\n".encode()
        yield from part
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _transfer_encode(data: bytes) -> tuple[str, bytes]:
    """Quoted-printable, or base64 where little of that could be read; the text in it has plain line feeds."""
    quoted = _quoted_printable(data)
    if len(quoted) <= 2 * len(data):
        return "quoted-printable", quoted
    return "base64", _base64_lines(data.replace(b"\n", b"\r\n"))


def _quoted_printable(data: bytes) -> bytes:
    encoded = b2a_qp(data, istext=True)
    encoded = _without_from(encoded)
    # That, and the codec's own =20 at a line's end, can pass the 76 columns of RFC 2045 6.7 (5).
    encoded = re.sub(rb"(?m)^(?=.{77})((?:=[0-9A-F]{2}|[^=\n]){25})", rb"\1=\n", encoded)
    return _without_from(encoded).replace(b"\n", b"\r\n")


def _without_from(encoded: bytes) -> bytes:
    """No line that begins with From, for some mailboxes put a > before it (RFC 4155)."""
    return re.sub(rb"(?m)^From ", b"=46rom ", encoded)


def _base64_lines(data: bytes) -> bytes:
    lines = (data[start : start + _BASE64_LINE] for start in range(0, len(data), _BASE64_LINE))
    return b"".join(b2a_base64(line, newline=False) + b"\r\n" for line in lines)
