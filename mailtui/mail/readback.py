"""A message read back before it leaves, by the standard library's parser: it must say what was meant."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import Compat32
from functools import lru_cache

from mailtui.mail.attachment import Attachment
from mailtui.mail.errors import Misread
from mailtui.mail.headers import Value
from mailtui.mail.mime import Multipart, Part, Text

# Where it can be strict (Python 3.13), it takes no domain in brackets (gh-102988).
_LENIENT = {"strict": False} if getattr(email.utils, "supports_strict_parsing", False) else {}

_FIELD_END = re.compile(r"\r\n(?![ \t])")  # RFC 5322 2.2.3
_LINE_LIMIT = 998  # RFC 5322 2.1.1


def read_back(data: bytes, fields: Sequence[tuple[str, Value]], content: Part) -> None:
    """Parse a message, and compare it with what was meant.

    Args:
        data: The message; the bodies of attachments may be left out.
        fields: The header fields that were meant, in their order; the Content fields follow them.
        content: The content that was meant.

    Raises:
        Misread: They differ.
    """
    _refuse_unfit(data)
    message = _parsed(data, in_parts=isinstance(content, Multipart))
    _compare_content(message, content, [name for name, _ in fields])
    for (name, meant), written in zip(fields, message.values(), strict=False):
        try:
            read = _read(written, meant)
        except (MessageError, ValueError, LookupError) as error:
            raise Misread(name, written) from error
        if read != _comparable(meant):
            raise Misread(name, read)


def _refuse_unfit(data: bytes) -> None:
    """What servers do not take, or change: RFC 5322 2.1.1 and 2.3, RFC 2045 2.7."""
    lines = data.split(b"\r\n")
    if max(map(len, lines)) > _LINE_LIMIT:
        raise Misread("body", "a line that is too long")
    if not data.count(b"\r") == data.count(b"\n") == len(lines) - 1 or b"\0" in data:
        raise Misread("body", "a broken line")
    if not data.partition(b"\r\n\r\n")[2].isascii():
        raise Misread("body", "what is not ASCII")


def _parsed(data: bytes, *, in_parts: bool) -> Message:
    if in_parts:
        return message_from_bytes(data, policy=_AS_WRITTEN)
    head, _, body = data.partition(b"\r\n\r\n")  # of one part the parser would look at every line for nothing
    message = Message(policy=_AS_WRITTEN)
    for field in _FIELD_END.split(head.decode("ascii", "surrogateescape")):
        message.set_raw(*_AS_WRITTEN.header_source_parse([field]))
    message.set_payload(body)
    return message


class _AsWritten(Compat32):
    """Gives header fields as they stand, folds and all."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


_AS_WRITTEN = _AsWritten()


def _read(written: str, meant: Value) -> object:
    text = written.replace("\r\n", "").strip(" \t")  # a line that begins with a blank goes on with the field
    if isinstance(meant, str):
        return _decoded(text)
    if isinstance(meant, datetime):
        return email.utils.parsedate_to_datetime(text)
    return _mailboxes(text)


@lru_cache(maxsize=64)  # an application's sender is the same every time
def _mailboxes(text: str) -> list[tuple[str, str]]:
    found = email.utils.getaddresses([text], **_LENIENT)
    return [(_decoded(name), _with_small_domain(_as_utf8(spec))) for name, spec in found if spec]


def _as_utf8(spec: str) -> str:
    """The parser's surrogates as what they stand for: only a local part may be other than ASCII (RFC 6532)."""
    return spec.encode("ascii", "surrogateescape").decode()


def _comparable(meant: Value) -> object:
    if isinstance(meant, str):
        return meant
    if isinstance(meant, datetime):
        return meant.replace(microsecond=0)
    return [(one.display_name, _with_small_domain(one.addr_spec)) for one in meant if one.addr_spec]


def _with_small_domain(spec: str) -> str:
    local, at, domain = spec.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def _decoded(text: str) -> str:
    return str(make_header(decode_header(text))) if "=?" in text else text


def _compare_content(part: Message, meant: Part, before: Sequence[str] = ()) -> None:
    """Compare a parsed part with what was meant, and all that is in it."""
    where = "attachments" if isinstance(meant, Attachment) else "body"
    if part.defects:
        raise Misread(where, part.defects[0])
    names = [*before, "Content-Type", *_further_fields(meant)]
    if part.keys() != names:
        raise Misread(where, part.keys())
    if isinstance(meant, Multipart):
        return _compare_parts(part, meant)
    read, expected = _readings(part, meant)
    if read != expected:
        raise Misread(where, read)
    return None


def _further_fields(meant: Part) -> list[str]:
    if isinstance(meant, Multipart):
        return []
    if isinstance(meant, Text):
        return ["Content-Transfer-Encoding"]
    return ["Content-Transfer-Encoding", "Content-Disposition", *(["Content-ID"] if meant.cid else [])]


def _compare_parts(part: Message, meant: Multipart) -> None:
    inner = part.get_payload()
    if part.get_content_subtype() != meant.subtype or not isinstance(inner, list) or len(inner) != len(meant.parts):
        raise Misread("body", part.get_content_type())
    for one, expected in zip(inner, meant.parts, strict=True):
        assert isinstance(one, Message)
        _compare_content(one, expected)


def _readings(part: Message, meant: Text | Attachment) -> tuple[tuple[object, ...], tuple[object, ...]]:
    if isinstance(meant, Attachment):
        read = (part.get_content_type(), part.get_content_disposition(), part.get_filename(), part["Content-ID"])
        cid = f"<{meant.cid}>" if meant.cid else None
        return read, (meant.content_type, meant.disposition, meant.name.strip(), cid)
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    text = payload.decode(errors="replace").replace("\r\n", "\n")
    return (part.get_params(), text), ([(f"text/{meant.subtype}", ""), ("charset", "utf-8")], meant.text)
