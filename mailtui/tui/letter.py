"""The letter in the form: by which name it goes, and who has it by now."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from mailtui.mail.draft import Draft
from mailtui.mail.errors import MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt
from mailtui.tui.draft_texts import when_text
from mailtui.tui.texts import Outcome

if TYPE_CHECKING:
    from mailtui.drafts.journal import Attempt, Journal

Arrival = Literal["accepted", "unknown"]


class Known(NamedTuple):
    """What is known of a recipient who got the letter, or may have got it.

    Args:
        status: Of the answer that was about this recipient.
        handler: The name of the one that gave it.
        at: When the answer came; if it never did, when the letter was handed over.
        told_by: The answer, or what is on disk of it.
    """

    status: Arrival
    handler: str
    at: datetime
    told_by: Outcome | Attempt

    def __str__(self) -> str:
        has = "has it already" if self.status == "accepted" else "may have it already"
        return f"{has} ({self.handler}, {when_text(self.at)})"


class Letter:
    """Remembers what became of a letter, so that nobody gets it twice unasked.

    What somebody may have got and was changed then is another letter, with a Message-ID of its own. With other
    recipients it is the same one, for those who do not have it, until everybody has it (RFC 5322 3.6.4: what the
    sender means decides).

    Args:
        name: What stands before the @ of the Message-ID. Blank: a new one.
    """

    def __init__(self, name: str = "") -> None:
        self._next = name or _new_name()
        self._submits = 0
        self._submitted = ""
        self.begin_anew()

    @classmethod
    def of(cls, draft: Draft, journal: Journal) -> Letter:
        """The letter of a draft from disk, with what is known of who has it.

        Args:
            draft: As it was saved.
            journal: What was tried to send it.
        """
        letter = cls(draft.letter)
        for address, (recipient, attempt) in journal.standing(draft.letter).items():
            if recipient.status in ("accepted", "unknown"):
                at = (attempt.ended or attempt.begun).astimezone()
                letter._told[address] = [Known(recipient.status, attempt.handler, at, attempt)]
                letter._left, letter._attempt = draft, attempt
            if recipient.status == "accepted":
                letter._served_by.setdefault(attempt.way, set()).add(address)
        letter._submits = sum(attempt.letter == draft.letter for attempt in journal.attempts)
        letter._submitted = draft.letter
        return letter

    def named(self, draft: Draft) -> Draft:
        """What was typed, with the name of the letter that it is.

        Args:
            draft: As it stands in the form.
        """
        return replace(draft, letter=self._next if self._is_another(draft) else self._name)

    def done(self) -> None:
        """Everybody has it as it stands: with other recipients, too, it is another one."""
        self._done = True

    def begin_anew(self) -> None:
        """Another letter, of which nothing is known."""
        self._name, self._next = self._next, _new_name()
        self._told: dict[str, list[Known]] = {}  # by each answer, for one may be taken back
        self._served_by: dict[str, set[str]] = {}
        self._left: Draft | None = None  # as somebody may have got it
        self._done = False
        self._email: Email | None = None
        self._attempt: Attempt | None = None  # in its place, from disk

    def submit(self, draft: Draft) -> int:
        """Say that it is handed to a handler.

        Args:
            draft: As named.

        Returns:
            How many times by now.
        """
        self._submits = self._submits + 1 if draft.letter == self._submitted else 1
        self._submitted = draft.letter
        return self._submits

    def for_the_rest(self, mail: MailHandler, email: Email, draft: Draft) -> Email | None:
        """The message for those who do not have it; when all have it, for those who have it from other handlers only.

        Args:
            mail: That is to hand it over.
            email: For all.
            draft: As named.

        Returns:
            None when this very handler has served everybody.
        """
        known = self.known(draft)
        begun = self._email if known else None
        if known and not begun and self._attempt and _way_of(mail) == self._attempt.way:
            email = self._attempt.again(email)
        if begun and begun.defaults is email.defaults and _parts(begun) == _parts(email):
            email = begun.to_others_than(())  # the very message that the others have
        elif begun:
            email = replace(email, message_id=begun.message_id, date=begun.date)
        recipients = email.envelope.recipients
        served = {address for address in recipients if address in known and known[address].status == "accepted"}
        if len(served) == len(recipients):
            served &= self._served_by.get(_way_of(mail), set())
        return email.to_others_than(served) if len(served) < len(recipients) else None

    def known(self, draft: Draft) -> dict[str, Known]:
        """Who has it, or may have it, by address.

        Args:
            draft: As named.
        """
        return {one: _standing(told) for one, told in self._told.items()} if draft.letter == self._name else {}

    def note(self, outcome: Outcome, draft: Draft, email: Email) -> None:
        """Keep what an answer says of this letter.

        Args:
            outcome: The answer.
            draft: That was submitted.
            email: That was handed over.
        """
        if draft.letter not in (self._name, self._next):
            return  # a late answer about another one
        arrivals = _arrivals(outcome, email)
        if draft.letter == self._next and arrivals:  # until then the one before may come back
            self.begin_anew()
        for address, status in arrivals:
            self._told.setdefault(address, []).append(Known(status, outcome.mail.name, outcome.at, outcome))
            if status == "accepted":
                self._served_by.setdefault(_way_of(outcome.mail), set()).add(address)
        if arrivals:
            self._left = draft
            self._email = email

    def forget(self, outcome: Outcome) -> None:
        """Drop what was only supposed, because an answer has come after all.

        Args:
            outcome: That was told without an answer.
        """
        rest = {one: [known for known in told if known.told_by is not outcome] for one, told in self._told.items()}
        self._told = {one: told for one, told in rest.items() if told}
        if not self._told:
            self._left = None

    def _is_another(self, draft: Draft) -> bool:
        """Whether it is another letter than the one that somebody may have got."""
        if self._left is None:
            return False
        left, now = (replace(one, letter="") for one in (self._left, draft))
        if not self._done:
            left, now = (replace(one, to="", cc="", bcc="") for one in (left, now))
        return left != now


def _parts(email: Email) -> tuple[object, ...]:
    """What may differ between two messages that were made of one letter."""
    return email.to, email.cc, email.bcc, email.attachments


def _standing(told: list[Known]) -> Known:
    return next((known for known in told if known.status == "accepted"), told[-1])


def _way_of(mail: MailHandler) -> str:
    """A handler that was made anew is the same one while it delivers to the same place."""
    return f"{mail.name} {mail.destination}"


def _arrivals(outcome: Outcome, email: Email) -> list[tuple[str, Arrival]]:
    answer = outcome.answer
    if isinstance(answer, Receipt):
        return [(one.address, one.status) for one in answer.recipients if one.status in ("accepted", "unknown")]
    if isinstance(answer, MailError) or not outcome.mail.delivers:
        return []
    return [(address, "unknown") for address in email.envelope.recipients]


def _new_name() -> str:
    return os.urandom(16).hex()
