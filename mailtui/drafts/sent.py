"""Sent mail that a person wants to keep: a Maildir beside the drafts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from hashlib import sha256

from mailtui.drafts.maildir import Maildir
from mailtui.drafts.remedies import told
from mailtui.files import data_path
from mailtui.mail.errors import DraftError, InvalidEmail
from mailtui.mail.headers import address_field
from mailtui.mail.message import Email

_FLAGS = "S"


def keep_sent(email: Email, folder: str | os.PathLike[str] | None = None) -> str:
    """Keep a message that somebody has got, with its hidden recipients; handed to the others later, it stays one.

    Args:
        email: That was handed over.
        folder: Default: `mailtui/sent` in the data folder.

    Returns:
        The path of the file.

    Raises:
        DraftError: It was not kept.
    """
    maildir = Maildir(data_path("sent") if folder is None else os.path.abspath(folder))
    addressed = [one.text for one in (*email.to, *email.cc, *email.bcc)]  # a corrected address is another message
    name = sha256("\n".join([email.message_id, *addressed]).encode()).hexdigest()[:32]
    place = maildir.place(f"{email.date.timestamp():.0f}.{name}.mailtui", _FLAGS)
    with told("The sent mail was not kept", maildir.folder):
        maildir.make()
        place = maildir.place_now(place)
        try:
            maildir.put(place, _with_line_feeds(_with_bcc(email)))
        except InvalidEmail as error:
            raise DraftError(f"The sent mail was not kept: {error}") from error
    return place.path


def _with_bcc(email: Email) -> Iterator[bytes]:
    if email.bcc:
        yield address_field("Bcc", email.bcc)
    yield from email.iter_bytes()


def _with_line_feeds(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Lines ended as in a Maildir, wherever a piece ends."""
    held = b""
    for piece in pieces:
        data = held + piece
        held = b"\r" if data.endswith(b"\r") else b""
        yield data.removesuffix(b"\r").replace(b"\r\n", b"\n")
    yield held
