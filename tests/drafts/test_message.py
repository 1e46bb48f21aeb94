from __future__ import annotations

import mailbox
import re
from base64 import b64encode
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.drafts.journal import Journal
from mailtui.drafts.message import Stored, message_of, stored_of
from mailtui.mail.draft import Draft
from mailtui.mail.eml import draft_of_eml
from tests.readers import PYTHON, Reader

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)

_anything = st.one_of(
    st.text(st.characters(exclude_categories=[]), max_size=60),
    st.lists(
        st.sampled_from(
            [
                "\ud83d",
                "\ude00",
                "\0",
                "\r",
                "\n",
                "\r\n",
                "  ",
                "\t",
                "\x1b[31m",
                "--=_mailtui_",
                "--",
                "\u2028",
                "é",
                "a",
            ]
        ),
        max_size=8,
    ).map("".join),
)
drafts = st.builds(
    Draft, **{item.name: st.booleans() if item.name == "markdown" else _anything for item in fields(Draft)}
)

GOOD = Draft(
    from_addr="Zoë <zoe@x.org>",
    to='"Doe, Jane" <jane@x.org>, b@x.org',
    cc="c@x.org",
    bcc="hidden@x.org",
    reply_to="r@x.org",
    subject="Grüße, all",
    body="Hello,\n\nFrom here  \n--\n.\n-- \nZoë",
    attachments="'a b.txt', /tmp/c.pdf",
    headers="X-A: b\nX-B: c",
    letter="0123456789abcdef",
    markdown=True,
)


def stored(draft: Draft) -> Stored:
    return Stored(draft, Journal(), NOON)


@given(drafts)
def test_what_was_typed_is_read_back_exactly(draft: Draft) -> None:
    assert stored_of(message_of(stored(draft))) == stored(draft)


@pytest.mark.parametrize("body", ["x" * 1_000_000, "é\r\n" * 300_000, "\ud800" * 200_000], ids=["line", "cr", "halves"])
def test_a_large_body_is_read_back_exactly(body: str) -> None:
    draft = replace(GOOD, body=body)
    assert stored_of(message_of(stored(draft))) == stored(draft)


@pytest.mark.parametrize("reader", PYTHON, ids=str)
def test_other_programs_read_it(reader: Reader) -> None:
    [read] = reader.read([message_of(stored(GOOD))])
    assert (read.from_, read.to) == ((("Zoë", "zoe@x.org"),), (("Doe, Jane", "jane@x.org"), ("", "b@x.org")))
    assert (read.cc, read.bcc, read.reply_to) == ((("", "c@x.org"),), (("", "hidden@x.org"),), (("", "r@x.org"),))
    assert (read.subject, read.values("x-a"), read.values("x-b")) == ("Grüße, all", ["b"], ["c"])
    assert (read.text, read.attachments) == (GOOD.body, ())


def test_what_another_program_may_send_on_holds_nothing_of_ours() -> None:
    head = message_of(stored(GOOD)).partition(b"\n\n")[0]
    names = re.findall(rb"(?m)^([A-Za-z-]+):", head)
    assert names == b"From To Cc Bcc Reply-To Subject X-A X-B Date MIME-Version Content-Type".split()
    assert b64encode(b"/tmp/c.pdf")[:8] not in head


def test_nonsense_is_not_in_the_header_and_still_read_by_others() -> None:
    draft = replace(GOOD, to="bob@", subject="a\nBcc: eve@x.org", headers="no header", body="a\0b\r\n\ud800")
    data = message_of(stored(draft))
    head = data.partition(b"\n\n")[0]
    assert not re.search(rb"(?mi)^(to|subject|x-a|bcc: eve)", head)
    assert stored_of(data) == stored(draft)
    assert draft_of_eml(data).body.startswith("a\0b\n")


def test_a_text_in_which_the_same_draft_is_pasted_is_read_back() -> None:
    pasted = message_of(stored(GOOD)).decode()
    boundary = re.findall('boundary=".*"', pasted)[0]
    draft = replace(GOOD, body=pasted, headers=f"X-A: {boundary}", subject=boundary)
    assert stored_of(message_of(stored(draft))) == stored(draft)


def test_what_was_changed_or_cut_off_is_not_taken_for_what_was_typed() -> None:
    data, random = message_of(stored(GOOD)), Random(1)
    for _ in range(200):
        assert stored_of(data[: random.randrange(len(data))]) is None
        at = random.randrange(len(data))
        changed = data[:at] + bytes([data[at] ^ (1 << random.randrange(7))]) + data[at + 1 :]
        assert stored_of(changed) is None
    assert stored_of(data.replace(b"c@x.org", b"d@x.org")) is None
    assert stored_of(data.replace(b"Hello", b"Hallo")) is None
    assert stored_of(b"") is None


def test_a_maildir_of_the_standard_library_reads_it(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    (tmp_path / "box/cur/00000001.a.mailtui:2,DS").write_bytes(message_of(stored(GOOD)))
    [message] = box
    assert (message.get_flags(), message.get_subdir()) == ("DS", "cur")
    assert message["Bcc"] == "hidden@x.org"
