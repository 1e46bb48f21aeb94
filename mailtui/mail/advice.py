"""What a person may have overlooked in a message that can be sent. Nothing of it keeps a message from leaving."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, name, normalize

from mailtui.mail.draft import above_signature
from mailtui.mail.message import Email

LARGE = 10_000_000  # bytes; many servers take no more than 10 to 25 MB
MANY = 10  # recipients whom the others see
_LOOKED_AT = 30_000  # characters of a body: this is worked out anew for every key
_MENTION = re.compile(
    r"(?i)\b(?=[abei])(attach(ed|ments?|ing)?|enclosed|(im )?anhang|angehängt|anbei|beigefügt|in der anlage)\b"
)
# Scripts that are written together (UTS #39 5.2, Highly Restrictive), by the first words of their characters' names.
_TOGETHER = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)
_SCRIPTS = {"CJK": "Han"}


def advice(email: Email) -> list[str]:
    """What a person may have overlooked, a sentence each, the gravest first.

    Args:
        email: That can be sent.
    """
    return [*_about_recipients(email), *_about_addresses(email), *_about_text(email), *_about_size(email)]


def _about_recipients(email: Email) -> Iterator[str]:
    if not email.envelope.recipients and not email.served:
        yield "It is addressed to nobody."
    seen = {address.addr_spec for address in (*email.to, *email.cc) if address.addr_spec}
    if len(seen) >= MANY:
        yield f"{len(seen)} recipients see each other; Bcc hides them."


def _about_addresses(email: Email) -> Iterator[str]:
    for address in dict.fromkeys(one.addr_spec for one in email.addresses):
        if address.isascii() and "xn--" not in address:
            continue  # nearly all
        local, _, domain = address.rpartition("@")
        labels = [_as_read(label) for label in domain.split(".")]
        for part in (local, *labels):
            if mixed := _mixed_scripts(part):
                yield f"{mixed} letters are mixed in {local}@{'.'.join(labels)}."
                break


def _about_text(email: Email) -> Iterator[str]:
    if not email.subject.strip():
        yield "The subject is empty."
    text = above_signature(email.text)
    if not text.strip():
        yield "The body is empty." if text is email.text else "There is nothing above the signature."
    if not email.attachments and (word := _mention_of_a_file(text[:_LOOKED_AT])):
        yield f"It says “{word}”, but no file goes along."


def _about_size(email: Email) -> Iterator[str]:
    # Base64 makes lines of 78 bytes out of 57; the text is not worth writing it out for.
    size = len(email.text) + sum(item.size * 78 // 57 for item in email.attachments)
    if size >= LARGE:
        yield f"It has about {size / 1e6:.0f} MB; many servers refuse that much."


def _mention_of_a_file(text: str) -> str:
    """The first word that speaks of one, but for lines that quote somebody else."""
    words = (
        found for found in _MENTION.finditer(text) if not text.startswith(">", text.rfind("\n", 0, found.start()) + 1)
    )
    return next((found[0] for found in words), "")


def _as_read(label: str) -> str:
    """A part of a domain as people read it (RFC 5890 2.3.2.1)."""
    try:
        return label[4:].encode().decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def _mixed_scripts(text: str) -> str:
    """The scripts in a text, if people do not write them together: `Cyrillic and Latin`."""
    letters = (character for character in normalize("NFKC", text) if category(character) in ("Ll", "Lo", "Lt", "Lu"))
    scripts = {name(letter, "").partition(" ")[0] for letter in letters}
    if len(scripts) < 2 or any(scripts <= together for together in _TOGETHER):
        return ""
    return " and ".join(sorted(_SCRIPTS.get(script, script.title()) for script in scripts))
