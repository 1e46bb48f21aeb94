"""Text out of bytes and out of HTML: the best that can be read, in time that grows with their length alone."""

from __future__ import annotations

import codecs
import re
from binascii import Error, a2b_base64, a2b_qp, a2b_uu
from contextlib import suppress
from html import unescape

# What Python calls encodings too, and no message is written in: some take quadratic time.
_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
_CHARSET_LIMIT = 40  # characters of a charset's name
_UNKNOWN = {"", "ascii", "us-ascii", "unknown-8bit", "x-unknown"}
_HALF = re.compile("[\ud800-\udfff]")

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))

# The standard library's parser takes quadratic time where a tag is never closed. Here each branch takes what it began.
_MARKUP = re.compile(
    r"""<!--(?:.*?-->|.*)
      | <(?P<hidden>script|style|title|template)\b[^>]*+>?(?:.*?</(?P=hidden)[^>]*+>?|.*)
      | <(?P<closing>/?)(?P<tag>[a-z][^\s/>]*+)(?:[^>"']++|"[^"]*+"|'[^']*+')*+>?
      | <[!?/][^>]*+>?""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_HUGE_REFERENCE = re.compile(r"&#[0-9]{8,};?")  # beyond every character, and int() refuses the longest
_BLANKS = re.compile("[ \t\r\n\f\xa0]+")
_LINES = re.compile(
    "address|article|aside|center|d[dlt]|div|fieldset|footer|form|header|hr|li|main|nav|[ou]l|section|table|tr"
)
_PARAGRAPHS = {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre"}


def text_of_bytes(data: bytes, charset: str = "") -> str:
    """Decode text. What is not of the charset becomes �; without a known charset it is UTF-8, else Latin-1.

    Args:
        data: Any bytes.
        charset: As the message names it.
    """
    if charset.lower() not in _UNKNOWN and len(charset) <= _CHARSET_LIMIT:
        try:
            codec = codecs.lookup(charset)
            if codec.name not in _NO_CHARSETS:
                return _HALF.sub("\ufffd", data.decode(codec.name, "replace"))
        except (LookupError, ValueError):
            pass  # unknown, or no charset at all
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def transfer_decoded(data: bytes, encoding: str) -> bytes:
    """The content of a part; what is broken in it is left out or stays as it is.

    Args:
        data: As it stands in the message.
        encoding: Its Content-Transfer-Encoding.

    Source: RFC 2045 6.
    """
    match encoding.partition("(")[0].strip(" \t\r\n;").lower():  # a comment may follow
        case "base64":
            return base64_bytes(data)
        case "quoted-printable":
            return a2b_qp(data)
        case "uuencode" | "x-uuencode" | "uue" | "x-uue":
            return _uu_bytes(data)
    return data


def base64_bytes(data: bytes) -> bytes:
    """Decode base64, with whatever stands between its characters.

    Args:
        data: Padded, or not.
    """
    digits = data.translate(None, _NOT_BASE64)
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return a2b_base64(digits + b"=" * (-len(digits) % 4))


def _uu_bytes(data: bytes) -> bytes:
    lines = iter(data.splitlines())
    content = []
    for line in lines:
        if re.match(rb"begin [0-7]+ ", line):
            break
    else:
        return data
    for line in lines:
        if line.strip() in (b"end", b"`"):
            break
        if not line.strip():
            continue  # the codec would make bytes of it
        try:
            content.append(a2b_uu(line))
        except Error:
            length = ((line[0] - 32 & 63) * 4 + 5) // 3  # some encoders write more than they announce
            with suppress(Error):
                content.append(a2b_uu(line[:length]))
    return b"".join(content)


def text_of_html(html: str) -> str:
    """What a person reads of a page: lines where blocks begin and end, without scripts and styles.

    Args:
        html: Also what is none.

    Source: https://html.spec.whatwg.org/multipage/rendering.html#flow-content-3 for what breaks a line.
    """
    lines = _Lines()
    position = 0
    for markup in _MARKUP.finditer(html):
        lines.write(html[position : markup.start()])
        position = markup.end()
        lines.mark((markup["tag"] or "").lower(), closing=bool(markup["closing"]))
    lines.write(html[position:])
    return "".join(lines.pieces)


class _Lines:
    """Text as it is laid out."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._breaks = 0
        self._blank = False
        self._preformatted = 0

    def mark(self, tag: str, *, closing: bool) -> None:
        if tag == "br":
            self._breaks += 1
        elif tag in ("td", "th"):
            self._blank = True
        elif _LINES.fullmatch(tag):
            self._breaks = max(self._breaks, 1)
        elif tag in _PARAGRAPHS:
            self._breaks = max(self._breaks, 2)
        if tag == "pre":
            self._preformatted = max(0, self._preformatted + (-1 if closing else 1))

    def write(self, html: str) -> None:
        text = unescape(_HUGE_REFERENCE.sub("\ufffd", html))
        if not self._preformatted:
            text = _BLANKS.sub(" ", text)
            if self._breaks or not self.pieces or self.pieces[-1].endswith(" "):
                text = text.lstrip(" ")
        if not text:
            return
        if self.pieces and self._breaks:
            self.pieces[-1] = self.pieces[-1].rstrip(" ")
            self.pieces.append("\n" * self._breaks)
        elif self.pieces and self._blank:
            self.pieces.append(" ")
        self.pieces.append(text)
        self._breaks, self._blank = 0, False
