from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.mail.draft import Defaults, Fields
from mailtui.mail.errors import InvalidEmail
from mailtui.mail.message import Email
from tests.mail.emails import email_of, field_names, header_lines, parsed


def problems_of(body: Any = "Hello", **fields: Any) -> Mapping[str, str]:
    with pytest.raises(InvalidEmail) as caught:
        email_of(body, **fields)
    return caught.value.problems


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("a\nb", "a line break at position 2 cannot be sent"),
        ("a\r\nBcc: e@x.org", "a line break at position 2"),
        ("\x1b[31m", "the control character U+001B at position 1"),
        ("ab\0", "the control character U+0000 at position 3"),
        ("\t", "the control character U+0009"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("\ud83d", "U+D83D"),
        (None, ""),
        (5, "a text is expected, not int"),
        (b"x", "a text is expected, not bytes"),
    ],
)
def test_a_subject_that_cannot_be_sent_is_refused(subject: Any, reason: str) -> None:
    if subject is None:
        assert email_of(subject=subject).subject == ""
    else:
        assert reason in problems_of(subject=subject)["subject"]


@pytest.mark.parametrize("field", ["to", "cc", "bcc", "reply_to"])
@pytest.mark.parametrize("value", [5, b"a@x.org", {"a@x.org"}, [5], ["a@x.org", None], object()])
def test_addresses_of_a_wrong_type_are_refused(field: str, value: Any) -> None:
    assert "a list of addresses is expected" in problems_of(**{field: value})[field]


@pytest.mark.parametrize("value", [5, b"a@x.org", ["a@x.org"]])
def test_an_author_of_a_wrong_type_is_refused(value: Any) -> None:
    assert "one address as a text is expected" in problems_of(from_addr=value)["from_addr"]


def test_there_is_one_author() -> None:
    assert "one address is expected" in problems_of(from_addr="a@x.org, b@x.org")["from_addr"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (None, "a text, or a tuple of text and HTML, is expected, not NoneType"),
        (b"x", "not bytes"),
        (["text", "html"], "not list"),
        (("text", None), "not NoneType"),
        (("a", "b", "c"), "not tuple"),
        ("one\ntwo \ud800", "U+D800 in line 2 is half a character; delete it"),
        (("text", "\udfff"), "U+DFFF in line 1"),
    ],
)
def test_a_body_that_cannot_be_sent_is_refused(body: Any, reason: str) -> None:
    assert reason in problems_of(body)["body"]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ("no colon", "no colon: a header is written Name: value"),
        ({"": "x"}, "'' cannot be the name of a header"),
        ({"X A": "x"}, "'X A' cannot be the name"),
        ({"X-Ä": "x"}, "cannot be the name"),
        ({"X-A\r\nBcc": "x"}, "cannot be the name"),
        ({"X-A:": "x"}, "cannot be the name"),
        ({5: "x"}, "5 cannot be the name"),
        ({"X" * 1000: "x"}, "cannot be the name"),
        ({"X-A": "a\nBcc: e@x.org"}, "X-A: a line break at position 2 cannot be sent"),
        ({"References": "<a@b> é"}, "References: only ASCII without =? can stand in this header"),
        ({"list-id": "=?utf-8?q?x?="}, "list-id: only ASCII"),
        ({"In-Reply-To": "x" * 901}, "In-Reply-To: xxxxxxxxxxxxxxxxxxxx… is too long"),
        ({"X-A": 5}, "a text is expected"),
        ({"X-A": None}, "a text is expected"),
        ([("X-A", "a")], "a mapping of names to texts is expected, not list"),
        ("X-A: a\rBcc: e@x.org", "a line break"),
        *[
            ({name: "x"}, f"{name} is written by mailtui itself; use the field of that name")
            for name in (
                "From", "To", "Cc", "Bcc", "BCC", "Reply-To", "Subject", "Date", "Message-ID", "Mime-Version",
                "Content-Type", "Content-Transfer-Encoding", "Resent-Bcc", "Resent-To",
            )
        ],
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_sent_is_refused(headers: Any, reason: str) -> None:
    assert reason in problems_of(headers=headers)["headers"]


def test_headers_are_typed_one_a_line() -> None:
    email = email_of(headers="X-A: one\n\n X-B :two\nX-A:  three: four ".replace(" X-B :", "X-B:"))
    assert email.headers == (("X-A", "one"), ("X-B", "two"), ("X-A", "three: four"))
    assert parsed(email).get_all("X-A") == ["one", "three: four"]


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9999, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_date_is_read_back(when: datetime, offset: int) -> None:
    when = when.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=offset)))
    assert parsedate_to_datetime(parsed(email_of(date=when))["Date"]) == when


def test_a_date_without_a_zone_is_local_time() -> None:
    assert email_of(date=datetime(2024, 5, 1, 12)).date == datetime(2024, 5, 1, 12).astimezone()


