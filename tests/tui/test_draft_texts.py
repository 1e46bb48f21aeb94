"""What is said of a letter that comes from disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import time_machine

from mailtui.drafts.journal import Journal
from mailtui.mail.draft import Draft
from mailtui.mail.errors import ConnectionFailed
from mailtui.mail.handlers.smtp import SMTPMailHandler
from mailtui.mail.receipt import Receipt, Recipient, Status
from mailtui.tui.draft_texts import known_text, left_text, when_text
from mailtui.tui.letter import Letter

NOW = datetime(2026, 11, 26, 12, 4, tzinfo=UTC)
DRAFT = Draft(from_addr="me@x.org", to="a@x.org, b@x.org, c@x.org, d@x.org, e@x.org", body="Hi", letter="one")
MAIL = SMTPMailHandler(host="mail.x.org")
MAIL.name = "work"
UNKNOWN: tuple[Status, ...] = ("unknown",) * 5
ACCEPTED: tuple[Status, ...] = ("accepted",) * 5


def tried(*statuses: Status) -> Journal:
    email = MAIL.prepare(DRAFT)
    answers = (
        Recipient(address, status, 450, "later")
        for address, status in zip(email.envelope.recipients, statuses, strict=True)
    )
    receipt = Receipt(handler="work", message_id=email.message_id, recipients=tuple(answers))
    return Journal().begun(MAIL, email, DRAFT, NOW).answered(1, receipt, NOW)


@time_machine.travel(NOW, tick=False)
def test_each_recipient_is_told_of() -> None:
    place = f"work, {NOW.astimezone():%H:%M}"
    assert known_text(Journal(), DRAFT) == ""
    assert known_text(tried("accepted", "refused", "accepted", "refused", "accepted"), DRAFT) == (
        f"a@x.org, c@x.org and e@x.org have it already ({place}).\n"
        f"b@x.org and d@x.org do not have it ({place}: later).\n"
        "Send goes only to those who do not have it."
    )
    assert known_text(tried(*UNKNOWN), DRAFT) == (
        f"Whether a@x.org, b@x.org, c@x.org and 2 more have it is not known ({place}).\n"
        "Find out before you send it again: Send goes to all who are not known to have it."
    )
    nobody = Journal().begun(MAIL, MAIL.prepare(DRAFT), DRAFT, NOW).answered(1, ConnectionFailed("No line."), NOW)
    assert known_text(nobody, replace(DRAFT, letter="one")) == (
        f"a@x.org, b@x.org, c@x.org and 2 more do not have it ({place}: No line.)."
    )
    assert known_text(tried(*ACCEPTED), replace(DRAFT, letter="two")).endswith("to all as another letter.")


def test_a_time_of_another_day_has_its_date() -> None:
    with time_machine.travel(NOW, tick=False):
        today = datetime.now().astimezone()
        assert when_text(today) == f"{today:%H:%M}"
        assert when_text(today - timedelta(days=1)) == f"{today - timedelta(days=1):%Y-%m-%d %H:%M}"
    assert left_text("") == ""


def test_the_letter_of_a_draft_goes_to_those_who_do_not_have_it() -> None:
    with time_machine.travel(NOW, tick=False):
        journal = tried("accepted", "refused", "unknown", "refused", "accepted")
    letter = Letter.of(DRAFT, journal)
    email = letter.for_the_rest(MAIL, MAIL.prepare(DRAFT), letter.named(DRAFT))
    assert email is not None
    assert email.envelope.recipients == ("b@x.org", "c@x.org", "d@x.org")
    assert (email.message_id, email.date) == (journal.attempts[0].message_id, journal.attempts[0].date)
    assert {address: one.status for address, one in letter.known(letter.named(DRAFT)).items()} == {
        "a@x.org": "accepted",
        "c@x.org": "unknown",
        "e@x.org": "accepted",
    }
    assert letter.submit(DRAFT) == 2
    changed = letter.named(replace(DRAFT, body="Hello"))
    assert (changed.letter == "one", letter.known(changed)) == (False, {})
    assert letter.for_the_rest(MAIL, MAIL.prepare(changed), changed).envelope.recipients[0] == "a@x.org"  # type: ignore[union-attr]
    everybody = Letter.of(DRAFT, tried(*ACCEPTED))
    assert everybody.for_the_rest(MAIL, MAIL.prepare(DRAFT), everybody.named(DRAFT)) is None
