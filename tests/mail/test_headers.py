from __future__ import annotations

import email.utils
import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.mail.address import parse_address
from mailtui.mail.headers import address_field, parameter_field, text_field
from tests.strategies import Mailbox, file_names, header_texts, mailboxes

NAMES = ["Subject", "X-Ticket", "X-" + "Long-" * 12 + "Name"]


def assert_one_field(field: bytes) -> None:
    """One header field, in lines that any server takes, folded where it can be."""
    first, *others = field.decode().removesuffix("\r\n").split("\r\n")
    assert re.match(r"[!-9;-~]+:", first)
    for line in others:
        assert line[0] in " \t"
        assert line.strip(" \t")
    for line in [first, *others]:
        assert "\r" not in line
        assert "\n" not in line
        assert len(line.encode()) <= 998
        assert len(line) <= 78 or " " not in line.strip().removeprefix(f"{first.partition(':')[0]}: ")


@settings(max_examples=200)
@given(st.sampled_from(NAMES), header_texts)
def test_a_text_is_read_back_by_two_parsers(name: str, text: str) -> None:
    field = text_field(name, text)
    assert field.isascii()
    assert_one_field(field)
    for one in (policy.default, policy.compat32):
        assert message_from_bytes(field + b"\r\nbody", policy=one).keys() == [name]
    # Unfolded here: before 3.13 the parser takes the blank of a fold after the colon for text.
    value = unfolded(field).removeprefix(f"{name}: ")
    assert str(policy.default.header_factory(name, value)) == decoded(value) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "  a  ",
        "a  b",
        "=?",
        "?=",
        "=?utf-8?q?a=0ABcc=3A_e=40x?=",
        "é" * 500,
        "\u3000",
        "a" * 990,
        "\U0001f600" * 40,
    ],
)
def test_a_text_that_others_get_wrong_arrives(text: str) -> None:
    field = text_field("Subject", text)
    assert_one_field(field)
    assert str(message_from_bytes(field, policy=policy.default)["Subject"]) == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("In-Reply-To", "<AM6PR04MB1234ABCDEF0123456789ABCDEF0123456789@AM6PR04MB5678.eurprd04.prod.outlook.com>"),
        ("References", "<short@x.org> <" + "a" * 80 + "@x.org>"),
        ("List-Unsubscribe", "<https://news.example.com/unsubscribe?" + "token=0123456789" * 8 + ">"),
    ],
)
def test_a_long_word_of_ascii_is_not_encoded(name: str, value: str) -> None:
    # RFC 2047 5: no encoded word stands in a structured field; a mail program would not find the thread.
    assert unfolded(text_field(name, value)) == f"{name}: {value}"


@settings(max_examples=200)
@given(st.lists(mailboxes(plain_locals=True), min_size=1, max_size=4))
def test_addresses_are_read_back_with_their_names(written: list[Mailbox]) -> None:
    field = address_field("To", [parse_address(mailbox.text) for mailbox in written])
    assert field.isascii()
    assert_one_field(field)
    specs = [mailbox.spec.casefold() for mailbox in written]
    modern = message_from_bytes(field, policy=policy.default)["To"]
    assert [address.addr_spec.casefold() for address in modern.addresses] == specs
    # Only the older parser joins the encoded words of a long name as RFC 2047 6.2 says (gh-128110).
    legacy = read_addresses([unfolded(field).removeprefix("To: ")])
    assert [(decoded(name), spec.casefold()) for name, spec in legacy] == [
        (mailbox.name, spec) for mailbox, spec in zip(written, specs, strict=True)
    ]


def read_addresses(fields: list[str]) -> list[tuple[str, str]]:
    # Where it can be strict (Python 3.13), it takes no domain in brackets (gh-102988).
    lenient = {"strict": False} if getattr(email.utils, "supports_strict_parsing", False) else {}
    return getaddresses(fields, **lenient)


def unfolded(field: bytes) -> str:
    return re.sub(r"\r\n(?=[ \t])", "", field.decode()).removesuffix("\r\n")


def decoded(text: str) -> str:
    return str(make_header(decode_header(text)))


@given(mailboxes())
def test_an_address_is_never_read_as_two(mailbox: Mailbox) -> None:
    field = address_field("To", [parse_address(mailbox.text)])
    header = message_from_bytes(field + b"\r\n", policy=policy.default)["To"]
    assert len(header.addresses) == 1
    assert not header.defects


@pytest.mark.parametrize("name", ["[ops] Ann", "[x, y]", "[a;b]", "[ <>]"])
def test_a_name_in_brackets_is_quoted(name: str) -> None:
    address = parse_address(f"{name} <ann@x.org>")
    header = message_from_bytes(address_field("To", [address]) + b"\r\n", policy=policy.default)["To"]
    assert [(one.display_name, one.addr_spec) for one in header.addresses] == [(name, "ann@x.org")]


@pytest.mark.parametrize(
    "name", ["\\" * 899, '"' * 899, "a" * 2000, "é" * 900, "a." * 450], ids=lambda name: ascii(name[:4])
)
def test_no_name_makes_a_line_that_servers_refuse(name: str) -> None:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    field = address_field("To", [parse_address(f'"{escaped}" <ann@x.org>')])
    assert_one_field(field)
    assert [decoded(one) for one, _ in read_addresses([unfolded(field).removeprefix("To: ")])] == [name]


def test_a_comment_is_left_out_or_becomes_the_name() -> None:
    addresses = [parse_address("Ann (at (home)) <ann@x.org>"), parse_address("bob@x.org (Lee, Bob)")]
    assert address_field("To", addresses) == b'To: Ann <ann@x.org>, "Lee, Bob" <bob@x.org>\r\n'


def test_a_local_part_that_is_not_ascii_stays_utf_8() -> None:
    assert address_field("To", [parse_address("Ann <üñ@example.com>")]) == "To: Ann <üñ@example.com>\r\n".encode()


@settings(max_examples=200)
@given(file_names.filter(bool))
def test_a_file_name_is_read_back_by_two_parsers(name: str) -> None:
    field = parameter_field("Content-Disposition", "attachment", "filename", name)
    assert field.isascii()
    assert_one_field(field)
    for one in (policy.default, policy.compat32):
        message = message_from_bytes(field + b"\r\n", policy=one)
        assert message.keys() == ["Content-Disposition"]
        assert message.get_content_disposition() == "attachment"
        assert message.get_filename() == name.strip()  # which takes blanks off the ends
