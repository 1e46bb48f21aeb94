"""Parsers of others, each telling in one form what it reads from the bytes of a message.

Two are the standard library's, one is written in Rust, one in JavaScript; that one is installed with `npm ci` in this
folder. What each is known to get wrong stands beside it, and is left out of what is compared.
"""

from __future__ import annotations

import email.utils
import json
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import fast_mail_parser
import pytest

_FOLDER = Path(__file__).parent
_TIMEOUT = 120.0  # seconds, for all that one process is given
_PLAIN_LOCAL = re.compile(r'[^ \t"(),:;<>@\[\\\]]+')

People = tuple[tuple[str, str], ...]
PEOPLE_FIELDS = ("from", "to", "cc", "bcc", "reply-to")


class File(NamedTuple):
    """An attached file, with the SHA-256 of its content."""

    name: str
    content_type: str
    digest: str


class Reading(NamedTuple):
    """What a parser reads from a message: people as names and addresses, fields as names in lower case and texts."""

    from_: People
    to: People
    cc: People
    bcc: People
    reply_to: People
    subject: str
    fields: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[File, ...]

    def values(self, name: str) -> list[str]:
        """The texts of all fields of that name."""
        return [value for one, value in self.fields if one == name]


def _itself(text: str) -> str:
    return text


def _without_blanks(text: str) -> str:
    return "".join(text.split())


class Reader(NamedTuple):
    """A parser, and what of a text it is known to keep: the rest is left out before readings are compared."""

    name: str
    read: Callable[[Sequence[bytes]], list[Reading]]
    of_text: Callable[[str], str] = _itself
    of_name: Callable[[str], str] = _itself
    of_file_name: Callable[[str], str] = _itself

    def __str__(self) -> str:
        return self.name


def _read_modern(messages: Iterable[bytes]) -> list[Reading]:
    return [_modern(message) for message in messages]


def _modern(raw: bytes) -> Reading:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)

    def people(name: str) -> People:
        return tuple(
            (one.display_name, canonical(one.addr_spec))
            for field in message.get_all(name, [])
            for one in field.addresses
        )

    return _reading(message, people, tuple((name.lower(), str(value)) for name, value in message.items()))


def _modern_file_name(name: str) -> str:
    name = name.strip()
    for first, last in ('""', "<>"):
        if len(name) > 1 and name[0] == first and name[-1] == last:
            return name[1:-1].strip()
    return name


def _read_legacy(messages: Iterable[bytes]) -> list[Reading]:
    return [_legacy(message) for message in messages]


def _legacy(raw: bytes) -> Reading:
    message: Message = message_from_bytes(raw)
    # Before 3.13 it takes the blank of a fold after the colon for text.
    fields = tuple((name.lower(), unfolded(str(value)).lstrip(" \t")) for name, value in message.raw_items())

    def people(name: str) -> People:
        found = _addresses([value for one, value in fields if one == name])
        return tuple((decoded(shown), canonical(spec)) for shown, spec in found if shown or spec)

    texts = tuple((name, value if name in PEOPLE_FIELDS else decoded(value)) for name, value in fields)
    return _reading(message, people, texts)


def _addresses(fields: list[str]) -> list[tuple[str, str]]:
    # Where it can be strict (Python 3.13), it takes no domain in brackets (gh-102988).
    lenient = {"strict": False} if getattr(email.utils, "supports_strict_parsing", False) else {}
    return email.utils.getaddresses(fields, **lenient)


def _reading(message: Message, people: Callable[[str], People], fields: tuple[tuple[str, str], ...]) -> Reading:
    bodies = {"plain": "", "html": ""}
    files = []
    for part in message.walk():
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):  # it has parts itself
            continue
        if part.get_content_disposition():
            files.append(File(part.get_filename() or "", part.get_content_type(), sha256(content).hexdigest()))
        else:
            bodies[part.get_content_subtype()] += _with_line_feeds(content.decode())
    subject = next((value for name, value in fields if name == "subject"), "")
    from_, to, cc, bcc, reply_to = map(people, PEOPLE_FIELDS)
    return Reading(from_, to, cc, bcc, reply_to, subject, fields, bodies["plain"], bodies["html"], tuple(files))


