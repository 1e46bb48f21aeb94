"""The content of a message as a tree of MIME parts (RFC 2045, 2046), and how it is written in 7 bits."""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from struct import Struct
from typing import Literal
from urllib.parse import quote

from mailtui.mail.attachment import CHUNK, Attachment
from mailtui.mail.headers import parameter_field

_LINE = 76  # columns (RFC 2045 6.7 and 6.8)
_BASE64_LINE = 57  # bytes in so many columns of base64

Piece = bytes | Attachment  # an attachment stands where its encoded bytes belong


@dataclass(frozen=True)
class Text:
    """A part of text.

    Args:
        subtype: `plain` or `html`.
        text: Its lines ended by line feeds, the last one too.
    """

    subtype: Literal["plain", "html"]
    text: str


@dataclass(frozen=True)
class Multipart:
    """A part made of others.

    Args:
        subtype: `mixed` and `alternative` (RFC 2046 5.1.3, 5.1.4), or `related` (RFC 2387).
        boundary: A token that cannot stand in the parts.
        parts: In their order.
    """

    subtype: Literal["mixed", "alternative", "related"]
    boundary: str
    parts: tuple[Part, ...]


Part = Text | Attachment | Multipart


def content_of(*, text: str, html: str | None, attachments: Sequence[Attachment], boundary: str) -> Part:
    """What a message holds: the text, beside it its HTML with the images that it shows, after them the files.

    Args:
        text: The plain text.
        html: The same as HTML, if there is such a form.
        attachments: In their order.
        boundary: What separates the parts begins with it; kept with the Email, so that its bytes stay the same.
    """
    content: Part = Text("plain", _plain_line_ends(text))
    files = attachments
    if html is not None:
        rich: Part = Text("html", _plain_line_ends(html))
        images = [attachment for attachment in attachments if _is_shown(attachment, html)]
        files = [replace(attachment, cid="") for attachment in attachments if attachment not in images]
        if images:
            rich = Multipart("related", f"=_{boundary}_related", (rich, *images))
        content = Multipart("alternative", f"=_{boundary}_alternative", (content, rich))
    if files:
        content = Multipart("mixed", f"=_{boundary}_mixed", (content, *files))
    return content


def written(part: Part) -> Iterator[Piece]:
    """The Content fields, the blank line and the body of a part.

    Args:
        part: The whole content of a message, or one part in it.
    """
    if isinstance(part, Text):
        name, body = _transfer_encoded(part.text.encode())
        yield f'Content-Type: text/{part.subtype}; charset="utf-8"\r\n'.encode()
        yield f"Content-Transfer-Encoding: {name}\r\n\r\n".encode()
        yield body
    elif isinstance(part, Attachment):
        yield f"Content-Type: {part.content_type}\r\nContent-Transfer-Encoding: base64\r\n".encode()
        yield parameter_field("Content-Disposition", part.disposition, "filename", part.name)
        if part.cid:
            yield f"Content-ID: <{part.cid}>\r\n".encode()
        yield b"\r\n"
        yield part
    else:
        kind = ' type="text/html";' if part.subtype == "related" else ""
        yield f'Content-Type: multipart/{part.subtype};{kind}\r\n boundary="{part.boundary}"\r\n\r\n'.encode()
        for inner in part.parts:
            yield f"--{part.boundary}\r\n".encode()
            yield from written(inner)
            yield b"\r\n"
        yield f"--{part.boundary}--\r\n".encode()


def base64_body(attachment: Attachment) -> Iterator[bytes]:
    """The file in base64, read while it is written.

    Args:
        attachment: Measured when the message was prepared.

    Raises:
        InvalidAttachment: The file is gone or has changed.
    """
    yield from map(_base64_lines, attachment.chunks())


def base64_size(attachment: Attachment) -> int:
    """How many bytes `base64_body` gives.

    Args:
        attachment: Measured when the message was prepared.
    """
    lines = -(-attachment.size // _BASE64_LINE)
    return -(-attachment.size // 3) * 4 + lines * len(b"\r\n")


def _is_shown(attachment: Attachment, html: str) -> bool:
    """Whether the HTML shows it where it is named, as it is or percent-encoded (RFC 2392 2)."""
    return bool(attachment.cid) and any(f"cid:{name}" in html for name in (attachment.cid, quote(attachment.cid)))


def _plain_line_ends(text: str) -> str:
    text = re.sub(r"\r\n?", "\n", text)
    return text if text.endswith("\n") else f"{text}\n"


def _transfer_encoded(data: bytes) -> tuple[str, bytes]:
    """Quoted-printable, or base64 where little of that could be read; the text in it has plain line feeds."""
    quoted = _quoted_printable(data)
    if len(quoted) <= 2 * len(data):
        return "quoted-printable", quoted
    data = data.replace(b"\n", b"\r\n")
    return "base64", b"".join(_base64_lines(data[start : start + CHUNK]) for start in range(0, len(data), CHUNK))


def _quoted_printable(data: bytes) -> bytes:
    encoded = b2a_qp(data, istext=True)
    if b"From " in encoded or max(map(len, encoded.split(b"\n"))) > _LINE:
        encoded = _without_from(encoded)
        # That, and the codec's own =20 at a line's end, can pass the 76 columns of RFC 2045 6.7 (5).
        encoded = re.sub(rb"(?m)^(?=.{77})((?:=[0-9A-F]{2}|[^=\n]){25})", rb"\1=\n", encoded)
        encoded = _without_from(encoded)
    return encoded.replace(b"\n", b"\r\n")


def _without_from(encoded: bytes) -> bytes:
    """No line that begins with From, for some mailboxes put a > before it (RFC 4155)."""
    return re.sub(rb"(?m)^From ", b"=46rom ", encoded)


def _base64_lines(data: bytes) -> bytes:
    encoded = b2a_base64(data, newline=False)
    return b"\r\n".join(_lines_of(len(encoded)).unpack(encoded))


@lru_cache(maxsize=2)
def _lines_of(size: int) -> Struct:
    """Cuts so many characters into lines, and an empty one for the last line end: the quickest way to do it."""
    full, left = divmod(size, _LINE)
    return Struct(f"{_LINE}s" * full + (f"{left}s" if left else "") + "0s")
