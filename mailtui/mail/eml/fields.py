"""Header fields as text: encoded words decoded, nothing in them that could act or begin another recipient."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterator

from mailtui.mail.address import InvalidAddress, parse_address, split_addresses
from mailtui.mail.eml.text import base64_bytes, text_of_bytes

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_BYTE = re.compile("[\udc80-\udcff]")  # what the parser makes of bytes beyond ASCII
_HALF = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_FOLDED = re.compile("[\r\n]+")

# charset, encoding and text (RFC 2047 2; RFC 2231 5 for the language). Blanks in the text are wrong, and met with.
_WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_WORDS = re.compile(r"(?:=\?[^?*\s]+(?:\*[^?\s]*)?\?[bBqQ]\?[^?]*\?= *)+")
_Q_WORD = re.compile(r"=\?[^?\s]+\?[qQ]\?[^?\s\"<>]*\?=")

_PHRASE = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?: [\w!#$%&'*+/=?^`{|}~-]+)*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_WITH_COMMENT = re.compile(r'([^()\s"<>@]+@[^()\s"<>@]+)\s*\(([^()\\]*)\)')
_SPECIALS = re.compile(r'["(),:;<>@\[\]\\]')
_GROUP_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+"?|\[[^\[\]]*+\]?|\\.|[()<>:;,]', re.DOTALL)
_ITEM_LIMIT = 2_000  # characters; longer ones stay as they stand


def header_text(raw: str) -> str:
    """A field's value in one line; bytes beyond ASCII are taken as UTF-8, else as Latin-1.

    Args:
        raw: Of the standard library's parser, such bytes as surrogates.

    Source: RFC 5322 2.2.3 for folding, RFC 6532 3 for UTF-8.
    """
    text = _FOLDED.sub("", raw)
    if not text.isascii() and _BYTE.search(text):
        text = text_of_bytes(_HALF.sub("\ufffd", text).encode("utf-8", "surrogateescape"))
    return _CONTROL.sub(" ", _HALF.sub("\ufffd", text)).strip(" ")


def decoded_text(raw: str) -> str:
    """A field of free text, such as Subject.

    Args:
        raw: As for `header_text`.

    Source: RFC 2047 5 (1).
    """
    return _decoded(header_text(raw))


def address_text(raw: str) -> str:
    """A field of addresses as it is typed: taken apart first, and only then decoded.

    So an encoded word that hides a comma or an address becomes a quoted name, never another recipient. Groups give
    their members, and an empty one nothing.

    Args:
        raw: As for `header_text`.

    Source: RFC 2047 5 (3) and 6.2; RFC 5322 3.4 for groups.
    """
    text = header_text(raw)
    if "=?" in text:
        text = _Q_WORD.sub(_without_specials, text)
    return ", ".join(_typed(item) if "=?" in item else item for item in split_addresses(_without_groups(text)))


def _without_specials(word: re.Match[str]) -> str:
    """The same encoded word, whose comma, say, cannot be taken for that of the list."""
    return _SPECIALS.sub(lambda special: f"={ord(special[0]):02X}", word[0])


def _without_groups(text: str) -> str:
    if ":" not in text:
        return text
    pieces, start, depth, in_group = [], 0, 0, False
    for match in _GROUP_MARKS.finditer(text):
        mark = match[0]
        depth = max(0, depth + {"(": 1, "<": 1, ")": -1, ">": -1}.get(mark, 0))
        if depth:
            continue
        begins = mark == ":" and not in_group and not set("@<>") & set(text[start : match.start()])
        ends = mark == ";" and in_group
        if begins:  # what stands before it is only the group's name
            start = match.end()
        elif ends or mark == ",":
            pieces.append(text[start : match.start()])
            start = match.end()
        in_group = (in_group or begins) and not ends
    return ",".join((*pieces, text[start:]))


def _typed(item: str) -> str:
    """One item with encoded words as a person would type it; as it stood if that would make an address of none."""
    if len(item) > _ITEM_LIMIT:
        return item
    if comment := _WITH_COMMENT.fullmatch(item):
        spec, name = comment.groups()
    else:
        name, _, spec = item.rpartition("<")
        spec, closing, rest = spec.rpartition(">")
        name = "" if not closing or rest else name
    if name and "=?" not in spec:
        plain_name = _QUOTED.sub(lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), name.strip(" "))
        return f"{_quoted_where_needed(_decoded(plain_name))} <{spec}>"
    shown = _WORDS.sub(lambda words: _SPECIALS.sub(" ", _decoded(words[0])), item)
    return item if _is_address(shown) else shown


def _quoted_where_needed(name: str) -> str:
    return name if _PHRASE.fullmatch(name) else '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def _is_address(text: str) -> bool:
    try:
        parse_address(text)
    except InvalidAddress:
        return False
    return True


def _decoded(text: str) -> str:
    """Encoded words decoded, those side by side as one, for some cut a character in two."""
    return _WORDS.sub(lambda words: _CONTROL.sub(" ", "".join(_decoded_words(words[0]))), text)


def _decoded_words(words: str) -> Iterator[str]:
    charset, data = "", b""
    for found in _WORD.finditer(words):
        if found[1].lower() != charset:
            yield text_of_bytes(data, charset)
            charset, data = found[1].lower(), b""
        word = found[3].encode()
        data += base64_bytes(word) if found[2] in "bB" else a2b_qp(word.replace(b"_", b" "))
    yield text_of_bytes(data, charset)
    yield words[len(words.rstrip()) :]
