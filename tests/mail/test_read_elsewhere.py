"""The header read by parsers of others says what the envelope says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.mail.address import Address, InvalidAddress, parse_address
from mailtui.mail.errors import InvalidEmail
from mailtui.mail.headers import address_field
from mailtui.mail.message import Email
from tests import readers
from tests.mail.emails import email_of, with_plain_ends
from tests.mail.test_headers import assert_one_field
from tests.readers import NODE, PYTHON, People, Reader, Reading, canonical, comparable
from tests.readers.texts import random_texts
from tests.strategies import file_names, header_texts, mailboxes

CONTENT = b"%PDF-1.4 \r\n--\n.\n"

_lists = st.lists(mailboxes().map(lambda mailbox: mailbox.text), max_size=3)
_hidden = st.integers(0, 99).map(lambda number: f'"Hidden {number}" <hidden{number}@hidden.example>')
_texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60)
letters = st.fixed_dictionaries(
    {
        "from_addr": mailboxes().map(lambda mailbox: mailbox.text),
        "to": _lists,
        "cc": _lists,
        "bcc": st.lists(_hidden, max_size=3),
        "reply_to": _lists,
        "subject": header_texts,
        "headers": st.dictionaries(st.sampled_from(["X-Ticket", "X-Note", "Keywords"]), _texts, max_size=2),
        "body": st.one_of(_texts, st.tuples(_texts, _texts.map("<p>{}</p>".format))),
        "names": st.lists(file_names.filter(str.strip), max_size=2),
    }
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "content"
    path.write_bytes(CONTENT)
    return path


def email_from(letter: dict[str, Any], path: Path) -> Email:
    given = letter | {"files": [(name, path) for name in letter["names"]]}
    del given["names"]
    return email_of(**given)


def people(addresses: Sequence[Address | None]) -> People:
    """Groups, which have no address, are nobody."""
    return tuple((one.display_name, canonical(one.addr_spec)) for one in addresses if one and one.addr_spec)


def assert_read_as_meant(email: Email, reader: Reader, reading: Reading) -> None:
    """Everything the person decided on, and no other field."""
    visible = (email.from_addr,), email.to, email.cc, (), email.reply_to
    assert [comparable(reader, found) for found in reading[:5]] == [comparable(reader, people(one)) for one in visible]
    hidden = {one.addr_spec for one in email.bcc}
    assert {address for _, address in (*reading.to, *reading.cc)} == {
        canonical(address) for address in email.envelope.recipients if address not in hidden
    }
    assert reader.of_text(reading.subject) == reader.of_text(email.subject)
    for name, value in email.headers:
        assert list(map(reader.of_text, reading.values(name.lower()))) == [reader.of_text(value)]
    assert sorted(name for name, _ in reading.fields) == sorted(expected_fields(email))
    assert reading.text == with_plain_ends(email.text)
    assert reading.html == (with_plain_ends(email.html) if email.html else "")
    assert [(reader.of_file_name(name), kind, digest) for name, kind, digest in reading.attachments] == [
        (reader.of_file_name(one.name), one.content_type, sha256(CONTENT).hexdigest()) for one in email.attachments
    ]


def expected_fields(email: Email) -> list[str]:
    lists = {"to": email.to, "cc": email.cc, "reply-to": email.reply_to}
    encoding = [] if email.html is not None or email.attachments else ["content-transfer-encoding"]
    return [
        *("date", "from", "subject", "message-id", "mime-version", "content-type"),
        *encoding,
        *(name for name, addresses in lists.items() if addresses),
        *(name.lower() for name, _ in email.headers),
    ]


def assert_nobody_hidden(email: Email, raw: bytes, reading: Reading) -> None:
    assert b"hidden" not in raw.lower()
    assert not re.search(rb"(?im)^(resent-)?bcc", raw)
    assert "hidden" not in repr(reading).lower()
    assert {one.addr_spec for one in email.bcc} <= {*email.envelope.recipients}


@settings(max_examples=60)
@given(letter=letters)
def test_each_parser_reads_what_was_meant(letter: dict[str, Any], path: Path) -> None:
    email = email_from(letter, path)
    raw = email.as_bytes()
    for line in raw.split(b"\r\n"):
        assert len(line) <= 998
    for field in re.split(rb"(?<=\r\n)(?![ \t])", raw.partition(b"\r\n\r\n")[0] + b"\r\n"):
        if field:
            assert_one_field(field)
    for reader in PYTHON:
        (reading,) = reader.read([raw])
        assert_read_as_meant(email, reader, reading)
        assert_nobody_hidden(email, raw, reading)


@pytest.mark.system("node", package="nodejs")
def test_a_thousand_letters_are_read_in_javascript_as_they_were_meant(path: Path) -> None:
    random, texts, spelled = Random(2822), list(random_texts(2822, 5_000)), accepted(2_000)
    authors, anybody = [text for text, one in spelled.items() if one.addr_spec], list(spelled)
    names = [text.replace("/", "_") for text in texts if text.strip()]

    def some(pool: list[str], most: int) -> list[str]:
        return random.choices(pool, k=random.randint(0, most))

    emails = [
        email_from(
            {
                "from_addr": random.choice(authors),
                "to": some(anybody, 4),
                "cc": some(anybody, 4),
                "bcc": [f'"Hidden {number}" <hidden@{number}.example>'],
                "reply_to": some(anybody, 2),
                "subject": random.choice(texts),
                "headers": {"X-Ticket": random.choice(texts)},
                "body": (random.choice(names), f"<p>{random.choice(names)}</p>"),
                "names": some(names, 2),
            },
            path,
        )
        for number in range(1_000)
    ]
    raws = [email.as_bytes() for email in emails]
    for email, raw, reading in zip(emails, raws, NODE.read(raws), strict=True):
        assert_read_as_meant(email, NODE, reading)
        assert_nobody_hidden(email, raw, reading)


def test_who_stands_in_to_and_bcc_is_shown_and_gets_one_mail() -> None:
    email = email_of(to=["Ann <ann@x.org>"], bcc=["ANN <ann@X.org>", "bob@x.org"])
    assert email.envelope.recipients == ("ann@x.org", "bob@x.org")
    assert email.as_bytes().count(b"ann@x.org") == 1
    assert b"bob" not in email.as_bytes()


# What stands before the @, between < and >, or as a name; crossed with each other by `spellings`.
LOCALS = [
    *(
        "a",
        "a.b",
        "o'b",
        "a/b",
        "{a}",
        "|a",
        "`a`",
        "!a",
        "%a%b",
        "b%c.org",
        "*",
        "?",
        "a=?b",
        "a?=",
        "-a",
        "a_",
        "'a'",
    ),
    *('" a"', '"a "', '"a  b"', '"a b"', r'"a\"b"', r'"a\\b"', r'"a\\"', '"a@b"', '"a,b"', '"a;b"', '"a:b"', '"<a>"'),
    *('"(c)"', '"a.b"', '".a"', '"a."', '"a..b"', '"."', '""', '" "', r'"\a"', '"[a]"', '"=?x"', r'"\ "', '">"', '"~"'),
    *(
        "üñ",
        "e\u0301",
        "用户",
        "a\u200bb",
        "a\u202eb",
        "a\u00adb",
        '"é b"',
        '"\u3000"',
        "\ufeffa",
        "ａ",
        "a＠b",
        "\U0001f600",
    ),
    *('"a"."b"', 'a."b"', "(c)a", "a(c)", '"a"(c)', '"\u00a0a"', '"\u202e"', r'"x\@y"', '"<b@y.org>,c"', '"b@y.org,"'),
]
DOMAINS = [
    *("x.org", "X.Org", "localhost", "[127.0.0.1]", "[IPv6:2001:db8::1]", "[IPv6:::1]", "[x@y.org]", "[a b]", "[]"),
    *(
        "bücher.example",
        "faß.example",
        "例え。テスト",
        "x．org",
        "ｘ.org",
        "k\u212a.org",
        "XN--BCHER-KVA.de",
        "xn--a",
        "☃.net",
    ),
    *("x.org(c)", "(c)x.org", "x.org.", "1.2.3.4"),
]
NAMES = [
    *(
        r"a\\",
        r"\\",
        r"\"",
        r"a\"b",
        "=",
        "?",
        "=?",
        "?=",
        "?utf-8?q?a?=",
        "=_=",
        "=3D",
        "_ _",
        "%00",
        r"\0",
        "&lt;",
        "#",
    ),
    *("a:;", "a:", "g: x@y.org;", "undisclosed-recipients:;", ";", ",", "a;b", "a,", "a, b", "mailto:x", "via y.org"),
    *(
        "<",
        ">",
        "<>",
        "<a>",
        "()",
        "(c",
        "c)",
        "a (c) b",
        "[",
        "[a]",
        "a.b",
        ".",
        "..",
        "J. R.",
        "é.",
        "'",
        "'a'",
        "a 'b'",
    ),
    *("@", "a@", "@b", "a ＠ b", "a＠b", "b@y.org", "<b@y.org>", "a@x.org", "A@X.ORG", "b＠y.org", r"\"<b@y.org>"),
    *("x" * 100, "x" * 1000, "é" * 500, "ab " * 300, "é" * 20 + " " + "é" * 20, r"\\" * 40, "a." * 500),
    *(
        " a",
        "a ",
        "  ",
        " ",
        "",
        "a  b",
        "\u00a0",
        "a\u00a0",
        "\u00a0a",
        "a \u3000 b",
        "\u3000a\u3000",
        "\u2028",
        "a\u2028b",
    ),
    *(
        "\u202ea",
        "a\u202e",
        "\u2066x\u2069",
        "\u200b",
        "a\u200bb",
        "\ufeff",
        "a\ufeff",
        "\u0301",
        "\u034f",
        "\u115f",
        "\u2400",
    ),
    *(
        "é",
        "é,è",
        "é;è",
        "é<è",
        "é:;",
        "é(x)",
        "é(",
        "é)",
        "é]",
        "é[",
        r"é\"è",
        r"é\\è",
        "é  è",
        "é ",
        "\uffff",
        "\U0010ffff",
    ),
]
PIECES = [*"ab\"\\@.,;:<>()[] =?é\u202e\u200b\u00a0'", "a@x.org", "<b@y.org>", "=?utf-8?q?b?=", '"a"', "(c)"]


def spellings(random_ones: int) -> Iterator[str]:
    """What people and attackers might write for one address, good and bad."""
    for local in LOCALS:
        for domain in DOMAINS:
            yield f"{local}@{domain}"
            yield f"Ann <{local}@{domain}>"
    for name in NAMES:
        for spec in ("a@x.org", '"a b"@x.org', "a@[IPv6:::1]", "ü@x.org"):
            yield f'"{name}" <{spec}>'
            yield f"{name} <{spec}>"
        yield from (f"{name}:;", f'"{name}": ;', f'"{name}" Friends:;', f"({name}) friends:;")
        yield from (f"a@x.org ({name})", f"({name}) a@x.org", f"<a@x.org> ({name})", f"Ann ({name}) <a@x.org>")
        yield from (
            f'"{name}" Ann <a@x.org>',
            f'Ann "{name}" <a@x.org>',
            f'"{name}"Ann <a@x.org>',
            f'{name}"Ann"<a@x.org>',
        )
    random = Random(5322)
    for _ in range(random_ones):
        text = "".join(random.choices(PIECES, k=random.randint(1, 6)))
        yield random.choice(
            [
                f"{text} <a@x.org>",
                f"{text}@x.org",
                f'"{text}" <a@x.org>',
                f'"{text}"@x.org',
                f"{text}",
                f"a@x.org ({text})",
            ]
        )


def accepted(random_ones: int) -> dict[str, Address]:
    found = {}
    for text in dict.fromkeys(spellings(random_ones)):
        with suppress(InvalidAddress):
            found[text] = parse_address(text)
    return found


def differences(reader: Reader, texts: dict[str, Address]) -> list[tuple[str, People]]:
    messages = [address_field("To", [address]) + b"\r\nHello\r\n" for address in texts.values()]
    return [
        (text, reading.to)
        for (text, address), reading in zip(texts.items(), reader.read(messages), strict=True)
        if comparable(reader, reading.to) != comparable(reader, people([address]))
    ]


@pytest.mark.parametrize("reader", PYTHON, ids=str)
def test_whatever_is_taken_for_an_address_is_read_as_that_address(reader: Reader) -> None:
    texts = accepted(1_500)
    assert len(texts) > 1_000
    assert not differences(reader, texts)


@pytest.mark.system("node", package="nodejs")
def test_whatever_is_taken_for_an_address_is_read_as_that_address_in_javascript() -> None:
    texts = accepted(20_000)
    assert not differences(NODE, texts)
    fields = [readers.unfolded(address_field("To", [one]).decode()) for one in texts.values()]
    found = readers.node_addresses([field.removeprefix("To: ").removesuffix("\r\n") for field in fields])
    assert [comparable(NODE, one) for one in found] == [comparable(NODE, people([one])) for one in texts.values()]


TRAPS = {
    "Doe, Jane <j@x.org>": "needs quotes",
    "a@x.org;b@y.org": "separate addresses with commas",
    "a@x.org b@y.org": "separate addresses with commas",
    "b@y.org <a@x.org>": "a name with an @ needs quotes",
    '"b@y.org" <a@x.org>': "the name shows b@y.org, but the mail would go to a@x.org",
    '"Bob <b@y.org>, Ann" <a@x.org>': "the name shows b@y.org",
    '"b\uff20y.org" <a@x.org>': "the name shows b@y.org",
    "a@x.org (b@y.org)": "the name shows b@y.org",
    "=?utf-8?q?b=40y=2Eorg=2C?= <a@x.org>": "encoded word",
    '"=?utf-8?q?x_=3Cb=40y=2Eorg=3E=2C?=" <a@x.org>': "encoded word",
    "=?utf-8?b?YkB5Lm9yZw==?=@x.org": "encoded word",
    "friends: a@x.org, b@y.org;": "groups are not taken|one address is expected|missing",
    "a@x.org\r\nBcc: b@y.org": "control character|line break",
    "a@x.org\x00": "control character U\\+0000",
    "a@x.org>, <b@y.org": "one address is expected|contains invalid characters: '>'",
}


@pytest.mark.parametrize("field", ["from_addr", "to", "cc", "bcc", "reply_to"])
@pytest.mark.parametrize("trap", TRAPS)
def test_an_address_that_others_could_read_otherwise_is_refused_at_its_field(field: str, trap: str) -> None:
    with pytest.raises(InvalidEmail) as caught:
        email_of(**{field: trap})
    assert caught.value.problems.keys() == {field}
    assert re.search(TRAPS[trap], caught.value.problems[field])


BREAKS = ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
ENCODED = ["=?utf-8?q?=0D=0ABcc=3A_eve=40x=2Eorg?=", "=?utf-8?b?DQpCY2M6IGV2ZUB4Lm9yZw==?=", "%0D%0ABcc: eve@x.org"]
TAILS = [
    *(f"{char}{blank}Bcc{colon} eve@x.org" for char in BREAKS for blank in ("", " ") for colon in (":", " :")),
    *ENCODED,
]
FIELDS = ["subject", "from_addr", "to", "cc", "reply_to", "headers", "header name", "files", "message_id", "body"]


def with_value(field: str, value: str, path: Path) -> dict[str, Any]:
    match field:
        case "headers":
            return {"headers": {"X-Note": value}}
        case "header name":
            return {"headers": {f"X-{value}": "a"}}
        case "files":
            return {"files": [(f"{value}.txt", path)]}
        case "message_id":
            return {"message_id": f"<{value}@x.org>"}
        case "body":
            return {"body": (value, value)}
        case "subject":
            return {"subject": value}
        case _:
            return {field: f'"{value}" <a@x.org>'}


@pytest.mark.parametrize("field", FIELDS)
def test_no_value_begins_another_header(field: str, path: Path) -> None:
    taken: list[Email] = []
    refused: set[str] = set()
    for tail in TAILS:
        try:
            taken.append(email_of(**with_value(field, f"a{tail}", path)))
        except InvalidEmail as error:
            refused |= error.problems.keys()
    assert refused <= {{"header name": "headers", "files": "attachments"}.get(field, field)}
    raws = [email.as_bytes() for email in taken]
    for reader in PYTHON:
        for email, reading in zip(taken, reader.read(raws), strict=True):
            assert sorted(name for name, _ in reading.fields) == sorted(expected_fields(email))
            assert not reading.bcc
            assert "eve@x.org" not in {address for _, address in (*reading.to, *reading.cc, *reading.reply_to)}
