"""What was tried to send a letter, and what is known of each recipient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple

from mailtui.mail.draft import Draft
from mailtui.mail.errors import MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt, Recipient, Status

State = Literal["sending", "sent", "refused", "unknown"]

INTERRUPTED = "mailtui ended before the answer came"
_STATES = ("sending", "sent", "refused", "unknown")
_STATUSES = ("accepted", "refused", "unknown", "shown")
_KEPT_WHOLE = 20  # attempts; of older ones only who has the letter, or may have it
_REPLY_LIMIT = 300  # characters
_RANK = ("refused", "unknown", "shown", "accepted")  # what is known of a recipient outweighs what stands before it


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One handing over of a letter.

    Args:
        number: The first is 1; the same letter can be submitted many times.
        letter: What stands before the @ of its Message-ID, as in the draft.
        message_id: With its angle brackets.
        date: Of the message; to be kept when it is sent to the others.
        handler: The name of the handler.
        destination: Where that one delivers to.
        begun: When.
        ended: When the answer came.
        state: `sending` until there is an answer; then `sent` to all, `refused` by some, `unknown` of some.
        recipients: What became of it for each; `unknown` until there is an answer.
    """

    number: int
    letter: str
    message_id: str
    date: datetime
    handler: str
    destination: str
    begun: datetime
    ended: datetime | None = None
    state: State = "sending"
    recipients: tuple[Recipient, ...] = ()

    @property
    def way(self) -> str:
        """By which it was handed over: a handler that was made anew is the same one while it delivers there."""
        return f"{self.handler} {self.destination}"

    def answered(self, answer: Receipt | Exception, ended: datetime | None) -> Attempt:
        """The same with its answer.

        Args:
            answer: The receipt; a MailError, so that nobody can have it; or what the handler did not foresee.
            ended: When it came; None if it never did.
        """
        if isinstance(answer, Receipt):
            recipients = tuple(replace(one, reply=one.reply[:_REPLY_LIMIT]) for one in answer.recipients)
        else:
            status: Status = "refused" if isinstance(answer, MailError) else "unknown"
            reply = str(answer)[:_REPLY_LIMIT]
            recipients = tuple(Recipient(one.address, status, None, reply) for one in self.recipients)
        statuses = {one.status for one in recipients}
        state: State = "unknown" if "unknown" in statuses else "refused" if "refused" in statuses else "sent"
        return replace(self, recipients=recipients, state=state, ended=ended)

    def again(self, email: Email) -> Email:
        """The very message that was handed over, to hand it to others: with its Message-ID and its Date.

        Args:
            email: Prepared anew from the same draft.
        """
        return replace(email, message_id=self.message_id, date=self.date)

    def as_json(self) -> dict[str, Any]:
        """What `of_json` reads back."""
        ended = self.ended and self.ended.isoformat()
        return asdict(self) | {"date": self.date.isoformat(), "begun": self.begun.isoformat(), "ended": ended}

    @classmethod
    def of_json(cls, table: Mapping[str, Any]) -> Attempt:
        """An attempt as it was written.

        Args:
            table: Of `as_json`.

        Raises:
            ValueError: It is none.
            TypeError: It is none.
            KeyError: It is none.
        """
        if table["state"] not in _STATES:
            raise ValueError(table["state"])
        made = cls(
            **{
                **table,
                "date": datetime.fromisoformat(table["date"]),
                "begun": datetime.fromisoformat(table["begun"]),
                "ended": table["ended"] and datetime.fromisoformat(table["ended"]),
                "recipients": tuple(Recipient(**one) for one in table["recipients"]),
            }
        )
        if not all(one.status in _STATUSES and isinstance(one.address, str) for one in made.recipients):
            raise ValueError(made.recipients)
        return made


class Standing(NamedTuple):
    """What is known of one recipient.

    Args:
        recipient: With the status, and the server's words.
        attempt: That it comes from.
    """

    recipient: Recipient
    attempt: Attempt


@dataclass(frozen=True)
class Journal:
    """All that was tried with one draft, also with letters that it was before it was changed.

    Args:
        attempts: In their order.
    """

    attempts: tuple[Attempt, ...] = ()

    def begun(self, mail: MailHandler, email: Email, draft: Draft, now: datetime) -> Journal:
        """The same with a new attempt at its end.

        Args:
            mail: That is to hand it over.
            email: The message, with those recipients that are to get it now.
            draft: It was made of.
            now: When.
        """
        attempt = Attempt(
            number=self.attempts[-1].number + 1 if self.attempts else 1,
            letter=draft.letter,
            message_id=email.message_id,
            date=email.date,
            handler=mail.name,
            destination=mail.destination,
            begun=now,
            recipients=tuple(Recipient(address, "unknown") for address in email.envelope.recipients),
        )
        return Journal((*self._shortened(), attempt))

    def answered(self, number: int, answer: Receipt | Exception, now: datetime) -> Journal:
        """The same with the answer to an attempt; a later answer replaces an earlier one.

        Args:
            number: Of the attempt.
            answer: See `Attempt.answered`.
            now: When it came.
        """
        return Journal(tuple(one.answered(answer, now) if one.number == number else one for one in self.attempts))

    def interrupted(self) -> Journal:
        """As it is at the next start: of what was being sent nobody knows who has it."""
        lost = RuntimeError(INTERRUPTED)
        return Journal(tuple(one.answered(lost, None) if one.state == "sending" else one for one in self.attempts))

    def standing(self, letter: str) -> dict[str, Standing]:
        """What is known of each recipient that a letter was to go to, by address.

        Who has it is `accepted`, who may have it `unknown`, who does not have it `refused`.

        Args:
            letter: Its name, as in the draft.
        """
        known: dict[str, Standing] = {}
        for attempt in self.attempts:
            for one in attempt.recipients if attempt.letter == letter else ():
                before = known.get(one.address)
                if before is None or _RANK.index(one.status) >= _RANK.index(before.recipient.status):
                    known[one.address] = Standing(one, attempt)
        return known

    def _shortened(self) -> tuple[Attempt, ...]:
        """Of old attempts only what nothing newer outweighs, so that it does not grow for ever."""
        new = self.attempts[-_KEPT_WHOLE:]
        standings = {letter: self.standing(letter) for letter in {one.letter for one in self.attempts}}
        old = (
            replace(
                attempt,
                recipients=tuple(
                    one
                    for one in attempt.recipients
                    if one.status != "refused" and standings[attempt.letter][one.address].attempt is attempt
                ),
            )
            for attempt in self.attempts[:-_KEPT_WHOLE]
        )
        return (*(attempt for attempt in old if attempt.recipients), *new)
