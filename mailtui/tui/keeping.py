"""The draft on disk of the letter that stands in the form."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.message import Message
from textual.screen import Screen

from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError, UnknownDraft
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt
from mailtui.tui.files import from_anywhere

if TYPE_CHECKING:
    from mailtui.drafts.entry import Entry
    from mailtui.drafts.journal import Journal
    from mailtui.drafts.opened import OpenDraft
    from mailtui.drafts.saver import Saver

_UNFINISHED = ("draft", "changed", "sending", "partly sent", "refused", "unknown")


@dataclass(frozen=True)
class Kept:
    """How the letter in the form stands on disk.

    Args:
        at: When it was saved; None while nothing of it is there.
        problem: Why what was typed last is not there.
        holder: Who else has it open, so that it can only be read here.
    """

    at: datetime | None = None
    problem: str = ""
    holder: str = ""


class Left(NamedTuple):
    """How a letter was left on disk.

    Args:
        key: The number of the draft; empty if there is none.
        problem: Why what was typed last is not in it; empty if it is.
    """

    key: str = ""
    problem: str = ""


class Record(NamedTuple):
    """An attempt to send a letter, as it stands in the journal.

    Args:
        key: The number of the draft.
        sent: Which letter, and to whom.
        number: Of the attempt.
    """

    key: str
    sent: tuple[str, ...]
    number: int


class Keeping:
    """Keeps a letter while it is typed. What a disk does is waited for in a thread, where nobody types meanwhile.

    Args:
        screen: Is told by a message.
        draft: What the form begins with; it is not written while one types nothing.
        opened: Where it comes from, if it was on disk.
    """

    class Told(Message):
        """Something was saved, or was not.

        Args:
            saver: That tried.
        """

        def __init__(self, saver: Saver) -> None:
            super().__init__()
            self.saver = saver

    def __init__(self, screen: Screen[Any], draft: Draft, opened: OpenDraft | None = None) -> None:
        self._screen = screen
        self.begin(draft, opened)

    def begin(self, draft: Draft, opened: OpenDraft | None = None, *, holder: str = "") -> None:
        """Go on with another letter.

        Args:
            draft: What the form begins with.
            opened: Where it comes from, if it was on disk.
            holder: Who else has it open.
        """
        self.holder = holder
        self._saver: Saver | None = None
        self._opened = opened is not None
        self._resting = replace(draft, letter="")
        self._touched = self._sent = False
        if opened is not None:
            self._saver = self._saver_of(opened)

    def rest(self, draft: Draft) -> None:
        """Take what stands in the form for what it begins with: nothing of it has been typed.

        Args:
            draft: As the form holds it, which may be spelled in another way.
        """
        self._resting = replace(draft, letter="")

    @property
    def key(self) -> str:
        """The number of the draft; empty while it has none."""
        return self._saver.opened.key if self._saver else ""

    @property
    def journal(self) -> Journal | None:
        """What was tried to send the letter; None while nothing of it is on disk."""
        return self._saver.opened.journal if self._saver else None

    @property
    def kept(self) -> Kept:
        """How the letter stands on disk now."""
        if self._saver is None:
            return Kept(holder=self.holder)
        return Kept(self._saver.opened.saved, str(self._saver.problem or ""))

    def is_about(self, message: Told) -> bool:
        """Whether a message is about the letter in the form, and not one before it."""
        return message.saver is self._saver

    def save(self, draft: Draft) -> None:
        """Have what was typed saved soon.

        Args:
            draft: As named.
        """
        changed = replace(draft, letter="") != self._resting
        if self._sent and not changed:  # any more: everybody has what stands there again
            self._forget()
        elif not self.holder and (self._touched or changed):
            self._touched = True
            self._ready().save(_from_anywhere(draft))

    def keep(self, draft: Draft) -> None:
        """Save it now, also one that came filled in. An empty letter is not kept, nor one that everybody has.

        Args:
            draft: As named.

        Raises:
            DraftError: It is not on disk.
        """
        self._touched = self._touched or (bool(draft) and not self._opened)
        self.save(draft)
        if self._saver is None:
            return
        if not draft:
            with suppress(DraftError):
                self._saver.discard()
        if problem := self._saver.flush():
            raise problem

    def discard(self) -> None:
        """Delete the draft: nobody wants the letter any more.

        Raises:
            DraftError: It is there still.
        """
        if self._saver is not None:
            self._saver.discard()

    def close(self) -> Left:
        """Let go of it."""
        saver, self._saver = self._saver, None
        if saver is None:
            return Left()
        problem = str(saver.close() or "")
        return Left(saver.opened.key if saver.opened.saved else "", problem)

    def begin_sending(self, mail: MailHandler, email: Email, draft: Draft) -> Record:
        """Write that it is about to leave; call it in a thread.

        Args:
            mail: That is to hand it over.
            email: The message.
            draft: It was made of, as named.

        Raises:
            DraftError: It was not written.
        """
        saver = self._ready()
        number = saver.begin_sending(mail, email, _from_anywhere(draft))
        return Record(saver.opened.key, addressed(draft), number)

    def end_sending(
        self,
        record: Record | None,
        answer: Receipt | Exception,
        typed: Draft,
        *,
        sent: tuple[str, ...],
        complete: bool,
    ) -> None:
        """Write what became of it; when everybody has it, the draft has done its work.

        Args:
            record: Of the attempt; None if it could not be written.
            answer: Of the handler.
            typed: What stands in the form by now.
            sent: Which letter was sent, and to whom.
            complete: Whether everybody has it.

        Raises:
            DraftError: It was not written.
        """
        saver = self._saver
        if saver is not None and (record is None or record.key == saver.opened.key):
            if record is not None:
                saver.end_sending(record.number, answer)
            if complete and addressed(typed) == sent:
                saver.discard()
                self._resting = replace(typed, letter="")
                self._touched, self._sent = False, True
        elif record is not None:
            with suppress(UnknownDraft):  # it was dropped meanwhile
                _end_elsewhere(record, answer, complete=complete)

    def _forget(self) -> None:
        """What was typed after the letter was sent has been taken back."""
        if self._touched and self._saver is not None:
            with suppress(DraftError):
                self._saver.discard()
        self._touched = False

    def _ready(self) -> Saver:
        if self._saver is None:
            from mailtui.drafts.store import Drafts  # not needed for the first frame

            self._saver = self._saver_of(Drafts().begin())
        return self._saver

    def _saver_of(self, opened: OpenDraft) -> Saver:
        from mailtui.drafts.saver import Saver

        def told(problem: DraftError | None) -> None:
            self._screen.post_message(self.Told(saver))  # which may be done in any thread

        saver = Saver(opened, told)
        return saver


def addressed(draft: Draft) -> tuple[str, ...]:
    """Which letter it is, and to whom.

    Args:
        draft: As named.
    """
    return draft.letter, draft.to, draft.cc, draft.bcc


def drafts_to_choose(own: str) -> list[Entry]:
    """All drafts but the one in the form; call it in a thread.

    Args:
        own: The number of that one.

    Raises:
        DraftError: They cannot be read.
    """
    from mailtui.drafts.store import Drafts

    return [entry for entry in Drafts().entries() if entry.key != own]


def unfinished(entries: list[Entry]) -> list[Entry]:
    """Those that a person may have forgotten.

    Args:
        entries: Any.
    """
    return [
        entry
        for entry in entries
        if entry.process is None and entry.state in _UNFINISHED and (entry.draft or entry.journal.attempts)
    ]


def _from_anywhere(draft: Draft) -> Draft:
    return replace(draft, attachments=from_anywhere(draft.attachments)) if draft.attachments else draft


def _end_elsewhere(record: Record, answer: Receipt | Exception, *, complete: bool) -> None:
    """The same for a letter that stands in the form no more."""
    from mailtui.drafts.store import Drafts

    opened = Drafts().open(record.key)
    try:
        opened.end_sending(record.number, answer)
        if complete and addressed(opened.draft) == record.sent:
            opened.discard()
    finally:
        opened.close()
