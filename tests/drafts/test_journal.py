from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailtui.drafts.journal import INTERRUPTED, Journal
from mailtui.drafts.message import Stored, message_of, stored_of
from mailtui.mail.draft import Draft
from mailtui.mail.errors import ConnectionFailed
from mailtui.mail.handlers.smtp import SMTPMailHandler
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt, Recipient

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
DRAFT = Draft(from_addr="me@x.org", to="a@x.org, b@x.org", bcc="c@x.org", subject="S", body="Hello", letter="one")
A, B, C = "a@x.org", "b@x.org", "c@x.org"


@pytest.fixture
def mail() -> SMTPMailHandler:
    handler = SMTPMailHandler(host="mail.x.org")
    handler.name = "work"
    return handler


def receipt(email: Email, **statuses: str) -> Receipt:
    named = {A: "a", B: "b", C: "c"}
    return Receipt(
        handler="work",
        message_id=email.message_id,
        recipients=tuple(
            Recipient(address, statuses[named[address]], 250, "words")  # type: ignore[arg-type]
            for address in email.envelope.recipients
        ),
    )


def statuses(journal: Journal, letter: str = "one") -> dict[str, str]:
    return {address: one.recipient.status for address, one in journal.standing(letter).items()}


def test_while_it_is_being_sent_everybody_may_have_it(mail: SMTPMailHandler) -> None:
    email = mail.prepare(DRAFT)
    journal = Journal().begun(mail, email, DRAFT, NOON)
    [attempt] = journal.attempts
    assert (attempt.state, attempt.handler, attempt.destination) == ("sending", "work", mail.destination)
    assert (attempt.message_id, attempt.date, attempt.letter) == (email.message_id, email.date, "one")
    assert statuses(journal) == {A: "unknown", B: "unknown", C: "unknown"}
    [found] = journal.interrupted().attempts
    assert (found.state, found.ended, found.recipients[0].reply) == ("unknown", None, INTERRUPTED)


def test_the_answer_tells_of_each_recipient(mail: SMTPMailHandler) -> None:
    email = mail.prepare(DRAFT)
    begun = Journal().begun(mail, email, DRAFT, NOON)
    for answer, state, known in (
        (receipt(email, a="accepted", b="accepted", c="accepted"), "sent", ["accepted"] * 3),
        (receipt(email, a="accepted", b="refused", c="accepted"), "refused", ["accepted", "refused", "accepted"]),
        (receipt(email, a="accepted", b="refused", c="unknown"), "unknown", ["accepted", "refused", "unknown"]),
        (ConnectionFailed("no way"), "refused", ["refused"] * 3),
        (ZeroDivisionError("oops"), "unknown", ["unknown"] * 3),
    ):
        journal = begun.answered(1, answer, NOON)
        assert (journal.attempts[0].state, list(statuses(journal).values())) == (state, known)
        assert journal.interrupted() == journal


def test_what_somebody_has_is_not_forgotten_by_what_comes_later(mail: SMTPMailHandler) -> None:
    email = mail.prepare(DRAFT)
    journal = Journal().begun(mail, email, DRAFT, NOON)
    journal = journal.answered(1, receipt(email, a="accepted", b="refused", c="unknown"), NOON)
    rest = email.to_others_than({A})
    journal = journal.begun(mail, rest, DRAFT, NOON + timedelta(hours=1))
    journal = journal.answered(2, receipt(rest, b="accepted", c="refused"), NOON)
    assert statuses(journal) == {A: "accepted", B: "accepted", C: "unknown"}
    assert [journal.standing("one")[address].attempt.number for address in (A, B, C)] == [1, 2, 1]
    assert statuses(journal, "another letter") == {}
    late = journal.answered(1, receipt(email, a="accepted", b="refused", c="refused"), NOON)
    assert statuses(late) == {A: "accepted", B: "accepted", C: "refused"}


def test_it_stays_small_and_still_knows_who_has_it(mail: SMTPMailHandler) -> None:
    email = mail.prepare(DRAFT)
    long = "x" * 10_000
    journal = Journal().begun(mail, email, DRAFT, NOON)
    journal = journal.answered(1, receipt(email, a="accepted", b="refused", c="unknown"), NOON)
    for number in range(2, 200):
        rest = email.to_others_than({A, C})
        journal = journal.begun(mail, rest, DRAFT, NOON).answered(number, ConnectionFailed(long), NOON)
    assert statuses(journal) == {A: "accepted", B: "refused", C: "unknown"}
    assert journal.attempts[-1].number == 199
    assert len(message_of(Stored(DRAFT, journal, NOON))) < 20_000


def test_it_is_kept_with_the_draft_and_the_message_can_be_handed_over_again(
    mail: SMTPMailHandler, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("content")
    draft = Draft(from_addr="me@x.org", to=A, body="**Hi**", markdown=True, attachments=str(tmp_path / "a.txt"))
    draft = Draft(**{**vars(draft), "letter": "0123456789abcdef"})
    email = mail.prepare(draft)
    journal = Journal().begun(mail, email, draft, NOON).answered(1, receipt(email, a="refused"), NOON)
    read = stored_of(message_of(Stored(draft, journal, NOON)))
    assert read == Stored(draft, journal, NOON)
    later = SMTPMailHandler(host="mail.x.org").prepare(read.draft)
    assert read.journal.attempts[0].again(later).as_bytes() == email.as_bytes()
    assert read.journal.attempts[0].again(later).envelope == email.envelope
