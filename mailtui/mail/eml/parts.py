"""A message taken apart: the text that a person wrote, and the files that go along."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from itertools import count
from typing import Any, NamedTuple

from mailtui.mail.eml.fields import decoded_text
from mailtui.mail.eml.text import text_of_bytes, text_of_html, transfer_decoded

_DEPTH_LIMIT = 40  # the parser compares each line with the boundary of every part around it
_PARTS_LIMIT = 5_000
_PARAMETERS_LIMIT = 8_000  # characters; the parser takes quadratic time for parameters


class TooManyParts(Exception):
    """A message is nested too deeply, or has more parts than anybody would open."""


class _RawFields(Compat32):
    """Fields as they stand, written as they were read. What the parser itself looks at is cut where it is too long."""

    verify_generated_headers = False

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value[:_PARAMETERS_LIMIT]

    def fold_binary(self, name: str, value: str) -> bytes:
        return f"{name}: {value}{self.linesep}".encode("ascii", "surrogateescape")


class Part(Message):
    """A part of a message, or the whole of it."""

    depth = 0
    _payload: list[Part] | str | None

    def __init__(self, policy: Compat32 | None = None) -> None:
        super().__init__(policy or _RawFields())
        self.numbers = count(1)

    def attach(self, payload: Message | str) -> None:
        assert isinstance(payload, Part)
        payload.depth, payload.numbers = self.depth + 1, self.numbers
        if payload.depth > _DEPTH_LIMIT or next(self.numbers) > _PARTS_LIMIT:
            raise TooManyParts
        super().attach(payload)

    def get_boundary(self, failobj: Any = None) -> Any:
        boundary = _if_readable(super().get_boundary)
        # One of other characters could be read, but not written again.
        return boundary if re.fullmatch("[\0-\x7f\udc80-\udcff]+", boundary) else failobj

    def get_payload(self, i: int | None = None, decode: bool = False) -> Any:
        # As read; it would be decoded by its charset, and could not be written again.
        return self._payload if i is None else super().get_payload(i)

    @property
    def children(self) -> list[Part]:
        return self._payload if isinstance(self._payload, list) else []

    @property
    def file_name(self) -> str:
        return decoded_text(_if_readable(self.get_filename))

    @property
    def role(self) -> str:
        """What it is in the message: `plain`, `html` or `other text`, or a `file`."""
        if self.get_content_disposition() == "attachment" or self.file_name:
            return "file"
        content_type = self.get_content_type()
        if content_type == "text/html":
            return "html"
        # A multipart without parts shows what it is.
        if content_type == "text/plain" or self.get_content_maintype() == "multipart":
            return "plain"
        return "other text" if self.get_content_maintype() == "text" else "file"

    @property
    def content(self) -> bytes:
        """What is in it, decoded."""
        data = b"".join(child.as_bytes() for child in self.children)
        if isinstance(self._payload, str):
            data = self._payload.encode("ascii", "surrogateescape")
        if self.get_content_maintype() == "multipart":
            return data
        return transfer_decoded(data, str(self.get("Content-Transfer-Encoding", "")))

    @property
    def text(self) -> str:
        """Its content as text, line ends as \\n."""
        text = text_of_bytes(self.content, _if_readable(self.get_content_charset)).removeprefix("\ufeff")
        text = re.sub("\r\n?", "\n", text)
        return text_of_html(text) if self.get_content_type() == "text/html" else text

    def fields(self, name: str) -> list[str]:
        """The values of all fields of a name, as they stand."""
        return [value for key, value in self.raw_items() if key.lower() == name.lower()]


class File(NamedTuple):
    """A part that goes along as a file.

    Args:
        name: As the message gives it; may be empty, and anything.
        content_type: Such as `image/png`.
        content: Decoded.
    """

    name: str
    content_type: str
    content: bytes


def parsed(data: bytes, *, headers_only: bool = False) -> Part:
    """Read a message.

    Args:
        data: Any bytes.
        headers_only: Take all that follows the headers as one text.

    Raises:
        TooManyParts: It would take too long.
        RecursionError: It is nested too deeply.
    """
    part = BytesParser(Part, policy=_RawFields()).parsebytes(data.removeprefix(b"\xef\xbb\xbf"), headers_only)
    assert isinstance(part, Part)
    return part


def contents_of(message: Part) -> tuple[str, list[File]]:
    """The text of a message and its files. Of alternatives the plain text is taken, else that of the HTML.

    Args:
        message: As parsed.

    Source: RFC 2046 5.1.4 for alternatives; RFC 2183 2 for what is a file.
    """
    leaves = [(part.role, part, id(alternative)) for part, alternative in _leaves(message)]
    texts = [(role, part.text, alternative) for role, part, alternative in leaves if role in ("plain", "html")]
    texts = [text for text in texts if text[1].strip()] or texts[:1]
    in_plain = {alternative for role, _, alternative in texts if role == "plain"} - {id(None)}
    in_text = {alternative for _, _, alternative in texts} - {id(None)}
    files = [
        File(part.file_name, part.get_content_type(), part.content)
        for role, part, alternative in leaves
        if role == "file" or (role == "other text" and alternative not in in_text)
    ]
    shown = [text for role, text, alternative in texts if role == "plain" or alternative not in in_plain]
    return "".join(f"{text}\n" if text[-1:] != "\n" else text for text in shown[:-1]) + "".join(shown[-1:]), files


def _leaves(message: Part) -> Iterator[tuple[Part, Part | None]]:
    """Each part without parts of its own, in order, and the outermost alternative that it belongs to."""
    waiting: list[tuple[Part, Part | None]] = [(message, None)]
    while waiting:
        part, alternative = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.children:
            if alternative is None and part.get_content_type() == "multipart/alternative":
                alternative = part
            waiting += [(child, alternative) for child in reversed(part.children)]
        else:
            yield part, alternative


def _if_readable(read: Callable[[], str | None]) -> str:
    """What the standard library makes of a parameter, if it can: it does not foresee all that RFC 2231 allows."""
    try:
        return read() or ""
    except (LookupError, TypeError, ValueError):
        return ""
