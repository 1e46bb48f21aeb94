"""A draft that is open here, and that nobody else can change meanwhile."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from threading import RLock

from mailtui.drafts.entry import Entry
from mailtui.drafts.folder import DraftFolder
from mailtui.drafts.journal import Journal
from mailtui.drafts.locks import Lock
from mailtui.drafts.maildir import Place, place_of
from mailtui.drafts.message import Stored, message_of
from mailtui.drafts.remedies import told
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError
from mailtui.mail.interface import MailHandler
from mailtui.mail.message import Email
from mailtui.mail.receipt import Receipt

_NOTHING = Draft()


class OpenDraft:
    """A draft that this process alone may change; each change is on disk, or has failed, when its method returns.

    The methods may be called in any thread. See `Saver` for a screen, which must not wait for a disk.

    Args:
        folder: Where it is kept.
        draft: What it begins with.

    Attributes:
        key: Its number; empty until it has one.
        draft: As it was last saved, or found.
        journal: What was tried to send it.
        saved: When; None while nothing of it is on disk.
    """

    key: str
    draft: Draft
    journal: Journal
    saved: datetime | None

    def __init__(self, folder: DraftFolder, draft: Draft = _NOTHING) -> None:
        self._folder = folder
        self._writing = RLock()
        self._begin_anew()
        self.draft = draft

    @classmethod
    def of(cls, folder: DraftFolder, entry: Entry, lock: Lock) -> OpenDraft:
        """One that was found.

        Args:
            folder: Where it is kept.
            entry: As read while it was locked.
            lock: Held.
        """
        opened = cls(folder, entry.draft)
        opened.key, opened.saved, opened.journal = entry.key, entry.saved, entry.journal.interrupted()
        opened._lock, opened._place = lock, place_of(entry.path)
        return opened

    def save(self, draft: Draft) -> None:
        """Write what was typed, if it is not there already. An empty draft is written only over another one.

        Args:
            draft: As it stands in the form.

        Raises:
            DraftError: It was not written; the draft before it is as it was.
        """
        with self._writing:
            if draft or self.saved is not None:
                self._write(draft, self.journal)

    def begin_sending(self, mail: MailHandler, email: Email, draft: Draft) -> int:
        """Write that it is being sent, before its first byte leaves.

        Args:
            mail: That is to hand it over.
            email: The message, with those recipients that are to get it now.
            draft: It was made of.

        Returns:
            The number of the attempt.

        Raises:
            DraftError: It was not written.
        """
        with self._writing:
            journal = self.journal.begun(mail, email, draft, _now())
            self._write(draft, journal)
            return journal.attempts[-1].number

    def end_sending(self, number: int, answer: Receipt | Exception) -> None:
        """Write what became of it. A late answer may replace one that was only supposed.

        Args:
            number: Of the attempt.
            answer: The receipt; a MailError, so that nobody can have it; or what the handler did not foresee.

        Raises:
            DraftError: It was not written: it is written with the next change, and until then counts as unknown.
        """
        with self._writing:
            self.journal = self.journal.answered(number, answer, _now())
            if self.saved is not None:  # it was not discarded meanwhile
                self._write(self.draft, self.journal)

    def discard(self) -> None:
        """Delete it, because everybody has it or the person wants to; what is saved afterwards is a new draft.

        Raises:
            DraftError: It could not be deleted.
        """
        with self._writing:
            if self._place is not None:
                with told(f"Draft {self.key} was not deleted", self._folder.folder), suppress(FileNotFoundError):
                    os.unlink(self._folder.place_now(self._place).path)
            self.close()
            self._begin_anew()

    def close(self) -> None:
        """Let others open it; nothing more can be saved."""
        with self._writing:
            if self._lock is not None:
                self._lock.release()
            self._closed = True

    def _begin_anew(self) -> None:
        self.key, self.draft, self.journal, self.saved = "", _NOTHING, Journal(), None
        self._place: Place | None = None
        self._lock: Lock | None = None
        self._closed = False
        self._written: tuple[Draft, Journal] | None = None

    def _write(self, draft: Draft, journal: Journal) -> None:
        if (draft, journal) == self._written:
            return
        if self._closed:
            raise DraftError("The draft was not saved: it is closed here. Open it again.")
        stored = Stored(draft, journal, _now())
        with told("The draft was not saved", self._folder.folder):
            if self._place is None:
                self.key, self._lock, self._place = self._folder.new_place(draft)
            try:
                self._put(stored)
            except FileNotFoundError:  # somebody has taken the folder away
                self._folder.make()
                self._put(stored)
        self.draft, self.journal, self.saved = draft, journal, stored.saved
        self._written = (draft, journal)

    def _put(self, stored: Stored) -> None:
        assert self._place is not None
        self._place = self._folder.place_now(self._place)
        self._folder.put(self._place, [message_of(stored)])


def _now() -> datetime:
    return datetime.now().astimezone().replace(microsecond=0)
