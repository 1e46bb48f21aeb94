"""The letter in the form: by which name it goes, and who has it by now."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Literal, NamedTuple

from mailtui.mail.draft import Draft
from mailtui.mail.errors import MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt
from mailtui.tui.texts import Outcome

Arrival = Literal["accepted", "unknown"]


class Known(NamedTuple):
    """What is known of a recipient who got the letter, or may have got it.

    Args:
        status: Of the answer that was about this recipient.
        outcome: That answer.
    """

    status: Arrival
    outcome: Outcome

    def __str__(self) -> str:
        has = "has it already" if self.status == "accepted" else "may have it already"
        return f"{has} ({self.outcome.mail.name}, {self.outcome.at:%H:%M})"


class Letter:
    """Remembers what became of a letter, so that nobody gets it twice unasked.

    What somebody may have got and was changed then is another letter, with a Message-ID of its own.

    Args:
        name: What stands before the @ of the Message-ID. Blank: a new one.
    """

    def __init__(self, name: str = "") -> None:
        self._next = name or _new_name()
        self._submits = 0
        self._submitted = ""
        self.begin_anew()

    def named(self, draft: Draft) -> Draft:
        """What was typed, with the name of the letter that it is.

        Args:
            draft: As it stands in the form.
        """
        changed = self._left is not None and replace(draft, letter="") != self._left
        return replace(draft, letter=self._next if changed else self._name)

    def begin_anew(self) -> None:
        """Another letter, of which nothing is known."""
        self._name, self._next = self._next, _new_name()
        self._known: dict[str, Known] = {}
        self._served_by: dict[str, set[str]] = {}
        self._left: Draft | None = None  # as somebody may have got it
        self._email: Email | None = None
        self._settled: Draft | None = None

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
        if begun and begun.defaults is email.defaults and begun.attachments == email.attachments:
            email = begun.to_others_than(())  # the very message that the others have
        recipients = email.envelope.recipients
        served = {address for address in recipients if address in known and self._has(address)}
        if len(served) == len(recipients):
            served &= self._served_by.get(_way_of(mail), set())
        return email.to_others_than(served) if len(served) < len(recipients) else None

    def known(self, draft: Draft) -> dict[str, Known]:
        """Who has it, or may have it, by address.

        Args:
            draft: As named.
        """
        return self._known if draft.letter == self._name else {}

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
            if status == "accepted" or not self._has(address):
                self._known[address] = Known(status, outcome)
            if status == "accepted":
                self._served_by.setdefault(_way_of(outcome.mail), set()).add(address)
        if arrivals:
            self._left = replace(draft, letter="")
            self._email = email
        if outcome.good:
            self._settled = draft

    def forget(self, outcome: Outcome) -> None:
        """Drop what was only supposed, because an answer has come after all.

        Args:
            outcome: That was told without an answer.
        """
        self._known = {address: known for address, known in self._known.items() if known.outcome is not outcome}
        if not self._known:
            self._left = None

    def is_settled(self, draft: Draft) -> bool:
        """Whether it was submitted just so, and all went well.

        Args:
            draft: As named.
        """
        return draft == self._settled

    def _has(self, address: str) -> bool:
        return address in self._known and self._known[address].status == "accepted"


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