def test_a_zone_with_seconds_is_written_without() -> None:
    when = datetime(1880, 1, 1, tzinfo=timezone(timedelta(minutes=9, seconds=21)))  # Paris, then
    (line,) = (line for line in header_lines(email_of(date=when)) if line.startswith("Date: "))
    assert re.search(r" [+-][0-9]{4}$", line)
    assert parsedate_to_datetime(line.removeprefix("Date: ")) == when


def test_no_date_means_now() -> None:
    assert abs(email_of().date - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("value", ["2024-05-01", 0, date(2024, 5, 1)])
def test_a_date_of_a_wrong_type_is_refused(value: Any) -> None:
    assert "a datetime is expected" in problems_of(date=value)["date"]


@pytest.mark.parametrize(("value", "zone"), [(datetime.min, "XXX-12"), (datetime.max, "XXX+12")], ids=str)
def test_a_date_beyond_the_calendar_is_refused(monkeypatch: pytest.MonkeyPatch, value: datetime, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert problems_of(date=value).keys() == {"date"}
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "value",
    ["<a@b>", "<4f3a.2024@mail.example.com>", "<a+b=c@[127.0.0.1]>", f"<{'a' * 900}@x>"],
    ids=lambda value: value[:20],
)
def test_a_message_id_is_taken_as_it_is(value: str) -> None:
    email = email_of(message_id=value)
    assert email.message_id == value
    assert f"\r\nMessage-ID: {value}\r\n".encode() in email.as_bytes()


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a@b",
        "<a>",
        "<@>",
        "<a@>",
        "<@b>",
        "<a@b@c>",
        "<a b@c>",
        "<a>,<b@c>",
        "<a@b\r\nBcc: e@x.org>",
        "<ü@x.org>",
        f"<{'a' * 1000}@x.org>",
        5,
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_message_id_that_is_none_is_refused(value: Any) -> None:
    assert problems_of(message_id=value).keys() == {"message_id"}


def test_every_mistake_is_told_at_once_in_the_order_of_the_form() -> None:
    problems = problems_of(
        None, from_addr="x", to="y", cc="z", bcc="w", reply_to="v", subject="\n", files=["/nowhere"], headers="h",
        date="now", message_id="id",
    )  # fmt: skip
    assert list(problems) == [
        "from_addr", "to", "cc", "bcc", "reply_to", "subject", "attachments", "headers", "body", "date", "message_id",
    ]  # fmt: skip


def test_each_mistake_is_told_in_one_line() -> None:
    with pytest.raises(InvalidEmail) as caught:
        email_of(to="ann@x.org\nBcc: e@x.org", headers="X-A\x1b[31m", files=["no\nsuch file"])
    assert len(str(caught.value).splitlines()) == 3
    assert all(line.isprintable() for line in str(caught.value).splitlines())


def test_a_reason_names_the_field_as_a_person_knows_it() -> None:
    with pytest.raises(InvalidEmail, match=r"^To: ann: the @ and the domain are missing$") as caught:
        email_of(to="ann")
    assert caught.value.fields == "To"


@given(st.text(max_size=50), st.text(max_size=50))
def test_no_field_can_begin_another(subject: str, value: str) -> None:
    email = built(subject=subject, headers={"X-A": value})
    assert isinstance(email, Email) or set(email) <= {"subject", "headers"}
    if isinstance(email, Email):
        assert field_names(email) == [
            "Date", "From", "To", "Subject", "Message-ID", "X-A", "MIME-Version", "Content-Type",
            "Content-Transfer-Encoding",
        ]  # fmt: skip


def built(**fields: Any) -> Email | Mapping[str, str]:
    try:
        return email_of(**fields)
    except InvalidEmail as error:
        return error.problems


@pytest.mark.parametrize(
    "fields", [{"to": "undisclosed-recipients:;"}, {"to": "a:;, b:;"}, {"cc": ["nobody:;"], "to": ""}]
)
def test_a_group_of_nobody_is_refused_when_nobody_else_is_addressed(fields: Any) -> None:
    with pytest.raises(InvalidEmail) as caught:
        Email.build(Fields(body="x", from_addr="me@example.com", **fields), Defaults())
    assert "addresses nobody; at least one recipient is needed" in caught.value.problems["to"]


def test_a_group_of_nobody_stands_beside_those_who_get_the_mail() -> None:
    email = email_of(to="undisclosed-recipients:;", bcc="ann@example.com")
    assert email.envelope.recipients == ("ann@example.com",)
    assert parsed(email)["To"] == "undisclosed-recipients:;"
    assert "a group cannot be the author" in problems_of(from_addr="nobody:;")["from_addr"]


def test_no_encoded_word_stands_where_none_may() -> None:
    email = email_of(headers={"References": " <a@b>   <c@d> ", "List-Unsubscribe": "<a>,  <b>", "X-Note": "a  b"})
    written = header_lines(email)
    assert "References: <a@b> <c@d>" in written
    assert "List-Unsubscribe: <a>, <b>" in written
    assert parsed(email)["X-Note"] == "a  b"
