from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import UTC, datetime
from email import policy
from pathlib import Path

import pytest
from email_validator import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.mail.draft import Defaults, Draft, Fields
from mailtui.mail.errors import InvalidEmail
from mailtui.mail.message import Email
from tests.mail.emails import DEFAULTS, email_of, field_names, header_lines, parsed
from tests.strategies import Mailbox, header_texts, mailboxes

ALL_FIELDS = ["Date", "From", "To", "Cc", "Reply-To", "Subject", "Message-ID", "MIME-Version", "Content-Type"]


def texts(written: list[Mailbox]) -> list[str]:
    return [mailbox.text for mailbox in written]


@settings(max_examples=150)
@given(
    to=st.lists(mailboxes(), max_size=3),
    cc=st.lists(mailboxes(), max_size=2),
    bcc=st.lists(mailboxes(), max_size=2),
    reply_to=st.lists(mailboxes(), max_size=2),
    subject=header_texts,
)
def test_every_field_stands_there_once_and_bcc_never(
    to: list[Mailbox], cc: list[Mailbox], bcc: list[Mailbox], reply_to: list[Mailbox], subject: str
) -> None:
    email = email_of(to=texts(to), cc=texts(cc), bcc=texts(bcc), reply_to=texts(reply_to), subject=subject)
    absent = {name for name, value in [("To", to), ("Cc", cc), ("Reply-To", reply_to)] if not value}
    assert field_names(email)[: len(ALL_FIELDS) - len(absent)] == [name for name in ALL_FIELDS if name not in absent]
    assert parsed(email).keys() == field_names(email)
    for line in header_lines(email):
        assert len(line.encode()) <= 998
        assert len(line) <= 78 or " " not in line.lstrip().removeprefix("Message-ID: ")


@settings(max_examples=200)
@given(st.lists(mailboxes(), max_size=3), st.lists(mailboxes(), max_size=3), st.lists(mailboxes(), max_size=3))
def test_the_envelope_is_everybody_once(to: list[Mailbox], cc: list[Mailbox], bcc: list[Mailbox]) -> None:
    email = email_of(to=texts(to), cc=texts(cc), bcc=[*texts(bcc), *texts(to)])
    specs = [mailbox.spec for mailbox in (*to, *cc, *bcc)]
    assert [spec.casefold() for spec in email.envelope.recipients] == [
        spec.casefold() for spec in dict.fromkeys(as_the_referee_writes(spec) for spec in specs)
    ]
    assert email.envelope.sender == "me@example.com"


def as_the_referee_writes(spec: str) -> str:
    """Quotes that are not needed go; reserved names, which it does not take, have none in the strategies."""
    if not spec.startswith('"'):
        return spec
    local, _, domain = spec.rpartition("@")
    valid = validate_email(f"{local}@x.org", check_deliverability=False, allow_quoted_local=True)
    return f"{valid.local_part}@{domain}"


def test_bcc_is_in_the_envelope_and_nowhere_in_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    email = email_of(("text", "html"), bcc=["Eve <eve@secret.example>"], cc=["c@x.org"], files=[tmp_path / "a"])
    assert email.envelope.recipients == ("ann@example.com", "c@x.org", "eve@secret.example")
    for text in (email.as_bytes().decode(), email.source()):
        assert not re.search("(?i)bcc|eve|secret", text)


def test_the_envelope_is_normalised_and_the_header_keeps_the_spelling() -> None:
    email = email_of(
        to=["Ann <ANN@EXAMPLE.Com>", "ANN@example.com", "ann@bücher.example"], from_addr="Me <me@EXAMPLE.com>"
    )
    assert email.envelope.sender == "me@example.com"
    assert email.envelope.recipients == ("ANN@example.com", "ann@xn--bcher-kva.example")
    assert header_lines(email)[1:3] == [
        "From: Me <me@EXAMPLE.com>",
        "To: Ann <ANN@EXAMPLE.Com>, ANN@example.com, ann@xn--bcher-kva.example",
    ]


def test_an_author_that_is_not_ascii_keeps_a_readable_address() -> None:
    header = parsed(email_of(from_addr="Zoë Müller <zoe@example.com>"))["From"]
    assert [(one.display_name, one.addr_spec) for one in header.addresses] == [("Zoë Müller", "zoe@example.com")]


@pytest.mark.parametrize("size", [0, 1, 10_000_000])
def test_the_source_shows_everything_but_what_is_attached(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"x" * size)
    email = email_of(("text ü", "<p>html</p>"), files=[path, path], subject="ü", cc=["Zoë <z@x.org>"])
    on_the_wire = email.as_bytes().decode().replace("\r\n", "\n")
    elided = re.sub(
        r"(Content-Disposition: attachment[^\n]*\n\n)(?:[A-Za-z0-9+/=]+\n)*",
        rf"\1[{size:,} bytes in base64, not shown here]\n",
        on_the_wire,
    )
    assert email.source() == elided
    assert elided.count("not shown here") == 2


def test_the_source_of_a_letter_without_attachments_is_the_letter() -> None:
    email = email_of(("text ü", "<p>html</p>"))
    assert email.source() == email.as_bytes().decode().replace("\r\n", "\n")


