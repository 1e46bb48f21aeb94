"""Each field of a message as given, checked: the value that can be sent, or a ValueError with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from mailtui.mail.address import Address, InvalidAddress, control_in, parse_address, parse_addresses
from mailtui.mail.attachment import Attachment, File, InvalidAttachment, split_files

T = TypeVar("T")

_LETTER = re.compile("[A-Za-z0-9._+-]{0,64}")
_MESSAGE_ID_LIMIT = 980  # with the name of the field a line of 998 at most (RFC 5322 2.1.1)

_OWN_HEADERS = {"from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version"}
_STRUCTURED = re.compile("(?i)in-reply-to|references|list-.*|auto-submitted|sender|disposition-notification-to")
_LONGEST_WORD = 900  # characters, so that it stands in a line of 998
_FIELD_NAME_LIMIT = 76  # so that it stands in one line of 78
_FIELD_NAME_CHARACTERS = frozenset(map(chr, range(33, 127))) - {":"}  # RFC 5322 2.2


class Checks:
    """Runs one check a field and keeps every reason, so that a person hears of all at once."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}

    def __call__(self, name: str, check: Callable[[object], T], value: object) -> T | None:
        try:
            return check(value)
        except ValueError as error:
            self.complain(name, str(error))
            return None

    def complain(self, name: str, reason: str) -> None:
        self.problems.setdefault(name, reason)


def one_address(value: object) -> Address | None:
    if not isinstance(value, str):
        raise InvalidAddress(f"one address as a text is expected, not {type(value).__name__}")
    address = parse_address(value) if value else None
    if address and not address.addr_spec:
        raise InvalidAddress(f"{value}: a group cannot be the author")
    return address


def address_list(value: object) -> tuple[Address, ...]:
    if isinstance(value, str):
        return parse_addresses(value)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(map(parse_address, value))
    raise InvalidAddress(f"a list of addresses is expected, not {value!r}")


def header_text(value: object) -> str:
    """A text that can stand in a header field."""
    if not isinstance(value, str):
        raise ValueError(f"a text is expected, not {type(value).__name__}")
    if trouble := control_in(value):
        raise ValueError(f"{trouble} cannot be sent")
    return value


def body_forms(value: object) -> tuple[str, str | None]:
    if isinstance(value, tuple) and len(value) == 2:
        text, html = value
        return body_forms(text)[0], body_forms(html)[0]
    if not isinstance(value, str):
        raise ValueError(f"a text, or a tuple of text and HTML, is expected, not {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        line = value.count("\n", 0, error.start) + 1
        raise ValueError(f"U+{ord(value[error.start]):04X} in line {line} is half a character; delete it") from None
    return value, None


def attachments(value: object, measure: Callable[[File], Attachment]) -> tuple[Attachment, ...]:
    if isinstance(value, str):
        value = split_files(value)
        if len(value) > 1:
            return tuple(_one_of_several(path, measure) for path in value)
    if not isinstance(value, list | tuple):
        raise InvalidAttachment(f"a list of paths is expected, not {value!r}")
    files = tuple(map(measure, value))
    for number, file in enumerate(files):
        if file.cid and any(file.cid == other.cid for other in files[:number]):
            raise InvalidAttachment(f"{file.name}: another file is called cid:{file.cid}, too")
    return files


def _one_of_several(path: str, measure: Callable[[File], Attachment]) -> Attachment:
    try:
        return measure(path)
    except InvalidAttachment as error:
        raise InvalidAttachment(f"{error}; put quotes around a name with blanks") from None


def header_fields(value: object) -> tuple[tuple[str, str], ...]:
    if isinstance(value, str):
        lines = [line for line in value.split("\n") if line.strip()]
        if bad := next((line for line in lines if ":" not in line), None):
            raise ValueError(f"{bad}: a header is written Name: value")
        pairs = [(name, text.strip()) for name, _, text in (line.partition(":") for line in lines)]
    elif isinstance(value, Mapping):
        pairs = list(value.items())
    else:
        raise ValueError(f"a mapping of names to texts is expected, not {type(value).__name__}")
    for name, text in pairs:
        if (
            not isinstance(name, str)
            or not 0 < len(name) <= _FIELD_NAME_LIMIT
            or not set(name) <= _FIELD_NAME_CHARACTERS
        ):
            raise ValueError(f"{name!r} cannot be the name of a header")
        if name.lower() in _OWN_HEADERS or name.lower().startswith(("content-", "resent-")):
            raise ValueError(f"{name} is written by mailtui itself; use the field of that name")
        try:
            header_text(text)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return tuple((name, _structured(name, text) if _STRUCTURED.fullmatch(name) else text) for name, text in pairs)


def _structured(name: str, text: str) -> str:
    """The value of a field in which no encoded word may stand (RFC 2047 5), so that it is written as it is."""
    if not text.isascii() or "=?" in text:
        raise ValueError(f"{name}: only ASCII without =? can stand in this header")
    words = text.split()
    if longest := next((word for word in words if len(word) > _LONGEST_WORD), ""):
        raise ValueError(f"{name}: {longest[:20]}… is too long; a word has {_LONGEST_WORD} characters at most")
    return " ".join(words)


def date(value: object) -> datetime:
    if value is None:
        return datetime.now().astimezone().replace(microsecond=0)
    if not isinstance(value, datetime):
        raise ValueError(f"a datetime is expected, not {type(value).__name__}")
    try:
        value = value if value.tzinfo else value.astimezone()
        offset = value.utcoffset() or timedelta()
        # A header has no seconds in its zone (RFC 5322 3.3); old local times do.
        return value if not offset % timedelta(minutes=1) else value.astimezone(UTC)
    except (OverflowError, OSError, ValueError):
        raise ValueError("the date is beyond the calendar") from None


def message_id(value: object) -> str | None:
    if value is None:
        return None
    text = header_text(value)
    if len(text) > _MESSAGE_ID_LIMIT or not (text.isascii() and re.fullmatch(r"<(?!.*=\?)[^ <>@,]+@[^ <>@,]+>", text)):
        raise ValueError("it is written <something@domain>")
    return text


def letter(value: object) -> str:
    """What stands before the @ of a Message-ID that is made."""
    if not isinstance(value, str) or not _LETTER.fullmatch(value):
        raise ValueError("what stands before its @ must be letters, digits and . _ + -")
    return value
