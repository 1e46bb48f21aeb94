"""A message before it is checked: `Draft` as typed, `Fields` as given, `Defaults` for what was omitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from mailtui.mail.address import split_addresses
from mailtui.mail.attachment import File
from mailtui.mail.markdown import Markdown

Addresses = str | Sequence[str]
Body = str | tuple[str, str]

_SIGNATURE_LINE = "-- \n"  # RFC 3676 4.3; readers leave out of an answer what stands below it
_NOT_TYPED = ("letter", "markdown", "signature", "body")


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
        markdown: Whether the body goes as HTML, too.
        signature: What stood below the body from the beginning, and was not typed.
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
    markdown: bool = False
    signature: str = ""

    def __bool__(self) -> bool:
        """Whether anything was typed."""
        typed = any(getattr(self, item.name) for item in fields(self) if item.name not in _NOT_TYPED)
        return typed or self.body not in ("", _signature_block(self.signature))

    def signed(self, signature: str) -> Draft:
        """The same with a signature in the body, if that is empty.

        Args:
            signature: Its lines, without the one that announces it.
        """
        return self if self.body else replace(self, body=_signature_block(signature), signature=signature)


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
            body=Markdown(draft.body) if draft.markdown else draft.body,
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


def above_signature(body: str) -> str:
    """What stands above the signature, if there is one.

    Args:
        body: Of a message, lines ended by line feeds.

    Source: RFC 3676 4.3.
    """
    if body.startswith(_SIGNATURE_LINE):
        return ""
    start = body.rfind(f"\n{_SIGNATURE_LINE}")
    return body if start < 0 else body[: start + 1]


def _signature_block(signature: str) -> str:
    return f"\n\n{_SIGNATURE_LINE}{signature}" if signature else ""


def _typed_list(text: str) -> str | None:
    return text if split_addresses(text) else None
