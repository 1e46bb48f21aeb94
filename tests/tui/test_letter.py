"""Who is known to have a letter, whichever answers come, and in whichever order."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtui import Draft, MailError, Receipt
from mailtui.mail.message import Email
from mailtui.mail.receipt import Recipient, Status
from mailtui.tui.letter import Letter
from mailtui.tui.texts import Outcome
from tests.tui.conftest import DeliveringMailHandler

MAIL = DeliveringMailHandler(from_addr="me@x.org")
ANN = "ann@x.org"


def outcome(status: Status | None) -> Outcome:
    """Of one recipient; None: nothing was sent."""
    answer = Receipt(handler="", message_id="", recipients=(Recipient(ANN, status),)) if status else MailError("no")
    return Outcome(MAIL, answer, datetime.now(), 1)


def tried(letter: Letter, draft: Draft, status: Status | None) -> Outcome:
    told = outcome(status)
    letter.note(told, draft, prepared(draft))
    return told


def prepared(draft: Draft) -> Email:
    return MAIL.prepare(draft)


@pytest.fixture
def letter() -> Letter:
    return Letter()


@pytest.fixture
def draft(letter: Letter) -> Draft:
    return letter.named(Draft(to=ANN, body="Hello"))


def test_a_supposed_answer_that_is_taken_back_leaves_the_one_before(letter: Letter, draft: Draft) -> None:
    tried(letter, draft, "unknown")
    supposed = tried(letter, draft, "unknown")
    letter.forget(supposed)
    letter.note(outcome("refused"), draft, prepared(draft))
    assert letter.known(draft)[ANN].status == "unknown"
    changed = letter.named(Draft(to=ANN, body="Another"))
    assert changed.letter != draft.letter


def test_late_answers_come_in_any_order(letter: Letter, draft: Draft) -> None:
    first, second = tried(letter, draft, "unknown"), tried(letter, draft, "unknown")
    letter.forget(first)
    assert letter.known(draft)[ANN].status == "unknown"
    letter.note(outcome("accepted"), draft, prepared(draft))
    letter.forget(second)
    letter.note(outcome("unknown"), draft, prepared(draft))
    assert letter.known(draft)[ANN].status == "accepted"
    assert letter.for_the_rest(MAIL, prepared(draft), draft) is None


def test_where_nothing_was_sent_nothing_is_known(letter: Letter, draft: Draft) -> None:
    supposed = tried(letter, draft, "unknown")
    letter.forget(supposed)
    letter.note(outcome(None), draft, prepared(draft))
    assert letter.known(draft) == {}
    assert letter.named(Draft(to=ANN, body="Another")).letter == draft.letter