def _read_fast(messages: Sequence[bytes]) -> list[Reading]:
    def people(found: Iterable[fast_mail_parser.PyAddress]) -> People:
        return tuple((one.display_name or "", canonical(one.address)) for one in found)

    readings = []
    for message, mail in zip(messages, fast_mail_parser.parse_many(list(messages), raise_on_error=True), strict=True):
        assert isinstance(mail, fast_mail_parser.PyMail)
        # The blank of a fold after the colon it takes for text.
        folded = set(re.findall(rb"(?m)^([!-9;-~]+):\r\n", message.partition(b"\r\n\r\n")[0]))
        fields = tuple(
            (name.lower(), value.removeprefix(" ") if name.encode() in folded else value)
            for name, values in mail.headers.items()
            for value in values
        )
        readings.append(
            Reading(
                people([mail.from_] if mail.from_ else []),
                people(mail.to),
                people(mail.cc),
                people(mail.bcc),
                people(mail.reply_to),
                next((value for name, value in fields if name == "subject"), ""),
                fields,
                _with_line_feeds("".join(mail.text_plain)),
                _with_line_feeds("".join(mail.text_html)),
                tuple(File(one.filename, one.mimetype, sha256(one.content).hexdigest()) for one in mail.attachments),
            )
        )
    return readings


def _read_node(messages: Sequence[bytes]) -> list[Reading]:
    def people(found: list[list[str]]) -> People:
        return tuple((name, canonical(address)) for name, address in found)

    return [
        Reading(
            people(mail["from"]),
            people(mail["to"]),
            people(mail["cc"]),
            people(mail["bcc"]),
            people(mail["reply-to"]),
            mail["subject"],
            tuple((name, value) for name, value in mail["fields"]),
            mail["text"],
            mail["html"],
            tuple(File(**file) for file in mail["attachments"]),
        )
        for mail in _ask_node([{"raw": b64encode(message).decode()} for message in messages])
    ]


def node_addresses(fields: Sequence[str]) -> list[People]:
    """What nodemailer, which leaves encoded words as they are, reads from the texts of address fields."""
    return [
        tuple((decoded(name), canonical(address)) for name, address in people)
        for people in _ask_node([{"addresses": field} for field in fields])
    ]


def _ask_node(questions: Sequence[dict[str, str]]) -> list[Any]:
    node = shutil.which("node")
    assert node, "tests that ask it are marked"
    if not (_FOLDER / "node_modules").is_dir():
        pytest.skip("the parsers in JavaScript are not installed: run npm ci in tests/readers")
    asked = "".join(f"{json.dumps(question)}\n" for question in questions)
    run = subprocess.run(
        [node, str(_FOLDER / "read.js")], input=asked, capture_output=True, encoding="utf-8", timeout=_TIMEOUT
    )
    assert run.returncode == 0, run.stderr
    answers = [json.loads(line) for line in run.stdout.split("\n") if line]  # not splitlines: U+2028 stands in texts
    assert len(answers) == len(questions)
    return answers


# It keeps the blank between the encoded words of a name, which RFC 2047 6.2 says to drop (gh-128110), makes one of
# several blanks in a name, and before 3.13 takes the blank of a fold after the colon for text. Of file names it drops
# the blanks around them, and quotes or angle brackets.
MODERN = Reader(
    "email.policy.default",
    _read_modern,
    of_text=_without_blanks,
    of_name=_without_blanks,
    of_file_name=_modern_file_name,
)
# Of file names it drops the blanks around them.
LEGACY = Reader("email.policy.compat32", _read_legacy, of_file_name=str.strip)
# Of names it drops the blanks around them.
FAST = Reader("fast-mail-parser", _read_fast, of_name=str.strip)
# A name that is the address itself is none to it; see `comparable`.
NODE = Reader("mailparser", _read_node)

PYTHON = (MODERN, LEGACY, FAST)


def comparable(reader: Reader, people: People) -> People:
    """Names and addresses without what the parser is known to lose."""
    return tuple(("" if name.casefold() == spec.casefold() else reader.of_name(name), spec) for name, spec in people)


def canonical(address: str) -> str:
    """An address as an envelope has it: domain in lower case and as A-labels, quotes only where they are needed."""
    address = address.encode("utf-8", "surrogateescape").decode()  # bytes that a parser kept as they were
    local, at, domain = address.rpartition("@")
    if re.fullmatch(r'(?s)"(?:[^"\\]|\\.)*"', local):
        bare = re.sub(r"(?s)\\(.)", r"\1", local[1:-1])
        local = bare if _PLAIN_LOCAL.fullmatch(bare) else '"' + re.sub(r'(["\\])', r"\\\1", bare) + '"'
    labels = (
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in domain.lower().split(".")
    )
    return f"{local}{at}{'.'.join(labels)}"


def decoded(text: str) -> str:
    """A text with its encoded words read."""
    return str(make_header(decode_header(text))) if "=?" in text else text


def unfolded(text: str) -> str:
    """A field in one line, its bytes read as UTF-8 (RFC 6532)."""
    return re.sub(r"\r?\n(?=[ \t])", "", text).encode("utf-8", "surrogateescape").decode()


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n")
