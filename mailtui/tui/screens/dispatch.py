"""One letter on its way: reviewed where mail leaves, handed over, and what became of it kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from mailtui.config.preferences import Preferences
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError, MailError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt
from mailtui.mail.submission import cancelled
from mailtui.tui.delivery import Delivery, run_apart
from mailtui.tui.keeping import Keeping, Record, addressed
from mailtui.tui.letter import Letter
from mailtui.tui.texts import Outcome

if TYPE_CHECKING:
    from mailtui.tui.screens.review import ReviewScreen

_AT_ONCE = 0.3  # seconds that a delivery may take without a word about it


class Dispatch:
    """The way of a letter from Send to its answer.

    Args:
        screen: That it is sent from.
        keeping: Keeps the draft, and writes what becomes of it.
        letter: Remembers who has it.
        mail: The handler.
        email: The message, prepared by it.
        draft: That the message was made from.
    """

    def __init__(
        self, screen: Screen[Any], keeping: Keeping, letter: Letter, mail: MailHandler, email: Email, draft: Draft
    ) -> None:
        self.delivery: Delivery | None = None
        self._screen = screen
        self._keeping = keeping
        self._record: Record | None = None
        self._letter = letter
        self._mail = mail
        self._email = email
        self._draft = draft
        self._begun = False
        self._told: Outcome | None = None
        self._late_answer: Callable[[], Any] | None = None

    @property
    def under_way(self) -> bool:
        """Whether it is leaving, or about to."""
        return self._begun and self._told is None

    def review(self) -> ReviewScreen:
        """The last look at it, before it leaves."""
        from mailtui.tui.screens.review import ReviewScreen  # not every handler needs it

        return ReviewScreen(self._mail, self._email, self._letter.known(self._draft))

    async def may_begin(self) -> bool:
        """Write that it is about to leave; where that cannot be written the person says whether it leaves."""
        self._begun = True
        if not self._mail.delivers:
            return True
        try:
            begin = partial(self._keeping.begin_sending, self._mail, self._email, self._draft)
            self._record = await run_apart(begin)
        except DraftError as error:
            from mailtui.tui.screens.unkept import UnkeptScreen  # most disks can be written

            self._begun = False
            self._begun = await self._screen.app.push_screen_wait(UnkeptScreen(str(error)))
        return self._begun

    async def outcome(self) -> Outcome:
        """Hand it over, and keep what the answer says of who has it."""
        try:
            delivery = self.delivery = Delivery(self._mail, self._email)
        except Exception as error:  # noqa: BLE001  a handler's own begin may fail as well
            self._told = self._outcome(MailError(self._mail.broke_off(error, handed_over=False)))
            return self._told
        telling = self._screen.set_timer(_AT_ONCE, partial(self._tell_of, delivery))
        answer = await delivery.answer()
        telling.stop()
        self.delivery = None
        self._late_answer = delivery.late_answer
        self._told = self._outcome(answer)
        self._letter.note(self._told, self._draft, self._email)
        return self._told

    async def late_outcome(self) -> Outcome | None:
        """What the handler answers when nobody waits for it any more; None if it has answered in time."""
        answer = await self._late_answer() if self._late_answer else None
        if answer is None or self._told is None:
            return None
        outcome = replace(self._told, answer=answer, at=datetime.now())
        self._letter.forget(self._told)
        self._letter.note(outcome, self._draft, self._email)
        return outcome

    def write_down(self, outcome: Outcome, typed: Draft) -> None:
        """Write what became of it. A draft that everybody has is deleted.

        Args:
            outcome: Of this letter.
            typed: What stands in the form by now.
        """
        if not self._mail.delivers:
            return
        sent = addressed(self._draft)
        if outcome.good and addressed(typed) == sent:
            self._letter.done()
        answer = outcome.answer
        if not isinstance(answer, Receipt | MailError):
            answer = RuntimeError(self._mail.redacted(str(answer)))
        try:
            self._keeping.end_sending(self._record, answer, typed, sent=sent, complete=outcome.good)
        except DraftError as error:
            self._tell("What became of the letter was not written down", f"{error} It was dealt with as shown here.")

    def break_off(self) -> bool:
        """Keep it from everybody, if that can still be done.

        Returns:
            Whether somebody may get it all the same.
        """
        delivery = self.delivery
        if delivery is None:
            return False
        delivery.cancel()
        if not delivery.submission.may_have_left:
            self.write_down(Outcome(self._mail, cancelled(), datetime.now(), 0), self._draft)
        return delivery.submission.may_have_left

    async def keep_for_later(self, outcome: Outcome, preferences: Preferences) -> None:
        """Keep whom to propose the next time, and the mail itself, as the person prefers.

        Args:
            outcome: Of this letter.
            preferences: Say what is to be kept.
        """
        if not (isinstance(outcome.answer, Receipt) and self._mail.delivers):
            return
        if preferences.remember_recipients:
            await self._remember_recipients(outcome.answer)
        if preferences.keep_sent and any(one.status == "accepted" for one in outcome.answer.recipients):
            await self._keep_sent()

    async def _remember_recipients(self, receipt: Receipt) -> None:
        from mailtui.people.remembered import NotRemembered, Remembered, written_to  # not needed to write a letter

        try:
            if people := written_to(self._email, receipt):
                await run_apart(partial(Remembered().add, people))
        except NotRemembered as error:
            self._tell("The recipients were not remembered", f"{error}. The letter itself is not concerned.")

    async def _keep_sent(self) -> None:
        from mailtui.drafts.sent import keep_sent  # few people keep it

        try:
            await run_apart(partial(keep_sent, self._email))
        except DraftError as error:
            self._tell("It was sent, but not kept", str(error))

    def _tell(self, title: str, text: str) -> None:
        self._screen.notify(text, title=title, severity="warning", timeout=10)

    def _outcome(self, answer: Receipt | Exception) -> Outcome:
        return Outcome(self._mail, answer, datetime.now(), self._letter.submit(self._draft))

    def _tell_of(self, delivery: Delivery) -> None:
        from mailtui.tui.screens.sending import SendingScreen

        self._screen.app.push_screen(SendingScreen(delivery))
