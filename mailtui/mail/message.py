"""A message parsed and ready to leave, with its envelope and its bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from mailtui.mail import checks
from mailtui.mail.address import Address
from mailtui.mail.attachment import Attachment, File, InvalidAttachment
from mailtui.mail.checks import Checks
from mailtui.mail.draft import Defaults, Fields
from mailtui.mail.errors import FIELD_NAMES, InvalidEmail, Misread
from mailtui.mail.markdown import Markdown, html_of, with_images

if TYPE_CHECKING:
    from mailtui.mail.composition import Composition

T = TypeVar("T")


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
        text: The plain text of the body, as given; what is Markdown goes as HTML, too.
        given_html: The body as HTML, if it was given, or shows files.
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
    given_html: str | None
    attachments: tuple[Attachment, ...]
    headers: tuple[tuple[str, str], ...]
    date: datetime
    message_id: str
    boundary: str
    defaults: Defaults
    served: frozenset[str] = frozenset()

    @classmethod
    def build(
        cls, given: Fields, defaults: Defaults, *, measure: Callable[[File], Attachment] = Attachment.measure
    ) -> Email:
        """Check what was given, fill in what was omitted.

        Args:
            given: The parts of the message.
            defaults: For what is None, and the subject's prefix.
            measure: Looks at a file. Whoever builds at each key remembers what was seen: a disk may be slow.

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
        attachments = check("attachments", partial(checks.attachments, measure=measure), given.files) or ()
        headers = check("headers", checks.header_fields, given.headers or "") or ()
        text, html = check("body", checks.body_forms, given.body) or ("", None)
        if isinstance(text, Markdown) and html is None and "cid:" in text.lower():
            shown = check("body", partial(with_images, attachments=attachments), html_of(text))
            html, attachments = shown or (None, attachments)
        date = check("date", checks.date, given.date)
        letter = check("message_id", checks.letter, given.letter) or os.urandom(16).hex()
        message_id = check("message_id", checks.message_id, given.message_id) or (
            f"<{letter}@{sender.domain if sender else 'localhost'}>"
        )
        if defaults.complete:
            if not sender:
                check.complain("from_addr", "the author's address is missing; type one or set from_addr or $EMAIL")
            named = (*to, *cc, *bcc)
            if not any(one.addr_spec for one in named) and not check.problems.keys() & {"to", "cc", "bcc"}:
                nobody = f"{named[0].text} addresses nobody; " if named else ""
                check.complain("to", f"{nobody}at least one recipient is needed, here or in Cc or Bcc")
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
            given_html=html,
            attachments=attachments,
            headers=headers,
            date=date,
            message_id=message_id,
            boundary=letter[:48],  # of 70 characters that RFC 2046 5.1.1 allows
            defaults=defaults,
        )

    @cached_property
    def envelope(self) -> Envelope:
        """Normalised addresses, each recipient once."""
        named = dict.fromkeys(address.addr_spec for address in (*self.to, *self.cc, *self.bcc))
        recipients = tuple(address for address in named if address and address not in self.served)
        return Envelope(self.from_addr.addr_spec if self.from_addr else "", recipients)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every address in it, hidden recipients too."""
        author = (self.from_addr,) if self.from_addr else ()
        return (*author, *self.to, *self.cc, *self.bcc, *self.reply_to)

    @property
    def html(self) -> str | None:
        """The body as HTML, if there is such a form."""
        made = isinstance(self.text, Markdown) and self.given_html is None
        return html_of(self.text) if made else self.given_html

    @property
    def has_html(self) -> bool:
        """Whether there is such a form, without making it."""
        return isinstance(self.text, Markdown) or self.given_html is not None

    def to_others_than(self, served: Collection[str]) -> Email:
        """The same message for those who do not have it yet.

        Args:
            served: Addresses of the header that are left out of the envelope, and no others.
        """
        return replace(self, served=frozenset(served))

    def sealed(self) -> Email:
        """The same with the content of its files fixed: from now on nothing else can leave in their place.

        Raises:
            InvalidEmail: A file is gone or has changed.
        """
        if not self.attachments:
            return self
        with _told_by_field():
            return replace(self, attachments=tuple(attachment.sealed() for attachment in self.attachments))

    def prove(self) -> None:
        """Read it back as others will read it. That is done once, at the latest before its first byte is given.

        Raises:
            InvalidEmail: They would read something else than what is meant.
        """
        with _told_by_field():
            self._composition.prove()

    def iter_bytes(self) -> Iterator[bytes]:
        """The message as it is handed over, lines ended by CR LF, attachments read as they are needed.

        Raises:
            InvalidEmail: An attachment is gone or has changed, or others would read something else than what is meant.
        """
        with _told_by_field():
            yield from self._composition.iter_bytes()

    @property
    def size(self) -> int:
        """How many bytes `iter_bytes` gives, counted without reading the attachments.

        Raises:
            InvalidEmail: Others would read something else than what is meant.
        """
        with _told_by_field():
            return self._composition.size

    def as_bytes(self) -> bytes:
        """The whole message at once; see `iter_bytes`."""
        return b"".join(self.iter_bytes())

    def source(self) -> str:
        """The same for a person to read: plain line feeds, and a line with its size in place of each attachment."""
        return self._composition.source

    @cached_property
    def _composition(self) -> Composition:
        from mailtui.mail.composition import Composition  # a message that is only shown needs none of it
        from mailtui.mail.mime import content_of

        author = (self.from_addr,) if self.from_addr else ()
        named = {"From": author, "To": self.to, "Cc": self.cc, "Reply-To": self.reply_to}
        return Composition(
            [
                ("Date", self.date),
                *((name, addresses) for name, addresses in named.items() if addresses),
                ("Subject", self.subject),
                ("Message-ID", self.message_id),
                *self.headers,
                ("MIME-Version", "1.0"),
            ],
            content_of(text=self.text, html=self.html, attachments=self.attachments, boundary=self.boundary),
        )


@contextmanager
def _told_by_field() -> Iterator[None]:
    try:
        yield
    except InvalidAttachment as error:
        raise InvalidEmail({"attachments": str(error)}) from error
    except Misread as error:
        key = next((key for key, name in FIELD_NAMES.items() if error.where in (key, name)), "headers")
        raise InvalidEmail({key: f"{error}; nothing was sent. Write it otherwise"}) from error


def _given(value: T | None, default: T) -> T:
    return default if value is None else value
