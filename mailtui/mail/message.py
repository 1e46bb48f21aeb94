"""A message on its way: `Draft` as typed, `Fields` as given, `Email` parsed and ready to leave."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TypeVar

from mailtui.mail import checks
from mailtui.mail.address import Address, split_addresses
from mailtui.mail.attachment import Attachment, File, InvalidAttachment
from mailtui.mail.checks import Checks
from mailtui.mail.errors import InvalidEmail

Addresses = str | Sequence[str]
Body = str | tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class Draft:
    """A message as typed: every field is text, and may still be nonsense.

    Args:
        from_addr: The author's address.
        to: Recipients, separated by commas.
        cc: Recipients of a copy.
        bcc: Recipients of a copy that the others do not see.
        subject: Without the handler's prefix.
        body: Plain text.
        attachments: Paths, separated by commas or blanks, quoted as in a shell.
        reply_to: Where answers are to go.
        headers: Further header fields, `Name: value` on a line each.
        letter: What stands before the @ of the Message-ID; a letter that is sent again keeps it. Blank: a new one.
    """

    from_addr: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    body: str = ""
    attachments: str = ""
    reply_to: str = ""
    headers: str = ""
    letter: str = ""

    def __bool__(self) -> bool:
        """Whether anything was typed."""
        return any(getattr(self, item.name) for item in fields(self) if item.name != "letter")


@dataclass(eq=False, repr=False, kw_only=True)
class Fields:
    """The parts of a message as code or a draft gives them. None means the handler's default; empty stays empty.

    A text of addresses or files is read as a list; each item of a list is exactly one. The keywords are those of
    `MailInterface.send`.
    """

    body: Body
    to: Addresses | None = None
    from_addr: str | None = None
    cc: Addresses | None = None
    bcc: Addresses | None = None
    subject: str | None = None
    reply_to: Addresses | None = None
    files: str | Sequence[File] = ()
    headers: str | Mapping[str, str] | None = None
    date: datetime | None = None
    message_id: str | None = None
    letter: str = ""

    @classmethod
    def of(cls, draft: Draft) -> Fields:
        """The fields of a typed message: a blank one was omitted.

        Args:
            draft: What was typed.
        """
        return cls(
            body=draft.body,
            to=_typed_list(draft.to),
            from_addr=draft.from_addr.strip() or None,
            cc=_typed_list(draft.cc),
            bcc=_typed_list(draft.bcc),
            subject=draft.subject if draft.subject.strip() else None,
            reply_to=draft.reply_to.strip() or None,
            files=draft.attachments,
            headers=draft.headers,
            letter=draft.letter,
        )


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Defaults:
    """What a handler puts where a message says nothing. An Email carries the one it was built with.

    Args:
        to: Addresses, one an item.
        cc: Addresses, one an item.
        bcc: Addresses, one an item.
        from_addr: One address, or empty.
        subject: Used when a message has none.
        subject_prefix: Put before every subject, with a blank.
        complete: Whether a message must have an author and at least one recipient.
    """

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    from_addr: str = ""
    subject: str = ""
    subject_prefix: str = ""
    complete: bool = True

    def prefixed(self, subject: str) -> str:
        """The subject as it leaves.

        Args:
            subject: Of the message.
        """
        return f"{self.subject_prefix} {subject}" if self.subject_prefix else subject


@dataclass(frozen=True)
class Envelope:
    """From whom and to whom a message is handed over (RFC 5321 2.3.1).

    Args:
        sender: Empty only with a handler that takes incomplete messages.
        recipients: Each once, in the order To, Cc, Bcc.
    """

    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Email:
    """A message parsed and sendable, with its envelope, date and boundary fixed. Made by `Email.build` alone.

    Args:
        from_addr: The author; None only with a handler that takes incomplete messages.
        to: Recipients.
        cc: Recipients of a copy.
        bcc: Recipients of a copy that stand in the envelope, never in the bytes.
        reply_to: Where answers are to go.
        subject: With the handler's prefix.
        text: The plain text of the body, as given.
        html: The body as HTML, if there is such a form.
        attachments: Files as they were when the message was built.
        headers: Further header fields.
        date: With its time zone.
        message_id: With its angle brackets.
        boundary: What separates the parts.
        defaults: Those of the handler that prepared it, and that alone may deliver it.
        served: Recipients who have it already: they stand in the header, and in the envelope no more.
    """

    from_addr: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    headers: tuple[tuple[str, str], ...]
    date: datetime
    message_id: str
    boundary: str
    defaults: Defaults
    served: frozenset[str] = frozenset()

    @classmethod
    def build(cls, given: Fields, defaults: Defaults) -> Email:
        """Check what was given, fill in what was omitted.

        Args:
            given: The parts of the message.
            defaults: For what is None, and the subject's prefix.

        Raises:
            InvalidEmail: Something cannot be sent; every bad field is in its `.problems`.

        Source: https://docs.builtoncement.com/core-foundation/mail-messaging for what is omitted and filled in.
        """
        check = Checks()
        sender = check("from_addr", checks.one_address, _given(given.from_addr, defaults.from_addr))
        to = check("to", checks.address_list, _given(given.to, defaults.to)) or ()
        cc = check("cc", checks.address_list, _given(given.cc, defaults.cc)) or ()
        bcc = check("bcc", checks.address_list, _given(given.bcc, defaults.bcc)) or ()
        reply_to = check("reply_to", checks.address_list, given.reply_to or ()) or ()
        subject = check("subject", checks.header_text, _given(given.subject, defaults.subject)) or ""
        subject = check("subject", checks.header_text, defaults.prefixed(subject)) or ""
        attachments = check("attachments", checks.attachments, given.files) or ()
        headers = check("headers", checks.header_fields, given.headers or "") or ()
        text, html = check("body", checks.body_forms, given.body) or ("", None)
        date = check("date", checks.date, given.date)
        letter = check("message_id", checks.letter, given.letter) or os.urandom(16).hex()
        message_id = check("message_id", checks.message_id, given.message_id) or (
            f"<{letter}@{sender.domain if sender else 'localhost'}>"
        )
        if defaults.complete:
            if not sender:
                check.complain("from_addr", "the author's address is missing; type one or set from_addr or $EMAIL")
            if not (to or cc or bcc) and not check.problems.keys() & {"to", "cc", "bcc"}:
                check.complain("to", "at least one recipient is needed, here or in Cc or Bcc")
        if check.problems or date is None:
            raise InvalidEmail(check.problems)
        return cls(
            from_addr=sender,
            to=to,
            cc=cc,
            bcc=bcc,
            reply_to=reply_to,
            subject=subject,
            text=text,
            html=html,
            attachments=attachments,
            headers=headers,
            date=date,
            message_id=message_id,
            boundary=letter[:48],  # of 70 characters that RFC 2046 5.1.1 allows
            defaults=defaults,
        )

    @property
    def envelope(self) -> Envelope:
        """Normalised addresses, each recipient once."""
        named = dict.fromkeys(address.addr_spec for address in (*self.to, *self.cc, *self.bcc))
        recipients = tuple(address for address in named if address not in self.served)
        return Envelope(self.from_addr.addr_spec if self.from_addr else "", recipients)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every address in it, hidden recipients too."""
        author = (self.from_addr,) if self.from_addr else ()
        return (*author, *self.to, *self.cc, *self.bcc, *self.reply_to)

    def to_others_than(self, served: Collection[str]) -> Email:
        """The same message for those who do not have it yet.

        Args:
            served: Addresses of the header that are left out of the envelope, and no others.
        """
        return replace(self, served=frozenset(served))

    def iter_bytes(self) -> Iterator[bytes]:
        """The message as it is handed over, lines ended by CR LF, attachments read as they are needed.

        Raises:
            InvalidEmail: An attachment is gone or has changed.
        """
        from mailtui.mail import mime  # a message that is only shown needs none of it

        try:
            yield from self._bytes(mime.base64_body)
        except InvalidAttachment as error:
            raise InvalidEmail({"attachments": str(error)}) from error

    @property
    def size(self) -> int:
        """How many bytes `iter_bytes` gives, counted without reading the attachments."""
        from mailtui.mail import mime

        files = sum(mime.base64_size(attachment) for attachment in self.attachments)
        return files + sum(map(len, self._bytes(mime.no_body)))

    def as_bytes(self) -> bytes:
        """The whole message at once; see `iter_bytes`."""
        return b"".join(self.iter_bytes())

    def source(self) -> str:
        """The same for a person to read: plain line feeds, and a line with its size in place of each attachment."""
        from mailtui.mail import mime

        return b"".join(self._bytes(mime.elided_body)).decode("utf-8").replace("\r\n", "\n")

    def _bytes(self, attachment_body: Callable[[Attachment], Iterator[bytes]]) -> Iterator[bytes]:
        from email.utils import format_datetime

        from mailtui.mail import mime
        from mailtui.mail.headers import address_field, text_field

        yield f"Date: {format_datetime(self.date)}\r\n".encode()
        named = {"From": (self.from_addr,) if self.from_addr else (), "To": self.to, "Cc": self.cc}
        for name, addresses in (named | {"Reply-To": self.reply_to}).items():
            if addresses:
                yield address_field(name, addresses)
        yield text_field("Subject", self.subject)
        yield f"Message-ID: {self.message_id}\r\n".encode()
        for name, value in self.headers:
            yield text_field(name, value)
        yield b"MIME-Version: 1.0\r\n"
        yield from mime.message_body(
            text=self.text,
            html=self.html,
            attachments=self.attachments,
            boundary=self.boundary,
            attachment_body=attachment_body,
        )


def _typed_list(text: str) -> str | None:
    return text if split_addresses(text) else None


def _given(value: T | None, default: T) -> T:
    return default if value is None else value
