"""Header fields as bytes: folded at 78 columns, and read back by any parser as what was put in.

The standard library's writer lets an encoded word in a subject begin a second header, and lets one in a name become a
second recipient; so the few rules that are needed stand here.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from mailtui.mail.address import Address

Value = str | datetime | Sequence[Address]

_LINE = 78  # RFC 5322 2.1.1, line end not counted
_LONGEST_WORD = 900  # a line may have 998 (RFC 5322 2.1.1); a longer word is encoded, so that it can be folded
_LONGEST_PARAMETER = 60
_ENCODED_WORD_BYTES = 42  # of UTF-8 in each encoded word: 56 characters of base64, 68 in all, 75 allowed (RFC 2047 2)
_PARAMETER_BYTES = 48  # of percent-encoded text in each piece of a parameter

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PHRASE = re.compile(rf"{_ATOM}(?: {_ATOM})*")


def field(name: str, value: Value) -> bytes:
    """A field of any kind.

    Args:
        name: Of the field, without the colon.
        value: Text, a date with its time zone, or addresses.

    Source: RFC 5322 2.2 and 3.6.
    """
    if isinstance(value, datetime):
        return f"{name}: {format_datetime(value)}\r\n".encode()
    if not isinstance(value, str):
        return address_field(name, value)
    if name == "Message-ID":  # on a line of its own some programs do not find it
        return f"{name}: {value}\r\n".encode()
    return text_field(name, value)


def text_field(name: str, value: str) -> bytes:
    """A field of free text, such as Subject.

    Args:
        name: Of the field, without the colon.
        value: Any text without control characters.

    Source: RFC 5322 2.2.1; RFC 2047 for what is not plain ASCII.
    """
    return _fold(name, value.split(" ") if _is_plain(value) else list(_encoded_words(value)))


def address_field(name: str, addresses: Sequence[Address]) -> bytes:
    """A field of addresses, such as To.

    Args:
        name: Of the field, without the colon.
        addresses: At least one.

    Source: RFC 5322 3.4; RFC 6532 for a local part that is not ASCII.
    """
    words: list[str] = []
    for address in addresses:
        words += _address_words(address)
        words[-1] += ","
    words[-1] = words[-1].removesuffix(",")
    return _fold(name, words)


def parameter_field(name: str, value: str, parameter: str, text: str) -> bytes:
    """A field with one parameter, such as Content-Disposition with its file name.

    Args:
        name: Of the field, without the colon.
        value: The field's own value, a token.
        parameter: Its name, such as `filename`.
        text: Its value, any text without control characters.

    Source: RFC 2045 5.1; RFC 2231 3 and 4 for long values and those that are not ASCII.
    """
    if text.isascii() and len(text) <= _LONGEST_PARAMETER and not re.search(r'["\\;<>]|=\?', text):
        return _fold(name, [f"{value};", f'{parameter}="{text}"'])
    pieces = list(_percent_pieces(text))
    words = [f"{parameter}*{number}*={piece}" for number, piece in enumerate(pieces)]
    words[0] = f"{parameter}*0*=utf-8''{pieces[0]}"
    if len(words) == 1:
        words[0] = words[0].replace("*0*=", "*=", 1)
    return _fold(name, [f"{value};", *(f"{word};" for word in words[:-1]), words[-1]])


def _fold(name: str, words: Sequence[str]) -> bytes:
    """Join words with blanks, as few lines as 78 columns allow; a blank begins each further line."""
    lines, line = [], f"{name}:"
    for word in words:
        # A line of blanks alone would be the obsolete folding, RFC 5322 4.2.
        if word and line.strip() and len(line) + 1 + len(word) > _LINE:
            lines.append(line)
            line = ""
        line += f" {word}"
    return "".join(f"{line}\r\n" for line in [*lines, line]).encode()


def _is_plain(text: str) -> bool:
    return (
        text.isascii()
        and text.isprintable()
        and "=?" not in text
        and "  " not in text
        and text == text.strip()
        and all(len(word) <= _LONGEST_WORD for word in text.split(" "))
    )


def _address_words(address: Address) -> list[str]:
    if address.plain and _is_plain(address.text):
        return address.text.split(" ")
    if not address.addr_spec:
        return [*_phrase(address.display_name), ":;"]
    if not address.display_name and not re.search(r'["\[]', address.addr_spec):
        return [address.addr_spec]
    name = _phrase(address.display_name) if address.display_name else []
    return [*name, *f"<{address.addr_spec}>".split(" ")]  # a quoted local part may hold blanks


def _phrase(name: str) -> list[str]:
    if not _is_plain(name):
        return list(_encoded_words(name))
    if _PHRASE.fullmatch(name):
        return name.split(" ")
    quoted = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return quoted.split(" ") if _is_plain(quoted) else list(_encoded_words(name))


def _encoded_words(text: str) -> Iterator[str]:
    for piece in _pieces(text, _ENCODED_WORD_BYTES, lambda character: len(character.encode())):
        yield f"=?utf-8?b?{b64encode(piece.encode()).decode()}?="


def _percent_pieces(text: str) -> Iterator[str]:
    for piece in _pieces(text, _PARAMETER_BYTES, lambda character: len(quote(character, safe=""))):
        yield quote(piece, safe="")


def _pieces(text: str, limit: int, size: Callable[[str], int]) -> Iterator[str]:
    """Cut a text into pieces of at most `limit`, never inside a character."""
    piece, used = "", 0
    for character in text:
        if used + size(character) > limit:
            yield piece
            piece, used = "", 0
        piece += character
        used += size(character)
    yield piece