def test_bytes_are_the_same_each_time_and_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(256)) * 1000)
    email = email_of(files=[path])
    pieces = list(email.iter_bytes())
    assert b"".join(pieces) == email.as_bytes() == email.as_bytes()
    assert max(map(len, pieces)) < 100_000


def test_a_large_attachment_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "big"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert sum(map(len, email_of(files=[path]).iter_bytes())) > 50_000_000 * 4 / 3
    assert max(map(len, email_of(files=[path]).iter_bytes())) < 100_000


def test_the_message_id_is_of_the_authors_domain_and_new_each_time() -> None:
    first, second = (email_of(from_addr="Me <me@Bücher.example>").message_id for _ in range(2))
    assert re.fullmatch(r"<[^@\s]+@xn--bcher-kva\.example>", first)
    assert first != second
    assert policy.default.header_factory("Message-ID", first).defects == ()


def test_a_letter_that_is_sent_again_keeps_its_message_id() -> None:
    draft = Draft(to="ann@x.org", from_addr="me@x.org", letter="0a1b")
    first, second = (Email.build(Fields.of(draft), DEFAULTS) for _ in range(2))
    assert first.message_id == second.message_id == "<0a1b@x.org>"
    assert Email.build(Fields.of(replace(draft, letter="")), DEFAULTS).message_id != first.message_id


@pytest.mark.parametrize(
    "letter",
    ["x\r\nBcc: eve@x.org\r\nX: ", "x\n\nbody", 'x" y', "x>@", "a" * 2000, "ü"],
    ids=lambda letter: ascii(letter[:10]),
)
def test_what_stands_before_the_at_of_the_message_id_is_checked(letter: str, tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    draft = Draft(to="ann@x.org", from_addr="me@x.org", letter=letter, attachments=str(tmp_path / "a"))
    with pytest.raises(InvalidEmail):
        Email.build(Fields.of(draft), DEFAULTS)


def test_what_is_left_out_comes_from_the_handler() -> None:
    defaults = Defaults(
        to=("a@x.org",), cc=("b@x.org",), bcc=("c@x.org",), from_addr="me@x.org", subject="S", subject_prefix="[ops]"
    )
    omitted = Email.build(Fields(body=""), defaults)
    assert omitted.envelope.recipients == ("a@x.org", "b@x.org", "c@x.org")
    assert (omitted.envelope.sender, omitted.subject) == ("me@x.org", "[ops] S")
    blank = Email.build(Fields.of(Draft(to=" ", cc=" ", bcc="\t", from_addr=" ", subject="  ")), defaults)
    assert (blank.envelope, blank.subject) == (omitted.envelope, omitted.subject)
    emptied = Email.build(Fields(body="", to=["d@x.org"], cc=[], bcc="", subject=""), defaults)
    assert (emptied.envelope.recipients, emptied.subject) == (("d@x.org",), "[ops] ")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Fields(body="", from_addr="me@x.org"), "to"),
        (Fields(body="", from_addr="me@x.org", to=[], cc=[], bcc=""), "to"),
        (Fields(body="", to="ann@x.org"), "from_addr"),
        (Fields(body="", to="ann@x.org", from_addr=""), "from_addr"),
    ],
)
def test_a_handler_that_delivers_needs_an_author_and_a_recipient(given: Fields, field: str) -> None:
    with pytest.raises(InvalidEmail) as caught:
        Email.build(given, Defaults())
    assert caught.value.problems.keys() == {field}


@pytest.mark.parametrize("field", ["to", "cc", "bcc"])
def test_one_recipient_anywhere_is_enough(field: str) -> None:
    email = Email.build(Fields(body="", from_addr="me@x.org", **{field: "ann@x.org"}), Defaults())  # type: ignore[arg-type]
    assert email.envelope.recipients == ("ann@x.org",)


def test_a_wrong_recipient_is_not_also_a_missing_one() -> None:
    with pytest.raises(InvalidEmail) as caught:
        Email.build(Fields(body="", from_addr="me@x.org", cc="ann"), Defaults())
    assert caught.value.problems.keys() == {"cc"}


def test_a_prefix_with_a_line_break_is_refused() -> None:
    with pytest.raises(InvalidEmail, match="Subject: a line break"):
        Email.build(Fields(body="", subject="x"), Defaults(complete=False, subject_prefix="a\nBcc: e@x.org"))


def test_a_draft_is_true_when_something_was_typed() -> None:
    assert not Draft()
    assert not Draft(letter="0a1b", markdown=True, signature="Me")
    for name in (item.name for item in fields(Draft) if item.name not in ("letter", "markdown", "signature")):
        assert replace(Draft(), **{name: "x"})  # type: ignore[arg-type]


def test_a_message_without_anything_is_still_a_message() -> None:
    email = Email.build(Fields(body="", date=datetime(2024, 5, 1, tzinfo=UTC), message_id="<a@b>"), DEFAULTS)
    assert email.as_bytes() == (
        b"Date: Wed, 01 May 2024 00:00:00 +0000\r\n"
        b"Subject: \r\n"
        b"Message-ID: <a@b>\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"\r\n"
    )
    assert email.envelope.recipients == ()
