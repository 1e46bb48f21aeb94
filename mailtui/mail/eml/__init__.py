"""`.eml` files as drafts: whatever a message holds, it opens."""

from __future__ import annotations

import re
from pathlib import Path

from mailtui.mail.address import InvalidAddress, parse_addresses
from mailtui.mail.draft import Draft
from mailtui.mail.eml.fields import address_text, decoded_text, header_text
from mailtui.mail.eml.files import save
from mailtui.mail.eml.parts import Part, TooManyParts, contents_of, parsed

# The others tell how that message travelled, or vouch for it: they are not true of a letter that is written now.
_KEPT = ("In-Reply-To", "References")
_MESSAGE_IDS = re.compile(r"(?:<[!-;=?-~]+>[ \t]*)+")  # RFC 5322 3.6.4, without its comments
_NOBODY = "undisclosed-recipients:;"  # a blank To would mean the handler's own recipients
_KEPT_LIMIT = 20_000  # characters
_REPLY_TO_LIMIT = 2_000


def draft_of_eml(data: bytes, *, save_to: Path | None = None) -> Draft:
    """The draft that a message becomes when it is opened to be sent anew; any bytes give one.

    What a person can mend comes as it stood, even if it is nonsense. Reply-To has no field in the composer, so an
    unusable one is left out. Nothing is kept of Date and Message-ID: it is a new letter.

    Args:
        data: Of the file.
        save_to: A folder for its attachments, each made readable for its owner alone. Without it they are left out.

    Raises:
        OSError: An attachment cannot be written.

    Source: RFC 5322 and RFC 2045 to 2049 for what a message is; RFC 2047 6.2 for the order in which it is read.
    """
    try:
        message = parsed(data)
        body, files = contents_of(message)
    except (RecursionError, TooManyParts):
        message = parsed(data, headers_only=True)
        body, files = message.text, []
    to, cc, bcc = (_addresses(message, name) for name in ("To", "Cc", "Bcc"))
    if not to and (cc or bcc or any(":" in group for group in message.fields("To"))):
        to = _NOBODY
    return Draft(
        from_addr=_addresses(message, "From"),
        to=to,
        cc=cc,
        bcc=bcc,
        subject=decoded_text(next(iter(message.fields("Subject")), "")),
        body=body,
        attachments=save(files, save_to) if save_to else "",
        reply_to=_usable(_addresses(message, "Reply-To")),
        headers="\n".join(filter(None, (_kept(message, name) for name in _KEPT))),
    )


def _addresses(message: Part, name: str) -> str:
    return ", ".join(filter(None, map(address_text, message.fields(name))))


def _usable(addresses: str) -> str:
    if len(addresses) > _REPLY_TO_LIMIT:
        return ""
    try:
        return addresses if parse_addresses(addresses) else ""
    except InvalidAddress:
        return ""


def _kept(message: Part, name: str) -> str:
    text = " ".join(header_text(next(iter(message.fields(name)), "")).split())
    return f"{name}: {text}" if len(text) <= _KEPT_LIMIT and _MESSAGE_IDS.fullmatch(text) else ""
