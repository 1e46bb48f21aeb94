"""Texts that programs stumble over arrive as they were, or are refused with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar
from unicodedata import normalize

import pytest

from mailtui.mail.address import Address, InvalidAddress, parse_address
from mailtui.mail.errors import InvalidEmail
from mailtui.mail.headers import address_field, parameter_field, text_field
from mailtui.mail.message import Email
from tests.mail.emails import email_of
from tests.mail.test_headers import assert_one_field
from tests.mail.test_read_elsewhere import CONTENT, assert_read_as_meant, people
from tests.readers import FAST, LEGACY, NODE, Reader, comparable
from tests.readers.texts import naughty_strings, random_texts

pytestmark = pytest.mark.long


T = TypeVar("T")

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Two in Python, and one that needs more.
READERS = [
    pytest.param([LEGACY, FAST], id="python"),
    pytest.param([NODE], id="javascript", marks=pytest.mark.system("node", package="nodejs")),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "content"
    path.write_bytes(CONTENT)
    return path


def named(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <ann@example.com>'


def shows_an_address(name: str) -> bool:
    return bool(re.search(r"[^\s]@[^\s]", normalize("NFKC", name)))


class Place:
    """Where a text can stand in a message: how it is given, and why a text without control characters is refused."""

    def __init__(
        self,
        give: Callable[[str, Path], dict[str, Any]],
        reasons: Sequence[tuple[Callable[[str], bool], str]] = (),
        written: Callable[[str], str] = str,
    ) -> None:
        self.give, self.reasons, self.written = give, reasons, written

    def reason(self, text: str) -> str:
        if control := CONTROL.search(self.written(text)):
            return f"position {control.start() + 1}\\b"
        return next((reason for applies, reason in self.reasons if applies(text)), "never")


PLACES = {
    "subject": Place(lambda text, _: {"subject": text}),
    "headers": Place(lambda text, _: {"headers": {"X-Note": text}}),
    "to": Place(
        lambda text, _: {"to": [named(text)]},
        [(lambda text: "=?" in text, "encoded word"), (shows_an_address, "the name shows .*@")],
        written=named,
    ),
    "attachments": Place(
        lambda text, path: {"files": [(text, path)]},
        [(lambda text: "/" in text, "not a path"), (lambda text: not text.strip(), "a name for the receiver")],
    ),
}


@pytest.mark.parametrize("parsers", READERS)
@pytest.mark.parametrize("place", PLACES)
def test_every_naughty_string_arrives_or_is_refused_with_the_reason(
    place: str, parsers: list[Reader], path: Path
) -> None:
    taken: list[Email] = []
    refused: list[tuple[str, InvalidEmail]] = []
    for text in naughty_strings():
        try:
            taken.append(email_of(**PLACES[place].give(text, path)))
        except InvalidEmail as error:
            refused.append((text, error))
    assert len(taken) > 300
    for text, problem in refused:
        assert problem.problems.keys() == {place}
        assert re.search(PLACES[place].reason(text), problem.problems[place])
    raws = [email.as_bytes() for email in taken]
    for reader in parsers:
        for email, reading in zip(taken, reader.read(raws), strict=True):
            assert_read_as_meant(email, reader, reading)


@pytest.mark.parametrize("parsers", READERS)
def test_ten_thousand_random_subjects_arrive(parsers: list[Reader]) -> None:
    texts = list(random_texts(5322, 10_000))
    messages = []
    for some in groups(texts, 500):
        fields = [text_field(f"X-Subject-{number}", text) for number, text in enumerate(some)]
        for field in fields:
            assert_folded(field)
        messages.append(b"".join(fields) + b"\r\nHello\r\n")
    for reader in parsers:
        for some, reading in zip(groups(texts, 500), reader.read(messages), strict=True):
            assert [value for _, value in reading.fields] == some
            assert [name for name, _ in reading.fields] == [f"x-subject-{number}" for number in range(len(some))]


@pytest.mark.parametrize("parsers", READERS)
def test_ten_thousand_random_names_arrive(parsers: list[Reader]) -> None:
    addresses: list[Address] = []
    refused: list[tuple[str, InvalidAddress]] = []
    for text in random_texts(2047, 10_000):
        try:
            addresses.append(parse_address(named(text)))
        except InvalidAddress as error:
            refused.append((text, error))
        else:
            assert addresses[-1].display_name == text
    assert len(addresses) > 8_000
    for text, problem in refused:
        assert re.search(PLACES["to"].reason(text), str(problem))
    fields = [address_field("To", some) for some in groups(addresses, 50)]
    for field in fields:
        assert_folded(field)
    messages = [field + b"\r\nHello\r\n" for field in fields]
    for reader in parsers:
        for some, reading in zip(groups(addresses, 50), reader.read(messages), strict=True):
            assert comparable(reader, reading.to) == comparable(reader, people(some))
            assert [name for name, _ in reading.fields] == ["to"]


@pytest.mark.parametrize("parsers", READERS)
def test_ten_thousand_random_file_names_arrive(parsers: list[Reader]) -> None:
    names = [text for text in random_texts(2231, 10_000) if text.strip()]
    messages = []
    for some in groups(names, 500):
        fields = [parameter_field("Content-Disposition", "attachment", "filename", name) for name in some]
        for field in fields:
            assert_folded(field)
        parts = b"".join(b"--=_b\r\nContent-Type: text/plain\r\n%b\r\n\r\n" % field for field in fields)
        messages.append(b'Content-Type: multipart/mixed; boundary="=_b"\r\n\r\n%b--=_b--\r\n' % parts)
    for reader in parsers:
        for some, reading in zip(groups(names, 500), reader.read(messages), strict=True):
            found = [reader.of_file_name(file.name) for file in reading.attachments]
            assert found == list(map(reader.of_file_name, some))


def assert_folded(field: bytes) -> None:
    assert_one_field(field)
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?[bq]\?\S*\?=", field))  # RFC 2047 2


def groups(items: list[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
