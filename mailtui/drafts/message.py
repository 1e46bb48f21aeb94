"""A draft as a message: any mail program can read it, and mailtui reads back exactly what was typed.

What was typed stands once more before the first part, where MIME has a text that nobody is shown: a field of the header
would go out, Bcc and all, when another program sends the draft.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from base64 import encodebytes
from binascii import Error, a2b_base64
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from mailtui.drafts.journal import Attempt, Journal
from mailtui.mail import headers
from mailtui.mail.checks import Checks, address_list, header_fields, header_text
from mailtui.mail.draft import Draft
from mailtui.mail.headers import Value

_VERSION = 1
_NOTE = b"A draft of mailtui: below is what was typed, and what became of it when it was sent.\n\n"
_CHECK = len(b"00000000\n")
_BOUNDARY = re.compile(rb'boundary="(=_mailtui_[0-9a-f]{32})"\n\n\Z')
_TEXT = b'Content-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: '
_UNREADABLE = re.compile("[\0\r\ud800-\udfff]")  # in a text as it stands; it goes as base64
_TYPES = {item.name: type(item.default) for item in fields(Draft)}


@dataclass(frozen=True)
class Stored:
    """A draft as it is on disk.

    Args:
        draft: As typed.
        journal: What was tried to send it.
        saved: When it was saved.
    """

    draft: Draft
    journal: Journal
    saved: datetime


def message_of(stored: Stored) -> bytes:
    """The message that is written, lines ended as in a Maildir.

    Args:
        stored: Any draft; of what cannot stand in a message's header only the exact text is kept.

    Source: RFC 2046 5.1.1 for the text before the first part.
    """
    draft = stored.draft
    boundary = b"=_mailtui_" + os.urandom(16).hex().encode()  # a new one each time, so that no text can hold it
    head = _head(draft.from_addr, draft.to, draft.cc, draft.bcc, draft.reply_to, draft.subject, draft.headers)
    before = (
        head
        + _with_line_feeds(headers.field("Date", stored.saved))
        + b'MIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary="'
        + boundary
        + b'"\n\n'
    )
    after = b"--%b\n%b\n--%b--\n" % (boundary, _text_part(draft.body), boundary)
    exact = {
        "version": _VERSION,
        "saved": stored.saved.isoformat(),
        "draft": {name: text for name, text in asdict(draft).items() if name != "body"},
        "attempts": [attempt.as_json() for attempt in stored.journal.attempts],
    }
    # Half characters stay as they are; escaped, two of them would be read back as a whole one.
    text = json.dumps(exact, ensure_ascii=False, separators=(",", ":"))
    written = encodebytes(text.encode("utf-8", "surrogatepass"))
    return b"".join((before, _NOTE, _check(before, written, after), written, b"\n", after))


def stored_of(data: bytes) -> Stored | None:
    """The draft that a message holds.

    Args:
        data: Of a file.

    Returns:
        None if it is not as mailtui wrote it, but another program's, damaged, or changed.
    """
    try:
        return _read(data)
    except (Error, KeyError, LookupError, RecursionError, TypeError, ValueError):
        return None


def _read(data: bytes) -> Stored:
    before, note, rest = data.partition(b"\n\n" + _NOTE)
    before += b"\n\n"
    found = _BOUNDARY.search(before)
    if not note or not found:
        raise ValueError("it is no draft")
    check, written = rest[:_CHECK], rest[_CHECK:]
    end = written.index(b"\n--" + found[1] + b"\n")
    written, after = written[:end], written[end + 1 :]
    if check != _check(before, written, after):
        raise ValueError("it was changed")
    table = json.loads(a2b_base64(written).decode("utf-8", "surrogatepass"))
    if table["version"] != _VERSION:
        raise ValueError("a later version of mailtui wrote it")
    body = _body_of(after.removesuffix(b"\n--" + found[1] + b"--\n").partition(b"\n")[2])
    return Stored(
        _draft_of(table["draft"] | {"body": body}),
        Journal(tuple(map(Attempt.of_json, table["attempts"]))),
        datetime.fromisoformat(table["saved"]),
    )


def _check(before: bytes, written: bytes, after: bytes) -> bytes:
    """A line by which a change is noticed, be it an editor's or a broken disk's."""
    return b"%08x\n" % zlib.crc32(after, zlib.crc32(written, zlib.crc32(before)))


def _draft_of(table: dict[str, Any]) -> Draft:
    if {name: type(value) for name, value in table.items()} != _TYPES:
        raise ValueError("a later version of mailtui wrote it")
    return Draft(**table)


def _text_part(body: str) -> bytes:
    """The body for others to read, and exact to the last blank."""
    if not _UNREADABLE.search(body):
        return _TEXT + b"8bit\n\n" + body.encode()
    return _TEXT + b"base64\n\n" + encodebytes(body.encode("utf-8", "surrogatepass"))


def _body_of(part: bytes) -> str:
    encoding, _, content = part.removeprefix(_TEXT).partition(b"\n\n")
    return (content if encoding == b"8bit" else a2b_base64(content)).decode("utf-8", "surrogatepass")


@lru_cache(maxsize=4)  # they stay the same while a body is typed
def _head(from_addr: str, to: str, cc: str, bcc: str, reply_to: str, subject: str, further: str) -> bytes:
    """What of the header can be written as it was meant; what is still nonsense is left out."""
    typed: list[tuple[str, Callable[[object], Any], str]] = [
        ("From", address_list, from_addr),
        ("To", address_list, to),
        ("Cc", address_list, cc),
        ("Bcc", address_list, bcc),
        ("Reply-To", address_list, reply_to),
        ("Subject", header_text, subject),
    ]
    check = Checks()
    written: list[tuple[str, Value]] = []
    for name, form, text in typed:
        if value := check(name, form, text):
            written.append((name, value))
    written += check("headers", header_fields, further) or ()
    return _with_line_feeds(b"".join(headers.field(name, value) for name, value in written))


def _with_line_feeds(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")
